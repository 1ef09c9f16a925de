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
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from functions.signin import google
from shared import clock
from shared.accounts import accounts, passwords, sessions
from tests.conftest import Person

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
    old = sessions.open_for(squatter.id).access_token
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
