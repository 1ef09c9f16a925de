"""Timings of words that nobody measured: in proportion to their letters, with a breath after punctuation."""

from shared.providers.kinds import Word

BREATH = {",": 2, ";": 3, ":": 3, ".": 5, "!": 5, "?": 5, "…": 5}  # in letters


def spread(text: str, seconds: float) -> tuple[Word, ...]:
    words = text.split()
    weights = [(len(word) + 1, BREATH.get(word[-1], 0)) for word in words]
    whole = sum(letters + breath for letters, breath in weights) or 1
    made, begun = [], 0.0
    for word, (letters, breath) in zip(words, weights, strict=True):
        ends = begun + seconds * letters / whole
        made.append(Word(word, round(begun, 3), round(ends, 3)))
        begun = ends + seconds * breath / whole
    return tuple(made)
