"""A site with films on it, on this machine: what yt-dlp's generic extractor reads, and what goes wrong elsewhere.

    python -m tests.fakes.site --port 9123       and open http://127.0.0.1:9123/

`/page` a film, its title full of emoji and slashes   `/two` two films   `/talk` chapters   `/song` sound and picture
`/hls/sealed.m3u8` (AES-128) `/hls/live.m3u8` `/dash/film.mpd` `/clip.webm` (VP8)
`/film.mp4` `/slow.mp4?rate=bytes` `/hls/master.m3u8` `/feed.xml` (one item is broken) `/feed.xml?items=10000`
`/endless.mp4` `/huge.mp4` (5 GiB announced) `/away` and `/hls/away.m3u8` (to a private address) `/hop` (to the film)
`/silent` `/stall.mp4` `/bomb` `/endless-page` `/text.txt` `/status/403/Some%20reason`
"""

import argparse
import gzip
import html
import json
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tests.shared.media.conftest import AAC, H264, TEST_CARD, TONE, encode

TITLE = "Chats 🐈‍⬛/🐕 : le « best-of » \\ 50 % ? ★"
SECONDS = 8
PRIVATE = "http://169.254.169.254/film.mp4"
TYPES = {
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".webm": "video/webm",
    ".txt": "text/plain",
    ".mpd": "application/dash+xml",
}
VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nBonjour 👋\n\n00:00:02.500 --> 00:00:04.000\nAu revoir\n"
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Français",LANGUAGE="fr",DEFAULT=YES,URI="sound.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="words",NAME="Français",LANGUAGE="fr",URI="words.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=160x90,CODECS="avc1.42c00b,mp4a.40.2",AUDIO="sound",SUBTITLES="words"
small.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="sound",SUBTITLES="words"
large.m3u8
"""
WORDS = f"#EXTM3U\n#EXT-X-TARGETDURATION:{SECONDS}\n#EXTINF:{SECONDS},\nwords.vtt\n#EXT-X-ENDLIST\n"


def media(folder: Path) -> None:
    """The films, made once."""
    if (folder / "ready").exists():
        return
    hls = folder / "hls"
    hls.mkdir(parents=True, exist_ok=True)
    card, tone = ([part.format(SECONDS) for part in one] for one in (TEST_CARD, TONE))
    encode(folder / "film.mp4", *card, *tone, *H264, *AAC, "-movflags", "+faststart")
    encode(folder / "song.m4a", *tone, *AAC, "-vn")
    encode(folder / "clip.webm", *card, *tone, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis")
    encode(folder / "cover.jpg", *card, "-frames:v", "1", "-update", "1")
    cut = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_filename"]
    for name, arguments in (
        ("large", [*card, *H264, "-an"]),
        ("small", [*card, *H264, "-vf", "scale=160:90", "-an"]),
        ("sound", [*tone, *AAC, "-vn"]),
    ):
        encode(hls / f"{name}.m3u8", *arguments, *cut, str(hls / f"{name}%d.ts"))
    secret = folder / "key"
    secret.write_bytes(bytes(range(16)))
    (folder / "key.info").write_text(f"../key\n{secret}\n")
    sealed = ["-hls_key_info_file", str(folder / "key.info"), *cut, str(hls / "sealed%d.ts")]
    encode(hls / "sealed.m3u8", *card, *tone, *H264, *AAC, *sealed)
    dash = folder / "dash"
    dash.mkdir(exist_ok=True)
    encode(dash / "film.mpd", *card, *tone, *H264, *AAC, "-f", "dash", "-seg_duration", "2")
    (hls / "master.m3u8").write_text(MASTER)
    whole = (hls / "large.m3u8").read_text()
    (hls / "live.m3u8").write_text(whole.replace("#EXT-X-ENDLIST", "").replace("VOD", "EVENT"))
    (hls / "words.m3u8").write_text(WORDS)
    (hls / "words.vtt").write_text(VTT)
    tall = MASTER.replace("320x180", "2560x1440").replace("160x90", "1920x1080")
    (hls / "tall.m3u8").write_text(tall)
    (hls / "away.m3u8").write_text(whole.replace("large2.ts", "../away"))
    (folder / "text.txt").write_text("nothing but words\n" * 100)
    (folder / "ready").touch()


def page(title: str, body: str, picture: str = "") -> bytes:
    head = f"<title>{html.escape(title)}</title><meta property='og:title' content='{html.escape(title, quote=True)}'>"
    head += "<meta property='og:description' content='Une page'>"
    head += f"<meta property='og:image' content='{picture}'>" if picture else ""
    return f"<!doctype html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()


class Site(ThreadingHTTPServer):
    """The server; `asked` are the requests it has seen, as `"GET /film.mp4 bytes=0-"`."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        media(folder)
        self.folder, self.asked, self.over = folder, list[str](), threading.Event()
        self.cookies: list[str] = []
        super().__init__(("127.0.0.1", port), Answers)
        self.port = int(self.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.place = f"127.0.0.1:{self.port}"  # for OUTBOUND_ALLOW

    def handle_error(self, *_: object) -> None:
        pass  # clients that go away are what is tested


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Site]:
    site = Site(folder, port)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        site.shutdown()
        site.server_close()


