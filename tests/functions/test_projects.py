"""Projects and their pipeline, through the events of the gateway and of the state machine."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from shared import aws
from shared.production import steps, todo
from shared.providers import kinds
from shared.providers.errors import Busy, Refused
from shared.settings import settings
from tests import cloud
from tests.conftest import Person
from tests.machine import Machine

NEW = {
    "title": "Ma Vidéo IA",
    "description": "Une vidéo générée par IA",
    "prompt": "Créer une vidéo explicative de 2 minutes sur le machine learning",
    "config": {"target_duration": 30, "format": "medium", "language": "fr", "style": "professional"},
}
NO_FILM = {"pipeline_config": {"skip_steps": ["montage"], "providers": {}}}


class Makers:
    """Stand in for all makers: quick, and as told. `fails` is by kind and prompt."""

    name = "local"

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self.fails: dict[str, Exception] = {}

    def _make(self, kind: str, what: str) -> None:
        if what in self.fails:
            raise self.fails[what]
        self.made.append((kind, what))

    def script(self, request: kinds.ScriptRequest) -> kinds.Script:
        self._make("script", request.prompt)
        scenes = tuple(kinds.Scene(n, f"Narration {n}", f"Picture {n}", f"Title {n}", 10.0) for n in (1, 2, 3))
        return kinds.Script(
            provider="local", model="m", seconds=30, title="A", language=request.language, scenes=scenes, cost=0.02
        )

    def image(self, request: kinds.ImageRequest) -> kinds.Image:
        self._make("image", request.prompt)
        data = f"png of {request.prompt}".encode()
        return kinds.Image(provider="local", model="m", data=data, mime="image/png", width=1920, height=1080, cost=0.1)

    def voice(self, request: kinds.VoiceRequest) -> kinds.Voice:
        self._make("voice", request.text)
        words = (kinds.Word("Narration", 0.0, 0.5),)
        return kinds.Voice(
            provider="local", model="m", data=request.text.encode(), mime="audio/wav", seconds=2.5, words=words
        )

    def music(self, request: kinds.MusicRequest) -> kinds.Music:
        self._make("music", request.prompt)
        return kinds.Music(provider="local", model="m", data=b"music", mime="audio/wav", seconds=request.duration)


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> Makers:
    made = Makers()
    for module in ("shared.production.steps", "shared.production.making"):
        monkeypatch.setattr(f"{module}.choose", lambda kind, wanted, field="": (made, False))
    return made


@pytest.fixture
def machine(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A state machine that begins executions and does nothing: the tests do its work, step by step."""
    client = aws.client("stepfunctions")
    definition = '{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":3600,"End":true}}}'
    role = "arn:aws:iam::123456789012:role/machine"
    made: str = client.create_state_machine(name="pipeline", definition=definition, roleArn=role)["stateMachineArn"]
    monkeypatch.setenv("PIPELINE_MACHINE", made)
    yield made
    client.delete_state_machine(stateMachineArn=made)


@pytest.fixture
def ada(machine: str, person: Callable[[str], Person]) -> httpx.Client:
    return person("ada").http


def project_of(http: httpx.Client, **more: Any) -> str:
    made = http.post("/api/v1/projects", json=NEW | more)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def begin(http: httpx.Client, project_id: str, body: dict[str, Any] = NO_FILM) -> dict[str, Any]:
    started = http.post(f"/api/v1/projects/{project_id}/start", json=body)
    assert started.status_code == 202, started.text
    answer: dict[str, Any] = started.json()
    return answer


def drive() -> None:
    """Do what the newest execution would."""
    from functions.produce.app import handler

    listed = aws.client("stepfunctions").list_executions(stateMachineArn=settings.pipeline_machine)["executions"]
    newest = max(listed, key=lambda one: one["name"])["executionArn"]
    given = aws.client("stepfunctions").describe_execution(executionArn=newest)["input"]
    Machine("PipelineMachine", {"Produce": handler}).run(msgspec.json.decode(given))


