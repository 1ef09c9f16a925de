"""Films: timelines, rendering them, and what comes of it (iafactory: Videos)."""

from typing import Any

import msgspec

from functions.videos import models
from functions.videos.models import (
    CancelledRender,
    NewRender,
    NewTimeline,
    OrderedRender,
    RenderPath,
    Renders,
    RenderStatus,
    ShownRender,
    ShownTimeline,
    ShownVideo,
    Signed,
    TimelinePath,
    VideoPath,
)
from shared import clock
from shared.entry.http import http
from shared.errors import Conflict, Forbidden, NotFound, Unauthorized
from shared.production import addresses, assets, renders, stages, timelines
from shared.production.asset import Asset
from shared.production.render import Render
from shared.production.renders import Wanted
from shared.production.timelines import Kept
from shared.render import Settings, Timeline, otio
from shared.web import OPTIONAL, REQUIRED, Call, Reply, api, dialects, get, post
from shared.web.limits import GENERAL, Limit
from shared.web.objects import serve

RENDERS = Limit("render", 5)  # iafactory: Rate Limiting
SUBTITLES = {"burned": "burnt", "soft": "soft"}
OTIO = "application/vnd.opentimelineio+json"


def create(call: Call[NewTimeline, None, None]) -> Reply[ShownTimeline]:
    """Put assets on tracks. What cannot be a film is refused by the field that is wrong."""
    new = call.body
    kept = timelines.create(call.account, new.project_id, Timeline(new.tracks, new.config))
    return Reply(shown_timeline(kept), 201)


def timeline(call: Call[None, None, TimelinePath]) -> ShownTimeline:
    """A timeline as it was sent, and how long its film is."""
    return shown_timeline(timelines.find(call.account, call.path.timeline_id))


def export(call: Call[None, None, TimelinePath]) -> Reply[bytes]:
    """The timeline for an editing program, as OpenTimelineIO."""
    kept = timelines.find(call.account, call.path.timeline_id)
    sources = timelines.sources(kept.owner, kept.timeline)
    document = otio.export(kept.timeline, sources, {name: addresses.asset(name) for name in sources}, kept.id)
    disposition = f'attachment; filename="{kept.id}.otio"'
    return Reply(document, headers={"content-type": OTIO, "content-disposition": disposition})


def render(call: Call[NewRender, None, None]) -> Reply[OrderedRender]:
    """Have a timeline rendered: 202, and its status says how far it is. The same film is not rendered twice."""
    kept = timelines.find(call.account, call.body.timeline_id)
    ordered = renders.order(call.account, kept, wanted(call.body))
    made = ordered.render
    if ordered.new:
        message = "Render job queued successfully"
    else:
        message = (
            "The film is there already" if made.state == "completed" else "The same film is being rendered already"
        )
    return Reply(
        OrderedRender(
            render_id=made.id,
            timeline_id=made.timeline,
            status=made.state,
            position_in_queue=renders.position(made),
            estimated_duration=round(stages.remaining(made)),
            video_id=made.video if made.state == "completed" else None,
            video_url=addresses.film(made.video) if made.state == "completed" else None,
            message=message,
        ),
        202,
    )


def wanted(asked: NewRender) -> Wanted:
    """In the renderer's words."""
    config, output = asked.config, asked.output
    preview = config.quality == "preview"
    settings = Settings(
        format=config.format,
        codec="hevc" if config.codec == "h265" else config.codec,
        quality="low" if preview else config.quality,
        bitrate="" if preview else config.bitrate,
        audio_codec=config.audio_codec,
        audio_bitrate=config.audio_bitrate or "192k",
        subtitles=SUBTITLES[output.subtitles] if output.include_subtitles else "none",
        subtitle_style=output.subtitle_style,
    )
    return Wanted(settings, preview)


def listed(call: Call[None, None, None]) -> Renders:
    """The caller's last 100 renders, newest first."""
    found = [shown_render(one) for one in renders.listed(call.account)]
    return Renders(found, len(found))


def status(call: Call[None, None, RenderPath]) -> RenderStatus:
    """How far a render is, stage by stage."""
    one = renders.find(call.account, call.path.render_id)
    line, found = shown_render(one), stages.of(one)
    left = stages.remaining(one)
    return RenderStatus(
        **{name: getattr(line, name) for name in line.__struct_fields__},
        current_stage=stages.current(found),
        stages=found,
        frames_total=one.frames,
        frames_completed=one.frames if one.state == "completed" else min(one.frames, one.made("chunk_")),
        position_in_queue=renders.position(one),
        started_at=clock.iso(one.started) if one.started else None,
        estimated_completion=None if one.is_over else clock.iso(clock.now() + left),
        estimated_remaining_seconds=round(left),
    )


def cancel(call: Call[None, None, RenderPath]) -> CancelledRender:
    """Stop a render. What others have of it (the same film asked for twice) stops too."""
    one = renders.cancel(renders.find(call.account, call.path.render_id))
    return CancelledRender(one.id, one.state, "Render cancelled successfully")


