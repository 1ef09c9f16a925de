"""OpenAI over its HTTP API (platform.openai.com/docs/api-reference): chat, images, speech, transcriptions."""

import base64
import wave
from io import BytesIO
from typing import Any

from msgspec import Struct

from shared.errors import Invalid
from shared.providers import prices
from shared.providers.errors import Malformed, Refused
from shared.providers.kinds import (
    Image,
    ImageRequest,
    Scene,
    Script,
    ScriptRequest,
    Transcription,
    TranscriptionRequest,
    Voice,
    VoiceInfo,
    VoiceRequest,
    Word,
)
from shared.providers.spread import spread
from shared.providers.wire import Service
from shared.settings import settings

SCRIPT_MODEL, IMAGE_MODEL, SPEECH_MODEL, HEARING_MODEL = "gpt-4.1-mini", "dall-e-3", "tts-1", "whisper-1"
VOICES = {"alloy": "neutral", "echo": "male", "fable": "neutral", "onyx": "male", "nova": "female", "shimmer": "female"}
OURS = {"thomas": "onyx", "louis": "echo", "james": "onyx", "daniel": "echo"}  # the rest of our names are women's
LANGUAGE_CODES = {"french": "fr", "english": "en"}  # whisper-1 answers names
RATE = 24000  # of its WAV
SHAPES = {"wide": ("1792x1024", "1536x1024"), "tall": ("1024x1792", "1024x1536"), "square": ("1024x1024", "1024x1024")}
TEXT = {"type": "string"}
SCENE = {"narration": TEXT, "picture": TEXT, "title": TEXT, "duration": {"type": "number"}}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "scenes"],
    "properties": {
        "title": TEXT,
        "scenes": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": False, "required": list(SCENE), "properties": SCENE},
        },
    },
}
TASK = (
    "You write scripts of narrated films: a hook, clear points, a close. Narration in {language}, read aloud at 150 "
    "words a minute, no longer in all than the film of {seconds:.0f} seconds. For each scene: narration, picture (a "
    "prompt in English for an image model, no text in the image), title (six words at most, on screen), duration in "
    "seconds. The durations add up to the film's. Style: {style}. State no figures that you are not sure of."
)


class Written(Struct, frozen=True):
    narration: str
    picture: str
    title: str
    duration: float


class Whole(Struct, frozen=True):
    title: str
    scenes: list[Written]


class Heard(Struct, frozen=True):
    word: str
    start: float
    end: float


class Text(Struct, frozen=True):
    text: str
    language: str = ""
    duration: float | str = 0.0
    words: list[Heard] = []


