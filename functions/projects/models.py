"""What is sent about projects, and what is answered (iafactory: Projects)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.production.project import Aspect, Captions, FilmConfig, Kind, Length, State, StepName, StepState

Title = Annotated[str, Meta(min_length=1, max_length=200, description="1 to 200 characters")]
Prompt = Annotated[str, Meta(min_length=1, max_length=5000, description="1 to 5,000 characters")]
Description = Annotated[str, Meta(max_length=5000)]
ProviderName = Annotated[str, Meta(min_length=1, max_length=40)]


class NewProject(Struct):
    title: Title
    prompt: Prompt
    description: Description = ""
    config: FilmConfig = FilmConfig()


class ConfigChanges(Struct):
    """Those fields of a configuration that are to change."""

    target_duration: Annotated[int, Meta(ge=5, le=600)] | UnsetType = UNSET
    format: Length | UnsetType = UNSET
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | UnsetType = UNSET
    style: Annotated[str, Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    aspect: Aspect | UnsetType = UNSET
    captions: Captions | UnsetType = UNSET
    music: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    voice: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    review: bool | UnsetType = UNSET
    budget: Annotated[float, Meta(ge=0, le=10_000)] | UnsetType = UNSET


class ProjectChanges(Struct):
    title: Title | UnsetType = UNSET
    prompt: Prompt | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    config: ConfigChanges | UnsetType = UNSET


class ProjectPath(Struct):
    project_id: str


class ScenePath(ProjectPath):
    number: Annotated[int, Meta(ge=1, le=999)]


class ProjectsQuery(Struct):
    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    status: State | None = None
    search: Annotated[str, Meta(max_length=200)] = ""


class PipelineConfig(Struct, frozen=True):
    skip_steps: Annotated[list[StepName], Meta(max_length=5)] = []
    providers: dict[Kind, ProviderName] = {}


class Start(Struct):
    pipeline_config: PipelineConfig = PipelineConfig()


class SceneChanges(Struct):
    """`image_asset_id` and `video_asset_id` put a picture or a clip of one's own into the scene; null has one made."""

    narration: Annotated[str, Meta(max_length=5000)] | UnsetType = UNSET
    prompt: Annotated[str, Meta(min_length=1, max_length=2000)] | UnsetType = UNSET
    duration: Annotated[float, Meta(ge=1, le=120, description="seconds, 1 to 120")] | UnsetType = UNSET
    title: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    image_asset_id: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET
    video_asset_id: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET


# ---- answers


class StepProgress(Struct):
    status: StepState
    progress: int


class PipelineProgress(Struct):
    """`overall` and `percentage` are the same, 0 to 100; `current_step` is null between steps."""

    overall: int
    percentage: int
    current_step: str | None
    steps: dict[StepName, StepProgress]


class ProjectAsset(Struct):
    id: str
    type: str
    status: str
    scene_id: int | None
    url: str
    provider: str
    created_at: str


class ShownFailure(Struct):
    step: str
    code: str
    message: str
    scenes: list[int]


class ShownProject(Struct, kw_only=True):
    """`providers` are who makes what in its last run, which may stand in for those that were asked; costs are in US
    dollars; `video_id` and `video_url` are there once its film is."""

    id: str
    title: str
    description: str
    prompt: str
    config: FilmConfig
    status: State
    created_at: str
    updated_at: str
    pipeline_id: str | None
    scene_count: int
    providers: dict[Kind, str]
    cost: float
    video_id: str | None
    video_url: str | None
    duration: float | None
    timeline_id: str | None
    error: ShownFailure | None
    progress: PipelineProgress | UnsetType = UNSET
    assets: list[ProjectAsset] | UnsetType = UNSET


class Projects(Struct):
    items: list[ShownProject]
    total: int
    page: int
    limit: int
    pages: int


class StartedPipeline(Struct, kw_only=True):
    """`estimated_duration` in seconds, `estimated_cost` in US dollars; `fallbacks` are the kinds that `local` makes
    although another was asked for: that one has no key here."""

    id: str
    status: State
    pipeline_id: str
    estimated_duration: int
    estimated_cost: float
    providers: dict[Kind, str]
    fallbacks: dict[Kind, str]
    message: str


class CancelledPipeline(Struct):
    id: str
    pipeline_id: str
    status: State
    message: str


class CurrentStep(Struct):
    name: str
    agent: str
    started_at: str
    items_total: int
    items_completed: int


class PipelineLog(Struct):
    timestamp: str
    level: str
    message: str


class PipelineStatus(Struct, kw_only=True):
    project_id: str
    pipeline_id: str | None
    status: State
    progress: int
    current_step: CurrentStep | None
    steps_completed: list[StepName]
    steps_remaining: list[StepName]
    steps_skipped: list[StepName]
    estimated_remaining_seconds: int
    cost: float
    video_id: str | None
    video_url: str | None
    error: ShownFailure | None
    logs: list[PipelineLog]


class ShownScene(Struct, kw_only=True):
    """`duration` in seconds, as planned. `changed` names what the next run makes anew."""

    number: int
    title: str
    narration: str
    prompt: str
    duration: float
    image: ProjectAsset | None
    video: ProjectAsset | None
    voice: ProjectAsset | None
    changed: list[str]


class Scenes(Struct):
    scenes: list[ShownScene]
    duration: float
