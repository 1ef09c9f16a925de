"""What is sent about timelines and renders, and what is answered (iafactory: Videos)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.production.render import State
from shared.production.stages import Stage, StageName
from shared.render import Config, Track

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Rate = Annotated[
    str, Meta(pattern=r"^(\d{1,6}(\.\d{1,3})?[kM]?)?$", description="bits per second, such as 10M or 320k")
]


class TimelineConfig(Config):
    """`resolution` is WIDTHxHEIGHT, even, from 16 to 3840 a side; `fps` from 1 to 60."""


class NewTimeline(Struct):
    """Times in seconds. Tracks are of type video, audio, music, text, logo or captions. A picture without a duration
    lasts 5 s; clips of a video track do not overlap; music goes on to the film's end."""

    project_id: Id
    tracks: list[Track]
    config: TimelineConfig = msgspec.field(default_factory=TimelineConfig)


class RenderConfig(Struct):
    """Codec and sound are the format's own unless given. `preview` is small and quick."""

    format: Literal["mp4", "webm"] = "mp4"
    codec: Literal["", "h264", "h265", "hevc", "vp9"] = ""
    quality: Literal["preview", "low", "medium", "high", "ultra"] = "medium"
    bitrate: Rate = ""
    audio_codec: Literal["", "aac", "opus"] = ""
    audio_bitrate: Rate = "192k"


class RenderOutput(Struct):
    """`subtitles` are burned into the picture or can be switched on (soft); a style is that of all captions."""

    include_subtitles: bool = True
    subtitle_style: Literal["", "default", "bold", "minimal"] = ""
    subtitles: Literal["burned", "soft"] = "burned"


class NewRender(Struct):
    timeline_id: Id
    config: RenderConfig = msgspec.field(default_factory=RenderConfig)
    output: RenderOutput = msgspec.field(default_factory=RenderOutput)


class TimelinePath(Struct):
    timeline_id: str


class RenderPath(Struct):
    render_id: str


class VideoPath(Struct):
    video_id: str


class Signed(Struct):
    """Of an address that opens a film to whoever has it."""

    expires: Annotated[int, Meta(ge=0, le=99_999_999_999)] = 0
    signature: Annotated[str, Meta(max_length=100)] = ""


# ---- answers


class ShownTimeline(Struct, kw_only=True):
    id: str
    project_id: str
    duration: float
    config: TimelineConfig
    tracks: list[Track]
    status: Literal["draft"] = "draft"
    created_at: str


class OrderedRender(Struct, kw_only=True):
    """`estimated_duration` in seconds. `status` is `completed` where the same film is there already."""

    render_id: str
    timeline_id: str
    status: State
    position_in_queue: int
    estimated_duration: int
    video_id: str | None
    video_url: str | None
    message: str


class RenderFailure(Struct):
    code: str
    message: str


class ShownRender(Struct, kw_only=True):
    render_id: str
    timeline_id: str
    project_id: str
    status: State
    progress: int
    format: str
    quality: str
    duration: float
    created_at: str
    completed_at: str | None
    video_id: str | None
    video_url: str | None
    error: RenderFailure | None


class Renders(Struct):
    renders: list[ShownRender]
    total: int


class RenderStatus(ShownRender, kw_only=True):
    """`position_in_queue` counts those before it that are not over, 100 at most."""

    current_stage: StageName | None
    stages: dict[StageName, Stage]
    frames_total: int
    frames_completed: int
    position_in_queue: int
    started_at: str | None
    estimated_completion: str | None
    estimated_remaining_seconds: int


class CancelledRender(Struct):
    render_id: str
    status: State
    message: str


class ShownVideo(Struct, kw_only=True):
    """A film or a clip. `size` in bytes, `duration` in seconds; `video_url` is good for seven days."""

    video_id: str
    project_id: str
    timeline_id: str | None
    render_id: str | None
    status: str
    mime_type: str | None
    size: int
    width: int | None
    height: int | None
    duration: float | None
    has_sound: bool
    video_url: str
    created_at: str
