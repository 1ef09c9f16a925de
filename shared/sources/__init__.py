"""Media from elsewhere on the web: what a link holds, and its bytes as files in a folder. Knows no storage and no jobs.

    addresses   which links we take                  engine    `look` and `fetch`
    formats     selectors, presets, their sizes      finish    merging, sound, tags, cutting (ffmpeg)
    names       file names                           convert   another container or codec
    errors      the documented codes                 found, order   what goes in and comes out

What reads a stranger's pages is a child process: `inside` (yt-dlp), `guard` (its network), `script` (its JavaScript).
"""
