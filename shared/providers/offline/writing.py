"""Scripts: a hook, the points, a close, about what the prompt names and no longer than the film.

It explains how to look at a subject and carries the user's own points; it states no fact that the user did not. What it
has to say lasts about five minutes: a longer film has longer pauses.
"""

import math

import msgspec

from shared.errors import Invalid
from shared.providers.kinds import LANGUAGES, LONGEST, SHORTEST, Scene, Script, ScriptRequest
from shared.providers.offline.sentences import AFTER, CLOSE, FOR, HOOK, HOOK_QUESTION, POINT, SECTIONS, Section
from shared.providers.offline.topics import Topic, understood

WORDS_A_MINUTE = {"fr": 150, "en": 138}  # that our voices read, pauses between sentences included
PAUSE = 0.9  # seconds of a scene in which nobody speaks
LEAST = 4.0  # seconds of a scene
LONGEST_TITLE = 80


def write(request: ScriptRequest) -> Script:
    """Scenes whose durations add up to `target_duration`. Raises Invalid where it cannot be told."""
    language, target = request.language, request.target_duration
    if language not in LANGUAGES:
        raise Invalid("Invalid language", field="language", constraint=f"one of {', '.join(LANGUAGES)}")
    if not math.isfinite(target) or not SHORTEST <= target <= LONGEST:
        raise Invalid(
            "Invalid target_duration",
            field="target_duration",
            constraint=f"from {SHORTEST:.0f} to {LONGEST:.0f} seconds",
        )
    if not any(letter.isalnum() for letter in request.prompt):
        raise Invalid("Invalid prompt", field="prompt", constraint="what the film is about, in words")
    topic = understood(request.prompt, language)
    rate = WORDS_A_MINUTE[language] * request.speed / 60
    most = max(1, int((target - PAUSE) * rate) - 1)  # words, of a film that has only time for its subject
    if len(words := topic.text.split()) > most:
        topic = msgspec.structs.replace(topic, text=" ".join(words[:most]) + "…")
    told = fitted(sections(topic, language), len(topic.points), target, rate)
    least = [spoken(sentences, rate) for _, _, sentences in told]
    spare = target - sum(least)
    scenes, begun = [], 0.0
    for index, (title, shown, sentences) in enumerate(told):
        ends = round(begun + least[index] + spare * least[index] / sum(least), 3)
        ends = round(target, 3) if index == len(told) - 1 else ends
        picture = f"{topic.text}, {shown}" if index % 2 == 0 else f"{shown}, {topic.text}"
        scene = Scene(index + 1, " ".join(sentences), f"{picture}, {request.style}", title, round(ends - begun, 3))
        scenes.append(scene)
        begun = ends
    name = request.title or capital(shortened(topic.text, LONGEST_TITLE))
    return Script(provider="local", model="bobine", seconds=target, title=name, language=language, scenes=tuple(scenes))


def sections(topic: Topic, language: str) -> list[Section]:
    """All that could be said, in the order of the film: the hook first, the close last."""
    names = {"topic": topic.text, "Topic": capital(topic.text)}
    hook = [line.format(**names) for line in (HOOK_QUESTION if topic.is_question else HOOK)[language]]
    if topic.audience:
        hook.insert(1, FOR[language].format(audience=topic.audience))
    first: Section = (capital(shortened(topic.text, 48)), "lumière" if language == "fr" else "light", tuple(hook))
    own = [point(text, index, len(topic.points), language) for index, text in enumerate(topic.points)]
    return [first, *own, *SECTIONS[language], CLOSE[language]]


def point(text: str, index: int, many: int, language: str) -> Section:
    """One of the user's own."""
    openings = POINT[language]
    opening = openings[-1] if index == many - 1 and many > 1 else openings[min(index, 1 + (index - 1) % 4)]
    colon = " :" if language == "fr" else ":"
    begins = f"{opening}{colon} " if text[0].islower() else ""  # a sentence of its own needs none
    mark = "" if text[-1] in ".!?…" else "."
    return (
        capital(shortened(text, 40)),
        text,
        (f"{begins}{text}{mark}", AFTER[language][index % len(AFTER[language])]),
    )


def fitted(whole: list[Section], own: int, target: float, rate: float) -> list[Section]:
    """The user's `own` points come before anything of ours; a scene of ours says two sentences at least.

    As many sections as there is time for, and of each as many sentences: first one each, then one more each."""
    hook, middle, close = whole[0], whole[1:-1], whole[-1]
    chosen = [hook]
    if target >= 2 * LEAST:
        for section in middle:
            least = [spoken(one[2][: 1 if whole.index(one) <= own else 2], rate) for one in (*chosen, section)]
            if sum(max(LEAST, part) for part in least) + (LEAST if section not in whole[1 : own + 1] else 0) > target:
                break
            chosen.append(section)
    if target >= LEAST * (len(chosen) + 1):
        chosen.append(close)
    lengths = [2 if one in whole[own + 1 : -1] else 1 for one in chosen]

    def time() -> float:
        return sum(spoken(one[2][:many], rate) for one, many in zip(chosen, lengths, strict=True))

    for _ in range(max(len(one[2]) for one in chosen)):
        for index, one in enumerate(chosen):
            if lengths[index] < len(one[2]):
                lengths[index] += 1
                if time() > target:
                    lengths[index] -= 1
    return [(title, shown, lines[:many]) for (title, shown, lines), many in zip(chosen, lengths, strict=True)]


def spoken(sentences: tuple[str, ...], rate: float) -> float:
    """Seconds that they take, with the scene's own pause."""
    return sum(len(one.split()) for one in sentences) / rate + PAUSE


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def shortened(text: str, most: int) -> str:
    """Cut between words, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
