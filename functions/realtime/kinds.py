"""The channels there are, by the first word of their names (`download:<id>`), and who may listen to each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.accounts.caller import Caller
from shared.downloads import watching
from shared.errors import Invalid, NotFound
from shared.production import projects, renders, run, telling


@dataclass(frozen=True, slots=True)
class Present:
    """How things stand on a channel: the last message; whether another can follow; whether only its owner listens."""

    message: dict[str, Any]
    finished: bool
    owned: bool


def download(caller: Caller | None, download_id: str) -> Present:
    """Reachable by its id when it is nobody's, else its owner's only: to others it is as unknown as over HTTP."""
    found = watching.standing(download_id)
    if found is None or found.owner not in ("", caller.account_id if caller else ""):
        raise NotFound("Download not found")
    return Present(found.message, found.finished, bool(found.owner))


def project(caller: Caller | None, project_id: str) -> Present:
    """Its owner's only. Another start may follow its last message."""
    if caller is None:
        raise NotFound("Project not found")
    found = projects.find(caller.account_id, project_id)
    return Present(telling.said(found, run.read(found)), finished=False, owned=True)


def render(caller: Caller | None, render_id: str) -> Present:
    """Its owner's only."""
    found = renders.known(render_id)
    if found is None or caller is None or found.owner != caller.account_id:
        raise NotFound("Render not found")
    return Present(renders.said(found), found.is_over, owned=True)


KINDS: dict[str, Callable[[Caller | None, str], Present]] = {"download": download, "project": project, "render": render}
LONGEST = 256  # characters of a channel's name


def present(caller: Caller | None, channel: str) -> Present:
    """Raises Invalid for a channel that cannot be, and what its kind raises for one that is not for this caller."""
    kind, _, thing = channel.partition(":")
    if kind not in KINDS:
        raise Invalid(
            "Unknown channel", field="channel", constraint=f"one of {', '.join(f'{one}:<id>' for one in KINDS)}"
        )
    if not thing or len(channel) > LONGEST:
        raise Invalid("Invalid channel", field="channel", constraint=f"{kind}:<id>, at most {LONGEST} characters")
    return KINDS[kind](caller, thing)
