"""What a prompt asks for: its subject in the user's own words, for whom, in what tone, and the points it lists."""

import re

from msgspec import Struct

LONGEST_TOPIC = 90  # characters that a sentence of ours can carry
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+", re.MULTILINE)
LENGTH = {
    "fr": r"(?:d'une durée )?(?:de |d'|en |pendant )?(?:environ |à peu près )?(?:\d+|une|deux|trois|cinq|dix|trente)\s*-?(?:minutes?|min|secondes?|sec|s)\b(?: environ)?",
    "en": r"(?:of |in |for |lasting )?(?:about |around )?(?:\d+|one|two|three|five|ten|thirty|a|an)[\s-]*(?:minutes?|min|seconds?|sec|s)\b(?: long)?",
}
FILM = {
    "fr": r"(?:vidéo|video|film|clip|court[- ]métrage|reportage|documentaire|tutoriel|tuto|présentation|publicité|pub|explication|introduction vidéo)s?",
    "en": r"(?:video|film|movie|clip|short|documentary|tutorial|explainer|presentation|ad|advert|commercial|explanation|reel)s?",
}
ASKING = {
    "fr": r"^(?:(?:bonjour|merci de|veuillez|peux-tu|pouvez-vous|s'il vous plaît|stp)[ ,]*)*(?:(?:créer|créez|crée|faire|faites|fais|réaliser|réalisez|réalise|produire|produis|générer|générez|génère|écrire|écris|préparer|prépare|je veux|je voudrais|j'aimerais|il me faut|nous voulons)(?:[ -]moi)? )?(?:(?:une?|la|le|ma|mon|notre) )?",
    "en": r"^(?:(?:hello|hi|please|can you|could you)[ ,]*)*(?:(?:create|make|produce|generate|write|film|prepare|do|i want|i need|i would like|i'd like|we need|we want)(?: me| us)? )?(?:(?:an?|the|my|our) )?",
}
ABOUT = {
    "fr": r"(?:sur|à propos de|au sujet de|concernant|qui (?:explique|présente|montre|parle de|raconte)|pour (?:expliquer|présenter|montrer|raconter|promouvoir)|expliquant|présentant|montrant|consacrée? à|de|pour|:)\s+",
    "en": r"(?:about|on|explaining|that (?:explains|presents|shows|tells)|which (?:explains|presents|shows)|to (?:explain|present|show|promote)|introducing|presenting|showing|covering|of|for|:)\s+",
}
AUDIENCE = {
    "fr": r"[,\s]+(?:pour|destinée? (?:à|aux)|à l'attention (?:de|des)|adressée? (?:à|aux)|aux)\s+((?:les |des |un |une |mes |nos |notre |le |la |l')?(?:grand public|débutante?s?|enfants|ados?|adolescents|adultes|étudiante?s?|élèves|lycéens|professionnels|entreprises|dirigeants|clients|collègues|parents|seniors|développeurs|enseignants|équipes?|public|tous)[\w' -]*?)(?=[,.;]|\s+(?:avec|en|dans|sur un)\b|$)",
    "en": r"[,\s]+(?:for|to|aimed at|intended for)\s+((?:the |my |our |a |an )?(?:[\w-]+ )?(?:general public|beginners?|children|kids|teens|teenagers|adults|students|pupils|professionals|companies|businesses|managers|customers|clients|colleagues|parents|seniors|developers|teachers|teams?|everyone|audiences?)[\w' -]*?)(?=[,.;]|\s+(?:with|in|using)\b|$)",
}
MANNER = {
    "fr": r"[,\s]+(?:avec (?:un ton|une voix|des animations|des images|un style|de la musique|une musique|une touche|beaucoup)|sur un ton|d'un ton|dans un style|de façon|de manière|au format|en (?:trois|quatre|cinq|\d+) (?:points|étapes|parties)|façon |style )\b.*$",
    "en": r"[,\s]+(?:with (?:an? (?:[\w-]+ )*(?:tone|voice|style|feel|look)|animations|images|music|modern|some)|in an? (?:[\w-]+ )*(?:tone|style|way|manner|format)|in (?:three|four|five|\d+) (?:points|steps|parts))\b.*$",
}
ELIDED = {"fr": ("le ", "la ", "les ", "l'", "l’", "un ", "une ", "des "), "en": ("the ", "a ", "an ")}
QUESTIONS = {
    "fr": r"(?:comment|pourquoi|quand|où|combien|que|quels?|quelles?)\b",
    "en": r"(?:how|why|when|where|what|which|who)\b",
}


