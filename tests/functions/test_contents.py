"""Contents (memegoat: Contenus)."""

import io
import itertools
import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from shared import aws
from shared.settings import settings
from tests import cloud, memes
from tests.conftest import Person
from tests.memes import listed, send, upload

FIELDS = {
    *("id", "slug", "type", "title", "description", "storageKey", "url", "thumbnailUrl", "mimeType", "fileSize"),
    *("width", "height", "duration", "placeholder", "renditions", "state", "error", "views", "usageCount"),
    *("favoritesCount", "category", "tags", "author", "sensitive", "duplicateOf", "createdAt", "updatedAt"),
}


def get(http: httpx.Client, path: str, **query: Any) -> Any:
    answer = http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def path_of(url: str) -> str:
    return url.removeprefix("https://bobine.test")


# ---- sending


def test_an_upload_has_the_documented_fields(ada: Person, http: httpx.Client) -> None:
    made = upload(ada, title="  L'été,   déjà ! ", tags=["Été", "chat"], description="A goat")
    assert set(made) == FIELDS | {"isFavorite"}
    assert made["title"] == "L'été, déjà !"
    assert made["slug"] == "l-ete-deja"
    assert [tag["name"] for tag in made["tags"]] == ["été", "chat"]
    assert made["author"] == {"id": ada.id, "username": "ada", "displayName": "ada", "avatarUrl": None}
    assert (made["width"], made["height"], made["state"], made["mimeType"]) == (160, 120, "ready", memes.WEBP)
    assert (made["views"], made["usageCount"], made["favoritesCount"], made["isFavorite"]) == (0, 0, 0, False)
    found = get(http, f"/contents/{made['slug']}")
    assert set(found) == FIELDS
    assert found == {name: value for name, value in made.items() if name != "isFavorite"}
    assert get(http, f"/contents/{made['id'].upper()}")["id"] == made["id"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew_whatever_it_is_called(ada: Person, http: httpx.Client, form: str) -> None:
    body = memes.written(memes.drawn(), form) + b"<script>alert(1)</script>PK\x03\x04"
    made = send(ada, body, "../../x.exe").json()
    answer = http.get(path_of(made["url"]))
    assert (answer.status_code, answer.headers["content-type"]) == (200, memes.WEBP)
    assert b"script" not in answer.content
    assert len(answer.content) == made["fileSize"]
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("WEBP", (160, 120))
    thumbnail = Image.open(io.BytesIO(http.get(path_of(made["thumbnailUrl"])).content))
    assert thumbnail.format == "JPEG"


def test_a_photo_stands_upright_and_has_no_metadata(ada: Person, http: httpx.Client) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret camera"
    made = send(ada, memes.written(memes.drawn(size=(80, 40)), "JPEG", exif=exif)).json()
    assert (made["width"], made["height"]) == (40, 80)
    body = http.get(path_of(made["url"])).content
    assert b"Secret camera" not in body
    assert not Image.open(io.BytesIO(body)).getexif()


def test_transparency_is_kept(ada: Person, http: httpx.Client) -> None:
    sticker = Image.new("RGBA", (60, 60), (255, 0, 0, 0))
    sticker.paste((0, 200, 0, 255), (10, 10, 50, 50))
    made = send(ada, memes.written(sticker)).json()
    picture = Image.open(io.BytesIO(http.get(path_of(made["url"])).content))
    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0))[3] == 0  # type: ignore[index]


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header claims so many pixels."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "text": b"no picture at all",
    "bomb": bomb(50_000, 50_000),
    "cut": memes.png()[:300],
    "mp4": b"\x00\x00\x00\x20ftypisom" + bytes(2000),
    "gif head": b"GIF89a" + bytes(200),
    "gif cut": memes.gif()[:-40],
    "frames": b"GIF89a\x01\x00\x01\x00\x00\x00\x00" + b"\x2c" + bytes(9)[:8] + b"\x00\x02\x02\x44\x01\x00" * 1 + b"",
    "webm": b"\x1a\x45\xdf\xa3\x9fwebm" + bytes(500),
    "polyglot": b"PK\x03\x04" + memes.png(),
    "empty": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_and_leaves_nothing(ada: Person, http: httpx.Client, name: str) -> None:
    answer = send(ada, HOSTILE[name], "meme.png")
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]["field"] == "file"
    assert answer.json()["code"] == "UNSUPPORTED_FILE"
    assert get(http, "/contents/explore")["total"] == 0
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=settings.media_bucket)


