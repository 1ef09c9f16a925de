"""What the user routes take and answer."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared import clock
from shared.accounts.accounts import Account, Plan, Role
from shared.accounts.said import LINE, Code, Password
from shared.paging import PageQuery
from shared.web import FormFile

Version = Annotated[str, Meta(min_length=1, max_length=16)]
Picture = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s\x00-\x1f]+)?$(?!\n)",
        max_length=2048,
        description="an http or https address, or empty",
    ),
]
DisplayName = Annotated[
    str,
    Meta(
        pattern=rf"^(?=.*\S){LINE}+$(?!\n)",
        min_length=1,
        max_length=32,
        description="one line of text, at most 32 characters",
    ),
]
Status = Literal["active", "suspended", "deleted"]
MayBe = UnsetType | None


class Person(Struct, rename="camel"):
    """What an account's owner and administrators see of it alike."""

    id: str
    uuid: str
    email: str
    email_verified: bool
    username: str
    display_name: str
    avatar_url: str | None
    role: Role
    plan: Plan
    status: Status
    created_at: str


class Me(Person):
    """The whole account, what is private included."""

    bio: str
    is_two_factor_enabled: bool
    has_password: bool
    has_google: bool
    terms_version: str | None
    privacy_version: str | None


class Listed(Person):
    """An account as administrators see it; `suspension` is the reason, until it is lifted or `suspendedUntil`."""

    suspension: str | None
    suspended_until: str | None


class Profile(Struct, rename="camel"):
    """What everybody may see of an account."""

    id: str
    username: str
    display_name: str
    bio: str
    avatar_url: str | None
    created_at: str


class Standing(Profile):
    """An account as moderators see it: what is public, and what it may do. `suspension` lasts until it is lifted, or
    until `suspendedUntil`."""

    role: Role
    status: Status
    suspension: str | None
    suspended_until: str | None


class PeopleQuery(PageQuery):
    """`query` is how a username or an e-mail address begins, or a whole account id."""

    query: Annotated[str, Meta(max_length=254)] | None = None


class Changes(Struct, rename="camel"):
    display_name: DisplayName | UnsetType = UNSET
    bio: Annotated[str, Meta(max_length=255)] | MayBe = UNSET
    avatar_url: Picture | MayBe = UNSET


class Avatar(Struct):
    file: FormFile


class Consent(Struct, rename="camel"):
    terms_version: Version
    privacy_version: Version


class Token(Struct):
    token: Code


class Secret(Struct, rename="camel"):
    """`qrCodeDataUrl` is a PNG of the address that an authenticator app scans."""

    secret: str
    qr_code_data_url: str


class Enabled(Struct, rename="camel"):
    """`recoveryCodes` open the account once each when the app is lost; they are shown this once."""

    message: str
    recovery_codes: list[str]


class PasswordChange(Struct, rename="camel"):
    """`currentPassword` is asked of accounts that have one."""

    new_password: Password
    current_password: Annotated[str, Meta(max_length=1024)] = ""


class SessionShown(Struct, rename="camel"):
    id: str
    device: str
    address: str
    created_at: str
    last_used_at: str
    current: bool


class SessionPath(Struct):
    session_id: str


class UserPath(Struct):
    user_id: str


class NamePath(Struct):
    username: str


class NewRole(Struct):
    role: Role


class Suspension(Struct):
    """`until` is an RFC 3339 time; without it the suspension lasts until it is lifted."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    until: str | None = None


class Leaving(Struct, rename="camel"):
    """`purgeAt`: until then, signing in brings the account back."""

    message: str
    purge_at: str


def me_of(account: Account) -> Me:
    return Me(
        **facts(account),
        bio=account.bio,
        is_two_factor_enabled=account.second_factor,
        has_password=bool(account.password_hash),
        has_google=bool(account.google_sub),
        terms_version=account.terms_version or None,
        privacy_version=account.privacy_version or None,
    )


def listed(account: Account) -> Listed:
    return Listed(**facts(account), suspension=reason(account), suspended_until=ends(account))


def standing_of(account: Account) -> Standing:
    return Standing(
        **msgspec.structs.asdict(profile_of(account)),
        role=account.role,
        status=status_of(account),
        suspension=reason(account),
        suspended_until=ends(account),
    )


def profile_of(account: Account) -> Profile:
    return Profile(account.id, account.username, account.name, account.bio, account.picture or None, account.created_at)


def facts(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "uuid": account.id,
        "email": account.email,
        "email_verified": account.email_verified,
        "username": account.username,
        "display_name": account.name,
        "avatar_url": account.picture or None,
        "role": account.role,
        "plan": account.plan,
        "status": status_of(account),
        "created_at": account.created_at,
    }


def reason(account: Account) -> str | None:
    return account.suspended if account.is_suspended else None


def ends(account: Account) -> str | None:
    until = account.suspended_until if account.is_suspended else None
    return None if until is None else clock.iso(until)


def status_of(account: Account) -> Status:
    if account.deleted_at is not None:
        return "deleted"
    return "suspended" if account.is_suspended else "active"
