"""The renderer, beside one ffmpeg with the same graph, and beside MoviePy.

`python -m scripts.measure.render SECONDS FOLDER` renders a film of that length and prints the largest memory of an
ffmpeg that took part: a process of its own, since the system remembers the largest for good.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from scripts.measure.ratios import in_turn, row, seconds
from shared.media.ffmpeg import program
from shared.render import Clip, Config, Settings, Source, Timeline, Track, check, encode, estimate, graph, plan
from shared.render.render import render

PICTURES, EACH = 5, 4.0  # and seconds of each
HOW = Settings(subtitles="none")  # x264 veryfast, CRF 23
MOVIEPY = "moviepy==2.2.1"
THEIRS = """
import sys
from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, vfx
*pictures, music, out = sys.argv[1:]
clips = []
for number, picture in enumerate(pictures):
    clip = ImageClip(picture).resized((1280, 720)).with_duration(5 if number + 1 < len(pictures) else 4)
    clip = clip.with_start(4 * number)
    clips.append(clip.with_effects([vfx.CrossFadeIn(1)]) if number else clip)
film = CompositeVideoClip(clips, size=(1280, 720)).with_duration(20).with_audio(AudioFileClip(music).with_duration(20))
film.write_videofile(out, fps=30, codec="libx264", preset="veryfast", audio_codec="aac", threads=2, logger=None)
"""


def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = _sources(folder)
        _beside_ffmpeg(folder, sources)
        _beside_moviepy(folder, sources)
        _workers(folder, sources)
        _memory(folder)


def _sources(folder: Path) -> dict[str, Source]:
    """Five pictures with much in them, and half a minute of noise."""
    made = folder / "0.jpg"
    if not made.exists():
        fractal = ["-f", "lavfi", "-i", "mandelbrot=s=1920x1080:rate=1:end_scale=0.02:end_pts=5"]
        _ffmpeg([*fractal, "-frames:v", str(PICTURES), "-start_number", "0", "-q:v", "3", str(folder / "%d.jpg")])
        _ffmpeg(["-f", "lavfi", "-i", "anoisesrc=d=30:c=pink:a=0.3:r=48000", "-ac", "2", str(folder / "music.mp3")])
    found = {f"{at}": Source(folder / f"{at}.jpg", "image", 1920, 1080, digest=f"{at}") for at in range(PICTURES)}
    return {**found, "music": Source(folder / "music.mp3", "audio", duration=30.0, digest="music")}


def _timeline(lasts: float, sources: dict[str, Source], size: str = "1280x720", motion: str = "none") -> Timeline:
    count = round(lasts / EACH)
    clips = [Clip(f"{at % PICTURES}", at * EACH, EACH, transition_in="dissolve", motion=motion) for at in range(count)]
    clips[0].transition_in = "none"
    timeline = Timeline([Track("video", clips), Track("music", [Clip("music")])], Config(size, 30))
    if check(timeline, sources):
        raise RuntimeError("the bench's timeline is wrong")
    return timeline


def _ffmpeg(arguments: list[str]) -> None:
    subprocess.run([program(), "-nostdin", "-v", "error", "-y", *arguments], check=True)


def _beside_ffmpeg(folder: Path, sources: dict[str, Source]) -> None:
    timeline = _timeline(60, sources)
    whole = plan(timeline, sources, chunk=3600).chunks[0]
    music = ["-stream_loop", "-1", "-i", str(sources["music"].path)]
    sound = ["-map", f"{PICTURES}:a", "-t", "60", "-c:a", "aac", "-b:a", "192k"]

    def theirs() -> None:
        drawn = graph.arguments(whole, sources, None)
        at = drawn.index("-filter_complex")
        coded = [one for one in encode.picture(HOW, whole.canvas) if one != "-an"]
        _ffmpeg(
            [*drawn[:at], *music, *drawn[at:], *coded, *sound, "-movflags", "+faststart", str(folder / "theirs.mp4")]
        )

    def ours() -> None:
        render(timeline, sources, folder / "ours.mp4", HOW)

    row("a minute of 720p ÷ one ffmpeg of the same graph", *in_turn(_timed(ours), _timed(theirs), 3), "≤ 1.1")
    print(f"  estimated before: {estimate(timeline, sources, HOW):.1f} s")


def _beside_moviepy(folder: Path, sources: dict[str, Source]) -> None:
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run([str(venv / "bin/pip"), "install", "-q", "--disable-pip-version-check", MOVIEPY], check=True)
    timeline = _timeline(20, sources)
    given = [*(str(sources[f"{at}"].path) for at in range(PICTURES)), str(sources["music"].path)]

    def theirs() -> None:
        subprocess.run([str(venv / "bin/python"), "-c", THEIRS, *given, str(folder / "theirs.mp4")], check=True)

    def ours() -> None:
        render(timeline, sources, folder / "ours.mp4", HOW)

    row("MoviePy ÷ five stills with crossfades, 720p30", *in_turn(_timed(theirs), _timed(ours), 2), "≥ 5")


def _workers(folder: Path, sources: dict[str, Source]) -> None:
    timeline = _timeline(120, sources, motion="zoom_in")

    def one() -> None:
        render(timeline, sources, folder / "ours.mp4", HOW, workers=1)

    def two() -> None:
        render(timeline, sources, folder / "ours.mp4", Settings(subtitles="none", threads=1), workers=2)

    row("two minutes that move: two chunks at once ÷ one", *in_turn(_timed(two), _timed(one), 1), "≤ 1.1")


def _memory(folder: Path) -> None:
    command = [sys.executable, "-m", "scripts.measure.render"]
    short, long = (
        float(subprocess.run([*command, lasts, str(folder)], check=True, capture_output=True, text=True).stdout)
        for lasts in ("30", "120")
    )
    print(f"memory of 1080p: {short:.0f} MiB for 30 s, {long:.0f} MiB for 120 s, {long / short:.2f}  (bar ≤ 1.1)")


def _timed(action: Callable[[], None]) -> Callable[[], float]:
    return lambda: seconds(action)


def main(lasts: float, folder: Path) -> None:
    sources = _sources(folder)
    render(_timeline(lasts, sources, "1920x1080"), sources, folder / "memory.mp4", HOW)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
