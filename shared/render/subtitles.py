"""Captions as files, and as people can read them: short lines, two at a time, long enough to be read.

Figures from Netflix's timed text style guide: 42 characters a line, two lines, 17 to 20 characters a second.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from shared.media.sprite import clock
from shared.render.plan import Plan

WIDEST = 42  # columns of a line; a Chinese sign takes two
MOST_LINES = 2
SPEED = 17.0  # characters a second
SHORTEST = 1.0  # seconds


class Cue(Struct, frozen=True):
    """Seconds from and to."""

    start: float
    end: float
    text: str


def cues(plan: Plan) -> list[Cue]:
    """A plan's captions, made readable."""
    second = float(plan.canvas.rate)
    said = [Cue(one.start / second, one.end / second, one.text) for one in plan.captions]
    return readable(said, plan.duration)


def readable(said: Sequence[Cue], end: float) -> list[Cue]:
    """Long ones in several, each with its share of the time; short ones kept up while nothing else comes."""
    parts = [part for cue in sorted(said, key=lambda cue: (cue.start, cue.end)) for part in _split(cue)]
    found = []
    for number, part in enumerate(parts):
        needs = max(SHORTEST, len(part.text) / SPEED)
        room = parts[number + 1].start if number + 1 < len(parts) else end
        found.append(Cue(part.start, max(part.end, min(part.start + needs, room)), part.text))
    return found


def _split(cue: Cue) -> Iterator[Cue]:
    lines = [line for paragraph in cue.text.splitlines() for line in wrapped(paragraph)]
    pairs = ["\n".join(lines[at : at + MOST_LINES]) for at in range(0, len(lines), MOST_LINES)]
    letters, start = sum(map(len, pairs)) or 1, cue.start
    for pair in pairs:
        end = start + (cue.end - cue.start) * len(pair) / letters
        yield Cue(start, end, pair)
        start = end


def wrapped(text: str, widest: int = WIDEST) -> list[str]:
    """Lines of at most `widest` columns, about as long as each other; broken at spaces, and between wide signs."""
    words = list(_words(text))
    whole = sum(columns(word) for word in words)
    lines = max(1, -(-whole // widest))
    aim = min(widest, -(-whole // lines) + widest // 6)
    found, line = [], ""
    for word in words:
        if line and columns((line + word).rstrip()) > aim:
            found.append(line.strip())
            line = ""
        line += word
    return [one for one in [*found, line.strip()] if one]


def _words(text: str) -> Iterator[str]:
    """What may stand alone on a line, with the space behind it."""
    word = ""
    for sign in text:
        hangs = sign.isspace() or unicodedata.category(sign)[0] in "PM"  # stays with what is before it
        if word and not hangs and (word[-1].isspace() or _is_wide(word[-1])):
            yield word
            word = ""
        word += sign
        if columns(word) >= WIDEST:  # a word that no line could hold
            yield word
            word = ""
    if word:
        yield word


def columns(text: str) -> int:
    return sum(0 if unicodedata.combining(sign) else 2 if _is_wide(sign) else 1 for sign in text)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def vtt(said: Sequence[Cue]) -> str:
    """WebVTT (W3C): `&` and `<` would begin something there."""
    blocks = [f"{clock(cue.start)} --> {clock(cue.end)}\n{_marked(cue.text)}\n" for cue in said]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(said: Sequence[Cue]) -> str:
    times = [f"{clock(cue.start)} --> {clock(cue.end)}".replace(".", ",") for cue in said]
    return "\n".join(
        f"{number}\n{time}\n{_closed(cue.text)}\n"
        for number, (time, cue) in enumerate(zip(times, said, strict=True), 1)
    )


def _closed(text: str) -> str:
    """Without an empty line, which would end the cue."""
    return "\n".join(line for line in text.splitlines() if line.strip())


def _marked(text: str) -> str:
    return _closed(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
