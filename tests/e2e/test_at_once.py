"""Several at once, against the running platform: what two people do in the same moment is done once, and counted."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.conftest import PASSWORD, Person

pytestmark = pytest.mark.xdist_group("e2e")
BODY = b"not a film, but bytes" * 50


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """All calls, begun in the same moment."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@pytest.fixture(scope="module")
def people(someone: Callable[[str], Person]) -> list[Person]:
    return [someone(f"many{n}") for n in range(6)]


def start(person: Person, file_id: str) -> httpx.Response:
    body = {
        "fileId": file_id,
        "category": "documents",
        "size": len(BODY),
        "mimeType": "text/plain",
        "userId": person.id,
        "filename": "notes.txt",
    }
    return person.http.post("/api/upload/init", json=body)


def sent(person: Person) -> dict[str, Any]:
    """An upload whose only part has arrived."""
    upload: dict[str, Any] = start(person, f"f-{uuid4().hex}").json()
    assert httpx.put(upload["partUrls"][0]["url"], content=BODY).status_code == 200
    return upload


def complete(person: Person, upload: dict[str, Any]) -> httpx.Response:
    return person.http.post("/api/upload/complete", json={"uploadId": upload["uploadId"], "parts": []})


def uploaded(person: Person) -> str:
    upload = sent(person)
    assert complete(person, upload).status_code == 200
    return str(upload["fileId"])


def link(person: Person, file_id: str) -> httpx.Response:
    return person.http.post("/api/upload/link", json={"fileId": file_id, "userId": person.id})


def unlink(person: Person, file_id: str) -> httpx.Response:
    return person.http.delete(f"/api/files/documents/{file_id}", params={"userId": person.id})


def there(person: Person, file_id: str) -> bool:
    """Whether the file is. The query is for the edge, which may know an older answer."""
    return person.http.get(f"/api/files/documents/{file_id}/info?{uuid4().hex}").status_code == 200


def holds(person: Person) -> tuple[int, int]:
    """How many files a person has by the count, and by the list."""
    count = person.http.get("/api/stats", params={"userId": person.id}).json()
    listed = person.http.get(f"/api/upload/user/{person.id}", params={"limit": 1000, "cursor": ""}).json()["files"]
    assert count["totalSizeBytes"] == count["fileCount"] * len(BODY)
    return count["fileCount"], len(listed)


def test_two_who_complete_one_upload_make_one_file(people: list[Person]) -> None:
    ada = people[0]
    before, _ = holds(ada)
    upload = sent(ada)
    answers = at_once(*[partial(complete, ada, upload)] * 4)
    assert statuses(answers) == [200] * 4
    assert len({answer.text for answer in answers}) == 1
    assert holds(ada)[0] == before + 1
    assert complete(ada, upload).json() == answers[0].json()


def test_two_who_want_one_file_id_do_not_both_get_it(people: list[Person]) -> None:
    file_id = f"f-{uuid4().hex}"
    answers = at_once(partial(start, people[0], file_id), partial(start, people[1], file_id))
    assert statuses(answers) == [200, 409]
    (loser,) = (answer for answer in answers if answer.status_code == 409)
    assert loser.json()["error"] == "File id already in use"


def test_a_file_linked_twice_at_once_is_counted_once(people: list[Person]) -> None:
    owner, friend = people[0], people[1]
    file_id = uploaded(owner)
    before, _ = holds(friend)
    answers = at_once(*[partial(link, friend, file_id)] * 4)
    assert sorted(answer.json()["alreadyLinked"] for answer in answers) == [False, True, True, True]
    assert holds(friend)[0] == before + 1


def test_many_who_come_and_go_leave_the_count_exact(people: list[Person]) -> None:
    owner, others = people[0], people[1:]
    file_id = uploaded(owner)
    before = [holds(person) for person in others]

    def come_and_go(person: Person, times: int) -> httpx.Response:
        for _ in range(times):
            assert link(person, file_id).json() == {"success": True, "alreadyLinked": False}
            gone = unlink(person, file_id)
            assert gone.status_code == 200, gone.text
        return link(person, file_id)

    answers = at_once(*(partial(come_and_go, person, 2) for person in others))
    assert statuses(answers) == [200] * len(others)
    assert [holds(person) for person in others] == [(files + 1, files + 1) for files, _ in before]

    # Each of them is one owner, no more and no less: the file goes with the last, and not before.
    answers = at_once(*(partial(unlink, person, file_id) for person in others))
    assert statuses(answers) == [200] * len(others)
    assert [holds(person) for person in others] == before
    assert there(owner, file_id)
    assert unlink(owner, file_id).status_code == 200
    assert not there(owner, file_id)
    assert unlink(owner, file_id).status_code == 404


@pytest.mark.parametrize("go", range(3))
def test_a_link_that_meets_the_last_owner_leaving_works_or_finds_nothing(people: list[Person], go: int) -> None:
    owner, friend = people[2], people[3]
    file_id = uploaded(owner)
    before, _ = holds(friend)
    left, linked = at_once(partial(unlink, owner, file_id), partial(link, friend, file_id))
    assert (left.status_code, linked.status_code) == (200, 200)
    got = linked.json()["success"]
    assert holds(friend)[0] == before + got
    assert there(friend, file_id) == got


