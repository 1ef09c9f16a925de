"""Accounts, sessions, tokens and keys: every door, and every way to stand before a closed one."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import jwt
import pytest
from argon2 import PasswordHasher

from functions.accounts import app
from functions.accounts.doors import WRONG_HERE
from shared import clock
from shared.accounts import accounts, keys, passwords, sessions, tokens
from shared.table import Table, Update
from shared.tables import TRAFFIC
from shared.web.limits import Limit, peek, spend
from tests.conftest import Person
from tests.transport import Gateway

ADA = {"username": "ada_l", "email": "Ada@Example.com", "password": "strong-password", "displayName": "Ada"}
SECRET = "a secret of the tests, 32 bytes or more"


def register(http: httpx.Client, **change: Any) -> httpx.Response:
    return http.post("/auth/register", json=ADA | change)


def login(http: httpx.Client, password: str = "strong-password", email: str = "ada@example.com") -> httpx.Response:
    return http.post("/api/v1/auth/login", json={"email": email, "password": password})


def me(http: httpx.Client, token: str) -> int:
    return http.get("/users/me", headers={"authorization": f"Bearer {token}"}).status_code


def test_a_person_registers_and_is_known(http: httpx.Client) -> None:
    made = register(http)
    assert made.status_code == 201
    assert made.json()["message"]
    opened = login(http).json()
    assert opened["expires_in"] == 3600
    assert opened["token_type"].lower() == "bearer"
    shown = http.get("/users/me", headers={"authorization": f"Bearer {opened['access_token']}"}).json()
    assert shown["id"] == made.json()["userId"]
    assert (shown["email"], shown["username"], shown["displayName"]) == ("ada@example.com", "ada_l", "Ada")
    assert "password" not in json.dumps(shown)


def test_a_taken_address_or_name_is_a_400_that_names_it(http: httpx.Client) -> None:
    register(http)
    address = register(http, username="another", email="ada@EXAMPLE.com ".strip())
    assert (address.status_code, address.json()["code"]) == (400, "EMAIL_TAKEN")
    assert address.json()["details"]["field"] == "email"
    name = register(http, email="other@example.com", username="ADA_L")
    assert (name.status_code, name.json()["details"]["field"]) == (400, "username")
    assert register(http, email="other@example.com", username="another").status_code == 201  # nothing half done


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "a@b\r\n.com"}, "email"),
        ({"email": "ada@example.com\n"}, "email"),
        ({"username": "ada_l\n"}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"username": "x" * 33}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": None}, "username"),
        ({"displayName": "x" * 33}, "displayName"),
    ],
)
def test_a_wrong_registration_names_the_field(http: httpx.Client, change: dict[str, Any], field: str) -> None:
    answer = register(http, **change)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert answer.json()["code"] == "VALIDATION_ERROR"


def test_under_api_v1_a_wrong_body_is_422_in_the_nested_shape(http: httpx.Client) -> None:
    answer = http.post("/api/v1/auth/login", json={"email": "a@b.c"})
    assert answer.status_code == 422
    expected = {"code": "VALIDATION_ERROR", "message": "Missing password"}
    assert expected.items() <= answer.json()["error"].items()
    assert answer.json()["error"]["details"] == {"field": "password", "constraint": "required"}
    malformed = http.post("/api/v1/auth/login", content=b"{", headers={"content-type": "application/json"})
    assert malformed.status_code == 400


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(http: httpx.Client) -> None:
    register(http)
    wrong, unknown = login(http, "wrong-password"), login(http, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_guessing_is_stopped_without_stopping_the_owner_elsewhere(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now() // 900 * 900 + 10  # well inside one window
    monkeypatch.setattr(clock, "now", lambda: moment)
    register(http)
    for _ in range(10):
        assert login(http, "wrong-password").status_code == 401
    stopped = login(http)
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > 0
    assert stopped.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    with httpx.Client(transport=Gateway("198.51.100.7"), base_url="https://bobine.test") as home:
        assert login(home).status_code == 200


def test_a_right_password_is_no_offence(http: httpx.Client) -> None:
    register(http)
    for _ in range(12):
        assert login(http).status_code == 200


def test_a_try_is_counted_before_it_is_checked(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty at the same moment are no more than thirty in a row: none sees a count that is not yet written."""
    moment = clock.now() // 900 * 900 + 10
    monkeypatch.setattr(clock, "now", lambda: moment)
    register(http)
    counted: list[int] = []
    matches = passwords.matches

    def count(password: str, stored: str) -> bool:
        counted.append(peek(WRONG_HERE, written[0]))
        return matches(password, stored)

    written: list[str] = []
    spending = spend

    def note(limits: Sequence[Limit], who: str) -> dict[str, str]:
        written.append(who)
        return spending(limits, who)

    monkeypatch.setattr("functions.accounts.doors.spend", note)
    monkeypatch.setattr(passwords, "matches", count)
    assert login(http, "wrong-password").status_code == 401
    assert counted == [9]


