"""What is played: from words to notes. Nothing here knows how an instrument sounds.

A prompt chooses a mood (its first word that one of MOODS knows), the mood a mode, chords, a tempo and who plays. The
form is intro, A, B, A, B, … outro in blocks of four bars, one chord a bar; it fills the asked duration exactly.
"""

import hashlib
import random
import re
import unicodedata

from msgspec import Struct

BARS = 4  # in a block, and beats in a bar
TEMPI = {"slow": 0.8, "medium": 1.0, "fast": 1.25, "lent": 0.8, "moyen": 1.0, "rapide": 1.25}
SLOWEST, FASTEST = 50, 180  # beats a minute


class Mood(Struct, frozen=True):
    """`chords` are degrees of the scale (from 0) with their four bars, one line for A and one for B."""

    words: str  # a regular expression over the prompt, without accents
    tempo: int
    scale: tuple[int, ...]
    a: tuple[int, ...]
    b: tuple[int, ...]
    drums: float  # how loud, 0 for none
    arpeggio: float
    bass: float
    bright: float  # 0 to 1
    sevenths: bool = False


MAJOR, MINOR, DORIAN, LYDIAN = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 6, 7, 9, 11),
)
MOODS: dict[str, Mood] = {
    "dark": Mood(
        "dark|sombre|tense|tension|suspense|horror|horreur|thriller|crime|mystere|mystery|mysterious|grave|menac",
        *(72, MINOR, (0, 5, 3, 4), (0, 1, 5, 0), 0.45, 0.35, 1.0, 0.25),
    ),
    "sad": Mood(
        r"sad|triste|melanchol\w*|nostalg\w*|emotional|emouvan\w*|drama\w*|dramat\w*",
        *(68, MINOR, (0, 5, 2, 6), (3, 0, 5, 4), 0.0, 0.7, 0.6, 0.4, True),
    ),
    "calm": Mood(
        r"calm\w*|calme|relax\w*|ambient|doux|douce|soft|gentle|peace\w*|paisible|meditat\w*|sleep|nature|spa|zen|lo-?fi|chill\w*",
        *(74, LYDIAN, (0, 4, 1, 5), (3, 0, 1, 4), 0.0, 0.75, 0.5, 0.35, True),
    ),
    "electronic": Mood(
        r"electro\w*|techno|house|synth\w*|cyberpunk|neon|futurist\w*|dance|club|edm",
        *(122, MINOR, (0, 5, 2, 6), (3, 5, 0, 6), 1.0, 1.0, 1.0, 0.75),
    ),
    "upbeat": Mood(
        r"upbeat|happy|joy\w*|joyeu\w*|gai\w*|fun|energ\w*|dynami\w*|pop|positi\w*|sport|summer|ete|fete|party",
        *(116, MAJOR, (0, 4, 5, 3), (3, 4, 0, 5), 0.9, 0.9, 0.9, 0.7),
    ),
    "epic": Mood(
        r"epic|epique|cinema\w*|trailer|heroic|heroique|orchest\w*|grand\w*|power\w*|puissan\w*|adventur\w*|aventur\w*",
        *(88, MINOR, (0, 5, 2, 6), (5, 6, 0, 4), 0.8, 0.6, 1.0, 0.55),
    ),
    "jazz": Mood(
        r"jazz\w*|swing|blues|lounge|bossa|funk\w*|soul",
        *(96, DORIAN, (1, 4, 0, 0), (3, 4, 0, 5), 0.5, 0.55, 1.0, 0.45, True),
    ),
    "inspiring": Mood(
        r"inspir\w*|motiv\w*|hope\w*|espoir|uplift\w*|corporate|business|entreprise|tech\w*|innovat\w*|professi\w*|explain\w*",
        *(104, MAJOR, (0, 5, 3, 4), (5, 3, 0, 4), 0.65, 0.85, 0.8, 0.55),
    ),
}
DEFAULT = "inspiring"


class Note(Struct, frozen=True):
    """`start` and `length` in seconds, `pitch` as MIDI counts (60 is middle C), `strength` 0 to 1."""

    part: str  # pad, bass, arpeggio, lead, kick, snare, hat
    start: float
    length: float
    pitch: float
    strength: float


class Piece(Struct, frozen=True):
    mood: str
    tempo: float  # beats a minute
    seconds: float
    bright: float
    notes: tuple[Note, ...]