def test_everybodys_rating_counts_once(people: list[Person]) -> None:
    file_id = uploaded(people[0])

    def rate(person: Person, rating: int) -> httpx.Response:
        return person.http.post(f"/api/ratings/{file_id}", json={"rating": rating, "user_id": person.id})

    given = [1, 2, 3, 4, 5, 5]
    answers = at_once(*(partial(rate, person, rating) for person, rating in zip(people, given, strict=True)))
    assert statuses(answers) == [200] * len(people)
    assert rate(people[0], given[0]).status_code == 200  # one's own list is up to date at once, the others' soon
    assert ranked(people[0], file_id) == (6, round(sum(given) / 6, 1))

    # One person in many tabs still counts once: the last of their ratings is the one that stands.
    answers = at_once(*(partial(rate, people[0], rating) for rating in (1, 2, 3, 4, 5)))
    assert statuses(answers) == [200] * 5
    query = {"user_id": people[0].id, "at": uuid4().hex}
    stands = people[0].http.get(f"/api/ratings/{file_id}", params=query).json()["userRating"]
    assert rate(people[0], stands).status_code == 200
    assert ranked(people[0], file_id) == (6, round((sum(given[1:]) + stands) / 6, 1))


def test_the_top_list_is_exact_soon_after_everybody_rated_everything_at_once(people: list[Person]) -> None:
    files = [uploaded(people[0]) for _ in range(4)]
    given = {(n, person.id): 1 + (n + at) % 5 for n in range(4) for at, person in enumerate(people)}

    def rate_all(person: Person) -> httpx.Response:
        for n, file_id in enumerate(files):
            rating = {"rating": given[n, person.id], "user_id": person.id}
            answer = person.http.post(f"/api/ratings/{file_id}", json=rating)
            assert answer.status_code == 200, answer.text
        return answer

    at_once(*(partial(rate_all, person) for person in people))
    sums = [sum(given[n, person.id] for person in people) for n in range(4)]
    expected = {
        file_id: (len(people), round(total / len(people), 1)) for file_id, total in zip(files, sums, strict=True)
    }
    until = time.monotonic() + 60  # what met another change is left to a worker, which gathers ten seconds of them
    while (found := dict(top_list(people[0], files))) != expected and time.monotonic() < until:
        time.sleep(0.5)
    assert found == expected
    order = [file_id for file_id, _ in top_list(people[0], files)]
    assert order == sorted(files, key=lambda file_id: (expected[file_id][1], file_id), reverse=True)


def top_list(person: Person, files: list[str]) -> list[tuple[str, tuple[int, float]]]:
    """Those of `files` that the top ten shows, best first, with their number of ratings and average."""
    query = {"category": "documents", "at": uuid4().hex}
    top = person.http.get("/api/ratings/top10", params=query).json()["top10"]
    return [(row["file_id"], (row["ratingCount"], row["averageRating"])) for row in top if row["file_id"] in files]


def ranked(person: Person, file_id: str) -> tuple[int, float]:
    """A file's number of ratings and average, as the top ten has it."""
    query = {"category": "documents", "at": uuid4().hex}
    top = person.http.get("/api/ratings/top10", params=query).json()["top10"]
    (row,) = (row for row in top if row["file_id"] == file_id)
    return row["ratingCount"], row["averageRating"]


def test_one_address_is_registered_once(platform: str) -> None:
    email = f"twin-{uuid4().hex[:8]}@example.com"

    def register(n: int) -> httpx.Response:
        body = {"username": f"twin{n}-{uuid4().hex[:8]}", "email": email, "password": PASSWORD}
        return httpx.post(f"{platform}/auth/register", json=body, timeout=60)

    answers = at_once(*(partial(register, n) for n in range(4)))
    assert statuses(answers) == [201, 400, 400, 400]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 400} == {"EMAIL_TAKEN"}
    (made,) = (answer.json()["userId"] for answer in answers if answer.status_code == 201)
    opened = httpx.post(f"{platform}/api/v1/auth/login", json={"email": email, "password": PASSWORD}, timeout=60)
    token = opened.json()["access_token"]
    me = httpx.get(f"{platform}/users/me", headers={"authorization": f"Bearer {token}"}, timeout=60)
    assert me.json()["id"] == made


def test_one_name_is_registered_once(platform: str) -> None:
    name = f"twin-{uuid4().hex[:8]}"

    def register(n: int) -> httpx.Response:
        body = {"username": name, "email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        return httpx.post(f"{platform}/auth/register", json=body, timeout=60)

    answers = at_once(*(partial(register, n) for n in range(2)))
    assert statuses(answers) == [201, 400]


def test_a_refresh_token_used_twice_at_once_ends_the_session(people: list[Person], platform: str) -> None:
    opened = httpx.post(
        f"{platform}/api/v1/auth/login", json={"email": people[0].email, "password": PASSWORD}, timeout=60
    ).json()

    def refresh(token: str) -> httpx.Response:
        return httpx.post(f"{platform}/api/v1/auth/refresh", json={"refresh_token": token}, timeout=60)

    answers = at_once(*[partial(refresh, opened["refresh_token"])] * 2)
    assert statuses(answers) == [200, 401]
    (new,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert refresh(new["refresh_token"]).status_code == 401
    for token in (opened["access_token"], new["access_token"]):
        me = httpx.get(f"{platform}/users/me", headers={"authorization": f"Bearer {token}"}, timeout=60)
        assert me.status_code == 401
    assert people[0].http.get("/users/me").status_code == 200  # another session of the same person
