"""The distribution's cache on this machine, with a clock that the tests move and an origin that counts."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from typing import Any, TypeVar

import pytest

from scripts.local.cache import HIT, MISS, REFRESHED, Cache, matches
from scripts.local.freshness import Bounds, Lifetime, lifetime
from scripts.local.kept import Answer, same_bytes
from scripts.local.policy import Asked, Names, Policy

T = TypeVar("T")
NONE = Names("none", frozenset())
BYTES = b"0123456789"


def names(*listed: str) -> Names:
    return Names("whitelist", frozenset(listed))


def policy(most: int = 300, default: int = 0, least: int = 0, **keyed: Names) -> Policy:
    kinds = {"headers": NONE, "cookies": NONE, "queries": NONE} | keyed
    return Policy(Bounds(least, default, most), encodings=frozenset({"gzip", "br"}), **kinds)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Not asyncio.run's, which leaves this thread without a loop for the functions."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class Edge:
    """A cache, its clock, and an origin behind it that says `control`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, **limits: int) -> None:
        self.loop, self.time = loop, 1_000_000.0
        self.cache = Cache(lambda: self.time, **limits)
        self.control, self.body, self.etag, self.status = "max-age=60", BYTES, '"one"', 200
        self.more: dict[str, Any] = {}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def origin(self, method: str, headers: Mapping[str, Any]) -> Answer:
        self.asked.append((method, headers))
        said = {"cache-control": self.control, "etag": self.etag, **self.more}
        if self.status == 200 and headers.get("if-none-match") == self.etag:
            return Answer(304, "", said, b"")
        return Answer(self.status, "", said, b"" if method == "HEAD" else self.body)

    def get(self, policy: Policy, uri: str = "/a", query: str = "", method: str = "GET", **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Asked(method, uri, query, sent, sent.pop("accept-encoding", ""))
        return self.wait(self.cache.answer(policy, asked, self.origin))

    def outcome(self, *arguments: Any, **more: Any) -> str:
        return str(self.get(*arguments, **more)[0])

    def wait(self, what: Awaitable[T]) -> T:
        async def and_what_it_began() -> T:
            found = await what
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return found

        return self.loop.run_until_complete(and_what_it_began())


@pytest.fixture
def edge(loop: asyncio.AbstractEventLoop) -> Edge:
    return Edge(loop)


# ------------------------------------------------------------------------------------------------------- how long


@pytest.mark.parametrize(
    ("control", "bounds", "expected"),
    [
        ("max-age=60", Bounds(0, 0, 300), Lifetime(60, 60)),
        ("max-age=60, s-maxage=120", Bounds(0, 0, 300), Lifetime(120, 120)),
        ("max-age=60, s-maxage=600", Bounds(0, 0, 300), Lifetime(300, 300)),
        ("max-age=60", Bounds(100, 100, 300), Lifetime(100, 100)),
        ("", Bounds(0, 50, 300), Lifetime(50, 50)),
        ("", Bounds(70, 50, 300), Lifetime(70, 70)),
        ("max-age=many", Bounds(0, 50, 300), Lifetime(0, 0)),
        ("no-cache", Bounds(0, 50, 300), Lifetime(0, 0)),
        ('no-cache="set-cookie", max-age=60', Bounds(0, 50, 300), Lifetime(0, 0)),
        ("no-store", Bounds(0, 50, 300), None),
        ("private, max-age=60", Bounds(0, 50, 300), None),
        ("PRIVATE", Bounds(0, 50, 300), None),
        ("private", Bounds(10, 50, 300), Lifetime(10, 10)),
        ("public, max-age=31536000, immutable", Bounds(0, 0, 31_536_000), Lifetime(31_536_000, 31_536_000)),
        ("max-age=300, s-maxage=600, stale-while-revalidate=3600", Bounds(0, 0, 300), Lifetime(300, 300)),
        ("max-age=300, s-maxage=600, stale-while-revalidate=3600", Bounds(0, 0, 900), Lifetime(600, 900)),
        ("s-maxage=600, stale-while-revalidate=60, must-revalidate", Bounds(0, 0, 900), Lifetime(600, 600)),
    ],
)
def test_an_answer_lives_as_its_origin_says_between_the_bounds_of_the_policy(
    control: str, bounds: Bounds, expected: Lifetime | None
) -> None:
    assert lifetime(bounds, {"cache-control": control}, 0) == expected


def test_expires_counts_where_nothing_else_is_said() -> None:
    headers = {"expires": "Thu, 01 Jan 1970 00:01:40 GMT"}
    assert lifetime(Bounds(0, 5, 300), headers, 40) == Lifetime(60, 60)
    assert lifetime(Bounds(0, 5, 300), headers | {"cache-control": "max-age=7"}, 40) == Lifetime(7, 7)
    assert lifetime(Bounds(0, 5, 300), {"expires": "0"}, 40) == Lifetime(0, 0)


# ------------------------------------------------------------------------------------------------ hits and misses


def test_an_answer_is_a_hit_until_its_time_and_not_after(edge: Edge) -> None:
    assert edge.outcome(policy()) == MISS
    edge.time += 59
    outcome, answer = edge.get(policy())
    assert (outcome, answer.body, answer.headers["age"]) == (HIT, BYTES, "59")
    edge.time += 1
    edge.body, edge.etag = b"new", '"two"'
    outcome, answer = edge.get(policy())
    assert (outcome, answer.body, "age" in answer.headers) == (MISS, b"new", False)


def test_a_stale_answer_that_still_holds_is_renewed_without_its_body(edge: Edge) -> None:
    edge.get(policy())
    edge.time += 60
    edge.more = {"x-said": "again"}
    outcome, answer = edge.get(policy())
    assert (outcome, answer.status, answer.body, answer.headers["x-said"]) == (REFRESHED, 200, BYTES, "again")
    assert edge.asked[-1][1]["if-none-match"] == '"one"'
    edge.time += 59
    assert edge.outcome(policy()) == HIT


def test_what_must_be_asked_about_each_time_is(edge: Edge) -> None:
    edge.control = "no-cache"
    assert [edge.outcome(policy()) for _ in range(3)] == [MISS, REFRESHED, REFRESHED]


@pytest.mark.parametrize("control", ["private, no-cache", "no-store", "no-store, no-cache, must-revalidate"])
def test_what_is_somebodys_own_is_never_kept(edge: Edge, control: str) -> None:
    edge.control = control
    assert [edge.outcome(policy()) for _ in range(2)] == [MISS, MISS]
    assert "if-none-match" not in edge.asked[-1][1]


@pytest.mark.parametrize("status", [301, 400, 401, 404, 416, 500, 503])
def test_errors_are_not_kept(edge: Edge, status: int) -> None:
    edge.status = status
    assert edge.outcome(policy()) == MISS
    edge.status = 200
    assert edge.outcome(policy()) == MISS
    assert edge.outcome(policy()) == HIT


def test_an_error_of_the_server_does_not_cost_the_stale_answer(edge: Edge) -> None:
    edge.get(policy())
    edge.time += 60
    edge.status = 503
    assert edge.get(policy())[1].status == 503
    edge.status = 200
    assert edge.outcome(policy()) == REFRESHED


def test_an_answer_that_sets_a_cookie_is_not_kept(edge: Edge) -> None:
    edge.more = {"set-cookie": "a=1"}
    assert [edge.outcome(policy()) for _ in range(2)] == [MISS, MISS]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reads_are_answered_from_it(edge: Edge, method: str) -> None:
    edge.get(policy())
    assert edge.outcome(policy(), method=method) == MISS
    assert edge.asked[-1][0] == method


def test_a_policy_without_time_caches_nothing(edge: Edge) -> None:
    assert [edge.outcome(policy(most=0)) for _ in range(2)] == [MISS, MISS]


def test_while_it_is_renewed_a_stale_answer_serves_within_the_policys_limit(edge: Edge) -> None:
    edge.control = "max-age=60, stale-while-revalidate=3600"
    edge.get(policy(most=90))
    edge.time += 89
    edge.body, edge.etag = b"new", '"two"'
    outcome, answer = edge.get(policy(most=90))
    assert (outcome, answer.body) == (HIT, BYTES)
    outcome, answer = edge.get(policy(most=90))
    assert (outcome, answer.body, answer.headers["age"]) == (HIT, b"new", "0")
    edge.time += 90
    edge.body, edge.etag = b"newer", '"three"'
    outcome, answer = edge.get(policy(most=90))
    assert (outcome, answer.body) == (MISS, b"newer")


def test_an_origin_that_falls_silent_while_renewing_hurts_nobody(edge: Edge) -> None:
    edge.control = "max-age=60, stale-while-revalidate=3600"
    edge.get(policy())
    edge.time += 61

    async def silent(method: str, headers: Mapping[str, Any]) -> Answer:
        raise TimeoutError

    found = edge.wait(edge.cache.answer(policy(), Asked("GET", "/a", "", {}), silent))
    assert found[0] == HIT
    assert edge.outcome(policy()) == HIT
    edge.wait(asyncio.sleep(0))
    assert edge.get(policy())[1].headers["age"] == "0"


# ------------------------------------------------------------------------------------------------------------ keys


def test_only_what_the_policy_names_makes_another_answer(edge: Edge) -> None:
    keyed = policy(queries=names("limit"), headers=names("x-viewer-credentials"), cookies=names("session"))
    edge.get(keyed, query="limit=1")
    same = [
        {"query": "limit=1&utm_source=x"},
        {"query": "x=2&limit=1"},
        {"query": "limit=1", "origin": "https://evil.example", "x_forwarded_host": "evil.example"},
        {"query": "limit=1", "cookie": "tracking=1"},
    ]
    assert [edge.outcome(keyed, **one) for one in same] == [HIT] * len(same)
    other = [
        {"query": "limit=2"},
        {"query": "limit=1&limit=2"},
        {"query": "limit="},
        {"query": ""},
        {"query": "limit=1", "x_viewer_credentials": "1"},
        {"query": "limit=1", "cookie": "session=ada"},
        {"query": "limit=1", "cookie": "session=bob"},
        {"query": "limit=1", "cookie": "odd[]=1; session=carol"},
        {"query": "limit=1", "accept_encoding": "gzip"},
        {"query": "limit=1", "accept_encoding": "br;q=1, gzip"},
    ]
    assert [edge.outcome(keyed, **one) for one in other] == [MISS] * len(other)
    assert edge.outcome(keyed, "/b", "limit=1") == MISS


def test_encodings_are_reduced_to_those_the_edge_makes(edge: Edge) -> None:
    edge.get(policy(), accept_encoding="gzip, deflate, br")
    assert edge.outcome(policy(), accept_encoding="br, gzip, zstd") == HIT
    assert edge.outcome(policy(), accept_encoding="gzip, br;q=0") == MISS


@pytest.mark.parametrize(
    ("which", "inside", "outside"), [("all", ["a", "b"], []), ("none", [], ["a"]), ("allExcept", ["b"], ["a"])]
)
def test_a_policy_names_what_it_keys_in_four_ways(which: Any, inside: list[str], outside: list[str]) -> None:
    named = Names(which, frozenset({"a"}))
    assert all(name in named for name in inside)
    assert not any(name in named for name in outside)


def test_a_policy_is_read_as_it_is_configured() -> None:
    keyed = {
        "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": False,
        "HeaderBehavior": "whitelist", "Headers": ["Authorization"],
        "CookieBehavior": "none", "Cookies": [], "QueryStringBehavior": "all", "QueryStrings": [],
    }  # fmt: skip
    read = Policy.of({"MinTTL": 5, "MaxTTL": 600, "Parameters": keyed})
    assert read.bounds == Bounds(5, 86_400, 600)
    assert "authorization" in read.headers
    assert read.encodings == {"gzip"}


# ---------------------------------------------------------------------------- heads, ranges, conditions, from a hit


def test_a_head_is_answered_from_what_a_get_left(edge: Edge) -> None:
    assert edge.outcome(policy(), method="HEAD") == MISS
    assert edge.outcome(policy()) == MISS  # a head leaves nothing
    outcome, answer = edge.get(policy(), method="HEAD")
    assert (outcome, answer.body, answer.headers["content-length"]) == (HIT, b"", "10")


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ({"range": "bytes=2-4"}, 206, b"234", "bytes 2-4/10"),
        ({"range": "bytes=7-"}, 206, b"789", "bytes 7-9/10"),
        ({"range": "bytes=-2"}, 206, b"89", "bytes 8-9/10"),
        ({"range": "bytes=2-4", "if_range": '"one"'}, 206, b"234", "bytes 2-4/10"),
        ({"range": "bytes=2-4", "if_range": '"old"'}, 200, BYTES, None),
        ({"range": "bytes=2-4", "if_range": 'W/"one"'}, 200, BYTES, None),
        ({"range": "bytes=2-4", "if_range": "Sun, 22 Nov 2026 10:00:00 GMT"}, 200, BYTES, None),
        ({"range": "bytes=10-"}, 416, b"", "bytes */10"),
        ({"range": "lines=1-2"}, 200, BYTES, None),
        ({"range": "bytes=2-4", "method": "HEAD"}, 200, b"", None),
        ({"if_none_match": '"one"'}, 304, b"", None),
        ({"if_none_match": 'W/"one", "x"'}, 304, b"", None),
        ({"if_none_match": '"old"'}, 200, BYTES, None),
        ({"if_modified_since": "Sun, 22 Nov 2026 10:00:00 GMT"}, 304, b"", None),
        ({"if_modified_since": "Sun, 22 Nov 2026 09:59:59 GMT"}, 200, BYTES, None),
        ({"if_modified_since": "yesterday"}, 200, BYTES, None),
        ({"if_none_match": '"old"', "if_modified_since": "Sun, 22 Nov 2026 10:00:00 GMT"}, 200, BYTES, None),
    ],
)
def test_a_hit_is_answered_in_part_or_by_word(
    edge: Edge, asked: dict[str, str], status: int, body: bytes, content_range: str | None
) -> None:
    edge.more = {"last-modified": "Sun, 22 Nov 2026 10:00:00 GMT"}
    edge.get(policy())
    outcome, answer = edge.get(policy(), **asked)
    assert (outcome, answer.status, answer.body) == (HIT, status, body)
    assert answer.headers.get("content-range") == content_range
    if status != 304:
        assert answer.headers["content-length"] == str(len(BYTES) if asked.get("method") == "HEAD" else len(body))


