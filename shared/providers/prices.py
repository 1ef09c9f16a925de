"""What others charge, in US dollars, as their price pages said in November 2026: estimates, shown before and after.

Sources: openai.com/api/pricing, docs.dev.runwayml.com (Pricing), elevenlabs.io/pricing/api, docs.sunoapi.org (Pricing).
"""

SCRIPT_INPUT, SCRIPT_OUTPUT = 0.40e-6, 1.60e-6  # a token, gpt-4.1-mini
IMAGE = {("standard", True): 0.040, ("standard", False): 0.080, ("hd", True): 0.080, ("hd", False): 0.120}  # by square
SPEECH = 15e-6  # a character, tts-1
TRANSCRIPTION = 0.006 / 60  # a second, whisper-1
RUNWAY = {"gen4_turbo": 0.05, "gen4.5": 0.12}  # a second: 5 and 12 credits of a cent
ELEVENLABS = 0.10e-3  # a character, eleven_multilingual_v2
SUNO = 0.06  # a request, which makes two pieces
