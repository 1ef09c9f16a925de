"""A chunk as one ffmpeg filter graph: its segments one after the other, each composed of its layers.

Every node speaks the same format, so that ffmpeg converts no frame on the way; pictures are fitted once and repeated;
a transition sees its own frames only, at offset 0. (xfade chained over a whole timeline took three times as long.)
"""

from pathlib import Path
from typing import NamedTuple

from shared.media import ffmpeg
from shared.media.errors import MediaError
from shared.media.sniff import HEAD, sniff
from shared.render.plan import Chunk, Layer, Shot, box
from shared.render.timeline import TRANSITIONS, Source

SPACE = "color_spaces=bt709:color_ranges=tv"
OPAQUE, CLEAR = f"format=yuv420p:{SPACE}", f"format=yuva420p:{SPACE}"
TAGS = "setparams=color_primaries=bt709:color_trc=bt709"
CLOSER = 0.15  # how much a motion enlarges, and a pan goes
FINER = 1.5  # a moving picture is kept larger than it is shown: it is cut at whole pixels, and would tremble
MIDDLE_X, MIDDLE_Y = "trunc((W-w)/4)*2", "trunc((H-h)/4)*2"  # even: colour has half as many pixels
MARGIN = 0.04  # of the height, around what is small
DEMUXERS = {
    "image/jpeg": "jpeg_pipe",
    "image/png": "png_pipe",
    "image/webp": "webp_pipe",
    "image/bmp": "bmp_pipe",
    "image/tiff": "tiff_pipe",
    "image/gif": "gif",
    "image/avif": "mov",
}


def arguments(chunk: Chunk, sources: dict[str, Source], words: Path | None) -> list[str]:
    """Inputs and graph; its output is `[out]`. `words` is an ASS file with the titles and captions."""
    drawing = Drawing(chunk, sources)
    parts = [drawing.segment(segment.frames, segment.layers) for segment in chunk.segments]
    if len(parts) > 1:
        drawing.line("".join(parts), f"concat=n={len(parts)}:v=1:a=0", "[all]")
    clock = f"settb={drawing.tick},setpts=N+{chunk.start}"
    burnt = [f"ass=filename={escaped(words)}"] if words else []
    last = ",".join([clock, *burnt, "setpts=N", "setsar=1", OPAQUE, TAGS])
    drawing.line("[all]" if len(parts) > 1 else parts[0], last, "[out]")
    return [*drawing.inputs, "-filter_complex", drawing.text(), "-map", "[out]"]


def still(path: Path) -> list[str]:
    """The input of a picture. Raises MediaError for what is none."""
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or kind.mime not in DEMUXERS:
        raise MediaError("The file is not a picture")
    return ffmpeg.reading(path, DEMUXERS[kind.mime])


def escaped(path: Path) -> str:
    """As a filter's value, for the two parsers it goes through (ffmpeg-filters: Notes on filtergraph escaping)."""
    value = "".join(f"\\{sign}" if sign in "\\':" else sign for sign in str(path.absolute()))
    return "".join(f"\\{sign}" if sign in "\\'[],; " else sign for sign in value)


class Fitted(NamedTuple):
    """A still as it is prepared: into a box of this size and, where it is to hide what is below, on the background."""

    asset_id: str
    width: int
    height: int
    covers: bool
    form: str
    padded: bool  # with nothing, to the whole box


