"""Worker: writes and sends the letters that accounts get. One message `{"letter", "account_id" | "email", "language"}`.

What lets somebody in is made here, and stands in the mail only: neither the queue nor the log ever has it.
"""

from functions.mail.letters import TEXTS
from shared import mail
from shared.accounts import accounts, credentials
from shared.accounts.accounts import Account
from shared.accounts.letters import Letter
from shared.entry.queue import Message, queue
from shared.settings import settings


def write(message: Message) -> None:
    body = message.body
    account = accounts.find(str(body["account_id"])) if body["account_id"] else accounts.by_email(str(body["email"]))
    if account is None or account.deleted_at is not None:  # nobody's address: nothing is sent, and nobody is told
        return
    letter: Letter = body["letter"]
    if letter == "verify" and account.email_verified:
        return
    subject, _, text = TEXTS[body["language"]][letter].partition("\n")
    mail.send(account.email, subject, text.format(name=account.name, link=link(letter, account), site=site()))


def link(letter: Letter, account: Account) -> str:
    """Where the letter leads. The token stands behind `#`, which no server and no log gets to see."""
    if letter == "verify":
        return f"{site()}/account/verify#token={credentials.verify_token(account)}"
    if letter == "reset":
        return f"{site()}/account/reset#token={credentials.reset_token(account)}"
    return f"{site()}/account"


def site() -> str:
    return settings.public_url.rstrip("/")


handler = queue(write)
