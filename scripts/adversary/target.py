"""The platform under attack as an adversary meets it, people with accounts on it, and what came of each attack."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scripts.adversary.doorway import Doorway

PASSWORD = "correct horse battery staple"  # noqa: S105 - of accounts that are made for the attack
SAID = ("GOOGLE_CLIENT_ID not configured", "Server misconfigured")  # the 500s that the API documents
COOKIE = "next-auth.session-token"


@dataclass(slots=True)
class Tally:
    """What came of one attack: how much was tried, what got in, and the answers that were a fault of the platform's."""

    name: str
    tried: int = 0
    let_in: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    note: str = ""

    def held(self, held: bool, what: str) -> None:
        """One try, and whether the platform held; `what` says what got in if not."""
        self.tried += 1
        if not held:
            self.let_in.append(what)


class Target:
    """`data` is the platform's data folder, for attacks by somebody who knows its secret, where it is ours. `doorway`
    is a server that the platform was told it may go to. `addresses` are what we speak HTTP from, and what `wire` opens
    its lines from: who has asked too often is counted by address, and should be nobody else's.
    """

    def __init__(
        self,
        url: str,
        data: Path | None = None,
        seconds: float = 300,
        doorway: Doorway | None = None,
        addresses: tuple[str, str] = ("", ""),
    ) -> None:
        self.url, self.data, self.doorway = url, data, doorway
        self.ends = time.monotonic() + seconds
        self.tally = Tally("")
        self.limited = 0
        self.line_address = addresses[1]
        line = httpx.HTTPTransport(local_address=addresses[0] or None, limits=httpx.Limits(max_connections=64))
        self.http = httpx.Client(base_url=url, timeout=120, transport=line)
        self.document: dict[str, Any] = self.http.get("/openapi.json").json()
        self.counts_requests = "x-ratelimit-limit" in self.http.get("/api/config").headers
        self._lock = threading.Lock()

    def close(self) -> None:
        self.http.close()

    def left(self) -> float:
        """Seconds until everything must be over."""
        return self.ends - time.monotonic()

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """One request; an answer that is a fault is noted down."""
        answer = self.http.request(method, path, headers=headers, **more)
        self.seen(f"{method} {path}", answer)
        return answer

    def seen(self, asked: str, answer: httpx.Response) -> None:
        with self._lock:
            self.limited += answer.status_code == 429
            if answer.status_code >= 500 and not any(said in answer.text for said in SAID):
                self.tally.faults.append(f"{asked[:200]}: {answer.status_code} {answer.text[:120]}")

    def health(self) -> float:
        """Seconds until it says it is well, or that we ask too often, as quickly; infinite if it says neither."""
        started = time.perf_counter()
        try:
            answer = self.http.get("/health", timeout=10)
        except httpx.HTTPError:
            return float("inf")
        return time.perf_counter() - started if answer.status_code in (200, 429) else float("inf")


class Person:
    """Somebody with an account, and all credentials that one can have."""

    def __init__(self, target: Target, name: str) -> None:
        self.target = target
        self.name = f"{name}-{uuid.uuid4().hex[:8]}"
        self.email = f"{self.name}@example.com"
        made = {"username": self.name, "email": self.email, "password": PASSWORD}
        self.id: str = target.ask("POST", "/auth/register", json=made).json()["userId"]
        self.token, self.refresh = self.sign_in()
        self.bearer = {"authorization": f"Bearer {self.token}"}

    def sign_in(self) -> tuple[str, str]:
        """An access and a refresh token of a new session."""
        sent = {"email": self.email, "password": PASSWORD}
        opened = self.target.ask("POST", "/api/v1/auth/login", json=sent).json()
        return opened["access_token"], opened["refresh_token"]

    def cookie(self) -> str:
        """The cookie of a new session; the client of all of us keeps none."""
        sent = {"email": self.email, "password": PASSWORD}
        answer = self.target.ask("POST", "/auth/login", json=sent)
        self.target.http.cookies.clear()
        return answer.headers["set-cookie"].partition(";")[0].partition("=")[2]

    def key(self, *scopes: str) -> tuple[str, str]:
        """An API key and its id."""
        made = self.ask("POST", "/api-keys", json={"name": "a key", "scopes": list(scopes or ("read", "write"))}).json()
        return made["key"], made["id"]

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.target.ask(method, path, self.bearer | more.pop("headers", {}), **more)

    # ---- uploads

    def init(self, file_id: str, size: int, category: str = "documents", mime: str = "text/plain") -> httpx.Response:
        new = {"fileId": file_id, "category": category, "size": size, "mimeType": mime, "userId": self.id}
        return self.ask("POST", "/api/upload/init", json={**new, "filename": "a file"})

    def sent(self, body: bytes, category: str = "documents", mime: str = "text/plain") -> dict[str, Any]:
        """An upload whose only part has arrived."""
        begun: dict[str, Any] = self.init(f"a-{uuid.uuid4().hex}", len(body), category, mime).json()
        httpx.put(begun["partUrls"][0]["url"], content=body, timeout=60).raise_for_status()
        return begun

    def complete(self, begun: dict[str, Any], **said: Any) -> httpx.Response:
        return self.ask("POST", "/api/upload/complete", json={"uploadId": begun["uploadId"], "parts": [], **said})

    def upload(self, body: bytes, category: str = "documents", mime: str = "text/plain") -> str:
        """A file of one part; its id."""
        begun = self.sent(body, category, mime)
        self.complete(begun).raise_for_status()
        return str(begun["fileId"])

    def usage(self) -> tuple[int, int]:
        """How many files are counted, and how many are listed."""
        counted = self.ask("GET", "/api/stats", params={"userId": self.id}).json()["fileCount"]
        listed = self.ask("GET", f"/api/upload/user/{self.id}", params={"limit": 1000}).json()["files"]
        return counted, len(listed)


def at_once(calls: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """All calls, begun in the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
