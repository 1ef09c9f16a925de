"""All that one account has in the library: for who takes it along, and for who leaves."""

from typing import Any

from shared.errors import NotFound
from shared.library import library
from shared.tables import LIBRARY

KEYS = {"pk", "sk", "lsi1", "lsi2", "expires"}


def everything_of(account_id: str) -> dict[str, list[dict[str, Any]]]:
    """What it has filed and where it stopped watching, as rows without our keys."""
    found: dict[str, list[dict[str, Any]]] = {"files": [], "watchProgress": []}
    for prefix, name in (("FILE#", "files"), ("PROGRESS#", "watchProgress")):
        for row in LIBRARY.every(f"OWNER#{account_id}", prefix):
            found[name].append({key: value for key, value in row.items() if key not in KEYS})
    return found


def let_all_go(account_id: str) -> None:
    """Take everything from an account; files that nobody else has are gone. May be repeated, and may stop half-way."""
    pk = f"OWNER#{account_id}"
    for row in list(LIBRARY.every(pk, "FILE#")):
        try:
            library.let_go(account_id, row["file_id"], row["category"])
        except NotFound:  # let go by another attempt
            continue
    LIBRARY.delete_many([(pk, row["sk"]) for row in list(LIBRARY.every(pk))])
