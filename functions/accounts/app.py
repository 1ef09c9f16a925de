"""Accounts made with a password: registering, signing in and out, who I am, and API keys for programs."""

import hashlib
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shared import clock, ids
from shared.accounts import accounts, keys, passwords, sessions, tokens
from shared.accounts.accounts import Account
from shared.accounts.caller import COOKIE
from shared.accounts.cookies import clearing_cookie, session_cookie
from shared.cache import NO_STORE
from shared.errors import Conflict, Invalid, TooManyRequests, Unauthorized
from shared.table import Item, Update
from shared.tables import TRAFFIC
from shared.web import REQUIRED, Call, Reply, api, delete, get, lambda_handler, post
from shared.web.limits import GENERAL_V1, address

Email = Annotated[
    str, Meta(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$(?!\n)", max_length=254)
]
Password = Annotated[str, Meta(min_length=8, max_length=256)]
FAILURES, FAILURE_WINDOW = 10, 15 * 60  # wrong passwords for one address from one place, and in how many seconds


class Registration(Struct, rename="camel"):
    username: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+$(?!\n)", min_length=2, max_length=32)]
    email: Email
    password: Password
    display_name: Annotated[str, Meta(max_length=32)] | None = None


class Credentials(Struct):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]


class Refresh(Struct):
    refresh_token: Annotated[str, Meta(max_length=4096)]


class MaybeRefresh(Struct):
    refresh_token: Annotated[str, Meta(max_length=4096)] | UnsetType = UNSET


class Registered(Struct, rename="camel"):
    message: str
    user_id: str


class TokenPair(Struct):
    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105 - the OAuth word, not a secret
    expires_in: int = tokens.ACCESS_SECONDS


class Me(Struct, rename="camel"):
    id: str
    uuid: str
    email: str
    username: str
    display_name: str
    avatar_url: str | None
    role: str
    email_verified: bool
    created_at: str


class NewKey(Struct, rename="camel"):
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    expires_at: str | None = None  # RFC 3339


class Key(Struct, rename="camel"):
    id: str
    name: str
    prefix: str
    created_at: str
    expires_at: str | None
    key: str | UnsetType = UNSET  # only in the answer that makes it


class Message(Struct):
    message: str


def register(call: Call[Registration, None]) -> Registered:
    """Make an account with a password. 400 when the address or the name is taken, as documented."""
    new = call.body
    try:
        account = accounts.create(
            ids.account_id(),
            email=new.email,
            username=new.username,
            name=new.display_name or new.username,
            password_hash=passwords.hashed(new.password),
        )
    except Conflict as error:
        field = "username" if error.code == "USERNAME_TAKEN" else "email"
        raise Invalid(error.message, field=field, constraint="not taken", code=error.code) from None
    return Registered("User registered successfully", account.id)


def login(call: Call[Credentials, None]) -> Reply:
    """Sign in with a cookie."""
    account = authenticate(call)
    opened = sessions.open_for(account.id)
    cookies = [session_cookie(opened.cookie)]
    return Reply(Registered("User logged in successfully", account.id), cookies=cookies)


def login_v1(call: Call[Credentials, None]) -> TokenPair:
    """Sign in with tokens."""
    return pair(sessions.open_for(authenticate(call).id))


def refresh_v1(call: Call[Refresh, None]) -> TokenPair:
    """New tokens for a refresh token, which is good once."""
    return pair(sessions.refresh(call.body.refresh_token))


def logout(call: Call[None, None]) -> Reply:
    """End this session: its tokens and its cookie stop working at once."""
    if call.caller and call.caller.session_id:
        sessions.revoke(call.caller.account_id, call.caller.session_id)
    return Reply(Message("User logged out successfully"), cookies=[clearing_cookie()])


def refresh_cookie(call: Call[MaybeRefresh, None]) -> Reply:
    """A fresh cookie for one that is still good (or for a refresh token)."""
    if isinstance(call.body.refresh_token, str):
        opened = sessions.refresh(call.body.refresh_token)
        return Reply(pair(opened), cookies=[session_cookie(opened.cookie)])
    claims = tokens.claims_of(call.request.cookies.get(COOKIE, ""), "session")
    if sessions.account_of(claims.account_id, claims.session_id) is None:
        raise Unauthorized()
    cookie = tokens.sign_for(claims.account_id, claims.session_id, "session")
    return Reply(Message("Session refreshed"), cookies=[session_cookie(cookie)])


