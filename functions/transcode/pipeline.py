"""One file's way to being watchable.

    arrival   8 MiB at a time to this disk, the SHA-256 checked on the way
    top rung  made while the film still arrives, where it can be; playable once its first segment has landed
    poster    with its ThumbHash
That is the first stage. In the second, behind all files that cannot be played yet:
    top rung  what is left of one that takes long to encode
    extras    subtitles, the trickplay sprite and the lower rungs, each listed when it is there

A file's `stream_state` is `pending`, then `ready`, `failed` (with `stream_error`) or `none` (nothing to be played);
`stream_ready` says that its master playlist is there.
"""

import math
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from functions.transcode.arrival import BEGINNING, Arrival, piped
from functions.transcode.order import in_order
from functions.transcode.stream import Rendition, Stream
from shared import clock, log, storage
from shared.jobs.running import OutOfTime
from shared.library import files, keys, library, streams
from shared.library.caching import THUMBNAIL
from shared.library.files import File
from shared.media import hls, placeholder, poster, sprite, subtitles
from shared.media.codecs import stream_codecs
from shared.media.errors import MediaError, Overrun
from shared.media.hls import Rung
from shared.media.picture import Still
from shared.media.probe import Probe, probe
from shared.media.sniff import HEAD, Kind, sniff

SPARE_DISK = 512 << 20  # bytes beside the film, for segments on their way
LARGEST_PICTURE = 64 << 20  # bytes of an image file
LAST_SEGMENT = 30.0  # seconds past the deadline that ffmpeg may take for the segment it is at
BUDGET = 60.0  # seconds of encoding a top rung after which it is enough that it can be played
FIRST_SEGMENT = 240.0  # seconds of encoding beyond that after which a film that cannot be played never will be
EXTRA = 300.0  # seconds for a sprite
CUES, CUES_FROM = 30.0, 20e6  # seconds for subtitles, and bytes of the file that may take another one to read