class OpenAI:
    name = "openai"

    def __init__(self) -> None:
        headers = {"authorization": f"Bearer {settings.openai_api_key}"}
        self.service = Service(self.name, settings.openai_base_url, headers)

    def script(self, request: ScriptRequest) -> Script:
        """By a JSON schema (structured outputs); durations are scaled to the film's."""
        task = TASK.format(language=request.language, seconds=request.target_duration, style=request.style)
        messages = [{"role": "system", "content": task}, {"role": "user", "content": request.prompt}]
        shape = {"type": "json_schema", "json_schema": {"name": "script", "strict": True, "schema": SCHEMA}}
        body = {"model": SCRIPT_MODEL, "messages": messages, "response_format": shape}
        answer = self.service.json("POST", "/chat/completions", json=body)
        try:
            choice, usage = answer["choices"][0], answer.get("usage") or {}
            said, refusal = choice["message"].get("content"), choice["message"].get("refusal")
            tokens = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
            cost = tokens[0] * prices.SCRIPT_INPUT + tokens[1] * prices.SCRIPT_OUTPUT
        except (KeyError, IndexError, TypeError, AttributeError):
            raise Malformed(self.name) from None
        if refusal or choice.get("finish_reason") == "content_filter":
            raise Refused(self.name, str(refusal or ""))
        whole = self.service.decoded(str(said or "").encode(), Whole)
        if not whole.scenes or any(not 0 < one.duration < 3600 for one in whole.scenes):
            raise Malformed(self.name)
        scale = request.target_duration / sum(one.duration for one in whole.scenes)
        scenes = tuple(
            Scene(number, one.narration, one.picture, one.title, round(one.duration * scale, 3))
            for number, one in enumerate(whole.scenes, 1)
        )
        return Script(
            provider=self.name,
            model=SCRIPT_MODEL,
            cost=cost,
            seconds=request.target_duration,
            title=request.title or whole.title,
            language=request.language,
            scenes=scenes,
        )

    def image(self, request: ImageRequest) -> Image:
        """dall-e-3, or the gpt-image family by `model`; the nearest of the sizes that it draws."""
        model = request.model or IMAGE_MODEL
        is_dalle = model.startswith("dall-e")
        width, height = (int(part) for part in request.size.split("x"))
        shape = "square" if width == height else "wide" if width > height else "tall"
        size = SHAPES[shape][0 if is_dalle else 1]
        prompt = request.prompt + (f"\nAvoid: {request.negative_prompt}" if request.negative_prompt else "")
        body: dict[str, Any] = {"model": model, "prompt": prompt, "n": 1, "size": size}
        if is_dalle:
            body |= {"quality": request.quality, "style": request.style, "response_format": "b64_json"}
        else:
            body |= {"quality": "high" if request.quality == "hd" else "medium"}
        answer = self.service.json("POST", "/images/generations", json=body)
        try:
            data = base64.b64decode(answer["data"][0]["b64_json"], validate=True)
        except (KeyError, IndexError, TypeError, ValueError):
            raise Malformed(self.name) from None
        if not data.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF")):
            raise Malformed(self.name)
        kinds = {b"\x89": "image/png", b"\xff": "image/jpeg", b"R": "image/webp"}
        width, height = (int(part) for part in size.split("x"))
        quality = "hd" if request.quality == "hd" else "standard"
        cost = prices.IMAGE[quality, shape == "square"]
        mime = kinds[data[:1]]
        return Image(provider=self.name, model=model, cost=cost, data=data, mime=mime, width=width, height=height)

    def voice(self, request: VoiceRequest) -> Voice:
        """Tells no timings: they are spread over the sound by the words' lengths."""
        from shared.providers.offline.speaking import as_mp3, as_wav

        wanted = request.voice_id.lower()
        voice = wanted if wanted in VOICES else OURS.get(wanted, "nova")
        model = request.model or SPEECH_MODEL
        body = {"model": model, "input": request.text, "voice": voice, "response_format": "wav", "speed": request.speed}
        data = self.service.ask("POST", "/audio/speech", json=body).content
        try:
            with wave.open(BytesIO(data)) as file:
                rate, samples = file.getframerate(), file.readframes(len(data) // 2)  # its header tells no length
        except (wave.Error, EOFError):
            raise Malformed(self.name) from None
        seconds = len(samples) / 2 / rate
        sound = as_wav(samples, rate)
        return Voice(
            provider=self.name,
            model=f"{model} {voice}",
            cost=len(request.text) * prices.SPEECH,
            seconds=seconds,
            data=sound if request.format == "wav" else as_mp3(sound),
            mime="audio/wav" if request.format == "wav" else "audio/mpeg",
            words=spread(request.text, seconds),
            measured=False,
        )

    def voices(self) -> tuple[VoiceInfo, ...]:
        return tuple(VoiceInfo(one, one.title(), self.name, "multi", sex, "natural") for one, sex in VOICES.items())

    def transcription(self, request: TranscriptionRequest) -> Transcription:
        kinds = {"audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/webm": "webm", "video/mp4": "mp4", "audio/ogg": "ogg"}
        if len(request.audio) > 25 * 1024**2:  # its own limit
            raise Invalid("Invalid audio", field="audio", constraint="at most 25 MiB")
        files = {"file": (f"audio.{kinds.get(request.mime, 'wav')}", request.audio, request.mime)}
        model = request.model or HEARING_MODEL
        form = {"model": model, "response_format": "verbose_json", "timestamp_granularities[]": "word"}
        form |= {"language": request.language} if request.language else {}
        answer = self.service.ask("POST", "/audio/transcriptions", data=form, files=files).content
        heard = self.service.decoded(answer, Text)
        try:
            seconds = float(heard.duration)  # a number in its description, a text in its answers
        except ValueError:
            raise Malformed(self.name) from None
        return Transcription(
            provider=self.name,
            model=model,
            cost=seconds * prices.TRANSCRIPTION,
            seconds=seconds,
            text=heard.text,
            language=LANGUAGE_CODES.get(heard.language.lower(), heard.language or request.language),
            words=tuple(Word(one.word, one.start, one.end) for one in heard.words),
        )
