"""Who can speak, and how they sound."""

import pytest

from tests.conftest import Person


def test_voices_are_listed_by_language(ada: Person) -> None:
    voices = ada.http.get("/api/v1/voices", params={"language": "fr"}).json()["voices"]
    assert {one["language"].partition("-")[0] for one in voices} == {"fr"}
    assert "thomas" in {one["id"] for one in voices}
    assert ada.http.get("/api/v1/voices", params={"provider": "elevenlabs"}).status_code == 200


def test_a_provider_that_nobody_knows_is_refused(ada: Person) -> None:
    answer = ada.http.get("/api/v1/voices", params={"provider": "parrot"})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "provider")


@pytest.mark.parametrize("text", ["Bonjour, ceci est un test de voix.", ""])
def test_a_voice_is_heard(ada: Person, text: str) -> None:
    answer = ada.http.post("/api/v1/voices/thomas/preview", json={"text": text, "provider": "elevenlabs"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert answer.headers["x-voice-provider"] == "local"
    assert len(answer.content) > 2000


def test_a_voice_that_is_not_there_is_404_and_a_text_has_an_end(ada: Person) -> None:
    assert ada.http.post("/api/v1/voices/nobody/preview", json={}).status_code == 404
    assert ada.http.post("/api/v1/voices/thomas/preview", json={"text": "a" * 501}).status_code == 422
