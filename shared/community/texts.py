"""What people write, as it is kept: NFC, and nothing in it that hides, or turns around what stands beside it."""

import unicodedata

from shared.errors import Invalid

JOINERS = {0x200C: None, 0x200D: None}  # within emoji (a family, a flag) and words of some scripts
NEW_LINES = {ord("\n"): None, ord("\r"): None, ord("\t"): None}


def line(text: str, field: str, most: int) -> str:
    """One line with single spaces. Raises Invalid."""
    told = " ".join(unicodedata.normalize("NFC", text).split())
    if not shows(told):
        raise Invalid(f"Invalid {field}", field=field, constraint=f"1 to {most} printable characters")
    return told


def lines(text: str, field: str = "description") -> str:
    """Text of any number of lines, "" too. Raises Invalid for characters that control something."""
    told = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(letter) == "Cc" for letter in told.translate(NEW_LINES)):
        raise Invalid(f"Invalid {field}", field=field, constraint="text without control characters")
    return told


def shows(text: str) -> bool:
    """Whether there is something to see, and nothing hidden."""
    seen = text.translate(JOINERS)
    return bool(seen.strip()) and seen.isprintable()
