"""What the account routes take and answer."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from shared.accounts import tokens
from shared.accounts.keys import SCOPES, Scope
from shared.accounts.said import Code, Email, LongName, Name, Password, Username

MailedToken = Annotated[str, Meta(min_length=1, max_length=2048)]


class Registration(Struct, rename="camel"):
    username: Username
    email: Email
    password: Password
    display_name: Name | None = None


class SignUp(Struct):
    email: Email
    password: Password
    name: LongName | None = None


class Credentials(Struct):
    """`totp` is a code of the second factor, for accounts that have one."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]
    totp: Annotated[str, Meta(max_length=32)] | None = None


class SignIn(Credentials, rename="camel"):
    """`callbackUrl` is where to go afterwards, a path of this site."""

    callback_url: Annotated[str, Meta(max_length=2048)] | None = None


class Verification(Struct, rename="camel"):
    user_id: Annotated[str, Meta(min_length=1, max_length=128)]
    token: Code


class Refresh(Struct):
    refresh_token: Annotated[str, Meta(max_length=4096)]


class MaybeRefresh(Struct):
    refresh_token: Annotated[str, Meta(max_length=4096)] | UnsetType = UNSET


class Forgotten(Struct):
    email: Annotated[str, Meta(min_length=1, max_length=254)]


class NewPassword(Struct):
    token: MailedToken
    password: Password


class Mailed(Struct):
    token: MailedToken


class Bootstrap(Struct):
    token: Annotated[str, Meta(max_length=256)] = ""
    username: Annotated[str, Meta(max_length=64)] = ""


class Registered(Struct, rename="camel"):
    message: str
    user_id: str


class SignedUp(Struct, rename="camel"):
    success: bool
    user_id: str


class LoggedIn(Struct, rename="camel"):
    """`requires2FA`: the session begins with `/auth/verify-2fa`. `restored`: the account was about to be deleted."""

    message: str
    user_id: str
    requires_2fa: bool | UnsetType = field(default=UNSET, name="requires2FA")
    restored: bool | UnsetType = UNSET


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


class NewKey(Struct, rename="camel"):
    """`expiresAt` is an RFC 3339 time or a date; a key without `write` may only read."""

    name: Annotated[str, Meta(min_length=1, max_length=128)]
    expires_at: str | None = None
    scopes: Annotated[list[Scope], Meta(min_length=1)] = field(default_factory=lambda: sorted(SCOPES))


class KeyPath(Struct):
    key_id: str


class Key(Struct, rename="camel"):
    """`lastUsedAt` is exact to the minute, null for a key not used in a year."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    key: str | UnsetType = UNSET  # only in the answer that makes it
