"""AWS calls per route, and that they do not grow with the table: counted with 100 rows and with 10,000."""

import io
import os
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import partial
from typing import Any

import httpx
import msgspec

from scripts.measure.offline import ROWS, count_calls

SIZES = (100, 10_000)
SHOWN = 1100  # contents of which there is more than rows in lists: what any list looks at
TERMS = ("fil", "fille", "me")  # postings that are asked for below


def measure() -> None:
    from tests import cloud

    os.environ.update(cloud.environment())
    found: dict[str, dict[int, Counter[str]]] = {}
    copy_less()
    with cloud.running(), redirect_stderr(io.StringIO()):
        for rows in SIZES:
            cloud.empty()
            for route, counted in count(rows).items():
                found.setdefault(route, {})[rows] = counted
    grown = 0
    for route, by_rows in found.items():
        few, many = (by_rows[rows] for rows in SIZES)
        read = " / ".join(f"{one.pop(ROWS, 0):,}" for one in (few, many))
        shown = ", ".join(f"{name}{f'×{n}' if n > 1 else ''}" for name, n in sorted(few.items()))
        now = "the same" if few == many else f"NOW {dict(many)}"
        print(f"{route:<46} {few.total():2} calls  {read:>13} rows  {now}  {shown}", flush=True)
        grown += few != many
    print(f"{len(found)} routes; {grown} of them ask for more with {SIZES[1]:,} rows than with {SIZES[0]}")


def copy_less() -> None:
    """Have moto keep, of a table that a transaction is about to change, its rows as they are and not copies of them.

    It copies the whole table once for each action, to put it back if one is refused: gigabytes. Nothing here is.
    """
    from collections import defaultdict
    from copy import copy

    from moto.dynamodb.models.table import Table

    def kept(table: Any, memo: dict[int, Any]) -> Any:
        same = copy(table)
        same.items = defaultdict(dict, {key: dict(rows) for key, rows in table.items.items()})
        return same

    setattr(Table, "__deepcopy__", kept)  # noqa: B010


def count(rows: int) -> dict[str, Counter[str]]:
    """The calls of each route, in a library of `rows` files."""
    from shared import aws
    from shared.accounts import accounts, sessions
    from tests import films
    from tests.conftest import Person
    from tests.transport import Gateway

    os.environ["RATE_LIMITS"] = "on"
    account = accounts.create("ada", email="ada@example.com", username="ada")
    token = sessions.open_for(account.id, 1).access_token
    headers = {"authorization": f"Bearer {token}"}
    http = httpx.Client(transport=Gateway(), base_url="https://bobine.test", headers=headers)
    stranger = httpx.Client(transport=Gateway(), base_url="https://bobine.test")
    fill(account.id, rows)
    os.environ["RATE_LIMITS"] = "off"  # a hundred a minute is not enough for this
    ada = Person(account.id, account.email, token, http)
    films.upload(ada)
    os.environ["RATE_LIMITS"] = "on"

    counter: Counter[str] = Counter()
    for service in ("dynamodb", "s3", "sqs"):
        count_calls(aws.client(service), counter)
    found: dict[str, Counter[str]] = {}

    def note(route: str, action: Callable[[], httpx.Response]) -> Any:
        counter.clear()
        answer = action()
        if answer.status_code >= 400:
            raise RuntimeError(f"{route}: {answer.status_code} {answer.text}")
        found[route] = Counter(counter)
        return answer

    mine = {"userId": ada.id}
    note("GET /health", lambda: stranger.get("/health"))
    note("GET /api/config", lambda: stranger.get("/api/config"))
    note("GET /users/me", lambda: http.get("/users/me"))
    note("POST /api/upload/check", lambda: stranger.post("/api/upload/check", json={"hash": "0" * 64}))
    started = note("POST /api/upload/init", lambda: films.start(ada, 100, "new")).json()
    note("POST /api/upload/part", lambda: films.send_part(stranger, started, 1, bytes(100)))
    note("GET /api/upload/{id}/parts", lambda: stranger.get(f"/api/upload/{started['uploadId']}/parts"))
    note("POST /api/upload/complete", lambda: films.finish(stranger, started))
    note("POST /api/upload/link", lambda: http.post("/api/upload/link", json={"fileId": "film-1", **mine}))
    note("GET /api/upload/user/{id}?limit=50", lambda: stranger.get(f"/api/upload/user/{ada.id}", params={"limit": 50}))
    note("GET /api/upload/status/{id}", lambda: stranger.get("/api/upload/status/film-1"))
    note("GET /api/files/…/info", lambda: stranger.get("/api/files/videos/film-1/info"))
    note("GET /api/files/…", lambda: stranger.get("/api/files/videos/film-1"))
    note("POST /api/files/{id}/metadata", lambda: http.post("/api/files/film-1/metadata", json={"title": "x"}))
    note("GET /api/stats", lambda: http.get("/api/stats", params=mine))
    place: dict[str, Any] = {"current_time": 50, "duration": 100, "user_id": ada.id}
    note("POST /api/watch-progress/{id}", lambda: http.post("/api/watch-progress/film-1", json=place))
    note("GET /api/watch-progress/{id}", lambda: http.get("/api/watch-progress/film-1"))
    note("GET /api/watch-progress/user/{id}", lambda: http.get(f"/api/watch-progress/user/{ada.id}"))
    rating = {"rating": 5, "user_id": ada.id}
    note("POST /api/ratings/{id}", lambda: http.post("/api/ratings/film-1", json=rating))
    note("GET /api/ratings/{id}", lambda: http.get("/api/ratings/film-1", params={"user_id": ada.id}))
    note("GET /api/ratings/top10", lambda: http.get("/api/ratings/top10"))
    cancelled = films.start(ada, 100, "not-this-one").json()
    note("DELETE /api/upload/{id}", lambda: http.delete(f"/api/upload/{cancelled['uploadId']}"))
    note("GET /api/files/…/thumbnail", lambda: stranger.get("/api/files/videos/film-1/thumbnail"))
    note("DELETE /api/files/…", lambda: http.delete("/api/files/videos/film-1", params=mine))
    downloads(stranger, http, note)
    community(ada, stranger, note)
    return found


