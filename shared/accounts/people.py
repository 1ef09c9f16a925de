"""What anybody may see of an account: its names and its picture."""

from collections.abc import Iterable

from msgspec import Struct

from shared.accounts.accounts import profile_key
from shared.tables import ACCOUNTS


class Face(Struct, frozen=True, rename="camel"):
    """Of an account that is gone only the id is left."""

    id: str
    username: str = ""
    display_name: str = ""
    avatar_url: str | None = None


def faces(account_ids: Iterable[str]) -> dict[str, Face]:
    """A face for each id: one BatchGetItem for a hundred."""
    wanted = set(account_ids)
    rows = ACCOUNTS.get_many(profile_key(one) for one in wanted)
    found = {row["id"]: Face(row["id"], row["username"], row["name"], row["picture"] or None) for row in rows.values()}
    return {one: found.get(one) or Face(one) for one in wanted}


def id_of(username: str) -> str | None:
    """Whose username it is, case aside."""
    row = ACCOUNTS.get(f"USERNAME#{username.lower()}", "OWNER") if 0 < len(username) <= 64 else None
    return str(row["account_id"]) if row else None
