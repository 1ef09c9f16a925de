"""Mails to an account's owner: asked for here, written and sent by the `mail` worker.

A request never says whether an address is known, not by its time either: it only puts a message on the queue.
"""

from typing import Literal, get_args

from shared import jobs
from shared.settings import settings

Letter = Literal["verify", "reset", "password_changed", "second_factor_off", "download_over"]
LETTERS: tuple[Letter, ...] = get_args(Letter)
Language = Literal["en", "fr"]


def ask(letter: Letter, language: Language, *, account_id: str = "", email: str = "", about: str = "") -> None:
    """Have a letter written to an account, known by its id or its address. `about` is the id of what it is about."""
    body = {"letter": letter, "account_id": account_id, "email": email, "language": language}
    body |= {"about": about} if about else {}
    jobs.send(settings.mail_queue_url, body)
