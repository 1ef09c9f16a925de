"""Words with timings into subtitle cues: two lines of 42 characters, one to seven seconds, cut where one breathes.

(Netflix Timed Text Style Guide: 42 characters a line, two lines, 7 s at most.) French punctuation keeps the space
before it, and stays with its word.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from shared.providers.kinds import Word

LINE, LINES = 42, 2
SHORTEST, LONGEST = 1.0, 7.0  # seconds
GAP = 0.7  # seconds of silence that end a cue
SENTENCE = re.compile(r"[.!?…]+[\"»”')]*$")
CLAUSE = re.compile(r"[,;:][\"»”')]*$")
LONELY = re.compile(r"^[!?:;»%…–—-]+$")  # marks that French writes after a space: theirs is the word before
OPENING = re.compile(r"^[«]$")
NARROW, WIDE = "\u202f", "\u00a0"  # spaces that do not break: thin before ! ? ; and wide before : » %


class Cue(Struct, frozen=True):
    start: float
    end: float
    text: str  # lines joined by a line feed


def cues(words: Sequence[Word], language: str = "fr") -> list[Cue]:
    """In order, never overlapping; each is shown for a second at least where the next one leaves the time."""
    groups: list[list[Word]] = [[]]
    for word in joined(words, language):
        group = groups[-1]
        if group and ends(group, word):
            groups.append([word])
        else:
            group.append(word)
    found = []
    filled = [group for group in groups if group]
    for index, group in enumerate(filled):
        start = group[0].start
        after = filled[index + 1][0].start if index + 1 < len(filled) else float("inf")
        end = min(max(group[-1].end, start + SHORTEST), start + LONGEST, max(after, start))
        found.append(Cue(round(start, 3), round(end, 3), wrapped(" ".join(word.text for word in group))))
    return found


def ends(group: list[Word], word: Word) -> bool:
    """Whether a cue ends before `word`."""
    text = " ".join(one.text for one in group)
    if len(wrapped(f"{text} {word.text}").split("\n")) > LINES or word.end - group[0].start > LONGEST:
        return True
    if word.start - group[-1].end > GAP:
        return True
    long_enough = group[-1].end - group[0].start >= SHORTEST
    if SENTENCE.search(group[-1].text):
        return long_enough
    return bool(CLAUSE.search(group[-1].text)) and len(text) > LINE and long_enough


def joined(words: Sequence[Word], language: str) -> list[Word]:
    """Marks that stand alone with the word they belong to; in French by a space that does not break."""
    found: list[Word] = []
    opened: Word | None = None
    for word in words:
        if OPENING.match(word.text):
            opened = word
        elif LONELY.match(word.text) and found:
            before = found[-1]
            space = (WIDE if word.text[0] in ":»%–—-" else NARROW) if language == "fr" else " "
            found[-1] = Word(
                f"{before.text}{space}{word.text}", before.start, max(before.end, word.end if word.text == "%" else 0)
            )
        elif opened:
            found.append(Word(f"{opened.text}{WIDE}{word.text}", opened.start, word.end))
            opened = None
        else:
            found.append(word)
    return found


def wrapped(text: str) -> str:
    """In as few lines as it needs, two of them of about one length, the lower rather the longer. A word that is longer
    than a line is a line."""
    if len(text) <= LINE:
        return text
    parts = text.split(" ")
    best: tuple[float, str] | None = None
    for cut in range(1, len(parts)):
        upper, lower = " ".join(parts[:cut]), " ".join(parts[cut:])
        if max(len(upper), len(lower)) > LINE:
            continue
        cost = abs(len(upper) - len(lower)) + (4 if len(upper) > len(lower) else 0) - (8 if CLAUSE.search(upper) else 0)
        if best is None or cost < best[0]:
            best = (cost, f"{upper}\n{lower}")
    if best:
        return best[1]
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + 1 + len(part) > LINE:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return "\n".join(lines)