def status(http: httpx.Client, project_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = http.get(f"/api/v1/projects/{project_id}/status").json()
    return answer


# ---- projects


def test_a_project_is_a_draft_with_the_documented_fields(ada: httpx.Client) -> None:
    made = ada.post("/api/v1/projects", json=NEW)
    assert made.status_code == 201
    body = made.json()
    assert {name: body[name] for name in ("title", "description", "status")} == {
        "title": "Ma Vidéo IA",
        "description": "Une vidéo générée par IA",
        "status": "draft",
    }
    assert made.headers["x-ratelimit-limit"] == "100"
    again = ada.get(f"/api/v1/projects/{body['id']}").json()
    assert again["progress"]["overall"] == 0
    assert again["progress"]["steps"]["script"] == {"status": "pending", "progress": 0}
    assert again["assets"] == []


@pytest.mark.parametrize(
    ("body", "field", "constraint"),
    [
        ({"prompt": "a"}, "title", "required"),
        ({"title": "a"}, "prompt", "required"),
        ({"title": " ", "prompt": "a"}, "title", "not blank"),
        ({"title": "a", "prompt": "a", "config": {"target_duration": 4}}, "config.target_duration", "at least 5"),
        ({"title": "a", "prompt": "a", "config": {"target_duration": 601}}, "config.target_duration", "at most 600"),
        ({"title": "a", "prompt": "a", "config": {"format": "huge"}}, "config.format", "one of long, medium, short"),
        ({"title": 1, "prompt": "a"}, "title", ""),
    ],
)
def test_what_does_not_validate_is_422_and_names_the_field(
    ada: httpx.Client, body: dict[str, Any], field: str, constraint: str
) -> None:
    refused = ada.post("/api/v1/projects", json=body)
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert constraint in error["details"]["constraint"]


def test_malformed_json_is_400_and_no_credentials_401(ada: httpx.Client, http: httpx.Client) -> None:
    assert ada.post("/api/v1/projects", content=b"{").status_code == 400
    refused = http.get("/api/v1/projects")
    assert refused.status_code == 401
    assert set(refused.json()["error"]) == {"code", "message", "details"}


def test_projects_are_listed_newest_first_by_page_state_and_words(ada: httpx.Client) -> None:
    ids = [project_of(ada, title=f"Film {n} été") for n in range(5)]
    page = ada.get("/api/v1/projects", params={"page": 2, "limit": 2}).json()
    assert [one["id"] for one in page["items"]] == [ids[2], ids[1]]
    assert {name: page[name] for name in ("total", "page", "limit", "pages")} == {
        "total": 5,
        "page": 2,
        "limit": 2,
        "pages": 3,
    }
    assert ada.get("/api/v1/projects", params={"page": 1000000}).json()["items"] == []
    assert ada.get("/api/v1/projects", params={"status": "completed"}).json()["total"] == 0
    assert ada.get("/api/v1/projects", params={"status": "draft"}).json()["total"] == 5
    found = ada.get("/api/v1/projects", params={"search": "ETE film 3"}).json()
    assert ([one["id"] for one in found["items"]], found["total"]) == ([ids[3]], 1)
    ada.patch(f"/api/v1/projects/{ids[3]}", json={"title": "Autre"})
    assert ada.get("/api/v1/projects", params={"search": "film 3"}).json()["total"] == 0
    for query in ({"limit": 101}, {"page": 0}, {"status": "nothing"}):
        assert ada.get("/api/v1/projects", params=query).status_code == 422


def test_a_project_is_its_owners_alone(ada: httpx.Client, person: Callable[[str], Person], makers: Makers) -> None:
    project_id = project_of(ada)
    bob = person("bob").http
    place = f"/api/v1/projects/{project_id}"
    for method, path in (
        ("GET", place),
        ("PATCH", place),
        ("DELETE", place),
        ("POST", f"{place}/start"),
        ("POST", f"{place}/cancel"),
        ("GET", f"{place}/status"),
        ("GET", f"{place}/scenes"),
        ("PATCH", f"{place}/scenes/1"),
    ):
        sent: dict[str, Any] | None = {} if method in ("POST", "PATCH") else None
        assert bob.request(method, path, json=sent).status_code == 404, path
    assert bob.get("/api/v1/assets", params={"project_id": project_id}).status_code == 404
    assert ada.get(place).json()["status"] == "draft"


def test_a_deleted_project_leaves_nothing(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    begin(ada, project_id)
    drive()
    assert ada.delete(f"/api/v1/projects/{project_id}").status_code == 200
    assert ada.get(f"/api/v1/projects/{project_id}").status_code == 404
    assert ada.get("/api/v1/projects").json()["total"] == 0
    left = aws.client("dynamodb").scan(TableName=settings.studio_table)["Items"]
    assert [one["pk"]["S"] for one in left if one["sk"]["S"] != "STATS"] == []
    assert aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET).get("Contents", []) == []


# ---- the pipeline


def test_a_pipeline_writes_draws_and_speaks(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    started = begin(ada, project_id)
    assert started["status"] == "scripting"
    assert started["pipeline_id"].startswith("pipe-")
    assert started["message"] == "Pipeline started successfully"
    assert started["estimated_duration"] > 0
    drive()
    found = ada.get(f"/api/v1/projects/{project_id}").json()
    assert found["status"] == "completed"
    assert found["progress"]["steps"] == {
        "script": {"status": "completed", "progress": 100},
        "images": {"status": "completed", "progress": 100},
        "videos": {"status": "completed", "progress": 100},
        "voice": {"status": "completed", "progress": 100},
        "montage": {"status": "skipped", "progress": 100},
    }
    assert sorted(one["type"] for one in found["assets"]) == ["image"] * 3 + ["music"] + ["voice"] * 3
    assert found["cost"] == pytest.approx(0.32)
    told = status(ada, project_id)
    assert told["progress"] == 100
    assert told["steps_completed"] == ["script", "images", "videos", "voice"]
    assert told["steps_remaining"] == []
    assert [one["message"] for one in told["logs"]][:2] == ["Pipeline started", "Starting script generation"]
    scenes = ada.get(f"/api/v1/projects/{project_id}/scenes").json()["scenes"]
    first = scenes[0]
    assert (first["number"], first["narration"], first["changed"]) == (1, "Narration 1", [])
    image = ada.get(f"/api/v1/assets/{scenes[0]['image']['id']}/download")
    assert (image.content, image.headers["content-type"]) == (b"png of Picture 1", "image/png")


def test_a_second_start_while_it_runs_is_409(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    first = begin(ada, project_id)
    refused = ada.post(f"/api/v1/projects/{project_id}/start", json=NO_FILM)
    assert refused.status_code == 409
    assert refused.json()["error"]["details"] == {"pipeline_id": first["pipeline_id"]}
    assert ada.patch(f"/api/v1/projects/{project_id}", json={"prompt": "b"}).status_code == 409
    assert ada.patch(f"/api/v1/projects/{project_id}/scenes/1", json={"narration": "b"}).status_code == 409


def test_one_scene_that_fails_keeps_the_others_and_the_next_run_makes_it_alone(
    ada: httpx.Client, makers: Makers
) -> None:
    project_id = project_of(ada)
    begin(ada, project_id)
    makers.fails["Picture 2"] = Refused("local", "not this")
    drive()
    told = status(ada, project_id)
    assert told["status"] == "failed"
    assert told["error"] == {"step": "images", "code": "CONTENT_REFUSED", "message": "not this", "scenes": [2]}
    assert told["steps_completed"] == ["script"]
    states = [
        one["status"]
        for one in ada.get("/api/v1/assets", params={"project_id": project_id, "type": "image"}).json()["assets"]
    ]
    assert sorted(states) == ["completed", "completed", "failed"]
    makers.fails.clear()
    makers.made.clear()
    again = begin(ada, project_id)
    assert status(ada, project_id)["steps_completed"] == ["script"]
    drive()
    assert status(ada, project_id)["status"] == "completed"
    assert [one for one in makers.made if one[0] in ("script", "image")] == [("image", "Picture 2")]
    assert again["pipeline_id"] != told["pipeline_id"]


def test_a_changed_scene_is_made_anew_and_nothing_else(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    begin(ada, project_id)
    drive()
    changed = ada.patch(
        f"/api/v1/projects/{project_id}/scenes/2",
        json={"narration": "Autre chose", "prompt": "A rabbit", "duration": 4},
    ).json()
    assert changed["changed"] == ["image", "voice"]
    makers.made.clear()
    begin(ada, project_id)
    drive()
    assert sorted(makers.made) == [
        ("image", "A rabbit"),
        ("voice", "Autre chose"),
    ]
    back = ada.patch(f"/api/v1/projects/{project_id}/scenes/2", json={"prompt": "Picture 2"}).json()
    assert back["changed"] == ["image"]
    makers.made.clear()
    begin(ada, project_id)
    drive()
    assert makers.made == []  # it was made before


def test_a_picture_of_ones_own_is_taken(ada: httpx.Client, makers: Makers, person: Callable[[str], Person]) -> None:
    project_id = project_of(ada)
    begin(ada, project_id)
    drive()
    place = f"/api/v1/projects/{project_id}/scenes"
    first = ada.get(place).json()["scenes"][0]["image"]["id"]
    voice = ada.get(place).json()["scenes"][0]["voice"]["id"]
    changed = ada.patch(f"{place}/2", json={"image_asset_id": first}).json()
    assert (changed["image"]["id"], changed["changed"]) == (first, [])
    for other in ("img-nothing", voice):
        refused = ada.patch(f"{place}/2", json={"image_asset_id": other})
        assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, "image_asset_id")
    assert ada.patch(f"{place}/2", json={"image_asset_id": None}).json()["changed"] == ["image"]
    assert ada.patch(f"{place}/99", json={"narration": "a"}).status_code == 404


def test_a_script_may_be_read_before_anything_else_is_made(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada, config={**NEW["config"], "review": True})  # type: ignore[dict-item]
    begin(ada, project_id)
    drive()
    assert status(ada, project_id)["status"] == "review"
    assert [kind for kind, _ in makers.made] == ["script"]
    ada.patch(f"/api/v1/projects/{project_id}/scenes/1", json={"narration": "Better"})
    begin(ada, project_id)
    drive()
    assert status(ada, project_id)["status"] == "completed"
    assert ("voice", "Better") in makers.made
    assert [kind for kind, _ in makers.made].count("script") == 1


def test_a_cancelled_run_makes_nothing_more_and_the_next_goes_on(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    started = begin(ada, project_id)
    said = {"owner": "id-of-ada", "project_id": project_id, "pipeline": started["pipeline_id"]}
    for _ in range(2):  # script, then what is next
        found = steps.next_of(**said)
        for item in found.items[:1]:
            steps.work(**said, item=item)
    cancelled = ada.post(f"/api/v1/projects/{project_id}/cancel")
    assert cancelled.status_code == 200
    assert cancelled.json() == {
        "id": project_id,
        "pipeline_id": started["pipeline_id"],
        "status": "cancelled",
        "message": "Pipeline cancelled successfully",
    }
    made = len(makers.made)
    drive()
    assert len(makers.made) == made
    assert ada.post(f"/api/v1/projects/{project_id}/cancel").status_code == 409
    begin(ada, project_id)
    drive()
    assert status(ada, project_id)["status"] == "completed"
    assert [one[0] for one in makers.made].count("script") == 1
    assert [one for one in makers.made if one[0] == "image"].count(("image", "Picture 1")) == 1


def test_a_step_that_is_delivered_twice_makes_nothing_twice(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    started = begin(ada, project_id)
    said = {"owner": "id-of-ada", "project_id": project_id, "pipeline": started["pipeline_id"]}
    assert steps.next_of(**said).items == [todo.Item("script", 0)]
    steps.work(**said, item=todo.Item("script", 0))
    for item in steps.next_of(**said).items:
        steps.work(**said, item=item)
        steps.work(**said, item=item)
    assert [kind for kind, _ in makers.made].count("image") == 3


def test_what_may_pass_is_raised_for_another_try(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    started = begin(ada, project_id)
    said = {"owner": "id-of-ada", "project_id": project_id, "pipeline": started["pipeline_id"]}
    makers.fails[NEW["prompt"]] = Busy("local", "later")  # type: ignore[index]
    item = steps.next_of(**said).items[0]
    with pytest.raises(Busy):
        steps.work(**said, item=item)
    makers.fails.clear()
    steps.work(**said, item=item)
    assert len(steps.next_of(**said).items) == 3


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"skip_steps": ["nothing"]}, "pipeline_config.skip_steps[0]"),
        ({"skip_steps": ["script"]}, "pipeline_config.skip_steps"),
        ({"providers": {"image": "nobody"}}, "pipeline_config.providers.image"),
    ],
)
def test_a_start_that_makes_no_sense_is_422(ada: httpx.Client, config: dict[str, Any], field: str) -> None:
    project_id = project_of(ada)
    refused = ada.post(f"/api/v1/projects/{project_id}/start", json={"pipeline_config": config})
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, field)
    assert ada.get(f"/api/v1/projects/{project_id}").json()["status"] == "draft"


def test_who_has_no_key_is_stood_in_for_and_it_is_said(ada: httpx.Client, makers: Makers) -> None:
    asked = {"llm": "openai", "image": "dalle3", "video": "runway", "voice": "elevenlabs"}
    started = begin(ada, project_of(ada), {"pipeline_config": {"skip_steps": [], "providers": asked}})
    assert started["providers"] == dict.fromkeys(("llm", "image", "video", "voice", "music"), "local")
    assert started["fallbacks"] == asked


def test_a_run_that_is_dearer_than_its_budget_does_not_begin(
    ada: httpx.Client, makers: Makers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    project_id = project_of(ada, config={**NEW["config"], "budget": 0.01})  # type: ignore[dict-item]
    refused = ada.post(f"/api/v1/projects/{project_id}/start", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "BUDGET_EXCEEDED")


# ---- assets


def test_pictures_voices_and_music_are_made_when_asked(ada: httpx.Client, makers: Makers) -> None:
    project_id = project_of(ada)
    prompts = [{"scene_id": 1, "prompt": "A city", "negative_prompt": "blurry"}]
    config = {"provider": "openai", "model": "dall-e-3", "size": "1792x1024", "quality": "hd", "style": "vivid"}
    images = ada.post(
        "/api/v1/assets/images/generate", json={"project_id": project_id, "prompts": prompts, "config": config}
    )
    assert images.status_code == 202
    body = images.json()
    assert body["batch_id"].startswith("batch-")
    assert (body["status"], body["provider"]) == ("processing", "local")
    assert body["images"][0] | {"id": ""} == {"id": "", "scene_id": 1, "status": "pending", "prompt": "A city"}
    assert body["images"][0]["id"].startswith("img-")
    assert images.headers["x-ratelimit-limit"] == "20"
    segments = [{"scene_id": 1, "text": "Bienvenue dans cette vidéo", "voice_id": "thomas", "language": "fr"}]
    voices = ada.post("/api/v1/assets/voice/generate", json={"project_id": project_id, "segments": segments}).json()
    assert voices["segments"][0]["estimated_duration"] == pytest.approx(1.7, abs=0.2)
    music = ada.post(
        "/api/v1/assets/music/generate",
        json={"project_id": project_id, "prompt": "Upbeat", "config": {"duration": 120, "tempo": "medium"}},
    ).json()
    assert set(music) == {"batch_id", "status", "provider", "music"}
    from functions.produce.app import handler

    messages = cloud.messages("PRODUCE")
    assert len(messages) == 3
    assert handler(cloud.sqs_event(*messages), None) == {"batchItemFailures": []}
    assert handler(cloud.sqs_event(*messages), None) == {"batchItemFailures": []}  # delivered twice
    assert sorted(kind for kind, _ in makers.made) == ["image", "music", "voice"]
    listed = ada.get("/api/v1/assets", params={"project_id": project_id, "status": "completed"}).json()
    assert listed["total"] == 3
    assert ada.get("/api/v1/assets", params={"project_id": project_id, "type": "music"}).json()["total"] == 1
    one = ada.get(f"/api/v1/assets/{music['music'][0]['id']}").json()
    assert (one["type"], one["duration"], one["mime_type"]) == ("music", 120, "audio/wav")


def test_an_asset_that_fails_says_why_and_one_that_is_busy_is_tried_again(ada: httpx.Client, makers: Makers) -> None:
    from functions.produce.app import handler

    project_id = project_of(ada)
    prompts = [{"prompt": "bad"}, {"prompt": "busy"}]
    ordered = ada.post("/api/v1/assets/images/generate", json={"project_id": project_id, "prompts": prompts}).json()
    bad, busy = (one["id"] for one in ordered["images"])
    makers.fails |= {"bad": Refused("local", "no"), "busy": Busy("local", "later", retry_after=3)}
    handler(cloud.sqs_event(*cloud.messages("PRODUCE")), None)
    assert ada.get(f"/api/v1/assets/{bad}").json()["error"] == {"code": "CONTENT_REFUSED", "message": "no"}
    assert ada.get(f"/api/v1/assets/{busy}").json()["status"] == "processing"
    assert ada.get(f"/api/v1/assets/{busy}/download").status_code == 409
    makers.fails.clear()
    handler(cloud.sqs_event(*cloud.messages("PRODUCE")), None)
    assert ada.get(f"/api/v1/assets/{busy}").json()["status"] == "completed"


def test_bad_requests_for_assets_are_422_or_404(ada: httpx.Client) -> None:
    project_id = project_of(ada)
    place = "/api/v1/assets/images/generate"
    assert ada.post(place, json={"project_id": "nothing", "prompts": [{"prompt": "a"}]}).status_code == 404
    bodies: list[dict[str, Any]] = [
        {"prompts": []},
        {"prompts": [{"prompt": " "}]},
        {"prompts": [{"prompt": "a"}], "config": {"size": "big"}},
        {"prompts": [{"prompt": "a"}], "config": {"provider": "nobody"}},
        {"prompts": [{"prompt": "a"}] * 51},
    ]
    for body in bodies:
        assert ada.post(place, json={"project_id": project_id, **body}).status_code == 422, body
    assert cloud.messages("PRODUCE") == []


def test_a_dead_letter_fails_its_asset(ada: httpx.Client) -> None:
    from functions.deadletters.app import handler

    project_id = project_of(ada)
    ordered = ada.post("/api/v1/assets/images/generate", json={"project_id": project_id, "prompts": [{"prompt": "a"}]})
    handler(cloud.sqs_event(*cloud.messages("PRODUCE")), None)
    asset = ada.get(f"/api/v1/assets/{ordered.json()['images'][0]['id']}").json()
    assert (asset["status"], asset["error"]["code"]) == ("failed", "GIVEN_UP")


def test_an_accounts_export_has_its_projects_and_its_erasure_leaves_nothing(ada: httpx.Client, makers: Makers) -> None:
    from shared.production import belongings

    project_id = project_of(ada)
    begin(ada, project_id)
    drive()
    exported = ada.get("/users/me/export").json()["projects"]
    assert [one["id"] for one in exported] == [project_id]
    assert (len(exported[0]["scenes"]), len(exported[0]["assets"])) == (3, 7)
    for _ in range(2):  # may be repeated
        belongings.erase("id-of-ada")
    assert aws.client("dynamodb").scan(TableName=settings.studio_table)["Items"] == []
    assert aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET).get("Contents", []) == []
