"""OpenAI, Runway, ElevenLabs and Suno over the wire, against a service that answers as their references say."""

import base64
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pictures

from shared.errors import Invalid
from shared.providers import wire
from shared.providers.choice import choose
from shared.providers.elevenlabs import ElevenLabs
from shared.providers.errors import (
    Busy,
    Malformed,
    ProviderError,
    Refused,
    Silent,
    Spent,
    Unauthorised,
    Unavailable,
    Unfinished,
)
from shared.providers.kinds import (
    ImageRequest,
    MusicRequest,
    ScriptRequest,
    Still,
    TranscriptionRequest,
    VideoRequest,
    VoiceRequest,
)
from shared.providers.offline.speaking import as_wav
from shared.providers.openai import OpenAI
from shared.providers.runway import Runway
from shared.providers.suno import Suno
from tests.fakes.provider import Answer, Provider, running

KEY = "sk-very-secret-0123456789abcdef"
NAMES = ("OPENAI", "RUNWAY", "ELEVENLABS", "SUNO")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with running() as provider:
        for name in NAMES:
            monkeypatch.setenv(f"{name}_API_KEY", KEY)
            monkeypatch.setenv(f"{name}_BASE_URL", provider.url)
        monkeypatch.setenv("OUTBOUND_ALLOW", provider.place)
        monkeypatch.setattr(wire, "POLL", 0.02)
        yield provider


def png() -> bytes:
    file = BytesIO()
    Pictures.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def ok_suno(data: Any) -> Answer:
    return Answer(body={"code": 200, "msg": "success", "data": data})


Ask = Callable[[], Any]
# Each call of each service, and the path of its first question.
CALLS: dict[str, tuple[str, Ask]] = {
    "script": ("POST /chat/completions", lambda: OpenAI().script(ScriptRequest(prompt="l'eau"))),
    "image": ("POST /images/generations", lambda: OpenAI().image(ImageRequest(prompt="a city"))),
    "speech": ("POST /audio/speech", lambda: OpenAI().voice(VoiceRequest(text="bonjour"))),
    "hearing": ("POST /audio/transcriptions", lambda: OpenAI().transcription(TranscriptionRequest(audio=b"RIFF"))),
    "runway": ("POST /image_to_video", lambda: Runway().video(VideoRequest(prompt="waves", image=b"png"))),
    "elevenlabs": (
        "POST /text-to-speech/GBv7mTt0atIp3Br8iCZE/with-timestamps",
        lambda: ElevenLabs().voice(VoiceRequest(text="bonjour", format="mp3")),
    ),
    "voices": ("GET /voices", lambda: ElevenLabs().voices()),
    "suno": ("POST /generate", lambda: Suno().music(MusicRequest(prompt="calm"))),
}
TROUBLES: dict[str, tuple[Answer, type[ProviderError]]] = {
    "wrong key": (Answer(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}), Unauthorised),
    "no credit": (Answer(429, {"error": {"code": "insufficient_quota", "message": "You exceeded your quota"}}), Spent),
    "too many": (Answer(429, {"error": {"message": "Rate limit reached"}}, {"retry-after": "7"}), Busy),
    "broken": (Answer(500, b"<html>oops</html>"), Unavailable),
    "gateway": (Answer(502), Unavailable),
    "refused": (Answer(400, {"error": {"code": "content_policy_violation", "message": f"no {KEY}"}}), Refused),
    "our fault": (Answer(422, {"detail": [{"msg": "text too long"}]}), ProviderError),
    "no JSON": (Answer(200, b"\xff{{{"), Malformed),
    "another shape": (Answer(200, {"surprise": [1, 2]}), Malformed),
    "null": (Answer(200, b"null"), Malformed),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("call", CALLS)
def test_each_trouble_of_each_service_is_named_and_no_error_holds_the_key(
    call: str, trouble: str, service: Provider
) -> None:
    path, ask = CALLS[call]
    answer, kind = TROUBLES[trouble]
    service.on(path, answer)
    with pytest.raises(ProviderError) as caught:
        ask()
    assert type(caught.value) is kind
    said = f"{caught.value!r} {caught.value.message} {caught.value.explanation} {caught.value.details}"
    assert KEY not in said
    if isinstance(caught.value, Busy):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("call", CALLS)
