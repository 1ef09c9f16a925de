"""Addresses of this machine and of private networks, in every spelling we know, into every field that takes an address.

A server on the loopback counts who comes by: each visit was let in. Where the platform fetches at once, any answer
but a refusal was, too. `addresses_of` builds more than 255.
"""

import ipaddress
import socket
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from scripts.adversary.doorway import canary
from scripts.adversary.filled import Request, addresses, requests
from scripts.adversary.target import Person, Tally, Target

SPELLED = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0")  # noqa: S104
PRIVATE = (
    *("127.0.0.2", "127.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.170.2", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255"),
)
NAMES = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
)
DOTS = "。．｡"  # what IDNA takes for a dot
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
AT_ONCE = "imageUrl"  # the field whose address is fetched before the answer
REDIRECTED = 3  # every third of them is where a redirect leads, too
PATIENCE = 4.0  # seconds after the last address was named, for the worker that fetches


def attack(target: Target, tally: Tally, every: int = 1) -> None:
    """`every` 1 tries all of them, and those that lead to us in fields that a worker reads later, or nobody, too."""
    person = Person(target, "outward")
    with canary() as (port, visits):
        urls = list(addresses_of(port))[::every]
        tally.note = f"{len(urls)} addresses"
        for asked, way in asking(target, person):
            if way[-1] == AT_ONCE:
                chosen = urls
            elif every == 1:
                chosen = [url for url in urls if f"127.0.0.1:{port}" in url or f"localhost:{port}" in url]
            else:
                chosen = urls[:1]
            for url in chosen:
                try_one(tally, person, asked, way, url)
            if target.doorway and way[-1] == AT_ONCE:
                target.doorway.urls = urls[::REDIRECTED]
                for number in range(len(target.doorway.urls)):
                    try_one(tally, person, asked, way, f"http://127.0.0.1:{target.doorway.port}/{number}")
        time.sleep(PATIENCE)
        tally.let_in += [f"{visit} was asked for" for visit in visits]


def asking(target: Target, person: Person) -> Iterator[tuple[Request, tuple[str, ...]]]:
    """(request, the field's way) of each field of each route that takes an address."""
    known = {"fileid": person.upload(uuid.uuid4().bytes), "userid": person.id, "category": "documents"}
    for asked in requests(target.document, known):
        told = asked.operation.get("requestBody", {}).get("content", {}).get("application/json")
        for way in dict.fromkeys(addresses(target.document, told["schema"]) if told else ()):
            yield asked, way


def try_one(tally: Tally, person: Person, asked: Request, way: tuple[str, ...], url: str) -> None:
    body = dict(asked.json)
    if "uploadId" in body:  # to complete an upload there must be one each time
        body["uploadId"] = person.sent(uuid.uuid4().bytes)["uploadId"]
    *above, name = way if way[-1] != "[]" else way[:-1]
    place: Any = body
    for step in above:
        place = place.setdefault(step, {})
    place[name] = url if way[-1] != "[]" else [url]
    answer = person.ask(asked.method, asked.path, json=body)
    refused = 400 <= answer.status_code < 500
    what = f"{asked} {'.'.join(way)}={url!r}: {answer.status_code} {answer.text[:80]}"
    tally.held(refused or way[-1] != AT_ONCE, what)


def addresses_of(port: int) -> Iterator[str]:
    """All of them, each with a path of its own, so that a visit tells which one it was."""
    found = [*hosts(port), *tricks(port)]
    for number, url in enumerate(dict.fromkeys(found)):
        yield url.replace("/PATH", f"/{number}.png")


