"""Rendering, one piece at a time: what the workers of the Render state machine do.

    prepare     the plan, into the bucket; what there is to do
    film        a real clip, at the film's size and rate
    chunk       some seconds of picture, from the bucket or anew
    sound       the film's sound
    join        the film, an asset

Each knows the render's id and a number, reads the plan, and brings only the files that it needs. All may be done again.
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared import clock, log, storage
from shared.faults import is_outage
from shared.jobs.scratch import working_folder
from shared.media.errors import MediaError
from shared.production import assets, renders, timelines
from shared.production.asset import Asset
from shared.production.render import Render, chunk_place, film_key, sheet, sound_key
from shared.render import Cancelled, Chunk, Plan, Settings, Source, check, plan
from shared.render.join import join as joined
from shared.render.key import chunk_key
from shared.render.mezzanine import make
from shared.render.render import render_chunk
from shared.render.sound import render_sound
from shared.table import ConditionFailed

TOLD = 1.0  # seconds between two writes of a worker
CACHE = "private, no-store"
MIME = {"mp4": "video/mp4", "webm": "video/webm"}


class Todo(Struct, frozen=True):
    """`films` and `chunks` are numbers."""

    do: Literal["work", "stop"]
    films: list[int] = []
    chunks: list[int] = []


class Sheet(Struct, frozen=True):
    """What a worker must know: the plan, how it is encoded, and where the assets are."""

    plan: Plan
    settings: Settings
    assets: dict[str, Asset]


STOP = Todo("stop")


def prepare(render_id: str) -> Todo:
    """Raises MediaError when an asset is gone since it was ordered."""
    render = renders.known(render_id)
    if render is None or render.is_over:
        return STOP
    try:
        render = renders.note(render.id, started=render.started or clock.now())
        kept = timelines.find(render.owner, render.timeline)
        timeline = renders.shown(kept.timeline, renders.Wanted(render.settings, render.preview))
        sources = timelines.sources(render.owner, timeline)
        if wrong := check(timeline, sources):
            raise MediaError(f"{wrong[0].message} any more" if wrong[0].constraint == "unknown" else wrong[0].message)
        made = plan(timeline, sources)
        known = {name: _slim(one) for name, one in assets.find_many(render.owner, list(sources)).items()}
        data = msgspec.json.encode(Sheet(made, render.settings, known))
        storage.put(sheet(render.id), data, "application/json", CACHE)
        now = clock.now()
        renders.tell(
            renders.note(
                render.id,
                state="rendering",
                prepared=now,
                composed=now,
                frames=made.frames,
                filmed=sum(one.frames for one in made.mezzanines),
                heard=bool(made.sounds),
                duration=round(made.duration, 3),
            )
        )
    except ConditionFailed:
        return STOP  # cancelled meanwhile
    return Todo("work", list(range(len(made.mezzanines))), [one.number for one in made.chunks])


def film(render_id: str, number: int) -> str:
    """A clip made ready. Its name."""
    render, page = _begin(render_id)
    piece = page.plan.mezzanines[number]
    place = film_key(piece.name)
    watch = Watch(render, f"film_{number:04}", "composed")
    if storage.head(place) is None:
        with working_folder() as folder:
            source = _brought(page, [piece.asset_id], folder)[piece.asset_id]
            out = folder / "ready.mp4"
            make(piece, source, out, page.settings, watch.tell, watch.cancelled)
            _keep(out, place)
    watch.close(piece.frames)
    return piece.name


def chunk(render_id: str, number: int) -> str:
    """A chunk's picture. Its key: the same chunk of the same pictures is not rendered again."""
    render, page = _begin(render_id)
    piece = page.plan.chunks[number]
    key = chunk_key(piece, _sources(page), page.settings)
    watch = Watch(render, f"chunk_{number:04}", "encoded")
    if not render.drawn:
        renders.note(render.id, drawn=clock.now())
    if storage.head(chunk_place(key)) is None:
        with working_folder() as folder:
            sources = _brought(page, _seen(piece), folder)
            out = folder / "chunk.mp4"
            render_chunk(piece, sources, out, page.settings, watch.tell, watch.cancelled)
            _keep(out, chunk_place(key))
    watch.close(piece.frames)
    return key


