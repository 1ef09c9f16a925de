"""A second account that tries everything the API has with the first one's ids, and nobody who tries it, too.

What the API documents as open to whoever knows an id (bytes, info, linking) is no break-in; that anything of the first
account changes, or that its private values are told, is.
"""

import hashlib
import uuid
from typing import Any

from scripts.adversary.filled import Request, requests
from scripts.adversary.target import Person, Tally, Target

# What everybody may do to themselves, and would end the attack.
ENDING = {
    ("POST", "/auth/register"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/logout-all"),
    ("POST", "/api/v1/auth/logout"),
    ("POST", "/users/me/password"),
    ("DELETE", "/users/me"),
}
POSITION, LENGTH = 1234.5, 5432.0  # seconds, of a film she began


def attack(target: Target, tally: Tally) -> None:
    ada, bob = Person(target, "ada"), Person(target, "bob")
    body = uuid.uuid4().bytes * 64
    known, marks = things_of(ada, body)
    before = state(ada, known)
    for asked in requests(target.document, known):
        if (asked.method, asked.path) not in ENDING:
            as_another(tally, bob, asked, marks)
            tally.held(
                asked.method == "GET" or state(ada, known) == before, f"{asked} changed what is not its caller's"
            )
        if asked.needs_caller:
            answer = target.ask(asked.method, asked.path, asked.headers, **asked.sent())
            tally.held(answer.status_code in (400, 401, 429), f"nobody: {asked} {answer.status_code}")
    shared(tally, ada, bob, known, body)


def things_of(ada: Person, body: bytes) -> tuple[dict[str, Any], list[str]]:
    """Her ids by name, and what nobody else may be told."""
    film = ada.upload(body)
    ada.ask("POST", f"/api/files/{film}/metadata", json={"title": "hers"})
    place = {"current_time": POSITION, "duration": LENGTH, "user_id": ada.id}
    ada.ask("POST", f"/api/watch-progress/{film}", json=place)
    ada.ask("POST", f"/api/ratings/{film}", json={"rating": 5, "user_id": ada.id})
    open_upload = ada.init(f"a-{uuid.uuid4().hex}", 100).json()
    key, key_id = ada.key()
    known = {"fileid": film, "userid": ada.id, "uploadid": open_upload["uploadId"], "keyid": key_id}
    known |= {"category": "documents", "name": "master.m3u8", "filename": "a file", "partnumber": 1, "rating": 1}
    known |= {"title": "taken", "currenttime": 1, "duration": 2, "imageurl": "http://127.0.0.1:1/a.png", "size": 9}
    return known, [ada.email, key, str(POSITION), str(LENGTH)]


def state(ada: Person, known: dict[str, Any]) -> list[Any]:
    """Everything of hers that another could have changed."""
    film, fresh = known["fileid"], {"at": uuid.uuid4().hex}
    asked = [
        ("/users/me", {}),
        ("/api-keys", {}),
        (f"/api/upload/user/{ada.id}", fresh),
        ("/api/stats", {"userId": ada.id}),
        (f"/api/watch-progress/{film}", {}),
        (f"/api/ratings/{film}", {"user_id": ada.id}),
        (f"/api/upload/{known['uploadid']}/parts", {}),
    ]
    answers = [ada.ask("GET", path, params=query) for path, query in asked]
    return [(answer.status_code, answer.json()) for answer in answers]


def as_another(tally: Tally, bob: Person, asked: Request, marks: list[str]) -> None:
    answer = bob.ask(asked.method, asked.path, headers=asked.headers, **asked.sent())
    told = [mark for mark in marks if mark in answer.text]
    tally.held(not told, f"{asked} tells {told}")


def shared(tally: Tally, ada: Person, bob: Person, known: dict[str, Any], body: bytes) -> None:
    """A file that both have, by its hash or its id: letting go of it takes it from oneself alone."""
    film = known["fileid"]
    claimed = {"hash": hashlib.sha256(body).hexdigest()}
    bob.ask("POST", "/api/upload/check", json=claimed)
    linked = bob.ask("POST", "/api/upload/link", json={"fileId": film, "userId": bob.id}).json()
    tally.held(linked["success"], "a file that is here cannot be linked")
    before = state(ada, known)
    for user in (ada.id, bob.id, bob.id):
        bob.ask("DELETE", f"/api/files/documents/{film}", params={"userId": user})
        tally.held(state(ada, known) == before, f"deleting a shared file as {user} changed the other's")
    still = ada.ask("GET", f"/api/files/documents/{film}", params={"at": uuid.uuid4().hex})
    tally.held(still.content == body, "a shared file's bytes are gone with one of its owners")
    for user in (ada.id, bob.id):  # he has it no more
        gone = bob.ask("POST", f"/api/files/{film}/metadata", json={"title": "taken"})
        tally.held(gone.status_code == 403, f"describing a file one has let go of, as {user}: {gone.status_code}")
