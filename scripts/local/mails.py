"""Mails that the functions send: on a laptop they land in a folder, each a file that a mail program opens."""

import contextlib
import re
import time
from collections.abc import Callable
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import boto3
from ministack.services import ses, ses_v2


def keep_mails(folder: Path, tell: Callable[[dict[str, Any]], None]) -> None:
    """`tell` writes a line of the log for each: to whom, about what, and in which file; never what it says."""
    folder.mkdir(mode=0o700, exist_ok=True)

    def keep(source: str, recipients: list[str], mime: str) -> None:
        mail = message_from_string(mime, policy=policy.default.clone(linesep="\n"))
        name = re.sub(r"[^\w.@-]", "_", recipients[0])
        path = folder / f"{time.time_ns()}-{name}.eml"
        mail.set_content(mail.get_content(), cte="8bit")  # so that it can be read as it is
        path.write_bytes(mail.as_bytes())
        tell({"level": "INFO", "message": "mail", "to": recipients, "subject": str(mail["subject"]), "file": str(path)})

    ses._smtp_relay = ses_v2._smtp_relay = keep


def allow_sender(address: str) -> None:
    """Say to the embedded SES that this sender is ours, which its owner does in the cloud."""
    client = boto3.client("sesv2")
    with contextlib.suppress(client.exceptions.AlreadyExistsException):
        client.create_email_identity(EmailIdentity=address)
