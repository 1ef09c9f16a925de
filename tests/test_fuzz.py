"""Junk, and what is nearly right, for every route of every function: never a fault, never a word about our insides.

The requests are drawn by hypothesis from the route tables, the same ones each time; a failure prints the request.
"""

import base64
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import msgspec
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from functions.downloads import asking
from scripts.openapi import apis
from shared import aws
from shared.accounts import keys, passwords, sessions, tokens
from shared.community import categories, reports
from shared.production import assets as production_assets
from shared.production import scene
from shared.web.api import Api
from shared.web.dialects import Dialect, downloads, library, platform, production
from shared.web.routes import FORM, Route
from tests import described, films, memes, sources
from tests.conftest import Person
from tests.machine import Executions
from tests.transport import ROOT, event_of, invoke, response_of

APIS: dict[str, Api] = apis()
ROUTES = [(folder, route) for folder, app in APIS.items() for route in app.table]
EXAMPLES = 20  # requests a route
SECRET = "a secret of the tests, 32 bytes or more"
INSIDES = ("Traceback", f"{ROOT}/", "/var/task", "/tmp/", "site-packages", ".py", "botocore", "media-test")
SAID = {"Server misconfigured", "GOOGLE_CLIENT_ID not configured"}  # the 500s that the documents have
SHAPES: dict[Dialect, dict[str, type]] = {
    library: {"error": str},
    platform: {"error": str, "code": str},
    production: {"error": dict},
    downloads: {"error": str, "code": str, "detail": dict},
}

JUNK = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\r\nX-Evil: 1",
        "\n",
        "\t",
        "\x7f",
        "\u0085",
        "\u202e",
        "\ufeff",
        "\uffff",
        "é",
        "😀" * 200,
    ),
    *(
        "a" * 300,
        "a" * 1025,
        "a" * 3000,
        "/" * 50,
        "\\",
        "..",
        "../../etc/passwd",
        "..%2f..%2f",
        "%00",
        "%",
        "%zz",
        "%2e%2e",
    ),
    *(
        "' OR 1=1 --",
        '"',
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "`id`",
        "$(id)",
        "%s%n",
        "*",
        "#",
        "?",
        "&",
    ),
    *(
        "null",
        "true",
        "NaN",
        "-1",
        "0",
        "1e999",
        "9" * 40,
        "[]",
        "{}",
        "__proto__",
        "undefined",
        "٣",
        "1.5",
        "0x10",
        "+1",
    ),
    *(
        "http://169.254.169.254/",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "http://[::1]/",
        "http://nowhere.test/x.png",
        "//x",
    ),
    *(
        "thumbnails/videos/../x.jpg",
        "thumbnails/videos/film-1.jpg",
        "api/files/videos/film-1",
        "text/html",
        "video/mp4",
        "a/b;c=é",
    ),
]
VALUES: dict[type, list[Any]] = {
    int: [0, 1, 2, 5, 10, 10_000, 10_001, -1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**30],
    float: [0.0, 1.0, 0.5, 7200, 1e9, 1e-9, 1e-300, 5e-324, 1e308, -1.0, -0.0],
    bool: [True, False],
}
words = st.sampled_from(JUNK) | st.text(max_size=30)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True)
class World:
    """What a hostile caller may know: ids that exist, and credentials of every quality."""

    known: list[str]
    right: dict[str, str]  # what a field or a path parameter of this name should be
    credentials: list[dict[str, str]]


