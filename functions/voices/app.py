"""Voices: who can speak, and how they sound (iafactory: Voix)."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from shared.entry.http import http
from shared.errors import NotFound
from shared.providers.choice import choose
from shared.providers.kinds import VoiceInfo, VoiceRequest
from shared.providers.local import Local
from shared.web import REQUIRED, Call, Reply, api, dialects, get, post
from shared.web.limits import GENERAL, Limit

PREVIEWS = Limit("previews", 20)  # as often as things are generated (iafactory: Rate Limiting)
SAMPLES = {"fr": "Bonjour, ceci est un test de voix.", "en": "Hello, this is what I sound like."}
Provider = Annotated[str, Meta(min_length=1, max_length=60)]


class VoicesQuery(Struct):
    provider: Provider | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None


class VoicePath(Struct):
    voice_id: str


class VoicePreview(Struct):
    """Without a text, a sentence in the voice's own language."""

    text: Annotated[str, Meta(max_length=500, description="at most 500 characters")] = ""
    provider: Provider | None = None
    speed: Annotated[float, Meta(ge=0.5, le=2)] = 1.0


class Voices(Struct):
    """`preview_url` is null where a voice is heard by asking for a preview."""

    voices: list[VoiceInfo]


def listed(call: Call[None, VoicesQuery, None]) -> Voices:
    """Who can speak: of a provider (our own stand in for one that has no key), in a language."""
    query = call.query
    found = known(query.provider)
    language = (query.language or "").partition("-")[0]
    return Voices([one for one in found if not language or one.language.partition("-")[0] == language])


def preview(call: Call[VoicePreview, None, VoicePath]) -> Reply[bytes]:
    """A sentence, spoken."""
    provider = call.body.provider
    voice = next((one for one in known(provider) if one.id == call.path.voice_id), None)
    if voice is None:
        raise NotFound("Voice not found")
    language = voice.language.partition("-")[0]
    text = call.body.text.strip() or SAMPLES.get(language, SAMPLES["en"])
    maker, _ = choose("voice", voice.provider)
    made = maker.voice(
        VoiceRequest(text=text, voice_id=voice.id, language=language, speed=call.body.speed, format="mp3")
    )
    headers = {"content-type": made.mime, "x-voice-provider": made.provider, "x-audio-seconds": f"{made.seconds:.2f}"}
    return Reply(made.data, headers=headers)


def known(provider: str | None) -> list[VoiceInfo]:
    """The voices of a provider; without one, of whoever speaks here, and our own."""
    maker, _ = choose("voice", provider)
    found = list(maker.voices())
    return found if provider or maker.name == Local.name else [*found, *Local().voices()]


COMMON: dict[str, Any] = {"caller": REQUIRED}

app = api(
    get("/api/v1/voices", listed, query=VoicesQuery, returns=Voices, **COMMON),
    post(
        "/api/v1/voices/{voice_id}/preview",
        preview,
        path=VoicePath,
        body=VoicePreview,
        missing="Voice not found",
        limits=(PREVIEWS, GENERAL),
        produces="audio/mpeg",
        **COMMON,
    ),
    dialect=dialects.production,
)
handler = http(app)
