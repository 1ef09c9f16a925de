"""Asking another service: one call, its errors in our words, its time bounded, its key in no message.

A base URL is the operator's own and is asked directly. An address that comes back in an answer is anybody's: it goes
through the guarded fetcher (`shared.net`).
"""

import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx
import msgspec

from shared import clock, net
from shared.errors import TooLarge
from shared.providers.errors import (
    Busy,
    Malformed,
    ProviderError,
    Refused,
    Silent,
    Spent,
    Unauthorised,
    Unavailable,
    Unfinished,
)

SECONDS = 120.0
LARGEST = 64 * 1024**2  # bytes of an answer, or of a film that is fetched
LONGEST_WAIT = 600.0
POLL = 5.0  # seconds between two looks at a task (Runway: no more often)
SECRET = re.compile(r"(?i)(?:bearer\s+)?\b(?:sk|key|xi|rw)[-_][\w*-]{6,}|[\w+/=-]{24,}|[a-z][a-z0-9+.-]*://\S+")
CONTENT = re.compile(r"(?i)content[_ -]?polic|moderation|safety|sensitive|prohibited|not allowed by our|nsfw|banned")
CREDIT = re.compile(r"(?i)quota|credit|billing|insufficient|payment")


class Service:
    """`name` is ours, `headers` carry the key."""

    seconds = SECONDS  # for one call

    def __init__(self, name: str, base: str, headers: Mapping[str, str]) -> None:
        self.name, self.base, self.headers = name, base.rstrip("/"), dict(headers)

    def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        """A successful answer, read; `content` as for httpx (`json`, `data`, `files`, `params`)."""
        try:
            with (
                httpx.Client(trust_env=False, verify=net.certificates(), timeout=self.seconds) as client,
                client.stream(method, self.base + path, headers=self.headers, **content) as response,
            ):
                ends = time.monotonic() + self.seconds
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST or time.monotonic() > ends:
                        raise Unavailable(self.name, "the answer has no end")
                answer = httpx.Response(response.status_code, headers=_plain(response.headers), content=bytes(body))
        except httpx.TimeoutException:
            raise Silent(self.name) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unavailable(self.name, "cannot be reached") from None
        if not answer.is_success:
            self.fail(answer)
        return answer

    def json(self, method: str, path: str, **content: Any) -> Any:
        return self.decoded(self.ask(method, path, **content).content)

    def decoded(self, body: bytes, kind: Any = Any) -> Any:
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            raise Malformed(self.name) from None

    def shaped(self, value: Any, kind: Any) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            raise Malformed(self.name) from None

    def fail(self, answer: httpx.Response) -> NoReturn:
        status, said = answer.status_code, words(answer.content)
        if CREDIT.search(said) and status in (400, 401, 402, 403, 429, 430):
            raise Spent(self.name, cleaned(said))
        if status in (401, 403) and not CONTENT.search(said):
            raise Unauthorised(self.name)  # what it says may repeat the key
        if status in (429, 503):
            raise Busy(self.name, retry_after=retry_after(answer.headers.get("retry-after", "")))
        if status >= 500 or status == 408:
            raise Unavailable(self.name, f"answered {status}")
        if CONTENT.search(said):
            raise Refused(self.name, cleaned(said))
        raise ProviderError(self.name, cleaned(said) or f"answered {status}")

    def fetch(self, url: str, accept: tuple[str, ...], seconds: float = 120.0) -> tuple[bytes, str]:
        """What lies at an address out of an answer, and its media type."""
        try:
            fetched = net.fetch(url, field="output", most=LARGEST, accept=accept, seconds=seconds)
        except net.Refused as error:
            kind = Malformed if "public" in (error.explanation or "") else Unavailable
            raise kind(self.name, "what it made cannot be fetched") from None
        except TooLarge:
            raise Malformed(self.name, "what it made is too large") from None
        return fetched.body, fetched.content_type

    def wait(self, task: str, look: Callable[[], Any | None], patience: float) -> Any:
        """What `look` finds once it finds something; raises Unfinished when the patience is over."""
        ends = time.monotonic() + min(patience, LONGEST_WAIT)
        while (found := look()) is None:
            if time.monotonic() + POLL > ends:
                raise Unfinished(self.name, task, retry_after=POLL)
            time.sleep(POLL)
        return found


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Without what was true of the bytes on their way only."""
    return {
        name: value
        for name, value in headers.items()
        if name not in ("content-encoding", "content-length", "transfer-encoding")
    }


def words(body: bytes) -> str:
    """What an error says, wherever it says it."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < 12:
        one = waiting.pop(0)
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one[:5]
        elif isinstance(one, str):
            found.append(one)
    return " ".join(found)[:2000]


def cleaned(text: str) -> str:
    """Without what looks like a key or an address."""
    return " ".join(SECRET.sub("…", text).split())


def retry_after(said: str) -> float:
    """Seconds (RFC 9110 §10.2.3: a number, or a date), from 1 to an hour; ten where nothing is said."""
    try:
        seconds = float(said) if said.strip().isdigit() else parsedate_to_datetime(said).timestamp() - clock.now()
    except (ValueError, TypeError):
        seconds = 10.0
    return min(3600.0, max(1.0, seconds))