def test_a_gif_of_ten_thousand_frames_is_refused(ada: Person) -> None:
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6)
    frame = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    answer = send(ada, head + frame * 10_000 + b";")
    assert (answer.status_code, answer.json()["details"]["constraint"]) == (
        400,
        "The animation has more than 1000 frames",
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": None}, "title"),
        ({"type": "film"}, "type"),
        ({"type": None}, "type"),
        ({"categoryId": "11111111-1111-1111-1111-111111111111"}, "categoryId"),
        ({"tags": [f"t{n}" for n in range(11)]}, "tags"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": "[1"}, "tags"),
        ({"description": "x" * 2001}, "description"),
    ],
)
def test_a_wrong_field_is_named(ada: Person, fields: dict[str, Any], field: str) -> None:
    answer = send(ada, memes.png(), **fields)
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]["field"].partition("[")[0] == field


def test_a_form_without_a_file_is_refused(ada: Person) -> None:
    answer = ada.http.post("/contents/upload", data={"type": "meme", "title": "x"}, files={"other": b"x"})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "file")


def test_more_than_ten_mib_is_too_large(ada: Person) -> None:
    assert send(ada, bytes((10 << 20) + 1)).status_code == 413
    assert send(ada, bytes(12 << 20)).status_code == 413


def test_sending_needs_an_account(http: httpx.Client) -> None:
    form = {"type": "meme", "title": "x"}
    assert http.post("/contents/upload", data=form, files={"file": memes.png()}).status_code == 401
    assert http.post("/contents", json=form).status_code == 401
    assert http.post("/contents/upload-url", params={"fileName": "x.png"}).status_code == 401


@pytest.mark.parametrize(
    "tags", [["Chat noir", "GOAT", "#goat"], '["Chat noir","GOAT"]', "Chat noir, GOAT", ["chat  noir", " goat "]]
)
def test_tags_of_a_form_come_in_three_ways(ada: Person, tags: Any) -> None:
    assert [tag["name"] for tag in upload(ada, tags=tags)["tags"]] == ["chat noir", "goat"]


def test_tags_keep_accents_in_one_form(ada: Person) -> None:
    made = upload(ada, tags=[unicodedata.normalize("NFD", "Été"), "ete"])
    assert [(tag["name"], tag["slug"]) for tag in made["tags"]] == [("été", "ete"), ("ete", "ete")]


def test_two_of_one_title_have_two_addresses(ada: Person, http: httpx.Client) -> None:
    one, other = upload(ada, 1, title="Same"), upload(ada, 2, title="same!")
    assert one["slug"] == "same"
    assert re.fullmatch(r"same-[0-9a-z]{5}", other["slug"])
    assert get(http, "/contents/same")["id"] == one["id"]


@pytest.mark.parametrize("title", ["explore", "Upload URL", "😂", "日本語"])
def test_no_title_takes_a_path_of_ours(ada: Person, http: httpx.Client, title: str) -> None:
    made = upload(ada, title=title)
    assert get(http, f"/contents/{made['slug']}")["title"] == title


