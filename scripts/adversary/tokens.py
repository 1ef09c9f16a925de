"""Credentials that are forged, of another kind, ended or contradictory; pages of other origins that use a cookie."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt

from scripts.adversary.filled import requests
from scripts.adversary.target import COOKIE, Person, Tally, Target

FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
)
REFUSED = (403, 429)  # a route that is limited to a few tries an hour says so first; without limits it is 403
READS = ("/users/me", "/api-keys", "/api/ratings/top10")


def attack(target: Target, tally: Tally) -> None:
    ada, bob = Person(target, "ada"), Person(target, "bob")
    for what, headers in (*forged(ada), *edited_keys(ada), *of_another_kind(ada), *contradictory(ada, bob)):
        refused(target, tally, what, headers)
    if target.data is not None:
        for what, headers in signed_by_us(target.data, ada, bob):
            refused(target, tally, what, headers)
    ended(target, tally, ada)
    foreign_pages(target, tally, ada)
    both = target.ask("GET", "/users/me", cookie(ada.cookie()) | bob.bearer).json()
    tally.held(both["id"] == bob.id, "a cookie counts beside a bearer")
    tally.held(ada.ask("GET", "/users/me").status_code == 200, "a good session no longer works after all that")


def refused(target: Target, tally: Tally, what: str, headers: dict[str, str]) -> None:
    for path in READS:
        answer = target.ask("GET", path, headers)
        tally.held(answer.status_code in (401, 403), f"{what}: GET {path} {answer.status_code}")


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def cookie(token: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={token}"}


def packed(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(ada: Person) -> Iterator[tuple[str, dict[str, str]]]:
    header, payload, signature = ada.token.split(".")
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    for name in ("none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "HS1"):
        for ending in ("", signature):
            token = f"{packed({'alg': name, 'typ': 'JWT'})}.{payload}.{ending}"
            if token != ada.token:
                yield f"alg {name or 'empty'}", bearer(token)
    for key in ("", "secret", "jwt-secret", "changeme", "null", "JWT_SECRET", "0" * 32, ada.id):
        for algorithm in ("HS256", "HS512"):
            yield f"signed with {key!r}", bearer(signed(claims, key, algorithm))
    for kid in (
        "../../../../dev/null",
        "/dev/null",
        "' UNION SELECT '' --",
        "file:///dev/null",
        "http://127.0.0.1:1/key",
    ):
        yield f"kid {kid}", bearer(signed(claims, "", "HS256", kid=kid, jku=kid, x5u=kid))
    own = {"kty": "oct", "k": packed(b"a" * 32), "alg": "HS256"}
    yield "a key of its own", bearer(signed(claims, "a" * 32, "HS256", jwk=own))
    for change in ({"use": "session"}, {"sub": "somebody"}, {"exp": 2**40}, {"role": "admin"}):
        yield f"changed {change}", bearer(f"{header}.{packed(claims | change)}.{signature}")
    for token in (f"{header}.{payload}", f"{header}.{payload}.", f"{ada.token}x", f"{ada.token}.", ada.token[:-2]):
        yield "cut", bearer(token)
    for token in ("null", "undefined", "[]", "{}", "..", "a.b.c", "A" * 8000):
        yield f"no token: {token[:9]}", bearer(token)
    for scheme in ("Basic", "Digest", "JWT", "Token", "Bearer Bearer", "Bearer,"):
        yield f"scheme {scheme}", {"authorization": f"{scheme} {ada.token}"}


def signed(claims: dict[str, Any], key: str, algorithm: str, **header: Any) -> str:
    """By hand: PyJWT has scruples about keys."""
    text = f"{packed({'alg': algorithm, 'typ': 'JWT', **header})}.{packed(claims)}"
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    return f"{text}.{packed(hmac.new(key.encode(), text.encode(), digest).digest())}"


def signed_by_us(data: Path, ada: Person, bob: Person) -> Iterator[tuple[str, dict[str, str]]]:
    """By somebody who has the server's secret, as a token of yesterday or of another kind was."""
    secret = json.loads((data / "secrets.json").read_text())["jwt_secret"]
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    others = jwt.decode(bob.token, options={"verify_signature": False})
    now = int(time.time())
    changes: dict[str, list[Any]] = {
        "exp": [now - 1, now - 10**6, "x", None],
        "nbf": [now + 10**6],
        "use": ["refresh", "session", None, "", ["access"]],
        "sid": ["nothing", others["sid"], None],
        "sub": [bob.id, None, ""],
    }
    for name, values in changes.items():
        for value in values:
            yield f"ours with {name}={value!r}", bearer(signed(claims | {name: value}, secret, "HS256"))
    for missing in ("exp", "use", "sid", "sub"):
        left = {name: value for name, value in claims.items() if name != missing}
        yield f"ours without {missing}", bearer(signed(left, secret, "HS256"))
    yield "ours by another algorithm", bearer(signed(claims, secret, "HS512"))


