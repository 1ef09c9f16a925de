"""What makes a careless reader open other files or the network, and what is two things at once."""

from collections.abc import Callable

from scripts.adversary import honest
from scripts.adversary.hostile import Hostile, film
from scripts.adversary.pictures import plain_png

HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n"
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
DASH = b'<?xml version="1.0"?><MPD><Period><BaseURL>file:///etc/passwd</BaseURL></Period></MPD>'


def films() -> list[Hostile]:
    def good() -> bytes:
        return honest.clip("good.mp4")

    def stream() -> bytes:
        return honest.clip("a.ts", *honest.H264, "-f", "mpegts")

    made: list[tuple[str, str, bytes | Callable[[], bytes]]] = [
        ("a playlist of a file", "film.mp4", HLS % b"file:///etc/passwd"),
        ("a playlist of an address", "film.ts", HLS % b"http://169.254.169.254/latest/meta-data/"),
        ("a playlist of pipes", "film.mp4", HLS % b"concat:/etc/passwd|/etc/hosts"),
        ("a list to join", "film.mkv", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        ("a session of the network", "film.mp4", SDP),
        ("a manifest", "film.mp4", DASH),
        ("a drawing", "film.mp4", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a page", "film.mp4", b"<!doctype html><script>alert(1)</script>" + bytes(2000)),
        (
            "a playlist behind the magic of an MP4",
            "film.mp4",
            b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + HLS % b"file:///etc/passwd",
        ),
        ("a playlist between packets", "film.ts", lambda: stream() + HLS % b"file:///etc/passwd"),
        ("a film with an archive behind it", "film.mp4", lambda: good() + b"PK\x03\x04" + bytes(500)),
        ("a picture with a film behind it", "film.mp4", lambda: plain_png(64, 64) + good()),
        ("packets of nothing", "film.ts", (b"G\x1f\xff\x10" + b"\xff" * 184) * 5000),
        ("an AVI without an index", "film.avi", lambda: honest.clip("a.avi", "-c:v", "mpeg4", "-c:a", "mp3")[:-4000]),
        ("an FLV of tags", "film.flv", b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00" + bytes(50_000)),
        ("nothing at all", "film.mp4", b"\0"),
    ]
    return [film(name, filename, body) for name, filename, body in made]
