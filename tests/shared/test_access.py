"""Who may call: roles, scopes, API keys, checks, and the one gate before writes that a cookie authorises."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from shared.accounts import accounts, keys, sessions
from shared.accounts.accounts import Role
from shared.accounts.keys import Scope
from shared.table import Update
from shared.tables import ACCOUNTS
from tests.conftest import Person
from tests.shared.test_frame import client

Scopes = tuple[Scope, ...]


def promoted(person: Person, role: Role) -> None:
    ACCOUNTS.write(Update(accounts.profile_key(person.id), set={"role": role}))


@pytest.mark.parametrize(
    ("role", "moderator", "admin"), [("user", 403, 403), ("moderator", 200, 403), ("admin", 200, 200)]
)
def test_a_role_opens_what_lies_below_it(ada: Person, role: Role, moderator: int, admin: int) -> None:
    promoted(ada, role)
    with client(authorization=f"Bearer {ada.token}") as http:
        assert http.get("/moderator").status_code == moderator
        assert http.get("/admin").status_code == admin


@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_an_api_key_never_carries_administrator_rights(ada: Person, header: str) -> None:
    promoted(ada, "admin")
    secret, _ = keys.create(ada.id, 1, "key")
    with client(**{header: secret if header == "x-api-key" else f"Bearer {secret}"}) as http:
        assert http.get("/mine").json() == {"caller": ada.id}
        assert http.get("/admin").status_code == 403
        assert http.get("/moderator").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "reads", "writes", "looks"),
    [(("read",), 200, 403, 200), (("write",), 403, 200, 403), (("read", "write"), 200, 200, 200)],
)
def test_a_key_does_what_its_scopes_say(ada: Person, scopes: Scopes, reads: int, writes: int, looks: int) -> None:
    secret, _ = keys.create(ada.id, 1, "key", scopes=scopes)
    with client(**{"x-api-key": secret}) as http:
        assert http.get("/mine").status_code == reads
        assert http.head("/mine").status_code == reads
        assert http.post("/write").status_code == writes
        assert http.post("/look").status_code == looks  # a POST that declares itself a reading


def test_what_is_done_in_person_no_key_does(ada: Person) -> None:
    secret, _ = keys.create(ada.id, 1, "key")
    refused = client(**{"x-api-key": secret}).get("/in-person")
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert "sign in" in refused.json()["details"]["message"]
    assert client(authorization=f"Bearer {ada.token}").get("/in-person").status_code == 200


def test_two_different_credentials_are_refused(ada: Person, bob: Person) -> None:
    secret, _ = keys.create(ada.id, 1, "key")
    other, _ = keys.create(ada.id, 1, "other")
    pairs = [(ada.token, secret), (bob.token, secret), ("x.y.z", secret), (other, secret), (ada.token, "bob_x")]
    for bearer, key in pairs:
        both = {"authorization": f"Bearer {bearer}", "x-api-key": key}
        assert client(**both).get("/mine").status_code == 401, both
    assert client(authorization=f"Bearer {secret}", **{"x-api-key": secret}).get("/mine").status_code == 200


@pytest.mark.parametrize("nothing", ["Bearer null", "Bearer undefined", "Bearer", "Bearer ", "bearer  "])
def test_a_bearer_that_names_none_counts_as_none(ada: Person, nothing: str) -> None:
    with client(authorization=nothing) as http:
        assert http.get("/mine").status_code == 401
        assert http.get("/limited").json() == {"caller": None}
        cookie = {"cookie": f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"}
        assert http.get("/mine", headers=cookie).json() == {"caller": ada.id}
        foreign = cookie | {"sec-fetch-site": "cross-site"}
        assert http.post("/write", headers=foreign).status_code == 403  # it is the cookie that would authorise


@pytest.mark.parametrize("path", ["/write", "/open", "/free", "/limited", "/once"])
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}])
def test_the_gate_is_before_every_write_with_a_cookie(ada: Person, path: str, headers: dict[str, str]) -> None:
    """Also where a route looks at no credentials itself: a handler may read the cookie."""
    cookie = f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"
    body = {"name": "x"}
    assert client(cookie=cookie, **headers).post(path, json=body).status_code == 403
    assert client(cookie=cookie, **headers).get("/mine").status_code == 200
    assert client(**headers).post("/free", json=body).status_code == 200
    bearer = client(cookie=cookie, authorization=f"Bearer {ada.token}", **headers)
    assert bearer.post("/write", json=body).status_code == 200  # a token is not sent unless somebody means it


def test_a_check_of_its_own_sees_the_body_before_it_is_parsed(http: httpx.Client) -> None:
    assert client(**{"x-signature": "3"}).post("/signed", content=b"abc").json() == {"bytes": 3}
    refused = client(**{"x-signature": "4"}).post("/signed", content=b"abc")
    assert (refused.status_code, refused.json()["error"]) == (403, "Bad signature")


def test_a_plan_and_a_role_reach_the_caller(ada: Person, person: Callable[[str], Person]) -> None:
    from shared.accounts import caller

    ACCOUNTS.write(Update(accounts.profile_key(ada.id), set={"plan": "viral", "role": "moderator"}))
    found = caller.of_credential(ada.token)
    expected: dict[str, Any] = {"plan": "viral", "role": "moderator", "via": "bearer"}
    assert {name: getattr(found, name) for name in expected} == expected
    secret, _ = keys.create(ada.id, 1, "key", scopes=["read"])
    by_key = caller.of_credential(secret)
    told: list[Any] = [by_key.plan, by_key.role, by_key.scopes, by_key.via]
    assert told == ["viral", "user", {"read"}, "key"]
    assert caller.of_credential(person("carol").token).plan == "free"
