"""What is sent about assets, and what is answered (iafactory: Assets)."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.production.asset import Kind, State
from shared.providers.kinds import LONGEST, LONGEST_TEXT, SHORTEST

MOST = 50  # things of one request
ProjectId = Annotated[str, Meta(min_length=1, max_length=64)]
SceneId = Annotated[int, Meta(ge=0, le=9999)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Size = Annotated[str, Meta(pattern=r"^[1-9]\d{2,3}x[1-9]\d{2,3}$", description="WIDTHxHEIGHT in pixels")]
Share = Annotated[float, Meta(ge=0, le=1)]


class ImagePrompt(Struct):
    prompt: Text
    scene_id: SceneId | None = None
    negative_prompt: Annotated[str, Meta(max_length=4000)] = ""


class ImageConfig(Struct, frozen=True):
    """Each maker draws some sizes and knows some models: the nearest of its own is taken."""

    provider: Name | None = None
    model: Annotated[str, Meta(max_length=60)] = ""
    size: Size = "1792x1024"
    quality: Literal["standard", "hd"] = "standard"
    style: Literal["vivid", "natural"] = "vivid"


class NewImages(Struct):
    project_id: ProjectId
    prompts: Annotated[list[ImagePrompt], Meta(min_length=1, max_length=MOST)]
    config: ImageConfig = ImageConfig()


class Segment(Struct):
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    scene_id: SceneId | None = None
    voice_id: Name | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "fr"


class VoiceConfig(Struct, frozen=True):
    provider: Name | None = None
    model: Annotated[str, Meta(max_length=60)] = ""
    stability: Share = 0.5
    similarity_boost: Share = 0.75
    speed: Annotated[float, Meta(ge=0.5, le=2)] = 1.0
    output_format: Literal["mp3", "wav"] = "mp3"


class NewVoices(Struct):
    project_id: ProjectId
    segments: Annotated[list[Segment], Meta(min_length=1, max_length=MOST)]
    config: VoiceConfig = VoiceConfig()


class MusicConfig(Struct, frozen=True):
    """`tempo` is slow, medium, fast, or beats a minute."""

    provider: Name | None = None
    model: Annotated[str, Meta(max_length=60)] = ""
    duration: Annotated[float, Meta(ge=SHORTEST, le=LONGEST, description="seconds, 5 to 600")] = 60
    style: Annotated[str, Meta(max_length=60)] = "instrumental"
    tempo: Annotated[str, Meta(pattern=r"^(|slow|medium|fast|\d{2,3})$")] = ""


class NewMusic(Struct):
    project_id: ProjectId
    prompt: Text
    config: MusicConfig = MusicConfig()


class AssetsQuery(Struct):
    project_id: ProjectId
    type: Kind | None = None
    status: State | None = None


class AssetPath(Struct):
    asset_id: str


# ---- answers


class OrderedImage(Struct):
    id: str
    scene_id: int | None
    status: State
    prompt: str


class OrderedImages(Struct):
    """`provider` is who makes them: `local` where the one that was asked has no key here."""

    batch_id: str
    status: str
    provider: str
    images: list[OrderedImage]


class OrderedVoice(Struct):
    id: str
    scene_id: int | None
    status: State
    estimated_duration: float


class OrderedVoices(Struct):
    batch_id: str
    status: str
    provider: str
    segments: list[OrderedVoice]


class OrderedPiece(Struct):
    id: str
    status: State


class OrderedMusic(Struct):
    batch_id: str
    status: str
    provider: str
    music: list[OrderedPiece]


class AssetFailure(Struct):
    code: str
    message: str


class ShownAsset(Struct, kw_only=True):
    """`duration` in seconds, `size` in bytes, `cost` in US dollars; `error` of one that failed."""

    id: str
    project_id: str
    type: Kind
    status: State
    scene_id: int | None
    batch_id: str | None
    provider: str
    model: str
    prompt: str
    mime_type: str | None
    size: int
    width: int | None
    height: int | None
    duration: float | None
    cost: float
    url: str
    created_at: str
    updated_at: str
    error: AssetFailure | UnsetType | None = UNSET


class Assets(Struct):
    assets: list[ShownAsset]
    total: int
