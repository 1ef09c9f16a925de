"""Accounts: one per person, whichever door they use.

Access patterns, all in the Accounts table:
    an account by id             ACCOUNT#<id>       / PROFILE
    whose e-mail address is it   EMAIL#<address>    / OWNER      (uniqueness row)
    whose username is it         USERNAME#<name>    / OWNER      (uniqueness row)
    whose Google subject is it   GOOGLE#<sub>       / OWNER      (uniqueness row)
An account and its uniqueness rows are written in one transaction: two sign-ups for one address cannot both win.

An account's `era` goes up whenever everything that opens it is to stop at once: sessions and API keys carry the era
they were made in, and those of another one are worth nothing, whether their rows are gone yet or not.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shared import clock
from shared.errors import Conflict, Unauthorized
from shared.table import Check, ConditionFailed, Delete, Item, Put, Update
from shared.tables import ACCOUNTS

ABSENT = "attribute_not_exists(pk)"
Role = Literal["user", "moderator", "admin"]
RANKS: dict[Role, int] = {"user": 0, "moderator": 1, "admin": 2}
Plan = Literal["free", "creator", "viral", "pro"]


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    email: str
    email_verified: bool
    username: str
    name: str
    picture: str
    role: Role
    plan: Plan
    password_hash: str  # empty for an account that only Google opens
    google_sub: str
    created_at: str
    era: int = 1


def from_item(item: Item) -> Account:
    return Account(
        id=item["id"],
        email=item["email"],
        email_verified=item["email_verified"],
        username=item["username"],
        name=item["name"],
        picture=item["picture"],
        role=item["role"],
        plan=item.get("plan", "free"),
        password_hash=item["password_hash"],
        google_sub=item["google_sub"],
        created_at=item["created_at"],
        era=int(item["era"]),
    )


def profile_key(account_id: str) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", "PROFILE"


def normal(email: str) -> str:
    """The form an address is unique in: trimmed, lower case. Dots and tags are the mail host's business."""
    return email.strip().lower()


def find(account_id: str) -> Account | None:
    item = ACCOUNTS.get(*profile_key(account_id))
    return from_item(item) if item else None


def by_email(email: str) -> Account | None:
    return _owner(f"EMAIL#{normal(email)}")


def by_google(sub: str) -> Account | None:
    return _owner(f"GOOGLE#{sub}")


def _owner(pk: str) -> Account | None:
    row = ACCOUNTS.get(pk, "OWNER")
    return find(row["account_id"]) if row else None


def create(
    account_id: str,
    *,
    email: str,
    username: str = "",
    name: str = "",
    picture: str = "",
    password_hash: str = "",
    google_sub: str = "",
    email_verified: bool = False,
) -> Account:
    """A new account. Raises Conflict, code EMAIL_TAKEN or USERNAME_TAKEN, when another person has the name."""
    account = Account(
        account_id,
        normal(email),
        email_verified,
        username,
        name or username or email.partition("@")[0],
        picture,
        "user",
        "free",
        password_hash,
        google_sub,
        clock.iso(),
    )
    rows = [(f"EMAIL#{account.email}", "EMAIL_TAKEN", "Email already in use")]
    if username:
        rows.append((f"USERNAME#{username.lower()}", "USERNAME_TAKEN", "Username already in use"))
    if google_sub:
        rows.append((f"GOOGLE#{google_sub}", "GOOGLE_TAKEN", "Google account already in use"))
    pk, sk = profile_key(account_id)
    item = {"pk": pk, "sk": sk, **fields(account)}
    try:
        ACCOUNTS.transact(*(_claim(row, account_id) for row, _, _ in rows), Put(item, ABSENT))
    except ConditionFailed as error:
        if error.failed[0] < len(rows):
            _, code, message = rows[error.failed[0]]
            raise Conflict(message, code=code) from None
        raise
    return account


def fields(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in Account.__slots__}


def _claim(pk: str, account_id: str) -> Put:
    return Put({"pk": pk, "sk": "OWNER", "account_id": account_id}, ABSENT)


def in_era(account_id: str, era: int) -> Check:
    """Part of a transaction that lets somebody in: that the account is still what it was when they proved who they are.

    Refused as Unauthorized.
    """
    return Check(profile_key(account_id), "#era = :era", {"era": era}, refusal=Unauthorized())


def join_google(account: Account, sub: str, picture: str) -> Account:
    """Let Google, which vouches for the address, open an account that a password made.

    An address that was never verified may have been squatted: the old password goes, and a new era begins, so that the
    squatter keeps no session and no key. The caller removes their rows. Raises ConditionFailed when the account is no
    longer what it was, or the subject has got one meanwhile: look again.
    """
    change: dict[str, Any] = {"google_sub": sub, "email_verified": True, "picture": account.picture or picture}
    if not account.email_verified:
        change["password_hash"] = ""
    same = {"era": account.era, "none": "", "verified": account.email_verified}
    ACCOUNTS.transact(
        _claim(f"GOOGLE#{sub}", account.id),
        Update(
            profile_key(account.id),
            set=change,
            add={} if account.email_verified else {"era": 1},
            condition="#era = :era AND #google_sub = :none AND #email_verified = :verified",
            values=same,
        ),
    )
    return find(account.id) or account


def erase(account: Account) -> None:
    """Remove the account and free its names. What it owns elsewhere is the caller's to remove first."""
    pks = [f"EMAIL#{account.email}"]
    pks += [f"USERNAME#{account.username.lower()}"] if account.username else []
    pks += [f"GOOGLE#{account.google_sub}"] if account.google_sub else []
    ACCOUNTS.transact(*(Delete((pk, "OWNER")) for pk in pks), Delete(profile_key(account.id)))
