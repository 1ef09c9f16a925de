"""In the child: yt-dlp. An order comes on standard input; what happens is told (`told`) on standard output, in lines.

Only this process holds the source's bytes in its hands, and it holds nothing of ours: no keys, no environment.
"""

import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from shared.sources import formats, listing
from shared.sources.listing import Info
from shared.sources.told import Arrived, File, Job, Told

MOST_ENTRIES, IN_FULL = 10_000, 500
UNRESOLVED = 12.0  # seconds that may go into a playlist's entries, of a look's 25
PAGES = 17.0  # seconds after which no more pages of a playlist are asked for
EVERY = 0.5  # seconds between two words of progress
RETRIES = 3
LARGEST_SIDE_FILE = 20 << 20  # bytes of subtitles or of a thumbnail
MOST_SUBTITLES = 20
SUBTITLES = ("vtt", "srt", "ass", "ttml")
PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
GUESSED = "unknown_video"  # yt-dlp's extension for an address that may hold anything
BYTES = ("", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download")
OWN_LANGUAGES = ("fr", "en")


class Halt(Exception):
    """An end with a kind of ours: "large", "playlist", "live", "format"."""


def main() -> None:
    speak = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints, prints where nobody takes it for us
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    os.environ["OUTBOUND_ALLOW"] = job.exceptions
    say = _speaker(speak)
    work = Work(job, say)
    try:
        say(work.look() if job.what == "look" else work.fetch())
    except BaseException as error:
        say(work.failure(error))


def _speaker(out: IO[bytes]) -> Callable[[Told], None]:
    def say(told: Told) -> None:
        out.write(msgspec.json.encode(told) + b"\n")

    return say


class Ears:
    """yt-dlp's log: its last error, and what it says of JavaScript."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warned = ""

    def debug(self, _: str) -> None:
        pass

    def info(self, _: str) -> None:
        pass

    def warning(self, said: str) -> None:
        if "No supported JavaScript runtime" in said:
            self.warned = said

    def error(self, said: str) -> None:
        self.errors = [*self.errors[-4:], said]


class Work:
    def __init__(self, job: Job, say: Callable[[Told], None]) -> None:
        self.job, self.say = job, say
        self.began = time.monotonic()
        self.ears = Ears()
        self.guard, self.downloader = self._started()
        self.last_word = 0.0
        self.done, self.expected = 0, 0  # bytes of the files before this one, and of all
        self.sizes: dict[str, int] = {}

    def _started(self) -> tuple[Any, Any]:
        """The guard first: from then on nothing goes out without it."""
        from shared.sources import guard, script

        program, _, path = self.job.runtime.partition(":")
        held = guard.Guard(self.job.proxy, frozenset({path} if path else ()))
        handler = guard.install(held)
        if not path:
            program = "quickjs"
            with suppress(ImportError):
                script.install()
        import yt_dlp

        class Guarded(yt_dlp.YoutubeDL):  # type: ignore[misc, no-any-unimported, unused-ignore]
            playlists: Any = None

            def build_request_director(self, _: Any, preferences: Any = None) -> Any:
                return super().build_request_director([handler], preferences)

            def save_cookies(self) -> None:
                pass  # they are the operator's, and only lent

            def _YoutubeDL__process_playlist(self, found: Info, download: bool) -> Info:
                taken: Info = self.playlists(self, found)
                return taken

        downloader = Guarded(self._options({program: {"path": path or None}}))
        downloader.playlists = self._listed if self.job.what == "look" else _refused
        return held, downloader

    def _options(self, runtimes: dict[str, Any]) -> dict[str, Any]:
        return {
            "quiet": True,
            "no_warnings": False,
            "noprogress": True,
            "logger": self.ears,
            "color": "no_color",
            "cachedir": False,
            "socket_timeout": self.job.silence,
            "retries": RETRIES,
            "fragment_retries": RETRIES,
            "extractor_retries": 1,
            "file_access_retries": 0,
            "retry_sleep_functions": {"http": lambda n: n, "fragment": lambda n: n},
            "skip_unavailable_fragments": False,
            "external_downloader": {"default": "native"},
            "hls_prefer_native": True,
            "fixup": "never",
            "updatetime": False,
            "noplaylist": True,
            "playlistend": MOST_ENTRIES,
            "js_runtimes": runtimes,
            "remote_components": [],
            "enable_file_urls": False,
            "proxy": self.job.proxy,  # "" is none at all, not the environment's
            "cookiefile": self.job.cookies or None,
            "max_filesize": self.job.largest or None,
            "format": self._chosen if self.job.what == "fetch" else (lambda context: context["formats"][-1:]),
            "progress_hooks": [self._progress],
            "geo_bypass": False,
        }

    def _extracted(self) -> Info:
        info: Info | None = self.downloader.extract_info(self.job.order.url, download=False)
        if info is None:
            raise Halt("nothing")
        if info.get("ext") == GUESSED and self.guard.kinds.get(info.get("url", ""), "") not in BYTES:
            raise Halt("words")
        return info

    # ---- looking

    def look(self) -> Told:
        info = self._extracted()
        if info.get("_type", "video") != "video":
            return Told(found=msgspec.to_builtins(info["__found"]))
        for one in info.get("formats") or ():
            if not one.get("filesize") and one.get("url") in self.guard.sizes:
                one["filesize"] = self.guard.sizes[one["url"]]
        return Told(found=msgspec.to_builtins(listing.film(info, self._selected)))

    def _selected(self, every: list[Info], spec: str) -> list[Info]:
        """What the selector takes: one format, or a film and a sound to be merged."""
        possible = [one for one in every if _is_native(one)]
        taken = self.downloader._select_formats(possible, self.downloader.build_format_selector(spec))
        return [part for one in taken[:1] for part in one.get("requested_formats") or [one]]

    def _listed(self, downloader: Any, info: Info) -> Info:
        """A playlist: its entries as the source lists them, the first ones looked up where a title or length lacks."""
        from yt_dlp.utils import PlaylistEntries

        found, broken = [], 0
        try:
            for _, one in PlaylistEntries(downloader, info).get_requested_items():
                if one:
                    found.append(one)
                if len(found) >= MOST_ENTRIES or self._spent() > PAGES:
                    break
        except Exception:
            if not found:
                raise
        page, listed = info.get("webpage_url"), []
        for position, one in enumerate(found):
            whole = one
            if position < IN_FULL and self._spent() < UNRESOLVED and not _is_told(one):
                looked = self._resolved(downloader, one)
                if looked is None:
                    broken += 1
                    continue
                whole = {**looked, **{name: value for name, value in one.items() if value and name in ("title", "id")}}
            entry = listing.entry(whole, _address(one, whole, page))
            if entry is not None:
                listed.append(entry)
        if broken and not listed:
            raise Halt(self.ears.errors[-1] if self.ears.errors else "No entry of the playlist is available")
        counted = max(listing.whole(info.get("playlist_count")) or 0, len(found))
        return {**info, "_type": "playlist", "entries": [], "__found": listing.playlist(info, listed, counted)}

    def _resolved(self, downloader: Any, one: Info) -> Info | None:
        if one.get("_type", "video") not in ("url", "url_transparent"):
            return one
        try:
            found: Info | None = downloader.extract_info(one["url"], download=False, ie_key=one.get("ie_key"))
        except Exception as error:
            if self.guard.stopped is not None and self.guard.stopped.kind == "refused":
                self.guard.stopped = None  # that entry alone leads somewhere it must not
            self.ears.error(str(error))
            return None
        return found

    def _spent(self) -> float:
        return time.monotonic() - self.began

    # ---- fetching

    def fetch(self) -> Told:
        order, folder = self.job.order, Path(self.job.folder)
        os.chdir(folder)
        info = self._extracted()
        if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming"):
            raise Halt("live")
        parts = info.get("requested_formats") or [info]
        duration = listing.number(info.get("duration"), listing.LONGEST)
        told = [listing.whole(one.get("filesize")) or self.guard.sizes.get(one.get("url", "")) for one in parts]
        if sum(one or 0 for one in told) > self.job.largest:
            raise Halt("large")
        self.expected = sum(one or listing.size(part, duration) or 0 for one, part in zip(told, parts, strict=True))
        files = []
        common = {name: value for name, value in info.items() if name != "requested_formats"}
        for position, part in enumerate(parts):
            files.append(self._media({**common, **part}, position))
            self.done += Path(files[-1].name).stat().st_size
            if self.done > self.job.largest:
                raise Halt("large")
        self.sizes.clear()
        if order.include_subtitles:
            files += self._subtitles(info)
        if order.include_thumbnail or order.extract_audio or formats.is_audio(order.format_id):
            files += self._thumbnail(info)
        return Told(arrived=Arrived(listing.about(info), files))

    def _chosen(self, context: Info) -> Any:
        """yt-dlp's format selector, on those formats that we can fetch without ffmpeg."""
        wanted, every = self.job.order.format_id, [one for one in context["formats"] if _is_native(one)]
        if self.job.order.extract_audio and wanted not in formats.PRESETS and not formats.is_spelled(wanted):
            raise Halt("format")
        spec = formats.selector(wanted)
        exact = next((one for one in every if one.get("format_id") == wanted), None)
        if exact is not None and exact.get("acodec") == "none":
            spec = f"{wanted}+bestaudio/{wanted}"  # a picture alone is what nobody means
        try:
            choose = self.downloader.build_format_selector(spec)
        except SyntaxError:
            raise Halt("format") from None
        return choose({**context, "formats": every})

    def _media(self, info: Info, position: int) -> File:
        """One file: `media-0-22.mp4`, and `media-0-22.mp4.part` until it is whole; known again by another call."""
        kind = re.sub(r"[^\w-]", "_", listing.text(info.get("format_id"), 60))
        name = f"media-{position}-{kind}.bin"
        self._downloaded(name, info)
        return File(name, "media", is_audio=info.get("vcodec") == "none")

    def _downloaded(self, name: str, info: Info, subtitle: bool = False) -> None:
        from yt_dlp.networking.exceptions import network_exceptions

        before = len(self.ears.errors)
        try:
            good, _ = self.downloader.dl(name, info, subtitle=subtitle)
        except network_exceptions as error:
            raise Halt(f"Unable to download: {error}") from error
        if good is False or not Path(name).exists():  # None for WebVTT in HLS, which is good too
            said = self.ears.errors[before:] or self.ears.errors[-1:]
            if self.sizes.get(name, 0) > self.job.largest:
                raise Halt("large")
            raise Halt(said[-1] if said else "File is larger than max-filesize")

    def _progress(self, state: Info) -> None:
        here, name = state.get("downloaded_bytes") or 0, state.get("filename") or ""
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        if state.get("total_bytes"):
            self.sizes[name] = state["total_bytes"]
        if self.done + max(here, state.get("total_bytes") or 0) > self.job.largest:
            raise self.guard.stop("large")
        if not name.startswith("media-"):
            return
        now = time.monotonic()
        if now - self.last_word < EVERY and state.get("status") != "finished":
            return
        self.last_word = now
        whole = max(self.expected, self.done + (total or 0))
        percent = min(100.0, 100.0 * (self.done + here) / whole) if whole else None
        speed, eta = listing.number(state.get("speed")), listing.number(state.get("eta"))
        self.say(Told(progress=(percent, speed, eta)))

    # ---- what comes beside it: none of it is a reason to fail

    def _subtitles(self, info: Info) -> list[File]:
        wanted: dict[str, list[Info]] = {
            language: tracks for language, tracks in (info.get("subtitles") or {}).items() if language != "live_chat"
        }
        if not wanted:
            spoken = info.get("automatic_captions") or {}
            languages = (f"{info.get('language')}-orig", info.get("language"), *OWN_LANGUAGES)
            wanted = {one: spoken[one] for one in [one for one in languages if one and one in spoken][:2]}
        files = []
        for position, (language, tracks) in enumerate(list(wanted.items())[:MOST_SUBTITLES]):
            chosen = next((one for kind in SUBTITLES for one in tracks if one.get("ext") == kind), None)
            if chosen is None:
                continue
            name = f"subtitles-{position}.{chosen['ext']}"
            with suppress(Exception):
                if chosen.get("data") is not None:
                    Path(name).write_text(chosen["data"][:LARGEST_SIDE_FILE], encoding="utf-8", errors="replace")
                else:
                    self._downloaded(name, {"http_headers": info.get("http_headers"), **chosen}, subtitle=True)
                if 0 < Path(name).stat().st_size <= LARGEST_SIDE_FILE:
                    files.append(File(name, "subtitles", listing.text(language, 35)))
        return files

    def _thumbnail(self, info: Info) -> list[File]:
        from yt_dlp.networking import Request

        ranked = [one.get("url") for one in reversed(info.get("thumbnails") or []) if isinstance(one, dict)]
        for url in [one for one in ranked if listing.link(one)][:3]:
            with suppress(Exception):
                answer = self.downloader.urlopen(Request(url, headers=info.get("http_headers") or {}))
                kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                data = answer.read(LARGEST_SIDE_FILE + 1)
                if data and len(data) <= LARGEST_SIDE_FILE:
                    name = f"thumbnail.{PICTURES.get(kind, 'jpg')}"
                    Path(name).write_bytes(data)
                    return [File(name, "thumbnail")]
        return []

    # ---- how it ends

    def failure(self, error: BaseException) -> Told:
        """What went wrong: a kind of our own, or the source's words."""
        stopped = self.guard.stopped
        if stopped is not None:
            return Told(error=str(stopped), kind=stopped.kind)
        if isinstance(error, MemoryError):
            return Told(error="MemoryError", kind="memory")
        if isinstance(error, Halt):
            said = str(error)
            return Told(error=said, kind=said if said.isalpha() and said.islower() else "")
        inner = (getattr(error, "exc_info", None) or (None, None))[1] or error
        said = getattr(inner, "orig_msg", None) or str(inner) or type(inner).__name__
        cause = getattr(inner, "cause", None)
        if isinstance(inner, Halt):
            return self.failure(inner)
        return Told(error=" ".join(filter(None, [self.ears.warned, said, str(cause or "")])))


def _refused(_: Any, found: Info) -> Info:
    raise Halt("playlist")


def _is_native(one: Info) -> bool:
    """Whether yt-dlp fetches it by itself; what it would hand to ffmpeg, which sees no network here, is left out."""
    from yt_dlp.downloader import FFmpegFD, get_suitable_downloader
    from yt_dlp.downloader.rtmp import RtmpFD

    if listing.is_picture(one) or one.get("has_drm") is True:
        return False
    options = {"external_downloader": {"default": "native"}, "hls_prefer_native": True}
    with suppress(Exception):
        return get_suitable_downloader(dict(one), options) not in (None, FFmpegFD, RtmpFD)
    return False


def _is_told(one: Info) -> bool:
    return bool(one.get("title")) and one.get("duration") is not None


def _address(one: Info, whole: Info, page: str | None) -> str | None:
    """Where this entry alone can be asked for: its own page, else its file."""
    from yt_dlp.utils import unsmuggle_url

    own = one.get("webpage_url") or whole.get("webpage_url")
    if one.get("_type") in ("url", "url_transparent"):
        own = one.get("webpage_url") or one.get("url")
    if not own or own == page:
        files = [part.get("url") for part in whole.get("formats") or ()]
        own = files[-1] if files else whole.get("url")
    return unsmuggle_url(own)[0] if isinstance(own, str) else None


if __name__ == "__main__":
    main()
