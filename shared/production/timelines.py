"""Timelines: what is seen and heard when, of which assets. They are kept as they were sent, and never change.

a timeline          TIMELINE#<id> / TIMELINE
… of a project      PROJECT#<id> / TIMELINE#<id>
"""

import zlib
from pathlib import Path

import msgspec
from msgspec import Struct

from shared import clock, ids
from shared.errors import Invalid, NotFound
from shared.production import assets, projects
from shared.production.asset import Asset
from shared.render import Source, Timeline, Wrong, check, plan
from shared.render.check import MOST_CLIPS
from shared.table import Item, Key
from shared.tables import STUDIO

LARGEST = 300_000  # bytes, compressed: DynamoDB's row has 400 KB
KINDS = {"image": "image", "video": "video", "voice": "audio", "music": "audio"}


class Kept(Struct, frozen=True, kw_only=True):
    """`duration` in seconds, `created` since the epoch."""

    id: str
    owner: str
    project: str
    created: float
    duration: float
    timeline: Timeline


def create(owner: str, project_id: str, timeline: Timeline) -> Kept:
    """Raises NotFound for a project that is not there, and Invalid, with the field, for what cannot be a film."""
    projects.find(owner, project_id)
    found = sources(owner, timeline)
    if wrong := check(timeline, found):
        raise refused(wrong)
    kept = Kept(
        id=f"timeline-{ids.sortable().lower()}",
        owner=owner,
        project=project_id,
        created=clock.now(),
        duration=round(plan(timeline, found).duration, 3),
        timeline=timeline,
    )
    STUDIO.put_many([to_item(kept), {"pk": f"PROJECT#{project_id}", "sk": f"TIMELINE#{kept.id}"}])
    return kept


def find(owner: str, timeline_id: str) -> Kept:
    """Raises NotFound: somebody else's is not there."""
    row = STUDIO.get(*key(timeline_id))
    if row is None or row["owner"] != owner:
        raise NotFound("Timeline not found")
    return from_item(row)


def sources(owner: str, timeline: Timeline) -> dict[str, Source]:
    """The assets of this account that it names, as the renderer sees them, without their files. Raises Invalid for one
    that is not made yet."""
    clips = [
        (f"tracks[{number}].clips[{at}].asset_id", clip.asset_id)
        for number, track in enumerate(timeline.tracks)
        for at, clip in enumerate(track.clips)
        if clip.asset_id
    ]
    if len(clips) > MOST_CLIPS:
        return {}  # there are too many of them, whatever they are
    found = assets.find_many(owner, list(dict.fromkeys(name for _, name in clips)))
    for field, name in clips:
        if name in found and found[name].state != "completed":
            message = f"The asset {name} is {found[name].state}"
            raise Invalid(message, field=field, constraint="completed")
    return {name: source(asset, Path()) for name, asset in found.items()}


def source(asset: Asset, path: Path) -> Source:
    kind = KINDS[asset.kind]
    return Source(
        path=path,
        kind=kind,  # type: ignore[arg-type]
        width=asset.width,
        height=asset.height,
        duration=asset.seconds if kind != "image" else 0.0,
        digest=asset.digest,
        sound=asset.sound or kind == "audio",
    )


def refused(wrong: list[Wrong], below: str = "") -> Invalid:
    """The first fault by itself, all of them beside it; `below` is where their fields stand in the request."""
    first = wrong[0]
    error = Invalid(first.message, field=below + first.field, constraint=first.constraint)
    if len(wrong) > 1:
        error.details["errors"] = [
            {"field": below + one.field, "constraint": one.constraint, "message": one.message} for one in wrong
        ]
    return error


def key(timeline_id: str) -> Key:
    return f"TIMELINE#{timeline_id}", "TIMELINE"


def to_item(kept: Kept) -> Item:
    packed = zlib.compress(msgspec.json.encode(kept.timeline), 9)
    if len(packed) > LARGEST:
        raise Invalid("The timeline is too large", field="tracks", constraint="max_size")
    pk, sk = key(kept.id)
    plain = {"id": kept.id, "owner": kept.owner, "project": kept.project, "created": kept.created}
    return {"pk": pk, "sk": sk, **plain, "duration": kept.duration, "packed": packed}


def from_item(item: Item) -> Kept:
    timeline = msgspec.json.decode(zlib.decompress(bytes(item["packed"])), type=Timeline)
    fields = {name: item[name] for name in ("id", "owner", "project", "created", "duration")}
    return Kept(**fields, timeline=timeline)
