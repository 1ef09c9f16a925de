"""A run that comes to no good end."""

from msgspec.structs import replace

from shared import clock
from shared.production import news, notes, projects, run, telling
from shared.production.project import WORDS, Failure, Project


def fail(project: Project, failure: Failure) -> Project:
    """The run is over; what is made is kept, and the next run goes on from there."""

    def change(now: Project) -> Project | None:
        if not now.at_work or now.pipeline != project.pipeline:
            return None
        steps = dict(now.steps)
        if failure.step in steps:
            steps[failure.step] = replace(steps[failure.step], status="failed", ended=clock.now())
        return replace(now, state="failed", failure=failure, steps=steps, ended=clock.now(), cost=cost(now))

    failed = projects.change(project.owner, project.id, change)
    where = f" (scenes {', '.join(map(str, failure.scenes))})" if failure.scenes else ""
    notes.note(project.id, f"{WORDS[failure.step][0]} failed{where}: {failure.message}", "error")
    telling.tell(failed, run.read(failed))
    if failed.state == "failed" and failed.pipeline == project.pipeline:
        news.failed(failed)
    return failed


def cost(project: Project) -> float:
    """What the run has cost until now, in US dollars."""
    return round(float(run.read(project).get("cost", 0)), 4)
