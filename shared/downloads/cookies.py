"""The operator's cookies, as yt-dlp reads them: a file that nobody else can read, for as long as it is needed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared import aws
from shared.settings import settings


@contextmanager
def jar() -> Iterator[Path | None]:
    """A cookies.txt with what `DOWNLOAD_COOKIES_SECRET` names in Secrets Manager; None without."""
    if not settings.download_cookies_secret:
        yield None
        return
    secret = aws.client("secretsmanager").get_secret_value(SecretId=settings.download_cookies_secret)
    descriptor, name = tempfile.mkstemp(prefix="cookies-")  # 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secret["SecretString"])
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
