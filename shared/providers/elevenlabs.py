"""ElevenLabs' voices (elevenlabs.io/docs/api-reference): text-to-speech with timestamps, and the list of voices."""

import base64
import re

from msgspec import Struct

from shared.errors import Invalid
from shared.providers import prices
from shared.providers.errors import Malformed
from shared.providers.kinds import Voice, VoiceInfo, VoiceRequest, Word
from shared.providers.wire import Service
from shared.settings import settings

MODEL = "eleven_multilingual_v2"
SLOWEST, FASTEST = 0.7, 1.2  # its voice_settings.speed
RATE = 44100
ID = re.compile(r"[A-Za-z0-9]{16,32}")
# Our names, for people who have no voice of that name in their list: premade voices that every account may use.
OURS = {
    "thomas": "GBv7mTt0atIp3Br8iCZE",
    "louis": "onwK4e9ZLuTAKqWW03F9",
    "james": "JBFqnCBsd6RMkjVDRZzb",
    "daniel": "onwK4e9ZLuTAKqWW03F9",
    "claire": "XB0fDUnXU5powFXDhCwa",
    "manon": "EXAVITQu4vr4xnSDxMaL",
    "emma": "EXAVITQu4vr4xnSDxMaL",
    "sarah": "EXAVITQu4vr4xnSDxMaL",
}


class Alignment(Struct, frozen=True):
    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class Spoken(Struct, frozen=True):
    audio_base64: str
    alignment: Alignment


class Listed(Struct, frozen=True):
    voice_id: str
    name: str
    labels: dict[str, str] | None = None
    preview_url: str | None = None


class Voices(Struct, frozen=True):
    voices: list[Listed]


class ElevenLabs:
    name = "elevenlabs"

    def __init__(self) -> None:
        self.service = Service(self.name, settings.elevenlabs_base_url, {"xi-api-key": settings.elevenlabs_api_key})

    def voice(self, request: VoiceRequest) -> Voice:
        """MP3 of 128 kbit/s, which every plan may have; WAV is made of it here."""
        from shared.providers.offline.speaking import as_wav_of_mp3

        speed = min(FASTEST, max(SLOWEST, request.speed))
        settings_ = {"stability": request.stability, "similarity_boost": request.similarity_boost, "speed": speed}
        model = request.model or MODEL
        body = {"text": request.text, "model_id": model, "voice_settings": settings_}
        path = f"/text-to-speech/{self._id(request.voice_id)}/with-timestamps"
        answer = self.service.ask("POST", path, params={"output_format": "mp3_44100_128"}, json=body).content
        spoken = self.service.decoded(answer, Spoken)
        try:
            data = base64.b64decode(spoken.audio_base64, validate=True)
            words = words_of(spoken.alignment)
        except ValueError:
            raise Malformed(self.name) from None
        if not data or not words:
            raise Malformed(self.name)
        return Voice(
            provider=self.name,
            model=model,
            cost=len(request.text) * prices.ELEVENLABS,
            seconds=spoken.alignment.character_end_times_seconds[-1],
            data=data if request.format == "mp3" else as_wav_of_mp3(data),
            mime="audio/mpeg" if request.format == "mp3" else "audio/wav",
            words=words,
        )

    def voices(self) -> tuple[VoiceInfo, ...]:
        return tuple(
            VoiceInfo(
                one.voice_id,
                one.name,
                self.name,
                (one.labels or {}).get("language", "multi"),
                (one.labels or {}).get("gender", "neutral"),
                (one.labels or {}).get("descriptive", (one.labels or {}).get("use_case", "natural")),
                one.preview_url,
            )
            for one in self._listed()
        )

    def _listed(self) -> list[Listed]:
        listed: Voices = self.service.decoded(self.service.ask("GET", "/voices").content, Voices)
        return listed.voices

    def _id(self, wanted: str) -> str:
        """An id as it is; a name as it is in the account's list ("Thomas", "Roger - Laid back"); else one of ours."""
        if ID.fullmatch(wanted):
            return wanted
        name = wanted.lower()
        if name in OURS:
            return OURS[name]
        for one in self._listed():
            if name in (one.name.lower(), one.name.lower().split(" ")[0]) and ID.fullmatch(one.voice_id):
                return one.voice_id
        raise Invalid("Invalid voice_id", field="voice_id", constraint="a voice of ElevenLabs, by its id or name")


def words_of(alignment: Alignment) -> tuple[Word, ...]:
    """Words of letters with times. Raises ValueError where the three lists are not of one length."""
    letters = zip(
        alignment.characters,
        alignment.character_start_times_seconds,
        alignment.character_end_times_seconds,
        strict=True,
    )
    words: list[Word] = []
    joined = False
    for letter, start, end in letters:
        if not letter.strip():
            joined = False
        elif joined:
            words[-1] = Word(words[-1].text + letter, words[-1].start, end)
        else:
            words.append(Word(letter, start, end))
            joined = True
    return tuple(words)