@pytest.fixture
def world(ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> World:
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "nobody goes out in this test")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setenv("RATE_LIMITS", "off")
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))  # guessing is not the point
    film = films.upload(ada, basicMetadata={"title": "A film", "source_id": "tmdb_1"})
    upload = films.start(ada, 100, "film-2").json()
    opened = sessions.open_for(ada.id, 1)
    secret, key = keys.create(ada.id, 1, "key")
    content = memes.upload(ada, tags=["goat"])
    category = categories.create("Goats", None, None)
    report = reports.add("content", content["id"], bob.id, "spam", "")[0]
    memes.promoted(ada, "admin")
    sources.installed(monkeypatch)
    download = sources.ask(ada.http).json()["download_id"]
    monkeypatch.setattr(asking, "WAIT", 1.0)  # seconds; workers work while a request waits
    monkeypatch.setitem(aws._clients, "stepfunctions", Executions())
    production_ids = produced(ada)
    listed = ada.http.get(f"/api/upload/user/{ada.id}", params={"limit": 1}).json()["nextCursor"]
    known = [
        ada.id,
        bob.id,
        film,
        "film-2",
        upload["uploadId"],
        "videos",
        "musics",
        key.id,
        "ada@example.com",
        "a" * 64,
        content["slug"],
        content["storageKey"],
        "goat",
    ]
    known += [base64.urlsafe_b64encode(b'{"sk":"FILE#a","lsi1":"RANK#z"}').decode(), listed or "x", "master.m3u8"]
    claims = {"use": "access", "iat": 0, "exp": 2**40, "sub": ada.id, "sid": "s"}
    bearers = [
        *(
            ada.token,
            bob.token,
            opened.cookie,
            opened.refresh_token,
            secret,
            secret[:-1],
            "bob_",
            "x.y.z",
            "",
            "é",
            "a" * 5000,
        ),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "another secret that is long enough, too", algorithm="HS256"),
        tokens.sign("access", -10, sub=ada.id, sid="s"),
        tokens.sign("access", 1000, sub=7, sid=["s"]),
        tokens.sign("access", 1000, sub="\x00" * 3000, sid="😀" * 600),
    ]
    credentials = [{}, {"authorization": f"Bearer {ada.token}"}, {"authorization": f"Bearer {bob.token}"}]
    credentials += [{"authorization": f"Bearer {one}"} for one in bearers]
    credentials += [
        {"cookie": f"next-auth.session-token={one}"} for one in (opened.cookie, ada.token, "", ";=;", "a=b")
    ]
    credentials += [{"x-api-key": one} for one in (secret, "bob_" + "A" * 60, "nothing", "\x00")]
    credentials += [{"authorization": one} for one in ("Basic YTpi", "Bearer", "AWS4-HMAC-SHA256 Credential=x")]
    right = {
        "user_id": ada.id,
        "file_id": film,
        "upload_id": upload["uploadId"],
        "key_id": key.id,
        "category": "videos",
        "content_id": content["id"],
        "id_or_slug": content["id"],
        "category_id": category.id,
        "report_id": report.id,
        "storage_key": content["storageKey"],
        "path": content["storageKey"],
    }
    right |= {
        "download_id": download,
        "url": f"{sources.SITE}/film",
        "session_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "username": "ada",
        "name": "master.m3u8",
        "filename": "a.mp4",
        "image_url": "http://nowhere.test/x.png",
        "mime_type": "video/mp4",
    }
    right |= production_ids
    return World(known, right, credentials)


def produced(ada: Person) -> dict[str, str]:
    """One of everything that production knows, by the names of its path parameters."""
    project = ada.http.post("/api/v1/projects", json={"title": "A film", "prompt": "A film"}).json()["id"]
    scene.write_all(project, [scene.Scene(number=1, narration="Words", picture="A goat", duration=5)])
    picture = production_assets.new(ada.id, project, "image", {"prompt": "A goat"})
    film = production_assets.new(ada.id, project, "video", {})
    production_assets.order([picture, film])
    for one, mime in ((picture, "image/png"), (film, "video/mp4")):
        key, size, digest = production_assets.store(one, mime, b"bytes")
        facts = {"key": key, "mime": mime, "size": size, "digest": digest, "width": 64, "height": 64, "seconds": 1.0}
        production_assets.complete(one, **facts)
    clips = [{"asset_id": picture.id, "start_time": 0, "duration": 1}]
    cut = {"project_id": project, "tracks": [{"type": "video", "clips": clips}]}
    timeline = ada.http.post("/api/v1/videos/timeline", json=cut).json()["id"]
    render = ada.http.post("/api/v1/videos/render", json={"timeline_id": timeline}).json()["render_id"]
    address = {"url": "https://203.0.112.1/hook", "events": ["project.created"]}
    webhook = ada.http.post("/api/v1/webhooks", json=address).json()["id"]
    return {
        "project_id": project,
        "number": "1",
        "asset_id": picture.id,
        "timeline_id": timeline,
        "render_id": render,
        "video_id": film.id,
        "voice_id": "thomas",
        "webhook_id": webhook,
        "delivery_id": "nothing",
    }


# ---- what is nearly right


