"""Favourites: who likes what. Both rows and the count change in one transaction; twice is once.

Access patterns, all in the Community table:
    is it a favourite of somebody      ACCOUNT#<id> / FAVORITE#<content>
    somebody's, newest first           lsi1 = FAVORITE#<time>#<content>
    whose favourite is it              CONTENT#<id> / FAVORITE#<account>
"""

from collections.abc import Callable, Iterable, Iterator

from shared import clock, counters
from shared.community import contents
from shared.table import (
    ABSENT,
    PRESENT,
    ConditionFailed,
    Contended,
    Delete,
    Item,
    Key,
    Page,
    Put,
    retry_contended,
    seal_cursor,
)
from shared.tables import COMMUNITY, LSI1

TOGETHER = 50  # favourites that go in one transaction


def key(account_id: str, content_id: str) -> Key:
    return f"ACCOUNT#{account_id}", f"FAVORITE#{content_id}"


def fan_key(content_id: str, account_id: str) -> Key:
    return f"CONTENT#{content_id}", f"FAVORITE#{account_id}"


def has(account_id: str, content_id: str) -> bool:
    return COMMUNITY.get(*key(account_id, content_id)) is not None


def add(account_id: str, content_id: str) -> bool:
    """Whether it was none before."""
    pk, sk = key(account_id, content_id)
    fan_pk, fan_sk = fan_key(content_id, account_id)
    row = {"pk": pk, "sk": sk, "thing": content_id, "lsi1": f"FAVORITE#{clock.iso()}#{content_id}"}

    def attempt() -> bool:
        COMMUNITY.transact(
            Put(row, ABSENT),
            Put({"pk": fan_pk, "sk": fan_sk, "account_id": account_id}),
            counters.change(contents.counts_of(content_id), favorites=1),
        )
        return True

    return _once(attempt)


def remove(account_id: str, content_id: str) -> bool:
    """Whether it was one before."""

    def attempt() -> bool:
        COMMUNITY.transact(
            Delete(key(account_id, content_id), PRESENT),
            Delete(fan_key(content_id, account_id)),
            counters.change(contents.counts_of(content_id), favorites=-1),
        )
        return True

    return _once(attempt)


def _once(attempt: Callable[[], bool]) -> bool:
    try:
        return retry_contended(attempt, causes=(Contended,))
    except ConditionFailed:
        return False


def page_of(account_id: str, limit: int, cursor: str | None) -> Page:
    """An account's favourites, the latest first. A row's `thing` is the content."""
    pk = f"ACCOUNT#{account_id}"
    return COMMUNITY.query(pk, "FAVORITE#", index=LSI1, limit=limit, newest_first=True, cursor=cursor)


def cursor_of(row: Item) -> str:
    return seal_cursor(row, LSI1)


def keys_of(account_id: str, contents_: Iterable[str]) -> list[Key]:
    return [key(account_id, one) for one in contents_]


def forget(content_id: str) -> Iterator[int]:
    """Nobody likes it any more: how many less do, as it goes on. May be repeated, and others may remove theirs."""
    fans = [row["account_id"] for row in COMMUNITY.every(f"CONTENT#{content_id}", "FAVORITE#")]
    for start in range(0, len(fans), TOGETHER):
        some = fans[start : start + TOGETHER]
        rows = [Delete(key(fan, content_id), PRESENT) for fan in some]
        try:
            COMMUNITY.transact(*rows, *(Delete(fan_key(content_id, fan)) for fan in some))
        except ConditionFailed:
            yield sum(remove(fan, content_id) for fan in some)
        else:
            yield len(some)
