"""A receiver of webhooks on this machine: it keeps what arrives, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]  # by name in lower case
    body: bytes


class Receiver(ThreadingHTTPServer):
    """`answers` are the statuses to come, the last one for good; `silent` says nothing until it is over."""

    daemon_threads = True

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = [200]
        self.says = b"thanks"
        self.location = ""
        self.silent = False
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Answering)
        self.place = f"127.0.0.1:{self.server_address[1]}"  # for OUTBOUND_ALLOW
        self.url = f"http://{self.place}/hook?a=1"

    def handle_error(self, *_: object) -> None:
        pass  # a client that has given up is what is tested


class Answering(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(self.path, headers, body))
        if self.server.silent:
            self.server.over.wait(30)
            return
        answers = self.server.answers
        status = answers.pop(0) if len(answers) > 1 else answers[0]
        with suppress(OSError):
            self.send_response(status)
            if self.server.location:
                self.send_header("location", self.server.location)
            self.send_header("content-length", str(len(self.server.says)))
            self.end_headers()
            self.wfile.write(self.server.says)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        receiver.shutdown()
        receiver.server_close()
        thread.join()
