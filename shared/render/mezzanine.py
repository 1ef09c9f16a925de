"""A film's pieces, normalised once: constant frame rate, upright, square pixels, SDR, fitted, a keyframe often.

After that a chunk can begin at any frame of it, exactly. Only what a clip shows is made, frames beyond the end of the
source repeating its last one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from shared.media import ffmpeg
from shared.media.errors import MediaError
from shared.media.hls import TONE_MAP
from shared.media.probe import Video, probe
from shared.render.encode import COLOURS, Settings
from shared.render.plan import Mezzanine, Plan
from shared.render.running import Asked, Told, made, never, run, silent
from shared.render.timeline import Source

STAGE = "preparation"
BEFORE = 0.0005  # seconds by which a seek aims early
CODED = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "30", "-bf", "0"]


def prepare(
    plan: Plan,
    sources: dict[str, Source],
    folder: Path,
    settings: Settings | None = None,
    told: Told = silent,
    cancelled: Asked = never,
) -> dict[str, Source]:
    """`sources` and, by name, the mezzanines of the plan, made in `folder`."""
    ready = dict(sources)
    whole, done = sum(one.frames for one in plan.mezzanines), 0
    for one in plan.mezzanines:
        before = done

        def tell(frames: int, before: int = before) -> None:
            told(STAGE, before + frames, whole)

        ready[one.name] = make(one, sources[one.asset_id], folder / f"{one.name}.mp4", settings, tell, cancelled)
        done += one.frames
    return ready


def make(
    piece: Mezzanine,
    source: Source,
    out: Path,
    settings: Settings | None = None,
    tell: Callable[[int], None] = lambda frames: None,
    cancelled: Asked = never,
) -> Source:
    """One of them: what a machine of its own would do."""
    how = settings or Settings()
    rate = f"{piece.numerator}/{piece.denominator}"
    with naming(piece.asset_id):
        film = probe(source.path)
        if film.video is None:
            raise MediaError("The film has no picture")
        seek = ["-ss", f"{piece.trim - BEFORE:.6f}"] if piece.trim > BEFORE else []
        kept = f"tpad=stop_mode=clone:stop={piece.frames},trim=end_frame={piece.frames}"
        filters = f"{_fitted(film.video, piece)},setpts=PTS-STARTPTS,fps={rate},{kept},settb=1/({rate}),setpts=N"
        with made(out) as half:
            run(
                [
                    *ffmpeg.reading(source.path, film.kind.demuxer, *seek),
                    *["-map", f"0:{film.video.index}", "-vf", filters, "-frames:v", str(piece.frames)],
                    *[*CODED, "-threads", str(how.workers()), "-r", rate, "-fps_mode", "cfr", *COLOURS],
                    *["-map_metadata", "-1", "-map_chapters", "-1", "-f", "mp4", "-y", f"file:{half.absolute()}"],
                ],
                seconds=how.seconds,
                told=lambda seconds: tell(min(piece.frames, round(seconds * piece.numerator / piece.denominator))),
                cancelled=cancelled,
            )
    return replace(source, path=out, digest=piece.name, sound=False)


@contextmanager
def naming(asset_id: str) -> Iterator[None]:
    """A source's fault names the source."""
    try:
        yield
    except MediaError as error:
        raise MediaError(f"The asset {asset_id} cannot be read: {error.message}", log=error.log) from error


def _fitted(video: Video, piece: Mezzanine) -> str:
    shape = f"{piece.width}:{piece.height}"
    steps = [
        "bwdif=deint=interlaced" if video.interlaced else "",
        "" if video.square_pixels else "scale=iw*sar:ih",
        f"scale={shape}:force_original_aspect_ratio={'increase' if piece.fit == 'cover' else 'decrease'}"
        ":force_divisible_by=2:flags=bicubic:out_color_matrix=bt709:out_range=tv",
        f"crop={shape}" if piece.fit == "cover" else "",
        "setsar=1",
        TONE_MAP.rstrip(",") if video.hdr else "",
        "format=yuv420p",
    ]
    return ",".join(filter(None, steps))
