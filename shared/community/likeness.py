"""Pictures that look alike: a repost names what it repeats, and what was banned is refused when it comes again.

Access patterns, all in the Community table:
    contents that share some bits with a picture   PHASH#<two blocks>#<bits> / <time>#<id>   (rows of the content)
    bans that do                                   the same / !<fingerprint>                 (before all times)
    what was banned of an account                  ACCOUNT#<id> / BANNED#<fingerprint>
Two pictures within NEAR bits are alike, and share one of their twelve partitions (`content.bands`): a query of each
finds all of them.
"""

from shared.community.content import Content, bands
from shared.errors import Forbidden
from shared.table import Put
from shared.tables import COMMUNITY

NEAR = 6  # bits of 64
NEAR_FOR_BANNED = 10  # … for who has been banned for such a picture before
LOOKED = 1000  # rows of a partition, bans and then the oldest contents: with ten million pictures there are as many
BAN = "!"


def refuse_banned(fingerprint: str, account_id: str) -> str:
    """The id of the oldest content that looks like it, or "". Raises Forbidden, code BANNED_CONTENT."""
    mine = COMMUNITY.every(f"ACCOUNT#{account_id}", "BANNED#")
    if any(apart(fingerprint, row["likeness"]) <= NEAR_FOR_BANNED for row in mine):
        raise banned()
    found: list[tuple[str, str]] = []
    for band in bands(fingerprint):
        for row in COMMUNITY.query(band, limit=LOOKED).items:
            if apart(fingerprint, row["likeness"]) > NEAR:
                continue
            if row["sk"].startswith(BAN):
                raise banned()
            found.append((row["sk"], row["thing"]))
    return min(found)[1] if found else ""


def banned() -> Forbidden:
    return Forbidden("This picture is banned", code="BANNED_CONTENT")


def ban(content: Content) -> None:
    """Refuse from now on what looks like a content."""
    alike = {"likeness": content.likeness, "thing": content.id}
    rows = [{"pk": band, "sk": f"{BAN}{content.likeness}", **alike} for band in bands(content.likeness)]
    if rows:
        own = {"pk": f"ACCOUNT#{content.author}", "sk": f"BANNED#{content.likeness}", **alike}
        COMMUNITY.transact(*(Put(row) for row in [*rows, own]))


def apart(one: str, other: str) -> int:
    """In how many of their 64 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
