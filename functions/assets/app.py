"""Assets: pictures, voices and music that are made when somebody asks, and everything a project is made of."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions.assets import models
from functions.assets.models import (
    AssetPath,
    Assets,
    AssetsQuery,
    NewImages,
    NewMusic,
    NewVoices,
    OrderedImage,
    OrderedImages,
    OrderedMusic,
    OrderedPiece,
    OrderedVoice,
    OrderedVoices,
    ShownAsset,
)
from shared import clock, ids
from shared.entry.http import http
from shared.errors import Conflict
from shared.jobs.message import send_all
from shared.production import addresses, assets, projects
from shared.production.asset import ENDING, Asset
from shared.providers import kinds
from shared.providers.names import LOCAL, named
from shared.settings import settings
from shared.web import REQUIRED, Call, Message, Reply, api, delete, dialects, get, post
from shared.web.limits import GENERAL, Limit
from shared.web.objects import serve
from shared.words import written

MAKES = Limit("generate", 20)  # iafactory: Rate Limiting, of all `/assets/*/generate` together
LETTERS = 15.0  # characters that are spoken in a second


def images(call: Call[NewImages, None, None]) -> Reply[OrderedImages]:
    """Have pictures made: 202, and each is there when its asset says so."""
    config = call.body.config
    maker, fell_back = named("image", config.provider, "config.provider")
    asked = [
        (
            one.scene_id,
            kinds.ImageRequest(
                prompt=written(one.prompt, f"prompts[{number}].prompt"),
                negative_prompt=one.negative_prompt,
                size=config.size,
                quality=config.quality,
                style=config.style,
                model="" if fell_back else config.model,
            ),
        )
        for number, one in enumerate(call.body.prompts)
    ]
    made = order(call, "image", call.body.project_id, maker, asked)
    told = [OrderedImage(one.id, one.scene, one.state, one.request["prompt"]) for one in made]
    return Reply(OrderedImages(made[0].batch, "processing", maker, told), 202)


def voices(call: Call[NewVoices, None, None]) -> Reply[OrderedVoices]:
    """Have texts spoken: 202, and each is there when its asset says so."""
    config = call.body.config
    maker, fell_back = named("voice", config.provider, "config.provider")
    asked = [
        (
            one.scene_id,
            kinds.VoiceRequest(
                text=written(one.text, f"segments[{number}].text"),
                voice_id=one.voice_id or "",
                language=one.language.partition("-")[0],
                speed=config.speed,
                format=config.output_format,
                stability=config.stability,
                similarity_boost=config.similarity_boost,
                model="" if fell_back else config.model,
            ),
        )
        for number, one in enumerate(call.body.segments)
    ]
    made = order(call, "voice", call.body.project_id, maker, asked)
    told = [
        OrderedVoice(one.id, one.scene, one.state, round(len(one.request["text"]) / LETTERS / config.speed, 1))
        for one in made
    ]
    return Reply(OrderedVoices(made[0].batch, "processing", maker, told), 202)


def music(call: Call[NewMusic, None, None]) -> Reply[OrderedMusic]:
    """Have a piece of music made: 202, and it is there when its asset says so."""
    config = call.body.config
    maker, fell_back = named("music", config.provider, "config.provider")
    request = kinds.MusicRequest(
        prompt=written(call.body.prompt, "prompt"),
        duration=config.duration,
        style=config.style,
        tempo=config.tempo,
        model="" if fell_back else config.model,
    )
    made = order(call, "music", call.body.project_id, maker, [(None, request)])
    told = [OrderedPiece(one.id, one.state) for one in made]
    return Reply(OrderedMusic(made[0].batch, "processing", maker, told), 202)


def order(
    call: Call[Any, Any, Any], kind: Any, project_id: str, provider: str, asked: Sequence[tuple[int | None, Struct]]
) -> list[Asset]:
    """New assets of a project of the caller's, on their way to their maker."""
    project = projects.find(call.account, project_id)
    batch = f"batch-{ids.sortable().lower()}"
    made = [
        assets.new(
            call.account, project.id, kind, msgspec.to_builtins(request), scene=scene, batch=batch, wanted=provider
        )
        for scene, request in asked
    ]
    assets.order(made)
    send_all(settings.produce_queue_url, [{"asset": one.id} for one in made])
    return made


def listed(call: Call[None, AssetsQuery, None]) -> Assets:
    """What a project has, newest first: of a kind, or in a state."""
    project = projects.find(call.account, call.query.project_id)
    found = assets.of_project(project.id, call.query.type, call.query.status)
    return Assets([shown(one) for one in found], len(found))


def one(call: Call[None, None, AssetPath]) -> ShownAsset:
    """An asset: who made it, of what, and how far it is."""
    return shown(assets.find(call.account, call.path.asset_id))


def content(call: Call[None, None, AssetPath]) -> Reply[bytes]:
    """The bytes of an asset: whole, in part (Range), or by redirect when it is large."""
    asset = assets.find(call.account, call.path.asset_id)
    if asset.state != "completed":
        raise Conflict("The asset is not ready", details={"status": asset.state})
    reply = serve(call, asset.key, assets.CACHE, asset.mime, missing="Asset not found")
    reply.headers["content-disposition"] = f'inline; filename="{asset.name}"'
    return reply


def remove(call: Call[None, None, AssetPath]) -> Message:
    """Delete an asset; a scene that shows it has another one made at the next start."""
    assets.delete(assets.find(call.account, call.path.asset_id))
    return Message("Asset deleted")


def shown(asset: Asset) -> ShownAsset:
    failed = models.AssetFailure(asset.code, asset.error) if asset.state == "failed" else None
    return ShownAsset(
        id=asset.id,
        project_id=asset.project,
        type=asset.kind,
        status=asset.state,
        scene_id=asset.scene,
        batch_id=asset.batch or None,
        provider=asset.provider or asset.wanted or LOCAL,
        model=asset.model,
        prompt=str(asset.request.get("prompt") or asset.request.get("text") or ""),
        mime_type=asset.mime or None,
        size=asset.size,
        width=asset.width or None,
        height=asset.height or None,
        duration=asset.seconds or None,
        cost=asset.cost,
        url=addresses.asset(asset.id),
        created_at=clock.iso(asset.created),
        updated_at=clock.iso(asset.updated),
        error=failed,
    )


MAKING: dict[str, Any] = {
    "status": 202,
    "also": (404,),
    "caller": REQUIRED,
    "limits": (MAKES, GENERAL),
    "once": True,
}
ONE: dict[str, Any] = {"path": AssetPath, "missing": "Asset not found", "caller": REQUIRED}

app = api(
    post("/api/v1/assets/images/generate", images, body=NewImages, returns=OrderedImages, **MAKING),
    post("/api/v1/assets/voice/generate", voices, body=NewVoices, returns=OrderedVoices, **MAKING),
    post("/api/v1/assets/music/generate", music, body=NewMusic, returns=OrderedMusic, **MAKING),
    get("/api/v1/assets", listed, query=AssetsQuery, returns=Assets, caller=REQUIRED, also=(404,)),
    get("/api/v1/assets/{asset_id}", one, **ONE, returns=ShownAsset),
    delete("/api/v1/assets/{asset_id}", remove, **ONE, returns=Message),
    get(
        "/api/v1/assets/{asset_id}/download",
        content,
        **ONE,
        limits=(),
        also=(206, 304, 307, 409, 416),
        produces=", ".join(ENDING),
    ),
    dialect=dialects.production,
)
handler = http(app)