class Drawing:
    """A graph while it is written. Methods answer the label of what they made."""

    def __init__(self, chunk: Chunk, sources: dict[str, Source]) -> None:
        self.canvas = chunk.canvas
        self.sources = sources
        self.inputs: list[str] = []
        self.opened = 0
        self.lines: list[str] = []
        self.made = 0
        self.pictures: dict[Fitted, list[str]] = {}  # and who uses each
        self.stills: dict[str, int] = {}
        self.tick = f"{self.canvas.denominator}/{self.canvas.numerator}"
        self.speed = f"{self.canvas.numerator}/{self.canvas.denominator}"
        self.size = f"{self.canvas.width}x{self.canvas.height}"

    def line(self, before: str, filters: str, label: str = "") -> str:
        self.made += 1
        label = label or f"[n{self.made}]"
        self.lines.append(f"{before}{filters}{label}")
        return label

    def text(self) -> str:
        """The whole graph, with each picture handed to all who use it."""
        shared: list[str] = []
        by_input: dict[str, list[str]] = {}
        for number, (fitted, uses) in enumerate(self.pictures.items()):
            by_input.setdefault(fitted.asset_id, []).append(f"[p{number}]")
            shared.append(f"[p{number}]{self.fit(fitted, number)},split={len(uses)}{''.join(uses)}")
        for asset, labels in by_input.items():
            shared.append(f"[{self.stills[asset]}:v]trim=end_frame=1,split={len(labels)}{''.join(labels)}")
        return ";".join([*shared, *self.lines])

    def fit(self, fitted: Fitted, number: int) -> str:
        """What is done once to a still."""
        size, way = f"{fitted.width}:{fitted.height}", "increase" if fitted.covers else "decrease"
        scale = f"scale={size}:force_original_aspect_ratio={way}:force_divisible_by=2:flags=lanczos"
        cut = f",crop={size}" if fitted.covers else ""
        clear = f"format=rgba,{scale}:out_color_matrix=bt709:out_range=tv{cut},setsar=1,{CLEAR}"
        if fitted.form is OPAQUE:
            colour = f"color=c=0x{self.canvas.background[1:]}:s={fitted.width}x{fitted.height}"
            ground = f"{colour},trim=end_frame=1,setsar=1,{OPAQUE}"
            on = f"overlay=x={MIDDLE_X}:y={MIDDLE_Y}:format=yuv420,setsar=1,{OPAQUE}"
            return f"{clear}[f{number}];{ground}[g{number}];[g{number}][f{number}]{on}"
        if fitted.padded:
            return f"{clear},pad={size}:trunc((ow-iw)/4)*2:trunc((oh-ih)/4)*2:color=black@0"
        return clear

    def segment(self, frames: int, layers: tuple[Layer, ...]) -> str:
        if not layers:
            return self.nothing(frames, OPAQUE)
        below = self.layer(layers[0], frames, OPAQUE)
        for layer in layers[1:]:
            if layer.shot and not layer.transition:
                below = self.over(below, layer.shot, frames)
            else:
                above = self.layer(layer, frames, CLEAR)
                below = self.line(below + above, "overlay=format=yuv420:shortest=1")
        return below

    def layer(self, layer: Layer, frames: int, form: str) -> str:
        """A layer as large as the canvas."""
        if not layer.transition:
            return self.whole(layer.shot, frames, form)
        both = self.whole(layer.shot, layer.whole, form) + self.whole(layer.into, layer.whole, form)
        lasts = layer.whole / float(self.canvas.rate)
        how = f"xfade=transition={TRANSITIONS[layer.transition]}:duration={lasts:.6f}:offset=0,{form}"
        part = f",trim=start_frame={layer.gone}:end_frame={layer.gone + frames},setpts=N"
        return self.line(both, how + (part if frames != layer.whole else ""))

    def nothing(self, frames: int, form: str) -> str:
        colour = f"0x{self.canvas.background[1:]}" if form is OPAQUE else "black@0"
        source = f"color=c={colour}:s={self.size}:r={self.speed},{form},settb={self.tick},setpts=N,setsar=1"
        return self.line("", f"{source},trim=end_frame={frames}")

    def whole(self, shot: Shot | None, frames: int, form: str) -> str:
        """A shot as large as the canvas, on the background or on nothing."""
        if shot is None:
            return self.nothing(frames, form)
        if not shot.fills or (form is CLEAR and shot.fit == "contain" and shot.motion == "none"):
            return self.over(self.nothing(frames, form), shot, frames)
        if not shot.mezzanine:
            return self.picture(shot, frames, form)
        around = f"pad={self.canvas.width}:{self.canvas.height}:trunc((ow-iw)/4)*2:trunc((oh-ih)/4)*2"
        filled = f",{around}:color=0x{self.canvas.background[1:]}" if shot.fit == "contain" else ""
        return self.line(self.film(shot, frames), f"{form}{filled}")

    def over(self, below: str, shot: Shot, frames: int) -> str:
        """A shot laid on what is below, where it belongs."""
        above = self.line(self.film(shot, frames), CLEAR) if shot.mezzanine else self.picture(shot, frames, CLEAR)
        ways = [f"lut=c3=val*{shot.opacity:.4f}"] if shot.opacity < 1 else []
        second = float(self.canvas.rate)
        if shot.fade_in:
            ways.append(f"fade=t=in:st=0:d={shot.fade_in / second:.6f}:alpha=1")
        if shot.fade_out:
            start, lasts = (shot.frames - shot.fade_out) / second, shot.fade_out / second
            ways.append(f"fade=t=out:st={start:.6f}:d={lasts:.6f}:alpha=1")
        if ways:
            above = self.line(above, f"setpts=N+{shot.offset},{','.join(ways)},setpts=N")
        x, y = self.place(shot.position)
        return self.line(below + above, f"overlay=x={x}:y={y}:format=yuv420:shortest=1")

    def place(self, position: str) -> tuple[str, str]:
        margin = round(self.canvas.height * MARGIN / 2) * 2
        x = str(margin) if "left" in position else f"W-w-{margin}" if "right" in position else MIDDLE_X
        y = str(margin) if "top" in position else f"H-h-{margin}" if "bottom" in position else MIDDLE_Y
        return x, y

    def film(self, shot: Shot, frames: int) -> str:
        """Frames of a mezzanine. The seek aims half a frame early, so that rounding loses none."""
        start = max(0.0, (shot.offset - 0.5) / float(self.canvas.rate))
        source = self.sources[shot.mezzanine]
        self.inputs += ffmpeg.reading(source.path, "mov", "-ss", f"{start:.6f}")
        self.opened += 1
        return self.line(f"[{self.opened - 1}:v]", f"settb={self.tick},setpts=N,setsar=1,trim=end_frame={frames}")

    def picture(self, shot: Shot, frames: int, form: str) -> str:
        """A still, repeated, and moved where it moves."""
        if shot.asset_id not in self.stills:
            self.inputs += still(self.sources[shot.asset_id].path)
            self.stills[shot.asset_id] = self.opened
            self.opened += 1
        self.made += 1
        one = f"[s{self.made}]"
        self.pictures.setdefault(self.fitted(shot, form), []).append(one)
        repeated = f"loop=-1:size=1,settb={self.tick},setpts=N,fps={self.speed},trim=end_frame={frames}"
        return self.line(one, repeated + self.motion(shot, form))

    def fitted(self, shot: Shot, form: str) -> Fitted:
        width, height = box(self.canvas, shot.scale)
        moves = shot.motion != "none"
        if moves:
            width, height = round(width * FINER / 2) * 2, round(height * FINER / 2) * 2
        return Fitted(shot.asset_id, width, height, shot.fit == "cover", form, moves and shot.fit == "contain")

    def motion(self, shot: Shot, form: str) -> str:
        if shot.motion == "none":
            return ""
        width, height = box(self.canvas, shot.scale)
        gone = f"(on+{shot.offset})/{max(1, shot.frames - 1)}"
        middle_x, middle_y = "iw/2-iw/zoom/2", "ih/2-ih/zoom/2"
        close = f"{1 + CLOSER}"
        ways = {
            "zoom_in": (f"1+{CLOSER}*{gone}", middle_x, middle_y),
            "zoom_out": (f"1+{CLOSER}*(1-{gone})", middle_x, middle_y),
            "pan_left": (close, f"(iw-iw/zoom)*(1-{gone})", middle_y),
            "pan_right": (close, f"(iw-iw/zoom)*{gone}", middle_y),
            "pan_up": (close, middle_x, f"(ih-ih/zoom)*(1-{gone})"),
            "pan_down": (close, middle_x, f"(ih-ih/zoom)*{gone}"),
        }
        z, x, y = ways[shot.motion]
        moved = f"zoompan=z='{z}':x='{x}':y='{y}':d=1:s={width}x{height}:fps={self.speed}"
        return f",{moved},settb={self.tick},setpts=N,setsar=1,{form}"