def me(call: Call[None, None]) -> Me:
    """The caller's own account."""
    account = accounts.find(call.account)
    if account is None:
        raise Unauthorized()
    return Me(
        id=account.id,
        uuid=account.id,
        email=account.email,
        username=account.username,
        display_name=account.name,
        avatar_url=account.picture or None,
        role=account.role,
        email_verified=account.email_verified,
        created_at=account.created_at,
    )


def create_key(call: Call[NewKey, None]) -> Key:
    """Make an API key. This answer is the only one that shows it."""
    ends = moment(call.body.expires_at) if call.body.expires_at else None
    key, row = keys.create(call.account, call.body.name, ends)
    shown = shown_key(row)
    shown.key = key
    return shown


def list_keys(call: Call[None, None]) -> list[Key]:
    """The caller's API keys, without the keys themselves."""
    return [shown_key(row) for row in keys.of_account(call.account)]


def revoke_key(call: Call[None, None]) -> Message:
    """Revoke one of the caller's API keys."""
    keys.revoke(call.account, call.path["key_id"])
    return Message("API key revoked")


def authenticate(call: Call[Credentials, None]) -> Account:
    """The account of a right e-mail and password. One answer and one duration for every way to be wrong.

    Ten wrong tries for one address from one place in 15 minutes are enough: then 429.
    """
    who = hashlib.sha256(f"{accounts.normal(call.body.email)}|{address(call.request)}".encode()).hexdigest()
    window = int(clock.now()) // FAILURE_WINDOW
    key = (f"LIMIT#login#{who}", str(window))
    row = TRAFFIC.get(*key)
    if row and row["n"] >= FAILURES:
        raise TooManyRequests(max(1, (window + 1) * FAILURE_WINDOW - int(clock.now())))
    account = accounts.by_email(call.body.email)
    if not passwords.matches(call.body.password, account.password_hash if account else "") or account is None:
        TRAFFIC.write(Update(key, add={"n": 1}, set={"expires": (window + 2) * FAILURE_WINDOW}))
        raise Unauthorized("Invalid credentials", code="INVALID_CREDENTIALS")
    return account


def pair(opened: sessions.Opened) -> TokenPair:
    return TokenPair(opened.access_token, opened.refresh_token)


def shown_key(row: Item) -> Key:
    ends = clock.iso(row["ends"]) if row["ends"] is not None else None
    return Key(row["id"], row["name"], row["prefix"], row["created_at"], ends)


def moment(text: str) -> float:
    from datetime import UTC, datetime

    try:
        seconds = datetime.fromisoformat(text).astimezone(UTC).timestamp()  # a moment that UTC can write, too
    except (ValueError, OverflowError):
        seconds = 0.0
    if seconds <= clock.now():
        raise Invalid(field="expiresAt", constraint="an RFC 3339 time in the future")
    return seconds


TAKES = {"email": "Invalid email", "password": "Password must be at least 8 characters"}

app = api(
    post("/auth/register", register, body=Registration, returns=Registered, status=201, messages=TAKES),
    post("/auth/login", login, body=Credentials, returns=Registered),
    post("/auth/refresh", refresh_cookie, body=MaybeRefresh, returns=Message),
    post("/auth/logout", logout, returns=Message, caller=REQUIRED),
    post("/api/v1/auth/login", login_v1, body=Credentials, returns=TokenPair, limit=GENERAL_V1),
    post("/api/v1/auth/refresh", refresh_v1, body=Refresh, returns=TokenPair, limit=GENERAL_V1),
    post("/api/v1/auth/logout", logout, returns=Message, caller=REQUIRED, limit=GENERAL_V1),
    get("/users/me", me, returns=Me, caller=REQUIRED, cache=NO_STORE),
    get("/api-keys", list_keys, returns=list[Key], caller=REQUIRED, cache=NO_STORE),
    post("/api-keys", create_key, body=NewKey, returns=Key, status=201, caller=REQUIRED),
    delete("/api-keys/{key_id}", revoke_key, returns=Message, caller=REQUIRED),
)
handler = lambda_handler(app)
