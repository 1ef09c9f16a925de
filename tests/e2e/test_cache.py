"""The documented cache table, through a cache: `scripts/run --cache`, with its clock moved by the test."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Person, Running, running

pytestmark = pytest.mark.xdist_group("e2e")
HIT, MISS, REFRESHED, ERROR = (f"{word} from cloudfront" for word in ("Hit", "Miss", "RefreshHit", "Error"))
PUBLIC = "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86_400, 31_536_000
QUIET = 3  # seconds without an invalidation
SLACK = 30  # seconds that a test may take between two requests


class Cached:
    """A platform that caches."""

    def __init__(self, at: Running) -> None:
        self.url, self._clock = at.url, at.data / "clock-ahead"
        self._ahead = 0
        self.http = httpx.Client(base_url=at.url, timeout=60)

    def later(self, seconds: int) -> None:
        self._ahead += seconds
        self._clock.write_text(str(self._ahead))

    def everything_expires(self) -> None:
        self.later(2 * YEAR)


@dataclass(frozen=True, slots=True)
class Film:
    id: str
    owner: Person
    content: bytes

    @property
    def path(self) -> str:
        return f"/api/files/videos/{self.id}"

    @property
    def listing(self) -> str:
        return f"/api/upload/user/{self.owner.id}"


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    with running(tmp_path_factory.mktemp("cached"), "--cache", RATE_LIMITS="off") as platform:
        cached = Cached(platform)
        yield cached
        cached.http.close()


@pytest.fixture(scope="module")
def someone(cached: Cached) -> Iterator[Callable[[str], Person]]:
    people: list[Person] = []

    def make(name: str) -> Person:
        people.append(Person(cached.url, name))
        return people[-1]

    yield make
    for person in people:
        person.http.close()


@pytest.fixture(scope="module")
def ada(someone: Callable[[str], Person]) -> Person:
    return someone("ada")


@pytest.fixture(scope="module")
def bob(someone: Callable[[str], Person]) -> Person:
    return someone("bob")


@pytest.fixture(scope="module")
def film(cached: Cached, ada: Person, bunny: Path) -> Film:
    """A film whose workers have nothing more to say: none of their invalidations is on its way."""
    content = bunny.read_bytes()
    file_id = ada.upload(content, "bunny.mp4", hash=sha256(content).hexdigest())
    ada.until_streamed(file_id)
    film = Film(file_id, ada, content)
    until_quiet(cached, f"{film.path}/info", film.listing)
    return film


def until_quiet(cached: Cached, *addresses: str) -> None:
    """Until answers stay: a worker may still have an invalidation on its way."""
    for _ in range(20):
        for address in addresses:
            cached.http.get(address)
        time.sleep(QUIET)
        if {outcome(cached.http.get(address)) for address in addresses} == {HIT}:
            return
    raise AssertionError(f"{addresses} never stayed")


def outcome(response: httpx.Response) -> str:
    return response.headers["x-cache"]


def describe(film: Film, title: str) -> None:
    film.owner.post(f"{film.path.replace('/videos', '')}/metadata", {"title": title})


def title_of(response: httpx.Response) -> Any:
    return response.json()["file"]["title"]


# ------------------------------------------------------------------------------------------------- the documented table

TABLE = {
    "listing": ("/api/upload/user/{owner}", 5 * MINUTE, False),
    "info": ("/api/files/videos/{film}/info", 15 * MINUTE, False),
    "thumbnail": ("/api/files/videos/{film}/thumbnail", 7 * DAY, False),
    "media": ("/api/files/videos/{film}", YEAR, False),
    "playlist": ("/api/stream/{film}/master.m3u8", HOUR, False),
    "rating": ("/api/ratings/{film}?user_id={owner}", 10 * MINUTE, True),
    "top 10": ("/api/ratings/top10", 10 * MINUTE, True),
}


@pytest.mark.parametrize(("path", "seconds", "signed_in"), TABLE.values(), ids=TABLE)
def test_an_answer_is_a_hit_until_its_documented_time_and_not_after(
    cached: Cached, film: Film, path: str, seconds: int, signed_in: bool
) -> None:
    http = film.owner.http if signed_in else cached.http
    address = path.format(film=film.id, owner=film.owner.id)
    cached.everything_expires()
    first = http.get(address)
    assert (first.status_code, outcome(first)) in [(200, MISS), (200, REFRESHED)]
    cached.later(seconds - SLACK)
    again = http.get(address)
    assert (outcome(again), again.content) == (HIT, first.content)
    assert seconds - SLACK <= int(again.headers["age"]) < seconds
    cached.everything_expires()
    http.get(address)
    cached.later(seconds)
    assert outcome(http.get(address)) in (MISS, REFRESHED)


def test_a_segment_is_kept_for_a_year(cached: Cached, film: Film) -> None:
    playlist = cached.http.get(f"/api/stream/{film.id}/master.m3u8").text.splitlines()[-1]
    segment = next(
        line for line in cached.http.get(f"/api/stream/{film.id}/{playlist}").text.splitlines() if line[0] != "#"
    )
    first = cached.http.get(f"/api/stream/{film.id}/{segment}")
    cached.later(YEAR - SLACK)
    again = cached.http.get(f"/api/stream/{film.id}/{segment}")
    assert (outcome(again), again.content, again.headers["content-type"]) == (HIT, first.content, "video/mp4")


def test_config_is_asked_about_each_time(cached: Cached) -> None:
    cached.http.get("/api/config")
    again = cached.http.get("/api/config")
    assert (again.status_code, outcome(again), again.headers["cache-control"]) == (200, REFRESHED, "no-cache")


@pytest.mark.parametrize("path", ["/api/stats?userId={owner}", "/api/watch-progress/{film}?userId={owner}", "/health"])
def test_what_is_live_is_never_kept(film: Film, path: str) -> None:
    address = path.format(film=film.id, owner=film.owner.id)
    assert {outcome(film.owner.http.get(address)) for _ in range(2)} & {HIT, REFRESHED} == set()


def test_an_error_is_not_kept(cached: Cached, ada: Person) -> None:
    path = "/api/files/videos/not-yet/info"
    assert [outcome(cached.http.get(path)) for _ in range(2)] == [ERROR, ERROR]


# --------------------------------------------------------------------------------------- what one has just written


def test_a_write_is_seen_by_its_author_at_once_and_by_the_others_within_two_seconds(cached: Cached, film: Film) -> None:
    info = f"{film.path}/info"
    for address in (info, film.listing):
        cached.http.get(address)
        assert outcome(cached.http.get(address)) == HIT
    for round_ in range(3):
        title = f"Title {round_}"
        describe(film, title)
        written = time.monotonic()
        own = film.owner.http.get(info)
        assert (title_of(own), own.headers["cache-control"], outcome(own)) == (title, "private, no-cache", MISS)
        listed = film.owner.http.get(film.listing)
        assert title in [one["title"] for one in listed.json()["files"]]
        while title_of(cached.http.get(info)) != title:
            assert time.monotonic() - written < 2
            time.sleep(0.05)
        while title not in [one["title"] for one in cached.http.get(film.listing).json()["files"]]:
            assert time.monotonic() - written < 2
            time.sleep(0.05)


@pytest.mark.parametrize("kind", ["authorization", "cookie", "key"])
def test_nobody_with_credentials_is_answered_from_the_cache_nor_leaves_anything_there(
    cached: Cached, film: Film, kind: str
) -> None:
    with httpx.Client(base_url=cached.url, timeout=60) as http:
        if kind == "authorization":
            http.headers["authorization"] = film.owner.http.headers["authorization"]
        elif kind == "key":
            http.headers["x-api-key"] = film.owner.post("/api-keys", {"name": "test"})["key"]
        else:
            http.cookies.set("next-auth.session-token", "anything")
        for address in (f"{film.path}/info", film.listing):
            cached.everything_expires()
            answers = [http.get(address) for _ in range(2)]
            assert [(outcome(one), one.headers["cache-control"]) for one in answers] == [
                (MISS, "private, no-cache")
            ] * 2
            known = http.get(address, headers={"if-none-match": answers[0].headers["etag"]})
            assert (known.status_code, known.headers["cache-control"]) == (304, "private, no-cache")
            nobody = cached.http.get(address)
            assert (outcome(nobody) != HIT, nobody.headers["cache-control"]) == (True, PUBLIC)
            assert "Authorization" in nobody.headers["vary"]  # or a browser would show it to who signs in next


def test_whom_nobody_signed_in_counts_as_nobody(cached: Cached, film: Film) -> None:
    cached.http.get(film.listing)
    for sent in ("Bearer null", "Bearer undefined", "Bearer"):
        answer = cached.http.get(film.listing, headers={"authorization": sent})
        assert (outcome(answer), answer.headers["cache-control"]) == (HIT, PUBLIC)


# ------------------------------------------------------------------------------------------------- somebody else's


def test_an_answer_to_one_caller_never_reaches_another(cached: Cached, film: Film, bob: Person) -> None:
    film.owner.post(f"/api/ratings/{film.id}", {"rating": 4, "user_id": film.owner.id})
    for address in (f"/api/ratings/{film.id}?user_id={film.owner.id}", "/api/ratings/top10?category=videos"):
        cached.everything_expires()
        film.owner.http.get(address)
        own = film.owner.http.get(address)
        assert (outcome(own), own.headers["cache-control"]) == (HIT, "max-age=0, s-maxage=600, must-revalidate")
        assert outcome(bob.http.get(address)) in (MISS, ERROR)
        nobody = cached.http.get(address)
        assert (nobody.status_code, outcome(nobody)) == (401, ERROR)
        for sent in ({"authorization": "Bearer null"}, {"cookie": "next-auth.session-token=x"}, {"x-api-key": "x"}):
            assert cached.http.get(address, headers=sent).status_code == 401
    assert bob.http.get(f"/api/ratings/{film.id}?user_id={film.owner.id}").status_code == 403


def test_a_rating_that_has_changed_is_read_anew(film: Film) -> None:
    address = f"/api/ratings/{film.id}?user_id={film.owner.id}"
    for rating in (2, 5):
        film.owner.http.get(address)
        film.owner.post(f"/api/ratings/{film.id}", {"rating": rating, "user_id": film.owner.id})
        written = time.monotonic()
        while film.owner.get(address)["userRating"] != rating:
            assert time.monotonic() - written < 2
            time.sleep(0.05)


# ------------------------------------------------------------------------------------------------------- poisoning

POISONS: list[dict[str, str]] = [
    {"host": "evil.example"},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "forwarded": "host=evil.example"},
    {"x-original-url": "/health", "x-rewrite-url": "/health"},
    {"x-http-method-override": "DELETE", "x-method-override": "POST"},
    {"origin": "https://evil.example"},
    {"accept": "text/html", "accept-language": "fr", "user-agent": "facebookexternalhit/1.1"},
    {"range": "bytes=0-4"},
    {"if-none-match": "*"},
    {"if-modified-since": "Tue, 01 Jan 2047 00:00:00 GMT"},
    {"if-match": '"none"'},
    {"x-viewer-credentials": "1", "x-viewer-address": "6.6.6.6", "x-origin-secret": "x"},
    {"x-local-origin-group": '{"origins":["site","api"],"statuses":[]}'},
    {"authorization": "Bearer of.bad.news"},
    {"cookie": "next-auth.session-token=bad; lang=fr"},
    {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-checksum-mode": "ENABLED"},
    {"content-length": "3"},
    {"cache-control": "no-store", "pragma": "no-cache"},
]
CHANGING = {"age", "date", "via", "x-cache", "x-amz-cf-id", "apigw-requestid", "x-amz-request-id", "x-amz-id-2"}
LIMITS = {"x-ratelimit-remaining", "x-ratelimit-reset"}


def essence(response: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING | LIMITS}
    return response.status_code, response.content, headers


@pytest.mark.parametrize(
    "path", ["/api/upload/user/{owner}", "/api/files/videos/{film}/info", "/api/files/videos/{film}"]
)
def test_no_header_of_one_viewer_changes_what_the_next_one_gets(cached: Cached, film: Film, path: str) -> None:
    address = path.format(film=film.id, owner=film.owner.id)
    cached.everything_expires()
    clean = essence(cached.http.get(address))
    assert clean[0] == 200
    for poison in POISONS:
        cached.everything_expires()
        sent = {"content": b"{}!"} if "content-length" in poison else {}
        cached.http.request("GET", address, headers=poison, **sent)  # type: ignore[arg-type]
        assert essence(cached.http.get(address)) == clean, poison


def test_no_query_of_one_viewer_changes_what_the_next_one_gets(cached: Cached, film: Film) -> None:
    cached.everything_expires()
    whole = cached.http.get(film.listing)
    assert outcome(cached.http.get(f"{film.listing}?utm_source=x&callback=alert")) == HIT
    assert cached.http.get(f"{film.listing}?limit=1&cursor=zzz").status_code == 400
    assert cached.http.get(f"{film.listing}?category=musics").json()["files"] == []
    assert cached.http.get(film.listing).content == whole.content
    assert cached.http.get(f"{film.path}/info?category=musics").status_code == 200


def test_a_head_first_leaves_the_body_for_the_next(cached: Cached, film: Film) -> None:
    for address in (film.path, film.listing):
        cached.everything_expires()
        head = cached.http.head(address)
        whole = cached.http.get(address)
        assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
        assert len(whole.content) > 0
        again = cached.http.head(address)
        assert (outcome(again), again.headers["content-length"]) == (HIT, str(len(whole.content)))


def test_other_spellings_of_a_path_are_the_same_answer_and_are_invalidated_with_it(cached: Cached, film: Film) -> None:
    spelled = f"/api/files/videos/%{ord(film.id[0]):02x}{film.id[1:]}/info"
    cached.http.get(spelled)
    assert outcome(cached.http.get(f"{film.path}/info")) == HIT


# ------------------------------------------------------------------------------------------------ ranges, conditions


@pytest.mark.parametrize("from_a_hit", [False, True])
def test_ranges_and_conditions_of_media(cached: Cached, film: Film, from_a_hit: bool) -> None:
    etag = cached.http.head(film.path).headers["etag"]

    def get(**headers: str) -> httpx.Response:
        if not from_a_hit:
            cached.everything_expires()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        response = cached.http.get(film.path, headers=sent)
        assert (outcome(response) == HIT) is from_a_hit or response.status_code == 416
        return response

    if from_a_hit:
        cached.http.get(film.path)
    size = len(film.content)
    part = get(range="bytes=100-199")
    assert (part.status_code, part.content) == (206, film.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert get(range="bytes=-10").content == film.content[-10:]
    past = get(range=f"bytes={size}-")
    assert (past.status_code, past.headers["content-range"]) == (416, f"bytes */{size}")
    joined = get(range="bytes=100-199", if_range=etag)
    assert (joined.status_code, joined.content) == (206, film.content[100:200])
    for condition in ('"old"', f"W/{etag}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        whole = get(range="bytes=100-199", if_range=condition)
        assert (whole.status_code, whole.content) == (200, film.content), condition
    assert (get(if_none_match=etag).status_code, get(if_none_match=etag).content) == (304, b"")
    assert get(if_none_match='"old"').content == film.content


def test_a_range_of_what_is_not_kept_is_answered_and_does_not_stand_for_the_whole(
    cached: Cached, film: Film, ada: Person
) -> None:
    other = ada.upload(film.content[:5000], "part.bin", category="others", mimeType="application/octet-stream")
    path = f"/api/files/others/{other}"
    first = cached.http.get(path, headers={"range": "bytes=0-9"})
    assert (first.status_code, outcome(first), first.content) == (206, MISS, film.content[:10])
    stale = cached.http.get(path, headers={"range": "bytes=0-9", "if-range": '"old"'})
    assert (stale.status_code, stale.content) == (200, film.content[:5000])
    whole = cached.http.get(path)
    assert (whole.status_code, outcome(whole), len(whole.content)) == (200, HIT, 5000)


def test_what_is_deleted_is_gone_for_everybody_within_two_seconds(cached: Cached, film: Film, ada: Person) -> None:
    other = ada.upload(film.content[:6000], "gone.bin", category="others", mimeType="application/octet-stream")
    path = f"/api/files/others/{other}"
    addresses = (path, f"{path}/info", f"/api/files/others%2F{other}")  # one that the gateway, too, reads as the file's
    until_quiet(cached, *addresses)
    ada.http.delete(path, params={"userId": ada.id})
    deleted = time.monotonic()
    while {cached.http.get(address).status_code for address in addresses} != {404}:
        assert time.monotonic() - deleted < 2
        time.sleep(0.05)


@pytest.mark.parametrize("ending", ["", ".jpg", ".png", ".webp"])
def test_a_thumbnail_under_any_of_its_names_is_kept_and_is_a_picture(cached: Cached, film: Film, ending: str) -> None:
    address = f"{film.path}/thumbnail{ending}"
    first = cached.http.get(address)
    assert (first.status_code, first.headers["content-type"].partition("/")[0]) == (200, "image")
    assert outcome(cached.http.get(address)) == HIT