def test_with_limits_off_guessing_is_not_counted_either(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMITS", "off")
    register(http)
    for _ in range(11):
        assert login(http, "wrong-password").status_code == 401
    assert login(http).status_code == 200


# ---- tokens


def test_a_refresh_token_is_good_once_and_a_replay_revokes_the_session(http: httpx.Client) -> None:
    register(http)
    first = login(http).json()
    second = http.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).json()
    assert me(http, second["access_token"]) == 200
    replay = http.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert replay.status_code == 401
    assert me(http, second["access_token"]) == 401
    assert http.post("/api/v1/auth/refresh", json={"refresh_token": second["refresh_token"]}).status_code == 401


def test_logging_out_ends_the_session_at_once(http: httpx.Client) -> None:
    register(http)
    opened, other = login(http).json(), login(http).json()
    bearer = {"authorization": f"Bearer {opened['access_token']}"}
    assert http.post("/api/v1/auth/logout", headers=bearer).status_code == 200
    assert me(http, opened["access_token"]) == 401
    assert me(http, other["access_token"]) == 200
    for path in ("/api/v1/auth/logout", "/auth/logout"):  # what has ended already is no error, and nothing of it stays
        again = http.post(path, headers=bearer)
        assert (again.status_code, "Max-Age=0" in again.headers["set-cookie"]) == (200, True)
    assert me(http, other["access_token"]) == 200


@pytest.mark.parametrize(
    "email",
    [
        "x<ada@example.com>",
        "ada,eve@example.com",
        "ada@example.com,eve.test",
        "ada;eve@example.com",
        '"ada"@example.com',
        "ada..l@example.com",
        ".ada@example.com",
        "ada(l)@example.com",
        "é@example.com",
        "mi\u212ae@example.com",
        "ada@example..com",
        "ada@-example.com",
        "ada@example.com.",
        "ada@[127.0.0.1]",
        f"{'a' * 65}@example.com",
        "ada@example.com\n",
    ],
)
def test_an_address_is_one_address_in_one_spelling(http: httpx.Client, email: str) -> None:
    refused = http.post("/auth/register", json={"username": "ada", "email": email, "password": "correct horse"})
    assert (refused.status_code, refused.json()["details"]["field"]) == (400, "email")


@pytest.mark.parametrize("email", ["o'neil+news@mail.example.co.uk", "a_b-c.d@xn--bcher-kva.example", "1@2.example"])
def test_unusual_addresses_are_taken(http: httpx.Client, email: str) -> None:
    new = {"username": "ada", "email": email, "password": "correct horse"}
    assert http.post("/auth/register", json=new).status_code == 201


@pytest.mark.parametrize("username", ["..", "__", ".-", "ada\n", "аda", "ada\u200b"])
def test_a_username_is_no_path_and_looks_like_no_other(http: httpx.Client, username: str) -> None:
    new = {"username": username, "email": "ada@example.com", "password": "correct horse"}
    assert http.post("/auth/register", json=new).status_code == 400


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "a\u0000b", "a\u2028b", "\ufeff", "a\u200bb"])
def test_a_name_is_one_visible_line(http: httpx.Client, ada: Person, name: str) -> None:
    new = {"username": "eve", "email": "eve@example.com", "password": "correct horse"}
    assert http.post("/auth/register", json=new | {"displayName": name}).status_code == 400
    signup = {"email": "eve@example.com", "password": "correct horse", "name": name}
    assert http.post("/api/auth/signup", json=signup).status_code == 400
    assert ada.http.patch("/users/me", json={"displayName": name}).status_code == 400


