"""The HTTP frame, through a small route table of its own and the gateway's real events."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import httpx
import pytest
from botocore import exceptions as aws_errors
from msgspec import Meta, Struct
from starlette.requests import Request

from shared import clock
from shared.accounts import accounts, sessions
from shared.cache import LIVE, etag_of, none_match
from shared.entry.http import http as http_entry
from shared.errors import Conflict, Forbidden, Misconfigured, NotFound, ServiceError
from shared.library.access import OPEN_WRITE
from shared.library.caching import FILE_INFO, RATINGS
from shared.web import (
    ADMIN,
    FORM,
    IN_PERSON,
    JSON,
    MODERATOR,
    OPTIONAL,
    REQUIRED,
    Access,
    Call,
    FormFile,
    Reply,
    Route,
    api,
    delete,
    get,
    post,
)
from shared.web.dialects import downloads, library, platform, production
from shared.web.limits import Limit
from tests.conftest import Person
from tests.transport import event_of, response_of

SECRET = "a secret of the tests, 32 bytes or more"
LIBRARY, PLATFORM, PRODUCTION, DOWNLOADS = "/api/upload/toys", "/toys", "/api/v1/toys", "/api/download/toys"
FAMILIES = [LIBRARY, PLATFORM, PRODUCTION, DOWNLOADS]
TWICE = Limit("toys", 2)
HOURLY = Limit("hourly", 5, 3600)


class Inner(Struct):
    size: Annotated[int, Meta(ge=0, le=100)]


class Toy(Struct):
    name: Annotated[str, Meta(max_length=20)]
    count: int = 0
    weight: float = 0.0
    inner: Inner | None = None
    tags: list[str] = []
    anything: Any = None


class Page(Struct):
    limit: Annotated[int, Meta(ge=1, le=10)] = 5
    newest: bool = False
    tag: list[str] = []


class Box(Struct):
    """A form of every kind of field."""

    a: str = ""
    b: str = ""
    f: FormFile | None = None
    n: int = 0
    c: list[str] = []


class Name(Struct):
    name: Annotated[str, Meta(max_length=50)]


class Kind(Struct):
    kind: str


class Filed(Struct):
    category: Literal["videos", "musics"]
    name: str


def make(call: Call[Toy, None, None]) -> dict[str, Any]:
    """Make a toy. It is told back."""
    return {"name": call.body.name, "count": call.body.count, "caller": call.caller and call.caller.account_id}


def show(call: Call[None, Page, None]) -> dict[str, Any]:
    return {"limit": call.query.limit, "newest": call.query.newest, "tag": call.query.tag}


def who(call: Call[None, None, None]) -> dict[str, Any]:
    return {"caller": call.caller and call.caller.account_id}


def length(call: Call[bytes, None, None]) -> dict[str, int]:
    return {"bytes": len(call.body)}


def fields(call: Call[Box, None, None]) -> dict[str, Any]:
    values = {name: getattr(call.body, name) for name in Box.__struct_fields__}
    return {name: getattr(value, "filename", value) for name, value in values.items() if value}


def named(call: Call[None, None, Name]) -> dict[str, str]:
    return {"name": call.path.name}


def filed(call: Call[None, None, Filed]) -> dict[str, str]:
    return {"category": call.path.category, "name": call.path.name}


def picture(call: Call[None, None, None]) -> Reply[bytes]:
    return Reply(b"\x89PNG\x00\xff", headers={"content-type": "image/png"}, cookies=["a=1; Path=/", "b=2; Path=/"])


def fail(call: Call[None, None, None]) -> None:
    raise RuntimeError(f"{SECRET} /var/task/functions/toys/app.py")


def outage(call: Call[None, None, Kind]) -> None:
    raise OUTAGES[call.path.kind]


def refuse(call: Call[None, None, Kind]) -> None:
    raise REFUSALS[call.path.kind]


def client_error(code: str, status: int = 400) -> aws_errors.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws_errors.ClientError(answer, "GetItem")


OUTAGES: dict[str, Exception] = {
    "endpoint": aws_errors.EndpointConnectionError(endpoint_url="https://dynamodb.internal"),
    "timeout": aws_errors.ReadTimeoutError(endpoint_url="https://dynamodb.internal"),
    "connect": aws_errors.ConnectTimeoutError(endpoint_url="https://dynamodb.internal"),
    "throttling": client_error("ThrottlingException"),
    "throughput": client_error("ProvisionedThroughputExceededException"),
    "slow-down": client_error("SlowDown", 503),
    "internal": client_error("InternalServerError", 500),
}
REFUSALS: dict[str, ServiceError] = {
    "gone": NotFound("File not found", explanation="it never was"),
    "taken": Conflict("Taken", code="NAME_TAKEN", extra={"success": False}),
    "unset": Misconfigured("GOOGLE_CLIENT_ID not configured"),
}

FAMILY = {LIBRARY: library, PLATFORM: platform, PRODUCTION: production, DOWNLOADS: downloads}


def signed(request: Request, body: bytes) -> None:
    if request.headers.get("x-signature") != str(len(body)):
        raise Forbidden("Bad signature")


SIGNED = Access(looks=False, check=signed, told="Signed.")
made: list[int] = []


def count(call: Call[Toy, None, None]) -> Reply[dict[str, int]]:
    """How many have been made."""
    if call.body.name == "broken":
        raise RuntimeError("no luck")
    if call.body.name == "refused":
        raise NotFound
    made.append(call.body.count)
    return Reply({"made": len(made)}, 201, {"x-made": str(len(made))}, ["a=1"])


table: list[Route] = [
    *(post(path, make, body=Toy, returns=Toy, limits=(), dialect=FAMILY[path]) for path in FAMILIES),
    *(get(path, show, query=Page, limits=(), cache=FILE_INFO, dialect=FAMILY[path]) for path in FAMILIES),
    delete("/toys/{name}", named, path=Name, limits=(), caller=REQUIRED),
    get("/toys/{name}", named, path=Name, limits=()),
    get("/api/files/{category}/{name}", filed, path=Filed, limits=(), missing="File not found", dialect=library),
    get("/kinds/{category}/{name}", filed, path=Filed, limits=()),
    post("/small", length, body=bytes, limits=(), max_body=10),
    post("/json", make, body=Toy, limits=(), messages={"name": "Nommez-le", "tags": "Quoi ?"}),
    post("/form", fields, body=Box, accepts=FORM, limits=(), max_body=1000),
    post("/either", fields, body=Box, accepts=(*JSON, *FORM), limits=()),
    get("/picture", picture, limits=(), cache=LIVE, produces="image/png"),
    get("/page/{kind}", refuse, path=Kind, limits=(), produces="text/html; charset=utf-8"),
    get("/fail", fail, limits=()),
    get("/api/v1/fail", fail, limits=(), dialect=production),
    get("/outage/{kind}", outage, path=Kind, limits=()),
    get("/refuse/{kind}", refuse, path=Kind, limits=()),
    get("/api/upload/refuse/{kind}", refuse, path=Kind, limits=(), dialect=library),
    get("/limited", who, limits=(TWICE,), caller=OPTIONAL),
    post("/limited", make, body=Toy, limits=(TWICE,)),
    post("/twice-limited", who, limits=(HOURLY, TWICE), caller=OPTIONAL),
    get("/mine", who, limits=(), caller=REQUIRED, cache=RATINGS),
    get("/admin", who, limits=(), caller=ADMIN),
    get("/moderator", who, limits=(), caller=MODERATOR),
    get("/in-person", who, limits=(), caller=IN_PERSON),
    post("/open", who, limits=(), caller=OPEN_WRITE),
    post("/write", who, limits=(), caller=REQUIRED),
    post("/free", who, limits=()),
    post("/look", who, limits=(), caller=Access(needed=True, scope="read")),
    post("/signed", length, body=bytes, limits=(), caller=SIGNED),
    post("/once", count, body=Toy, limits=(), caller=OPTIONAL, once=True),
]
app = api(*table, dialect=platform)
handler = http_entry(app)


class Direct(httpx.BaseTransport):
    """The gateway in front of this one function."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        self.address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.partition(b"?")[0].decode()
        event = event_of(request, "$default", path, {}, self.address)
        context = SimpleNamespace(aws_request_id="from-the-runtime", function_name="toys", memory_limit_in_mb=512)
        return response_of(handler(event, context), request)


