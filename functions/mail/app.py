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
    letter: Letter = body["letter"]
    if account is None or account.purging:  # nobody's address: nothing is sent, and nobody is told
        return
    if account.deleted_at is not None and letter != "reset":  # who comes back may have forgotten the password
        return
    if letter == ("verify" if account.email_verified else "download_over"):
        return  # nothing to verify; or news, which only an address gets that is surely theirs
    subject, _, text = TEXTS[body["language"]][letter].partition("\n")
    where = link(letter, account, str(body.get("about", "")))
    mail.send(account.email, subject, text.format(name=called(account), link=where, site=site()))


def called(account: Account) -> str:
    """The name, once the address is theirs for sure: else anybody could have us send anybody words of their choice."""
    return f" {account.name}" if account.email_verified else ""


def link(letter: Letter, account: Account, about: str = "") -> str:
    """Where the letter leads. The token stands behind `#`, which no server and no log gets to see."""
    if letter == "verify":
        return f"{site()}/account/verify#token={credentials.verify_token(account)}"
    if letter == "reset":
        return f"{site()}/account/reset#token={credentials.reset_token(account)}"
    if letter == "download_over":
        return f"{site()}/downloads/{about}"
    return f"{site()}/account"


def site() -> str:
    return settings.public_url.rstrip("/")


handler = queue(write)
