"""A project: what film is asked for, and how far its making is.

Access patterns, all in the Studio table:
    a project, an account's only      OWNER#<account> / PROJECT#<id>
    … newest first                    lsi1: PROJECT#<created>#<id>
    … of a state                      lsi2: PROJECT#<state>#<created>#<id>
    … by words                        TERM#project/<account>#<prefix> / <created>#<id>
    how many, by state                OWNER#<account> / STATS
    which items of a run are made     PROJECT#<id> / RUN#<pipeline>
"""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from shared.table import Item, Key

State = Literal["draft", "scripting", "review", "generating", "rendering", "completed", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
AT_WORK: tuple[State, ...] = ("scripting", "generating", "rendering")
StepName = Literal["script", "images", "videos", "voice", "montage"]
STEPS: tuple[StepName, ...] = get_args(StepName)
StepState = Literal["pending", "in_progress", "completed", "skipped", "failed"]
Length = Literal["short", "medium", "long"]
Aspect = Literal["16:9", "9:16", "1:1"]
Captions = Literal["burned", "soft", "none"]
Kind = Literal["llm", "image", "video", "voice", "music"]
KINDS: tuple[Kind, ...] = get_args(Kind)

WHILE: dict[StepName, State] = {
    "script": "scripting",
    "images": "generating",
    "videos": "generating",
    "voice": "generating",
    "montage": "rendering",
}
WORDS: dict[StepName, tuple[str, str]] = {  # `current_step.name` and `.agent` (iafactory: Statut du Pipeline)
    "script": ("script_generation", "script_agent"),
    "images": ("image_generation", "image_agent"),
    "videos": ("video_generation", "video_agent"),
    "voice": ("voice_generation", "voice_agent"),
    "montage": ("montage", "montage_agent"),
}

Line = Annotated[str, Meta(max_length=100)]


class FilmConfig(Struct, frozen=True, omit_defaults=False):
    """What the film is to be. `target_duration` in seconds. `aspect`, `captions`, `music`, `voice` and `review` are
    ours: `review` stops after the script, which a person reads and approves by starting again."""

    target_duration: Annotated[int, Meta(ge=5, le=600)] = 60
    format: Length = "medium"
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "fr"
    style: Annotated[str, Meta(min_length=1, max_length=60)] = "professional"
    aspect: Aspect = "16:9"
    captions: Captions = "burned"
    music: Annotated[str, Meta(max_length=500, description="a mood in words; `none` for no music")] = ""
    voice: Line = ""
    review: bool = False
    budget: Annotated[float, Meta(ge=0, le=10_000, description="US dollars a run may cost; 0: no limit")] = 0


class Step(Struct, frozen=True):
    """`total` are its items, in its own unit (scenes, or per cent of a film)."""

    status: StepState = "pending"
    total: int = 0
    started: float = 0
    ended: float = 0


class Failure(Struct, frozen=True):
    """`scenes` are those that failed, by number."""

    step: StepName
    code: str
    message: str
    scenes: list[int] = []


class Project(Struct, frozen=True, kw_only=True):
    """Times in seconds since the epoch, costs in US dollars. `pipeline` is its last run, `providers` who made what in
    it, `asked` who was asked to; `film` its finished film and `music` its music, assets. What ends in `_of` is the hash
    of what that was made of (`shared.production.wanted`), `version` counts the writes of the row."""

    id: str
    owner: str
    title: str
    prompt: str
    created: float
    updated: float
    description: str = ""
    config: FilmConfig = FilmConfig()
    state: State = "draft"
    pipeline: str = ""
    steps: dict[StepName, Step] = {}
    skip: list[StepName] = []
    asked: dict[Kind, str] = {}
    providers: dict[Kind, str] = {}
    approved: bool = False
    estimated: float = 0
    estimated_cost: float = 0
    cost: float = 0
    started: float = 0
    ended: float = 0
    failure: Failure | None = None
    film: str = ""
    timeline: str = ""
    duration: float = 0
    scenes: int = 0
    script_of: str = ""
    film_of: str = ""
    music: str = ""
    music_of: str = ""
    version: int = 1

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    def step(self, name: StepName) -> Step:
        return self.steps.get(name, Step())

    @property
    def current(self) -> StepName | None:
        return next((name for name in STEPS if self.step(name).status == "in_progress"), None)


# ---- keys and rows


def key(owner: str, project_id: str) -> Key:
    return f"OWNER#{owner}", f"PROJECT#{project_id}"


def run_key(project_id: str, pipeline: str) -> Key:
    return f"PROJECT#{project_id}", f"RUN#{pipeline}"


def stats_key(owner: str) -> Key:
    return f"OWNER#{owner}", "STATS"


def scope(owner: str) -> str:
    """Of search."""
    return f"project/{owner}"


def order(project: Project) -> str:
    return f"{project.created:017.6f}"


def lists(project: Project) -> dict[str, str]:
    """What its lists are ordered by; `lsi2` changes with its state."""
    return {
        "lsi1": f"PROJECT#{order(project)}#{project.id}",
        "lsi2": f"PROJECT#{project.state}#{order(project)}#{project.id}",
    }


def to_item(project: Project) -> Item:
    pk, sk = key(project.owner, project.id)
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(project), **lists(project)}


def from_item(item: Item) -> Project:
    return msgspec.convert(item, Project)


def words(project: Project) -> str:
    """What it is found by."""
    return f"{project.title} {project.description}"
