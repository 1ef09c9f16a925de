"""The attacks of `scripts/attack` themselves: that they would see what they are there to see."""

import socket
import subprocess
import sys

import httpx
import pytest

from scripts.adversary import attack, outward, wire
from scripts.adversary.doorway import canary, doorway
from scripts.adversary.filled import addresses, requests
from scripts.adversary.target import Tally, Target
from scripts.openapi import openapi

DOCUMENT = openapi()


def test_there_are_many_spellings_of_private_addresses() -> None:
    assert len(set(outward.addresses_of(80))) >= 255


def test_the_canary_counts_who_comes_by() -> None:
    with canary() as (port, visits):
        assert httpx.get(f"http://127.0.0.1:{port}/7.png").content == b"PNG"
        with socket.create_connection(("127.0.0.1", port)):
            pass
        assert httpx.get(f"http://127.0.0.1:{port}/8.png").status_code == 200
    assert visits == ["GET /7.png HTTP/1.1", "a connection", "GET /8.png HTTP/1.1"]


def test_the_doorway_sends_on() -> None:
    with doorway() as way:
        way.urls = ["http://10.0.0.1/", "file:///etc/passwd"]
        answer = httpx.get(f"http://127.0.0.1:{way.port}/1")
    assert (answer.status_code, answer.headers["location"]) == (302, "file:///etc/passwd")


def test_every_operation_is_asked_with_all_that_it_needs() -> None:
    made = list(requests(DOCUMENT, {"fileid": "f", "userid": "u", "category": "videos"}))
    assert len(made) == sum(len(methods) for methods in DOCUMENT["paths"].values())
    assert not [str(one) for one in made if "{" in one.path]
    by_name = {one.operation["operationId"]: one for one in made}
    assert by_name["files_remove_delete"].path == "/api/files/videos/f"
    assert by_name["files_remove_delete"].query == {"userId": "u"}
    assert by_name["uploads_init_post"].json["fileId"] == "f"
    assert "X-Upload-Id" in by_name["uploads_part_post"].headers


def test_the_fields_that_take_an_address_are_found() -> None:
    ways = {
        (one.operation["operationId"], way)
        for one in requests(DOCUMENT, {})
        if (told := one.operation.get("requestBody", {}).get("content", {}).get("application/json"))
        for way in addresses(DOCUMENT, told["schema"])
    }
    assert ("files_fetch_thumbnail_post", ("imageUrl",)) in ways
    assert ("files_describe_post", ("thumbnail_url",)) in ways
    assert ("files_describe_post", ("album_thumbnails", "[]")) in ways
    assert ("uploads_complete_post", ("basicMetadata", "thumbnail_url")) in ways


class Leaky(Target):
    """A platform that fails, or says too much."""

    def __init__(self, url: str) -> None:
        self.url, self.document, self.line_address = url, {"paths": {}}, ""

    def health(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("said", "let_in", "faults"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nfine", 0, 0),
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\nno", 0, 1),
        (b'HTTP/1.1 500 Internal Server Error\r\n\r\n{"error":"GOOGLE_CLIENT_ID not configured"}', 0, 0),
        (b"HTTP/1.1 200 OK\r\n\r\nroot:x:0:0:root", 1, 0),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n/smuggled", 1, 0),
    ],
)
def test_what_comes_back_is_judged(said: bytes, let_in: int, faults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "said", lambda *_: (said, True))
    monkeypatch.setattr(wire, "requests", lambda *_: [("a request", b"", True)])
    tally = Tally("wire")
    wire.attack(Leaky("http://127.0.0.1:1"), tally)
    assert (len(tally.let_in), len(tally.faults)) == (let_in, faults)


def test_one_thing_let_in_or_one_fault_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert attack.report([Tally("a", 3)]) == 0
    assert attack.report([Tally("a", 3), Tally("b", 2, let_in=["this"])]) == 1
    assert attack.report([Tally("b", 2, faults=["that"])]) == 1
    assert "b: this" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["http://example.com", "http://127.0.0.1.example.com", "http://10.0.0.1:8000"])
def test_only_this_machine_is_attacked(url: str) -> None:
    command = [sys.executable, "-m", "scripts.adversary.attack", "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not this machine" in done.stderr
