"""What happens to a project: made, listed, changed, deleted. Its runs are `shared.production.pipeline`'s."""

import uuid
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shared import clock, search
from shared.errors import NotFound
from shared.production import news
from shared.production.project import (
    STATES,
    FilmConfig,
    Project,
    State,
    from_item,
    key,
    order,
    scope,
    stats_key,
    to_item,
    words,
)
from shared.table import ABSENT, Delete, Item, Put, Update, Write, retry_contended
from shared.tables import LSI1, LSI2, STUDIO

DEEPEST = 10_000  # projects that a page can lie behind
LOOKED = 2000  # rows of a search that one request looks at


class Listed(Struct, frozen=True):
    projects: list[Project]
    total: int


def create(owner: str, title: str, prompt: str, description: str, config: FilmConfig) -> Project:
    now = clock.now()
    project = Project(
        id=str(uuid.uuid4()),
        owner=owner,
        title=title,
        prompt=prompt,
        description=description,
        config=config,
        created=now,
        updated=now,
    )
    STUDIO.put_many(_postings(project))
    retry_contended(lambda: STUDIO.transact(Put(to_item(project), ABSENT), _counted(owner, draft=1)))
    news.created(project)
    return project


def find(owner: str, project_id: str) -> Project:
    """Raises NotFound: somebody else's is not there."""
    row = STUDIO.get(*key(owner, project_id))
    if row is None:
        raise NotFound("Project not found")
    return from_item(row)


def change(
    owner: str, project_id: str, to: Callable[[Project], Project | None], *also: Callable[[Project], Write]
) -> Project:
    """Read, change, write: again when somebody else came between. `to` answers None to leave it as it is, or raises.

    `also` are writes of the same transaction, made of the project as it becomes.
    """

    def attempt() -> Project:
        old = find(owner, project_id)
        new = to(old)
        if new is None or new == old:
            return old
        new = replace(new, updated=clock.now(), version=old.version + 1)
        writes: list[Write] = [Put(to_item(new), "#version = :seen", {"seen": old.version})]
        if new.state != old.state:
            writes.append(_counted(owner, **{old.state: -1, new.state: 1}))
        writes += [make(new) for make in also]
        if len(writes) == 1:
            STUDIO.write(writes[0])
        else:
            STUDIO.transact(*writes)
        if words(new) != words(old):
            STUDIO.put_many(_postings(new))
            kept = {row["pk"] for row in _postings(new)}
            STUDIO.delete_many([(row["pk"], row["sk"]) for row in _postings(old) if row["pk"] not in kept])
        return new

    return retry_contended(attempt)


def delete(project: Project) -> None:
    """The row and what finds it; scenes and notes with it. Its assets are `shared.production.assets`' to delete."""

    def attempt() -> None:
        old = find(project.owner, project.id)
        STUDIO.transact(
            Delete(key(old.owner, old.id), "#version = :seen", {"seen": old.version}),
            _counted(old.owner, **{old.state: -1}),
        )

    retry_contended(attempt)
    STUDIO.delete_many([(row["pk"], row["sk"]) for row in _postings(project)])
    pk = f"PROJECT#{project.id}"
    STUDIO.delete_many([(pk, row["sk"]) for row in list(STUDIO.every(pk))])


# ---- lists


def listed(owner: str, page: int, limit: int, state: State | None, text: str) -> Listed:
    """A page of them, newest first, and how many there are of all pages."""
    if search.words(text):
        return _found(owner, page, limit, state, text)
    total = _total(owner, state)
    start = (page - 1) * limit
    if start >= min(total, DEEPEST):
        return Listed([], total)
    index, prefix = (LSI2, f"PROJECT#{state}#") if state else (LSI1, "PROJECT#")
    rows: list[Item] = []
    cursor: str | None = None
    while len(rows) < start + limit:
        found = STUDIO.query(
            key(owner, "")[0], prefix, index=index, newest_first=True, limit=start + limit - len(rows), cursor=cursor
        )
        rows += found.items
        if (cursor := found.cursor) is None:
            break
    return Listed([from_item(row) for row in rows[start : start + limit]], total)


def _found(owner: str, page: int, limit: int, state: State | None, text: str) -> Listed:
    wanted = search.words(text)
    ids: list[str] = []
    looked, cursor = 0, None
    while looked < LOOKED:
        found = search.find(STUDIO, scope(owner), text, 500, cursor)
        ids += [row["thing"] for row in found.items if search.matches(row, wanted)]
        looked += len(found.items)
        if (cursor := found.cursor) is None:
            break
    rows = STUDIO.get_many(key(owner, one) for one in ids)
    projects = [from_item(rows[key(owner, one)]) for one in ids if key(owner, one) in rows]
    kept = [one for one in projects if state is None or one.state == state]
    return Listed(kept[(page - 1) * limit : page * limit], len(kept))


def _total(owner: str, state: State | None) -> int:
    row: dict[str, Any] = STUDIO.get(*stats_key(owner)) or {}
    return max(0, sum(int(row.get(one, 0)) for one in ([state] if state else STATES)))


def of_account(owner: str) -> list[Project]:
    """All of them, for export and erasure."""
    return [from_item(row) for row in STUDIO.every(key(owner, "")[0], "PROJECT#")]


def _postings(project: Project) -> list[Item]:
    return search.postings(scope(project.owner), project.id, order(project), words(project), {})


def _counted(owner: str, **by: int) -> Update:
    return Update(stats_key(owner), add=by)
