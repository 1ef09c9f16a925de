"""A service on this machine that answers what a test puts into it, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    status: int = 200
    body: bytes | dict[str, Any] | list[Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0  # seconds of silence before it

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Provider(ThreadingHTTPServer):
    """`answers` by `"POST /path"`: the last of a list is repeated."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []
        super().__init__(("127.0.0.1", 0), Answering)
        self.place = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.place}"

    def on(self, what: str, *answers: Answer) -> None:
        self.answers[what] = list(answers)

    def handle_error(self, *_: object) -> None:
        pass  # a client that does not wait is what is tested


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.command, self.path, headers, body))
        waiting = self.server.answers.get(f"{self.command} {path}", [Answer(404, {"error": "unknown path"})])
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        time.sleep(found.after)
        data = found.bytes()
        with suppress(OSError):
            self.send_response(found.status)
            for name, value in {"content-type": "application/json", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
