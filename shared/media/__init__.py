"""Media: what a file is, what is in it, and how it becomes a stream. Local files and byte streams only, no AWS.

    sniff → probe → hls (ladder, produce) → playlist
                  ↘ poster, sprite, subtitles, placeholder

Everything that is not a film, a sound or a picture we can read raises `MediaError`.
"""