def near(kind: Any, world: World, name: str = "") -> st.SearchStrategy[Any]:
    """Values for a model's field: mostly of its type, some at its borders, some of none."""
    info = msgspec.inspect
    if isinstance(kind, info.StrType | info.LiteralType) and (value := world.right.get(snake(name))):
        return st.just(value) | st.just(value) | near(kind, world)
    if isinstance(kind, info.UnionType):
        return st.one_of([near(one, world) for one in kind.types])
    if isinstance(kind, info.LiteralType):
        return st.sampled_from([*kind.values, "none of them"])
    if isinstance(kind, info.ListType):
        return st.lists(near(kind.item_type, world), max_size=3) | st.just(["x"] * 200)
    if isinstance(kind, info.StructType):
        fields = {field.encode_name: near(field.type, world, field.encode_name) for field in kind.fields}
        needed = {name: fields[name] for name in [field.encode_name for field in kind.fields if field.required]}
        return st.fixed_dictionaries(needed, optional={name: fields[name] for name in fields.keys() - needed.keys()})
    if isinstance(kind, info.StrType):
        return st.sampled_from(world.known) | words
    for plain, values in ((int, info.IntType), (float, info.FloatType), (bool, info.BoolType)):
        if isinstance(kind, values):
            return st.sampled_from(VALUES[plain])
    return junk


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def spoilt(whole: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One field in some answers gone, replaced or added."""

    @st.composite
    def draw(draw: st.DrawFn) -> Any:
        value = draw(whole)
        if isinstance(value, dict) and value and draw(st.integers(0, 3)) == 0:
            name = draw(st.sampled_from(sorted(value)))
            value = (
                {**value, name: draw(junk)} if draw(st.booleans()) else {k: v for k, v in value.items() if k != name}
            )
        return value

    return draw()


def bodies(route: Route, world: World) -> st.SearchStrategy[tuple[str, bytes]]:
    """(content type, bytes)."""
    raw = st.binary(max_size=60) | st.sampled_from([b"", b"{", b"null", b"[" * 5000, b'{"a":' * 3000, b"\xff\xfe{}"])
    kinds = st.sampled_from(["application/json", "", "text/plain", "multipart/form-data", "é", "application/json;x"])
    anything = st.tuples(kinds, raw | junk.map(written))
    if route.body is None or route.body is bytes:
        return anything
    if route.accepts == FORM:
        return forms(world) | anything
    model = spoilt(near(msgspec.inspect.type_info(route.body), world))
    good = st.tuples(st.just("application/json"), model.map(written))
    cut = st.tuples(st.just("application/json"), model.map(lambda value: written(value)[:-2]))
    return st.one_of(good, good, good, cut, anything)


def written(value: Any) -> bytes:
    return json.dumps(value).encode()  # with NaN, and half characters escaped


def forms(world: World) -> st.SearchStrategy[tuple[str, bytes]]:
    text = (st.sampled_from(world.known) | words).map(lambda word: word.encode("utf-8", "replace"))
    name = st.sampled_from([b"file", b"userId", b"basicMetadata", b"file_created_at"]) | text
    head = st.sampled_from(
        [b"", b'; filename="x.mp4"', b'; filename="\\\xff"', b"; filename*=UTF-8''%00", b"; filename="]
    )
    kind = st.sampled_from(
        [b"", b"\r\nContent-Type: video/mp4", b"\r\nContent-Type: \x0b\xff", b"\r\nContent-Type: a/b;c"]
    )
    body = st.sampled_from([b'{"title":"x"}', b"{", b"\xff", b"\\ud800", b""]) | text
    part = st.tuples(name, head, kind, body).map(
        lambda one: b'--x\r\nContent-Disposition: form-data; name="%b"%b%b\r\n\r\n%b\r\n' % one
    )
    charset = st.sampled_from(["", "; charset=utf-8", "; charset=unicode_escape", "; charset=utf-7", "; charset=rot13"])
    whole = st.lists(part, max_size=5).map(lambda parts: b"".join(parts) + b"--x--\r\n")
    return st.tuples(charset.map(lambda one: f"multipart/form-data; boundary=x{one}"), whole)


@st.composite
def requests(draw: st.DrawFn, route: Route, world: World) -> tuple[str, str, str, dict[str, str], bytes]:
    """(method, path, query, headers, body)."""
    method = draw(st.sampled_from([route.method] * 20 + ["HEAD", "OPTIONS", "PUT", "PATCH", "X" * 40]))
    path = route.path
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        odd = world.known * 2 + [word for word in JUNK if "{" not in word]
        value = draw(st.sampled_from([world.right[path[start + 1 : end]]] * 2 * len(odd) + odd))
        path = path[:start] + (value.replace("/", "%2f") or "-") + path[end + 1 :]
    query = ""
    if route.query is not None and draw(st.integers(0, 4)):
        asked = draw(spoilt(near(msgspec.inspect.type_info(route.query), world)))
        if isinstance(asked, dict):
            query = "&".join(
                f"{quote(str(k), errors='replace')}={quote(str(v), errors='replace')}" for k, v in asked.items()
            )
    elif draw(st.integers(0, 3)) == 0:
        query = draw(
            st.sampled_from(["%", "%zz=%", "=", "&&&", "a=%ff", "user_id=%00", "userId", "x=" + "y" * 3000, "é=1"])
        )
    headers = {
        "host": "bobine.test",
        **draw(st.sampled_from([world.credentials[1]] * len(world.credentials) + world.credentials)),
    }
    kind, body = draw(bodies(route, world))
    if kind:
        headers["content-type"] = kind
    for name in draw(st.lists(st.sampled_from(HEADERS), max_size=3, unique=True)):
        headers[name] = draw(
            st.sampled_from([*world.known, *JUNK, "bytes=0-", "bytes=-1", "bytes=9-1", "*", '"x"', "1", "10001"])
        )
    if route.path == "/api/upload/part" and draw(st.booleans()):
        good = {"x-upload-id": world.known[4], "x-file-id": "film-2", "x-category": "videos", "x-part-number": "1"}
        headers |= good | {name: headers[name] for name in good if name in headers and draw(st.booleans())}
    return method, path, query, headers, body


HEADERS = [
    *("x-upload-id", "x-part-number", "x-file-id", "x-category", "x-filename", "range", "if-range", "if-none-match"),
    *("content-length", "origin", "sec-fetch-site", "x-forwarded-for", "x-origin-secret", "accept-encoding", "accept"),
]


def send(folder: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    """The event as the gateway would make it of a request that no honest client could write."""
    request = httpx.Request(method, "https://bobine.test/", content=body)
    event = event_of(request, "$default", "/", {}, "203.0.113.9")
    cookies = [headers["cookie"]] if "cookie" in headers else []
    plain = {name: value for name, value in headers.items() if name != "cookie"}
    event |= {"rawPath": path, "rawQueryString": query, "headers": plain, "cookies": cookies}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    answer = response_of(invoke(folder, event), request)
    described.compare(method, path, answer)
    return answer


@pytest.mark.parametrize(("folder", "route"), ROUTES, ids=[f"{route.method} {route.path}" for _, route in ROUTES])
def test_no_request_is_a_fault_of_ours(
    folder: str, route: Route, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(route, world), st.booleans(), st.sampled_from(["", "a-client-id"]))
    def try_one(request: tuple[str, str, str, dict[str, str], bytes], open_writes: bool, google: str) -> None:
        monkeypatch.setenv("OPEN_WRITES", str(open_writes))
        monkeypatch.setenv("GOOGLE_CLIENT_ID", google)
        answer = send(folder, *request)
        method = request[0]
        assert answer.status_code < 500 or answer.status_code == 503 or message(answer) in SAID, answer.text
        assert SECRET not in answer.text
        assert answer.status_code < 400 or not [word for word in INSIDES if word in answer.text], answer.text
        assert all(value.isprintable() for value in answer.headers.values())
        if method == "HEAD" or answer.status_code in (204, 304):
            assert answer.content == b""
        elif answer.status_code >= 400:
            well_formed(route.dialect or APIS[folder].dialect, answer)

    try_one()


def message(answer: httpx.Response) -> str:
    error = answer.json()["error"] if answer.content else "Server misconfigured"
    return str(error["message"] if isinstance(error, dict) else error)


def well_formed(dialect: Dialect, answer: httpx.Response) -> None:
    """An error is JSON, in the shape of its path's family, with a word for it and nothing cached."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    for name, kind in SHAPES[dialect].items():
        assert isinstance(body[name], kind), body
    assert message(answer)