def test_a_stale_answer_is_asked_about_whole_and_answered_in_part(edge: Edge) -> None:
    edge.get(policy())
    edge.time += 60
    edge.body, edge.etag = b"abcdefghij", '"two"'
    outcome, answer = edge.get(policy(), range="bytes=2-4", if_range='"two"')
    assert (outcome, answer.status, answer.body) == (MISS, 206, b"cde")
    assert not edge.asked[-1][1].keys() & {"range", "if-range"}
    assert edge.outcome(policy()) == HIT


def test_a_condition_that_only_the_origin_can_judge_goes_there(edge: Edge) -> None:
    edge.get(policy())
    assert edge.outcome(policy(), if_match='"one"') == MISS
    assert edge.asked[-1][1]["if-match"] == '"one"'


def test_a_range_of_what_is_not_here_is_the_origins_and_is_not_kept(edge: Edge) -> None:
    edge.status = 206
    assert edge.outcome(policy(), range="bytes=0-1") == MISS
    edge.status = 200
    assert edge.outcome(policy()) == MISS


def test_only_the_same_bytes_may_be_joined() -> None:
    assert same_bytes(None, '"a"')
    assert same_bytes('"a"', '"a"')
    assert not any(same_bytes(condition, 'W/"a"') for condition in ('W/"a"', '"a"'))