def sound(render_id: str) -> bool:
    """The film's sound; False for a film that has none."""
    render, page = _begin(render_id)
    if not page.plan.sounds:
        return False
    watch = Watch(render, "sound", "composed")
    with working_folder() as folder:
        sources = _brought(page, {one.asset_id for one in page.plan.sounds}, folder)
        out = folder / "sound"
        watch.tell(1)
        if render_sound(page.plan, sources, out, page.settings, cancelled=watch.cancelled) is None:
            return False
        _keep(out, sound_key(render.id))
    watch.close(2)
    return True


def join(render_id: str, chunks: list[str], heard: bool) -> None:
    """The film."""
    render, page = _begin(render_id)
    render = renders.note(render.id, joined=clock.now())
    how = page.settings
    watch = Watch(render, "", "")
    with working_folder() as folder:
        pieces = []
        for number, key in enumerate(chunks):
            pieces.append(folder / f"{number:04}.mp4")
            storage.save(chunk_place(key), pieces[-1])
        track = folder / "sound" if heard else None
        if track:
            storage.save(sound_key(render.id), track)
        out = joined(page.plan, pieces, track, folder / f"film.{how.format}", how, cancelled=watch.cancelled)
        asset = _asset(render, page.plan, heard)
        key, size, digest = assets.store(asset, asset.mime, out)
        renders.complete(render, replace(asset, key=key, size=size, digest=digest))
    storage.delete([sheet(render.id), sound_key(render.id)])


def _asset(render: Render, made: Plan, heard: bool) -> Asset:
    new = assets.new(render.owner, render.project, "video", {"timeline": render.timeline, "render": render.id})
    return replace(
        new,
        id=render.video,
        state="completed",
        provider="local",
        mime=MIME[render.settings.format],
        width=made.canvas.width,
        height=made.canvas.height,
        seconds=round(made.duration, 3),
        sound=heard,
    )


# ---- a worker's own


class Watch:
    """A piece at work: its frames onto the row, and whether anybody still wants it, in one write a second."""

    def __init__(self, render: Render, piece: str, stamp: str) -> None:
        self.render, self.piece, self.stamp = render, piece, stamp
        self.frames, self.asked, self.over = 0, 0.0, False

    def tell(self, frames: int) -> None:
        """From whichever thread."""
        self.frames = frames

    def cancelled(self) -> bool:
        if not self.over and time.monotonic() - self.asked >= TOLD:
            self.asked = time.monotonic()
            try:
                self._note()
            except ConditionFailed:
                self.over = True
            except Exception as error:
                if not is_outage(error):
                    raise
                log.failure("progress not noted", error, render=self.render.id)
        return self.over

    def close(self, frames: int) -> None:
        """It is made. Raises Cancelled when nobody wants it any more."""
        self.frames = frames
        try:
            self._note()
        except ConditionFailed:
            raise Cancelled from None

    def _note(self) -> None:
        changes = {f"done_{self.piece}": self.frames, self.stamp: clock.now()} if self.piece else {}
        renders.tell(renders.note(self.render.id, **changes))


def _begin(render_id: str) -> tuple[Render, Sheet]:
    """Raises Cancelled when it is over."""
    render = renders.known(render_id)
    data = storage.read(sheet(render_id)) if render and not render.is_over else None
    if render is None or data is None:
        raise Cancelled
    return render, msgspec.json.decode(data, type=Sheet)


def _slim(asset: Asset) -> Asset:
    return replace(asset, request={}, words=[], error="")


def _sources(page: Sheet) -> dict[str, Source]:
    return {name: timelines.source(asset, Path()) for name, asset in page.assets.items()}


def _seen(piece: Chunk) -> set[str]:
    """The assets and clips of a chunk."""
    shots = [shot for one in piece.segments for layer in one.layers for shot in (layer.shot, layer.into) if shot]
    return {shot.mezzanine or shot.asset_id for shot in shots}


def _brought(page: Sheet, names: Iterable[str], folder: Path) -> dict[str, Source]:
    """All sources, with the files of those that are named."""
    found = _sources(page)
    films = {one.name: one for one in page.plan.mezzanines}
    for name in sorted(names):
        is_film = name in films
        asset = page.assets[films[name].asset_id if is_film else name]
        path = folder / (f"{name}.mp4" if is_film else asset.name)
        storage.save(film_key(name) if is_film else asset.key, path)
        source = timelines.source(asset, path)
        found[name] = replace(source, digest=name, sound=False) if is_film else source
    return found


def _keep(path: Path, place: str) -> None:
    storage.send(place, path, "application/octet-stream", CACHE)
