"""Worker: erases accounts, by message `{"account_id"}`: those that an administrator deleted, and those whose owner left
30 days ago, for which a sweep sends the messages every hour. So each has its own tries, and one that cannot be erased
ends among the dead letters.

Everything here may run twice, and may stop half-way: the account itself goes last.
"""

from contextlib import suppress
from typing import Any

from shared import jobs
from shared.accounts import accounts, avatars, leaving
from shared.downloads import belongings as downloads
from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule
from shared.errors import NotFound
from shared.library import owned
from shared.production import belongings as production
from shared.settings import settings


def sweep() -> dict[str, Any]:
    """Have all that is due erased."""
    sent = 0
    for account_id, row in leaving.due():
        if leaving.condemn(account_id):
            jobs.send(settings.purge_queue_url, {"account_id": account_id})
            sent += 1
        leaving.done(row)
    return {"sent": sent}


def purge(message: Message) -> None:
    """Erase an account that nothing brings back, with all it has."""
    account_id = str(message.body["account_id"])
    account = accounts.find(account_id)
    if account is None or not account.purging:  # gone already; who has the same id by now is somebody else
        return
    owned.let_all_go(account_id)
    downloads.erase(account_id)
    production.erase(account_id)
    jobs.send(settings.departures_queue_url, {"account_id": account_id})  # the community's part
    avatars.forget(account_id)
    with suppress(NotFound):
        accounts.erase(account)


handler = queue(purge) | schedule(sweep)