# --------------------------------------------------------------------------------------- invalidations, and its size


def test_an_invalidation_clears_a_path_and_with_a_star_what_begins_with_it(edge: Edge) -> None:
    paged = policy(queries=names("page"))
    for uri, query in (("/a", ""), ("/a", "page=2"), ("/b", "")):
        edge.get(paged, uri, query)
    edge.cache.clear(["/a"])
    assert [edge.outcome(paged, "/a"), edge.outcome(paged, "/a", "page=2")] == [MISS, HIT]
    edge.cache.clear(["/a*"])
    assert [edge.outcome(paged, "/a"), edge.outcome(paged, "/a", "page=2")] == [MISS, MISS]
    assert edge.outcome(paged, "/b") == HIT
    edge.cache.clear(["*"])
    assert edge.outcome(paged, "/b") == MISS


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("/a", "/a", True), ("a", "/a", True), ("/a", "/A", False), ("/a", "/ab", False), ("/a*", "/ab", True),
        ("/*", "/x", True), ("/a?page=2", "/a?page=2", True), ("/a", "/a?page=2", False),
    ],
)  # fmt: skip
def test_an_invalidations_path_is_a_whole_address_or_its_beginning(pattern: str, address: str, expected: bool) -> None:
    assert matches(pattern, address) is expected


