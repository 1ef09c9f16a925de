"""What a project wants of its makers, and the hash of each wish: what is made of the same is not made again.

A hash covers who is asked and everything that he is told, and the account, so that nobody gets what another has paid
for. VERSION is part of it: raise it when our own makers get better.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shared.production.project import Kind, Project
from shared.production.scene import OWN, Scene
from shared.providers import kinds
from shared.providers.names import LOCAL

VERSION = 1
CUT = 1  # raise it when the same scenes are to become another film
SIZES = {
    "16:9": ("1920x1080", "1792x1024"),
    "9:16": ("1080x1920", "1024x1792"),
    "1:1": ("1024x1024", "1024x1024"),
}  # of a picture: our own, and others'
VOICES = {"fr": "thomas", "en": "james"}
MOODS = {"professional": "inspiring corporate, steady", "casual": "light, upbeat", "dramatic": "dark, cinematic"}
SILENCE = 0.8  # seconds between what is said in two scenes


class Wish(Struct, frozen=True):
    """`request` is of the maker's kind, as plain values; `of` is its hash."""

    provider: str
    request: dict[str, Any]
    of: str


def wish(owner: str, kind: str, provider: str, request: Struct) -> Wish:
    plain: dict[str, Any] = msgspec.to_builtins(request)
    said = msgspec.json.encode([VERSION, owner, kind, provider, plain], order="sorted")
    return Wish(provider, plain, hashlib.sha256(said).hexdigest())


def script(project: Project) -> Wish:
    config = project.config
    request = kinds.ScriptRequest(
        prompt=project.prompt,
        title=project.title,
        language=config.language.partition("-")[0],
        target_duration=float(config.target_duration),
        style=config.style,
    )
    return wish(project.owner, "script", of(project, "llm"), request)


def image(project: Project, scene: Scene) -> Wish:
    provider = of(project, "image")
    size = SIZES[project.config.aspect][provider != LOCAL]
    request = kinds.ImageRequest(prompt=scene.picture, size=size)
    return wish(project.owner, "image", provider, request)


def video(project: Project, scene: Scene) -> Wish:
    """The clip of a scene. Its picture goes by the picture's hash; its bytes are added when it is made."""
    size = {"16:9": "1280x720", "9:16": "720x1280", "1:1": "1280x720"}[project.config.aspect]
    request = kinds.VideoRequest(prompt=scene.picture, image=b"", duration=min(scene.duration, 10.0), size=size)
    made = wish(project.owner, "video", of(project, "video"), request)
    return Wish(made.provider, made.request, hashlib.sha256(f"{made.of}{scene.image_of}".encode()).hexdigest())


def voice(project: Project, scene: Scene) -> Wish:
    language = project.config.language.partition("-")[0]
    request = kinds.VoiceRequest(
        text=scene.narration, voice_id=project.config.voice or VOICES.get(language, "thomas"), language=language
    )
    return wish(project.owner, "voice", of(project, "voice"), request)


def music(project: Project, seconds: float) -> Wish:
    """`seconds` are those of the film; music is made a little longer, in steps, so that a scene that changes by a
    second does not want another piece."""
    prompt = project.config.music or MOODS.get(project.config.style, project.config.style)
    lasts = min(kinds.LONGEST, max(kinds.SHORTEST, 10.0 * -(-seconds // 10)))
    return wish(project.owner, "music", of(project, "music"), kinds.MusicRequest(prompt=prompt, duration=lasts))


def film(project: Project, scenes: Sequence[Scene]) -> str:
    """The hash of what the film is made of."""
    parts = [[one.image, one.video, one.voice, one.title, one.duration, one.narration] for one in scenes]
    config = project.config
    music = project.music if has_music(project) else ""
    said = [CUT, parts, music, config.aspect, config.captions, project.skip]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def of(project: Project, kind: Kind) -> str:
    """Who makes this in the run that is going on."""
    return project.providers.get(kind, LOCAL)


def lacks_image(project: Project, scene: Scene) -> bool:
    return not (scene.image and scene.image_of in (OWN, image(project, scene).of))


def lacks_video(project: Project, scene: Scene) -> bool:
    """Our own maker's clip is the picture, moved: there is nothing to make."""
    if of(project, "video") == LOCAL or scene.video_of == OWN:
        return False
    return not (scene.video and scene.video_of == video(project, scene).of)


def lacks_voice(project: Project, scene: Scene) -> bool:
    if not scene.narration.strip():
        return False
    return not (scene.voice and scene.voice_of == voice(project, scene).of)


def has_music(project: Project) -> bool:
    return project.config.music.strip().lower() != "none"
