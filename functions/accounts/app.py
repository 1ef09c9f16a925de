"""Accounts made with a password: registering, signing in and out, who I am, and API keys for programs."""

import hashlib
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from shared import clock, ids
from shared.accounts import accounts, keys, passwords, sessions, tokens
from shared.accounts.accounts import Account
from shared.accounts.caller import cookie_of
from shared.accounts.cookies import clearing_cookie, session_cookie
from shared.accounts.keys import SCOPES, ApiKey, Scope
from shared.cache import NO_STORE
from shared.entry.http import http
from shared.errors import Conflict, Invalid, Unauthorized
from shared.web import IN_PERSON, REQUIRED, Call, Reply, api, delete, get, post
from shared.web.dialects import platform, production
from shared.web.limits import Limit, address, give_back, spend

Email = Annotated[
    str,
    Meta(
        pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$(?!\n)",
        max_length=254,
        description="an e-mail address, at most 254 characters",
    ),
]
Username = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_.-]+$(?!\n)",
        min_length=2,
        max_length=32,
        description="2 to 32 letters, digits, `_`, `.` or `-`",
    ),
]
Password = Annotated[str, Meta(min_length=8, max_length=256)]
WRONG_PASSWORDS = Limit("passwords", 10, 15 * 60)  # for one address from one place


class Registration(Struct, rename="camel"):
    username: Username
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


class Refreshed(Struct):
    """With the tokens only where a refresh token was sent."""

    message: str
    access_token: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    token_type: str | UnsetType = UNSET
    expires_in: int | UnsetType = UNSET


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
    """`expiresAt` is an RFC 3339 time; a key without `write` may only read."""

    name: Annotated[str, Meta(min_length=1, max_length=128)]
    expires_at: str | None = None
    scopes: Annotated[list[Scope], Meta(min_length=1)] = field(default_factory=lambda: sorted(SCOPES))


class KeyPath(Struct):
    key_id: str


class Key(Struct, rename="camel"):
    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    key: str | UnsetType = UNSET  # only in the answer that makes it


class Message(Struct):
    message: str


def register(call: Call[Registration, None, None]) -> Registered:
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


def login(call: Call[Credentials, None, None]) -> Reply[Registered]:
    """Sign in with a cookie."""
    account = authenticate(call)
    opened = sessions.open_for(account.id, account.era)
    cookies = [session_cookie(opened.cookie)]
    return Reply(Registered("User logged in successfully", account.id), cookies=cookies)


def login_v1(call: Call[Credentials, None, None]) -> TokenPair:
    """Sign in with tokens."""
    account = authenticate(call)
    return pair(sessions.open_for(account.id, account.era))


def refresh_v1(call: Call[Refresh, None, None]) -> TokenPair:
    """New tokens for a refresh token, which is good once."""
    return pair(sessions.refresh(call.body.refresh_token))


def logout(call: Call[None, None, None]) -> Reply[Message]:
    """End this session: its tokens and its cookie stop working at once."""
    if call.caller and call.caller.session_id:
        sessions.revoke(call.caller.account_id, call.caller.session_id)
    return Reply(Message("User logged out successfully"), cookies=[clearing_cookie()])


def refresh_cookie(call: Call[MaybeRefresh, None, None]) -> Reply[Refreshed]:
    """A fresh cookie for one that is still good; for a refresh token, new tokens as well."""
    if isinstance(call.body.refresh_token, str):
        opened = sessions.refresh(call.body.refresh_token)
        tokens_too = Refreshed("Session refreshed", *msgspec.structs.astuple(pair(opened)))
        return Reply(tokens_too, cookies=[session_cookie(opened.cookie)])
    claims = tokens.claims_of(cookie_of(call.request), "session")
    if sessions.account_of(claims.account_id, claims.session_id) is None:
        raise Unauthorized()
    cookie = tokens.sign_for(claims.account_id, claims.session_id, "session")
    return Reply(Refreshed("Session refreshed"), cookies=[session_cookie(cookie)])


def me(call: Call[None, None, None]) -> Me:
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


def create_key(call: Call[NewKey, None, None]) -> Key:
    """Make an API key. This answer is the only one that shows it."""
    ends = moment(call.body.expires_at) if call.body.expires_at else None
    caller = call.somebody
    secret, key = keys.create(caller.account_id, caller.era, call.body.name, ends, call.body.scopes)
    shown = shown_key(key)
    shown.key = secret
    return shown


def list_keys(call: Call[None, None, None]) -> list[Key]:
    """The caller's API keys, without the keys themselves."""
    return [shown_key(key) for key in keys.of_account(call.account)]


def revoke_key(call: Call[None, None, KeyPath]) -> Message:
    """Revoke one of the caller's API keys."""
    keys.revoke(call.account, call.path.key_id)
    return Message("API key revoked")


def authenticate(call: Call[Credentials, None, None]) -> Account:
    """The account of a right e-mail and password. One answer and one duration for every way to be wrong.

    Ten wrong tries for one address from one place in 15 minutes are enough: then 429. A try is counted before it is
    checked, so that many at the same moment are no more than many in a row.
    """
    place = f"{accounts.normal(call.body.email)}|{address(call.request)}"
    who = f"password#{hashlib.sha256(place.encode()).hexdigest()}"
    spend((WRONG_PASSWORDS,), who)
    account = accounts.by_email(call.body.email)
    if not passwords.matches(call.body.password, account.password_hash if account else "") or account is None:
        raise Unauthorized("Invalid credentials", code="INVALID_CREDENTIALS")
    give_back(WRONG_PASSWORDS, who)
    return account


def pair(opened: sessions.Opened) -> TokenPair:
    return TokenPair(opened.access_token, opened.refresh_token)


def shown_key(key: ApiKey) -> Key:
    ends = clock.iso(key.ends) if key.ends is not None else None
    return Key(key.id, key.name, key.prefix, sorted(key.scopes), key.created_at, ends)


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
    post("/auth/register", register, body=Registration, returns=Registered, status=201, messages=TAKES, once=True),
    post("/auth/login", login, body=Credentials, returns=Registered, also=(401,), cookies=True),
    post("/auth/refresh", refresh_cookie, body=MaybeRefresh, returns=Refreshed, also=(401,), cookies=True),
    post("/auth/logout", logout, returns=Message, caller=IN_PERSON, cookies=True),
    post("/api/v1/auth/login", login_v1, body=Credentials, returns=TokenPair, also=(401,), dialect=production),
    post("/api/v1/auth/refresh", refresh_v1, body=Refresh, returns=TokenPair, also=(401,), dialect=production),
    post("/api/v1/auth/logout", logout, returns=Message, caller=IN_PERSON, cookies=True, dialect=production),
    get("/users/me", me, returns=Me, caller=REQUIRED, cache=NO_STORE),
    get("/api-keys", list_keys, returns=list[Key], caller=IN_PERSON, cache=NO_STORE),
    post("/api-keys", create_key, body=NewKey, returns=Key, status=201, caller=IN_PERSON),
    delete("/api-keys/{key_id}", revoke_key, path=KeyPath, returns=Message, caller=IN_PERSON),
    dialect=platform,
)
handler = http(app)
