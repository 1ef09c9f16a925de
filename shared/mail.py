"""Sending mail through SES. Without MAIL_FROM none is sent, and the log says so, without what it would have said."""

from shared import aws, log
from shared.settings import settings


def send(to: str, subject: str, text: str) -> None:
    """One plain-text mail. Raises what SES raises; a queue tries again."""
    if not settings.mail_from:
        log.event("mail not sent: MAIL_FROM is not set", subject=subject)
        return
    content = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": {"Text": {"Data": text, "Charset": "UTF-8"}}}
    aws.client("sesv2").send_email(
        FromEmailAddress=settings.mail_from, Destination={"ToAddresses": [to]}, Content={"Simple": content}
    )
