"""Animations and pictures of the web: what the request makes of them, and what the worker does."""

import io
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from functions.memes import app as worker
from functions.trends import app as trends
from shared import jobs, net, storage
from shared.community import contents, keys, unfinished
from shared.jobs import turns
from shared.media.ffmpeg import program
from tests import cloud, memes
from tests.conftest import Person
from tests.memes import listed, send


def work() -> None:
    assert worker.handler(cloud.sqs_event(*cloud.messages("MEMES")), None) == {"batchItemFailures": []}


def found(http: httpx.Client, content_id: str) -> Any:
    answer = http.get(f"/contents/{content_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def body_of(http: httpx.Client, url: str) -> bytes:
    answer = http.get(url)
    assert answer.status_code == 200
    return answer.content


@pytest.fixture(scope="module")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    made = tmp_path_factory.mktemp("webm") / "a.webm"
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1", "-metadata", "comment=Secret place"]
    subprocess.run([program(), "-v", "error", *source, "-c:v", "libvpx", str(made)], check=True, timeout=60)
    return Path(made).read_bytes()


def test_a_gif_is_a_gif_at_once_and_a_film_soon(ada: Person, http: httpx.Client) -> None:
    made = send(ada, memes.gif(frames=5, size=(65, 49)) + b"<script>alert(1)</script>", type="gif").json()
    assert (made["state"], made["mimeType"], made["type"]) == ("processing", "image/gif", "gif")
    assert (made["width"], made["height"], made["duration"]) == (65, 49, 0.25)
    assert listed(http.get("/contents/explore")) == ["A meme"]
    body = body_of(http, made["url"])
    assert b"script" not in body
    assert Image.open(io.BytesIO(body)).n_frames == 5  # type: ignore[attr-defined]
    work()
    ready = found(http, made["id"])
    assert (ready["state"], ready["url"]) == ("ready", made["url"])
    kinds = {one["kind"]: one for one in ready["renditions"]}
    assert set(kinds) == {"main", "still", "thumbnail", "video"}
    assert (kinds["video"]["mimeType"], kinds["video"]["fileSize"]) == (
        "video/mp4",
        len(body_of(http, kinds["video"]["url"])),
    )
    assert storage.head(keys.original(made["id"])) is None
    page = http.get(f"/contents/{made['slug']}", headers={"user-agent": "Twitterbot/1.0"}).text
    assert f'<meta property="og:video" content="{kinds["video"]["url"]}">' in page
    assert http.get("/contents/oembed", params={"url": f"/contents/{made['id']}"}).json()["type"] == "video"


def test_a_webm_is_played_without_what_it_said_of_its_maker(ada: Person, http: httpx.Client, webm: bytes) -> None:
    made = send(ada, webm, "x.webm", type="gif").json()
    assert (made["mimeType"], made["width"], made["duration"]) == ("video/webm", 160, 1.0)
    assert b"Secret place" in webm
    assert b"Secret place" not in body_of(http, made["url"])
    work()
    assert found(http, made["id"])["state"] == "ready"


def test_a_large_animation_is_a_still_until_the_worker_has_made_it(
    ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.community import making

    monkeypatch.setattr(making, "AT_ONCE", 10)
    made = send(ada, memes.gif(), type="gif").json()
    assert (made["mimeType"], made["state"]) == ("image/webp", "processing")
    work()
    ready = found(http, made["id"])
    assert (ready["mimeType"], ready["state"]) == ("image/gif", "ready")


def test_a_repeated_message_does_nothing_twice_and_a_lost_one_is_sent_again(
    ada: Person, http: httpx.Client, later: Any
) -> None:
    made = send(ada, memes.gif(), type="gif").json()
    cloud.messages("MEMES")
    later(16 * 60)
    trends.handler({"source": "aws.events"}, None)
    (message,) = cloud.messages("MEMES")
    for _ in range(2):
        assert worker.handler(cloud.sqs_event(message), None) == {"batchItemFailures": []}
    assert found(http, made["id"])["state"] == "ready"


def test_what_is_deleted_meanwhile_leaves_nothing(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.community import making

    made = send(ada, memes.gif(), type="gif").json()
    real = making.finish

    def slow(content: Any, path: Path) -> Any:
        ada.http.delete(f"/contents/{made['id']}")
        return real(content, path)

    monkeypatch.setattr(making, "finish", slow)
    work()
    assert storage.names(keys.public_prefix(made["id"])) == []
    assert contents.find(made["id"]) is None


# ---- pictures of the web


def create(person: Person, url: str) -> httpx.Response:
    return person.http.post("/contents", json={"type": "meme", "title": "From the web", "storageKey": url})


def test_a_picture_of_the_web_is_fetched_by_the_worker(
    ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(ada, "https://pictures.test/a.png")
    assert (made.status_code, made.json()["state"], made.json()["url"]) == (201, "processing", None)
    assert listed(http.get("/contents/explore")) == []
    monkeypatch.setattr(net, "fetch", lambda url, **_: net.Fetched(url, "image/png", memes.png()))
    work()
    ready = found(http, made.json()["id"])
    assert (ready["state"], ready["mimeType"]) == ("ready", "image/webp")
    assert body_of(http, ready["url"])
    assert listed(http.get("/contents/explore")) == ["From the web"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.png", "http://169.254.169.254/latest", "https://[::1]/x.png"])
def test_a_private_address_is_never_asked(ada: Person, http: httpx.Client, url: str) -> None:
    made = create(ada, url).json()
    work()
    failed = found(http, made["id"])
    assert (failed["state"], failed["error"]) == ("failed", "the host is not a public one")
    assert listed(http.get("/contents/explore")) == []


def test_what_is_no_picture_is_put_down_as_such(
    ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(ada, "https://pictures.test/a.png").json()
    monkeypatch.setattr(net, "fetch", lambda url, **_: net.Fetched(url, "image/png", b"<svg></svg>"))
    work()
    assert found(http, made["id"])["error"] == "a PNG, JPEG, WebP, GIF or WebM"


# ---- whose turn it is


def test_an_account_has_two_worked_on_at_a_time(ada: Person, bob: Person, later: Any) -> None:
    made = [send(ada, memes.gif(number * 10), type="gif").json() for number in range(3)]
    for one in made[:2]:
        lease = jobs.claim(unfinished.job_of(one["id"]))
        assert lease
        assert turns.take(unfinished.turn(contents.get(one["id"])), lease.id)
    first, _, third = cloud.messages("MEMES")
    assert worker.handler(cloud.sqs_event(third), None) == {"batchItemFailures": []}
    assert contents.get(made[2]["id"]).state == "processing"
    send(bob, memes.gif(), type="gif")
    work()  # another's goes on
    later(jobs.LEASE + 1)
    assert worker.handler(cloud.sqs_event(first), None) == {"batchItemFailures": []}
    work()  # the place of the first has woken the third
    assert contents.get(made[2]["id"]).state == "ready"


def test_what_waits_for_its_turn_is_not_asked_for_twice(ada: Person, later: Any) -> None:
    """But woken, where those who had its place have died."""
    one = contents.get(send(ada, memes.gif(), type="gif").json()["id"])
    for other in ("other-1", "other-2"):
        assert jobs.claim(other)
        assert turns.take(unfinished.turn(one), other)
    assert worker.handler(cloud.sqs_event(*cloud.messages("MEMES")), None) == {"batchItemFailures": []}
    assert cloud.messages("MEMES") == []
    for sent in ([{"content": one.id}], []):
        later(16 * 60)
        trends.handler({"source": "aws.events"}, None)
        assert cloud.messages("MEMES") == sent


def test_what_is_not_finished_is_asked_for_until_it_is(ada: Person, later: Any) -> None:
    send(ada, memes.gif(), type="gif")
    for _ in range(3):
        cloud.messages("MEMES")
        later(16 * 60)
        trends.handler({"source": "aws.events"}, None)
        assert len(cloud.messages("MEMES")) == 1
