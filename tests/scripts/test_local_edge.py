"""The rules of the local front door that need no server."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from scripts.local import origins, signed, viewer, world


def scope(method: str = "GET", query: bytes = b"", **headers: str) -> dict[str, Any]:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "query_string": query, "headers": lines}


def test_a_signature_makes_a_request_an_aws_call() -> None:
    assert signed.is_signed(scope(authorization="AWS4-HMAC-SHA256 Credential=…"))
    assert signed.is_signed(scope("OPTIONS", b"partNumber=1&X-Amz-Signature=00"))
    assert not signed.is_signed(scope(authorization="Bearer eyJ"))
    assert not signed.is_signed(scope(x_amz_target="DynamoDB_20120810.Scan"))


def test_a_form_for_our_bucket_is_an_aws_call_and_no_other_form_is() -> None:
    form = scope("POST", content_type="multipart/form-data; boundary=x")
    assert signed.is_form(form | {"path": "/bobine-mediabucket-1a2b"})
    for path in ("/contents", "/contents/upload", "/bobine-mediabucket-1a2b/key", "/"):
        assert not signed.is_form(form | {"path": path})
    assert not signed.is_form(scope("POST") | {"path": "/bobine-mediabucket-1a2b"})


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (scope("POST", x_amz_target="DynamoDB_20120810.GetItem"), False),
        (scope("POST", x_amz_target="DynamoDB_20120810.TransactWriteItems"), True),
        (scope("POST", x_amz_target="AmazonSQS.ReceiveMessage"), True),  # it hides the message
        (scope("PUT"), True),
        (scope("HEAD"), False),
    ],
)
def test_only_writes_make_a_save_necessary(call: dict[str, Any], expected: bool) -> None:
    assert signed.writes(call) is expected


def test_a_viewer_cannot_speak_for_the_edge() -> None:
    claimed = scope(
        x_viewer_address="6.6.6.6", x_origin_secret="s", x_local_origin_group="{}", cloudfront_viewer_country="FR"
    )
    assert viewer.viewer_headers(claimed) == {"x-forwarded-proto": "https"}


def test_a_word_to_a_connection_is_an_aws_call_and_no_other_page_of_the_embedded_aws_is() -> None:
    claimed = scope("POST", authorization="AWS4-HMAC-SHA256 Credential=…")
    assert signed.is_signed(claimed | {"path": "/_aws/execute-api/a1/ws/@connections/c1"})
    for path in ("/_ministack/reset", "/_aws/execute-api/a1/ws", "/_aws/execute-api/a1/ws/@connections/c1/../../x"):
        assert not signed.is_signed(claimed | {"path": path})


def test_the_page_has_one_name() -> None:
    asked = scope(query=b"a=1") | {"raw_path": b"/docs"}
    to = {"host": "localhost:8000", "sec-fetch-mode": "navigate"}
    assert viewer.proper_place(asked, to) == "http://127.0.0.1:8000/docs?a=1"
    assert not viewer.proper_place(asked, to | {"host": "127.0.0.1:8000"})
    assert not viewer.proper_place(asked, {"host": "localhost:8000"})  # a program finds its own way


def test_repeated_headers_are_one() -> None:
    repeated = {"headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"Accept", b"y")]}
    assert viewer.viewer_headers(repeated) == {"cookie": "a=1; b=2", "accept": "x, y", "x-forwarded-proto": "https"}


def test_a_body_ends_at_what_the_gateway_takes() -> None:
    read: list[int] = []

    def body(*chunks: bytes, **headers: str) -> bytes | None:
        messages = [
            {"type": "http.request", "body": chunk, "more_body": more}
            for chunk, more in zip(chunks, [True] * (len(chunks) - 1) + [False], strict=True)
        ]

        async def receive() -> MutableMapping[str, Any]:
            return messages.pop(0)

        loop = asyncio.new_event_loop()  # not asyncio.run, which leaves this thread without a loop for the functions
        try:
            return loop.run_until_complete(viewer.body_of(headers, receive))
        finally:
            loop.close()
            read.append(len(chunks) - len(messages))

    assert body(b"ab", b"c") == b"abc"
    assert body(b"") == b""
    assert body(bytes(8 * 2**20), bytes(8 * 2**20)) is None
    assert body(bytes(10 * 2**20 + 2**16)) is not None
    for declared in ("10551297", "9" * 20, "9" * 5000):
        assert body(b"a", **{"content-length": declared}) is None
        assert read[-1] == 0  # chunks taken off the line


def test_functions_without_an_origin_choice_run_unchanged() -> None:
    assert origins.with_origin_groups("function handler(event) { return event.request; }").startswith(
        "function handler"
    )


def test_parameters_are_settings_in_other_letters() -> None:
    assert world.variable("GoogleClientId") == "GOOGLE_CLIENT_ID"
    assert world.variable("OpenWrites") == "OPEN_WRITES"


@pytest.mark.parametrize(
    ("value", "allowed", "expected"),
    [("1", ["true", "false"], "true"), ("No", ["on", "off"], "off"), ("off", ["on", "off"], "off"), ("x", None, "x")],
)
def test_switches_are_read_in_any_spelling(value: str, allowed: list[str] | None, expected: str) -> None:
    assert world.spelled(value, allowed) == expected


def test_the_environment_overrides_the_local_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"jwt_secret": "j", "origin_secret": "o", "aws_secret": "a", "bootstrap_admin_token": "b"}
    declared: dict[str, dict[str, object]] = {"OpenWrites": {"AllowedValues": ["true", "false"]}, "JwtSecret": {}}
    monkeypatch.setenv("OPEN_WRITES", "0")
    monkeypatch.delenv("JWT_SECRET", raising=False)
    chosen = world.parameters(declared, own, 8000)
    assert (chosen["OpenWrites"], chosen["JwtSecret"], chosen["PublicUrl"]) == ("false", "j", "http://127.0.0.1:8000")