def client(address: str = "203.0.113.9", **headers: str) -> httpx.Client:
    return httpx.Client(transport=Direct(address), base_url="https://bobine.test", headers=headers)


@pytest.fixture
def toys(aws_cloud: None) -> Iterator[httpx.Client]:
    with client() as http:
        yield http


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


# ---- the four shapes of an error


@pytest.mark.parametrize(
    ("path", "status", "shape"),
    [
        (LIBRARY, 400, {"error": "Missing name", "message": None, "details": {"field": "name"}}),
        (PLATFORM, 400, {"error": "Missing name", "code": "VALIDATION_ERROR", "details": {"field": "name"}}),
        (PRODUCTION, 422, {"error": {"code": "VALIDATION_ERROR", "message": "Missing name"}}),
        (DOWNLOADS, 400, {"error": "Missing name", "code": "VALIDATION_ERROR", "detail": {"error": "Missing name"}}),
    ],
)
def test_a_missing_field_is_named_in_the_shape_of_the_paths_family(
    toys: httpx.Client, path: str, status: int, shape: dict[str, Any]
) -> None:
    answer = toys.post(path, json={})
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert body.keys() == shape.keys()
    for name, part in shape.items():
        if isinstance(part, dict):
            assert part.items() <= body[name].items()
        elif part is not None:
            assert body[name] == part


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 21}, "name"),
        ({"name": "x", "count": "7"}, "count"),
        ({"name": "x", "count": 1.5}, "count"),
        ({"name": "x", "count": True}, "count"),
        ({"name": "x", "inner": {}}, "inner.size"),
        ({"name": "x", "inner": {"size": 101}}, "inner.size"),
        ({"name": "x", "tags": ["a", 1]}, "tags[1]"),
        ([], "body"),
        ("name", "body"),
        (None, "body"),
    ],
)
def test_the_field_that_is_wrong_is_named_as_the_client_wrote_it(toys: httpx.Client, body: Any, field: str) -> None:
    answer = toys.post(PLATFORM, content=json.dumps(body), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_documents_own_words_replace_ours(toys: httpx.Client) -> None:
    assert toys.post("/json", json={}).json()["error"] == "Nommez-le"
    assert toys.post("/json", json={"name": 1}).json()["error"] == "Nommez-le"
    assert toys.post("/json", json={"name": "x", "tags": [1]}).json()["error"] == "Quoi ?"
    assert toys.post("/json", json={"name": "x", "count": "1"}).json()["error"] == "Invalid count"


@pytest.mark.parametrize(("path", "status"), [(PLATFORM, 400), (PRODUCTION, 422)])
@pytest.mark.parametrize("query", ["limit=0", "limit=11", "limit=many", "newest=perhaps", "limit=%00", "limit="])
def test_a_wrong_query_is_refused_like_a_wrong_body(toys: httpx.Client, path: str, query: str, status: int) -> None:
    assert toys.get(f"{path}?{query}").status_code == status


def test_numbers_and_booleans_of_a_query_are_read_from_their_text(toys: httpx.Client) -> None:
    assert toys.get("/toys?limit=7&newest=true").json() == {"limit": 7, "newest": True, "tag": []}
    assert toys.get("/toys?limit=7&limit=8&newest=1&unknown=x").json() == {"limit": 8, "newest": True, "tag": []}


def test_a_repeated_key_of_a_query_is_a_list_where_the_model_has_one(toys: httpx.Client) -> None:
    assert toys.get("/toys?tag=a&tag=b%20c&limit=1&tag=").json()["tag"] == ["a", "b c", ""]
    assert toys.get("/toys?tag=a").json()["tag"] == ["a"]


def test_what_the_domain_refuses_has_its_own_words_code_and_fields(toys: httpx.Client) -> None:
    gone = toys.get("/api/upload/refuse/gone")
    assert (gone.status_code, gone.json()) == (404, {"error": "File not found", "message": "it never was"})
    taken = toys.get("/refuse/taken")
    assert (taken.status_code, taken.json()) == (409, {"error": "Taken", "success": False, "code": "NAME_TAKEN"})
    unset = toys.get("/refuse/unset")
    assert (unset.status_code, unset.json()["error"]) == (500, "GOOGLE_CLIENT_ID not configured")


# ---- methods


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "x" * 200])
def test_a_method_nobody_serves_is_405_and_says_which_are_allowed(toys: httpx.Client, method: str) -> None:
    answer = toys.request(method, PLATFORM)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.json() == {"error": "Method Not Allowed", "code": "METHOD_NOT_ALLOWED"}


