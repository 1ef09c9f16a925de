"""What clients call things, in bodies and in headers, read with good will and made safe."""

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import unquote

from shared.errors import Invalid

UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]*)?$(?!\n)"  # RFC 9110 §8.3.1: it becomes a header


def tidy(filename: str) -> str:
    """A name as it is shown: without a path and without control characters."""
    text = "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return text.strip() or "file"


def media_type(kind: str) -> str:
    return kind if len(kind) <= 200 and re.search(MEDIA_TYPE, kind) else UNKNOWN_TYPE


def spellings(header: str) -> set[str]:
    """What a header's text may mean: clients send it as UTF-8, as Latin-1 or percent-encoded, and gateways read it one
    way or the other."""
    found = {header}
    for _ in range(2):
        found |= {text for one in found if (text := _as_utf8(one))}
    return found | {unquote(one) for one in found}


def filename_of(headers: Mapping[str, str]) -> str:
    """The name in `X-Filename`, empty without one. Raises Invalid for base64 that is none."""
    sent = headers.get("x-filename", "")
    if headers.get("x-filename-encoded", "").lower() == "base64":
        try:
            sent = base64.b64decode(sent, validate=True).decode()
        except (binascii.Error, ValueError):
            raise Invalid(field="X-Filename", constraint="UTF-8 in base64") from None
    else:
        for _ in range(2):
            sent = _as_utf8(sent) or sent
        sent = unquote(sent)
    return tidy(sent)[:1024] if sent else ""


def _as_utf8(text: str) -> str:
    """The text whose UTF-8 bytes were read as Latin-1; empty when they were not."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return ""
