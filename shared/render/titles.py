"""Titles and captions as they are drawn into the picture: an ASS file (Advanced SubStation Alpha v4+) for libass."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from shared.render.aspects import letters, safe
from shared.render.fonts import FAMILY
from shared.render.plan import Canvas, Words
from shared.render.subtitles import Cue, readable

NUMPAD = {  # where a position is: ASS counts as the keys of a number pad
    **{"bottom_left": 1, "bottom": 2, "bottom_right": 3, "left": 4, "center": 5, "right": 6},
    **{"top_left": 7, "top": 8, "top_right": 9},
}
TITLE = 1.6  # a title's letters, in a caption's
STYLES = {  # size in a caption's, bold, outline and shadow in tenths of a letter's height
    "default": (1.0, 0, 0.8, 0.0),
    "bold": (1.25, -1, 1.2, 0.4),
    "minimal": (0.85, 0, 0.0, 0.5),
}
NOBREAK = "⁠"  # behind a backslash, so that it begins nothing
FORMAT = "Name,Fontname,Fontsize,PrimaryColour,OutlineColour,BackColour,Bold,BorderStyle,Outline,Shadow"


def ass(words: Sequence[Words], canvas: Canvas, style: str = "") -> str:
    """The file. `style`, when given, is that of all captions."""
    sides, top, bottom = safe(canvas)
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            *(f"PlayResX: {canvas.width}", f"PlayResY: {canvas.height}"),
            "WrapStyle: 0",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            "[V4+ Styles]",
            f"Format: {FORMAT},Alignment,MarginL,MarginR,MarginV,Encoding",
            *(_style(name, kind, canvas, sides, bottom) for name in STYLES for kind in ("caption", "title")),
            "[Events]",
            "Format: Layer,Start,End,Style,MarginL,MarginR,MarginV,Text",
            *(_event(one, canvas, top, style) for given in words for one in _shown(given, canvas)),
            "",
        ]
    )


def _shown(words: Words, canvas: Canvas) -> Iterator[Words]:
    """A caption too long for two lines comes in parts, each when its share of the time begins."""
    if not words.caption:
        yield words
        return
    second = float(canvas.rate)
    for cue in readable([Cue(words.start / second, words.end / second, words.text)], words.end / second):
        start, end = round(cue.start * second), round(cue.end * second)
        yield replace(words, start=start, end=end, text=cue.text)


def _style(name: str, kind: str, canvas: Canvas, sides: int, bottom: int) -> str:
    size, bold, outline, shadow = STYLES[name]
    height = letters(canvas) * size * (TITLE if kind == "title" else 1)
    edges = f"{height * outline / 10:.2f},{height * shadow / 10:.2f}"
    colours = "&H00FFFFFF,&H00000000,&H80000000"
    return f"Style: {name}-{kind},{FAMILY},{height:.1f},{colours},{bold},1,{edges},2,{sides},{sides},{bottom},1"


def _event(words: Words, canvas: Canvas, top: int, style: str) -> str:
    kind = "caption" if words.caption else "title"
    name = f"{style if style and words.caption else words.style}-{kind}"
    position = words.position or ("bottom" if words.caption else "center")
    tags = f"\\an{NUMPAD[position]}"
    if words.fade_in or words.fade_out:
        tags += f"\\fad({words.fade_in},{words.fade_out})"
    if words.scale:
        tags += f"\\fs{canvas.height * words.scale:.1f}"
    margin = top if position.startswith("top") else 0  # 0: the style's own
    times = f"{_moment(words.start, canvas)},{_moment(words.end, canvas)}"
    return f"Dialogue: 0,{times},{name},0,0,{margin},{{{tags}}}{_plain(words.text)}"


def _moment(frame: int, canvas: Canvas) -> str:
    """Half a frame early, so that hundredths of a second, as coarse as they are, name the frame that is meant."""
    hundredths = max(0, round((frame - 0.5) * 100 / float(canvas.rate)))
    return f"{hundredths // 360000}:{hundredths // 6000 % 60:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def _plain(text: str) -> str:
    """Text in which nothing is a command."""
    text = text.replace("\\", "\\" + NOBREAK).replace("{", "\\{").replace("}", "\\}")
    return "\\N".join(line.strip() for line in text.splitlines())
