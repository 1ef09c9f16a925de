"""What can go wrong with somebody else's site, in the words and with the codes of redstream's table.

SourceError             502  UNKNOWN_ERROR
├── FormatUnavailable   400  FORMAT_UNAVAILABLE
├── UrlNotAllowed       400  URL_NOT_ALLOWED
├── InvalidUrl          400  INVALID_URL
├── AgeRestricted       403  AGE_RESTRICTED
├── GeoBlocked          403  GEO_BLOCKED
├── Private             403  PRIVATE
├── VideoUnavailable    404  VIDEO_UNAVAILABLE
├── TooLarge            413  TOO_LARGE
├── SourceBlocked       502  SOURCE_BLOCKED          the site wants no robots: ask again in some minutes, not at once
├── Unreachable         502  NETWORK_ERROR           trying again can help, twice
│   └── Refusing        502  NETWORK_ERROR           the same answer would come again
├── JsRuntimeMissing    503  JS_RUNTIME_MISSING
├── Short               503  UNKNOWN_ERROR           we ran out of disk or memory: trying again can help, twice
└── Silent              504  SOURCE_TIMEOUT          trying again can help, once
OutOfTime                    not an error of the source: what has arrived is kept, another call goes on from it

The source's words are matched as whole words, and without addresses, paths and keys: "webpage" is not "age".
"""

import re
from typing import ClassVar

from shared.errors import ServiceError

LONGEST = 200  # characters of a text that is not ours (redstream: Mapping des erreurs)


class OutOfTime(Exception):
    """The deadline is near. What has arrived lies in the folder; `fetch` with the same folder goes on."""


class SourceError(ServiceError):
    """`message` is the document's short text, `explanation` a sentence for a person."""

    status = 502
    code = "UNKNOWN_ERROR"
    default = "Erreur générique"
    says: ClassVar[str] = "Le téléchargement a échoué."
    more_tries: ClassVar[int] = 0  # where trying again after a pause can help

    def __init__(self, explanation: str = "") -> None:
        super().__init__(explanation=explanation or self.says)


class FormatUnavailable(SourceError):
    status = 400
    code = "FORMAT_UNAVAILABLE"
    default = "Format non disponible"
    says = "Le format sélectionné n'est pas disponible..."


class UrlNotAllowed(SourceError):
    status = 400
    code = "URL_NOT_ALLOWED"
    default = "Adresse non autorisée"
    says = "Cette adresse ne fait pas partie de celles que ce service télécharge."


class InvalidUrl(SourceError):
    status = 400
    code = "INVALID_URL"
    default = "Adresse invalide"
    says = "Cette adresse ne mène à aucun média."


class AgeRestricted(SourceError):
    status = 403
    code = "AGE_RESTRICTED"
    default = "Restriction d'âge"
    says = "La source demande de se connecter ou de confirmer son âge."


class GeoBlocked(SourceError):
    status = 403
    code = "GEO_BLOCKED"
    default = "Indisponible dans cette région"
    says = "La source ne diffuse pas cette vidéo dans la région du serveur."


class Private(SourceError):
    status = 403
    code = "PRIVATE"
    default = "Vidéo privée"
    says = "Cette vidéo est privée ou réservée à des abonnés."


class VideoUnavailable(SourceError):
    status = 404
    code = "VIDEO_UNAVAILABLE"
    default = "Vidéo indisponible"
    says = "Cette vidéo n'existe pas ou n'est plus disponible."


class TooLarge(SourceError):
    status = 413
    code = "TOO_LARGE"
    default = "Fichier trop volumineux"
    says = "Le fichier dépasse la taille permise."


class SourceBlocked(SourceError):
    code = "SOURCE_BLOCKED"
    default = "Source bloquée"
    says = "La source refuse les robots pour le moment. Réessayez dans quelques minutes."


class Unreachable(SourceError):
    code = "NETWORK_ERROR"
    default = "Erreur réseau"
    says = "La source ne répond pas correctement. Réessayez plus tard."
    more_tries = 2


class Refusing(Unreachable):
    more_tries = 0


