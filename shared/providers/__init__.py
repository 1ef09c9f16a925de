"""What makes scripts, pictures, clips, voices, music and transcriptions: ours, offline, and other people's services.

It knows no table, no job and no door. Start at kinds.py (what is asked for and what comes back), then choice.py.
"""
