"""The second factor: time-based codes of an authenticator app (RFC 6238), and ten recovery codes for who loses it.

Access patterns, all in the Accounts table:
    the secret and the codes left            ACCOUNT#<id> / TOTP       (counts while the profile says `second_factor`)
    a sign-in that waits for its code        ACCOUNT#<id> / SIGNIN     (five minutes)
Each code is good once: the row keeps the time step of the last one (RFC 6238 §5.2), and forgets a recovery code.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from shared import clock
from shared.accounts import accounts, sealed
from shared.accounts.accounts import Account, in_era, profile_key
from shared.errors import Conflict, Invalid
from shared.table import Check, ConditionFailed, Delete, Item, Put, Update
from shared.tables import ACCOUNTS

ISSUER = "Bobine"
STEP = 30  # seconds
DRIFT = 1  # steps that a phone's clock may be off, either way
CODES = 10
PATIENCE = 300  # seconds to look the code up
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that reads like something else


UNUSED = "#era = :era AND #second_factor = :no"


@dataclass(frozen=True, slots=True)
class Setup:
    """What goes into an authenticator app: the secret in base 32, and the same as an address for a QR code."""

    secret: str
    uri: str


def key(account_id: str) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", "TOTP"


def unused(account: Account) -> Check:
    """Part of a transaction: that the account asks for no code yet."""
    return Check(profile_key(account.id), UNUSED, {"era": account.era, "no": False}, refusal=in_use())


def in_use() -> Conflict:
    return Conflict("2FA is already enabled", explanation="disable it first")


def begin(account: Account) -> Setup:
    """A new secret, which counts from `enable` on. Raises Conflict while one is in use."""
    import pyotp

    secret = base64.b32encode(secrets.token_bytes(20)).decode()  # 160 bits, as RFC 4226 §4 recommends
    pk, sk = key(account.id)
    row = {"pk": pk, "sk": sk, "secret": sealed.seal(secret, f"totp {account.id}"), "step": 0}
    ACCOUNTS.transact(Put(row), unused(account))
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=ISSUER))


def enable(account: Account, code: str) -> list[str]:
    """Ask for a code from now on; the recovery codes, which are shown this once. Raises Invalid for a wrong one."""
    row = ACCOUNTS.get(*key(account.id))
    step = _step_of(row, account.id, code) if row and not account.second_factor else None
    if row is None or step is None:
        raise Invalid("Invalid token", field="token", constraint="the app's current code, after setup")
    codes = [_new_code() for _ in range(CODES)]
    change = Update(
        key(account.id),
        set={"step": step, **{_mark(one): True for one in codes}},
        condition="#secret = :secret",
        values={"secret": row["secret"]},
        refusal=Conflict("2FA was set up anew"),
    )
    profile = Update(
        profile_key(account.id),
        set={"second_factor": True},
        condition=UNUSED,
        values={"era": account.era, "no": False},
        refusal=in_use(),
    )
    ACCOUNTS.transact(change, profile)
    return codes


def disable(account: Account) -> None:
    """Ask for no code any more. The caller has just used one."""
    ACCOUNTS.transact(Delete(key(account.id)), Update(profile_key(account.id), set={"second_factor": False}))


def renew_codes(account: Account) -> list[str]:
    """Ten new recovery codes instead of the old ones. The caller has just used a code."""
    codes = [_new_code() for _ in range(CODES)]
    old = [name for name in ACCOUNTS.get(*key(account.id)) or {} if name.startswith("code_")]
    ACCOUNTS.write(Update(key(account.id), set={_mark(one): True for one in codes}, remove=old))
    return codes


def use(account: Account, code: str) -> bool:
    """Whether it is a code of the app or a recovery code that was not used before; it is now."""
    row = ACCOUNTS.get(*key(account.id)) if account.second_factor else None
    if row is None:
        return False
    here, mark = key(account.id), _mark(code)
    try:
        if (step := _step_of(row, account.id, code)) is not None:
            ACCOUNTS.write(Update(here, set={"step": step}, condition="#step < :step", values={"step": step}))
            return True
        if mark in row:
            ACCOUNTS.write(Update(here, remove=[mark], condition=f"attribute_exists(#{mark})"))
            return True
    except ConditionFailed:  # somebody else has just used it
        pass
    return False


def wait_for(account: Account, place: str) -> None:
    """The password was right; the code may follow within five minutes, from the same place."""
    row = {"pk": f"ACCOUNT#{account.id}", "sk": "SIGNIN", "place": _digest(place), "era": account.era}
    ACCOUNTS.transact(Put(row | {"expires": int(clock.now()) + PATIENCE}), in_era(account.id, account.era))


def waiting(account_id: str, place: str) -> Account | None:
    """The account whose sign-in from here waits for its code."""
    row = ACCOUNTS.get(f"ACCOUNT#{account_id}", "SIGNIN")
    if row is None or row["expires"] <= clock.now() or not hmac.compare_digest(row["place"], _digest(place)):
        return None
    account = accounts.find(account_id)
    return account if account and account.era == row["era"] else None


def waited(account_id: str) -> None:
    ACCOUNTS.write(Delete((f"ACCOUNT#{account_id}", "SIGNIN")))


def _step_of(row: Item, account_id: str, code: str) -> int | None:
    """The time step that a six-digit code belongs to, if it is one that may still be used."""
    import pyotp

    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    totp, now = pyotp.TOTP(sealed.unseal(row["secret"], f"totp {account_id}")), int(clock.now()) // STEP
    steps = [now + drift for drift in range(-DRIFT, DRIFT + 1) if now + drift > row["step"]]
    return next((step for step in steps if hmac.compare_digest(totp.at(step * STEP), code)), None)


def _new_code() -> str:
    text = "".join(secrets.choice(ALPHABET) for _ in range(12))  # 58 bits
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _mark(code: str) -> str:
    """The attribute that says a recovery code is left: a digest, however it was typed."""
    return f"code_{_digest(code.upper().replace('-', '').replace(' ', ''))[:32]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