def test_spaces_around_a_name_are_none_of_it(http: httpx.Client, ada: Person) -> None:
    assert ada.http.patch("/users/me", json={"displayName": "  Ada   L. "}).json()["displayName"] == "Ada L."
    assert ada.http.patch("/users/me", json={"displayName": "   "}).status_code == 400
    new = {"username": "eve", "email": "eve@example.com", "password": "correct horse", "displayName": "  "}
    made = http.post("/auth/register", json=new).json()["userId"]
    assert accounts.get(made).name == "eve"


def test_new_accounts_from_one_place_are_restrained(http: httpx.Client, later: Callable[[float], None]) -> None:
    now = int(clock.now())
    made = {app.NEW.counter(now): app.NEW.requests}
    TRAFFIC.write(Update(("LIMIT#203.0.113.9", str(now // 3600)), add=made))  # as many requests would have left it
    refused = register(http)
    assert (refused.status_code, refused.headers["x-ratelimit-reset"]) == (429, str(app.NEW.ends(now)))
    later(3600)
    assert register(http).status_code == 201


def test_an_unknown_address_costs_the_same_questions_and_the_same_hash(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a process's first request on: nothing is hashed to have something to compare with."""
    register(http)
    asked: list[str] = []
    look, verify = Table.get, PasswordHasher.verify

    def looking(self: Table, pk: str, sk: str) -> Any:
        asked.append(sk)
        return look(self, pk, sk)

    def verifying(self: PasswordHasher, stored: str, said: str) -> bool:
        asked.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(self, stored, said)

    monkeypatch.setattr(Table, "get", looking)
    monkeypatch.setattr(PasswordHasher, "verify", verifying)
    monkeypatch.setattr(PasswordHasher, "hash", None)
    seen = []
    for email in ("ada@example.com", "who@example.com"):
        asked.clear()
        assert login(http, email=email, password="not it").status_code == 401
        seen.append(list(asked))
    assert seen[0] == seen[1]
    assert any("argon2id" in one for one in seen[0])


def test_when_a_key_was_used_last_is_told_to_the_minute(
    ada: Person, http: httpx.Client, later: Callable[[float], None]
) -> None:
    secret = ada.http.post("/api-keys", json={"name": "a program"}).json()["key"]
    assert ada.http.get("/api-keys").json()[0]["lastUsedAt"] is None
    assert http.get("/users/me", headers={"x-api-key": secret}).status_code == 200
    first = ada.http.get("/api-keys").json()[0]["lastUsedAt"]
    assert first is not None
    later(30)
    http.get("/users/me", headers={"x-api-key": secret})
    assert ada.http.get("/api-keys").json()[0]["lastUsedAt"] == first
    later(31)
    http.get("/users/me", headers={"x-api-key": secret})
    assert ada.http.get("/api-keys").json()[0]["lastUsedAt"] > first
    assert ada.http.get("/users/me/export").json()["apiKeys"][0]["lastUsedAt"] > first


@pytest.mark.parametrize("text", ["", " ", "tomorrow", "2020-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01"])
def test_a_key_without_an_end_is_never_made_by_a_slip(ada: Person, text: str) -> None:
    refused = ada.http.post("/api-keys", json={"name": "k", "expiresAt": text})
    assert (refused.status_code, refused.json()["details"]["field"]) == (400, "expiresAt")
    assert ada.http.get("/api-keys").json() == []


def test_a_date_without_a_zone_is_utcs(ada: Person) -> None:
    made = ada.http.post("/api-keys", json={"name": "k", "expiresAt": "2999-01-01"})
    assert made.json()["expiresAt"] == "2999-01-01T00:00:00.000Z"


def test_an_expired_token_is_refused(http: httpx.Client, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    old = clock.now() - 3700
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: old)
        session = sessions.open_for(ada.id, 1)
    assert me(http, session.access_token) == 401


def forged() -> list[str]:
    claims = {"use": "access", "sub": "id-of-ada", "sid": "s", "iat": 0, "exp": 9_999_999_999}
    nothing = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return [
        "x",
        "a.b.c",
        f"{nothing}.{body}.",
        jwt.encode(claims, "another secret, also of 32 bytes and more", algorithm="HS256"),
        jwt.encode(claims, SECRET, algorithm="HS256"),  # ours, but of no session
        jwt.encode(claims | {"use": "session"}, SECRET, algorithm="HS256"),
        jwt.encode({"use": "access", "sub": "id-of-ada", "sid": "s"}, SECRET, algorithm="HS256"),  # without an end
        jwt.encode({**claims, "sub": ["id-of-ada"]}, SECRET, algorithm="HS256"),
        "é",
    ]


@pytest.mark.parametrize("token", forged())
def test_a_forged_token_is_refused(http: httpx.Client, ada: Person, token: str) -> None:
    answer = http.get("/users/me", headers={b"authorization": f"Bearer {token}".encode()})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "nonsense"])
def test_another_scheme_is_refused(http: httpx.Client, header: str) -> None:
    assert http.get("/users/me", headers={"authorization": header}).status_code == 401


def test_one_kind_of_token_does_not_pass_for_another(http: httpx.Client, ada: Person) -> None:
    opened = sessions.open_for(ada.id, 1)
    assert me(http, opened.refresh_token) == 401
    assert me(http, opened.cookie) == 401
    assert (
        http.get("/users/me", headers={"cookie": f"next-auth.session-token={opened.access_token}"}).status_code == 401
    )


# ---- the cookie


def test_the_cookie_door(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    register(http)
    answer = http.post("/auth/login", json={"email": "ada@example.com", "password": "strong-password"})
    assert answer.json()["message"] == "User logged in successfully"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("next-auth.session-token=")
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert http.get("/users/me").status_code == 200
    assert http.post("/auth/refresh", json={}).status_code == 200
    gone = http.post("/auth/logout")
    assert "Max-Age=0" in gone.headers["set-cookie"]
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:8000")
    answer = http.post("/auth/login", json={"email": "ada@example.com", "password": "strong-password"})
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://bobine.test"}, 200),
        ({}, 200),  # not a browser
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.test"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_foreign_page_cannot_write_with_the_cookie(
    http: httpx.Client, ada: Person, headers: dict[str, str], status: int
) -> None:
    cookie = {"cookie": f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"}
    body = {"current_time": 1, "duration": 2, "user_id": ada.id}
    assert http.post("/api/watch-progress/film-1", json=body, headers=cookie | headers).status_code == status
    assert http.get("/users/me", headers=cookie | headers).status_code == 200  # reading gives a foreign page nothing


def test_what_is_sent_is_checked_even_beside_a_good_cookie(http: httpx.Client, ada: Person) -> None:
    cookie = f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"
    assert http.get("/users/me", headers={"cookie": cookie, "authorization": "Bearer x"}).status_code == 401


# ---- API keys


def test_a_key_is_shown_once_works_and_can_be_revoked(ada: Person, bob: Person, http: httpx.Client) -> None:
    made = ada.http.post("/api-keys", json={"name": "uploader"})
    assert made.status_code == 201
    key = made.json()["key"]
    listed = ada.http.get("/api-keys").json()
    assert [one["name"] for one in listed] == ["uploader"]
    assert key not in json.dumps(listed)
    for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
        assert http.get("/users/me", headers=headers).json()["id"] == ada.id
    assert http.get("/users/me", headers={"x-api-key": key[:-1] + "!"}).status_code == 401
    assert http.get("/users/me", headers={"x-api-key": "bob_"}).status_code == 401
    assert bob.http.delete(f"/api-keys/{made.json()['id']}").status_code == 404
    assert ada.http.delete(f"/api-keys/{made.json()['id']}").status_code == 200
    assert http.get("/users/me", headers={"x-api-key": key}).status_code == 401


def test_a_key_reads_only_when_it_was_made_so(ada: Person, http: httpx.Client) -> None:
    made = ada.http.post("/api-keys", json={"name": "reader", "scopes": ["read", "read"]}).json()
    assert made["scopes"] == ["read"]
    assert ada.http.post("/api-keys", json={"name": "both"}).json()["scopes"] == ["read", "write"]
    key = {"x-api-key": made["key"]}
    assert http.get("/users/me", headers=key).status_code == 200
    body = {"current_time": 1, "duration": 2, "user_id": ada.id}
    assert http.post("/api/watch-progress/film-1", json=body, headers=key).status_code == 403
    for wrong in ([], ["admin"], "read", None):
        refused = ada.http.post("/api-keys", json={"name": "x", "scopes": wrong})
        assert (refused.status_code, refused.json()["details"]["field"][:6]) == (400, "scopes")


def test_a_key_makes_lists_and_revokes_no_keys(ada: Person, http: httpx.Client) -> None:
    made = ada.http.post("/api-keys", json={"name": "key"}).json()
    key = {"x-api-key": made["key"]}
    assert http.get("/api-keys", headers=key).status_code == 403
    assert http.post("/api-keys", json={"name": "another"}, headers=key).status_code == 403
    assert http.delete(f"/api-keys/{made['id']}", headers=key).status_code == 403
    assert http.post("/auth/logout", headers=key).status_code == 403
    assert len(ada.http.get("/api-keys").json()) == 1


def test_a_foreign_page_cannot_refresh_the_cookie(http: httpx.Client, ada: Person) -> None:
    cookie = {"cookie": f"next-auth.session-token={sessions.open_for(ada.id, 1).cookie}"}
    for headers, status in (({"sec-fetch-site": "cross-site"}, 403), ({"origin": "https://evil.test"}, 403), ({}, 200)):
        assert http.post("/auth/refresh", json={}, headers=cookie | headers).status_code == status
    refreshed = http.post("/auth/refresh", json={"refresh_token": sessions.open_for(ada.id, 1).refresh_token})
    assert {"message", "access_token", "refresh_token", "token_type", "expires_in"} <= refreshed.json().keys()


def test_registering_twice_with_one_idempotency_key_is_registering_once(http: httpx.Client) -> None:
    answers = [http.post("/auth/register", json=ADA, headers={"idempotency-key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert register(http).status_code == 400


def test_a_key_ends_when_it_was_told_to(ada: Person, http: httpx.Client) -> None:
    key, _ = keys.create(ada.id, 1, "brief", clock.now() - 1)
    assert http.get("/users/me", headers={"x-api-key": key}).status_code == 401
    late = ada.http.post("/api-keys", json={"name": "x", "expiresAt": "2001-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["details"]["field"]) == (400, "expiresAt")
    beyond = ada.http.post("/api-keys", json={"name": "x", "expiresAt": "9999-12-31T23:59:59-23:59"})  # 10000 in UTC
    assert (beyond.status_code, ada.http.get("/api-keys").status_code) == (400, 200)
    good = ada.http.post("/api-keys", json={"name": "x", "expiresAt": "2999-01-01T00:00:00Z"})
    assert good.json()["expiresAt"] == "2999-01-01T00:00:00.000Z"


def test_an_erased_account_opens_nothing(ada: Person, http: httpx.Client) -> None:
    account = accounts.find(ada.id)
    assert account is not None
    accounts.erase(account)
    assert me(http, ada.token) == 401
    assert accounts.by_email(ada.email) is None


def test_without_a_secret_the_server_says_it_is_misconfigured(
    http: httpx.Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JWT_SECRET")
    answer = http.get("/users/me", headers={"authorization": f"Bearer {ada.token}"})
    assert (answer.status_code, answer.json()["error"]) == (500, "Server misconfigured")
    assert tokens.ACCESS_SECONDS == 3600