def compose(prompt: str, tempo: str, seconds: float) -> Piece:
    """A piece of exactly `seconds`. `tempo`: slow, medium, fast, beats a minute, or empty for what the prompt says."""
    said = plain(prompt)
    mood = mood_of(said)
    how = MOODS[mood]
    chance = random.Random(int.from_bytes(hashlib.sha256(f"{said}|{tempo}".encode()).digest()[:8], "big"))  # noqa: S311
    beats = speed(how.tempo, plain(tempo), said)
    bar = BARS * 60 / beats
    # whole bars fill the time: the last one would be cut otherwise, and a tempo may give way by a few percent
    bars = max(2, round(seconds / bar))
    bar = seconds / bars
    key = chance.choice((45, 47, 48, 50, 52, 53, 43))  # A2 to F3
    notes: list[Note] = []
    figure = chance.choice(((0, 1, 2, 3, 2, 1, 2, 3), (0, 2, 1, 2, 3, 2, 1, 2), (0, 1, 2, 1, 3, 1, 2, 1)))
    melody = [chance.choice((0, 1, 2, 2, 4)) for _ in range(8)]
    for number in range(bars):
        part = section(number, bars)
        line = how.b if part == "b" else how.a
        degree = 0 if number == bars - 1 else line[number % BARS]
        harmony = chord(key, how, degree), root(key, how, degree)
        notes += _bar(how, part, number * bar, bar, harmony, (figure, melody), number, chance)
    return Piece(mood, BARS * 60 / bar, seconds, how.bright, tuple(notes))


def plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def mood_of(said: str) -> str:
    """The mood that is named first."""
    found = [
        (match.start(), name) for name, mood in MOODS.items() if (match := re.search(rf"\b(?:{mood.words})", said))
    ]
    return min(found)[1] if found else DEFAULT


def speed(usual: int, tempo: str, said: str) -> float:
    """Beats a minute: what is asked for by number, else by word, else what is usual for the mood."""
    number = re.search(r"(\d{2,3})\s*(?:bpm)?$", tempo.strip()) or re.search(r"\b(\d{2,3})\s*bpm\b", said)
    if number:
        return float(min(FASTEST, max(SLOWEST, int(number[1]))))
    word = next((word for word in TEMPI if word in tempo.split()), "")
    if not word and not tempo:
        word = next((word for word in TEMPI if re.search(rf"\b{word}\b", said)), "")
    return usual * TEMPI.get(word, 1.0)


def section(number: int, bars: int) -> str:
    """intro, a, b or outro. A short piece has less of each: its ends take a quarter of it at most."""
    ends = min(BARS, bars // 4)
    if number < ends:
        return "intro"
    if number >= bars - ends:
        return "outro"
    return "b" if (number - ends) // BARS % 2 else "a"


def chord(key: int, how: Mood, degree: int) -> list[int]:
    """Its notes around the middle of the keyboard, each voice near where the last chord had it."""
    steps = (0, 2, 4, 6) if how.sevenths else (0, 2, 4)
    tones = [key + 12 * ((degree + step) // 7) + how.scale[(degree + step) % 7] for step in steps]
    return sorted(55 + (tone - 55) % 12 for tone in tones)


def root(key: int, how: Mood, degree: int) -> int:
    """The bass below it, A1 to G sharp 2."""
    return 33 + (key + how.scale[degree % 7] - 33) % 12


def _bar(
    how: Mood,
    part: str,
    start: float,
    bar: float,
    harmony: tuple[list[int], int],
    figures: tuple[tuple[int, ...], list[int]],
    number: int,
    chance: random.Random,
) -> list[Note]:
    (tones, low), (figure, melody) = harmony, figures
    beat, eighth = bar / 4, bar / 8
    full = part in ("a", "b")
    notes = [Note("pad", start, bar * 1.08, tone, 0.8 if full else 0.6) for tone in tones]
    ladder = [*tones, *(tone + 12 for tone in tones)]
    if how.arpeggio and part != "outro":
        strength = how.arpeggio * (0.8 if full else 0.55)
        for step, place in enumerate(figure):
            lean = 1.0 if step % 4 == 0 else 0.75 + 0.1 * chance.random()
            notes.append(Note("arpeggio", start + step * eighth, eighth * 1.6, ladder[place] + 12, strength * lean))
    if how.bass and part != "intro":
        rhythm = ((0, 1.5), (1.5, 0.5), (2, 1.5), (3.5, 0.5)) if full and how.drums > 0.6 else ((0, 3.5),)
        notes += [Note("bass", start + at * beat, long * beat, low, how.bass) for at, long in rhythm]
    if part == "b":
        for at, step in ((0, 0), (1.5, 1), (2, 2), (3, 3)):
            tone = ladder[melody[(number % 2) * 4 + step] % len(ladder)] + 12
            notes.append(Note("lead", start + at * beat, beat * 1.4, tone, 0.7))
    if how.drums and full:
        loud = how.drums * (1.0 if part == "b" else 0.85)
        notes += [Note("kick", start + at * beat, 0.3, 0, loud) for at in ((0, 1, 2, 3) if how.tempo > 120 else (0, 2))]
        notes += [Note("snare", start + at * beat, 0.2, 0, loud * 0.8) for at in (1, 3)]
        notes += [Note("hat", start + at * eighth, 0.08, 0, loud * (0.5 if at % 2 else 0.32)) for at in range(8)]
    return notes
