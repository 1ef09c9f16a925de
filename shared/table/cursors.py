"""Where the next page starts, as one opaque word. The partition is left out: it is the caller's to know."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.errors import Invalid
from shared.table.indexes import PRIMARY, Index


def seal_cursor(last: Mapping[str, Any], index: Index = PRIMARY) -> str:
    """The cursor after a row, of which `last` has the keys (DynamoDB's LastEvaluatedKey, or a row as it was read)."""
    keys = {name: _text(last[name]) for name in index.resume}
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def open_cursor(cursor: str, pk: str, index: Index = PRIMARY) -> dict[str, Any]:
    """The keys to go on after, in partition `pk`. Raises Invalid for what is no cursor of this index."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys = msgspec.json.decode(raw, type=dict[str, str])
    except (ValueError, msgspec.MsgspecError):
        keys = {}
    if keys.keys() != set(index.resume) or not all(keys.values()):
        raise Invalid("Invalid cursor", field="cursor", constraint="a nextCursor of an earlier page")
    return {index.pk: {"S": pk}} | {name: {"S": value} for name, value in keys.items()}


def _text(value: Any) -> str:
    return str(value["S"] if isinstance(value, dict) else value)
