"""Pictures: what a prompt names is looked for among scenes and moods, and drawn."""

import hashlib
import random
import re
from collections.abc import Callable

from shared.errors import Invalid
from shared.providers.kinds import SIZES, Image, ImageRequest
from shared.providers.offline import landscapes, subjects
from shared.providers.offline.canvas import Canvas
from shared.providers.offline.composing import plain
from shared.providers.offline.landscapes import Palette

# The motif whose word stands first in the prompt. Words are without accents, and may go on ("montagne" is "montagnes").
SCENES: dict[Callable[[Canvas, Palette], None], str] = {
    landscapes.city: r"city|cities|ville|skyline|urban|urbain|building|immeuble|street|rue|paris|tokyo|new york|tower|capital",
    landscapes.sea: r"sea\b|mer\b|ocean|plage|beach|wave|vague|water|eau\b|boat|bateau|lake|lac\b|river|riviere|coast|cote\b|voile|sail",
    landscapes.mountains: r"mountain|montagne|alp(e|s)|summit|sommet|peak|snow|neige|ski|hik(e|ing)|randonnee|climb|volcan|defi\b|challenge",
    landscapes.space: r"space\b|espace|planet|galax|star\b|stars|etoile|univers|cosmos|moon|lune|rocket|fusee|astro|satellite|mars\b|nasa",
    landscapes.desert: r"desert|sahara|dune|sable|sand|climate|climat|heat\b|chaleur|drought|secheresse",
    landscapes.nature: r"nature|forest|foret|tree|arbre|garden|jardin|field|champ|farm|agricul|ecolog|environment|environnement|green|vert\b|plant|animal|bird|oiseau|bio|campagne|durable|sustainab|food|aliment|cuisine",
    subjects.chart: r"chart|graph|statist|finance|money|argent|budget|econom|market|marche\b|sales|vente|business|growth|croissance|result|chiffre|invest|epargne|saving|bourse",
    subjects.network: r"network|reseau|\bai\b|\bia\b|intelligence|machine|neural|neuron|data|donnee|algorith|robot|cloud|internet|blockchain|modele|model\b|tech|digital|numeri|cerveau|brain|electr|quanti|quantum|connect",
    subjects.code: r"code|coding|programm|software|logiciel|developer|developpeur|python|javascript|web|site\b|app\b|application|computer|ordinateur|screen|ecran|cyber|securit|password|mot de passe",
    subjects.people: r"people|gens|team|equipe|person|human|humain|crowd|foule|communit|communaut|customer|client|famil|women|men\b|femme|homme|child|enfant|friend|ami\b|amis|social|meeting|reunion|public|sante|health|sport|collegue|employ",
    subjects.book: r"book|livre|learn|apprend|education|school|ecole|student|etudiant|read|lire|lecture|history|histoire|knowledge|savoir|course|cours\b|lesson|lecon|debutant|beginner|definition|langu",
    subjects.idea: r"idea|idee|light|lumiere|innovat|solution|creativ|question|answer|reponse|energy|energie|inspir|conclusion|essentiel|key point|astuce|tip\b|tips|conseil",
}
PALETTES: dict[str, tuple[str, Palette]] = {
    "neon": (
        r"neon|cyber|night|nuit|futurist|dark|sombre|club|galax|space|espace|etoile|lune|moon",
        Palette("#050816", "#1a1446", "#5a2a7a", "#b9c8ff", "#2b2560", "#0a0a20", "#ff3da6", "#29e0ff", True),
    ),
    "sunset": (
        r"sunset|coucher|dusk|crepuscule|warm|chaud|chaleur|desert|emotion|evening|soir",
        Palette("#1b2450", "#a2466b", "#ffb26b", "#ffd9a0", "#6b4a7a", "#1c1430", "#ff7a59", "#9d6bff"),
    ),
    "green": (
        r"nature|green|vert\b|ecolog|environ|forest|foret|garden|jardin|agricul|durable|sustain|plant|bio|campagne",
        Palette("#3f8fc9", "#9bcbe0", "#f7edc8", "#fff0b8", "#8fb7a6", "#1f5138", "#f4a259", "#5fc08d"),
    ),
    "dawn": (
        r"dawn|aube|morning|matin|sunrise|soft|doux|calm|spring|printemps|health|sante|famil|enfant|child",
        Palette("#5d7bb8", "#e2a9b4", "#ffe3c2", "#fff1d6", "#a892b5", "#3e3a63", "#ff9a7b", "#7cc6c4"),
    ),
    "ocean": (
        r"ocean|sea\b|mer\b|water|eau\b|blue|bleu|ice|glace|snow|neige|professional|corporate|tech|data",
        Palette("#0c2a4d", "#1f6f9c", "#9fdcea", "#eafcff", "#3f7fa0", "#062038", "#23c4d8", "#5b8cff"),
    ),
    "gold": (
        r"gold|money|argent|finance|luxury|luxe|econom|budget|epargne|invest|autumn|automne|histoire|history",
        Palette("#2a1a12", "#8a5a2b", "#f2c879", "#ffe6a8", "#7a5233", "#1e120b", "#ffb238", "#d9653b"),
    ),
    "violet": (
        r"creativ|music|musique|art\b|design|magic|idee|idea|dream|reve",
        Palette("#1d1147", "#5b2a86", "#f2a6c9", "#ffe1f0", "#54408c", "#150b33", "#ff6fb5", "#6f7bff"),
    ),
}


def draw(request: ImageRequest) -> Image:
    """A PNG of `request.size`; the same prompt draws the same picture. Raises Invalid for another size."""
    from io import BytesIO

    from PIL import Image as Pictures

    if request.size not in SIZES:
        raise Invalid("Invalid size", field="size", constraint=f"one of {', '.join(SIZES)}")
    width, height = (int(part) for part in request.size.split("x"))
    seed = hashlib.sha256("|".join((request.prompt, request.size, request.style)).encode("utf-8", "replace")).digest()
    chance = random.Random(int.from_bytes(seed[:8], "big"))  # noqa: S311
    said = without(plain(request.prompt), plain(request.negative_prompt))
    canvas = Canvas(width, height, chance)
    scene, palette = scene_of(said), palette_of(said, chance)
    scene(canvas, palette)
    picture = Pictures.frombytes("RGB", (width, height), canvas.finished())
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)  # grain does not compress; level 6 takes a second longer
    name = f"bobine {scene.__name__}"
    return Image(provider="local", model=name, data=file.getvalue(), mime="image/png", width=width, height=height)


def without(said: str, unwanted: str) -> str:
    """The prompt without the words that are not wanted."""
    words = {word for word in re.findall(r"\w+", unwanted) if len(word) > 2}
    return re.sub(r"\w+", lambda word: "" if word[0] in words else word[0], said)


def scene_of(said: str) -> Callable[[Canvas, Palette], None]:
    found = [
        (match.start(), index, scene)
        for index, (scene, words) in enumerate(SCENES.items())
        if (match := re.search(rf"\b(?:{words})", said))
    ]
    return min(found)[2] if found else landscapes.abstract


def palette_of(said: str, chance: random.Random) -> Palette:
    found = [palette for words, palette in PALETTES.values() if re.search(rf"\b(?:{words})", said)]
    return found[0] if found else chance.choice([palette for _, palette in PALETTES.values()])
