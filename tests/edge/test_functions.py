"""The CloudFront functions of template.yaml, run in node as they stand there."""

import json
import re
import subprocess
from typing import Any
from urllib.parse import quote

import pytest

from functions.contents.robots import ROBOTS
from scripts.local.origins import with_origin_groups
from scripts.local.world import node_folder
from shared.community.slugs import RESERVED
from shared.edge import spelled
from tests.transport import resources

FUNCTIONS = {name: one["Properties"]["FunctionCode"] for name, one in resources("AWS::CloudFront::Function").items()}
HARNESS = """
let group = null;
const cf = {{ createRequestOriginGroup: chosen => {{ group = chosen; }} }};
{code}
const result = handler({event});
process.stdout.write(JSON.stringify({{ result, group }}));
"""


def in_node(code: str, event: dict[str, Any]) -> Any:
    script = HARNESS.format(code=code, event=json.dumps(event))
    done = subprocess.run([node_folder() / "node", "-e", script], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def call(name: str, uri: str = "/", method: str = "GET", **more: Any) -> Any:
    code = re.sub(r"^import cf from 'cloudfront';$", "", FUNCTIONS[name], flags=re.MULTILINE)
    return in_node(code, event(uri, method, **more))


def event(uri: str, method: str, **more: Any) -> dict[str, Any]:
    request = {
        "method": method,
        "uri": uri,
        "headers": {"x-viewer-address": {"value": "6.6.6.6"}, "host": {"value": "bobine.test"}},
        "querystring": {"a": {"value": "1"}},
        "cookies": {"next-auth.session-token": {"value": "secret"}},
    }
    return {"version": "1.0", "viewer": {"ip": "203.0.113.7"}, "request": request | more.pop("request", {}), **more}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_fits_into_cloudfront(name: str) -> None:
    assert len(FUNCTIONS[name].encode()) <= 10_240  # the service's limit


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_looks_at_its_event_alone(name: str) -> None:
    """The same event, the same answer: the local front door remembers them (scripts/local/pure.py)."""
    assert not re.search(
        r"\b(Date|Math|crypto|context|require|globalThis)\b|^(let|var) ", FUNCTIONS[name], re.MULTILINE
    )


@pytest.mark.parametrize("name", ["ViewerFunction", "ApiViewerFunction", "SocketViewerFunction"])
def test_the_viewers_address_is_the_connections_own_and_never_the_clients_claim(name: str) -> None:
    assert call(name, "/api/upload/init", "POST")["result"]["headers"]["x-viewer-address"] == {"value": "203.0.113.7"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("/api/files/videos/f1", "/api/files/videos/f1"),
        ("/api/files/videos/f1/Mon%20film.mp4", "/api/files/videos/f1"),
        ("/api/stream/f1/master.m3u8", "/api/stream/f1/master.m3u8"),
    ],
)
def test_media_is_read_from_the_bucket_and_then_from_the_api(method: str, asked: str, key: str) -> None:
    answer = call("ViewerFunction", asked, method)
    assert answer["result"]["uri"] == key
    assert answer["group"] == {
        "originIds": [{"originId": "media"}, {"originId": "api"}],
        "failoverCriteria": {"statusCodes": [403, 404, 416]},
    }


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ({"headers": {"authorization": {"value": "Bearer eyJ"}}, "cookies": {}}, True),
        ({"headers": {"authorization": {"value": "Basic eDp5"}}, "cookies": {}}, True),
        ({"headers": {"x-api-key": {"value": "k"}}, "cookies": {}}, True),
        ({"headers": {}, "cookies": {"next-auth.session-token": {"value": "t"}}}, True),
        ({"headers": {"authorization": {"value": "Bearer null"}}, "cookies": {}}, False),
        ({"headers": {"authorization": {"value": "bearer undefined"}}, "cookies": {}}, False),
        ({"headers": {"authorization": {"value": "Bearer"}}, "cookies": {}}, False),
        ({"headers": {"x-api-key": {"value": ""}}, "cookies": {"next-auth.session-token": {"value": ""}}}, False),
        ({"headers": {"x-viewer-credentials": {"value": "1"}}, "cookies": {"theme": {"value": "dark"}}}, False),
    ],
)
def test_a_viewer_with_credentials_is_marked_and_nobody_marks_themselves(sent: dict[str, Any], known: bool) -> None:
    headers = call("ApiViewerFunction", "/api/upload/user/ada", request=sent)["result"]["headers"]
    assert headers.get("x-viewer-credentials") == ({"value": "1"} if known else None)


@pytest.mark.parametrize(
    ("path", "cleared"),
    [
        ("/api/upload/user/ada*", "/api/upload/user/ada*"),
        ("/api/upload/user/a*b*", "/api/upload/user/a*"),  # a client's own: CloudFront reads one at the end only
        ("/api/files/videos/été (1)*", "/api/files/videos/%C3%A9t%C3%A9%20(1)*"),
        ("/api/files/videos/100%/info", "/api/files/videos/100%25/info"),
    ],
)
def test_an_invalidation_is_one_that_cloudfront_can_read(path: str, cleared: str) -> None:
    assert spelled(path) == cleared