def downloads(
    stranger: httpx.Client, http: httpx.Client, note: Callable[[str, Callable[[], httpx.Response]], Any]
) -> None:
    """The calls for a link that was looked at before, and of a download on its way."""
    from shared.downloads import info
    from shared.sources.found import Found

    link = "https://vimeo.com/1"
    os.environ["OPEN_DOWNLOADS"] = "true"
    info.keep(link, msgspec.json.encode(Found("1", "A film")))
    note("POST /api/info (looked at before)", lambda: stranger.post("/api/info", json={"url": link}))
    body, at_once = {"url": link, "format_id": "best"}, {"prefer": "respond-async"}
    made = note("POST /api/download", lambda: http.post("/api/download", json=body, headers=at_once)).json()
    where = f"/api/download/{made['download_id']}"
    note("GET /api/download/{id}", lambda: http.get(where))
    note("GET /api/download", lambda: http.get("/api/download"))
    note("DELETE /api/download/{id}", lambda: http.delete(where))


def community(ada: Any, stranger: httpx.Client, note: Callable[[str, Callable[[], httpx.Response]], Any]) -> None:
    """The calls of the community's routes, beside as many contents as there are files."""
    from tests import memes

    made = note("POST /contents/upload", lambda: memes.send(ada, memes.png(), tags=["own"])).json()
    at, like = f"/contents/{made['id']}", f"/favorites/{made['id']}"
    lists = ["recent", "trends", "explore?limit=50", "explore?tag=filler", "explore?tag=filler&userId=nobody"]
    lists += ["explore?sensitive=only", "explore?type=meme&category=none"]
    lists += ["explore?query=fil+me", "explore?query=fil&sort=trend&offset=500", "feed.xml"]
    for one in lists:
        note(f"GET /contents/{one}", partial(stranger.get, f"/contents/{one}"))
    cursor = stranger.get("/contents/explore").json()["nextCursor"]
    note("GET /contents/explore?cursor=", lambda: stranger.get("/contents/explore", params={"cursor": cursor}))
    note("GET /contents/{id}", lambda: stranger.get(at))
    note("GET /contents/{slug}", lambda: stranger.get(f"/contents/{made['slug']}"))
    note("POST /contents/{id}/view", lambda: stranger.post(f"{at}/view"))
    note("POST /favorites/{id}", lambda: ada.http.post(like))
    note("GET /favorites", lambda: ada.http.get("/favorites"))
    note("GET /contents/explore?favoritesOnly=", lambda: ada.http.get("/contents/explore?favoritesOnly=true"))
    note("DELETE /favorites/{id}", lambda: ada.http.delete(like))
    note("GET /tags", lambda: stranger.get("/tags"))
    note("GET /tags?query=", lambda: stranger.get("/tags?query=fil"))
    note("GET /categories", lambda: stranger.get("/categories"))
    note("GET /media", lambda: stranger.get("/media", params={"path": made["storageKey"]}))
    report = {"contentId": made["id"], "reason": "spam"}
    reported = note("POST /reports", lambda: ada.http.post("/reports", json=report)).json()
    memes.promoted(ada, "admin")
    note("GET /reports", lambda: ada.http.get("/reports"))
    decided = {"status": "dismissed"}
    note("PATCH /reports/{id}/status", lambda: ada.http.patch(f"/reports/{reported['id']}/status", json=decided))
    note("GET /admin/stats", lambda: ada.http.get("/admin/stats"))
    note("PATCH /contents/{id}", lambda: ada.http.patch(at, json={"title": "Other words"}))
    note("DELETE /contents/{id}", lambda: ada.http.delete(at))


