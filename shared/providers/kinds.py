"""The six kinds of things that are made: what each is asked with, what comes back, and who can make it.

Every result says who made it (`provider`, `model`), what it cost in US dollars (an estimate from the published price
list; what is made here is free) and how many `seconds` it lasts (0 for a picture). All of them raise the errors of
`shared.providers.errors`.

A maker whose service works on a task for minutes (runway, suno) waits `patience` seconds for it. When they are over it
raises Unfinished with the task's name: the same request with that `task` goes on waiting, and is not paid twice.
"""

from typing import Literal, Protocol

from msgspec import Struct

Kind = Literal["script", "image", "video", "voice", "music", "transcription"]
Motion = Literal["zoom_in", "zoom_out", "pan_left", "pan_right"]

LANGUAGES = ("fr", "en")  # that our own writer and voices know
SIZES = ("1792x1024", "1024x1792", "1024x1024", "1920x1080", "1080x1920", "1280x720", "720x1280")
LONGEST_TEXT = 5000  # characters that are spoken in one go (ElevenLabs takes about as many)
SHORTEST, LONGEST = 5.0, 600.0  # seconds of a film or of music


class Made(Struct, frozen=True, kw_only=True):
    provider: str
    model: str
    cost: float = 0.0  # US dollars
    seconds: float = 0.0


class Bytes(Made, frozen=True, kw_only=True):
    data: bytes
    mime: str


class Word(Struct, frozen=True):
    """A word as it is read, punctuation included, and when it is heard, in seconds."""

    text: str
    start: float
    end: float


class ScriptRequest(Struct, frozen=True, kw_only=True):
    prompt: str
    title: str = ""
    language: str = "fr"
    target_duration: float = 60.0
    style: str = "professional"
    speed: float = 1.0  # of the voice that will read it


class Scene(Struct, frozen=True):
    number: int  # from 1
    narration: str
    picture: str  # the prompt for its picture
    title: str  # shown on screen, a few words
    duration: float


class Script(Made, frozen=True, kw_only=True):
    """Its scenes last `seconds` together."""

    title: str
    language: str
    scenes: tuple[Scene, ...]


class ImageRequest(Struct, frozen=True, kw_only=True):
    prompt: str
    negative_prompt: str = ""
    size: str = "1792x1024"
    quality: str = "standard"  # or hd
    style: str = "vivid"  # or natural
    model: str = ""
    title: str = ""  # written into the picture by those who can


class Image(Bytes, frozen=True, kw_only=True):
    width: int
    height: int


class VideoRequest(Struct, frozen=True, kw_only=True):
    """A clip that starts with a picture."""

    prompt: str
    image: bytes
    image_mime: str = "image/png"
    duration: float = 5.0
    size: str = "1280x720"
    model: str = ""
    task: str = ""
    patience: float = 300.0


class Clip(Bytes, frozen=True, kw_only=True):
    pass


class Still(Made, frozen=True, kw_only=True):
    """No clip: use the picture itself, moved like this for as long as the scene lasts. What `local` answers, always."""

    motion: Motion


class VoiceRequest(Struct, frozen=True, kw_only=True):
    text: str
    voice_id: str = "thomas"
    language: str = "fr"
    speed: float = 1.0  # 0.5 to 2
    format: Literal["wav", "mp3"] = "wav"
    stability: float = 0.5
    similarity_boost: float = 0.75
    model: str = ""


class Voice(Bytes, frozen=True, kw_only=True):
    words: tuple[Word, ...]
    measured: bool = True  # False: the timings are spread over the sound by the words' lengths


class VoiceInfo(Struct, frozen=True):
    id: str
    name: str
    provider: str
    language: str
    gender: str
    style: str
    preview_url: str | None = None


class MusicRequest(Struct, frozen=True, kw_only=True):
    prompt: str
    duration: float = 60.0
    style: str = "instrumental"
    tempo: str = ""  # slow, medium, fast, or beats a minute; empty: what the prompt says
    model: str = ""
    task: str = ""
    patience: float = 300.0


class Music(Bytes, frozen=True, kw_only=True):
    pass


class TranscriptionRequest(Struct, frozen=True, kw_only=True):
    audio: bytes
    mime: str = "audio/wav"
    language: str = ""  # empty: heard
    model: str = ""


class Transcription(Made, frozen=True, kw_only=True):
    text: str
    language: str
    words: tuple[Word, ...]


class Scripts(Protocol):
    name: str

    def script(self, request: ScriptRequest) -> Script: ...


class Images(Protocol):
    name: str

    def image(self, request: ImageRequest) -> Image: ...


class Videos(Protocol):
    name: str

    def video(self, request: VideoRequest) -> Clip | Still: ...


class Voices(Protocol):
    name: str

    def voice(self, request: VoiceRequest) -> Voice: ...

    def voices(self) -> tuple[VoiceInfo, ...]: ...


class Musics(Protocol):
    name: str

    def music(self, request: MusicRequest) -> Music: ...


class Transcriptions(Protocol):
    name: str

    def transcription(self, request: TranscriptionRequest) -> Transcription: ...