def test_a_preflight_is_answered_without_the_handler_or_the_caller(toys: httpx.Client) -> None:
    answer = toys.options("/mine", headers={"origin": "https://elsewhere.test", "access-control-request-method": "GET"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE, OPTIONS"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "access-control-allow-credentials" not in answer.headers


def test_every_answer_lets_other_origins_read_it_without_credentials(toys: httpx.Client) -> None:
    for answer in (toys.get(PLATFORM), toys.get("/nowhere"), toys.get("/fail"), toys.post(PLATFORM, content=b"{")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-credentials" not in answer.headers


def test_head_has_the_headers_of_get_and_no_body(toys: httpx.Client) -> None:
    got, head = toys.get(PLATFORM), toys.head(PLATFORM)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "cache-control", "content-length"):
        assert head.headers[name] == got.headers[name]
    missing = toys.head("/nowhere")
    assert (missing.status_code, missing.content) == (404, b"")


def test_bytes_and_cookies_reach_the_client_as_they_are(toys: httpx.Client) -> None:
    answer = toys.get("/picture")
    assert answer.content == b"\x89PNG\x00\xff"
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"


# ---- paths


@pytest.mark.parametrize("path", ["/toys/", "//toys", "/toys//", "/Toys", "/toys/a/b", "/", ""])
def test_a_path_is_taken_to_the_letter(toys: httpx.Client, path: str) -> None:
    assert toys.get(f"https://bobine.test{path}").status_code == 404


@pytest.mark.parametrize("name", ["%00", "a%00b", "a%0d%0ab", "%1b[31m", "%7f", "%C2%80%00", "%0a"])
def test_a_path_with_control_characters_names_nothing(toys: httpx.Client, name: str) -> None:
    assert toys.get(f"/toys/{name}").status_code == 404


@pytest.mark.parametrize(
    ("written", "meant"), [("caf%C3%A9", "café"), ("%F0%9F%98%80", "😀"), ("a%20b", "a b"), ("%2e%2e", "..")]
)
def test_a_path_in_any_script_reaches_the_handler(toys: httpx.Client, written: str, meant: str) -> None:
    transport = Direct()
    request = httpx.Request("GET", f"https://bobine.test/toys/{written}")
    assert transport.handle_request(request).json() == {"name": meant}


@pytest.mark.parametrize(("path", "status"), [("/api/files/books/x", 404), ("/kinds/books/x", 400)])
def test_a_path_that_cannot_name_anything_is_404_or_names_the_field(toys: httpx.Client, path: str, status: int) -> None:
    answer = toys.get(path)
    assert answer.status_code == status
    if status == 404:
        assert answer.json() == {"error": "File not found"}
    else:
        assert answer.json()["details"] == {"field": "category", "constraint": "one of musics, videos"}
    assert toys.get(path.replace("books", "videos")).json() == {"category": "videos", "name": "x"}


def test_a_route_that_does_not_declare_its_path_is_refused_at_once() -> None:
    for at, model in (("/toys/{name}", None), ("/toys/{name}", Kind), ("/toys", Name)):
        with pytest.raises(TypeError, match="path parameters"):
            get(at, named, path=model)


def test_where_people_are_answered_an_error_is_a_page(toys: httpx.Client) -> None:
    page = toys.get("/page/gone")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>File not found</h1>" in page.text
    assert "it never was" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert toys.head("/page/gone").content == b""


# ---- bodies


def test_a_body_that_says_it_is_too_large_is_refused_unread(toys: httpx.Client) -> None:
    answer = toys.post("/small", content=b"", headers={"content-length": "11"})
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_a_body_that_is_too_large_is_refused_whatever_it_says(toys: httpx.Client) -> None:
    assert toys.post("/small", content=b"0123456789").json() == {"bytes": 10}
    for headers in ({}, {"content-length": "1"}, {"content-length": "-5"}, {"content-length": "ten"}):
        assert toys.post("/small", content=b"0123456789a", headers=headers).status_code == 413
    form = toys.post("/form", files={"file": b"x" * 1001})
    assert form.status_code == 413


@pytest.mark.parametrize("size", [b"\xb2", b"9" * 5000, b"\xd9\xa3", b"1e9", b"0x10", b""])
def test_a_nonsense_content_length_is_no_fault_of_ours(toys: httpx.Client, size: bytes) -> None:
    assert toys.post("/small", content=b"x", headers={b"content-length": size}).status_code in (200, 413)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "é"],
)
def test_another_content_type_than_json_is_415(toys: httpx.Client, kind: str) -> None:
    answer = toys.post(PLATFORM, content=b'{"name":"x"}', headers={b"content-type": kind.encode()})
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_json_by_any_of_its_names_is_read(toys: httpx.Client, kind: str) -> None:
    assert toys.post(PLATFORM, content=b'{"name":"x"}', headers={"content-type": kind}).status_code == 200