def of_another_kind(ada: Person) -> Iterator[tuple[str, dict[str, str]]]:
    yield "a refresh token as a bearer", bearer(ada.refresh)
    yield "a refresh token as a cookie", cookie(ada.refresh)
    yield "an access token as a cookie", cookie(ada.token)
    yield "a cookie as a bearer", bearer(ada.cookie())
    yield "a key as a cookie", cookie(ada.key()[0])
    yield "an id as a key", {"x-api-key": ada.key()[1]}


def edited_keys(ada: Person) -> Iterator[tuple[str, dict[str, str]]]:
    key, _ = ada.key()
    for at in range(len(key)):
        edited = key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :]
        if at % 4 == 0:
            yield f"a key, letter {at} changed", {"x-api-key": edited}
    for edited in (key[:-1], key + "A", key.upper(), key.lower(), key.swapcase(), key[:8], key.replace("_", "-", 1)):
        if edited != key:
            yield "a key, edited", {"x-api-key": edited}
            yield "a key, edited, as a bearer", bearer(edited)


def contradictory(ada: Person, bob: Person) -> Iterator[tuple[str, dict[str, str]]]:
    """A cookie comes by itself, and counts for nothing beside what was sent on purpose."""
    hers = cookie(ada.cookie())
    yield "two people: bearer and key", bearer(ada.token) | {"x-api-key": bob.key()[0]}
    yield "a good bearer and a bad key", bearer(ada.token) | {"x-api-key": "nothing"}
    yield "a good cookie and a bad bearer", hers | bearer("nothing")
    yield "a good cookie and a bad key", hers | {"x-api-key": "nothing"}


def ended(target: Target, tally: Tally, ada: Person) -> None:
    """Sessions signed out of, refresh tokens used twice, keys revoked."""
    token, refresh = ada.sign_in()
    target.ask("POST", "/api/v1/auth/logout", bearer(token))
    refused(target, tally, "a session signed out of", bearer(token))
    renewed = target.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh})
    tally.held(renewed.status_code == 401, f"a refresh token of a session signed out of: {renewed.status_code}")

    token, refresh = ada.sign_in()
    new = target.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh}).json()
    again = target.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh})
    tally.held(again.status_code == 401, f"a refresh token twice: {again.status_code}")
    for one in (token, new["access_token"]):
        refused(target, tally, "a session whose refresh token was used twice", bearer(one))
    later = target.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": new["refresh_token"]})
    tally.held(later.status_code == 401, f"the refresh token after a replay: {later.status_code}")

    key, key_id = ada.key()
    ada.ask("DELETE", f"/api-keys/{key_id}")
    refused(target, tally, "a revoked key", {"x-api-key": key})

    key, _ = ada.key("read")
    for asked in requests(target.document, {"userid": ada.id, "category": "documents"}):
        if asked.method != "GET" and asked.needs_caller:
            answer = target.ask(asked.method, asked.path, {"x-api-key": key} | asked.headers, **asked.sent())
            tally.held(answer.status_code in REFUSED, f"a key that may read: {asked} {answer.status_code}")


def foreign_pages(target: Target, tally: Tally, ada: Person) -> None:
    """Every unsafe route, with the cookie, from a page of another origin."""
    hers = cookie(ada.cookie())
    for asked in requests(target.document, {"userid": ada.id, "category": "documents"}):
        for headers in FOREIGN if asked.method not in ("GET", "HEAD") else ():
            answer = target.ask(asked.method, asked.path, hers | headers | asked.headers, **asked.sent())
            tally.held(answer.status_code in REFUSED, f"{asked} from {headers}: {answer.status_code}")
            target.http.cookies.clear()
