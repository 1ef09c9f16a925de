"""What the episodes of a series add up to.

Access patterns, all in the Library table:
    a series' sums        SERIES#<category>#<source id> / RATINGS
    its rated episodes    SERIES#<category>#<source id> / EPISODE#<season>#<episode>#<file>    in their own order
Both change in the transaction that changes the episode's place (`shared/ranked.py`), from what the episode gave before
and gives now, so none is counted twice. The first episode lends the series its face.
"""

from collections.abc import Mapping
from typing import Any

from shared.library.cards import averages, card, score
from shared.library.files import File
from shared.library.ratings import Aggregate
from shared.ranked import Place
from shared.table import Delete, Item, Key, Put, Update, Write
from shared.tables import LIBRARY


def key(category: str, source_id: str) -> Key:
    return f"SERIES#{category}#{source_id}", "RATINGS"


def share(file: File, whole: Aggregate) -> dict[str, Any]:
    """What a rated file gives to its series; nothing when it is no episode of one."""
    if not file.is_episode or not file.source_id:
        return {}
    order = f"{file.season or 0:07d}#{file.episode or 0:07d}#{file.file_id}"
    return {"source_id": file.source_id, "n": whole.count, "total": whole.total, "order": order, "card": card(file)}


def changes(category: str, touched: set[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Write]:
    """The rows that change when an episode's share does. `touched` learns which series these are."""
    sums: dict[str, Item] = {}
    for given, sign in ((before, -1), (after, 1)):
        if given:
            change = sums.setdefault(given["source_id"], {"n": 0, "total": 0, "episodes": 0})
            change["n"] += sign * given["n"]
            change["total"] += sign * given["total"]
            change["episodes"] += sign
    touched.update(sums)
    writes: list[Write] = [Update(key(category, source_id), add=change) for source_id, change in sums.items()]
    old, new = (_episode_key(category, given) if given else None for given in (before, after))
    if old and old != new:
        writes.append(Delete(old))
    if new:
        writes.append(Put({"pk": new[0], "sk": new[1], "card": after["card"]}))
    return writes


def place(source_id: str, category: str) -> Place | None:
    """Where a series stands now; None when it has no rated episode."""
    pk, sk = key(category, source_id)
    sums = LIBRARY.get(pk, sk)
    first = LIBRARY.query(pk, "EPISODE#", limit=1).items
    if sums is None or not first:
        return None
    whole = Aggregate.of_item(sums)
    shown = {**first[0]["card"], "source_id": source_id, "episodeCount": sums["episodes"], **averages(whole)}
    return Place(f"{score(whole)}#{source_id}", shown)


def _episode_key(category: str, given: Mapping[str, Any]) -> Key:
    pk, _ = key(category, given["source_id"])
    return pk, f"EPISODE#{given['order']}"
