"""Who makes what, with all that they need to do it. Their names alone are in `names`."""

from typing import Any, Literal, overload

from shared.providers.elevenlabs import ElevenLabs
from shared.providers.kinds import Images, Kind, Musics, Scripts, Transcriptions, Videos, Voices
from shared.providers.local import Local
from shared.providers.names import named
from shared.providers.openai import OpenAI
from shared.providers.runway import Runway
from shared.providers.suno import Suno


@overload
def choose(kind: Literal["script"], wanted: str | None, field: str = ...) -> tuple[Scripts, bool]: ...
@overload
def choose(kind: Literal["image"], wanted: str | None, field: str = ...) -> tuple[Images, bool]: ...
@overload
def choose(kind: Literal["video"], wanted: str | None, field: str = ...) -> tuple[Videos, bool]: ...
@overload
def choose(kind: Literal["voice"], wanted: str | None, field: str = ...) -> tuple[Voices, bool]: ...
@overload
def choose(kind: Literal["music"], wanted: str | None, field: str = ...) -> tuple[Musics, bool]: ...
@overload
def choose(kind: Literal["transcription"], wanted: str | None, field: str = ...) -> tuple[Transcriptions, bool]: ...
def choose(kind: Kind, wanted: str | None, field: str = "provider") -> tuple[Any, bool]:
    """The maker that is `wanted`, and whether `local` stands in for it: as `named` has it."""
    name, fell_back = named(kind, wanted, field)
    return _maker(name), fell_back


def _maker(name: str) -> Any:
    makers = {"runway": Runway, "elevenlabs": ElevenLabs, "suno": Suno, "openai": OpenAI, "dalle3": OpenAI}
    return makers[name]() if name in makers else Local()