def fill(account_id: str, rows: int) -> None:
    """A library of `rows` files, each rated and half watched, and contents, written straight into the store."""
    from moto.dynamodb.models import dynamodb_backends

    from shared.library import progress, top
    from shared.library.cards import score
    from shared.library.files import File
    from shared.library.links import Link
    from shared.library.ratings import Aggregate
    from shared.settings import settings
    from shared.table import pack_item

    backend = dynamodb_backends["123456789012"]["us-east-1"]
    ranked = top.film_list("videos")
    for index in range(rows):
        file_id, when = f"filler-{index:06d}", f"2026-01-01T00:00:00.{index:06d}Z"
        file = File(
            file_id=file_id,
            category="videos",
            filename="x.mp4",
            size=1,
            mime_type="video/mp4",
            created_at=when,
            owners=1,
            stream_state="none",
        )
        link = Link(account_id, file_id, "videos", "x.mp4", when)
        card = {"file_id": file_id, "averageRating": 4.0, "ratingCount": 1, "title": "x", "category": "videos"}
        card |= {"thumbnail_url": "/x"}
        pk, sk = ranked.entry_key(file_id)
        order = f"{score(Aggregate(1, index % 5 + 1))}#{file_id}"
        entry = {"pk": pk, "sk": sk, "version": 1, "card": card, "facts": {}, "lsi1": order}
        pk, sk = progress.key(account_id, file_id)
        seen = {"pk": pk, "sk": sk, "file_id": file_id, "current_time": 5, "duration": 10, "progress_percent": 50.0}
        seen |= {"last_watched": index, "lsi1": f"CONTINUE#{index:015d}#{file_id}"}
        for item in (file.to_item(), link.to_item(), entry, seen):
            backend.put_item(settings.library_table, pack_item(item))
    for item in (item for index in range(rows) for item in meme(index, rows)):
        backend.put_item(settings.community_table, pack_item(item))
    ranked.refill()


def meme(index: int, of: int) -> list[dict[str, Any]]:
    """Rows of a content, with a tag that all of them have: those by which the lists below find it, and no others."""
    from shared import search
    from shared.community import content, tags, trend

    number, when = f"{index:012d}", f"2026-01-01T00:00:00.{index:06d}Z"
    one = content.Content(
        id=f"00000000-0000-4000-8000-{number}",
        slug=f"filler-{number}",
        title="Filler me",
        author="nobody",
        type="meme",
        tags=["filler"],
        created_at=when,
        updated_at=when,
        trend=trend.score(when, {}),
        published=True,
        state="ready",
        likeness="0123456789abcdef",
    )
    lists = {content.list_key(scope) for scope in ("all", "tag/filler", "author/nobody")}
    lists |= {search.key(content.SCOPE, term) for term in TERMS} | {content.bands(one.likeness)[0]}
    found = [row for row in (content.rows(one) | content.postings(one)).values() if row["pk"] in lists]
    if index < of - SHOWN:
        return found
    tag = tags.Tag(name="filler", uses=of, created_at=when, last_used=when)
    return [*found, one.to_item(), tag.to_item()]
