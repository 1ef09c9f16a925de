"""What a person has consented to, and when: the versions that count are on the profile, all of them are kept.

Access pattern, in the Accounts table:
    the consents of an account, oldest first     ACCOUNT#<id> / CONSENT#<time>
"""

from typing import Any

from shared import clock
from shared.accounts.accounts import Account, profile_key
from shared.errors import NotFound
from shared.table import PRESENT, Put, Update
from shared.tables import ACCOUNTS


def give(account: Account, terms_version: str, privacy_version: str) -> None:
    said = {"terms_version": terms_version, "privacy_version": privacy_version}
    gone = NotFound("User not found")
    ACCOUNTS.transact(
        Update(profile_key(account.id), set=said, condition=PRESENT, refusal=gone),
        Put({"pk": f"ACCOUNT#{account.id}", "sk": f"CONSENT#{clock.iso()}", **said}),
    )


def history(account_id: str) -> list[dict[str, Any]]:
    rows = ACCOUNTS.every(f"ACCOUNT#{account_id}", "CONSENT#")
    return [
        {
            "termsVersion": row["terms_version"],
            "privacyVersion": row["privacy_version"],
            "at": row["sk"].partition("#")[2],
        }
        for row in rows
    ]
