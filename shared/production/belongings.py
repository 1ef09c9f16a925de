"""What production keeps of an account: for its export, and for its erasure."""

from typing import Any

import msgspec

from shared.production import assets, projects
from shared.production import scene as scenes
from shared.production.asset import Asset
from shared.production.project import Project, stats_key
from shared.table import Key
from shared.tables import STUDIO

OURS = {"owner", "version", "pipeline", "script_of", "film_of", "music_of", "approved"}  # of no meaning elsewhere
SECRET = {"pk", "sk", "lsi1", "secret"}


def export(account_id: str) -> dict[str, list[dict[str, Any]]]:
    """Its projects with their scenes and what was made for them, and its webhooks, as JSON has them."""
    webhooks = [
        {name: value for name, value in row.items() if name not in SECRET}
        for row in STUDIO.every(stats_key(account_id)[0], "WEBHOOK#")
    ]
    return {"projects": [_project(one) for one in projects.of_account(account_id)], "webhooks": webhooks}


def _project(project: Project) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(project)
    shown = {name: value for name, value in plain.items() if name not in OURS}
    shown["scenes"] = [msgspec.to_builtins(one) for one in scenes.of_project(project.id)]
    shown["assets"] = [_asset(one) for one in assets.of_project(project.id)]
    return shown


def _asset(asset: Asset) -> dict[str, Any]:
    names = ("id", "kind", "state", "scene", "provider", "model", "request", "mime", "size", "seconds", "cost")
    plain: dict[str, Any] = msgspec.to_builtins(asset)
    return {name: plain[name] for name in names}


def let_go(project: Project) -> None:
    """All of a project: what was made for it, its timelines, its notes, itself. May be repeated, and stop half-way."""
    while found := assets.of_project(project.id):
        for asset in found:
            assets.delete(asset)
    timelines = [row["sk"] for row in STUDIO.every(f"PROJECT#{project.id}", "TIMELINE#")]
    STUDIO.delete_many([(one, "TIMELINE") for one in timelines])
    projects.delete(project)


def erase(account_id: str) -> None:
    """Leave nothing of an account; what runs for it finds its project gone, and stops. May be repeated."""
    for project in projects.of_account(account_id):
        let_go(project)
    pk = stats_key(account_id)[0]
    for row in list(STUDIO.every(pk)):
        kind, _, name = str(row["sk"]).partition("#")
        keys: list[Key] = [(pk, row["sk"])]
        if kind == "RENDER":
            keys.append((row["sk"], "RENDER"))
        elif kind == "WEBHOOK":
            keys += [(one["pk"], one["sk"]) for one in STUDIO.every(f"WEBHOOK#{name}")]
        STUDIO.delete_many(keys)