def video(call: Call[None, None, VideoPath]) -> ShownVideo:
    """A film, or a clip that one is made of."""
    asset = film(call.path.video_id)
    if asset.owner != call.account:
        raise NotFound("Video not found")
    return ShownVideo(
        video_id=asset.id,
        project_id=asset.project,
        timeline_id=asset.request.get("timeline"),
        render_id=asset.request.get("render"),
        status=asset.state,
        mime_type=asset.mime or None,
        size=asset.size,
        width=asset.width or None,
        height=asset.height or None,
        duration=asset.seconds or None,
        has_sound=asset.sound,
        video_url=addresses.film(asset.id),
        created_at=clock.iso(asset.created),
    )


def content(call: Call[None, Signed, VideoPath]) -> Reply[bytes]:
    """The film's bytes: whole, in part (Range), or by redirect when it is large. To its owner, or to whoever has a
    signed address of it."""
    asset = opened(call)
    if asset.state != "completed":
        raise Conflict("The video is not ready", details={"status": asset.state})
    reply = serve(call, asset.key, assets.CACHE, asset.mime, missing="Video not found")
    reply.headers["content-disposition"] = f'inline; filename="{asset.name}"'
    return reply


def opened(call: Call[None, Signed, VideoPath]) -> Asset:
    """The film, for its owner or by its address. Who has neither is not told whether there is one."""
    asked = call.query
    if asked.signature:
        if addresses.opens(call.path.video_id, asked.expires, asked.signature):
            return film(call.path.video_id)
        if call.caller is None:
            raise Forbidden("The address is not valid, or not any more")
    if call.caller is None:
        raise Unauthorized(headers={"www-authenticate": "Bearer"})
    asset = film(call.path.video_id)
    if asset.owner != call.account:
        raise NotFound("Video not found")
    return asset


def film(video_id: str) -> Asset:
    asset = assets.known(video_id)
    if asset is None or asset.kind != "video":
        raise NotFound("Video not found")
    return asset


def shown_timeline(kept: Kept) -> ShownTimeline:
    return ShownTimeline(
        id=kept.id,
        project_id=kept.project,
        duration=kept.duration,
        config=models.TimelineConfig(**msgspec.structs.asdict(kept.timeline.config)),
        tracks=kept.timeline.tracks,
        created_at=clock.iso(kept.created),
    )


def shown_render(one: Render) -> ShownRender:
    there = one.state == "completed"
    return ShownRender(
        render_id=one.id,
        timeline_id=one.timeline,
        project_id=one.project,
        status=one.state,
        progress=stages.progress(one),
        format=one.settings.format,
        quality="preview" if one.preview else one.settings.quality,
        duration=one.duration,
        created_at=clock.iso(one.created),
        completed_at=clock.iso(one.ended) if there else None,
        video_id=one.video if there else None,
        video_url=addresses.film(one.video) if there else None,
        error=models.RenderFailure(one.code, one.error) if one.state == "failed" else None,
    )


TIMELINE: dict[str, Any] = {"path": TimelinePath, "missing": "Timeline not found", "caller": REQUIRED}
RENDER: dict[str, Any] = {"path": RenderPath, "missing": "Render not found", "caller": REQUIRED}
VIDEO: dict[str, Any] = {"path": VideoPath, "missing": "Video not found"}

app = api(
    post(
        "/api/v1/videos/timeline",
        create,
        body=NewTimeline,
        returns=ShownTimeline,
        status=201,
        also=(404,),
        caller=REQUIRED,
        once=True,
    ),
    get("/api/v1/videos/timeline/{timeline_id}", timeline, **TIMELINE, returns=ShownTimeline),
    get("/api/v1/videos/timeline/{timeline_id}/otio", export, **TIMELINE, produces=OTIO),
    post(
        "/api/v1/videos/render",
        render,
        body=NewRender,
        returns=OrderedRender,
        status=202,
        also=(404,),
        caller=REQUIRED,
        limits=(RENDERS, GENERAL),
        once=True,
    ),
    get("/api/v1/videos/render", listed, returns=Renders, caller=REQUIRED),
    get("/api/v1/videos/render/{render_id}/status", status, **RENDER, returns=RenderStatus),
    post("/api/v1/videos/render/{render_id}/cancel", cancel, **RENDER, returns=CancelledRender, also=(409,)),
    get("/api/v1/videos/{video_id}", video, **VIDEO, caller=REQUIRED, returns=ShownVideo),
    get(
        "/api/v1/videos/{video_id}/download",
        content,
        **VIDEO,
        query=Signed,
        caller=OPTIONAL,
        limits=(),
        also=(206, 304, 307, 401, 403, 409, 416),
        produces="video/mp4, video/webm",
    ),
    dialect=dialects.production,
)
handler = http(app)
