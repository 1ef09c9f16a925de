"""Many requests for one thing in the same moment, and what is there afterwards, exactly."""

import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

from scripts.adversary.target import PASSWORD, Person, Tally, Target, at_once

MANY = 30
PEOPLE = 6
ALLOWED = 10  # wrong passwords for one address from one place, then 429


def attack(target: Target, tally: Tally, many: int = MANY) -> None:
    people = [Person(target, f"many{number}") for number in range(PEOPLE)]
    races: list[Callable[[Target, Tally, list[Person], int], None]] = [
        *(completed_at_once, linked_at_once, linked_while_deleted, rated_at_once, registered_at_once),
        *(refreshed_at_once, begun_at_once, revoked_while_used),
    ]
    for race in races:
        if target.left() > 0:
            race(target, tally, people, many)
    if target.counts_requests:
        guessed_at_once(target, tally, people, many)
    else:
        tally.note = "no limits, so passwords were not guessed"


def statuses(answers: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def expect(tally: Tally, what: str, found: Any, wanted: Any) -> None:
    tally.held(found == wanted, f"{what}: {found}, not {wanted}")


def completed_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    ada = people[0]
    before = ada.usage()
    begun = ada.sent(uuid.uuid4().bytes)
    answers = at_once([partial(ada.complete, begun)] * many)
    tally.tried += many
    expect(tally, "completing one upload", statuses(answers), {200: many})
    expect(tally, "its answers", len({answer.text for answer in answers}), 1)
    expect(tally, "files after completing one upload", ada.usage(), (before[0] + 1, before[1] + 1))


def link(person: Person, file_id: str) -> httpx.Response:
    return person.ask("POST", "/api/upload/link", json={"fileId": file_id, "userId": person.id})


def unlink(person: Person, file_id: str) -> httpx.Response:
    return person.ask("DELETE", f"/api/files/documents/{file_id}", params={"userId": person.id})


def linked_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    owner, friend = people[:2]
    file_id = owner.upload(uuid.uuid4().bytes)
    before = friend.usage()
    answers = at_once([partial(link, friend, file_id)] * many)
    tally.tried += 2 * many
    new = sum(answer.json().get("alreadyLinked") is False for answer in answers)
    expect(tally, "linking one file: new links", new, 1)
    expect(tally, "files after linking one", friend.usage(), (before[0] + 1, before[1] + 1))
    expect(tally, "unlinking it", statuses(at_once([partial(unlink, friend, file_id)] * many)), {200: 1, 404: many - 1})
    expect(tally, "files after unlinking it", friend.usage(), before)
    expect(tally, "the owner still has it", owner.ask("GET", f"/api/files/documents/{file_id}/info").status_code, 200)


def linked_while_deleted(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    owner, friends = people[0], people[1:]
    file_id = owner.upload(uuid.uuid4().bytes)
    before = {friend.id: friend.usage() for friend in friends}
    calls = [partial(unlink, owner, file_id)]
    calls += [partial(link, friends[number % len(friends)], file_id) for number in range(many - 1)]
    deleted, *answers = at_once(calls)
    tally.tried += many
    expect(tally, "deleting what others link", deleted.status_code, 200)
    got = {friends[n % len(friends)].id for n, answer in enumerate(answers) if answer.json()["success"]}
    for friend in friends:
        count = before[friend.id][0] + (friend.id in got)
        expect(tally, "files after linking what its owner deletes", friend.usage(), (count, count))
    there = owner.ask("GET", f"/api/files/documents/{file_id}/info", params={"at": uuid.uuid4().hex})
    expect(tally, "the file is there as long as somebody has it", there.status_code, 200 if got else 404)


def rated_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    file_id = people[0].upload(uuid.uuid4().bytes)

    def rate(number: int) -> httpx.Response:
        person = people[number % len(people)]
        return person.ask("POST", f"/api/ratings/{file_id}", json={"rating": 1 + number % 5, "user_id": person.id})

    answers = at_once([partial(rate, number) for number in range(many)])
    tally.tried += many
    expect(tally, "rating", statuses(answers), {200: many})
    found = []
    for person in people:
        query = {"user_id": person.id, "at": uuid.uuid4().hex}
        found.append(person.ask("GET", f"/api/ratings/{file_id}", params=query).json())
    average = sum(one["userRating"] for one in found) / len(found)
    expect(tally, "everybody's average", {abs(one["averageRating"] - average) <= 0.05 for one in found}, {True})


def registered_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    email = f"{uuid.uuid4().hex}@example.com"

    def register(number: int) -> httpx.Response:
        made = {"username": f"{number}-{uuid.uuid4().hex[:12]}", "email": email, "password": PASSWORD}
        return target.ask("POST", "/auth/register", json=made)

    answers = at_once([partial(register, number) for number in range(many)])
    tally.tried += many
    expect(tally, "registering one address", statuses(answers), {201: 1, 400: many - 1})


def refreshed_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    token, refresh = people[0].sign_in()

    def again(sent: str = refresh) -> httpx.Response:
        return target.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": sent})

    answers = at_once([again] * many)
    tally.tried += many
    good = [answer.json() for answer in answers if answer.status_code == 200]
    expect(tally, "refreshing with one token", statuses(answers), {200: 1, 401: many - 1})
    for one in good:
        expect(tally, "the session after a replay", again(one["refresh_token"]).status_code, 401)
    for one in (token, *(pair["access_token"] for pair in good)):
        me = target.ask("GET", "/users/me", {"authorization": f"Bearer {one}"})
        expect(tally, "a token of the session after a replay", me.status_code, 401)


def begun_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    file_id = f"a-{uuid.uuid4().hex}"
    answers = at_once([partial(people[number % len(people)].init, file_id, 100) for number in range(many)])
    tally.tried += many
    expect(tally, "beginning one file id", {answer.status_code for answer in answers} <= {200, 409}, True)
    winners = {number % len(people) for number, answer in enumerate(answers) if answer.status_code == 200}
    expect(tally, "accounts that got one file id", len(winners), 1)


def revoked_while_used(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    ada = people[0]
    key, key_id = ada.key()
    use = partial(target.ask, "GET", "/users/me", {"x-api-key": key})
    answers = at_once([partial(ada.ask, "DELETE", f"/api-keys/{key_id}"), *[use] * (many - 1)])
    tally.tried += many
    expect(tally, "revoking a key in use", answers[0].status_code, 200)
    expect(tally, "using it meanwhile", {answer.status_code for answer in answers[1:]} <= {200, 401}, True)
    expect(tally, "using it afterwards", statuses(at_once([use] * many)), {401: many})


def guessed_at_once(target: Target, tally: Tally, people: list[Person], many: int) -> None:
    def guess(number: int) -> httpx.Response:
        return target.ask("POST", "/api/v1/auth/login", json={"email": people[1].email, "password": f"guess {number}"})

    answers = at_once([partial(guess, number) for number in range(many)])
    tally.tried += many
    expect(tally, "guessing a password", statuses(answers), {401: ALLOWED, 429: many - ALLOWED})
    right = target.ask("POST", "/api/v1/auth/login", json={"email": people[1].email, "password": PASSWORD})
    expect(tally, "the right password after too many guesses", right.status_code, 429)
    target.limited -= many - ALLOWED + 1  # those were meant
