"""The fonts that titles and captions are set in: Noto, for every script it has, and no font of the machine.

They come as packages (SIL Open Font License): `manimgx-fonts` and, for Chinese, Japanese and Korean, 33 MB of
`manimgx-fonts-cjk`. fontconfig is told of those folders alone, so that a film looks the same wherever it is rendered;
libass then takes what a font lacks from the next one.
"""

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

FAMILY = "Noto Sans"
PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
HEAD = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'


@cache
def folders() -> tuple[Path, ...]:
    found = [find_spec(name) for name in PACKAGES]
    return tuple(Path(spec.origin).parent for spec in found if spec and spec.origin)


@cache
def environment() -> dict[str, str]:
    """What tells a child where the fonts are. Its index of them is written once per machine, in a tenth of a second."""
    here = Path(tempfile.gettempdir()) / "bobine-fonts"
    here.mkdir(mode=0o700, exist_ok=True)
    lines = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders())
    told = here / "fonts.conf"
    fresh = here / f".{id(here)}.conf"
    fresh.write_text(f"{HEAD}<fontconfig>{lines}<cachedir>{escape(str(here))}</cachedir></fontconfig>")
    fresh.replace(told)
    return {"FONTCONFIG_FILE": str(told)}
