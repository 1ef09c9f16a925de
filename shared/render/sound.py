"""The film's sound, made once beside its picture: voices, music that makes way for them, one loudness for all.

Two passes (EBU R 128): the first mixes and measures, the second brings what was measured to −14 LUFS, the loudness that
platforms play at, with no peak above −1.5 dBTP. Both hold a few seconds at a time, however long the film is.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.media import ffmpeg
from shared.media.errors import MediaError
from shared.media.sniff import HEAD, sniff
from shared.render import encode
from shared.render.encode import Settings
from shared.render.mezzanine import naming
from shared.render.plan import Plan, Sound
from shared.render.running import Asked, Told, made, never, run, silent
from shared.render.timeline import Source

STAGE = "sound"
LOUDNESS, PEAK = -14.0, -1.5  # LUFS, dBTP
AT_ONCE = 24  # files that one process mixes; each costs it two threads
PLAIN = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo"
DUCK = "sidechaincompress=threshold=0.015:ratio=12:attack=20:release=400"  # measured: 10.8 dB under a voice
LIMIT = "alimiter=limit=0.95:level=0"
MEASURED = re.compile(r"\{[^{}]*\"input_i\"[^{}]*\}", re.DOTALL)
STEADY = 3.0  # seconds: what is shorter has no loudness to speak of (R 128 gates blocks of 400 ms)
WAVPACK = ["-c:a", "wavpack", "-f", "wv"]
BLOCKS = "asetnsamples=4800"  # WavPack takes its block's length from the first frame, and refuses a short one


def render_sound(
    plan: Plan,
    sources: dict[str, Source],
    out: Path,
    settings: Settings | None = None,
    told: Told = silent,
    cancelled: Asked = never,
) -> Path | None:
    """The sound as a file of the film's length, coded as it will be in it; None for a film that has none."""
    how = settings or Settings()
    if not plan.sounds:
        return None
    with TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name)
        mixing = _Mixing(sources, folder, how, plan.duration, cancelled)
        mixed = folder / "mixed.wv"
        measured = mixing.whole(plan.sounds, mixed)
        told(STAGE, 1, 2)
        with made(out) as half:
            level = _levelled(measured) + f",apad=whole_dur={plan.duration:.6f},atrim=end={plan.duration:.6f}"
            command = [*ffmpeg.reading(mixed, "wv"), "-af", level, *encode.sound(how), "-y", f"file:{half.absolute()}"]
            run(command, seconds=how.seconds, cancelled=cancelled)
    told(STAGE, 2, 2)
    return out


