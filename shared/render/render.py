"""A chunk, and a whole film on one machine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.media import child
from shared.media.errors import MediaError
from shared.render import encode, graph, titles
from shared.render.encode import Settings
from shared.render.errors import Cancelled
from shared.render.join import join
from shared.render.mezzanine import naming, prepare
from shared.render.plan import Chunk, plan
from shared.render.running import Asked, Told, made, never, run, silent
from shared.render.sound import render_sound
from shared.render.timeline import Source, Timeline

STAGE = "encoding"


def render_chunk(
    chunk: Chunk,
    sources: dict[str, Source],
    out: Path,
    settings: Settings | None = None,
    tell: Callable[[int], None] = lambda frames: None,
    cancelled: Asked = never,
) -> Path:
    """A chunk as an MP4 without sound. `sources` are those of `prepare`; `tell` gets the frames made so far."""
    how = settings or Settings()
    words = [one for one in chunk.words if how.subtitles == "burnt" or not one.caption]
    with TemporaryDirectory(dir=out.parent) as name, made(out) as half:
        script = Path(name) / "words.ass" if words else None
        if script:
            script.write_text(titles.ass(words, chunk.canvas, how.subtitle_style))
        rate = float(chunk.canvas.rate)
        try:
            drawn = graph.arguments(chunk, sources, script)
            run(
                [
                    *[*drawn, "-frames:v", str(chunk.frames)],
                    *[*encode.picture(how, chunk.canvas), "-y", f"file:{half.absolute()}"],
                ],
                seconds=how.seconds,
                told=lambda seconds: tell(min(chunk.frames, round(seconds * rate))),
                cancelled=cancelled,
            )
        except MediaError:
            _blame(chunk, sources)
            raise
    tell(chunk.frames)
    return out


def _blame(chunk: Chunk, sources: dict[str, Source]) -> None:
    """Raises for the picture that cannot be read, if it is one's fault."""
    shots = [shot for one in chunk.segments for layer in one.layers for shot in (layer.shot, layer.into)]
    for asset in dict.fromkeys(shot.asset_id for shot in shots if shot and not shot.mezzanine):
        with naming(asset):
            run([*graph.still(sources[asset].path), "-frames:v", "1", "-f", "null", "-"], seconds=60)


def render(
    timeline: Timeline,
    sources: dict[str, Source],
    out: Path,
    settings: Settings | None = None,
    told: Told = silent,
    cancelled: Asked = never,
    *,
    workers: int = 0,
) -> Path:
    """The whole film, on this machine, `workers` chunks at a time (0: one per processor); the sound is made meanwhile.

    Two at once take three quarters of the time of one with all threads: one starts while another drains.

    `timeline` and `settings` are those that `check` and `encode.wrong` found nothing in.
    """
    how = settings or Settings()
    workers = workers or child.threads()
    work = plan(timeline, sources)
    stopped: list[bool] = []

    def ended() -> bool:
        return bool(stopped) or cancelled()

    with TemporaryDirectory(dir=out.parent, prefix=".render-") as name:
        folder = Path(name)
        ready = prepare(work, sources, folder, how, told, ended)
        done = [0] * len(work.chunks)

        def chunk(one: Chunk) -> Path:
            def tell(frames: int) -> None:
                done[one.number] = frames
                told(STAGE, sum(done), work.frames)

            return render_chunk(one, ready, folder / f"chunk-{one.number}.mp4", how, tell, ended)

        with ThreadPoolExecutor(workers + 1) as pool:
            heard = pool.submit(render_sound, work, sources, folder / "sound", how, told, ended)
            gate = ThreadPoolExecutor(workers)
            seen = [gate.submit(chunk, one) for one in work.chunks]
            try:
                pieces = [one.result() for one in seen]
                sound = heard.result()
            except BaseException:
                stopped.append(True)
                gate.shutdown(cancel_futures=True)
                raise
            gate.shutdown()
        return join(work, pieces, sound, out, how, told, cancelled)


__all__ = ["Cancelled", "render", "render_chunk"]