@pytest.mark.parametrize("name", ["ViewerFunction", "ApiViewerFunction"])
@pytest.mark.parametrize(
    ("asked", "spelled"),
    [
        ("/api/files/videos/%66ilm", "/api/files/videos/film"),
        ("/api/files/videos/caf%c3%a9%20(1).mp4", "/api/files/videos/caf%C3%A9%20(1).mp4"),
        ("/api/files/videos%2Ffilm/info", "/api/files/videos/film/info"),
        ("/api%2Fupload%2fuser/ada", "/api/upload/user/ada"),
        ("/api/upload/user/%2561da", "/api/upload/user/%2561da"),
        ("/api/upload/user/%ff", "/api/upload/user/%25ff"),
        ("/api/upload/user/100%", "/api/upload/user/100%25"),
        ("/api/upload/%75ser/%ff", "/api/upload/user/%25ff"),
    ],
)
def test_a_path_has_one_spelling_the_one_that_is_invalidated(name: str, asked: str, spelled: str) -> None:
    assert call(name, asked, "POST")["result"]["uri"] == spelled


CONTENT = "0d96b721-d725-4276-a768-b0a66a998857"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (f"media/{CONTENT}/image.webp", f"/media/{CONTENT}/image.webp"),
        (f"media%2F{CONTENT}%2Fimage.webp", f"/media/{CONTENT}/image.webp"),
        ("api/files/videos/film", None),
        (f"media/{CONTENT}/../../x.png", None),
        ("incoming/ada/x.png", None),
        ("", None),
    ],
)
def test_a_published_file_is_read_from_the_bucket_by_its_path_in_the_query(path: str, key: str | None) -> None:
    answer = call("ViewerFunction", "/media", request={"querystring": {"path": {"value": path}}})
    assert (answer["result"]["uri"], bool(answer["group"])) == (key or "/media", key is not None)
    assert answer["result"]["querystring"] == ({} if key else {"path": {"value": path}})


AGENTS = [
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
    ("Twitterbot/1.0", True),
    ("facebookexternalhit/1.1", True),
    ("WhatsApp/2.19 A", True),
    ("Mozilla/5.0 (Linux; Android 10; CUBOT X18) Chrome/120", False),
    ("curl/8", False),
    ("", False),
]


@pytest.mark.parametrize(("agent", "robot"), AGENTS)
def test_a_robot_is_marked_and_nobody_marks_themselves(agent: str, robot: bool) -> None:
    sent = {"headers": {"user-agent": {"value": agent}, "x-viewer-robot": {"value": "1"}}, "cookies": {}}
    headers = call("ApiViewerFunction", f"/contents/{CONTENT}", request=sent)["result"]["headers"]
    assert headers.get("x-viewer-robot") == ({"value": "1"} if robot else None)


def test_the_edge_and_the_function_know_the_same_robots() -> None:
    (known,) = re.findall(r"const ROBOTS = /(.*)/i;", FUNCTIONS["ApiViewerFunction"])
    assert known == ROBOTS.pattern


BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"


def opened(uri: str, method: str = "GET", destination: str = "document", agent: str = BROWSER) -> Any:
    headers = {"sec-fetch-dest": {"value": destination}, "user-agent": {"value": agent}}
    return call("ApiViewerFunction", uri, method, request={"headers": headers})["result"]


def test_a_person_who_opens_a_contents_address_is_led_to_its_page() -> None:
    answer = opened("/contents/un-m%C3%A8me")
    assert (answer["statusCode"], answer["headers"]["location"]["value"]) == (302, "/community/un-m%C3%A8me")
    assert answer["headers"]["cache-control"]["value"] == "no-store"


@pytest.mark.parametrize(
    "asked",
    [
        {"uri": "/contents/a", "destination": "empty"},  # a script's fetch
        {"uri": "/contents/a", "agent": f"{BROWSER} (compatible; Googlebot/2.1)"},
        {"uri": "/contents/a", "method": "DELETE"},
        {"uri": "/contents/a/view"},
        {"uri": "/contentsx"},
        *({"uri": f"/contents/{name}"} for name in sorted(RESERVED)),
    ],
    ids=str,
)
def test_programs_robots_and_lists_are_not(asked: dict[str, str]) -> None:
    assert "statusCode" not in opened(**asked)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("/api/files/videos%2Ffilm", "/api/files/videos/film"),
        ("/api/files/videos%2Ffilm/info", "/api/files/videos/film"),
        ("/api/files/videos/%66ilm/%zz", "/api/files/videos/film"),
        ("/api/files/videos/film%2Finfo", "/api/files/videos/film"),
        ("/api/stream/film%2Fmaster.m3u8", "/api/stream/film/master.m3u8"),
    ],
)
def test_no_spelling_of_an_object_is_kept_beside_the_one_that_is_invalidated(asked: str, key: str) -> None:
    answer = call("ViewerFunction", asked)
    assert (answer["result"]["uri"], bool(answer["group"])) == (key, True)


