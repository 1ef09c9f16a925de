"""Scenes into a timeline, and the timeline into a film: the pipeline's last step."""

from collections.abc import Iterator

from msgspec.structs import replace

from shared.production import assets, projects, renders, run, timelines, wanted
from shared.production import scene as scenes
from shared.production.asset import Asset
from shared.production.ending import fail
from shared.production.project import Failure, Project
from shared.production.scene import Scene
from shared.production.todo import MUSIC
from shared.render import Clip, Config, Settings, Timeline, Track

SIZES = {"16:9": "1920x1080", "9:16": "1080x1920", "1:1": "1080x1080"}
MOTIONS = ("zoom_in", "pan_right", "zoom_out", "pan_left")
DISSOLVE = 0.6  # seconds that two scenes share
LEAD = 0.5  # seconds before the first word of a scene
FPS = 30
CAPTIONS = {"burned": "burnt", "soft": "soft", "none": "none"}  # as a project says it, and as the renderer does
LANGUAGES = {"fr": "fra", "en": "eng", "es": "spa", "de": "deu", "it": "ita", "pt": "por", "ar": "ara"}  # ISO 639-2
LONGEST_CUE, PAUSE = 84, 0.6  # characters, and seconds without a word after which another caption begins


def order(project: Project) -> str:
    """Have the film rendered. Answers the render's id; asked again in the same run, the same."""
    begun = run.asset_of(run.read(project), "montage", MUSIC)
    if begun:
        return begun
    found = scenes.of_project(project.id)
    language = project.config.language.partition("-")[0]
    timeline = timelines.create(project.owner, project.id, cut(project, found))
    how = Settings(quality="high", subtitles=CAPTIONS[project.config.captions], language=LANGUAGES.get(language, ""))
    render = renders.queue(project.owner, timeline, renders.Wanted(how), pipeline=project.pipeline).render
    run.note_asset(project, "montage", MUSIC, render.id)
    of = wanted.film(project, found)
    projects.change(project.owner, project.id, lambda old: replace(old, timeline=timeline.id, film_of=of))
    return render.id


def close(project: Project) -> Project:
    """The render is over, one way or the other."""
    render = renders.known(run.asset_of(run.read(project), "montage", MUSIC))
    if render is None or render.state != "completed":
        projects.change(project.owner, project.id, lambda old: replace(old, film_of=""))
        code, message = (render.code, render.error) if render else ("RENDER_LOST", "The render is gone")
        if render and render.state == "cancelled":
            code, message = "RENDER_CANCELLED", "The render of the film was cancelled"
        return fail(project, Failure("montage", code or "RENDER_FAILED", message or "The film was not rendered"))

    def change(old: Project) -> Project | None:
        if not old.at_work or old.pipeline != project.pipeline:
            return None
        step = replace(old.step("montage"), status="completed", total=100)
        return replace(old, steps={**old.steps, "montage": step}, film=render.video, duration=render.duration)

    return projects.change(project.owner, project.id, change)


def cut(project: Project, found: list[Scene]) -> Timeline:
    """The scenes one after the other, each as long as what is said in it, with music under all of it."""
    made = assets.find_many(
        project.owner, [one for scene in found for one in (scene.image, scene.video, scene.voice) if one]
    )
    pictures: list[Clip] = []
    voices: list[Clip] = []
    captions: list[Clip] = []
    at = 0.0
    for index, scene in enumerate(found):
        voice = made.get(scene.voice)
        lasts = _whole(length(scene, voice))
        last = index == len(found) - 1
        if seen := made.get(scene.video) or made.get(scene.image):
            pictures += _seen(seen, made.get(scene.image), at, lasts, index, last)
        if voice is not None:
            voices.append(Clip(asset_id=voice.id, start_time=round(at + LEAD, 3), duration=voice.seconds))
            captions += _captions(voice, at + LEAD)
        at = round(at + lasts, 3)
    tracks = [Track("video", pictures), Track("audio", voices)]
    if wanted.has_music(project) and project.music:
        music = Clip(asset_id=project.music, duration=at, volume=0.35, duck_under_voice=True, loop=True)
        tracks.append(Track("music", [replace(music, fade_in=1.0, fade_out=2.0)]))
    if captions and project.config.captions != "none":
        tracks.append(Track("captions", captions))
    config = Config(resolution=SIZES[project.config.aspect], fps=FPS, background_color="#101014")
    return Timeline([one for one in tracks if one.clips], config)


def length(scene: Scene, voice: Asset | None) -> float:
    """Seconds of a scene: what was planned, unless what is said takes longer."""
    return max(scene.duration, LEAD + voice.seconds + wanted.SILENCE) if voice else scene.duration


def _whole(seconds: float) -> float:
    """To the frame."""
    return round(round(seconds * FPS) / FPS, 3)


def _seen(shown: Asset, still: Asset | None, at: float, lasts: float, index: int, last: bool) -> Iterator[Clip]:
    """A scene's picture. A clip that is shorter than its scene is followed by the picture that it began with."""
    clip = Clip(
        shown.id,
        at,
        lasts,
        transition_in="none" if index else "fade",
        transition_out="fadeblack" if last else "dissolve",
        transition_duration=DISSOLVE,
    )
    motion = MOTIONS[index % len(MOTIONS)]
    if shown.kind != "video":
        yield replace(clip, motion=motion)
        return
    filmed = min(lasts, _whole(shown.seconds - 0.5 / FPS))
    if still is None or lasts - filmed < DISSOLVE:
        yield replace(clip, duration=filmed)
        return
    start, rest = round(at + filmed, 3), round(lasts - filmed, 3)
    yield replace(clip, duration=filmed, transition_out="dissolve")
    yield replace(clip, asset_id=still.id, start_time=start, duration=rest, transition_in="none", motion=motion)


def _captions(voice: Asset, at: float) -> Iterator[Clip]:
    """What is said, as long as it is: a caption ends with a sentence, before a pause, or when it is full."""
    held: list[tuple[str, float, float]] = []
    for word in voice.words:
        length = sum(len(one[0]) + 1 for one in held) + len(word[0])
        if held and (
            length > LONGEST_CUE or word[1] - held[-1][2] > PAUSE or held[-1][0].endswith((".", "!", "?", "…"))
        ):
            yield _caption(held, at)
            held = []
        held.append(word)
    if held:
        yield _caption(held, at)


def _caption(words: list[tuple[str, float, float]], at: float) -> Clip:
    start, end = at + words[0][1], at + max(words[-1][2], words[0][1] + 0.5)
    return Clip(start_time=round(start, 3), duration=round(end - start, 3), text=" ".join(one[0] for one in words))
