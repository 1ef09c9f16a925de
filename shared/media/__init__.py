"""Media: what a file is, what is in it, and how it becomes a stream. Local files and byte streams only, no AWS.

    sniff → probe (report, index) → hls (ladder, produce) → fmp4, codecs → playlist
                                  ↘ poster, sprite, subtitles, placeholder

All that decodes runs in ffmpeg, a child process without our environment; headers of MP4s are read here.

Everything that is not a film, a sound or a picture we can read raises `MediaError`.
"""