def test_invalidations_spell_paths_as_the_viewer_functions_do() -> None:
    path = "/api/upload/user/" + "".join(chr(code) for code in range(33, 127) if chr(code) not in "/?#%*") + "é ü😀"
    assert call("ApiViewerFunction", quote(path, safe="/"))["result"]["uri"] == spelled(path)


@pytest.mark.parametrize(
    ("asked", "uri", "query"),
    [
        ("/ws", "/ws", {"a": {"value": "1"}}),
        ("/ws/download/d-1", "/ws", {"download": {"value": "d-1"}}),
        ("/ws/download/", "/ws/download/", {"a": {"value": "1"}}),
        ("/ws/download/a/b", "/ws/download/a/b", {"a": {"value": "1"}}),
        ("/wsx", "/wsx", {"a": {"value": "1"}}),
    ],
)
def test_a_sockets_path_becomes_the_stage_and_a_query(asked: str, uri: str, query: dict[str, Any]) -> None:
    request = call("SocketViewerFunction", asked)["result"]
    assert (request["uri"], request["querystring"]) == (uri, query)


def test_the_host_that_a_socket_was_opened_under_is_the_requests_own_and_never_the_clients_claim() -> None:
    claimed = {"headers": {"host": {"value": "bobine.test"}, "x-viewer-host": {"value": "evil.test"}}}
    assert call("SocketViewerFunction", "/ws", request=claimed)["result"]["headers"]["x-viewer-host"] == {
        "value": "bobine.test"
    }


def test_nothing_personal_reaches_the_bucket() -> None:
    names = ("authorization", "x-api-key", "x-amz-checksum-mode", "x-forwarded-host", "range", "if-range", "origin")
    sent = {"headers": {name: {"value": "v"} for name in names}}
    request = call("ViewerFunction", "/api/files/videos/f1", request=sent)["result"]
    assert (request["querystring"], request["cookies"]) == ({}, {})
    assert set(request["headers"]) == {"x-viewer-address", "range", "if-range", "origin"}
    kept = call("ViewerFunction", "/api/files/videos/f1", "DELETE", request=sent)["result"]
    assert set(kept["headers"]) == {"x-viewer-address", *names}


@pytest.mark.parametrize("method", ["DELETE", "POST", "OPTIONS", "PUT"])
def test_other_methods_go_to_the_api_as_they_came(method: str) -> None:
    answer = call("ViewerFunction", "/api/files/videos/f1", method)
    assert answer["group"] is None
    assert answer["result"]["uri"] == "/api/files/videos/f1"
    assert answer["result"]["querystring"] == {"a": {"value": "1"}}


@pytest.mark.parametrize("asked", ["/api/files/videos", "/api/stream/f1", "/api/stream/f1/a/b"])
def test_what_is_no_object_is_left_to_the_api(asked: str) -> None:
    assert call("ViewerFunction", asked)["group"] is None


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("/", "/index.html"),
        ("/docs", "/docs/index.html"),
        ("/docs/", "/docs/index.html"),
        ("/docs/reference.js", "/docs/reference.js"),
        ("/library", "/index.html"),
        ("/library/videos/Mon%20film.mp4", "/index.html"),
        ("/account/", "/index.html"),
        ("/assets/library/area.js", "/assets/library/area.js"),
        ("/vendor/hls.js", "/vendor/hls.js"),
        ("/favicon.svg", "/favicon.svg"),
        ("/openapi.json", "/openapi.json"),
    ],
)
def test_an_address_of_an_area_answers_the_page_and_a_file_answers_itself(asked: str, key: str) -> None:
    assert call("SiteFunction", asked)["result"]["uri"] == key


def test_a_stored_part_is_answered_with_its_etag() -> None:
    response = {"statusCode": 200, "headers": {"etag": {"value": '"abc"'}}}
    sent = {"headers": {"x-part-number": {"value": "3"}}}
    answer = call("PartResponseFunction", "/api/upload/part", "POST", request=sent, response=response)["result"]
    assert json.loads(answer["body"]) == {"success": True, "partNumber": 3, "etag": '"abc"'}


def test_a_preflight_of_a_part_keeps_its_answer() -> None:
    response = {"statusCode": 204, "headers": {}}
    assert "body" not in call("PartResponseFunction", "/api/upload/part", "OPTIONS", response=response)["result"]


def test_the_local_runtime_hears_the_same_choice() -> None:
    code = with_origin_groups(FUNCTIONS["ViewerFunction"]).replace("const cf =", "const unused =", 1)
    assert "import" not in code
    local = with_origin_groups(FUNCTIONS["ViewerFunction"])
    script = f"{{{local}\nglobalThis.run = handler;}}\n"
    done = subprocess.run(
        [node_folder() / "node", "-e", script + PRINT_TWO],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    chosen, left = done.stdout.splitlines()
    assert json.loads(chosen) == {"origins": ["media", "api"], "statuses": [403, 404, 416]}
    assert left == "undefined"


PRINT_TWO = """
const ask = method => globalThis.run({ viewer: { ip: '::1' }, request: {
  method, uri: '/api/files/videos/f1', headers: {}, querystring: {}, cookies: {} } });
console.log(ask('GET').headers['x-local-origin-group'].value);
console.log(ask('DELETE').headers['x-local-origin-group']);
"""
