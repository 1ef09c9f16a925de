"""Accounts: one per person, whichever door they use.

Access patterns, all in the Accounts table:
    an account by id             ACCOUNT#<id>       / PROFILE
    whose e-mail address is it   EMAIL#<address>    / OWNER      (uniqueness row)
    whose username is it         USERNAME#<name>    / OWNER      (uniqueness row)
    whose Google subject is it   GOOGLE#<sub>       / OWNER      (uniqueness row)
    all of them, newest first    gsi1: ACCOUNTS / <created>#<id>
    those whose username or address begins so    gsi1: NAMES#<first letter> / <name>#   (on the uniqueness rows)
An account and its uniqueness rows are written in one transaction: two sign-ups for one address cannot both win.

An account's `era` goes up whenever everything that opens it is to stop at once: sessions and API keys carry the era
they were made in, and those of another one are worth nothing, whether their rows are gone yet or not.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared import clock, counters
from shared.errors import Conflict, NotFound, Unauthorized
from shared.table import ABSENT, PRESENT, Check, ConditionFailed, Delete, Item, Page, Put, Update, seal_cursor
from shared.tables import ACCOUNTS, BY_LIST

Role = Literal["user", "moderator", "admin"]
RANKS: dict[Role, int] = {"user": 0, "moderator": 1, "admin": 2}
TRIES = 5  # usernames to try
COUNTED = "users"  # how many accounts there are: `n`
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
    bio: str = ""
    terms_version: str = ""  # the versions consented to last
    privacy_version: str = ""
    second_factor: bool = False  # whether a password alone opens nothing
    suspended: str = ""  # why, while it is
    suspended_until: float | None = None  # seconds since the epoch; None for good
    deleted_at: float | None = None  # seconds since the epoch; its owner may still come back (shared.accounts.leaving)
    purging: bool = False  # nothing brings it back any more

    @property
    def is_suspended(self) -> bool:
        return bool(self.suspended) and (self.suspended_until is None or self.suspended_until > clock.now())


def from_item(item: Item) -> Account:
    return Account(**{name: item[name] for name in Account.__slots__ if name in item} | {"era": int(item["era"])})


def profile_key(account_id: str) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", "PROFILE"


def normal(email: str) -> str:
    """The form an address is unique in: trimmed, lower case. Dots and tags are the mail host's business."""
    return email.strip().lower()


def find(account_id: str) -> Account | None:
    item = ACCOUNTS.get(*profile_key(account_id))
    return from_item(item) if item else None


def get(account_id: str) -> Account:
    """Raises NotFound."""
    found = find(account_id)
    if found is None:
        raise NotFound("User not found")
    return found


def by_email(email: str) -> Account | None:
    return _owner(f"EMAIL#{normal(email)}")


def by_username(username: str) -> Account | None:
    return _owner(f"USERNAME#{username.lower()}")


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
        " ".join(name.split()) or username or email.partition("@")[0],
        picture,
        "user",
        "free",
        password_hash,
        google_sub,
        clock.iso(),
    )
    claims = [_claim(f"EMAIL#{account.email}", account_id) | _found_by(account.email, username)]
    taken = [("EMAIL_TAKEN", "Email already in use")]
    if username:
        claims.append(_claim(f"USERNAME#{username.lower()}", account_id) | _found_by(username.lower()))
        taken.append(("USERNAME_TAKEN", "Username already in use"))
    if google_sub:
        claims.append(_claim(f"GOOGLE#{google_sub}", account_id))
        taken.append(("GOOGLE_TAKEN", "Google account already in use"))
    pk, sk = profile_key(account_id)
    item = {"pk": pk, "sk": sk, "gsi1pk": "ACCOUNTS", "gsi1sk": f"{account.created_at}#{account_id}", **fields(account)}
    try:
        ACCOUNTS.transact(*(Put(one, ABSENT) for one in claims), Put(item, ABSENT), counters.change(COUNTED, n=1))
    except ConditionFailed as error:
        if error.failed[0] < len(taken):
            code, message = taken[error.failed[0]]
            raise Conflict(message, code=code) from None
        raise
    return account


def rows(limit: int, cursor: str | None) -> Page:
    """All accounts, newest first, as they were a moment ago; `from_item` reads a row."""
    return ACCOUNTS.query("ACCOUNTS", index=BY_LIST, eventually=True, limit=limit, newest_first=True, cursor=cursor)


def cursor_of(row: Item) -> str:
    return seal_cursor(row, BY_LIST)