class _Mixing:
    def __init__(
        self, sources: dict[str, Source], folder: Path, settings: Settings, duration: float, cancelled: Asked
    ) -> None:
        self.sources, self.folder, self.settings = sources, folder, settings
        self.duration, self.cancelled = duration, cancelled
        self.made = 0

    def whole(self, sounds: Sequence[Sound], out: Path) -> dict[str, float]:
        """All of it, limited, to `out`; what loudnorm measures of it."""
        voices = [one for one in sounds if one.voice]
        ducked = [one for one in sounds if one.ducks and not one.voice] if voices else []
        others = [one for one in sounds if not one.voice and one not in ducked]
        groups = [self.few(group) for group in (voices, ducked, others)]
        inputs: list[str] = []
        lines: list[str] = []
        heard: list[str] = []
        for name, group in zip(("v", "d", "o"), groups, strict=True):
            labels = [self.opened(one, inputs, lines, f"{name}{at}") for at, one in enumerate(group)]
            if labels:
                lines.append(f"{''.join(labels)}{_together(len(labels), self.duration)}[{name}]")
                heard.append(f"[{name}]")
        if ducked:
            lines += ["[v]asplit[voice][key]", f"[d][key]{DUCK}[under]"]
            heard = ["[voice]", "[under]", *(one for one in heard if one == "[o]")]
        measure = f"loudnorm=I={LOUDNESS}:TP={PEAK}:LRA=11:print_format=json"
        last = f"{LIMIT},atrim=end={self.duration:.6f},{BLOCKS},asplit[out][measured]"
        lines += [f"{''.join(heard)}amix=inputs={len(heard)}:normalize=0,{last}", f"[measured]{measure}[nowhere]"]
        said: list[str] = []
        target = ["-map", "[out]", *WAVPACK, "-y", f"file:{out.absolute()}"]
        self.run([*inputs, "-filter_complex", ";".join(lines), *target, "-map", "[nowhere]", "-f", "null", "-"], said)
        found = MEASURED.search("\n".join(said))
        return (
            {name: float(value) for name, value in json.loads(found[0]).items() if _is_number(value)} if found else {}
        )

    def few(self, sounds: Sequence[Sound]) -> list[Sound]:
        """The same as no more than a third of AT_ONCE, mixed beforehand in groups where there are more."""
        ready, most = list(sounds), AT_ONCE // 3
        while len(ready) > most:
            ready.sort(key=lambda one: one.start)
            ready = [self.group(ready[at : at + AT_ONCE]) for at in range(0, len(ready), AT_ONCE)]
        return ready

    def group(self, sounds: Sequence[Sound]) -> Sound:
        """Sounds near each other as one file."""
        start = min(one.start for one in sounds)
        lasts = max(one.start + one.duration for one in sounds) - start
        inputs: list[str] = []
        lines: list[str] = []
        labels = [self.opened(one, inputs, lines, f"g{at}", start) for at, one in enumerate(sounds)]
        lines.append(f"{''.join(labels)}{_together(len(labels), lasts)},{BLOCKS}[out]")
        self.made += 1
        name, out = f"\0group-{self.made}", self.folder / f"group-{self.made}.wv"
        target = ["-map", "[out]", *WAVPACK, "-y", f"file:{out.absolute()}"]
        self.run([*inputs, "-filter_complex", ";".join(lines), *target])
        self.sources = {**self.sources, name: Source(out, "audio", duration=lasts)}
        return Sound(name, start, lasts)

    def opened(self, one: Sound, inputs: list[str], lines: list[str], label: str, zero: float = 0.0) -> str:
        """An input and its line: where it is cut, how loud, when it comes."""
        number = inputs.count("-i")
        again = ["-stream_loop", "-1"] if one.loops else []
        seek = ["-ss", f"{one.trim:.6f}"] if one.trim else []
        path = self.sources[one.asset_id].path
        with naming(one.asset_id):
            inputs += ffmpeg.reading(path, demuxer(path), *again, *seek)
        steps = [PLAIN, f"atrim=end={one.duration:.6f}", "asetpts=PTS-STARTPTS"]
        steps += [f"volume={one.volume:.4f}"] if one.volume != 1 else []
        steps += [f"afade=t=in:d={one.fade_in:.4f}"] if one.fade_in else []
        if one.fade_out:
            steps.append(f"afade=t=out:st={one.duration - one.fade_out:.4f}:d={one.fade_out:.4f}")
        late = round((one.start - zero) * 48000)
        steps += [f"adelay=delays={late}S:all=1"] if late > 0 else []
        lines.append(f"[{number}:a:0]{','.join(steps)}[{label}]")
        return f"[{label}]"

    def run(self, command: list[str], said: list[str] | None = None) -> None:
        try:
            run(command, seconds=self.settings.seconds, cancelled=self.cancelled, report=said)
        except MediaError:
            for asset, path in {one: source.path for one, source in self.sources.items()}.items():
                if f"file:{path.absolute()}" in command:
                    with naming(asset):
                        run([*ffmpeg.reading(path, demuxer(path)), "-map", "0:a:0", "-f", "null", "-"], seconds=120)
            raise


def demuxer(path: Path) -> str:
    """Raises MediaError for what is neither film nor sound."""
    if path.suffix == ".wv":
        return "wv"
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or not kind.demuxer:
        raise MediaError("The file is not a film or a sound")
    return kind.demuxer


def _together(count: int, seconds: float) -> str:
    mix = f"amix=inputs={count}:normalize=0:duration=longest," if count > 1 else ""
    return f"{mix}apad=whole_dur={seconds:.6f}"


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", value))


def _levelled(found: dict[str, float]) -> str:
    """The second pass: one gain for all, where the peaks leave room for it; silence stays silence."""
    needed = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")
    if any(name not in found for name in needed) or found["input_i"] < -69:
        return "anull"
    gain, limit = LOUDNESS - found["input_i"], 10 ** (PEAK / 20)
    # Four times the samples, so that peaks between them are seen.
    peaks = f"aresample=192000,alimiter=limit={limit:.5f}:level=0:attack=3:release=60,aresample=48000"
    return f"volume={gain:.3f}dB,{peaks}"
