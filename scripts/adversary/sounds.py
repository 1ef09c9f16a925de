"""Hostile sounds."""

import struct
from collections.abc import Callable

from scripts.adversary import honest
from scripts.adversary.hostile import Hostile, film


def wav(rate: int, samples: bytes, channels: int = 1, bits: int = 16, claimed: int | None = None) -> bytes:
    step = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate & 0xFFFFFFFF, rate * step & 0xFFFFFFFF, step & 0xFFFF, bits)
    length = len(samples) if claimed is None else claimed
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", length) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3() -> bytes:
    return honest.clip("a.mp3", "-vn", "-c:a", "libmp3lame")


def films() -> list[Hostile]:
    made: list[tuple[str, str, bytes | Callable[[], bytes], str]] = [
        ("256 KB at 1 Hz", "a.wav", wav(1, bytes(256 << 10)), "audio/wav"),
        ("a GHz", "a.wav", wav(10**9, bytes(256 << 10)), "audio/wav"),
        ("nought Hz", "a.wav", wav(0, bytes(1000)), "audio/wav"),
        ("8 kHz of one bit", "a.wav", wav(8000, bytes(1000), bits=1), "audio/wav"),
        ("65,535 channels", "a.wav", wav(48_000, bytes(200_000), channels=65_535, bits=8), "audio/wav"),
        ("4 GB that are not there", "a.wav", wav(8000, bytes(1000), claimed=2**32 - 1), "audio/wav"),
        ("an ID3 tag of 256 MB", "a.mp3", lambda: b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + mp3(), "audio/mpeg"),
        ("ID3 tags one behind the other", "a.mp3", lambda: b"ID3\x04" + bytes(6) + mp3() * 2, "audio/mpeg"),
        ("a FLAC of nothing", "a.flac", b"fLaC\x80\x00\x00\x22" + bytes(34), "audio/flac"),
        ("Ogg pages without a stream", "a.ogg", b"OggS" + bytes(60_000), "audio/ogg"),
        ("AMR that ends at once", "a.amr", b"#!AMR\n" + b"\x3c", "audio/amr"),
        ("ten minutes of silence, small for their length", "a.flac", silence, "audio/flac"),
    ]
    return [film(name, filename, body, mime) for name, filename, body, mime in made]


def silence() -> bytes:
    """A good sound for once: it has to be made."""
    return honest.made("a.flac", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "600", "-c:a", "flac")
