import io
from pathlib import Path

from PIL import Image

from shared.media.poster import poster
from shared.media.probe import probe
from tests.shared.media.conftest import H264, Clip, encode


def test_a_film_has_a_frame_of_its_own(bunny: Path) -> None:
    found = poster(bunny, probe(bunny))

    assert found is not None
    assert (found.width, found.height, found.is_black) == (1280, 720, False)
    assert Image.open(io.BytesIO(found.jpeg)).size == (1280, 720)


def test_a_black_beginning_is_passed_over(tmp_path: Path) -> None:
    black = ["-f", "lavfi", "-i", "color=black:size=320x180:rate=25:duration=4"]
    card = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4"]
    joined = ["-filter_complex", "[0][1]concat", *H264]
    found = encode(tmp_path / "dark.mp4", *black, *card, *joined)
    picture = poster(found, probe(found))

    assert picture is not None
    assert not picture.is_black


def test_a_film_that_is_black_throughout_still_has_a_poster(tmp_path: Path) -> None:
    black = ["-f", "lavfi", "-i", "color=black:size=64x64:rate=25:duration=1"]
    found = encode(tmp_path / "black.mp4", *black, *H264)

    assert poster(found, probe(found)) is not None


def test_an_upright_film_has_an_upright_poster(film: Path, tmp_path: Path) -> None:
    turned = encode(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(film), "-c", "copy")
    found = poster(turned, probe(turned))

    assert found is not None
    assert (found.width, found.height) == (180, 320)


def test_one_frame_is_enough(clip: Clip) -> None:
    source = clip("frame.mp4", seconds=0.04, sound=False)

    assert poster(source, probe(source)) is not None


def test_sound_has_its_cover_or_nothing(clip: Clip, tmp_path: Path) -> None:
    song = clip("song.mp3", "-c:a", "libmp3lame", picture=False)
    art = encode(tmp_path / "art.png", "-f", "lavfi", "-i", "color=red:size=300x300", "-frames:v", "1")
    both = ["-i", str(song), "-i", str(art), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"]
    covered = encode(tmp_path / "covered.mp3", *both)
    cover = poster(covered, probe(covered))

    assert poster(song, probe(song)) is None
    assert cover is not None
    assert (cover.width, cover.height) == (300, 300)