def test_a_repeat_with_the_same_key_is_one_content(ada: Person, http: httpx.Client) -> None:
    request = ada.http.build_request(
        "POST",
        "/contents/upload",
        data={"type": "meme", "title": "x"},
        files={"file": memes.png()},
        headers={"idempotency-key": "k"},
    )
    request.read()
    answers = [ada.http.send(request) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert get(http, "/contents/explore")["total"] == 1


# ---- straight to the bucket


def sent(person: Person, body: bytes, name: str = "a.png") -> str:
    """The key of something that was sent to the bucket."""
    form = person.http.post("/contents/upload-url", params={"fileName": name})
    assert form.status_code == 201, form.text
    key = str(form.json()["storageKey"])
    aws.client("s3").put_object(Bucket=settings.media_bucket, Key=key, Body=body)
    return key


def create(person: Person, key: str, **more: Any) -> httpx.Response:
    body = {"type": "meme", "title": "From the bucket", "storageKey": key, "mimeType": "image/png", "fileSize": 1}
    return person.http.post("/contents", json={**body, **more})


def test_a_form_for_the_bucket_bounds_type_and_size(ada: Person) -> None:
    import base64
    import json

    answer = ada.http.post("/contents/upload-url", params={"fileName": "Mon chat.PNG"}).json()
    assert set(answer) == {"url", "fields", "storageKey", "expiresIn"}
    policy = json.loads(base64.b64decode(answer["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 1, 10 << 20] in policy
    assert {"Content-Type": "image/png"} in policy
    assert {"key": answer["storageKey"]} in policy
    assert answer["fields"]["key"] == answer["storageKey"]
    assert answer["fields"]["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", ["x.svg", "x", ".png", "x.png.exe", ""])
def test_a_name_of_another_kind_gets_no_form(ada: Person, name: str) -> None:
    answer = ada.http.post("/contents/upload-url", params={"fileName": name})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "fileName")


def test_what_was_sent_becomes_a_content_once(ada: Person, http: httpx.Client) -> None:
    key = sent(ada, memes.png())
    made = create(ada, key, tags=["x"])
    assert made.status_code == 201, made.text
    assert http.get("/media", params={"path": made.json()["storageKey"]}).status_code == 200
    assert http.get("/media", params={"path": key}).status_code == 404
    assert create(ada, key).status_code == 409


def test_nobody_makes_a_content_of_anothers_upload(ada: Person, bob: Person) -> None:
    key = sent(ada, memes.png())
    assert create(bob, key).status_code == 403
    assert create(bob, f"incoming/{bob.id}/../{key.removeprefix('incoming/')}").status_code == 400
    assert create(bob, "thumbnails/videos/film.jpg").status_code == 403
    assert create(bob, f"incoming/{bob.id}/nothing.png").json()["details"]["field"] == "storageKey"
    assert create(ada, key).status_code == 201


def test_what_was_sent_is_looked_at_too(ada: Person) -> None:
    answer = create(ada, sent(ada, HOSTILE["svg"]))
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "storageKey")


@pytest.mark.parametrize("missing", ["type", "title", "storageKey"])
def test_a_missing_field_is_named(ada: Person, missing: str) -> None:
    body = {"type": "meme", "title": "x", "storageKey": "k"}
    del body[missing]
    answer = ada.http.post("/contents", json=body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, missing)


# ---- lists


def test_lists_are_paged_by_offset_and_by_cursor(ada: Person, http: httpx.Client) -> None:
    for number in range(7):
        upload(ada, number, title=f"Meme {number}")
    newest = [f"Meme {number}" for number in range(6, -1, -1)]
    whole = get(http, "/contents/recent")
    assert (whole["total"], whole["limit"], whole["offset"], whole["nextCursor"]) == (7, 10, 0, None)
    assert listed(http.get("/contents/recent")) == newest
    second = get(http, "/contents/explore", limit=3, offset=3)
    assert [one["title"] for one in second["data"]] == newest[3:6]
    assert (second["total"], second["limit"], second["offset"]) == (7, 3, 3)
    third = get(http, "/contents/explore", limit=3, cursor=second["nextCursor"])
    assert ([one["title"] for one in third["data"]], third["nextCursor"]) == (newest[6:], None)
    assert (third["total"], third["offset"]) == (7, 6)
    assert get(http, "/contents/recent", offset=100) | {"data": []} == get(http, "/contents/recent", offset=100)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 10**9}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**9}, "offset"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"sort": "best"}, "sort"),
    ],
)
def test_a_wrong_page_names_its_field(http: httpx.Client, query: dict[str, Any], field: str) -> None:
    answer = http.get("/contents/explore", params=query)
    assert (answer.status_code, answer.json()["details"]["field"], answer.json()["code"]) == (
        400,
        field,
        "VALIDATION_ERROR",
    )


