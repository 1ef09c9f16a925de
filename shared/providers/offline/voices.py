"""Who speaks here: eSpeak NG's French and English in eight characters, named as people name voices."""

from msgspec import Struct

from shared.errors import Invalid
from shared.providers.kinds import VoiceInfo

PACE = {"fr": 165, "en": 160}  # words a minute at speed 1, as eSpeak counts them


class Character(Struct, frozen=True):
    """`variant` is eSpeak's voice file, `pitch` and `lift` (how much it moves) are of 0 to 99, `pace` of PACE."""

    info: VoiceInfo
    variant: str
    pitch: int
    lift: int
    pace: float = 1.0


def _character(name: str, language: str, gender: str, style: str, *how: str | int | float) -> Character:
    info = VoiceInfo(name.lower(), name, "local", language, gender, style)
    return Character(info, *how)  # type: ignore[arg-type]


CHARACTERS = (
    _character("Thomas", "fr", "male", "professional", "fr+m3", 42, 52),
    _character("Louis", "fr", "male", "calm", "fr+m7", 34, 40, 0.92),
    _character("Claire", "fr", "female", "professional", "fr+f2", 50, 50),
    _character("Manon", "fr", "female", "dynamic", "fr+f4", 56, 66, 1.06),
    _character("James", "en", "male", "professional", "en+m3", 42, 52),
    _character("Daniel", "en", "male", "calm", "en-us+m7", 34, 42, 0.92),
    _character("Emma", "en", "female", "professional", "en-us+f2", 50, 50),
    _character("Sarah", "en", "female", "dynamic", "en+f4", 56, 64, 1.06),
)


def character(voice_id: str, language: str) -> Character:
    """The voice of this name, when it speaks the language; else the one of the same gender that does.

    Raises Invalid for a name or a language that nobody here has.
    """
    named = next((one for one in CHARACTERS if one.info.id == voice_id.lower()), None)
    if named is None:
        known = ", ".join(one.info.id for one in CHARACTERS)
        raise Invalid("Invalid voice_id", field="voice_id", constraint=f"one of {known}")
    if named.info.language == language:
        return named
    for one in CHARACTERS:
        if (one.info.language, one.info.gender) == (language, named.info.gender):
            return one
    raise Invalid("Invalid language", field="language", constraint=f"one of {', '.join(sorted(PACE))}")
