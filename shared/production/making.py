"""Making one asset: its maker is asked, what he made is stored, and what that is told on its row."""

from typing import Any

import msgspec

from shared import storage
from shared.errors import NotFound
from shared.production import assets
from shared.production.asset import Asset
from shared.providers import kinds
from shared.providers.choice import choose
from shared.providers.errors import Unfinished


def make(asset: Asset) -> Asset:
    """The asset, made. Raises what its maker raises (`shared.providers.errors`), and ConditionFailed when nobody wants
    it any more. Unfinished leaves the provider's task on the row, so that nothing is paid twice."""
    asset = assets.begin(asset)
    try:
        return assets.complete(asset, **MAKERS[asset.kind](asset))
    except Unfinished as error:
        assets.order([msgspec.structs.replace(asset, request={**asset.request, "task": error.task})])
        raise


def _image(asset: Asset) -> dict[str, Any]:
    maker, _ = choose("image", asset.wanted)
    made = maker.image(msgspec.convert(asset.request, kinds.ImageRequest, strict=False))
    return _stored(asset, made) | {"width": made.width, "height": made.height}


def _video(asset: Asset) -> dict[str, Any]:
    maker, _ = choose("video", asset.wanted)
    source = assets.known(str(asset.request.get("source", "")))
    picture = storage.read(source.key) if source else None
    if source is None or picture is None:
        raise NotFound("The picture of this clip is gone")
    request = {name: value for name, value in asset.request.items() if name != "source"}
    request |= {"image": picture, "image_mime": source.mime}
    made = maker.video(msgspec.convert(request, kinds.VideoRequest, strict=False))
    if isinstance(made, kinds.Still):
        raise NotFound("This maker makes no clips")
    return _stored(asset, made)


def _voice(asset: Asset) -> dict[str, Any]:
    maker, _ = choose("voice", asset.wanted)
    made = maker.voice(msgspec.convert(asset.request, kinds.VoiceRequest, strict=False))
    return _stored(asset, made) | {"words": [(one.text, round(one.start, 3), round(one.end, 3)) for one in made.words]}


def _music(asset: Asset) -> dict[str, Any]:
    maker, _ = choose("music", asset.wanted)
    made = maker.music(msgspec.convert(asset.request, kinds.MusicRequest, strict=False))
    return _stored(asset, made)


def _stored(asset: Asset, made: kinds.Bytes) -> dict[str, Any]:
    key, size, digest = assets.store(asset, made.mime, made.data)
    return {
        "key": key,
        "mime": made.mime,
        "size": size,
        "digest": digest,
        "seconds": round(made.seconds, 3),
        "cost": made.cost,
        "provider": made.provider,
        "model": made.model,
    }


MAKERS = {"image": _image, "video": _video, "voice": _voice, "music": _music}
