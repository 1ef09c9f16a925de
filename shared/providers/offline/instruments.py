"""How each part of a piece sounds: additive and subtractive synthesis over arrays, 48 kHz.

Each distinct sound is made once and added where its notes are, so a minute of music takes about a second. Every sound
begins and ends at zero: nothing clicks.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.providers.offline.composing import Note, Piece

if TYPE_CHECKING:
    import numpy

    Wave = numpy.typing.NDArray[numpy.float32]

RATE = 48000
# part: gain, place between left (-1) and right (1), how much goes into the echo and the room
MIX = {
    "pad": (0.20, 0.0, 0.5),
    "bass": (0.34, 0.0, 0.0),
    "arpeggio": (0.15, 0.35, 0.6),
    "lead": (0.13, -0.25, 0.6),
    "kick": (0.50, 0.0, 0.02),
    "snare": (0.17, 0.08, 0.25),
    "hat": (0.07, -0.3, 0.1),
}
PEAK = 0.79  # -2 dBFS, so that an encoder does not clip
LOUDNESS = 0.18  # root mean square before limiting
WINDOW, RINGING = 24, 6  # seconds
BLOCK = 1 << 20  # frames
FADE_IN, FADE_OUT = 0.05, 3.0  # seconds


def played(piece: Piece) -> "Wave":
    """Stereo samples, shape (frames, 2), exactly as long as the piece.

    Window by window, each with what of it rings on into the next: the memory is the result's, and little more.
    """
    import numpy

    frames = round(piece.seconds * RATE)
    sound = numpy.zeros((frames, 2), dtype="float32")
    known: dict[tuple[str, int, int], Wave] = {}
    notes = sorted(piece.notes, key=lambda note: note.start)
    for number in range(math.ceil(piece.seconds / WINDOW)):
        begin = number * WINDOW
        inside = [note for note in notes if begin <= note.start < begin + WINDOW]
        window = mixed(inside, begin, piece, known)
        first = begin * RATE
        last = min(frames, first + len(window))
        sound[first:last] += window[: last - first]
    return finished(sound)


def mixed(notes: list[Note], begin: float, piece: Piece, known: "dict[tuple[str, int, int], Wave]") -> "Wave":
    """The notes of one window with their echoes, from `begin` to RINGING seconds after its end."""
    import numpy

    dry = numpy.zeros(((WINDOW + RINGING) * RATE, 2), dtype="float32")
    wet = numpy.zeros_like(dry)
    for note in notes:
        key = (note.part, round(note.pitch * 10), round(note.length * 1000))
        if key not in known:
            known[key] = SOUNDS[note.part](note, piece.bright)
        gain, place, room = MIX[note.part]
        if note.part == "arpeggio" and round(note.start * piece.tempo / 30) % 2:  # every other one from over there
            place = -place
        sound = known[key] * (gain * note.strength)
        first = round((note.start - begin) * RATE)
        last = min(first + len(sound), len(dry))
        for side, share in ((0, 1 - max(0.0, place)), (1, 1 + min(0.0, place))):
            dry[first:last, side] += sound[: last - first] * share
            if room:
                wet[first:last, side] += sound[: last - first] * (share * room)
    return dry + reverberant(wet, 60 / piece.tempo)


def finished(sound: "Wave") -> "Wave":
    """Levelled, gently limited and faded at both ends, in its own memory."""
    import numpy

    frames = len(sound)
    blocks = [sound[first : first + BLOCK] for first in range(0, frames, BLOCK)]
    power = sum(float(numpy.square(block, dtype="float64").sum()) for block in blocks) / sound.size
    sound *= LOUDNESS / (math.sqrt(power) or 1.0)
    numpy.tanh(sound, out=sound)
    sound *= min(1.0, PEAK / (max(float(numpy.abs(block).max()) for block in blocks) or 1.0))
    start, end = min(frames // 4, round(FADE_IN * RATE)), min(frames // 3, round(FADE_OUT * RATE))
    sound[:start] *= numpy.linspace(0, 1, start, dtype="float32")[:, None]
    sound[frames - end :] *= (numpy.cos(numpy.linspace(0, numpy.pi, end, dtype="float32")) * 0.5 + 0.5)[:, None]
    return sound


def reverberant(sound: "Wave", beat: float) -> "Wave":
    """An echo three quarters of a beat later, crossing sides, and a room of noise that dies within two seconds."""
    import numpy

    late = round(beat * 0.75 * RATE)
    echoed = sound.copy()
    for turn, strength in ((1, 0.32), (2, 0.14)):
        crossed = sound[: len(sound) - late * turn, :: -1 if turn % 2 else 1]
        echoed[late * turn :] += crossed * strength
    length = 2 * RATE
    chance = numpy.random.default_rng(7)
    fall = numpy.exp(-numpy.arange(length) / (0.42 * RATE))
    for side in (0, 1):
        noise = softer((chance.standard_normal(length) * fall).astype("float32"), 0.12)
        noise *= 0.55 / math.sqrt(float((noise**2).sum()))
        echoed[:, side] = echoed[:, side] * 0.5 + convolved(echoed[:, side], noise)
    return echoed


def convolved(sound: "Wave", response: "Wave") -> "Wave":
    """By blocks of a size that the transform likes (overlap and add)."""
    import numpy

    size = 1 << 18
    step = size - len(response)
    out = numpy.zeros(len(sound) + size, dtype="float32")
    spectrum = numpy.fft.rfft(response, size)
    for first in range(0, len(sound), step):
        out[first : first + size] += numpy.fft.irfft(numpy.fft.rfft(sound[first : first + step], size) * spectrum, size)
    return out[: len(sound)]


def softer(sound: "Wave", width: float) -> "Wave":
    """Without its highs: a spectrum that falls off beyond `width` of the whole."""
    import numpy

    spectrum = numpy.fft.rfft(sound)
    place = numpy.linspace(0, 1, len(spectrum))
    return numpy.fft.irfft(spectrum / (1 + (place / width) ** 4), len(sound)).astype("float32")


def _time(seconds: float) -> "Wave":
    import numpy

    return (numpy.arange(max(8, round(seconds * RATE))) / RATE).astype("float32")


def _hertz(pitch: float) -> float:
    return float(440 * 2 ** ((pitch - 69) / 12))


def _shaped(sound: "Wave", attack: float, release: float) -> "Wave":
    """Begins and ends at zero."""
    import numpy

    first = min(len(sound) // 2, round(attack * RATE))
    last = min(len(sound) - first, round(release * RATE))
    sound[:first] *= numpy.sin(numpy.linspace(0, numpy.pi / 2, first, dtype="float32")) ** 2
    sound[len(sound) - last :] *= numpy.cos(numpy.linspace(0, numpy.pi / 2, last, dtype="float32")) ** 2
    return sound


def pad(note: Note, bright: float) -> "Wave":
    """Three slightly detuned voices of falling harmonics, slow to come and go."""
    import numpy

    time = _time(note.length + 0.6)
    sound = numpy.zeros_like(time)
    for voice, detuned in enumerate((-0.06, 0.0, 0.07)):
        pitch = _hertz(note.pitch + detuned)
        for harmonic in range(1, 7):
            strength = harmonic ** -(2.4 - bright)
            sound += strength * numpy.sin(2 * numpy.pi * pitch * harmonic * time + voice * 1.9 + harmonic)
    slow = 1 + 0.12 * numpy.sin(2 * numpy.pi * 0.7 * time)
    return _shaped((sound * slow / 4).astype("float32"), min(0.6, note.length / 3), 0.9)


def bass(note: Note, bright: float) -> "Wave":
    import numpy

    time = _time(note.length)
    pitch = _hertz(note.pitch)
    sound = numpy.sin(2 * numpy.pi * pitch * time)
    for harmonic in (2, 3, 4):
        sound += (
            numpy.exp(-time * 4) * (0.25 + 0.3 * bright) / harmonic * numpy.sin(2 * numpy.pi * pitch * harmonic * time)
        )
    return _shaped((sound * numpy.exp(-time * 0.7)).astype("float32"), 0.008, 0.08)


def arpeggio(note: Note, bright: float) -> "Wave":
    """Something between a plucked string and a glass: higher harmonics die sooner."""
    import numpy

    time = _time(note.length + 0.5)
    pitch = _hertz(note.pitch)
    sound = numpy.zeros_like(time)
    for harmonic in range(1, 6):
        fall = numpy.exp(-time * (3.2 + 2.4 * harmonic * (1.3 - bright)))
        sound += fall / harmonic**1.3 * numpy.sin(2 * numpy.pi * pitch * harmonic * (1 + 0.0004 * harmonic**2) * time)
    return _shaped(sound.astype("float32"), 0.004, 0.2)


def lead(note: Note, bright: float) -> "Wave":
    """A soft electric piano."""
    import numpy

    time = _time(note.length + 0.5)
    pitch = _hertz(note.pitch)
    ring = numpy.sin(2 * numpy.pi * pitch * 3 * time) * numpy.exp(-time * 5) * (0.6 + bright)
    sound = numpy.sin(2 * numpy.pi * pitch * time + ring) * numpy.exp(-time * 1.8)
    return _shaped(sound.astype("float32"), 0.006, 0.3)


def kick(note: Note, bright: float) -> "Wave":
    import numpy

    time = _time(0.32)
    phase = 2 * numpy.pi * (46 * time + 78 / 26 * (1 - numpy.exp(-26 * time)))
    return _shaped((numpy.sin(phase) * numpy.exp(-time * 9)).astype("float32"), 0.002, 0.05)


def snare(note: Note, bright: float) -> "Wave":
    import numpy

    time = _time(0.22)
    noise = softer(numpy.random.default_rng(3).standard_normal(len(time)).astype("float32"), 0.35)
    body = 0.5 * numpy.sin(2 * numpy.pi * 185 * time) * numpy.exp(-time * 24)
    return _shaped((noise * numpy.exp(-time * 20) * 1.2 + body).astype("float32"), 0.002, 0.05)


def hat(note: Note, bright: float) -> "Wave":
    import numpy

    time = _time(0.09)
    noise = numpy.random.default_rng(5).standard_normal(len(time)).astype("float32")
    crisp = noise - softer(noise, 0.28)
    return _shaped((crisp * numpy.exp(-time * 55)).astype("float32"), 0.001, 0.02)


SOUNDS: "dict[str, Callable[[Note, float], Wave]]" = {
    "pad": pad,
    "bass": bass,
    "arpeggio": arpeggio,
    "lead": lead,
    "kick": kick,
    "snare": snare,
    "hat": hat,
}