class Pipeline:
    """One attempt. A context manager: leaving it ends the uploads.

    `progress` is called with the percent done and the stage, and raises when nobody wants it done any more. `again`
    says that an attempt before this one may have left something to go on from.
    """

    def __init__(
        self,
        file: File,
        folder: Path,
        deadline: float,
        progress: Callable[[float, str], None] = lambda percent, stage: None,
        *,
        again: bool = False,
    ) -> None:
        self.file, self.folder, self.deadline, self.progress, self.again = file, folder, deadline, progress, again
        self.file_id, self.category = file.file_id, file.category
        self.path = folder / "original"
        self.stream = Stream(self.file_id)
        self.ready = file.stream_ready
        self.begun: dict[str, Rendition] = {}  # rungs an earlier attempt did not end
        self.finished: set[str] = set()  # rungs that are whole
        self.percent, self.made, self.whole = 0.0, 0.0, 1.0  # the latter in seconds of all rungs of this stage

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def run(self) -> None:
        """Until the file can be played. Raises MediaError and Overrun for the file, OutOfTime for this invocation,
        NotFound when nobody has it."""
        with self.arriving(self.check_hash) as (arrival, kind):
            if kind is not None and kind.demuxer:
                self.play(arrival, kind)
            else:
                arrival.wait()
                self.show(kind)

    def run_extras(self) -> None:
        """What goes with it. Raises as `run`."""
        with self.arriving(lambda sha256: None) as (arrival, kind):
            arrival.wait()
            self.accompany(probe(self.path, kind), arrival)

    @contextmanager
    def arriving(self, on_arrival: Callable[[str], None]) -> Iterator[tuple[Arrival, Kind | None]]:
        self.progress(0.0, "arrival")
        size = self.file.size
        fits = shutil.disk_usage(self.folder).free > size + SPARE_DISK
        key = keys.original(self.category, self.file_id)
        with Arrival(key, size, self.path if fits else None, on_arrival) as arrival:
            if not fits:
                arrival.wait()
                raise MediaError("The file is too large to be made into a stream")
            arrival.wait(min(size, BEGINNING))
            with self.path.open("rb") as file:
                kind = sniff(file.read(HEAD))
            yield arrival, kind

    def check_hash(self, sha256: str) -> None:
        """The bytes are here: is the hash what the client said? If it said nothing, it is now known."""
        if self.file.sha256 in ("", sha256):
            files.verified(self.file, sha256)
        else:
            files.mismatched(self.file, sha256)

    def show(self, kind: Kind | None) -> None:
        """What is not played: a picture gets a thumbnail; what passes for a film or a picture and is none, a reason."""
        is_picture = kind is not None and kind.family == "image" and self.path.stat().st_size <= LARGEST_PICTURE
        if self.category in ("videos", "musics"):
            raise MediaError("The file is not a film or a sound" if self.file.size else "The file is empty")
        if not is_picture and self.category != "images":
            return self.settle("none")
        try:
            image = placeholder.still(self.path if is_picture else b"")
        except MediaError:
            if self.category == "images" and (kind is None or kind.mime not in ("image/heic", "image/tiff")):
                raise
            return self.settle("none")
        self.settle("none", **self.pictured(image), width=image.width, height=image.height)

    def play(self, arrival: Arrival, kind: Kind) -> None:
        film, done = self.early(arrival, kind)
        if film is None:
            arrival.wait(arrival.size)
            film = probe(self.path, kind)
        if not film.duration:
            raise MediaError("The file has nothing to play")
        top = hls.ladder(film)[0]
        self.whole = film.duration
        if self.again:
            self.recall(film, [top])
        if top.copies_video and not done:
            self.rendition(film, top, self.path, arrival)
        arrival.wait()
        self.also("poster", self.poster, film)
        if not top.copies_video:
            self.begin_encoding(film, top, arrival)
        if top.name in self.finished:
            self.settle("ready", **self.measures(film))
        streams.ask_for_extras(self.file_id)

    def begin_encoding(self, film: Probe, top: Rung, arrival: Arrival) -> None:
        """Until it can be played and its time is over; what is left is made behind the other films."""
        until = time.monotonic() + BUDGET
        try:
            self.rendition(film, top, self.path, arrival, until, most=BUDGET + FIRST_SEGMENT)
        except Overrun as error:
            if not top.can_continue or time.monotonic() < until:
                raise
            if not self.ready:
                raise MediaError("The film takes too long to be made into a stream", log=error.log) from error

    def accompany(self, film: Probe, arrival: Arrival) -> None:
        rungs = hls.ladder(film)
        self.whole = film.duration * len(rungs)
        self.recall(film, rungs)
        self.rendition(film, rungs[0], self.path, arrival)
        if self.file.stream_state == "pending":
            self.settle("ready", **self.measures(film))
        self.also("subtitles", self.subtitles, film)
        self.also("sprite", self.sprite, film)
        for rung in rungs[1:]:
            self.also(rung.name, self.rendition, film, rung, self.path, arrival)

    def early(self, arrival: Arrival, kind: Kind) -> tuple[Probe | None, bool]:
        """What the film's beginning tells, and whether that was enough to make its top rung while the rest arrived."""
        if self.again or arrival.here == arrival.size:
            return None, False
        early = in_order(arrival, kind, self.path, self.folder)
        if early is None or not hls.ladder(early.film)[0].copies_video:
            return None, False
        self.whole = early.film.duration
        try:
            with piped(arrival, early.order) as source:
                self.rendition(early.film, hls.ladder(early.film)[0], source, arrival)
        except MediaError as error:  # ffmpeg would rather have it whole
            log.event("reading in order failed", file_id=self.file_id, log=error.log)
            self.stream.variants.clear()
            self.finished.clear()
            return None, False
        return early.film, True

    # ---- renditions

    def recall(self, film: Probe, rungs: list[Rung]) -> None:
        """What an earlier attempt has made: whole rungs are offered, the others gone on with."""
        for rung in rungs:
            segments, target, ended = self.stream.rendition(rung.name)
            if ended or (segments and rung == rungs[0]):
                codecs = self.stream.codecs(rung.name, self.folder)
                self.stream.variants[rung.name] = hls.variant(film, rung, codecs, segments)
            if ended:
                self.finished.add(rung.name)
            elif segments and rung.can_continue:
                self.begun[rung.name] = Rendition(self.stream, rung.name, target, segments)
            if ended or rung.can_continue:
                self.advance(rung, sum(one.seconds for one in segments))

    def rendition(
        self,
        film: Probe,
        rung: Rung,
        source: Path | BinaryIO,
        arrival: Arrival,
        until: float = math.inf,
        most: float = math.inf,
    ) -> None:
        """Make a rung, or the rest of it: from `until` on only if it cannot be played yet, and for `most` seconds. The
        first that is offered is published while it grows, the others when they are whole."""
        if rung.name in self.finished:
            return
        self.progress(self.percent, rung.name)
        new = Rendition(self.stream, rung.name, hls.promised_target(film, rung), [])
        rendition = self.begun.get(rung.name, new)
        first, start = len(rendition.segments), sum(one.seconds for one in rendition.segments)
        left = max(0.0, self.deadline - time.monotonic()) + LAST_SEGMENT
        left = min(left, most) if rung.can_continue else left
        codecs = ""
        with closing(hls.produce(source, film, rung, self.folder, seconds=left, first=first, start=start)) as pieces:
            for piece in pieces:
                if piece.is_init:
                    codecs = stream_codecs(piece.path)
                    if first:
                        continue  # the one that is there already fits
                rendition.add(piece)
                self.advance(rung, piece.seconds)
                if not self.ready and not piece.is_init:
                    rendition.settle()
                    rendition.publish(ended=False)
                    self.offer(film, rung, codecs, rendition)
                    self.announce(film)
                elif rendition.is_stale:
                    rendition.publish(ended=False)
                if time.monotonic() > until and self.ready and rung.can_continue:
                    rendition.settle()
                    return rendition.publish(ended=False)
                if time.monotonic() > self.deadline:
                    self.stop(rendition, rung, first)
        rendition.settle()
        arrival.wait()  # a transfer that broke off looks to ffmpeg like the end of the film
        rendition.publish(ended=True)
        self.finished.add(rung.name)
        self.offer(film, rung, codecs, rendition)

    def offer(self, film: Probe, rung: Rung, codecs: str, rendition: Rendition) -> None:
        self.stream.variants[rung.name] = hls.variant(film, rung, codecs, rendition.segments)
        self.stream.write_master()

    def announce(self, film: Probe) -> None:
        """It can be watched from now on."""
        self.ready = True
        files.update(self.file_id, {"stream_ready": True, **self.measures(film)})
        self.tell()

    def stop(self, rendition: Rendition, rung: Rung, first: int) -> None:
        rendition.settle()
        rendition.publish(ended=False)
        if not rung.can_continue or len(rendition.segments) == first:
            raise Overrun(log=f"{rung.name} does not fit into one run")
        raise OutOfTime

    # ---- what goes with them

    def also(self, stage: str, make: Callable[..., None], *arguments: Any) -> None:
        """Something a film can do without: when it cannot be made, the rest still is."""
        if time.monotonic() > self.deadline:
            raise OutOfTime
        self.progress(self.percent, stage)
        try:
            make(*arguments)
        except (MediaError, Overrun) as error:
            log.event("left out", file_id=self.file_id, stage=stage, log=error.log)

    def poster(self, film: Probe) -> None:
        image = poster.poster(self.path, film) if not self.file.thumbhash else None
        if image is not None:
            files.update(self.file_id, self.pictured(image))
            self.tell()

    def pictured(self, image: Still) -> dict[str, Any]:
        """What a file's row says of its picture. A thumbnail that somebody chose goes before this one."""
        key = keys.poster(self.file_id)
        storage.put(key, image.jpeg, "image/jpeg", THUMBNAIL.control)
        return {"thumbhash": image.thumbhash, "poster": key, "thumbnail_version": clock.now_ms()}

    def subtitles(self, film: Probe) -> None:
        tracks = subtitles.captions(film)
        if not (self.again and all(storage.head(f"{self.stream.prefix}{track.name}.m3u8") for track in tracks)):
            subtitles.extract(self.path, film, self.folder, seconds=CUES + film.size / CUES_FROM)
            for track in tracks:
                self.stream.put(self.folder / f"{track.name}.vtt")
                self.stream.put(self.folder / f"{track.name}.m3u8")
        if tracks:
            self.stream.captions = tracks
            self.stream.write_master()

    def sprite(self, film: Probe) -> None:
        made = sprite.sprites(self.path, film, self.folder, seconds=EXTRA) if not self.file.sprite else None
        if made is not None:
            for path in (*made.sheets, made.track):
                self.stream.put(path)
            files.update(self.file_id, {"sprite": made.track.name})

    # ---- what is said of it

    def measures(self, film: Probe) -> dict[str, Any]:
        size = {"width": film.video.width, "height": film.video.height} if film.video else {}
        return {"duration": round(film.duration, 3), **size}

    def settle(self, state: str, **changes: Any) -> None:
        files.update(self.file_id, {"stream_state": state, "stream_error": None, **changes})
        self.tell()

    def tell(self) -> None:
        """The edge forgets what it knew of the file."""
        library.changed(self.file)

    def advance(self, rung: Rung, seconds: float) -> None:
        self.made += seconds
        self.percent = min(99.0, 100 * self.made / self.whole)
        self.progress(self.percent, rung.name)
