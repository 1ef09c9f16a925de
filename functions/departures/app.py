"""Worker: erases what the community holds of an account that is gone. One message `{"account_id"}`.

It walks an index that may lag, so it looks again until nothing is left; a message that failed half-way goes on there.
"""

from shared.community import belongings
from shared.entry.queue import Message, queue
from shared.errors import Unavailable

ROUNDS = 5


def erase(message: Message) -> None:
    for _ in range(ROUNDS):
        if not belongings.erase(str(message.body["account_id"])):
            return
    raise Unavailable("There is more to erase")  # the queue sends it again, and at last an alarm says so


handler = queue(erase)