def hosts(port: int) -> Iterator[str]:
    for host in (*(one for address in SPELLED for one in spellings(address)), *PRIVATE):
        yield f"http://{host}:{port}/PATH"
    for address in PRIVATE:
        yield f"http://[::ffff:{address}]:{port}/PATH"
    for name in (*NAMES, socket.gethostname(), "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fe80::1%25lo]"):
        for scheme in ("http", "https"):
            yield f"{scheme}://{name}:{port}/PATH"
    for address in ("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "5f00::1", "::1%25eth0"):
        yield f"http://[{address}]:{port}/PATH"


def spellings(address: str) -> Iterator[str]:
    """One IPv4 address in the ways that some parser somewhere understands."""
    number = int(ipaddress.IPv4Address(address))
    a, b, c, d = address.split(".")
    low, high = number & 0xFFFF, number >> 16
    yield from (address, f"{address}.", str(number), hex(number), f"0{number:o}", f"0x{number:08X}")
    yield from (f"{a}.{b}.{low}", f"{a}.{number & 0xFFFFFF}", f"0{int(a):o}.0{int(b):o}.0{int(c):o}.0{int(d):o}")
    yield from (f"0x{int(a):x}.0x{int(b):x}.0x{int(c):x}.0x{int(d):x}", f"0x{int(a):x}.{b}.0{int(c):o}.{d}")
    yield from (f"{int(a):03}.{int(b):03}.{int(c):03}.{int(d):03}", f"{int(a) + 256}.{b}.{c}.{d}", str(number + 2**32))
    yield from (f"[::ffff:{address}]", f"[::ffff:{high:x}:{low:x}]", f"[::{address}]", f"[::ffff:0:{address}]")
    yield from (f"[64:ff9b::{address}]", f"[64:ff9b:1::{address}]", f"[2002:{high:x}:{low:x}::]")
    yield from (f"[2001:0:{high:x}:{low:x}::]", f"[2001::{~high & 0xFFFF:x}:{~low & 0xFFFF:x}]")
    yield from (f"[fe80::5efe:{high:x}:{low:x}]", f"[::ffff:{address}%25lo]")
    yield from (address.translate(CIRCLED), address.translate(WIDE), *(address.replace(".", dot) for dot in DOTS))
    yield "".join(f"%{ord(letter):02x}" for letter in address)


def tricks(port: int) -> Iterator[str]:
    us = f"127.0.0.1:{port}"
    yield from (f"http://example.com@{us}/PATH", f"http://example.com:80@{us}/PATH", f"http://a:b@c@{us}/PATH")
    yield from (f"http://{us}\\@example.com/PATH", f"http://example.com\\@{us}/PATH", f"http://{us}#@example.com/PATH")
    yield from (f"http://{us}?@example.com/PATH", f"http:\\\\{us}\\PATH", f"http:/{us}/PATH", f"http:{us}/PATH")
    yield from (f"http:///{us}/PATH", f"////{us}/PATH", f"//{us}/PATH", f"/{us}/PATH", f"http://{us} /PATH")
    yield from (
        f"http://{us}\t/PATH",
        f"http://127.0.0.1\n:{port}/PATH",
        f"http://127.0.0.1\r\nHost: a\r\n:{port}/PATH",
    )
    yield from (f"http://{us}/PATH\r\nX-Evil: 1", f"http://{us}/PATH HTTP/1.1\r\nX-Evil: 1\r\n\r\n")
    yield from (
        f"http://{us}/PATH%0d%0aX-Evil:%201",
        f"http://{us}/PATH\x00",
        f"\x00http://{us}/PATH",
        f" http://{us}/PATH",
    )
    yield from (
        f"hTTp://{us}/PATH",
        f"http://[{us}]/PATH",
        f"http://[127.0.0.1]:{port}/PATH",
        f"http://[::1]:{port}\\PATH",
    )
    yield from (f"http://127.0.0.1:0{port}/PATH", f"http://127.0.0.1:{port + 65536}/PATH", "http://127.0.0.1:-1/PATH")
    yield from ("http://127.0.0.1:/PATH", "http://127.0.0.1:22/PATH", "http://127.0.0.1:6379/PATH", "http://:80/PATH")
    for scheme in (
        "https",
        "gopher",
        "ftp",
        "sftp",
        "ldap",
        "dict",
        "tftp",
        "ws",
        "file",
        "jar:http",
        "view-source:http",
    ):
        yield f"{scheme}://{us}/PATH"
    yield from ("file:///etc/passwd", "file://localhost/etc/passwd", "/etc/passwd", "data:image/png;base64,AAAA")
    yield from ("javascript:alert(1)", "about:blank", "blob:http://x/1", "netdoc:///etc/passwd", "php://filter/x")
    yield from (
        "http://",
        "http:",
        "://",
        "",
        "http://%",
        "http://[",
        "http://]",
        "http://[::1",
        f"http://{'a' * 300}/",
    )
    yield f"http://{quote('127.0.0.1')}%00.example.com:{port}/PATH"
    yield from (f"http://127.0.0.1.nip.io:{port}/PATH", f"http://localtest.me:{port}/PATH", f"http://xn--:{port}/PATH")
    yield from (
        "http://metadata.google.internal/PATH",
        "http://instance-data/PATH",
        "http://kubernetes.default.svc/PATH",
    )
