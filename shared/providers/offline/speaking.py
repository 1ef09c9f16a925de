"""Voices: eSpeak's words, softened with ffmpeg, and when each is heard."""

import math
import re
import tempfile
import wave
from io import BytesIO
from pathlib import Path

import msgspec

from shared.errors import Invalid
from shared.media import child, ffmpeg
from shared.providers.kinds import LONGEST_TEXT, Voice, VoiceRequest, Word
from shared.providers.offline import espeak
from shared.providers.offline.voices import PACE, character

RATE = 48000
SLOWEST, FASTEST = 0.5, 2.0
LOUDNESS = 0.16  # root mean square of what is not silence: about -16 dBFS
SILENT = 0.01
STEP = 0.01  # seconds
# eSpeak is bright, dry and even. Less of its buzz (2.5 to 5 kHz) and of what lies above speech, a little more chest,
# the quiet brought nearer, and a small room; no reverb that a word could drown in.
SOFTENED = ",".join(
    (
        f"aresample={RATE}",
        "highpass=f=75",
        "lowpass=f=8200:p=1",
        "equalizer=f=190:t=q:w=0.9:g=2.5",
        "equalizer=f=3300:t=q:w=1.1:g=-5",
        "equalizer=f=5200:t=q:w=1.4:g=-4",
        "acompressor=threshold=0.09:ratio=2.5:attack=8:release=120:makeup=1.6",
        "aecho=0.95:0.9:17|29|43:0.10|0.07|0.04",
        "alimiter=limit=0.89:level=disabled:latency=1",
    )
)


def speak(request: VoiceRequest) -> Voice:
    """`request.text`, read. Raises Invalid, with the request's field, for what cannot be."""
    who = character(request.voice_id, request.language)
    text = spoken_text(request.text)
    if not math.isfinite(request.speed) or not SLOWEST <= request.speed <= FASTEST:
        raise Invalid("Invalid speed", field="speed", constraint=f"from {SLOWEST} to {FASTEST}")
    pace = round(PACE[who.info.language] * who.pace * request.speed)
    order = espeak.Order(text, who.variant, max(80, min(450, pace)), who.pitch, who.lift)
    answer = child.call(espeak.say, msgspec.msgpack.encode(order), seconds=120)
    said = msgspec.msgpack.decode(answer, type=espeak.Said)
    loud = levelled(said.samples)
    sound = softened(loud, said.rate)
    data, mime = (sound, "audio/wav") if request.format == "wav" else (as_mp3(sound), "audio/mpeg")
    return Voice(
        provider="local",
        model=f"espeak-ng {who.variant}",
        seconds=len(said.samples) / 2 / said.rate,
        data=data,
        mime=mime,
        words=timed(text, said),
    )


def spoken_text(text: str) -> str:
    """One line without what a voice would stumble over. Raises Invalid where nothing is left, or too much."""
    if len(text) > LONGEST_TEXT:
        raise Invalid("Invalid text", field="text", constraint=f"at most {LONGEST_TEXT} characters")
    clean = " ".join(
        "".join(" " if ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 else letter for letter in text).split()
    )
    if not any(letter.isalnum() for letter in clean):
        raise Invalid("Invalid text", field="text", constraint="something that can be read aloud")
    return clean


def levelled(samples: bytes) -> bytes:
    """As loud as every other voice."""
    import numpy

    sound = numpy.frombuffer(samples, dtype="<i2").astype("float32") / 32768
    loud = numpy.abs(sound) > SILENT
    strength = float(numpy.sqrt(numpy.mean(sound[loud] ** 2))) if loud.any() else LOUDNESS
    return (numpy.clip(sound * (LOUDNESS / strength), -0.99, 0.99) * 32767).astype("<i2").tobytes()


def softened(samples: bytes, rate: int) -> bytes:
    """A WAV file of 48 kHz, mono."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "said"
        source.write_bytes(samples)
        raw = ["-ar", str(rate), "-ch_layout", "mono"]
        out = ["-af", SOFTENED, "-f", "s16le", "-ar", str(RATE), "-ac", "1", "pipe:1"]
        sound = ffmpeg.run([*ffmpeg.reading(source, "s16le", *raw), *out], seconds=60)
    return as_wav(sound, RATE)


def as_wav(samples: bytes, rate: int, channels: int = 1) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()


def as_mp3(sound: bytes) -> bytes:
    """MP3 of a WAV file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "said.wav"
        source.write_bytes(sound)
        out = ["-c:a", "libmp3lame", "-b:a", "128k", "-map_metadata", "-1", "-f", "mp3", "pipe:1"]
        return ffmpeg.run([*ffmpeg.reading(source, "wav"), *out], seconds=60)


def as_wav_of_mp3(sound: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "said.mp3"
        source.write_bytes(sound)
        out = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "pipe:1"]
        return as_wav(ffmpeg.run([*ffmpeg.reading(source, "mp3"), *out], seconds=60), RATE)


def timed(text: str, said: espeak.Said) -> tuple[Word, ...]:
    """The words of the text as they are written, from when each begins to when its sound ends.

    eSpeak counts words its own way ("l'eau" and "2024" are several): the first that begins inside a written word starts
    it. A word that it leaves out (a lone dash) lasts no time.
    """
    import numpy

    sound = numpy.abs(numpy.frombuffer(said.samples, dtype="<i2").astype("float32")) / 32768
    whole = len(sound) / said.rate
    begins = sorted(said.words)
    starts: list[float | None] = []
    places = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    for start, end in places:
        inside = [when for place, when in begins if start <= place < end]
        starts.append(min(inside) / 1000 if inside else None)
    words: list[Word] = []
    following = whole
    for (start, end), begin in reversed(list(zip(places, starts, strict=True))):
        begin = min(following if begin is None else begin, following)
        last = int(following * said.rate)
        first = int(begin * said.rate)
        heard = numpy.nonzero(sound[first:last] > SILENT)[0]
        stop = begin + (int(heard[-1]) + 1) / said.rate if len(heard) else begin
        words.append(Word(text[start:end], round(begin, 3), round(min(following, stop + STEP), 3)))
        following = begin
    return tuple(reversed(words))
