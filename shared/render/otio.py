"""A timeline for editing programs: OpenTimelineIO's JSON (opentimelineio.readthedocs.io: file format specification)."""

from collections.abc import Iterator
from typing import Any

import msgspec

from shared.render.timeline import Clip, Source, Timeline, Track, ends, frame, length, rate

KINDS = {"audio": "Audio", "music": "Audio"}
Json = dict[str, Any]


def export(timeline: Timeline, sources: dict[str, Source], addresses: dict[str, str], name: str = "") -> bytes:
    """The document. `addresses` are the URLs of the assets, as far as they have one; what OTIO has no word for
    (motions, volumes, texts) stands in the clips' metadata."""
    fps = float(rate(timeline.config.fps) or 30)
    writing = _Writing(timeline, sources, addresses, fps)
    stack = writing.named("Stack.1", "tracks") | {
        "source_range": None,
        "children": [writing.track(track, number) for number, track in enumerate(timeline.tracks)],
    }
    whole = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "global_start_time": None,
        "metadata": {"bobine": {"config": msgspec.to_builtins(timeline.config)}},
        "tracks": stack,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2)


class _Writing:
    def __init__(self, timeline: Timeline, sources: dict[str, Source], addresses: dict[str, str], fps: float) -> None:
        self.timeline, self.sources, self.addresses, self.fps = timeline, sources, addresses, fps
        self.end = ends(timeline, sources)

    def track(self, track: Track, number: int) -> Json:
        named = self.named("Track.1", f"{track.type} {number + 1}", {"type": track.type})
        return named | {"source_range": None, "kind": KINDS.get(track.type, "Video"), "children": [*self.items(track)]}

    def items(self, track: Track) -> Iterator[Json]:
        """Clips in order, gaps and transitions between them. What sounds at once comes one after another."""
        at = 0.0
        before: Clip | None = None
        for clip in sorted(track.clips, key=lambda clip: clip.start_time):
            lasts = length(clip, track.type, self.sources.get(clip.asset_id)) or max(0.0, self.end - clip.start_time)
            follows = before is not None and self.count(clip.start_time) <= self.count(at)
            if not follows and clip.start_time > at:
                yield self.named("Gap.1", "") | self.ranged(0.0, clip.start_time - at)
            if before and follows and track.type == "video":
                yield from self.transition(before, clip, lasts)
            yield self.clip(clip, lasts)
            at, before = max(at, clip.start_time) + lasts, clip

    def transition(self, before: Clip, clip: Clip, lasts: float) -> Iterator[Json]:
        name = before.transition_out if before.transition_out != "none" else clip.transition_in
        seconds = before.transition_duration if before.transition_out != "none" else clip.transition_duration
        if name != "none":
            kind = "SMPTE_Dissolve" if name in ("fade", "dissolve") else "Custom_Transition"
            yield self.named("Transition.1", name) | {
                "transition_type": kind,
                "in_offset": self.time(0.0),
                "out_offset": self.time(min(seconds, lasts / 2)),
            }

    def clip(self, clip: Clip, lasts: float) -> Json:
        source = self.sources.get(clip.asset_id)
        named = self.named("Clip.2", clip.asset_id or clip.text[:80], msgspec.to_builtins(clip))
        return (
            named
            | self.ranged(clip.trim_start, lasts)
            | {
                "media_references": {"DEFAULT_MEDIA": self.media(clip, source)},
                "active_media_reference_key": "DEFAULT_MEDIA",
            }
        )

    def media(self, clip: Clip, source: Source | None) -> Json:
        lasts = source.duration if source else 0.0
        there = {"available_range": self.range(0.0, lasts) if lasts else None, "available_image_bounds": None}
        address = self.addresses.get(clip.asset_id)
        if not address:
            return self.named("MissingReference.1", "") | there
        return self.named("ExternalReference.1", clip.asset_id) | there | {"target_url": address}

    def named(self, schema: str, name: str, ours: Json | None = None) -> Json:
        plain: Json = {"OTIO_SCHEMA": schema, "name": name, "metadata": {"bobine": ours} if ours else {}}
        if schema.startswith(("Clip", "Gap", "Stack", "Track")):
            plain |= {"effects": [], "markers": [], "enabled": True}
        return plain

    def ranged(self, start: float, lasts: float) -> Json:
        return {"source_range": self.range(start, lasts)}

    def range(self, start: float, lasts: float) -> Json:
        return {"OTIO_SCHEMA": "TimeRange.1", "start_time": self.time(start), "duration": self.time(lasts)}

    def time(self, seconds: float) -> Json:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": self.fps, "value": float(self.count(seconds))}

    def count(self, seconds: float) -> int:
        per_second = rate(self.timeline.config.fps)
        return frame(seconds, per_second) if per_second else 0
