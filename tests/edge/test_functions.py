"""The CloudFront functions of template.yaml, run in node as they stand there."""

import json
import re
import subprocess
from typing import Any

import pytest

from scripts.local.edge import with_origin_groups
from scripts.local.world import node_folder
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
        "headers": {"x-viewer-address": {"value": "6.6.6.6"}},
        "querystring": {"a": {"value": "1"}},
        "cookies": {"next-auth.session-token": {"value": "secret"}},
    }
    return {"version": "1.0", "viewer": {"ip": "203.0.113.7"}, "request": request | more.pop("request", {}), **more}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_fits_into_cloudfront(name: str) -> None:
    assert len(FUNCTIONS[name].encode()) <= 10_240  # the service's limit


@pytest.mark.parametrize("name", ["ViewerFunction", "ApiViewerFunction"])
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


def test_nothing_personal_reaches_the_bucket() -> None:
    request = call("ViewerFunction", "/api/files/videos/f1")["result"]
    assert (request["querystring"], request["cookies"]) == ({}, {})


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