def rows_by_name(start: str) -> Callable[[int, str | None], Page]:
    """Reads the names that begin with `start` (lower case, not empty), in their order: usernames and addresses."""
    return lambda limit, cursor: ACCOUNTS.query(
        f"NAMES#{start[0]}", start, index=BY_LIST, eventually=True, limit=limit, cursor=cursor
    )


def once(start: str) -> Callable[[Item], bool]:
    """Keeps one row of an account that both its names find."""
    return lambda row: not row["username"].startswith(start) if row["username"] else True


def named_in(rows: Iterable[Item]) -> list[Account]:
    """The accounts of such rows, in their order."""
    keys = [profile_key(row["account_id"]) for row in rows]
    found = ACCOUNTS.get_many(keys)
    return [from_item(found[key]) for key in keys if key in found]


def with_a_username(name: str, make: Callable[[str], Account]) -> Account:
    """Make an account whose username comes of a person's name: `Zoé Dupont` is `zoe-dupont`, or `zoe-dupont-4821`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-")
    for attempt in range(TRIES):
        number = "" if not attempt and len(stem) > 1 else f"-{secrets.randbelow(10 ** (attempt + 4))}"
        try:
            return make(f"{stem or 'user'}{number}")
        except Conflict as error:
            if error.code != "USERNAME_TAKEN" or attempt == TRIES - 1:
                raise
    raise AssertionError  # pragma: no cover


def fields(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in Account.__slots__}


def _claim(pk: str, account_id: str) -> Item:
    return {"pk": pk, "sk": "OWNER", "account_id": account_id}


def _found_by(name: str, username: str = "") -> Item:
    """What makes a uniqueness row be found by how its name begins; an address also says whose username goes with it."""
    return {"gsi1pk": f"NAMES#{name[0]}", "gsi1sk": f"{name}#", "username": username.lower()}


def in_era(account_id: str, era: int) -> Check:
    """Part of a transaction that lets somebody in: that the account is still what it was when they proved who they are.

    Refused as Unauthorized.
    """
    return Check(profile_key(account_id), "#era = :era", {"era": era}, refusal=Unauthorized())


def change(account_id: str, changes: Mapping[str, Any]) -> Account:
    """Change fields of a profile that let nobody in. Raises NotFound."""
    missing = NotFound("User not found")
    return from_item(ACCOUNTS.write(Update(profile_key(account_id), set=changes, condition=PRESENT, refusal=missing)))


def turn_over(account: Account, changes: Mapping[str, Any]) -> Account:
    """Change what opens an account, and begin a new era. Raises ConditionFailed when it is no longer what it was."""
    same = {"era": account.era}
    update = Update(profile_key(account.id), set=changes, add={"era": 1}, condition="#era = :era", values=same)
    return from_item(ACCOUNTS.write(update))


def join_google(account: Account, sub: str, picture: str) -> Account:
    """Let Google, which vouches for the address, open an account that a password made.

    An address that was never verified may have been squatted: the old password goes, and a new era begins, so that the
    squatter keeps no session and no key. The caller removes their rows. Raises ConditionFailed when the account is no
    longer what it was, or the subject has got one meanwhile: look again.
    """
    change: dict[str, Any] = {"google_sub": sub, "email_verified": True, "picture": account.picture or picture}
    if not account.email_verified:
        change |= {"password_hash": "", "second_factor": False}
    same = {"era": account.era, "none": "", "verified": account.email_verified}
    ACCOUNTS.transact(
        Put(_claim(f"GOOGLE#{sub}", account.id), ABSENT),
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
    """Remove the account, its sessions, keys and consents, and free its names. What it has elsewhere goes first.

    Raises NotFound when another attempt was quicker."""
    pks = [f"EMAIL#{account.email}"]
    pks += [f"USERNAME#{account.username.lower()}"] if account.username else []
    pks += [f"GOOGLE#{account.google_sub}"] if account.google_sub else []
    below = [row["sk"] for row in ACCOUNTS.every(f"ACCOUNT#{account.id}")]
    ACCOUNTS.delete_many([(name, "KEY") for name in below if name.startswith("APIKEY#")])
    ACCOUNTS.delete_many([(f"ACCOUNT#{account.id}", name) for name in below if name != "PROFILE"])
    gone = Delete(profile_key(account.id), PRESENT, refusal=NotFound("User not found"))
    ACCOUNTS.transact(*(Delete((pk, "OWNER")) for pk in pks), gone, counters.change(COUNTED, n=-1))
