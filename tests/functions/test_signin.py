"""Google sign-in against a wire-level fake of Google's certificate endpoint: real keys, real signatures."""

import datetime
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pyotp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from functions.signin import app, google
from shared import clock
from shared.accounts import accounts, keys, passwords, replay, sessions
from shared.errors import Unauthorized
from shared.tables import ACCOUNTS
from tests.conftest import Person
from tests.transport import Gateway

CLIENT = "client.apps.googleusercontent.com"


class Google:
    """Signs ID tokens, and serves the certificate they are checked with as https://www.googleapis.com/oauth2/v1/certs."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon")])
        start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        self.certs = {"kid-1": certificate.public_bytes(serialization.Encoding.PEM).decode()}
        self.asked, self.broken = 0, False

    def token(self, **claims: Any) -> str:
        now = int(clock.now())
        whole = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT,
            "sub": "1234567890",
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
            "picture": "https://img.test/ada.png",
            "iat": now,
            "exp": now + 3600,
        } | claims
        return jwt.encode(whole, self.key, algorithm="RS256", headers={"kid": "kid-1"})


@pytest.fixture
def google_fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    fake = Google()

    class Certificates(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked += 1
            body = json.dumps(fake.certs).encode()
            self.send_response(500 if fake.broken else 200)
            self.send_header("cache-control", "public, max-age=600")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Certificates)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("GOOGLE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("GOOGLE_CERTS_URL", f"http://127.0.0.1:{server.server_port}/certs")
    google._certificates.clear()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(http: httpx.Client, token: Any) -> httpx.Response:
    return http.post("/api/auth/google", json={"idToken": token})


def test_google_signs_a_new_person_in(http: httpx.Client, google_fake: Google) -> None:
    answer = sign_in(http, google_fake.token())
    assert answer.status_code == 200
    body = answer.json()
    assert body["success"] is True
    assert body["user"] == {
        "id": "1234567890",
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "picture": "https://img.test/ada.png",
        "email_verified": True,
    }
    assert "next-auth.session-token=" in answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"
    shown = http.get("/users/me", headers={"authorization": f"Bearer {body['token']}"})
    assert shown.json()["id"] == "1234567890"
    assert sign_in(http, google_fake.token()).json()["user"]["id"] == "1234567890"
    assert google_fake.asked == 1  # certificates are kept as long as Google allows


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 401)])
def test_the_token_lives_a_week_for_clients_that_never_refresh(
    http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch, days: float, status: int
) -> None:
    id_token, then = google_fake.token(), clock.now() - days * 86400
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: then)
        token = sign_in(http, id_token).json()["token"]
    assert http.get("/users/me", headers={"authorization": f"Bearer {token}"}).status_code == status


def test_signing_out_ends_the_token_before_its_week(http: httpx.Client, google_fake: Google) -> None:
    bearer = {"authorization": f"Bearer {sign_in(http, google_fake.token()).json()['token']}"}
    assert http.post("/auth/logout", headers=bearer).status_code == 200
    assert http.get("/users/me", headers=bearer).status_code == 401


def test_the_documented_errors(http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in ({}, {"idToken": ""}, {"idToken": None}, {"idToken": 7}):
        missing = http.post("/api/auth/google", json=body)
        assert (missing.status_code, missing.json()["error"]) == (400, "Missing idToken")
    monkeypatch.delenv("JWT_SECRET")
    broken = sign_in(http, google_fake.token())
    assert (broken.status_code, broken.json()["error"]) == (500, "Server misconfigured")


@pytest.mark.parametrize(
    "make",
    [
        lambda fake: "nonsense",
        lambda fake: fake.token(aud="somebody-else"),
        lambda fake: fake.token(iss="https://evil.test"),
        lambda fake: fake.token(exp=1),
        lambda fake: fake.token(email=None),
        lambda fake: Google().token(),
        lambda fake: jwt.encode({"sub": "1"}, "x" * 32, algorithm="HS256", headers={"kid": "kid-1"}),
        lambda fake: fake.token()[:-4] + "AAAA",
    ],
)
def test_a_token_google_did_not_make_for_us_is_refused(
    http: httpx.Client, google_fake: Google, make: Callable[[Google], str]
) -> None:
    answer = sign_in(http, make(google_fake))
    assert (answer.status_code, answer.json()["error"]) == (401, "Invalid Google token")


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é.é.é", "x" * 100_000, "." * 100_000])
def test_what_is_no_token_is_refused_though_google_is_not_set_up(http: httpx.Client, token: str) -> None:
    answer = sign_in(http, token)
    assert (answer.status_code, answer.json()["error"]) == (401, "Invalid Google token")


def test_google_out_of_reach_is_a_503(http: httpx.Client, google_fake: Google) -> None:
    google_fake.broken = True
    assert sign_in(http, google_fake.token()).status_code == 503


def test_google_joins_an_account_with_the_same_verified_address(http: httpx.Client, google_fake: Google) -> None:
    """Whoever squatted the address with a password keeps no key."""
    squatter = accounts.create("squatter", email="ada@example.com", password_hash=passwords.hashed("squatted-it"))
    old = sessions.open_for(squatter.id, 1).access_token
    answer = sign_in(http, google_fake.token())
    assert answer.json()["user"]["id"] == "squatter"
    assert http.get("/users/me", headers={"authorization": f"Bearer {old}"}).status_code == 401
    login = {"email": "ada@example.com", "password": "squatted-it"}
    assert http.post("/api/v1/auth/login", json=login).status_code == 401


def test_joining_a_verified_account_keeps_its_password(http: httpx.Client, google_fake: Google) -> None:
    accounts.create(
        "ada", email="ada@example.com", password_hash=passwords.hashed("my-own-password"), email_verified=True
    )
    assert sign_in(http, google_fake.token()).json()["user"]["id"] == "ada"
    login = {"email": "ada@example.com", "password": "my-own-password"}
    assert http.post("/api/v1/auth/login", json=login).status_code == 200


def joins(fake: Google) -> None:
    """What a request of the address's owner does, in the middle of somebody else's."""
    app.account_for(google.verify(fake.token()))


def squat() -> accounts.Account:
    return accounts.create("squatter", email="ada@example.com", password_hash=passwords.hashed("squatted-it"))


LOGIN = {"email": "ada@example.com", "password": "squatted-it"}


def test_a_squatters_api_key_ends_with_the_joining(http: httpx.Client, google_fake: Google) -> None:
    secret, _ = keys.create(squat().id, 1, "kept for later")
    assert http.get("/users/me", headers={"x-api-key": secret}).status_code == 200
    assert sign_in(http, google_fake.token()).status_code == 200
    assert http.get("/users/me", headers={"x-api-key": secret}).status_code == 401
    assert keys.of_account("squatter") == []


def test_joining_is_complete_though_it_is_cut_short(
    http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of the old era need not be gone for them to open nothing."""
    secret, _ = keys.create(squat().id, 1, "kept for later")
    opened = sessions.open_for("squatter", 1)
    with monkeypatch.context() as cut:
        cut.setattr(sessions, "revoke_all", lambda account_id: None)
        cut.setattr(keys, "revoke_all", lambda account_id: None)
        assert sign_in(http, google_fake.token()).status_code == 200
    with pytest.raises(Unauthorized):
        sessions.refresh(opened.refresh_token)
    for way in ({"x-api-key": secret}, {"authorization": f"Bearer {opened.access_token}"}):
        assert http.get("/users/me", headers=way).status_code == 401
    cookie = {"cookie": f"next-auth.session-token={opened.cookie}"}
    assert http.post("/auth/refresh", json={}, headers=cookie).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/auth/login"])
