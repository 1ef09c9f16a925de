"""The workers behind downloads: trying again, going on in another invocation, being killed, filing in the library."""

import errno
import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from functions.deadletters import app as deadletters
from functions.mail import app as mailing
from functions.sweep import app as sweep
from shared import aws, jobs, mail, storage
from shared.accounts import accounts, leaving
from shared.downloads import belongings, cookies, doing, downloads, places, progress, watching
from shared.downloads.download import Entry, Wanted
from shared.downloads.downloads import New
from shared.library import files
from shared.sources import errors
from shared.sources.order import Progress
from tests import cloud, sources
from tests.conftest import Person
from tests.sources import FILM, SITE, Engine, ask, ask_many

Later = Callable[[float], None]


@pytest.fixture
def engine(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    made = sources.installed(monkeypatch)
    sources.impatient(monkeypatch)
    yield made
    for name in cloud.QUEUES:
        cloud.messages(name)


def told(http: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/download/{answer.json()['download_id']}").json()
    return found


def objects() -> list[str]:
    return storage.names("downloads/")


def message() -> dict[str, Any]:
    (found,) = cloud.messages("FETCH")
    return found


# ---- what may pass


def test_what_may_pass_is_tried_again_and_then_put_down(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = sources.SHAKY
    answer = ask(http)
    for tries in (0, 1, 2):
        body = message()
        assert body.get("tries", 0) == tries
        assert told(http, answer)["status"] in ("queued", "downloading")
        assert sources.deliver("fetch", body) == []
    assert (told(http, answer)["status"], told(http, answer)["code"]) == ("failed", "NETWORK_ERROR")
    assert cloud.messages("FETCH") == []


def test_a_silent_source_is_asked_once_more(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = sources.fails(errors.Silent)
    answer = ask(http)
    for _ in range(2):
        assert told(http, answer)["status"] in ("queued", "downloading")
        assert sources.deliver("fetch", message()) == []
    assert (told(http, answer)["status"], told(http, answer)["code"]) == ("failed", "SOURCE_TIMEOUT")
    assert cloud.messages("FETCH") == []


def test_what_passes_is_done_in_the_end(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = sources.SHAKY
    answer = ask(http)
    sources.work()
    del engine.does["/film"]
    sources.work()
    assert told(http, answer)["status"] == "completed"


def test_a_second_delivery_does_nothing(http: httpx.Client, engine: Engine) -> None:
    answer = ask(http)
    body = message()
    for _ in range(2):
        sources.deliver("fetch", body)
    assert (len(engine.orders), told(http, answer)["success_count"]) == (1, 1)


# ---- what nobody foresaw


def test_a_fault_of_ours_is_tried_again_and_put_down_at_the_last_delivery(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = sources.fails(lambda: RuntimeError("/var/task: nobody foresaw this"))
    answer = ask(http)
    body = message()
    assert sources.deliver("fetch", body) == [body]
    assert told(http, answer)["status"] == "downloading"
    assert sources.deliver("fetch", body, deliveries=3) == [body]
    assert told(http, answer)["status"] == "failed"
    assert "foresaw" not in str(told(http, answer))


def test_killed_workers_leave_a_failed_download_and_nothing_in_the_bucket(
    http: httpx.Client, engine: Engine, later: Later
) -> None:
    answer = ask(http)
    body = message()

    class KilledError(BaseException):
        pass

    engine.does["/film"] = sources.fails(KilledError)
    with pytest.raises(KilledError):
        sources.deliver("fetch", body)
    deadletters.handler(cloud.sqs_event(body), None)
    assert told(http, answer)["status"] == "downloading", "its lease has not run out"
    later(jobs.LEASE + 1)
    for _ in range(2):
        deadletters.handler(cloud.sqs_event(body), None)
    found = told(http, answer)
    assert (found["status"], found["code"]) == ("failed", "UNKNOWN_ERROR")
    later(4000)
    sweep.handler({}, None)
    assert objects() == []


def test_a_worker_that_died_is_followed_by_one_that_finishes(http: httpx.Client, engine: Engine, later: Later) -> None:
    answer = ask(http)
    body = message()

    class KilledError(BaseException):
        pass

    engine.does["/film"] = sources.fails(KilledError)
    with pytest.raises(KilledError):
        sources.deliver("fetch", body)
    del engine.does["/film"]
    later(jobs.LEASE + 1)
    sources.deliver("fetch", body)
    assert told(http, answer)["status"] == "completed"


def test_a_lost_message_is_sent_again_by_the_sweep(http: httpx.Client, engine: Engine, later: Later) -> None:
    answer = ask_many(http, "/one", "/two")
    cloud.messages("FETCH")
    sweep.handler({}, None)
    assert cloud.messages("FETCH") == []
    later(downloads.LOST + 1)
    sweep.handler({}, None)
    sources.work()
    assert told(http, answer)["status"] == "completed"


def test_what_nobody_does_for_a_day_is_given_up(http: httpx.Client, ada: Person, engine: Engine, later: Later) -> None:
    answer = ask(ada.http)
    for _ in range(20):
        later(8000)
        sweep.handler({}, None)
    cloud.messages("FETCH")
    assert (told(ada.http, answer)["status"], told(ada.http, answer)["code"]) == ("failed", "UNKNOWN_ERROR")


# ---- whose fault it is


def lines(capsys: pytest.CaptureFixture[str], route: str) -> list[dict[str, Any]]:
    """What the log says of a route's requests, or of a worker's messages."""
    told = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    return [one for one in told if one.get("route") == route and "Faults" in one]


FULL, STRAINED = sources.fails(lambda: OSError(errno.ENOSPC, "No space left")), sources.fails(MemoryError)


@pytest.mark.parametrize("does", [sources.fails(errors.Short), FULL, STRAINED], ids=["child", "disk", "memory"])
def test_our_own_shortage_is_tried_again_and_then_a_fault_of_ours(
    http: httpx.Client, engine: Engine, capsys: pytest.CaptureFixture[str], does: Any
) -> None:
    engine.does["/film"] = does
    answer = ask(http)
    for _ in range(3):
        assert sources.work() == []
    found = told(http, answer)
    assert (found["status"], found["code"], found["error"]) == ("failed", "UNKNOWN_ERROR", "Erreur générique")
    assert "mémoire du service" in found["detail"]
    assert [(one["status"], one["Faults"]) for one in lines(capsys, "queue")] == [(200, 0), (200, 0), (503, 1)]


def test_what_the_source_does_is_in_the_workers_line_and_no_fault(
    http: httpx.Client, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.does["/film"] = sources.BLOCKED
    ask(http)
    sources.work()
    (line,) = lines(capsys, "queue")
    assert (line["status"], line["code"], line["Faults"]) == (502, "SOURCE_BLOCKED", 0)


# ---- longer than one invocation


def half(order: Any, folder: Any, tell: Any) -> Any:
    part = folder / "film.mp4.part"
    part.write_bytes((part.read_bytes() if part.exists() else b"") + b"half")
    tell(Progress("downloading", 40.0))
    raise errors.OutOfTime


def test_a_long_download_goes_on_from_what_has_arrived(
    http: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)  # each word is put down
    engine.does["/film"] = half
    answer = ask(http)
    for _ in range(2):
        assert sources.work() == []
    assert told(http, answer)["status"] == "downloading"
    assert told(http, answer)["progress"]["percent"] == "40.0%"
    assert [one.rpartition("/")[2] for one in objects()] == ["film.mp4.part"]

    def rest(order: Any, folder: Any, tell: Any) -> Any:
        assert (folder / "film.mp4.part").read_bytes() == b"halfhalf"
        assert told(http, answer)["progress"]["percent"] == "40.0%"  # and not anew
        (folder / "film.mp4.part").unlink()
        return sources.film(order, folder)

    engine.does["/film"] = rest
    sources.work()
    assert told(http, answer)["files"] == ["film.mp4"]
    assert len(objects()) == 1


def test_one_without_an_end_has_one(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = half
    answer = ask(http)
    for _ in range(doing.ROUNDS):
        sources.work()
    found = told(http, answer)
    assert (found["status"], found["code"]) == ("failed", "TOO_LARGE")
    assert (objects(), cloud.messages("FETCH")) == ([], [])


# ---- turns


@pytest.mark.parametrize("together", [True, False], ids=["playlist", "downloads"])
def test_one_caller_leaves_a_place_for_others(http: httpx.Client, engine: Engine, together: bool) -> None:
    """Four of a caller's entries at a time, of the five that run."""
    paths = [f"/{number}" for number in range(6)]
    answers = [ask_many(http, *paths)] if together else [ask(http, path) for path in paths]
    waiting = cloud.messages("FETCH")
    running: list[str] = []

    def nested(order: Any, folder: Any, tell: Any) -> Any:
        running.append(order.url)
        if len(running) <= 4 and waiting:
            sources.deliver("fetch", waiting.pop(0))
        most.append(len(running))
        running.remove(order.url)
        folder.mkdir(exist_ok=True)  # in one process a worker takes the other's folder for a dead one's
        return sources.film(order, folder)

    most: list[int] = []
    engine.does |= {f"/{number}": nested for number in range(6)}
    while waiting:
        sources.deliver("fetch", waiting.pop(0))
    while bodies := cloud.messages("FETCH"):
        for body in bodies:
            sources.deliver("fetch", body)
    assert max(most) == 4
    assert [told(http, answer)["status"] for answer in answers] == ["completed"] * len(answers)
    assert sum(told(http, answer)["success_count"] for answer in answers) == 6


@pytest.mark.parametrize("forgotten", [False, True])
def test_who_is_cancelled_while_waiting_keeps_nobody_from_their_turn(
    http: httpx.Client, ada: Person, engine: Engine, forgotten: bool
) -> None:
    answers = [ask(ada.http, f"/{number}") for number in range(6)]
    first, second, third, fourth, fifth, sixth = cloud.messages("FETCH")

    def nested(order: Any, folder: Any, tell: Any) -> Any:
        deeper.append(order.url)
        after = {1: second, 2: third, 3: fourth, 4: fifth}[len(deeper)]
        sources.deliver("fetch", after)
        if after is fifth:
            sources.deliver("fetch", sixth)  # both wait now
            where = f"/api/download/{fifth['download']}"
            ada.http.delete(f"{where}/history" if forgotten else where)
        folder.mkdir(exist_ok=True)
        return sources.film(order, folder)

    deeper: list[str] = []
    engine.does |= {f"/{number}": nested for number in range(4)}
    sources.deliver("fetch", first)
    while bodies := cloud.messages("FETCH"):
        for body in bodies:
            sources.deliver("fetch", body)
    assert told(ada.http, answers[5])["status"] == "completed"


# ---- places


def test_a_caller_has_twenty_at_a_time(ada: Person, bob: Person, engine: Engine) -> None:
    answers = [ask(ada.http, f"/{number}") for number in range(places.MOST - 1)]
    answers.append(ask_many(ada.http, *(f"/more/{number}" for number in range(50))))  # one, however many entries
    assert [one.status_code for one in answers] == [202] * places.MOST
    refused = ask(ada.http, "/one-more")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert refused.json() | {"detail": None} == {
        "error": "Too Many Requests", "code": "RATE_LIMIT_EXCEEDED", "retryAfter": 30, "detail": None
    }  # fmt: skip
    assert ask(ada.http, "/0").json()["download_id"] == answers[0].json()["download_id"]  # the same one again
    assert ask(bob.http, "/one-more").status_code == 202
    ada.http.delete(f"/api/download/{answers[0].json()['download_id']}")
    assert ask(ada.http, "/one-more").status_code == 202
    assert ask(ada.http, "/and-another").status_code == 429
    while bodies := cloud.messages("FETCH"):
        for body in bodies:
            sources.deliver("fetch", body)
    assert [ask(ada.http, f"/again/{number}").status_code for number in range(places.MOST)] == [202] * places.MOST


def test_a_failed_download_frees_its_place(ada: Person, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 1)
    engine.does["/gone"] = sources.GONE
    ask(ada.http, "/gone")
    assert ask(ada.http).status_code == 429
    sources.work()
    assert ask(ada.http).status_code == 202


def test_what_was_never_freed_is_free_after_two_days(
    ada: Person, engine: Engine, later: Later, monkeypatch: Any
) -> None:
    monkeypatch.setattr(places, "MOST", 1)
    ask(ada.http)
    later(places.LASTS + 1)
    assert ask(ada.http, "/another").status_code == 202


def test_two_at_the_same_moment_do_not_get_the_same_place(
    ada: Person, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", 1)
    free_one, between = places.free_one, ["/first"]

    def found_before(caller: str) -> int:
        number = free_one(caller)
        while between:
            entry = Entry(number=1, url=between.pop())
            downloads.start(New("download", ada.id, ada.id, Wanted(), [entry]))
        return number

    monkeypatch.setattr(places, "free_one", found_before)
    assert ask(ada.http, "/second").status_code == 429


# ---- into the library


def test_a_result_is_filed_in_the_callers_library(ada: Person, engine: Engine) -> None:
    def described(order: Any, folder: Any, tell: Any) -> Any:
        return sources.film(order, folder, "A song", uploader="Nina", upload_date="20240506", description="Live")

    engine.does["/film"] = described
    answer = ask(ada.http, save_to_library=True)
    sources.work()
    (library,) = told(ada.http, answer)["library"]
    (filed,) = ada.http.get(f"/api/upload/user/{ada.id}").json()["files"]
    assert (filed["file_id"], filed["filename"], filed["title"]) == (library, "A song.mp4", "A song")
    row = files.get(library)
    assert (row.artists, row.year, row.description, row.category) == (["Nina"], 2024, "Live", "videos")
    assert row.sha256 == hashlib.sha256(FILM).hexdigest()
    assert ada.http.get(f"/api/files/videos/{library}").content == FILM
    assert {"file_id": library} in cloud.messages("TRANSCODE"), "its poster and its stream are made as for an upload"


def test_what_the_library_has_already_is_not_stored_again(ada: Person, bob: Person, engine: Engine) -> None:
    from tests import films

    films.verified(bob, FILM, "the-same")
    answer = ask(ada.http, save_to_library=True)
    sources.work()
    assert told(ada.http, answer)["library"] == ["the-same"]
    assert ada.http.get(f"/api/upload/user/{ada.id}").json()["files"][0]["file_id"] == "the-same"


def test_only_an_account_has_a_library_and_mails(http: httpx.Client, engine: Engine) -> None:
    for wish in ("save_to_library", "notify"):
        answer = ask(http, "/film", **{wish: True})
        assert answer.status_code == 401
        assert answer.json()["detail"]["detail"]


# ---- who hears of it


def test_its_owner_hears_by_mail_once_the_address_is_verified(
    ada: Person, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(mail, "send", lambda *said: sent.append(said))
    answer = ada.http.post(
        "/api/download",
        json={"url": f"{SITE}/film", "format_id": "best", "notify": True},
        headers={"accept-language": "fr"},
    )
    sources.work()
    (letter,) = cloud.messages("MAIL")
    mailing.handler(cloud.sqs_event(letter), None)
    assert sent == []
    accounts.change(ada.id, {"email_verified": True})
    mailing.handler(cloud.sqs_event(letter), None)
    ((to, subject, text),) = sent
    assert (to, subject) == (ada.email, "Votre téléchargement est terminé")
    assert f"https://bobine.test/downloads/{answer.json()['download_id']}" in text


def test_who_begins_to_listen_is_told_how_it_stands(http: httpx.Client, engine: Engine) -> None:
    answer = ask(http)
    download_id = answer.json()["download_id"]
    at_first = watching.standing(download_id)
    assert at_first
    assert (at_first.owner, at_first.finished, at_first.message["percent"]) == ("", False, "0.0%")
    sources.work()
    at_last = watching.standing(download_id)
    assert at_last
    assert (at_last.finished, at_last.message) == (True, {"status": "completed", "files": ["film.mp4"]})
    engine.does["/gone"] = sources.GONE
    gone = ask(http, "/gone").json()["download_id"]
    sources.work()
    standing = watching.standing(gone)
    assert standing
    assert (standing.message["code"], standing.message["status"]) == ("VIDEO_UNAVAILABLE", "failed")
    assert watching.standing("nobody-knows-it") is None


def test_health_counts_those_that_run(http: httpx.Client, engine: Engine, later: Later) -> None:
    counts = []

    def count(order: Any, folder: Any, tell: Any) -> Any:
        counts.append(http.get("/api/health").json()["active_downloads"])
        return sources.film(order, folder)

    engine.does["/film"] = count
    ask(http)
    sources.work()
    assert (counts, http.get("/api/health").json()["active_downloads"]) == ([1], 0)


# ---- all of one account


def test_an_export_has_the_history_and_an_erasure_leaves_nothing(ada: Person, engine: Engine, later: Later) -> None:
    from functions.purge import app as purge

    done = ask(ada.http).json()["download_id"]
    sources.work()
    later(1)
    running = ask(ada.http, "/two").json()["download_id"]
    exported = ada.http.get("/users/me/export").json()["downloads"]
    assert [one["id"] for one in exported] == [done, running]
    assert exported[0]["wanted"] == {"format_id": "best"}
    leaving.leave(accounts.get(ada.id))
    later(leaving.DAYS * 86400 + 2)
    purge.handler({}, None)
    (letter,) = cloud.messages("PURGE")
    purge.handler(cloud.sqs_event(letter), None)
    assert objects() == []
    sources.work()
    assert (objects(), len(engine.orders)) == ([], 1)
    assert belongings.export(ada.id) == []


# ---- the operator's cookies


def test_cookies_are_a_file_that_nobody_else_can_read_for_as_long_as_it_is_needed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLOAD_COOKIES_SECRET", "jar")
    secret = SimpleNamespace(get_secret_value=lambda SecretId: {"SecretString": f"# {SecretId}"})
    monkeypatch.setitem(aws._clients, "secretsmanager", secret)
    with cookies.jar() as path:
        assert path
        assert path.read_text() == "# jar"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
