"""The comparison of answers with the OpenAPI document sees what it is there to see."""

import httpx
import pytest

from tests.described import compare

JSON = {"content-type": "application/json"}
ERROR = b'{"error":"No"}'
COOKIE = {**JSON, "set-cookie": "a=b"}
LIMITED = {**JSON, "retry-after": "3"}


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/api/stats", httpx.Response(200, headers=JSON, content=b'{"fileCount":"one"}')),
        ("GET", "/api/stats", httpx.Response(200, headers={"content-type": "text/html"}, content=b"")),
        ("GET", "/api/stats", httpx.Response(418, headers=JSON, content=ERROR)),
        ("GET", "/api/stats", httpx.Response(409, headers=JSON, content=ERROR)),
        ("GET", "/api/stats", httpx.Response(429, headers=JSON, content=ERROR)),
        ("GET", "/api/stats", httpx.Response(401, headers=JSON, content=b'{"message":"No"}')),
        ("GET", "/api/stats", httpx.Response(500, headers=JSON, content=b'{"message":"No"}')),
        ("GET", "/users/me", httpx.Response(401, headers=JSON, content=ERROR)),
        ("PUT", "/users/me", httpx.Response(404, headers=JSON, content=b'{"error":"No","code":"NO"}')),
        ("GET", "/users/me", httpx.Response(401, headers=COOKIE, content=b'{"error":"No","code":"NO"}')),
        ("GET", "/api/files/videos/f", httpx.Response(206, headers={"content-type": "video/mp4"}, content=b"x")),
        ("GET", "/api/files/videos/f", httpx.Response(304, headers={"etag": '"x"'}, content=b"x")),
        ("GET", "/api/files/videos/f", httpx.Response(307)),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_described_is_seen(method: str, path: str, answer: httpx.Response) -> None:
    with pytest.raises(AssertionError, match=path):
        compare(method, path, answer)


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/api/stats", httpx.Response(429, headers=LIMITED, content=ERROR)),
        ("POST", "/api/stats", httpx.Response(405, headers={**JSON, "allow": "GET"}, content=ERROR)),
        ("HEAD", "/api/stats", httpx.Response(200, headers=JSON)),
        ("GET", "/api/watch-progress/f", httpx.Response(200, headers=JSON, content=b"null")),
        ("GET", "/api/files/videos/f", httpx.Response(304, headers={"etag": '"x"'})),
        ("GET", "/nobodys", httpx.Response(404, headers=JSON, content=ERROR)),
        ("OPTIONS", "/api/stats", httpx.Response(204)),
    ],
)
def test_one_that_is_described_passes(method: str, path: str, answer: httpx.Response) -> None:
    compare(method, path, answer)
