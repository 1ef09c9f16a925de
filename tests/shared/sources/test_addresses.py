"""Which links are taken: by scheme, host and list, never by a word somewhere in them."""

import pytest

from shared.sources import addresses
from shared.sources.errors import InvalidUrl, UrlNotAllowed


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=abc",
        "https://youtu.be/abc",
        "https://m.youtube.com/shorts/abc",
        "http://vimeo.com/1",
        "https://www.dailymotion.com/video/x",
        "https://clips.twitch.tv/x",
        "https://x.com/a/status/1",
        "https://twitter.com/a/status/1",
        "https://www.instagram.com/reel/x/",
        "https://vm.tiktok.com/x/",
        "HTTPS://YouTube.com:443/x",
        "https://www.youtube.com./x",
    ],
)
def test_the_seven_platforms_are_taken_when_nothing_else_is_said(url: str) -> None:
    assert addresses.allowed(f"  {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/youtube.com",
        "https://youtube.com.example.com/x",
        "https://notyoutube.com/x",
        "https://example.com/?u=https://youtube.com",
        "http://127.0.0.1/x",
        "http://127.0.0.1/film.mp4",
        "http://[::1]/film.mp4",
        "http://localhost/film.mp4",
        "https://example.com/film.mp4.html",
        "https://example.com/watch?file=film.mp4",
    ],
)
def test_other_hosts_are_not(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        addresses.allowed(url)
    assert (caught.value.status, caught.value.code) == (400, "URL_NOT_ALLOWED")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "youtube.com/watch?v=x",
        "ytsearch:cats",
        "ftp://youtube.com/x",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://user:secret@youtube.com/x",
        "https://youtube.com@127.0.0.1/x",
        "https://youtube.com:99999/x",
        "https://youtube.com:0/x",
        "https://youtube.com/a b",
        "https://youtube.com/\r\nX: y",
        "https://youtube.com/\x00",
        "https://youtube.com/\ud800",
        "https://youtube.com\\@127.0.0.1/",
        "https://[::1/x",
        "https://youtube.com/x#__youtubedl_smuggle=%7B%22to_generic%22%3A+true%7D",
        "https://youtube.com/" + "x" * 5000,
        f"https://{'x' * 70}.youtube.com/",
    ],
)
def test_what_is_no_link_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl) as caught:
        addresses.allowed(url)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_URL")


@pytest.mark.parametrize("name", ["film.mp4", "a%20b/Film.WebM", "song.mp3?token=x", "live/master.m3u8", "film.mpd"])
def test_a_direct_link_to_media_is_taken_from_any_public_host(name: str) -> None:
    assert addresses.allowed(f"https://example.com/{name}")


def test_a_list_may_name_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "media.example.com:8443,127.0.0.1:9000")
    assert addresses.allowed("https://cdn.media.example.com:8443/x")
    assert addresses.allowed("http://127.0.0.1:9000/x")
    for url in ("https://media.example.com/x", "http://127.0.0.1:9001/x", "https://example.com/film.mp4"):
        with pytest.raises(UrlNotAllowed):
            addresses.allowed(url)


def test_an_operator_names_other_hosts_or_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "Archive.org, .example.com")
    for url in ("https://archive.org/x", "https://ia600.us.archive.org/x", "https://example.com/x"):
        assert addresses.allowed(url) == url
    with pytest.raises(UrlNotAllowed):
        addresses.allowed("https://www.youtube.com/x")
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "*")
    assert addresses.allowed("https://anything.test/x")
    with pytest.raises(UrlNotAllowed):
        addresses.allowed("http://169.254.169.254/x")


def test_a_platform_is_known_by_its_host() -> None:
    assert addresses.platform_of("https://m.youtube.com/x") == "youtube"
    assert addresses.platform_of("https://x.com/a") == "twitter"
    assert addresses.platform_of("https://example.com/youtube") == "unknown"
    assert addresses.platform_of("not a link") == "unknown"
