"""An asset: a picture, a clip, a voice, music, a film. Who made it, of what, and where its bytes are.

Access patterns, all in the Studio table:
    an asset                          ASSET#<id> / ASSET
    of a project, by kind and time    PROJECT#<id> / ASSET#<id>, lsi1: ASSET#<kind>#<created>
    of a batch                        BATCH#<id> / ASSET#<id>
    made of the same by one account   MADE#<hash> / ASSET
"""

from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from shared.table import Item, Key

Kind = Literal["image", "video", "voice", "music"]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["pending", "processing", "completed", "failed"]
PREFIX: dict[Kind, str] = {"image": "img", "video": "video", "voice": "voice", "music": "music"}
ENDING = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/webm": "webm",
}


class Asset(Struct, frozen=True, kw_only=True):
    """`request` is what its maker is asked, in the maker's own words; `made_of` the hash of it. `seconds` it lasts,
    sizes in pixels and bytes, `cost` in US dollars. `words` of a voice: each with its beginning and end, in seconds."""

    id: str
    owner: str
    project: str
    kind: Kind
    created: float
    updated: float
    state: State = "pending"
    scene: int | None = None
    batch: str = ""
    wanted: str = ""  # the provider that was asked for
    provider: str = ""
    model: str = ""
    request: dict[str, Any] = {}
    made_of: str = ""
    key: str = ""
    mime: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    seconds: float = 0
    cost: float = 0
    digest: str = ""  # SHA-256 of its bytes
    sound: bool = False  # of a film: whether it has any
    words: list[tuple[str, float, float]] = []
    code: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.id}.{ENDING.get(self.mime, 'bin')}"

    @property
    def is_over(self) -> bool:
        return self.state in ("completed", "failed")


def key(asset_id: str) -> Key:
    return f"ASSET#{asset_id}", "ASSET"


def made_key(made_of: str) -> Key:
    return f"MADE#{made_of}", "ASSET"


def batch_key(batch: str, asset_id: str) -> Key:
    return f"BATCH#{batch}", f"ASSET#{asset_id}"


def row_in_project(asset: Asset) -> Item:
    """Slim: what it shows is read from the asset's own row."""
    lsi1 = f"ASSET#{asset.kind}#{asset.created:017.6f}#{asset.id}"
    return {"pk": f"PROJECT#{asset.project}", "sk": f"ASSET#{asset.id}", "lsi1": lsi1, "owner": asset.owner}


def to_item(asset: Asset) -> Item:
    pk, sk = key(asset.id)
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(asset)}


def from_item(item: Item) -> Asset:
    return msgspec.convert(item, Asset, strict=False)


def object_key(asset_id: str, mime: str) -> str:
    """Where its bytes are."""
    return f"production/assets/{asset_id}.{ENDING.get(mime, 'bin')}"