def test_a_form_must_be_one(toys: httpx.Client) -> None:
    assert toys.post("/form", json={}).status_code == 415
    assert toys.post("/form", files={"f": ("é.txt", b"1")}, data={"b": "2"}).json() == {"f": "é.txt", "b": "2"}
    for wrong in ({"a": ("a.txt", b"text?")}, {"n": ("n.txt", b"1")}):  # a file is no text
        assert toys.post("/form", files=wrong).status_code == 400
    assert toys.post("/form", files={"b": (None, b"2")}, data={"f": "no file"}).json()["details"]["field"] == "f"
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other"):
        broken = toys.post("/form", content=b"--x\r\n\r\nnothing", headers={"content-type": kind})
        assert broken.status_code == 400, kind
    many = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n\r\n' for n in range(15))
    kind = "multipart/form-data; boundary=x"
    assert toys.post("/form", content=(many + "--x--").encode(), headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize(
    "charset", ["utf-8", "unicode_escape", "utf-7", "zlib", "undefined", "rot13", "latin-1", "é", ""]
)
def test_a_form_is_utf_8_whatever_it_says(toys: httpx.Client, charset: str) -> None:
    """Python knows codecs that make half characters, bytes, or nothing at all."""
    form = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\\ud800é+2AA-\r\n--x--'.encode()
    kind = f"multipart/form-data; charset={charset}; boundary=x"
    assert toys.post("/form", content=form, headers={b"content-type": kind.encode()}).json() == {"a": "\\ud800é+2AA-"}


def test_a_form_of_the_other_kind_is_read_as_well(toys: httpx.Client) -> None:
    sent = toys.post("/form", data={"a": "é&=", "n": "7", "c": ["x", "y"]})
    assert sent.request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert sent.json() == {"a": "é&=", "n": 7, "c": ["x", "y"]}
    assert toys.post("/form", data={"n": "many"}).json()["details"]["constraint"] == "a whole number, not text"
    assert toys.post("/either", data={"a": "x"}).json() == toys.post("/either", json={"a": "x"}).json() == {"a": "x"}
    assert toys.post("/form", content=b"a=%ff%00&=&&", headers={"content-type": FORM[1]}).status_code in (200, 400)


MALFORMED = [
    b"{",
    b'{"name":"x"}}',
    b'{"name":"x"} {"name":"y"}',
    b"{'name':'x'}",
    b'{"name":NaN}',
    b'{"name":"x","weight":NaN}',
    b'{"name":"x","weight":Infinity}',
    b'{"name":"x","weight":-Infinity}',
    b'{"name":"\xff\xfe"}',
    b'{"name":"\xed\xa0\x80"}',  # a surrogate, in UTF-8
    b'{"name":"\xc0\x80"}',  # an overlong NUL
    b'{"name":"\\ud800"}',
    b'{"name":"\\udc00x"}',
    b'{"anything":"\\ud800\\ud800","name":"x"}',
    b'\xef\xbb\xbf{"name":"x"}',
    b'\xff\xfe{\x00"\x00',
    b'{"name":"x","count":01}',
    b'{"name":"a\x00b"}',
    b'{"name":"a\nb"}',
    b'{"name":"x",}',
    b"\x00",
]


@pytest.mark.parametrize("body", MALFORMED)
@pytest.mark.parametrize("path", [LIBRARY, PRODUCTION])
def test_malformed_json_is_400_whatever_the_family(toys: httpx.Client, path: str, body: bytes) -> None:
    answer = toys.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert (error["message"] if isinstance(error, dict) else error) == "Malformed JSON"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_nested_without_end_is_refused(toys: httpx.Client, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    deep = b'{"name":"x","anything":' + opening * 100_000 + b"1" + closing * 100_000 + b"}"
    assert toys.post("/json", content=deep).status_code == 400


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1" + "0" * 400, "9223372036854775808" + "0" * 5000, "1e-9999999999"]
)
def test_a_number_beyond_all_bounds_is_no_fault_of_ours(toys: httpx.Client, number: str) -> None:
    for field in ("count", "weight", "anything"):
        body = f'{{"name":"x","{field}":{number}}}'.encode()
        assert toys.post("/json", content=body).status_code in (200, 400)


def test_the_last_of_two_equal_keys_counts_and_nul_may_be_escaped(toys: httpx.Client) -> None:
    assert toys.post(PLATFORM, content=b'{"name":"a","name":"b"}').json()["name"] == "b"
    assert toys.post(PLATFORM, content=b'{"name":"a\\u0000b"}').json()["name"] == "a\x00b"
    assert toys.post(PLATFORM, content=b'{"name":"\\ud83d\\ude00"}').json()["name"] == "😀"


# ---- caching


def test_a_cacheable_answer_has_a_strong_etag_and_its_documented_headers(toys: httpx.Client) -> None:
    answer = toys.get(PLATFORM)
    assert answer.headers["cache-control"] == "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
    assert answer.headers["etag"] == etag_of(answer.content)
    assert toys.get(f"{PLATFORM}?limit=6").headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', '"a",W/{tag} , "b"', "*"])
def test_an_answer_the_client_has_is_304_without_a_body(toys: httpx.Client, form: str) -> None:
    tag = toys.get(PLATFORM).headers["etag"]
    for method in ("GET", "HEAD"):
        answer = toys.request(method, PLATFORM, headers={"if-none-match": form.format(tag=tag)})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert "max-age=300" in answer.headers["cache-control"]


@pytest.mark.parametrize("header", ['"other"', "", "W/", '""', "garbage", '"' + "x" * 5000 + '"', ",,,"])
def test_another_tag_gets_the_whole_answer(toys: httpx.Client, header: str) -> None:
    assert toys.get(PLATFORM, headers={"if-none-match": header}).status_code == 200


def test_tags_are_compared_weakly() -> None:
    assert none_match('W/"a"', '"a"')
    assert none_match('"a"', 'W/"a"')
    assert not none_match("a", '"a"')


def test_errors_and_live_answers_are_never_kept(toys: httpx.Client) -> None:
    for answer in (toys.get("/nowhere"), toys.get("/fail"), toys.get("/toys?limit=0")):
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
    assert toys.post(PLATFORM, json={"name": "x"}).headers["cache-control"] == "no-store"


def test_an_answer_of_ones_own_varies_by_credentials(http: httpx.Client, ada: Person) -> None:
    answer = client(authorization=f"Bearer {ada.token}").get("/mine")
    assert answer.json() == {"caller": ada.id}
    assert answer.headers["vary"] == "Authorization, X-API-Key, Cookie"


# ---- who is calling


def test_a_route_that_needs_a_caller_says_so(toys: httpx.Client) -> None:
    answer = toys.get("/mine")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        "Basic YTpi",
        "bearer x.y.z",
        "Bearer " + "a" * 9000,
        "Bearer é",
        "Bearer \xa0",
        "Digest a=b",
    ],
)
def test_bad_credentials_are_401_wherever_they_are_looked_at(
    toys: httpx.Client, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPEN_WRITES", "true")
    monkeypatch.setenv("RATE_LIMITS", "off")
    for method, path in (("GET", "/mine"), ("POST", "/open"), ("GET", "/limited"), ("DELETE", "/toys/x")):
        answer = toys.request(method, path, headers={b"authorization": header.encode("latin-1")})
        assert answer.status_code == 401, path
    assert toys.get(PLATFORM, headers={b"authorization": header.encode("latin-1")}).status_code == 200


def test_an_open_write_is_open_only_where_the_operator_says_so(
    toys: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert toys.post("/open").status_code == 401
    monkeypatch.setenv("OPEN_WRITES", "true")
    assert toys.post("/open").json() == {"caller": None}


def test_a_route_for_administrators_refuses_others(http: httpx.Client, ada: Person) -> None:
    assert client(authorization=f"Bearer {ada.token}").get("/admin").status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # not a browser
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://bobine.test"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://bobine.test"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://bobine.test.evil.test"}, 403),
        ({"origin": "https://bobine.test@evil.test"}, 403),
        ({"origin": "http://bobine.test:8000"}, 403),
        ({"origin": ""}, 403),
    ],
)
def test_a_cookie_writes_only_from_our_own_pages(
    http: httpx.Client, ada: Person, headers: dict[str, str], status: int
) -> None:
    cookie = sessions.open_for(ada.id, 1).cookie
    with client(cookie=f"next-auth.session-token={cookie}") as browser:
        assert browser.post("/write", headers=headers).status_code == status
        assert browser.get("/mine", headers=headers).status_code == 200