def test_a_silent_service_is_told_from_one_that_is_away(
    call: str, service: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ask = CALLS[call]
    service.on(path, Answer(after=2))
    monkeypatch.setattr(wire.Service, "seconds", 0.2)
    with pytest.raises(Silent) as caught:
        ask()
    assert caught.value.may_be_retried
    for name in NAMES:
        monkeypatch.setenv(f"{name}_BASE_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        ask()


def test_a_script_is_asked_for_by_schema_and_lasts_as_long_as_the_film(service: Provider) -> None:
    scenes = [{"narration": "Un.", "picture": "a", "title": "t", "duration": 10} for _ in range(3)]
    said = json.dumps({"title": "T", "scenes": scenes})
    usage = {"prompt_tokens": 1000, "completion_tokens": 1000}
    body = {"choices": [{"finish_reason": "stop", "message": {"content": said, "refusal": None}}], "usage": usage}
    service.on("POST /chat/completions", Answer(body=body))
    script = OpenAI().script(ScriptRequest(prompt="l'eau", target_duration=60))
    assert [scene.duration for scene in script.scenes] == [20, 20, 20]
    assert script.cost == pytest.approx(0.002)
    asked = service.asked[0]
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.json()["response_format"]["json_schema"]["strict"] is True


def test_a_script_that_the_model_refuses_is_refused(service: Provider) -> None:
    body = {"choices": [{"finish_reason": "stop", "message": {"content": None, "refusal": "I can't help"}}]}
    service.on("POST /chat/completions", Answer(body=body))
    with pytest.raises(Refused):
        OpenAI().script(ScriptRequest(prompt="x"))


def test_a_picture_is_asked_for_in_the_models_own_terms(service: Provider) -> None:
    service.on("POST /images/generations", Answer(body={"data": [{"b64_json": base64.b64encode(png()).decode()}]}))
    made = OpenAI().image(ImageRequest(prompt="a city", quality="hd", size="1920x1080"))
    assert (made.mime, made.width, made.height, made.cost) == ("image/png", 1792, 1024, 0.12)
    assert service.asked[-1].json()["style"] == "vivid"
    OpenAI().image(ImageRequest(prompt="a city", model="gpt-image-1", size="1024x1792"))
    assert service.asked[-1].json()["size"] == "1024x1536"
    assert "style" not in service.asked[-1].json()


def test_speech_and_transcription(service: Provider) -> None:
    service.on("POST /audio/speech", Answer(body=as_wav(b"\0\0" * 24000, 24000), headers={"content-type": "audio/wav"}))
    made = OpenAI().voice(VoiceRequest(text="Bonjour à tous."))
    assert made.seconds == pytest.approx(1, abs=0.01)
    assert [word.text for word in made.words] == ["Bonjour", "à", "tous."]
    assert not made.measured
    body = {
        "text": "Bonjour",
        "language": "french",
        "duration": "1.2",
        "words": [{"word": "Bonjour", "start": 0, "end": 1}],
    }
    service.on("POST /audio/transcriptions", Answer(body=body))
    heard = OpenAI().transcription(TranscriptionRequest(audio=made.data))
    assert (heard.language, heard.words[0].end, heard.seconds) == ("fr", 1, 1.2)
    assert b"timestamp_granularities[]" in service.asked[-1].body


def test_runway_works_on_a_task_until_it_is_done(service: Provider) -> None:
    service.on("POST /image_to_video", Answer(body={"id": "task-1"}))
    done = Answer(body={"id": "task-1", "status": "SUCCEEDED", "output": [f"{service.url}/clip.mp4"]})
    service.on("GET /tasks/task-1", Answer(body={"status": "PENDING"}), Answer(body={"status": "RUNNING"}), done)
    service.on("GET /clip.mp4", Answer(body=b"film", headers={"content-type": "video/mp4"}))
    clip = Runway().video(VideoRequest(prompt="waves", image=png(), duration=4, size="1024x1792"))
    assert (clip.data, clip.mime, clip.seconds, clip.cost) == (b"film", "video/mp4", 5, 0.25)
    asked = service.asked[0]
    assert asked.headers["x-runway-version"] == "2024-11-06"
    assert asked.json()["ratio"] == "720:1280"
    assert asked.json()["promptImage"].startswith("data:image/png;base64,")


def test_runway_is_asked_again_for_the_task_that_was_not_finished(service: Provider) -> None:
    service.on("POST /image_to_video", Answer(body={"id": "task-1"}))
    service.on("GET /tasks/task-1", Answer(body={"status": "THROTTLED"}))
    with pytest.raises(Unfinished) as caught:
        Runway().video(VideoRequest(prompt="waves", image=b"png", patience=0))
    assert caught.value.task == "task-1"
    service.on("GET /tasks/task-1", Answer(body={"status": "SUCCEEDED", "output": [f"{service.url}/clip.mp4"]}))
    service.on("GET /clip.mp4", Answer(body=b"film", headers={"content-type": "video/mp4"}))
    Runway().video(VideoRequest(prompt="waves", image=b"png", task="task-1"))
    assert [one.path for one in service.asked].count("/image_to_video") == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [("SAFETY.INPUT.TEXT", Refused), ("INTERNAL.BAD_OUTPUT", Unavailable), ("ASSET.INVALID", ProviderError)],
)
def test_a_task_of_runways_that_failed_says_why(code: str, kind: type[ProviderError], service: Provider) -> None:
    service.on("GET /tasks/task-1", Answer(body={"status": "FAILED", "failure": "no", "failureCode": code}))
    with pytest.raises(ProviderError) as caught:
        Runway().video(VideoRequest(prompt="x", image=b"png", task="task-1"))
    assert type(caught.value) is kind


def test_what_a_service_made_is_never_fetched_from_a_private_address(service: Provider) -> None:
    private = "http://169.254.169.254/clip.mp4"
    service.on("GET /tasks/task-1", Answer(body={"status": "SUCCEEDED", "output": [private]}))
    with pytest.raises(Malformed):
        Runway().video(VideoRequest(prompt="x", image=b"png", task="task-1"))


def test_elevenlabs_says_when_each_word_is_heard(service: Provider) -> None:
    letters = list("Bonjour à tous.")
    times = [index / 10 for index in range(len(letters))]
    alignment = {
        "characters": letters,
        "character_start_times_seconds": times,
        "character_end_times_seconds": [time + 0.1 for time in times],
    }
    path = CALLS["elevenlabs"][0]
    service.on(path, Answer(body={"audio_base64": base64.b64encode(b"ID3mp3").decode(), "alignment": alignment}))
    made = ElevenLabs().voice(VoiceRequest(text="Bonjour à tous.", format="mp3"))
    assert [(word.text, round(word.start, 1), round(word.end, 1)) for word in made.words] == [
        ("Bonjour", 0.0, 0.7),
        ("à", 0.8, 0.9),
        ("tous.", 1.0, 1.5),
    ]
    assert service.asked[0].headers["xi-api-key"] == KEY
    alignment["characters"] = letters[:-1]
    service.on(path, Answer(body={"audio_base64": base64.b64encode(b"ID3mp3").decode(), "alignment": alignment}))
    with pytest.raises(Malformed):
        ElevenLabs().voice(VoiceRequest(text="Bonjour à tous.", format="mp3"))


def test_elevenlabs_voices_are_found_by_name(service: Provider) -> None:
    listed = {"voice_id": "A" * 20, "name": "Roger - Laid back", "labels": {"gender": "male", "language": "en"}}
    service.on("GET /voices", Answer(body={"voices": [listed]}))
    (voice,) = ElevenLabs().voices()
    assert (voice.id, voice.gender, voice.language) == ("A" * 20, "male", "en")
    service.on(f"POST /text-to-speech/{'A' * 20}/with-timestamps", Answer(401))
    with pytest.raises(Unauthorised):
        ElevenLabs().voice(VoiceRequest(text="hello", voice_id="roger"))
    with pytest.raises(Invalid) as caught:
        ElevenLabs().voice(VoiceRequest(text="hello", voice_id="../../nobody"))
    assert caught.value.details["field"] == "voice_id"


def test_suno_works_on_a_task_until_it_is_done(service: Provider) -> None:
    service.on("POST /generate", ok_suno({"taskId": "t1"}))
    pieces = [{"audioUrl": f"{service.url}/piece.mp3", "duration": 198.4}]
    service.on(
        "GET /generate/record-info",
        ok_suno({"status": "TEXT_SUCCESS"}),
        ok_suno({"status": "SUCCESS", "response": {"sunoData": pieces}}),
    )
    service.on("GET /piece.mp3", Answer(body=b"ID3", headers={"content-type": "audio/mpeg"}))
    made = Suno().music(MusicRequest(prompt="calm piano", tempo="slow"))
    assert (made.data, made.mime, made.seconds) == (b"ID3", "audio/mpeg", 198.4)
    assert service.asked[0].json()["prompt"] == "calm piano, slow tempo"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, Unauthorised), (429, Spent), (430, Busy), (500, Unavailable), (413, Refused), (400, ProviderError)],
)
def test_sunos_troubles_stand_in_the_body(code: int, kind: type[ProviderError], service: Provider) -> None:
    service.on("POST /generate", Answer(body={"code": code, "msg": f"no {KEY}", "data": None}))
    with pytest.raises(ProviderError) as caught:
        Suno().music(MusicRequest(prompt="calm"))
    assert type(caught.value) is kind
    assert KEY not in str(caught.value.details) + str(caught.value.explanation)


@pytest.mark.parametrize(
    ("status", "kind"), [("SENSITIVE_WORD_ERROR", Refused), ("GENERATE_AUDIO_FAILED", Unavailable)]
)
def test_a_task_of_sunos_that_failed_says_why(status: str, kind: type[ProviderError], service: Provider) -> None:
    service.on("GET /generate/record-info", ok_suno({"status": status, "errorMessage": "no"}))
    with pytest.raises(kind):
        Suno().music(MusicRequest(prompt="calm", task="t1"))


def test_the_wanted_is_chosen_where_it_has_a_key_and_local_stands_in_where_not(
    service: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker, fell_back = choose("image", "dalle3")
    assert (maker.name, fell_back) == ("openai", False)
    assert choose("voice", None)[0].name == "elevenlabs"
    monkeypatch.delenv("RUNWAY_API_KEY")
    video, fell_back = choose("video", "runway")
    assert (video.name, fell_back) == ("local", True)
    assert isinstance(video.video(VideoRequest(prompt="x", image=b"")), Still)
    with pytest.raises(Invalid) as caught:
        choose("music", "runway", "config.provider")
    assert caught.value.details["field"] == "config.provider"
