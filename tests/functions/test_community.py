"""Favourites, categories, tags, reports, media and numbers (memegoat)."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import cloud, memes
from tests.conftest import Person
from tests.memes import listed, promoted, send, upload

NOBODY = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def admin(person: Callable[[str], Person]) -> Person:
    return promoted(person("root"), "admin")


@pytest.fixture
def moderator(person: Callable[[str], Person]) -> Person:
    return promoted(person("judge"), "moderator")


# ---- favourites


def test_a_favourite_is_one_however_often_it_is_added(ada: Person, bob: Person, http: httpx.Client) -> None:
    made = upload(ada)
    path = f"/favorites/{made['id']}"
    for _ in range(2):
        answer = bob.http.post(path)
        assert (answer.status_code, answer.json()) == (
            201,
            {"contentId": made["id"], "isFavorite": True, "favoritesCount": 1},
        )
    assert bob.http.get(f"/contents/{made['id']}").json()["isFavorite"] is True
    assert ada.http.get(f"/contents/{made['id']}").json()["isFavorite"] is False
    assert http.get(f"/contents/{made['id']}").json()["favoritesCount"] == 1
    for _ in range(2):
        answer = bob.http.delete(path)
        assert (answer.status_code, answer.json()["favoritesCount"]) == (200, 0)


def test_favourites_are_the_callers_own_the_latest_first(
    ada: Person, bob: Person, later: Callable[[float], None]
) -> None:
    made = [upload(ada, number, title=f"Meme {number}", sensitive=str(number == 1)) for number in range(3)]
    for number in (2, 0, 1):
        bob.http.post(f"/favorites/{made[number]['id']}")
        later(1)
    assert listed(bob.http.get("/favorites")) == ["Meme 1", "Meme 0", "Meme 2"]
    page = bob.http.get("/favorites", params={"limit": 2}).json()
    assert (page["total"], len(page["data"]), page["data"][0]["isFavorite"]) == (3, 2, True)
    rest = bob.http.get("/favorites", params={"limit": 2, "cursor": page["nextCursor"]})
    assert listed(rest) == ["Meme 2"]
    assert ada.http.get("/favorites").json() == {
        "data": [],
        "total": 0,
        "limit": 10,
        "offset": 0,
        "nextCursor": None,
    }


def test_favourites_need_an_account_and_a_content(ada: Person, http: httpx.Client) -> None:
    for method, path in (("GET", "/favorites"), ("POST", f"/favorites/{NOBODY}"), ("DELETE", f"/favorites/{NOBODY}")):
        assert http.request(method, path).status_code == 401
    for method in ("POST", "DELETE"):
        assert ada.http.request(method, f"/favorites/{NOBODY}").status_code == 404
        assert ada.http.request(method, "/favorites/x").status_code == 404


# ---- categories


def test_an_administrator_makes_changes_and_deletes_categories(admin: Person, http: httpx.Client) -> None:
    made = admin.http.post("/categories", json={"name": "Été & chats", "iconUrl": "https://x.test/i.png"})
    assert made.status_code == 201
    category = made.json()
    assert (category["slug"], category["name"], category["iconUrl"]) == (
        "ete-chats",
        "Été & chats",
        "https://x.test/i.png",
    )
    for name in (category["id"], "ete-chats"):
        assert http.get(f"/categories/{name}").json() == category
    again = admin.http.post("/categories", json={"name": "ete chats"}).json()
    assert again["slug"] not in ("", "ete-chats")
    changed = admin.http.patch(f"/categories/{category['id']}", json={"name": "Goats", "iconUrl": None})
    assert (changed.status_code, changed.json()["slug"], changed.json()["iconUrl"]) == (200, "ete-chats", None)
    whole = http.get("/categories").json()
    assert [one["name"] for one in whole["data"]] == ["ete chats", "Goats"]
    assert whole["total"] == 2
    assert admin.http.delete(f"/categories/{category['id']}").status_code == 200
    assert admin.http.delete(f"/categories/{category['id']}").status_code == 404
    assert http.get("/categories/ete-chats").status_code == 404
    assert any("/categories*" in message["paths"] for message in cloud.messages("INVALIDATE"))


def test_a_deleted_category_leaves_its_contents_without_one(admin: Person, ada: Person, http: httpx.Client) -> None:
    category = admin.http.post("/categories", json={"name": "Goats"}).json()
    made = upload(ada, categoryId=category["id"])
    assert made["category"] == {"id": category["id"], "name": "Goats", "slug": "goats"}
    admin.http.delete(f"/categories/{category['id']}")
    assert http.get(f"/contents/{made['id']}").json()["category"] is None
    assert http.get("/contents/explore", params={"category": "goats"}).json()["total"] == 0
    assert send(ada, memes.png(2), categoryId=category["id"]).status_code == 400


def test_only_administrators_touch_categories(ada: Person, moderator: Person, http: httpx.Client) -> None:
    for person in (ada.http, moderator.http):
        assert person.post("/categories", json={"name": "x"}).status_code == 403
        assert person.patch(f"/categories/{NOBODY}", json={"name": "x"}).status_code == 403
        assert person.delete(f"/categories/{NOBODY}").status_code == 403
    assert http.post("/categories", json={"name": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": 1}, "name"),
        ({"name": "x", "description": "x" * 256}, "description"),
        ({"name": "x", "iconUrl": "x" * 513}, "iconUrl"),
    ],
)
def test_a_wrong_category_names_its_field(admin: Person, body: dict[str, Any], field: str) -> None:
    answer = admin.http.post("/categories", json=body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


# ---- tags


def test_tags_are_counted_sorted_and_found(ada: Person, http: httpx.Client, later: Callable[[float], None]) -> None:
    for number, tags in enumerate((["chat noir", "goat"], ["goat"], ["été"])):
        upload(ada, number, tags=tags)
        later(1)

    def found(**query: Any) -> list[tuple[str, int]]:
        answer = http.get("/tags", params=query)
        assert answer.status_code == 200
        return [(one["name"], one["usageCount"]) for one in answer.json()["data"]]

    assert found() == [("goat", 2), ("été", 1), ("chat noir", 1)]
    assert found(sort="recent")[0] == ("été", 1)
    assert found(query="ETE") == [("été", 1)]
    assert found(query="noir") == found(query="ch") == [("chat noir", 1)]
    assert found(query="x") == found(query="!") == []
    assert found(limit=1, offset=1) == [("été", 1)]
    page = http.get("/tags", params={"limit": 2}).json()
    assert (page["total"], set(page["data"][0])) == (
        3,
        {"id", "name", "slug", "usageCount", "createdAt", "lastUsedAt"},
    )
    assert found(limit=2, cursor=page["nextCursor"]) == [("chat noir", 1)]
    assert http.get("/tags", params={"sort": "best"}).status_code == 400


# ---- reports


def report(person: Person, **body: Any) -> httpx.Response:
    return person.http.post("/reports", json={"reason": "spam", **body})


def queue(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = person.http.get("/reports", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def decide(person: Person, report_id: str, status: str, **more: Any) -> httpx.Response:
    return person.http.patch(f"/reports/{report_id}/status", json={"status": status, **more})


def test_one_thing_has_one_report_with_its_count(ada: Person, bob: Person, moderator: Person) -> None:
    made = upload(ada, title="Bad")
    first = report(bob, contentId=made["id"], description="Not nice")
    assert (first.status_code, first.json()["status"], first.json()["contentId"]) == (201, "pending", made["id"])
    assert report(bob, contentId=made["id"], reason="other").json()["id"] == first.json()["id"]
    assert report(ada, contentId=made["id"], reason="copyright").status_code == 201
    (found,) = queue(moderator)
    assert (found["count"], found["reasons"]) == (2, {"spam": 1, "copyright": 1})
    assert (found["description"], found["reporter"]["username"]) == ("Not nice", "bob")
    assert (found["target"]["title"], found["target"]["author"]["username"]) == ("Bad", "ada")


def test_a_tag_can_be_reported(ada: Person, moderator: Person) -> None:
    tag = upload(ada, tags=["bad word"])["tags"][0]
    assert report(ada, tagId=tag["id"]).json()["tagId"] == tag["id"]
    assert queue(moderator)[0]["target"] == {"title": "bad word", "slug": "bad-word"}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "contentId"),
        ({"contentId": NOBODY, "tagId": NOBODY}, 400, "contentId"),
        ({"contentId": NOBODY, "reason": "boring"}, 400, "reason"),
        ({"contentId": NOBODY, "description": "x" * 1001}, 400, "description"),
        ({"contentId": NOBODY}, 404, ""),
        ({"tagId": NOBODY}, 404, ""),
    ],
)
def test_a_report_is_about_one_thing_that_is_there(ada: Person, body: dict[str, Any], status: int, field: str) -> None:
    answer = report(ada, **body)
    assert (answer.status_code, answer.json().get("details", {}).get("field", "")) == (status, field)


def test_moderators_see_the_pending_first_and_decide_with_their_names_on_it(
    ada: Person, bob: Person, moderator: Person, admin: Person, later: Callable[[float], None]
) -> None:
    reports = []
    for number in range(3):
        made = upload(ada, number, title=f"Meme {number}")
        reports.append(report(bob, contentId=made["id"]).json()["id"])
        later(1)
    assert [one["id"] for one in queue(moderator)] == reports[::-1]
    assert decide(moderator, reports[2], "dismissed", note="Is fine").status_code == 200
    assert decide(admin, reports[1], "reviewed").status_code == 200
    assert [one["id"] for one in queue(admin)] == [reports[0], reports[1], reports[2]]
    assert [one["id"] for one in queue(admin, status="dismissed")] == [reports[2]]
    decided = decide(admin, reports[2], "resolved").json()
    history = [(one["by"]["username"], one["from"], one["to"], one["note"]) for one in decided["history"]]
    assert history == [("judge", "pending", "dismissed", "Is fine"), ("root", "dismissed", "resolved", "")]
    assert decided["status"] == "resolved"
    assert decide(admin, NOBODY, "resolved").status_code == 404
    assert decide(admin, reports[0], "gone").status_code == 400
    again = report(ada, contentId=queue(admin, status="resolved")[0]["contentId"]).json()
    assert (again["id"], again["status"]) == (reports[2], "pending")


def test_reports_are_for_moderators(ada: Person, http: httpx.Client) -> None:
    assert http.post("/reports", json={"reason": "spam", "contentId": NOBODY}).status_code == 401
    assert http.get("/reports").status_code == 401
    assert ada.http.get("/reports").status_code == 403
    assert decide(ada, NOBODY, "resolved").status_code == 403


def test_a_key_of_a_moderator_is_no_moderator(moderator: Person) -> None:
    from shared.accounts import keys

    secret, _ = keys.create(moderator.id, 1, "script")
    answer = moderator.http.get("/reports", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 403


def test_a_resolved_report_may_delete_its_content(ada: Person, bob: Person, moderator: Person) -> None:
    made = upload(ada)
    found = report(bob, contentId=made["id"]).json()
    assert decide(moderator, found["id"], "reviewed", action="delete").json()["details"]["field"] == "action"
    assert decide(moderator, found["id"], "resolved", action="delete").status_code == 200
    assert ada.http.get(f"/contents/{made['id']}").status_code == 404
    assert queue(moderator)[0]["target"] is None
    assert upload(ada)["duplicateOf"] is None


@pytest.mark.parametrize("plain", [False, True])
def test_what_was_banned_stays_banned(ada: Person, bob: Person, moderator: Person, plain: bool) -> None:
    from PIL import Image

    picture = Image.new("RGB", (90, 60), (200, 30, 30)) if plain else memes.drawn()
    made = send(ada, memes.written(picture)).json()
    found = report(bob, contentId=made["id"]).json()
    assert decide(moderator, found["id"], "resolved", action="ban").status_code == 200
    again = memes.written(picture.resize((120, 80)), "JPEG", quality=60)
    for person in (ada, bob):
        answer = send(person, again)
        assert (answer.status_code, answer.json()["code"]) == (403, "BANNED_CONTENT")
    assert send(ada, memes.png(99)).status_code == 201
    assert moderator.http.get("/contents/explore").json()["total"] == 1


# ---- media


@pytest.mark.parametrize(
    "path",
    [
        "../etc/passwd",
        "media/../incoming/x",
        "/media/../../x",
        "api/files/videos/film-1",
        "thumbnails/videos/film-1.jpg",
        "incoming/id-of-ada/x.png",
        "media/%2e%2e/x.png",
        "media",
        "x\x00y",
        "é" * 500,
    ],
)
def test_media_gives_out_what_is_published_and_nothing_else(ada: Person, http: httpx.Client, path: str) -> None:
    from shared import storage

    for key in ("api/files/videos/film-1", "thumbnails/videos/film-1.jpg", "incoming/id-of-ada/x.png"):
        storage.put(key, b"private", "image/png", "private")
    answer = http.get("/media", params={"path": path})
    assert answer.status_code == 404
    assert "private" not in answer.text


def test_media_knows_ranges_and_conditions(ada: Person, http: httpx.Client) -> None:
    made = upload(ada)
    ask = {"path": made["storageKey"]}
    whole = http.get("/media", params=ask)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/webp")
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    part = http.get("/media", params=ask, headers={"range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    tag = whole.headers["etag"]
    for condition in (tag, f"W/{tag}", f'"x", {tag}'):
        assert http.get("/media", params=ask, headers={"if-none-match": condition}).status_code == 304
    assert http.get("/media").json()["details"]["field"] == "path"
    assert http.head("/media", params=ask).headers["content-length"] == str(len(whole.content))


# ---- numbers


def test_an_administrator_sees_the_numbers(ada: Person, bob: Person, admin: Person, moderator: Person) -> None:
    made = [upload(ada, number) for number in range(3)]
    bob.http.post(f"/favorites/{made[0]['id']}")
    bob.http.post(f"/favorites/{made[1]['id']}")
    for _ in range(2):
        bob.http.post(f"/contents/{made[0]['id']}/view")
    bob.http.post(f"/contents/{made[0]['id']}/use")
    decide(moderator, report(bob, contentId=made[0]["id"]).json()["id"], "dismissed")
    report(bob, contentId=made[1]["id"])
    ada.http.delete(f"/contents/{made[1]['id']}")
    answer = admin.http.get("/admin/stats")
    assert answer.status_code == 200
    found = answer.json()
    assert found.pop("timestamp")
    assert found == {
        "users": 4,
        "contents": 2,
        "categories": 0,
        "favorites": 1,
        "views": 2,
        "uses": 1,
        "uploadsToday": 3,
        "reports": {"pending": 1, "reviewed": 0, "resolved": 0, "dismissed": 1, "total": 2},
    }
    assert moderator.http.get("/admin/stats").status_code == 403
    assert (
        httpx.Client(transport=ada.http._transport, base_url="https://bobine.test").get("/admin/stats").status_code
        == 401
    )


# ---- events as the real gateway and queues send them (tests/events)


@pytest.mark.parametrize(
    ("event", "folder", "status"),
    [
        ("explore", "contents", 200),
        ("feed", "contents", 200),
        ("content", "contents", 404),
        ("view", "contents", 404),
        ("create-content", "contents", 401),
        ("favorites", "favorites", 401),
        ("like", "favorites", 401),
        ("reports", "reports", 401),
        ("decide", "reports", 401),
        ("categories", "categories", 200),
        ("tags", "tags", 200),
        ("media", "media", 404),
        ("media-by-path", "media", 404),
        ("admin-stats", "admin", 401),
    ],
)
def test_each_function_takes_an_event_of_the_gateway(aws_cloud: None, event: str, folder: str, status: int) -> None:
    assert handled(event, folder)["statusCode"] == status


def test_each_worker_takes_an_event_of_its_queue(aws_cloud: None) -> None:
    for event, folder in (("memes", "memes"), ("trends", "trends")):
        assert handled(event, folder) == {"batchItemFailures": []}
    assert len(handled("deadletters", "deadletters")["batchItemFailures"]) == 1  # given back


def handled(event: str, folder: str) -> dict[str, Any]:
    told = json.loads((Path(__file__).parents[1] / "events" / f"{event}.json").read_text())
    answer: dict[str, Any] = importlib.import_module(f"functions.{folder}.app").handler(told, None)
    return answer
