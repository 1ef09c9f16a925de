"""What the user routes take and answer."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.accounts.accounts import Account, Role
from shared.web import FormFile

Version = Annotated[str, Meta(min_length=1, max_length=16)]
Code = Annotated[str, Meta(min_length=1, max_length=32, description="a 6-digit code of the app, or a recovery code")]
Password = Annotated[str, Meta(min_length=8, max_length=256)]
Picture = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s\x00-\x1f]+)?$(?!\n)",
        max_length=2048,
        description="an http or https address, or empty",
    ),
]
MayBe = UnsetType | None


class Me(Struct, rename="camel"):
    """The whole account, what is private included."""

    id: str
    uuid: str
    email: str
    email_verified: bool
    username: str
    display_name: str
    bio: str
    avatar_url: str | None
    role: str
    plan: str
    status: str
    is_two_factor_enabled: bool
    has_password: bool
    has_google: bool
    terms_version: str | None
    privacy_version: str | None
    created_at: str


class Profile(Struct, rename="camel"):
    """What everybody may see of an account."""

    id: str
    username: str
    display_name: str
    bio: str
    avatar_url: str | None
    created_at: str


class Listed(Struct, rename="camel"):
    """An account as administrators see it."""

    id: str
    uuid: str
    email: str
    email_verified: bool
    username: str
    display_name: str
    avatar_url: str | None
    role: str
    plan: str
    status: str
    suspension: str | None
    created_at: str


class Changes(Struct, rename="camel"):
    display_name: Annotated[str, Meta(min_length=1, max_length=32)] | UnsetType = UNSET
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
        id=account.id,
        uuid=account.id,
        email=account.email,
        email_verified=account.email_verified,
        username=account.username,
        display_name=account.name,
        bio=account.bio,
        avatar_url=account.picture or None,
        role=account.role,
        plan=account.plan,
        status=status_of(account),
        is_two_factor_enabled=account.second_factor,
        has_password=bool(account.password_hash),
        has_google=bool(account.google_sub),
        terms_version=account.terms_version or None,
        privacy_version=account.privacy_version or None,
        created_at=account.created_at,
    )


def profile_of(account: Account) -> Profile:
    picture = account.picture or None
    return Profile(account.id, account.username, account.name, account.bio, picture, account.created_at)


def listed(account: Account) -> Listed:
    return Listed(
        id=account.id,
        uuid=account.id,
        email=account.email,
        email_verified=account.email_verified,
        username=account.username,
        display_name=account.name,
        avatar_url=account.picture or None,
        role=account.role,
        plan=account.plan,
        status=status_of(account),
        suspension=account.suspended if account.is_suspended else None,
        created_at=account.created_at,
    )


def status_of(account: Account) -> str:
    if account.deleted_at is not None:
        return "deleted"
    if not account.is_suspended:
        return "active"
    return "suspended"
