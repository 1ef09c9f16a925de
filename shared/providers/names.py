"""The names that a request may say for who makes something, and who stands in where there is no key."""

from shared.errors import Invalid
from shared.providers.kinds import Kind
from shared.settings import settings

LOCAL = "local"
# The document's names (iafactory: Démarrer le Pipeline, Générer); without one, the first that has a key.
NAMES: dict[Kind, tuple[str, ...]] = {
    "script": ("openai", LOCAL),
    "image": ("openai", "dalle3", LOCAL),
    "video": ("runway", LOCAL),
    "voice": ("elevenlabs", "openai", LOCAL),
    "music": ("suno", LOCAL),
    "transcription": ("openai", LOCAL),
}


def named(kind: Kind, wanted: str | None, field: str = "provider") -> tuple[str, bool]:
    """The name of who is `wanted`, and whether `local` stands in because that one has no key.

    Without a name it is the first that has one, which is no standing in. Raises Invalid, with `field`, for a name that
    makes nothing of this kind.
    """
    names = NAMES[kind]
    if not wanted:
        return next(name for name in names if is_configured(name)), False
    if wanted not in names:
        raise Invalid(f"Invalid {field}", field=field, constraint=f"one of {', '.join(names)}")
    return (wanted, False) if is_configured(wanted) else (LOCAL, True)


def is_configured(name: str) -> bool:
    keys = {
        "openai": settings.openai_api_key,
        "dalle3": settings.openai_api_key,
        "runway": settings.runway_api_key,
        "elevenlabs": settings.elevenlabs_api_key,
        "suno": settings.suno_api_key,
        LOCAL: LOCAL,
    }
    return bool(keys[name])