def test_every_filter_may_be_combined(ada: Person, bob: Person, http: httpx.Client) -> None:
    admin = memes.promoted(ada, "admin")
    category = admin.http.post("/categories", json={"name": "Animals"}).json()
    upload(ada, 1, title="Ada's cat", tags=["cat"], categoryId=category["id"])
    upload(ada, 2, title="Ada's dog", tags=["dog"], categoryId=category["id"])
    other = upload(bob, 3, title="Bob's cat", tags=["cat", "dog"])
    upload(bob, 4, title="Bob's secret cat", tags=["cat"], sensitive="true")
    ada.http.post(f"/favorites/{other['id']}")

    def found(**query: Any) -> set[str]:
        return set(listed(ada.http.get("/contents/explore", params=query)))

    assert found(tag="cat") == {"Ada's cat", "Bob's cat"}
    assert found(tag=" CAT ", author="ada") == {"Ada's cat"}
    assert found(category="animals") == found(category=category["id"]) == {"Ada's cat", "Ada's dog"}
    assert found(category="animals", tag="dog", userId=ada.id) == {"Ada's dog"}
    assert found(author="BOB", tag="dog") == {"Bob's cat"}
    assert found(author="bob", userId=ada.id) == set()
    assert found(author="nobody") == found(category="nothing") == found(userId="x") == set()
    assert found(query="cat") == {"Ada's cat", "Bob's cat"}
    assert found(query="cat ada", tag="cat", category="animals", author="ada", sort="trend") == {"Ada's cat"}
    assert found(favoritesOnly="true") == {"Bob's cat"}
    assert found(favoritesOnly="true", tag="cat", query="bob") == {"Bob's cat"}
    assert found(favoritesOnly="true", author="ada") == set()
    assert found(tag="cat", sensitive="include") == {"Ada's cat", "Bob's cat", "Bob's secret cat"}
    assert found(query="secret", sensitive="only") == {"Bob's secret cat"}
    assert get(http, "/contents/explore", tag="cat")["total"] == 2
    assert http.get("/contents/explore", params={"favoritesOnly": "true"}).status_code == 401


def test_titles_are_found_by_words_and_beginnings_in_any_order(ada: Person, http: httpx.Client) -> None:
    upload(ada, 1, title="Œuvre d'Été: le Château noir")
    upload(ada, 2, title="Un chat noir")

    def found(query: str) -> list[str]:
        return listed(http.get("/contents/explore", params={"query": query}))

    assert found("chateau") == found("CHÂTEAU oeu") == found("noir ete ch") == ["Œuvre d'Été: le Château noir"]
    assert found("ch") == found("noir") == ["Un chat noir", "Œuvre d'Été: le Château noir"]
    assert found("hat") == found("chats") == found("!!!") == []
    assert len(found(" ")) == 2


def test_a_favourite_and_a_view_move_a_content_up_and_age_moves_it_down(
    ada: Person, http: httpx.Client, later: Callable[[float], None]
) -> None:
    old = upload(ada, 1, title="Old")
    later(3600)
    upload(ada, 2, title="New")
    assert listed(http.get("/contents/trends")) == ["New", "Old"]
    ada.http.post(f"/favorites/{old['id']}")
    for _ in range(3):
        http.post(f"/contents/{old['id']}/view")
    ranked()
    assert listed(http.get("/contents/trends")) == listed(http.get("/contents/explore?sort=trend")) == ["Old", "New"]
    later(5 * 86400)
    upload(ada, 3, title="Newest")
    assert listed(http.get("/contents/trends")) == ["Newest", "Old", "New"]


