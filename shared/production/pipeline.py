"""Starting and cancelling the making of a film, and what becomes of a run that nobody is at any more."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from botocore.exceptions import ClientError
from msgspec.structs import replace

from shared import aws, clock, ids, log
from shared.errors import Conflict, Invalid, Unavailable
from shared.production import estimate, news, notes, projects, renders, run, telling
from shared.production import scene as scenes
from shared.production.ending import fail
from shared.production.project import KINDS, STEPS, Failure, Kind, Project, Step, StepName
from shared.production.todo import MUSIC, to_do
from shared.providers import kinds
from shared.providers.names import LOCAL, named
from shared.settings import settings

PROVIDES: dict[Kind, kinds.Kind] = {
    "llm": "script",
    "image": "image",
    "video": "video",
    "voice": "voice",
    "music": "music",
}
QUIET = 20 * 60  # seconds without a word after which it is asked whether the execution is still there


def start(project: Project, skip: Sequence[StepName], asked: Mapping[Kind, str]) -> Project:
    """Begin a run, or go on where the last one ended: what is made is kept. Raises Conflict while one is at work."""
    providers = {kind: _provider(kind, asked.get(kind)) for kind in KINDS}
    _check(project, skip, providers)
    pipeline = f"pipe-{ids.sortable().lower()}"

    def change(old: Project) -> Project:
        if old.at_work:
            raise Conflict("The project is already running", details={"pipeline_id": old.pipeline})
        new = replace(
            old,
            state="scripting",
            pipeline=pipeline,
            providers=providers,
            asked=dict(asked),
            skip=list(skip),
            approved=old.state == "review",
            failure=None,
            started=clock.now(),
            ended=0,
            cost=0,
        )
        found = scenes.of_project(old.id)
        told = estimate.of(new, found)
        new = replace(new, estimated=told.seconds, estimated_cost=told.cost, steps=_steps(new, skip))
        _within_budget(new)
        return new

    begun = projects.change(project.owner, project.id, change)
    notes.note(project.id, "Pipeline started")
    try:
        _execute(begun)
    except ClientError as error:
        log.failure("pipeline not started", error, project=project.id)
        fail(begun, Failure("script", "SERVICE_UNAVAILABLE", "The pipeline could not be started"))
        raise Unavailable("The pipeline could not be started") from None
    news.started(begun)
    return begun


def _steps(project: Project, skip: Sequence[StepName]) -> dict[StepName, Step]:
    """What is there already is completed at once, up to the first step that has something to do."""
    found: dict[StepName, Step] = {}
    whole = True
    for name in STEPS:
        if name in skip:
            found[name] = Step("skipped")
            continue
        whole = whole and not to_do(project, name)
        found[name] = replace(project.step(name), status="completed") if whole else Step()
    return found


def _provider(kind: Kind, asked: str | None) -> str:
    return named(PROVIDES[kind], asked, f"pipeline_config.providers.{kind}")[0]


def _check(project: Project, skip: Sequence[StepName], providers: Mapping[Kind, str]) -> None:
    if "script" in skip and not project.scenes:
        raise Invalid(field="pipeline_config.skip_steps", constraint="a script is there already, or is written")
    language = project.config.language.partition("-")[0]
    writes = providers["llm"] == LOCAL and "script" not in skip
    speaks = providers["voice"] == LOCAL and "voice" not in skip
    if (writes or speaks) and language not in kinds.LANGUAGES:
        constraint = f"{' or '.join(kinds.LANGUAGES)}, or providers that know more"
        raise Invalid(field="config.language", constraint=constraint)


def _within_budget(project: Project) -> None:
    budget = project.config.budget
    if budget and project.estimated_cost > budget:
        raise Conflict(
            "The run would cost more than its budget",
            code="BUDGET_EXCEEDED",
            details={"budget": budget, "estimated_cost": project.estimated_cost},
        )


def _execute(project: Project) -> None:
    said = {"owner": project.owner, "project": project.id, "pipeline": project.pipeline}
    aws.client("stepfunctions").start_execution(
        stateMachineArn=settings.pipeline_machine, name=project.pipeline, input=msgspec.json.encode(said).decode()
    )


def execution_of(pipeline: str) -> str:
    """An execution's address is its machine's, and its name."""
    return f"{settings.pipeline_machine.replace(':stateMachine:', ':execution:')}:{pipeline}"


def cancel(project: Project) -> Project:
    """Nobody wants it any more: what is made is kept. Raises Conflict when nothing is at work."""

    def change(old: Project) -> Project:
        if not old.at_work:
            raise Conflict("The project is not running", details={"status": old.state})
        undone = {
            name: replace(step, status="pending") if step.status == "in_progress" else step
            for name, step in old.steps.items()
        }
        return replace(old, state="cancelled", steps=undone, ended=clock.now())

    cancelled = projects.change(project.owner, project.id, change)
    with suppress(ClientError):  # it may have ended in this moment; its next step finds the project cancelled anyway
        aws.client("stepfunctions").stop_execution(
            executionArn=execution_of(cancelled.pipeline), cause="cancelled by its owner"
        )
    if render := run.asset_of(run.read(cancelled), "montage", MUSIC):
        renders.abandon(render)
    notes.note(project.id, "Pipeline cancelled", "warning")
    telling.tell(cancelled, run.read(cancelled))
    return cancelled


def settled(project: Project) -> Project:
    """The project; a run of which nothing was heard for long, and whose execution is over, has failed."""
    if not project.at_work or clock.now() - project.updated < QUIET:
        return project
    try:
        found = aws.client("stepfunctions").describe_execution(executionArn=execution_of(project.pipeline))["status"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        found = "FAILED"
    if found == "RUNNING":
        return project
    failure = Failure(project.current or "script", "PIPELINE_LOST", "The pipeline ended without a word")
    return fail(project, failure)