class Answers(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path} {self.headers.get('range', '')}".strip())
        if "cookie" in self.headers:
            self.server.cookies.append(self.headers["cookie"])
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path, self.cover = unquote(parts.path), f"{self.server.url}/cover.jpg"
        self.words = f"{self.server.url}/text.txt"
        special: dict[str, Callable[[], None]] = {
            "/": self.front,
            "/page": lambda: self.html(page(TITLE, "<video src='/film.mp4'></video>", self.cover)),
            "/two": lambda: self.html(page("Deux", "<video src='/film.mp4'></video><video src='/clip.webm'></video>")),
            "/song": lambda: self.html(page("Chanson d'été", "<audio src='/song.m4a'></audio>", self.cover)),
            "/bad-cover": lambda: self.html(page("Sans image", "<audio src='/song.m4a'></audio>", self.words)),
            "/talk": lambda: self.html(page("Conférence", self.chapters())),
            "/feed.xml": self.feed,
            "/slow.mp4": lambda: self.file("film.mp4", int(self.query.get("rate", 20_000))),
            "/endless.mp4": self.endless,
            "/endless-page": lambda: self.endless("text/html", b"<!doctype html><html><title>x</title>"),
            "/huge.mp4": lambda: self.huge(5 << 30),
            "/away": lambda: self.redirect(PRIVATE),
            "/hop": lambda: self.redirect("/film.mp4"),
            "/loop": lambda: self.redirect("/loop"),
            "/to-file": lambda: self.redirect("file:///etc/passwd"),
            "/to-ftp": lambda: self.redirect("ftp://127.0.0.1/film.mp4"),
            "/silent": lambda: void(self.server.over.wait(60)),
            "/stall.mp4": self.stall,
            "/bomb": self.bomb,
        }
        if path in special:
            special[path]()
        elif found := re.fullmatch(r"/status/(\d{3})(?:/(.*))?", path):
            self.send_response(int(found[1]), found[2])
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            self.file(path.lstrip("/"))

    def front(self) -> None:
        names = re.findall(r"`(/[^`]*)`", __doc__ or "")
        self.html(page("Site d'essai", "".join(f"<p><a href='{name}'>{name}</a>" for name in names)))

    def html(self, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        self.whole(body, kind)

    def whole(self, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("location", location)
        self.send_header("content-length", "0")
        self.end_headers()

    def chapters(self) -> str:
        clips = [("Début", 0, 3), ("Milieu", 3, 6), ("Fin", 6, SECONDS)]
        film = {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": "Conférence",
            "contentUrl": f"{self.server.url}/film.mp4",
            "thumbnailUrl": [f"{self.server.url}/cover.jpg"],
            "uploadDate": "2026-03-01",
            "author": "Ada",
            "duration": f"PT{SECONDS}S",
            "hasPart": [
                {"@type": "Clip", "name": name, "startOffset": start, "endOffset": end} for name, start, end in clips
            ],
        }
        return f"<script type='application/ld+json'>{json.dumps(film)}</script>"

    def feed(self) -> None:
        items = int(self.query.get("items", 0))
        links = [("Un film", "/film.mp4"), ("Cassé", "/missing.mp4"), ("Un son", "/song.m4a")]
        links = [(f"Épisode {number}", f"/film.mp4?{number}") for number in range(items)] or links
        listed = "".join(
            f"<item><title>{title}</title><guid>{link}</guid><enclosure url='{self.server.url}{link}'/></item>"
            for title, link in links
        )
        feed = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Émissions</title>{listed}</channel></rss>"
        self.html(feed.encode(), "application/rss+xml")

    def file(self, name: str, rate: int = 0) -> None:
        """A file of the folder, with ranges; `rate` bytes a second."""
        path = (self.server.folder / name).resolve()
        if not path.is_file() or self.server.folder.resolve() not in path.parents:
            self.send_response(404)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        size = path.stat().st_size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        start, end = (int(asked[1]), min(int(asked[2] or size - 1), size - 1)) if asked else (0, size - 1)
        self.send_response(206 if asked else 200)
        self.send_header("content-type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("content-length", str(end - start + 1))
        self.send_header("accept-ranges", "bytes")
        if asked:
            self.send_header("content-range", f"bytes {start}-{end}/{size}")
        self.end_headers()
        if self.command == "HEAD":
            return
        with path.open("rb") as file, suppress(OSError):
            file.seek(start)
            left = end - start + 1
            while left > 0 and (data := file.read(min(left, rate // 10 or 1 << 20))):
                self.wfile.write(data)
                left -= len(data)
                if rate and self.server.over.wait(0.1):
                    return

    def endless(self, kind: str = "video/mp4", head: bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2") -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()
        block = bytes(1 << 16)
        with suppress(OSError):
            self.wfile.write(head)
            while not self.server.over.is_set():
                self.wfile.write(block)
        self.close_connection = True

    def huge(self, size: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "video/mp4")
        self.send_header("content-length", str(size))
        self.end_headers()
        with suppress(OSError):
            while not self.server.over.is_set():
                self.wfile.write(bytes(1 << 16))
                time.sleep(0.01)
        self.close_connection = True

    def stall(self) -> None:
        """Half of a film, then nothing."""
        data = (self.server.folder / "film.mp4").read_bytes()
        self.send_response(200)
        self.send_header("content-type", "video/mp4")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(data[: len(data) // 2])
            self.server.over.wait(60)
        self.close_connection = True

    def bomb(self) -> None:
        """A hundred kilobytes that unpack to a hundred megabytes."""
        packed = gzip.compress(bytes(100 << 20), 9)
        self.whole(packed, "text/html", content_encoding="gzip")


def void(_: object) -> None:
    """What a table of actions has for one that answers something."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.fakes.site", description="A site with films on it.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bobine-site")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    site = Site(chosen.folder, chosen.port)
    print(f"The site is ready at {site.url}", flush=True)  # noqa: T201  whoever starts it waits for this line
    with suppress(KeyboardInterrupt):
        site.serve_forever()


if __name__ == "__main__":
    main()
