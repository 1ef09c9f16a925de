"""What a link holds, asked of a real site through yt-dlp in its child."""

from pathlib import Path

import msgspec
import pytest

from shared.sources import addresses, engine, errors, formats
from tests.fakes.site import SECONDS, TITLE, Site


def refusal(site: Site, path: str) -> tuple[str, int]:
    with pytest.raises(errors.SourceError) as caught:
        engine.look(site.url + path)
    return caught.value.code, caught.value.status


def test_a_page_with_a_film_tells_what_it_is(site: Site) -> None:
    found = engine.look(f"{site.url}/talk")
    assert (found.title, found.uploader, found.duration) == ("Conférence", "Ada", SECONDS)
    assert found.thumbnail == f"{site.url}/cover.jpg"
    assert [(one.title, one.start, one.end) for one in found.chapters][1] == ("Milieu", 3.0, 6.0)
    assert found.formats[: len(formats.GENERIC)] == list(formats.GENERIC)
    size = (site.folder / "film.mp4").stat().st_size
    assert [(one.ext, one.filesize) for one in found.formats[len(formats.GENERIC) :]] == [("mp4", size)]
    assert not found.is_playlist


def test_the_answer_has_the_documented_fields(site: Site) -> None:
    answer = msgspec.to_builtins(engine.look(f"{site.url}/film.mp4"))
    documented = "id title uploader duration view_count thumbnail description formats is_playlist playlist_title"
    assert {*documented.split(), "playlist_count", "entries"} <= set(answer)
    fields = ["format_id", "ext", "resolution", "note", "filesize", "fps", "vcodec", "acodec"]
    assert all(list(one) == fields for one in answer["formats"])


def test_the_answer_names_the_platform(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.look(f"{site.url}/film.mp4").platform == "unknown"
    monkeypatch.setitem(addresses.PLATFORMS, "vimeo", ("127.0.0.1",))
    assert engine.look(f"{site.url}/film.mp4").platform == "vimeo"


def test_presets_tell_their_size_before_the_start(site: Site) -> None:
    size = (site.folder / "film.mp4").stat().st_size
    found = engine.look(f"{site.url}/talk")
    told = {one.name: (one.ext, one.filesize) for one in found.presets}
    assert told == {
        "best": ("mp4", size),
        "1080p": ("mp4", size),
        "720p": ("mp4", size),
        "audio": ("mp3", SECONDS * 192_000 // 8),
    }


def test_hls_tells_its_renditions(site: Site) -> None:
    found = engine.look(f"{site.url}/hls/master.m3u8")
    assert found.duration == SECONDS
    told = {(one.resolution, one.acodec) for one in found.formats[len(formats.GENERIC) :]}
    assert {("160x90", "none"), ("320x180", "none"), ("audio only", None)} == told


def test_a_title_of_emoji_and_slashes_comes_back_as_it_is(site: Site) -> None:
    assert engine.look(f"{site.url}/page").title == TITLE


def test_a_feed_is_a_playlist_and_its_broken_item_holds_nobody_back(site: Site) -> None:
    found = engine.look(f"{site.url}/feed.xml")
    assert (found.is_playlist, found.playlist_title, found.playlist_count) == (True, "Émissions", 3)
    assert [(one.title, one.url) for one in found.entries] == [
        ("Un film", f"{site.url}/film.mp4"),
        ("Un son", f"{site.url}/song.m4a"),
    ]
    assert found.formats == list(formats.GENERIC)


def test_a_page_with_two_films_is_a_playlist_whose_entries_can_be_asked_for(site: Site) -> None:
    found = engine.look(f"{site.url}/two")
    assert [one.url for one in found.entries] == [f"{site.url}/film.mp4", f"{site.url}/clip.webm"]


def test_a_playlist_of_ten_thousand_stays_within_its_time(site: Site) -> None:
    found = engine.look(f"{site.url}/feed.xml?items=10000")
    assert (found.playlist_count, len(found.entries)) == (10_000, 10_000)
    assert found.entries[-1].title == "Épisode 9999"
    assert len([one for one in site.asked if "film.mp4" in one]) <= 500
    assert len(msgspec.json.encode(found)) < 5 << 20  # Lambda's answer


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        ("/status/403/Sign%20in%20to%20confirm%20you're%20not%20a%20bot", "SOURCE_BLOCKED", 502),
        ("/status/403/Sign%20in%20to%20confirm%20your%20age", "AGE_RESTRICTED", 403),
        ("/status/403/Private%20video", "PRIVATE", 403),
        ("/status/404", "VIDEO_UNAVAILABLE", 404),
        ("/status/429", "SOURCE_BLOCKED", 502),
        ("/status/451", "GEO_BLOCKED", 403),
        ("/status/503", "NETWORK_ERROR", 502),
        ("/loop", "NETWORK_ERROR", 502),
        ("/text.txt", "INVALID_URL", 400),
        ("/", "INVALID_URL", 400),
        ("/bomb", "TOO_LARGE", 413),
        ("/endless-page", "TOO_LARGE", 413),
    ],
)
def test_what_the_source_says_has_its_code(site: Site, path: str, code: str, status: int) -> None:
    """The reason phrase is the source's own: without it three of these are the same 403."""
    assert refusal(site, path) == (code, status)


@pytest.mark.parametrize("path", ["/away", "/to-file", "/to-ftp"])
def test_a_redirect_to_where_nobody_should_go_is_refused(site: Site, path: str) -> None:
    assert refusal(site, path) == ("URL_NOT_ALLOWED", 400)


def test_a_private_host_is_refused_though_the_list_has_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOUND_ALLOW", "")
    for url in (f"{site.url}/film.mp4", f"http://localhost:{site.port}/film.mp4", f"http://[::1]:{site.port}/"):
        with pytest.raises(errors.UrlNotAllowed):
            engine.look(url)
    assert site.asked == []


def test_a_host_that_nobody_knows_is_a_network_error(site: Site) -> None:
    with pytest.raises(errors.Unreachable):
        engine.look("http://nowhere.invalid/film.mp4")


def test_a_closed_port_is_a_network_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOUND_ALLOW", "127.0.0.1:9")
    with pytest.raises(errors.Unreachable):
        engine.look("http://127.0.0.1:9/film.mp4")


def test_a_silent_source_is_given_up(site: Site) -> None:
    with pytest.raises(errors.Silent) as caught:
        engine.look(f"{site.url}/silent", seconds=4)
    assert caught.value.status == 504


def test_a_link_that_is_none_is_asked_of_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a child was started"))
    with pytest.raises(errors.InvalidUrl):
        engine.look("ytsearch:cats")


def test_cookies_are_used_and_never_written(site: Site, tmp_path: Path) -> None:
    jar = tmp_path / "cookies.txt"
    text = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tvalue\n"
    jar.write_text(text)
    engine.look(f"{site.url}/film.mp4", cookies=jar)
    assert site.cookies == ["name=value"]
    assert jar.read_text() == text
