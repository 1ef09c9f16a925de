"""Worker: erases accounts. Those that an administrator deleted, by message `{"account_id"}`; and every hour those whose
owner left 30 days ago.

Everything here may run twice, and may stop half-way: the account itself goes last.
"""

from contextlib import suppress
from typing import Any

from shared import jobs, log
from shared.accounts import accounts, avatars, leaving
from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule
from shared.errors import NotFound
from shared.library import owned
from shared.settings import settings


def sweep() -> dict[str, Any]:
    """All that is due."""
    purged = 0
    for account_id, row in leaving.due():
        try:
            purged += purge(account_id)
        except Exception as error:  # one that fails must not keep the others waiting; it stays due
            log.failure("purge failed", error, account=account_id)
            continue
        leaving.done(row)
    return {"purged": purged}


def purge(account_id: str) -> bool:
    """Erase an account that is closed, with all it has; whether there was one."""
    account = accounts.find(account_id)
    if account is None or account.deleted_at is None:  # gone already, or its owner has come back
        return False
    owned.let_all_go(account_id)
    jobs.send(settings.departures_queue_url, {"account_id": account_id})  # the community's part
    avatars.forget(account_id)
    with suppress(NotFound):
        accounts.erase(account)
    return True


def by_message(message: Message) -> None:
    purge(str(message.body["account_id"]))


handler = queue(by_message) | schedule(sweep)
