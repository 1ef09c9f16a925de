"""Made here, with no key and no network, the same each time for the same request.

writing    scripts: topics (what a prompt asks for), french and english (the sentences)
drawing    pictures: moods (palettes and motifs by word), scenery (the motifs)
speaking   voices: voices (who there is), espeak (the synthesiser, in a child process)
playing    music: composing (what is played), instruments (how it sounds)
hearing    transcriptions, where a Whisper model lies in a folder
"""
