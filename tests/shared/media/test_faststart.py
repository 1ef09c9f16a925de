from pathlib import Path

from shared.media.boxes import top_level
from shared.media.faststart import in_front, insertion
from shared.media.probe import probe
from tests.shared.media.conftest import encode


def moved(path: Path) -> tuple[bytes, int, bytes]:
    """(the file, where its header goes, its header as it must read there)."""
    content = path.read_bytes()
    with path.open("rb") as file:
        boxes = list(top_level(file, len(content)))
    at = insertion(boxes)
    header = next(box for box in boxes if box.name == b"moov")
    assert at is not None
    done = in_front(content[header.start : header.end], at)
    assert done is not None
    return content, at, done


def test_a_header_put_in_front_reads_as_if_it_had_been_there(film: Path, tmp_path: Path) -> None:
    content, at, header = moved(film)
    front = tmp_path / "front.mp4"
    front.write_bytes(content[:at] + header + content[at : content.rindex(b"moov") - 4])
    ours = encode(tmp_path / "ours.h264", "-i", str(front), "-c", "copy")
    theirs = encode(tmp_path / "theirs.h264", "-i", str(film), "-c", "copy")

    assert probe(front).moov_in_front
    assert ours.read_bytes() == theirs.read_bytes()


def test_offsets_that_would_not_fit_are_refused(film: Path) -> None:
    content = film.read_bytes()
    start = content.rindex(b"moov") - 4
    header = bytearray(content[start : start + int.from_bytes(content[start : start + 4], "big")])
    table = header.index(b"stco") + 12
    header[table : table + 4] = b"\xff\xff\xff\xff"

    assert in_front(bytes(header), 40) is None


def test_a_header_that_is_compressed_or_broken_is_refused() -> None:
    assert in_front(b"\x00\x00\x00\x10moov\x00\x00\x00\x08cmov", 40) is None
    assert in_front(b"\x00\x00\x00\xffmoov", 40) is None
    assert in_front(b"", 40) is None
    assert insertion([]) is None
