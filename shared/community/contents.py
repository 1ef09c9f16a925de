"""Contents: written with every row that finds them, in one transaction; read one by one or by the page.

`save` compares what a content was with what it is to be, and writes the difference: making, changing, publishing,
ranking and deleting are the same to it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from shared import clock, counters, jobs
from shared.community import content as entity
from shared.community import slugs, tags
from shared.community.content import Content, key, of_item
from shared.errors import NotFound
from shared.settings import settings
from shared.table import ABSENT, Contended, Delete, Key, Put, Write, retry_contended
from shared.tables import BY_ACCOUNT, COMMUNITY

KIND = "content"  # of slugs
KEPT = 30 * 86400  # seconds a deleted content is remembered
LATE = 15 * 60  # seconds after which a content should be finished
DAYS_BACK = 40  # that the sweep looks at


def counts_of(content_id: str) -> str:
    """The name its views, uses and favourites are counted under."""
    return f"content/{content_id}"


# ---- reading


def any_state(content_id: str) -> Content | None:
    """Deleted ones, too."""
    row = COMMUNITY.get(*key(content_id.lower())) if slugs.UUID.fullmatch(content_id) else None
    return of_item(row) if row else None


def find(content_id: str) -> Content | None:
    found = any_state(content_id)
    return found if found and not found.deleted_at else None


def get(content_id: str) -> Content:
    """Raises NotFound."""
    found = find(content_id)
    if found is None:
        raise NotFound("Content not found")
    return found


def by_name(id_or_slug: str) -> Content:
    """Raises NotFound."""
    if slugs.UUID.fullmatch(id_or_slug):
        return get(id_or_slug.lower())
    return get(slugs.owner(KIND, id_or_slug) or "")


def many(ids: Iterable[str]) -> dict[str, Content]:
    """Those that are there and not deleted."""
    rows = COMMUNITY.get_many(key(one) for one in ids)
    found = [of_item(row) for row in rows.values()]
    return {one.id: one for one in found if not one.deleted_at}


def of_account(account_id: str) -> Iterator[Content]:
    """All that an account made, deleted ones too; as it was a moment ago (a global index)."""
    for row in COMMUNITY.every(f"ACCOUNT#{account_id}", "content#", index=BY_ACCOUNT, eventually=True):
        yield of_item(row)


# ---- writing


def create(content: Content, *also: Write) -> Content:
    """Record a new content, under a slug that is free. Raises what `also` refuses.

    One that is still to be finished is looked at again LATE, in case the message to its worker is lost.
    """
    if content.state == "processing":
        also = (*also, due_at(clock.now() + LATE, content.id))

    def attempt() -> Content:
        nonlocal content
        try:
            save(None, content, slugs.claim(KIND, content.slug, content.id), *also)
        except slugs.Taken:
            content = replace(content, slug=f"{slugs.made(content.title, content.type)}-{slugs.suffix()}")
            raise Contended from None
        return content

    return retry_contended(attempt)


def change(content_id: str, to: Callable[[Content], Content], *also: Write) -> Content:
    """Make of a content what `to` says of it as it is now. Raises NotFound, and what `also` refuses."""

    def attempt() -> Content:
        before = get(content_id)
        after = to(before)
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        save(before, after, *also)
        return after

    return retry_contended(attempt)


def save(before: Content | None, after: Content, *also: Write) -> None:
    """Write the difference. Raises ConditionFailed when it is not what it was (`before`) any more."""
    old, new = entity.rows(before), entity.rows(after)
    said, says = entity.postings(before), entity.postings(after)
    COMMUNITY.put_many(row for place, row in says.items() if said.get(place) != row)
    condition, seen = ("#version = :seen", {"seen": before.version}) if before else (ABSENT, {})
    own = Put(after.to_item(), condition, seen)
    moves: list[Write] = [Put(row) for place, row in new.items() if old.get(place) != row]
    moves += [Delete(place) for place in old if place not in new]
    tagged, tags_now = (set(one.tags) if one and one.is_listed else set() for one in (before, after))
    COMMUNITY.transact(own, *also, *moves, *tags.changes(tagged - tags_now, tags_now - tagged))
    COMMUNITY.delete_many(place for place in said if place not in says)


def delete(content_id: str) -> Content:
    """Take a content out of everything. Its row stays for KEPT, then the sweep lets go of it. Raises NotFound.

    What goes after it (`leaving.clear`) is due at once, in case it is not come to the end of: the sweep does the rest.
    """
    now = clock.now()

    def gone(content: Content) -> Content:
        return replace(content, deleted_at=clock.iso(now))

    return change(content_id, gone, due_at(now, content_id), due_at(now + KEPT, content_id))


def forget(content: Content) -> None:
    """Leave nothing of a deleted content but its absence."""
    COMMUNITY.delete_many([key(content.id), slugs.key(KIND, content.slug)])
    counters.forget(COMMUNITY, counts_of(content.id))


def queue(content: Content) -> None:
    """Have the worker make what is still to be made of it."""
    jobs.send(settings.memes_queue_url, {"content": content.id})


# ---- what must be looked at later: DUE#<day> / <time>#content#<id>, in the transaction of the deletion


def due_at(when: float, content_id: str) -> Put:
    pk, sk = due_key(when, content_id)
    return Put({"pk": pk, "sk": sk, "thing": content_id, "expires": int(when) + DAYS_BACK * 86400})


def due_key(when: float, content_id: str) -> Key:
    time = clock.iso(when)
    return f"DUE#{time[:10]}", f"{time}#content#{content_id}"


def due() -> Iterator[tuple[Key, str]]:
    """What is due now, the oldest first: the row that says so, and the content's id."""
    today = datetime.fromtimestamp(clock.now(), UTC).date()
    for back in range(DAYS_BACK, -1, -1):
        pk = f"DUE#{(today - timedelta(days=back)).isoformat()}"
        for row in list(COMMUNITY.every(pk, until=clock.iso())):
            yield (pk, row["sk"]), row["thing"]


def done(place: Key) -> None:
    COMMUNITY.delete_many([place])


def cleared(content: Content) -> None:
    """Nothing is left to do of its deletion, until it is forgotten."""
    done(due_key(datetime.fromisoformat(content.deleted_at).timestamp(), content.id))


# ---- counting


def counts(content_id: str) -> Counter[str]:
    """Its `views`, `uses` and `favorites`."""
    return counters.read(COMMUNITY, counts_of(content_id))


def count(content_id: str, **by: int) -> None:
    counters.bump(COMMUNITY, counts_of(content_id), **by)