ASKING_FILM = {one: rf"{ASKING[one]}(?:[\w'’-]+ ){{0,4}}?{FILM[one]}\b" for one in FILM}


class Topic(Struct, frozen=True):
    text: str  # "le machine learning", "comment économiser l'eau"
    is_question: bool
    audience: str  # "débutants", or empty
    points: tuple[str, ...]


def understood(prompt: str, language: str) -> Topic:
    """Never empty: a prompt that asks in no way we know is its own subject."""
    text = re.sub(r"[ \t]+", " ", "".join(" " if ord(c) < 32 and c != "\n" else c for c in prompt)).strip()
    bullets = [BULLET.sub("", line) for line in text.splitlines() if BULLET.match(line)]
    prose = " ".join(line.strip() for line in text.splitlines() if line.strip() and not BULLET.match(line))
    sentences = [one.strip() for one in re.split(r"(?<=[.!?…])\s+", prose) if any(c.isalnum() for c in one)]
    asked = sentences[0] if sentences else (bullets[0] if bullets else text)
    listed = bullets or [one for one in sentences[1:] if not is_about_the_film(one, language)]
    subject, audience = subject_of(asked, language)
    points = tuple(point for one in listed if (point := one.strip(" .;:-")))
    return Topic(subject, bool(re.match(QUESTIONS[language], subject, re.IGNORECASE)), audience, points)


def subject_of(asked: str, language: str) -> tuple[str, str]:
    """A French film may be asked for in English, and back: then the audience stays in the request's words."""
    other = "en" if language == "fr" else "fr"
    mine, theirs = parted(asked, language), parted(asked, other)
    return theirs if len(theirs[0]) < len(mine[0]) and re.match(ASKING_FILM[other], asked, re.IGNORECASE) else mine


def parted(asked: str, language: str) -> tuple[str, str]:
    rest = re.sub(LENGTH[language], " ", asked.strip(" .!?…"), flags=re.IGNORECASE)
    rest = re.sub(r"\s+", " ", rest).strip()
    found = re.search(AUDIENCE[language], rest, re.IGNORECASE)
    audience = found[1].strip() if found else ""
    if audience and language == "fr" and not re.match(r"(?:les|des|une?|mes|nos|notre|le|la|tous) |l'", audience):
        audience = f"les {audience}" if audience.endswith("s") else f"le {audience}"
    if found:
        rest = rest[: found.start()] + rest[found.end() :]
    rest = re.sub(MANNER[language], "", rest, flags=re.IGNORECASE)
    film = rf"{ASKING_FILM[language]}(?: [\w'’-]+){{0,4}}? {ABOUT[language]}"
    verb = rf"{ASKING[language]}(?:explain|present|introduce|describe|expliquer|explique[rz]?|présente[rz]?|décri[srv]\w*|raconte[rz]?) (?:me |us |nous |moi )?"
    for pattern in (film, verb, rf"^{ABOUT[language]}"):
        shorter = re.sub(pattern, "", rest, count=1, flags=re.IGNORECASE)
        if shorter != rest and any(c.isalnum() for c in shorter):
            rest = shorter
            break
    rest = rest.strip(" ,;:.-") or asked.strip(" .!?") or "…"
    if len(rest) > LONGEST_TOPIC:
        rest = rest[:LONGEST_TOPIC].rsplit(" ", 1)[0].rstrip(" ,;:-")
    bare = re.match(r"[\w-]*[A-ZÀ-Ý]{2}|\S+", rest)
    first = bare[0] if bare else ""
    keep = len(first) > 1 and first[1:] != first[1:].lower()  # IA, NASA
    opens = any(rest.lower().startswith(word) for word in ELIDED[language]) or re.match(QUESTIONS[language], rest, re.I)
    return (rest if keep or not opens else rest[0].lower() + rest[1:]), audience


def is_about_the_film(sentence: str, language: str) -> bool:
    """A wish about tone, length or pictures, not something to say."""
    words = r"\b(?:ton|style|musique|voix|animations?|durée|format|sous-titres|tone|music|voice|duration|length|subtitles|captions)\b"
    return bool(re.search(words, sentence, re.IGNORECASE)) and len(sentence.split()) < 16