class Short(SourceError):
    """No fault of the source: 503, which counts as ours (`shared.log`)."""

    status = 503
    says = "La place ou la mémoire du service a manqué. Réessayez plus tard."
    more_tries = 2


class JsRuntimeMissing(SourceError):
    status = 503
    code = "JS_RUNTIME_MISSING"
    default = "Runtime JS manquant"
    says = "Cette source demande un moteur JavaScript, que ce serveur n'a pas."


class Silent(SourceError):
    status = 504
    code = "SOURCE_TIMEOUT"
    default = "La source ne répond pas"
    says = "La source est restée silencieuse trop longtemps."
    more_tries = 1  # a worker, of five, waits 25 seconds for each


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)


# What the system says, and no source in an answer's reason phrase.
SHORTAGE = re.compile(
    r"^(?!.*HTTP Error).*(?<![\w-])"
    r"(?:No space left on device|Disk quota exceeded|Cannot allocate memory|MemoryError)\b",
    re.IGNORECASE,
)
# The first that matches. A bot check also says "Sign in", and so does a private film.
SIGNS: tuple[tuple[re.Pattern[str], type[SourceError]], ...] = (
    (_words("Requested format is not available", "format is DRM protected", "Requested range"), FormatUnavailable),
    (_words("No supported JavaScript runtime"), JsRuntimeMissing),
    (
        _words(
            *("not a bot", "bots?", "captcha", "robots?", "anti-bot", "Too Many Requests", "HTTP Error 429"),
            *("unusual traffic", "rate[- ]limit(?:ed|ing)?", "Cloudflare", "impersonat(?:e|ion)"),
        ),
        SourceBlocked,
    ),
    (_words("private", "members?[- ]only", "subscribers?", "login required", "log ?in", "HTTP Error 401"), Private),
    (
        _words(
            *("geo[- ]?(?:restrict(?:ed|ion)|block(?:ed)?)", "HTTP Error 451"),
            r"not (?:made )?(?:this video )?available (?:in|from) your (?:country|region|location)",
        ),
        GeoBlocked,
    ),
    (_words("Sign in", "age", "age-restricted", "adults? only"), AgeRestricted),
    (
        _words(
            *("Video unavailable", "HTTP Error 404", "HTTP Error 410", "has been removed", "does not exist"),
            *("no longer available", "not available", "No video formats found", "has been deleted"),
        ),
        VideoUnavailable,
    ),
    (_words("larger than max-filesize", "File too large", "HTTP Error 413"), TooLarge),
    (SHORTAGE, Short),
    (_words("Unsupported URL", "is not a valid URL", "URL could be a direct video link"), InvalidUrl),
    (_words("HTTP Error 403"), SourceBlocked),
    (_words(r"HTTP Error 4(?!08|25)\d\d", "redirect loop", "CERTIFICATE_VERIFY_FAILED"), Refusing),
    (
        _words(
            *(r"HTTP Error [45]\d\d", "Connection (?:refused|reset|aborted)", "Network is unreachable", "SSL", "TLS"),
            *("bytes read", "host is not known", "Unable to download", "content too short", "proxy", "Tunnel"),
            *("Did not get any data", "downloaded file is empty", "Remote end closed"),
        ),
        Unreachable,
    ),
    (_words("timed out", "time-?out"), Silent),
)
ADDRESSES = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
PATHS = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[\\/][\w.-]+(?:[\\/][^\s'\",;:)]*)+")
KEYS = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w+=-]{20,}\b|(?i:\b(?:key|token|secret|password)s?[=:]\s*\S+)")
NOISE = re.compile(
    r"\x1b\[[0-9;]*m|^ERROR:\s*|; please report this issue.*|\(caused by.*|  Confirm you are on the .*", re.DOTALL
)


def named(text: str) -> SourceError:
    """The error that the source's own words mean."""
    said = cleaned(text)
    for sign, kind in SIGNS:
        if sign.search(said):
            return kind()
    return SourceError(said[:LONGEST])


def cleaned(text: str) -> str:
    """Without colours, addresses, paths and what looks like a key."""
    for what, instead in ((NOISE, ""), (ADDRESSES, "…"), (PATHS, "…"), (KEYS, "…")):
        text = what.sub(instead, text)
    return " ".join(text.split())