@pytest.mark.parametrize("length", [3, 30])
def test_a_total_is_exact_although_most_of_the_list_does_not_fit(
    ada: Person, bob: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """A tag that everything has, and something few have: the short list is read, not the beginning of the long one."""
    from shared import paging
    from shared.community import lists

    for index in range(3):
        upload(bob, index, title=f"Rare filler {index}", tags=["all", "rare"], sensitive="true")
    for index in range(9):
        upload(ada, 100 + index, title=f"Filler {index}", tags=["all"], sensitive="false")
    monkeypatch.setattr(paging, "LOOKED", length)
    monkeypatch.setattr(paging, "COUNTED", 5)
    monkeypatch.setattr(lists, "COUNTED", 5)
    for query in (
        {"tag": "all", "author": "bob"},
        {"tag": "all", "sensitive": "only"},
        {"sensitive": "only"},
        {"query": "filler rare"},
    ):
        for sort in ("recent", "trend"):
            page = get(http, "/contents/explore", limit=2, sort=sort, **{"sensitive": "include"} | query)
            assert (page["total"], len(page["data"])) == (3, 2)
            rest = get(
                http, "/contents/explore", cursor=page["nextCursor"], sort=sort, **{"sensitive": "include"} | query
            )
            assert (rest["total"], len(rest["data"]), rest["nextCursor"]) == (3, 1, None)


def test_a_cursor_of_another_list_is_refused(ada: Person, bob: Person, http: httpx.Client) -> None:
    for index in range(3):
        made = upload(ada, index, title=f"Meme {index}", tags=["one", f"tag {index}"])
        ada.http.post(f"/favorites/{made['id']}")
    lists: list[tuple[str, dict[str, Any]]] = [
        ("/contents/explore", {}),
        ("/contents/explore", {"tag": "one"}),
        ("/contents/explore", {"query": "meme"}),
        ("/contents/explore", {"sort": "trend"}),
        ("/contents/explore", {"favoritesOnly": True}),
        ("/favorites", {}),
        ("/tags", {}),
        ("/tags", {"sort": "recent"}),
        ("/tags", {"query": "tag"}),
    ]
    cursors = [get(ada.http, path, limit=1, **query)["nextCursor"] for path, query in lists]
    for at, (path, query) in enumerate(lists):
        for cursor in cursors:
            answer = ada.http.get(path, params=query | {"cursor": cursor})
            assert answer.status_code == (200 if cursor == cursors[at] else 400)
    assert bob.http.get("/favorites", params={"cursor": cursors[5]}).status_code == 400
    assert bob.http.get("/contents/explore", params={"favoritesOnly": True, "cursor": cursors[4]}).status_code == 400


def ranked() -> None:
    """What the worker does with what has been told."""
    from functions.trends import app as trends

    answer = trends.handler(cloud.sqs_event(*cloud.messages("TRENDS")), None)
    assert answer == {"batchItemFailures": []}


def test_lists_have_the_documented_caches(ada: Person, http: httpx.Client) -> None:
    made = upload(ada)
    for path, seconds in {
        "/contents/explore": 60,
        "/contents/recent": 60,
        "/contents/trends": 300,
        f"/contents/{made['id']}": 3600,
        "/categories": 3600,
        "/tags": 300,
    }.items():
        answer = http.get(path)
        assert answer.headers["cache-control"] == f"public, max-age={seconds}"
        again = http.get(path, headers={"if-none-match": f'"other", W/{answer.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert ada.http.get(path).headers["cache-control"] == "private, no-store"


# ---- one


def test_an_unknown_content_is_not_found(http: httpx.Client) -> None:
    for name in ("nothing", "11111111-1111-1111-1111-111111111111", "%00", "a" * 300):
        answer = http.get(f"/contents/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Slackbot-LinkExpanding 1.0",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.19.81 A",
    "LinkedInBot/1.0",
    "Discordbot/2.0",
]
PEOPLE = ["Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0", "curl/8", "CUBOT X18 Mozilla/5.0", ""]


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_are_shown_a_page(ada: Person, http: httpx.Client, agent: str) -> None:
    made = upload(ada, title="\"><script>alert('x')</script> & co", description="<img src=x onerror=alert(1)>")
    answer = http.get(f"/contents/{made['slug']}", headers={"user-agent": agent})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    assert "<img src=x" not in answer.text
    assert f'<meta property="og:image" content="{made["url"]}">' in answer.text
    assert '<meta property="og:title" content="&quot;&gt;&lt;script&gt;' in answer.text
    assert '<meta name="twitter:card" content="summary_large_image">' in answer.text
    assert http.get("/contents/nothing", headers={"user-agent": agent}).status_code == 404


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_answered_json(ada: Person, http: httpx.Client, agent: str) -> None:
    answer = http.get(f"/contents/{upload(ada)['id']}", headers={"user-agent": agent})
    assert answer.headers["content-type"] == "application/json"
    assert "User-Agent" in answer.headers["vary"]


def test_through_the_edge_its_word_counts(ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", "s" * 32)
    made = upload(ada)
    edge = {"x-origin-secret": "s" * 32, "user-agent": "Amazon CloudFront"}
    robot = http.get(f"/contents/{made['id']}", headers={**edge, "x-viewer-robot": "1"})
    assert robot.headers["content-type"].startswith("text/html")
    person = http.get(f"/contents/{made['id']}", headers={**edge, "user-agent": "Googlebot/2.1"})
    assert person.headers["content-type"] == "application/json"


def test_a_content_can_be_embedded(ada: Person, http: httpx.Client) -> None:
    made = upload(ada, title="Goat")
    address = f"https://bobine.test/contents/{made['slug']}"
    found = get(http, "/contents/oembed", url=address, maxwidth=80)
    assert (found["version"], found["type"], found["title"]) == ("1.0", "photo", "Goat")
    assert (found["url"], found["width"], found["height"]) == (made["url"], 80, 60)
    for bad in ("https://bobine.test/contents/nothing", "https://bobine.test/", "x"):
        assert http.get("/contents/oembed", params={"url": bad}).status_code == 404


def test_the_feed_is_rss_that_any_title_fits_into(ada: Person, http: httpx.Client) -> None:
    from xml.etree import ElementTree

    upload(ada, 1, title="<b>&]]>\"'", tags=["a&b"])
    upload(ada, 2, title="Second")
    answer = http.get("/contents/feed.xml")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(answer.text).findall("./channel/item")  # noqa: S314 - our own
    assert [item.findtext("title") for item in items] == ["Second", "<b>&]]>\"'"]
    assert items[1].find("enclosure") is not None
    assert http.get("/contents/feed.xml", params={"tag": "a&b"}).text.count("<item>") == 1


# ---- counting and changing


def test_views_and_uses_are_counted(ada: Person, http: httpx.Client) -> None:
    made = upload(ada)
    for expected in (1, 2):
        answer = http.post(f"/contents/{made['id']}/view")
        assert (answer.status_code, answer.json()["views"]) == (201, expected)
    assert ada.http.post(f"/contents/{made['id']}/use").json() == {"id": made["id"], "views": 2, "usageCount": 1}
    found = get(http, f"/contents/{made['id']}")
    assert (found["views"], found["usageCount"]) == (2, 1)
    assert get(http, "/contents/explore")["data"][0]["views"] == 2
    for verb in ("view", "use"):
        assert http.post(f"/contents/11111111-1111-1111-1111-111111111111/{verb}").status_code == 404
        assert http.post(f"/contents/nothing/{verb}").status_code == 404


def test_its_author_changes_a_content(ada: Person, bob: Person, http: httpx.Client) -> None:
    made = upload(ada, title="Old words", tags=["old", "kept"])
    path = f"/contents/{made['id']}"
    assert bob.http.patch(path, json={"title": "Mine"}).status_code == 403
    assert http.patch(path, json={"title": "Mine"}).status_code == 401
    changed = ada.http.patch(path, json={"title": "New", "tags": ["kept", "new"], "sensitive": True}).json()
    assert (changed["title"], changed["slug"], changed["sensitive"]) == ("New", "old-words", True)
    assert [tag["name"] for tag in changed["tags"]] == ["kept", "new"]
    everything = {"sensitive": "include"}
    assert listed(http.get("/contents/explore", params={"query": "old", **everything})) == []
    assert listed(http.get("/contents/explore", params={"query": "new", **everything})) == ["New"]
    assert listed(http.get("/contents/explore", params={"tag": "old", **everything})) == []
    assert {tag["name"]: tag["usageCount"] for tag in get(http, "/tags")["data"]} == {"kept": 1, "new": 1}
    assert ada.http.patch(path, json={"title": ""}).json()["details"]["field"] == "title"
    assert ada.http.patch(path, json={"categoryId": "x"}).json()["details"]["field"] == "categoryId"
    assert ada.http.patch("/contents/nothing", json={"title": "x"}).status_code == 404


def test_a_deleted_content_is_out_of_everything_at_once(ada: Person, bob: Person, http: httpx.Client) -> None:
    made = upload(ada, title="Gone soon", tags=["goat"])
    bob.http.post(f"/favorites/{made['id']}")
    path = f"/contents/{made['id']}"
    assert bob.http.delete(path).status_code == 403
    assert http.delete(path).status_code == 401
    assert ada.http.delete(path).status_code == 200
    assert ada.http.delete(path).status_code == 404
    for where in (path, f"/contents/{made['slug']}"):
        assert ada.http.get(where).status_code == 404
    for query in ({}, {"tag": "goat"}, {"author": "ada"}, {"query": "gone"}, {"sort": "trend"}):
        assert get(http, "/contents/explore", **query)["total"] == 0
    assert bob.http.get("/favorites").json()["total"] == 0
    assert get(http, "/tags")["total"] == 0
    assert http.get(path_of(made["url"])).status_code == 404
    assert http.post(f"{path}/view").status_code == 404
    cleared = {one for message in cloud.messages("INVALIDATE") for one in message["paths"]}
    assert {path, f"/contents/{made['slug']}", "/contents/explore*", f"/media/{made['id']}/*"} <= cleared


def test_a_deleted_content_is_forgotten_after_a_month(
    ada: Person, http: httpx.Client, later: Callable[[float], None]
) -> None:
    from functions.trends import app as trends
    from shared.community import contents, slugs

    made = upload(ada, title="Gone")
    ada.http.delete(f"/contents/{made['id']}")
    later(29 * 86400)
    trends.handler({"source": "aws.events"}, None)
    assert contents.any_state(made["id"]) is not None
    later(2 * 86400)
    assert trends.handler({"source": "aws.events"}, None) == {"done": 1}
    assert contents.any_state(made["id"]) is None
    assert slugs.owner("content", "gone") is None
    assert trends.handler({"source": "aws.events"}, None) == {"done": 0}


def test_an_administrator_deletes_for_good(ada: Person, bob: Person, http: httpx.Client) -> None:
    from shared.community import contents

    made = upload(ada)
    path = f"/contents/{made['id']}/admin"
    assert bob.http.delete(path).status_code == 403
    assert memes.promoted(bob, "moderator").http.delete(path).status_code == 403
    assert memes.promoted(bob, "admin").http.delete(path).status_code == 200
    assert contents.any_state(made["id"]) is None
    assert bob.http.delete(path).status_code == 404
    assert http.get(path_of(made["url"])).status_code == 404


def test_whoever_likes_what_is_just_being_deleted_likes_nothing(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion has looked for its fans already when the favourite comes."""
    from shared.community import favorites, leaving, totals

    made = upload(ada)
    real = favorites.add

    def late(account_id: str, content_id: str) -> bool:
        leaving.delete(content_id)
        return real(account_id, content_id)

    monkeypatch.setattr(favorites, "add", late)
    assert bob.http.post(f"/favorites/{made['id']}").status_code == 404
    assert bob.http.get("/favorites").json()["total"] == 0
    assert totals.read()["totals"]["favorites"] == 0


def test_a_deletion_that_is_interrupted_is_come_to_the_end_of(
    ada: Person, bob: Person, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.trends import app as trends
    from shared import storage
    from shared.community import contents, keys, leaving, totals

    made = upload(ada)
    bob.http.post(f"/favorites/{made['id']}")
    with monkeypatch.context() as patched:
        patched.setattr(leaving, "clear", lambda content: 1 / 0)
        assert ada.http.delete(f"/contents/{made['id']}").status_code == 500
    later(1)
    assert trends.handler({"source": "aws.events"}, None) == {"done": 1}
    assert storage.names(keys.public_prefix(made["id"])) == []
    assert bob.http.get("/favorites").json()["total"] == 0
    assert totals.read()["totals"]["favorites"] == 0
    assert contents.any_state(made["id"]) is not None


def test_however_many_like_it_nobody_does_when_it_is_deleted(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.community import community, favorites, totals
    from shared.tables import COMMUNITY

    monkeypatch.setattr(favorites, "TOGETHER", 3)
    made = upload(ada)
    for index in range(8):
        community.like(f"fan-{index}", made["id"])
    real, others = COMMUNITY.transact, iter(["fan-1"])

    def transact(*actions: Any) -> None:
        for other in others:  # takes its own away between the look and the transaction
            community.unlike(other, made["id"])
        real(*actions)

    monkeypatch.setattr(type(COMMUNITY), "transact", lambda _, *actions: transact(*actions))
    ada.http.delete(f"/contents/{made['id']}")
    assert not any(favorites.has(f"fan-{index}", made["id"]) for index in range(8))
    assert totals.read()["totals"]["favorites"] == 0


# ---- likeness


def test_pictures_within_six_bits_are_always_found(aws_cloud: None) -> None:
    """Whichever six bits differ: every choice of the blocks they are in, and through the store."""
    from shared.community import content, likeness
    from shared.tables import COMMUNITY

    for hit in itertools.combinations(range(content.BLOCKS), likeness.NEAR):
        assert any(one not in hit and other not in hit for one, other in content.PAIRS)
    rng = random.Random(1)  # noqa: S311
    for number in range(40):
        one = rng.getrandbits(64)
        other = one ^ sum(1 << bit for bit in rng.sample(range(64), likeness.NEAR))
        row = {"sk": f"2026-01-01#{number}", "thing": str(number), "likeness": f"{one:016x}"}
        COMMUNITY.put_many({"pk": band, **row} for band in content.bands(f"{one:016x}"))
        assert likeness.refuse_banned(f"{other:016x}", "somebody") == str(number)


def test_a_repost_names_what_it_repeats(ada: Person, bob: Person) -> None:
    first = upload(ada)
    smaller = memes.written(memes.drawn().resize((100, 75)), "JPEG", quality=50)
    assert send(bob, smaller).json()["duplicateOf"] == first["id"]
    assert upload(bob, 99)["duplicateOf"] is None


@pytest.mark.parametrize("other", [(250, 10, 10), (10, 250, 10)])
def test_two_plain_colours_are_no_repost(ada: Person, other: tuple[int, int, int]) -> None:
    plain = [memes.written(Image.new("RGB", (40, 40), one)) for one in ((10, 10, 250), other)]
    assert [send(ada, body).json()["duplicateOf"] for body in plain] == [None, None]


# ---- what is written, and where


@pytest.mark.parametrize("title", ["👨‍👩‍👧 ❤️‍🔥", "می‌خواهم"])
def test_what_joins_letters_and_emoji_is_kept(ada: Person, title: str) -> None:
    made = upload(ada, title=title, tags=[title])
    assert (made["title"], made["tags"][0]["name"]) == (title, title)


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb"])
def test_a_description_has_no_control_characters(ada: Person, text: str) -> None:
    answer = send(ada, memes.png(), description=text)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "description")
    assert upload(ada, description="One line\nand another")["description"] == "One line\nand another"


def test_a_content_may_be_named_by_its_slug(ada: Person, bob: Person, http: httpx.Client) -> None:
    path = f"/contents/{upload(ada, title='Its name')['slug']}"
    assert bob.http.patch(path, json={"title": "Not mine"}).status_code == 403
    assert ada.http.patch(path, json={"title": "Another"}).json()["title"] == "Another"
    assert bob.http.delete(path).status_code == 403
    assert ada.http.delete(path).status_code == 200
    assert http.get(path).status_code == 404


def test_what_is_not_finished_is_kept_nowhere(ada: Person, http: httpx.Client) -> None:
    made = send(ada, memes.gif(), type="gif").json()
    assert http.get(f"/contents/{made['id']}").headers["cache-control"] == "no-store"


def test_lists_are_of_one_type_if_asked(ada: Person, http: httpx.Client) -> None:
    upload(ada, title="Still")
    send(ada, memes.gif(), type="gif", title="Moving")
    assert listed(http.get("/contents/explore", params={"type": "gif"})) == ["Moving"]
    assert listed(http.get("/contents/explore", params={"type": "meme", "author": "ada"})) == ["Still"]
    feed = http.get("/contents/feed.xml", params={"type": "gif", "query": "mov"}).text
    assert ("<title>Moving</title>" in feed, "<title>Still</title>" in feed) == (True, False)


def test_only_our_own_addresses_are_embedded(ada: Person, http: httpx.Client) -> None:
    made = upload(ada)
    ours, theirs = (f"https://{host}/contents/{made['slug']}" for host in ("bobine.test", "evil.test"))
    assert http.get("/contents/oembed", params={"url": ours}).status_code == 200
    for wrong in (theirs, "https://[/contents/x", f"{theirs}/"):
        assert http.get("/contents/oembed", params={"url": wrong}).status_code == 404
    answer = http.get("/contents/oembed", params={"url": ours, "format": "xml"})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "format")


# ---- cookies


def test_another_sites_page_writes_nothing(ada: Person, http: httpx.Client) -> None:
    from shared.accounts import sessions

    made = upload(ada)
    cookie = {"cookie": f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"}
    for header in ({"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}):
        assert http.delete(f"/contents/{made['id']}", headers={**cookie, **header}).status_code == 403
    assert (
        http.delete(f"/contents/{made['id']}", headers={**cookie, "sec-fetch-site": "same-origin"}).status_code == 200
    )