def test_a_password_sign_in_that_the_joining_overtakes_opens_nothing(
    http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The right password of a moment ago: checked, and before the session opens, the owner of the address arrives."""
    squat()
    matches = passwords.matches

    def slowly(password: str, stored: str) -> bool:
        right = matches(password, stored)
        joins(google_fake)
        return right

    monkeypatch.setattr(passwords, "matches", slowly)
    late = http.post(path, json=LOGIN)
    assert late.status_code == 401
    assert "set-cookie" not in late.headers
    assert ACCOUNTS.query("ACCOUNT#squatter", "SESSION#").items == []


def test_a_key_that_the_joining_overtakes_is_not_made(
    http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = {"authorization": f"Bearer {sessions.open_for(squat().id, 1).access_token}"}
    make = keys.create

    def late(*rest: Any) -> Any:
        joins(google_fake)
        return make(*rest)

    monkeypatch.setattr(keys, "create", late)
    assert http.post("/api-keys", json={"name": "late"}, headers=bearer).status_code == 401
    assert keys.of_account("squatter") == []


@pytest.mark.parametrize("existing", [True, False])
def test_who_is_overtaken_while_joining_looks_again(
    http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    """Two tabs of one person: both have looked before either has written."""
    if existing:
        squat()
    look, seen = accounts.by_email, list[str]()

    def overtaken(email: str) -> accounts.Account | None:
        found = look(email)
        seen.append(email)
        if len(seen) == 1:
            joins(google_fake)
        return found

    monkeypatch.setattr(accounts, "by_email", overtaken)
    answer = sign_in(http, google_fake.token())
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == ("squatter" if existing else "1234567890")
    shown = http.get("/users/me", headers={"authorization": f"Bearer {answer.json()['token']}"})
    assert shown.status_code == 200


def test_an_id_token_is_good_once(http: httpx.Client, google_fake: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    token, another = google_fake.token(), google_fake.token(jti="2")
    assert sign_in(http, token).status_code == 200
    assert sign_in(http, token).status_code == 200  # the answer got lost, and the same client asks again
    elsewhere = httpx.Client(transport=Gateway("198.51.100.7"), base_url="https://bobine.test")
    refused = sign_in(elsewhere, token)
    assert (refused.status_code, refused.json()["error"]) == (401, "Invalid Google token")
    later = clock.now() + replay.GRACE + 1
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(http, token).status_code == 401
    assert sign_in(http, another).status_code == 200


# ---- an account that asks for a code


@pytest.fixture
def secured(http: httpx.Client, google_fake: Google) -> pyotp.TOTP:
    """Ada's account, made by Google, with a second factor; its app."""
    bearer = {"authorization": f"Bearer {sign_in(http, google_fake.token()).json()['token']}"}
    app = pyotp.TOTP(http.post("/users/me/2fa/setup", headers=bearer).json()["secret"])
    code = app.at(int(clock.now()) - 30)
    assert http.post("/users/me/2fa/enable", json={"token": code}, headers=bearer).status_code == 200
    return app


def test_googles_word_alone_opens_no_account_with_a_second_factor(
    http: httpx.Client, google_fake: Google, secured: pyotp.TOTP
) -> None:
    body = {"idToken": google_fake.token(jti="2")}
    asked = http.post("/api/auth/google", json=body)
    assert (asked.status_code, asked.json()["code"]) == (401, "TWO_FACTOR_REQUIRED")
    assert (asked.json()["requires2FA"], asked.json()["success"]) == (True, False)
    assert "set-cookie" not in asked.headers
    wrong = http.post("/api/auth/google", json=body | {"totp": "000000"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["requires2FA"]) == (
        401,
        "INVALID_TWO_FACTOR_CODE",
        True,
    )
    code = secured.at(int(clock.now()))
    signed = http.post("/api/auth/google", json=body | {"totp": code})
    assert signed.status_code == 200
    assert "next-auth.session-token=" in signed.headers["set-cookie"]
    bearer = {"authorization": f"Bearer {signed.json()['token']}"}
    assert http.get("/users/me", headers=bearer).status_code == 200
    again = http.post("/api/auth/google", json={"idToken": google_fake.token(jti="3"), "totp": code})
    assert again.json()["code"] == "INVALID_TWO_FACTOR_CODE"  # it is good once, here too


def test_a_token_that_waits_for_its_code_may_take_its_time_and_opens_one_session(
    http: httpx.Client, google_fake: Google, secured: pyotp.TOTP, later: Callable[[float], None]
) -> None:
    body = {"idToken": google_fake.token(jti="2")}
    assert http.post("/api/auth/google", json=body).status_code == 401
    later(300)
    whole = body | {"totp": secured.at(int(clock.now()))}
    assert http.post("/api/auth/google", json=whole).status_code == 200
    elsewhere = httpx.Client(transport=Gateway("198.51.100.7"), base_url="https://bobine.test")
    for late in (body, body | {"totp": secured.at(int(clock.now()) + 30)}):
        refused = elsewhere.post("/api/auth/google", json=late)
        assert (refused.status_code, refused.json()["error"]) == (401, "Invalid Google token")
    assert "requires2FA" in http.post("/api/auth/google", json=body).json()  # repeated within the minute of grace
    assert "requires2FA" not in elsewhere.post("/api/auth/google", json=body).json()  # and is not good again for that


def test_codes_are_not_guessed_behind_google_either(
    http: httpx.Client, google_fake: Google, secured: pyotp.TOTP
) -> None:
    body = {"idToken": google_fake.token(jti="2"), "totp": "000000"}
    statuses = [http.post("/api/auth/google", json=body).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_google_brings_a_left_account_back_and_says_so(http: httpx.Client, google_fake: Google) -> None:
    first = sign_in(http, google_fake.token()).json()
    assert "restored" not in first
    assert http.delete("/users/me", headers={"authorization": f"Bearer {first['token']}"}).status_code == 200
    assert sign_in(http, google_fake.token(jti="2")).json()["restored"] is True
    assert "restored" not in sign_in(http, google_fake.token(jti="3")).json()


def test_the_callback_page_asks_for_the_code_and_tells_what_came_back(http: httpx.Client) -> None:
    page = http.get("/oauth-callback").text
    assert "body.requires2FA" in page
    assert 'autocomplete="one-time-code"' in page
    assert "restored: body.restored" in page


def test_a_sign_in_that_began_here_is_answered_by_its_own_token(http: httpx.Client, google_fake: Google) -> None:
    """The page sends the state it started with; Google has put that sign-in's nonce into the token."""
    asked = parse_qs(urlsplit(http.get("/api/auth/google/electron").headers["location"]).query)
    state, nonce = asked["state"][0], asked["nonce"][0]
    other = parse_qs(urlsplit(http.get("/api/auth/google/electron").headers["location"]).query)["nonce"][0]
    for wrong in ({}, {"nonce": other}, {"nonce": None}, {"nonce": "é"}):
        body = {"idToken": google_fake.token(**wrong), "state": state}
        refused = http.post("/api/auth/google", json=body)
        assert (refused.status_code, refused.json()["error"]) == (401, "Invalid Google token")
    body = {"idToken": google_fake.token(nonce=nonce), "state": state}
    assert http.post("/api/auth/google", json=body).status_code == 200
    for foreign in (None, "", "a-client's own"):  # nothing of ours to compare with
        its_own = {"idToken": google_fake.token(nonce="its own"), "state": foreign}
        assert http.post("/api/auth/google", json=its_own).status_code == 200
    assert 'state: answer.get("state")' in http.get("/oauth-callback").text


def test_an_unverified_google_address_joins_nothing(http: httpx.Client, google_fake: Google, ada: Person) -> None:
    answer = sign_in(http, google_fake.token(email_verified=False))
    assert (answer.status_code, answer.json()["error"]) == (401, "Invalid Google token")
    assert accounts.by_google("1234567890") is None


def test_electron_gets_googles_address_and_a_redirect(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/api/auth/electron-init", "/api/auth/google/electron"):
        missing = http.get(path)
        assert (missing.status_code, missing.json()["error"]) == (500, "GOOGLE_CLIENT_ID not configured")
    monkeypatch.setenv("GOOGLE_CLIENT_ID", CLIENT)
    url = urlsplit(http.get("/api/auth/electron-init").json()["authUrl"])
    assert (url.netloc, url.path) == ("accounts.google.com", "/o/oauth2/v2/auth")
    assert parse_qs(url.query)["redirect_uri"] == ["https://bobine.test/oauth-callback"]
    assert parse_qs(url.query)["response_type"] == ["id_token"]
    redirect = http.get("/api/auth/google/electron")
    assert redirect.status_code == 302
    asked = parse_qs(urlsplit(redirect.headers["location"]).query)
    assert asked["prompt"] == ["select_account"]
    assert asked["state"][0] in redirect.headers["set-cookie"]


def test_the_callback_page_runs_only_its_own_script(http: httpx.Client) -> None:
    answer = http.get("/oauth-callback")
    assert answer.headers["content-type"].startswith("text/html")
    nonce = answer.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in answer.text
    assert "/api/auth/google" in answer.text
    assert http.get("/oauth-callback").headers["content-security-policy"] != answer.headers["content-security-policy"]
