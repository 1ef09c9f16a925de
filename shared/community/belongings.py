"""What the community holds of an account: for its export, and for its erasure.

Both walk the account's own partition and a global index, which may lag: an erasure asks again until nothing is left.
"""

from typing import Any

import msgspec

from shared.community import contents, favorites, leaving, reports, totals
from shared.tables import BY_ACCOUNT, COMMUNITY

KEPT_BACK = {"author", "likeness", "trend", "version"}  # ours, and of no meaning elsewhere


def export(account_id: str) -> dict[str, Any]:
    """`contents` (not deleted), `favorites` (ids of contents) and `reports`, as JSON has them."""
    made = [one for one in contents.of_account(account_id) if not one.deleted_at]
    shown = [{name: value for name, value in msgspec.to_builtins(one).items() if name not in KEPT_BACK} for one in made]
    return {"contents": shown, "favorites": liked(account_id), "reports": list(reported(account_id))}


def erase(account_id: str) -> bool:
    """Leave nothing of an account; whether there was anything. Asked again, it goes on where it stopped."""
    made = [one.id for one in contents.of_account(account_id)]
    for content_id in made:
        if contents.any_state(content_id):
            leaving.delete_for_good(content_id)
    favourites = liked(account_id)
    for content_id in favourites:
        if favorites.remove(account_id, content_id):
            totals.count(favorites=-1)
    own = [(f"ACCOUNT#{account_id}", row["sk"]) for row in COMMUNITY.every(f"ACCOUNT#{account_id}", "BANNED#")]
    mine = [(row["pk"], row["sk"]) for row in _reports(account_id)]
    for pk, _ in mine:
        reports.forget_reporter(pk.partition("#")[2], account_id)
    COMMUNITY.delete_many([*own, *mine])
    return bool(made or favourites or own or mine)


def liked(account_id: str) -> list[str]:
    return [row["thing"] for row in COMMUNITY.every(f"ACCOUNT#{account_id}", "FAVORITE#")]


def reported(account_id: str) -> list[dict[str, str]]:
    names = ("reason", "description", "created_at")
    return [{"id": row["pk"].partition("#")[2], **{name: row[name] for name in names}} for row in _reports(account_id)]


def _reports(account_id: str) -> list[dict[str, Any]]:
    pk = f"ACCOUNT#{account_id}"
    return list(COMMUNITY.every(pk, "report#", index=BY_ACCOUNT, eventually=True))