def test_an_answer_that_an_invalidation_overtakes_is_not_kept(edge: Edge) -> None:
    async def slow(method: str, headers: Mapping[str, Any]) -> Answer:
        answer = await edge.origin(method, headers)
        edge.cache.clear(["/a"])  # the write happened while the old answer was on its way
        return answer

    edge.wait(edge.cache.answer(policy(), Asked("GET", "/a", "", {}), slow))
    assert edge.outcome(policy()) == MISS
    assert edge.outcome(policy()) == HIT


def test_what_was_used_longest_ago_makes_room(loop: asyncio.AbstractEventLoop) -> None:
    edge = Edge(loop, most=2000, largest=1500)
    edge.body = bytes(400)
    for uri in ("/a", "/b"):
        edge.get(policy(), uri)
    assert edge.outcome(policy(), "/a") == HIT
    edge.get(policy(), "/c")
    assert [edge.outcome(policy(), uri) for uri in ("/a", "/c")] == [HIT, HIT]
    assert edge.outcome(policy(), "/b") == MISS


def test_a_film_is_read_through(loop: asyncio.AbstractEventLoop) -> None:
    edge = Edge(loop, most=2000, largest=1000)
    edge.body = bytes(1000)
    assert [edge.outcome(policy()) for _ in range(2)] == [MISS, MISS]