# ---- limits


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch, aws_cloud: None) -> Callable[[float], None]:
    """Time that stands still in the middle of a minute; call it to move on, in seconds."""
    moment = clock.now() // 60 * 60 + 20

    def move(seconds: float) -> None:
        nonlocal moment
        moment += seconds

    monkeypatch.setattr(clock, "now", lambda: moment)
    return move


def test_each_limited_answer_says_how_much_is_left(toys: httpx.Client, still: Callable[[float], None]) -> None:
    first, second = toys.get("/limited"), toys.get("/limited")
    ends = str(int(clock.now() // 60 + 1) * 60)
    assert first.headers["x-ratelimit-limit"] == "2"
    assert (first.headers["x-ratelimit-remaining"], second.headers["x-ratelimit-remaining"]) == ("1", "0")
    assert first.headers["x-ratelimit-reset"] == second.headers["x-ratelimit-reset"] == ends


def test_one_too_many_is_429_until_the_window_ends(toys: httpx.Client, still: Callable[[float], None]) -> None:
    for _ in range(2):
        assert toys.get("/limited").status_code == 200
    stopped = toys.get("/limited")
    assert stopped.status_code == 429
    assert {"error": "Too Many Requests", "retryAfter": 40}.items() <= stopped.json().items()
    assert stopped.headers["retry-after"] == "40"
    assert stopped.headers["x-ratelimit-remaining"] == "0"
    still(40)
    assert toys.get("/limited").status_code == 200


def test_a_refused_request_counts_and_says_so_too(toys: httpx.Client, still: Callable[[float], None]) -> None:
    for remaining in ("1", "0"):
        refused = toys.post("/limited", content=b"{")
        assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (400, remaining)
    assert toys.post("/limited", json={"name": "x"}).status_code == 429


def test_guessing_credentials_counts_too(toys: httpx.Client, still: Callable[[float], None]) -> None:
    statuses = [toys.get("/limited", headers={"x-api-key": f"bob_{n}"}).status_code for n in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert toys.get("/limited").status_code == 429
    assert client("203.0.113.10").get("/limited").status_code == 200


def test_an_account_has_one_limit_wherever_it_calls_from(
    http: httpx.Client, ada: Person, bob: Person, still: Callable[[float], None]
) -> None:
    token = {"authorization": f"Bearer {sessions.open_for(ada.id, 1).access_token}"}
    for last in range(2):
        assert client(f"203.0.113.{last}", **token).get("/limited").status_code == 200
    assert client("203.0.113.77", **token).get("/limited").status_code == 429
    other = {"authorization": f"Bearer {sessions.open_for(bob.id, 1).access_token}"}
    assert client("203.0.113.1", **other).get("/limited").status_code == 200
    assert client("203.0.113.1").get("/limited").status_code == 200  # nobody in particular, from the same place


@pytest.mark.parametrize(
    "claim",
    [
        {"x-forwarded-for": "198.51.100.{n}"},
        {"x-real-ip": "198.51.100.{n}"},
        {"forwarded": "for=198.51.100.{n}"},
        {"cf-connecting-ip": "198.51.100.{n}"},
        {"cloudfront-viewer-address": "198.51.100.{n}:443"},
        {"x-viewer-address": "198.51.100.{n}"},
        {"x-viewer-address": "198.51.100.{n}", "x-origin-secret": ""},
        {"x-viewer-address": "198.51.100.{n}", "x-origin-secret": "guess"},
        {"x-viewer-address": "198.51.100.{n}", "x-origin-secret": "é"},
    ],
)
def test_no_header_of_a_clients_changes_its_address(
    toys: httpx.Client, claim: dict[str, str], still: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in ("", "the edge's own secret"):
        monkeypatch.setenv("ORIGIN_SECRET", secret)
        for n in range(3):
            headers = {name.encode(): value.format(n=n).encode() for name, value in claim.items()}
            answer = toys.get("/limited", headers=headers)
        assert answer.status_code == 429
        still(60)


def test_behind_our_own_edge_the_viewers_address_counts(
    toys: httpx.Client, still: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", "the edge's own secret")

    def call(viewer: str) -> int:
        edge = {"x-origin-secret": "the edge's own secret", "x-viewer-address": viewer}
        return toys.get("/limited", headers=edge).status_code

    assert [call("198.51.100.7") for _ in range(3)] == [200, 200, 429]
    assert call("198.51.100.8") == 200
    assert [call("2001:db8::7") for _ in range(3)] == [200, 200, 429]


def test_limits_can_be_turned_off(
    toys: httpx.Client, still: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATE_LIMITS", "off")
    for _ in range(5):
        answer = toys.get("/limited")
        assert answer.status_code == 200
        assert "x-ratelimit-limit" not in answer.headers


# ---- faults


@pytest.mark.parametrize("path", ["/fail", "/api/v1/fail"])
def test_a_fault_tells_the_client_nothing_and_the_log_all(
    toys: httpx.Client, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = toys.get(path)
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert (error["message"] if isinstance(error, dict) else error) == "Internal Server Error"
    for told in (SECRET, "/var/task", "Traceback", "RuntimeError", "app.py"):
        assert told not in answer.text + str(answer.headers)
    failure, line = lines(capsys)
    assert "RuntimeError" in failure["error"]
    assert "in fail" in failure["stack"]
    assert (failure["route"], failure["level"], line["level"], line["Faults"]) == (path, "ERROR", "ERROR", 1)
    assert failure["request_id"] == line["request_id"]


@pytest.mark.parametrize("kind", OUTAGES)
def test_when_aws_is_away_the_answer_is_503(toys: httpx.Client, kind: str) -> None:
    answer = toys.get(f"/outage/{kind}")
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "internal" not in answer.text


# ---- the log


def test_each_request_is_one_line_that_is_also_its_metric(
    toys: httpx.Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "bobine-toys")
    toys.get("/toys/robot?colour=red")
    (line,) = lines(capsys)
    assert (line["method"], line["route"], line["status"], line["caller"]) == ("GET", "/toys/{name}", 200, None)
    assert line["request_id"]
    assert 0 <= line["milliseconds"] < 1000
    assert (line["Requests"], line["Faults"], line["level"]) == (1, 0, "INFO")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Bobine"
    assert directive["Dimensions"] == [["function"], ["function", "route"]]
    assert all(name in line for metric in directive["Metrics"] for name in [metric["Name"]])
    assert all(isinstance(line[name], str) for name in ("function", "route"))
    assert line["function"] == "bobine-toys"
    assert line["_aws"]["Timestamp"] == pytest.approx(clock.now_ms(), abs=60_000)


def test_a_path_nobody_serves_is_one_line_without_the_path(
    toys: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    toys.get("/nowhere/with-a-secret")
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == ("-", 404)
    assert "with-a-secret" not in json.dumps(line)


def test_the_caller_is_in_the_line_and_their_token_is_not(
    http: httpx.Client, ada: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.accounts import keys

    key, _ = keys.create(ada.id, 1, "a key")
    cookie = sessions.open_for(ada.id, 1).cookie
    capsys.readouterr()
    secrets = {
        "authorization": f"Bearer {ada.token}",
        "x-api-key": key,
        "cookie": f"next-auth.session-token={cookie}",
    }
    for name, value in secrets.items():
        for path in ("/mine", "/nowhere", "/fail", "/admin", "/limited", "/outage/timeout"):
            client(**{name: value}).get(f"{path}?token=in-the-query", headers={"x-origin-secret": "guess"})
    text = capsys.readouterr().err
    assert ada.id in text
    for secret in (ada.token, key, key[30:], cookie, "in-the-query", "guess"):
        assert secret not in text


@pytest.mark.parametrize("event", [{"warm": True}, {"warm": True, "version": "2.0"}])
def test_a_warmer_is_answered_before_anything_else(event: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert handler(event, None) == {"warm": True}
    assert lines(capsys) == []


def test_a_caller_whose_account_is_gone_is_nobody(http: httpx.Client, ada: Person) -> None:
    account = accounts.find(ada.id)
    assert account
    accounts.erase(account)
    assert client(authorization=f"Bearer {ada.token}").get("/mine").status_code == 401
