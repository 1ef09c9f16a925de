"""What is made here is really made: read, looked at, listened to."""

import wave
from io import BytesIO
from typing import Any

import av
import numpy
import pytest
from PIL import Image as Pictures

from shared.errors import Invalid
from shared.providers.captions import LINE, cues
from shared.providers.errors import NotConfigured
from shared.providers.kinds import (
    LANGUAGES,
    SIZES,
    ImageRequest,
    MusicRequest,
    ScriptRequest,
    TranscriptionRequest,
    VideoRequest,
    VoiceRequest,
    Word,
)
from shared.providers.local import Local
from shared.providers.offline.composing import compose, mood_of, speed
from shared.providers.offline.drawing import palette_of, scene_of
from shared.providers.offline.topics import understood
from shared.providers.offline.writing import WORDS_A_MINUTE

DOCUMENTED = (
    "Créer une vidéo explicative de 2 minutes sur le machine learning pour débutants, avec un ton professionnel et des "
    "animations modernes"
)


@pytest.mark.parametrize(
    ("prompt", "language", "topic", "audience"),
    [
        (DOCUMENTED, "fr", "le machine learning", "les débutants"),
        ("comment économiser l'énergie à la maison", "fr", "comment économiser l'énergie à la maison", ""),
        ("Fais une vidéo de 30 secondes sur les volcans pour les enfants", "fr", "les volcans", "les enfants"),
        ("IA", "fr", "IA", ""),
        (
            "Create a 2-minute explainer video about machine learning for beginners",
            "en",
            "machine learning",
            "beginners",
        ),
        ("Explain the water cycle to children in 3 steps", "en", "the water cycle", "children"),
        ("Make me a 30 second ad for our coffee shop. We roast on site.", "en", "our coffee shop", ""),
        ("?!", "en", "…", ""),
    ],
)
def test_a_prompt_is_understood(prompt: str, language: str, topic: str, audience: str) -> None:
    found = understood(prompt, language)
    assert (found.text, found.audience) == (topic, audience)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seconds", [5, 12, 30, 61.5, 120, 600])
def test_a_script_lasts_as_long_as_the_film_and_can_be_read_in_that_time(language: str, seconds: float) -> None:
    script = Local().script(ScriptRequest(prompt=DOCUMENTED, language=language, target_duration=seconds))
    assert sum(scene.duration for scene in script.scenes) == pytest.approx(seconds, abs=0.01)
    assert [scene.number for scene in script.scenes] == list(range(1, len(script.scenes) + 1))
    for scene in script.scenes:
        words = len(scene.narration.split())
        assert 0 < words <= scene.duration * WORDS_A_MINUTE[language] / 60
    told = [scene.narration for scene in script.scenes]
    assert len(set(told)) == len(told)
    again = Local().script(ScriptRequest(prompt=DOCUMENTED, language=language, target_duration=seconds))
    assert again == script


def test_the_users_points_are_the_films() -> None:
    prompt = "Vidéo sur la sécurité:\n- choisir un bon mot de passe\n- se méfier des courriels"
    script = Local().script(ScriptRequest(prompt=prompt, target_duration=20))
    told = " ".join(scene.narration for scene in script.scenes)
    assert "Pour commencer : choisir un bon mot de passe." in told
    assert "Enfin : se méfier des courriels." in told


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("language", ScriptRequest(prompt="x", language="de")),
        ("target_duration", ScriptRequest(prompt="x", target_duration=float("nan"))),
        ("target_duration", ScriptRequest(prompt="x", target_duration=601)),
        ("prompt", ScriptRequest(prompt=" \n")),
    ],
)
def test_a_script_that_cannot_be_written_names_the_field(field: str, request_: ScriptRequest) -> None:
    with pytest.raises(Invalid) as caught:
        Local().script(request_)
    assert caught.value.details["field"] == field


def test_a_picture_has_its_size_and_is_the_same_again() -> None:
    request = ImageRequest(prompt="A futuristic city skyline at sunset, cyberpunk style, neon lights", size="1280x720")
    made = Local().image(request)
    picture = Pictures.open(BytesIO(made.data))
    assert (picture.size, picture.format, made.model) == ((1280, 720), "PNG", "bobine city")
    assert len(set(picture.resize((64, 36)).get_flattened_data())) > 500
    assert Local().image(request).data == made.data
    with pytest.raises(Invalid):
        Local().image(ImageRequest(prompt="x", size="64x64"))


@pytest.mark.parametrize(
    ("said", "scene"),
    [
        ("a beach at sunset", "sea"),
        ("la croissance des ventes", "chart"),
        ("reseau de neurones", "network"),
        ("des montagnes enneigees", "mountains"),
        ("un developpeur ecrit du code", "code"),
        ("qwertz", "abstract"),
    ],
)
def test_words_choose_the_scene(said: str, scene: str) -> None:
    assert scene_of(said).__name__ == scene


def test_each_scene_can_be_drawn_tall_and_square() -> None:
    import random

    from shared.providers.offline.canvas import Canvas
    from shared.providers.offline.drawing import SCENES

    for size in ((90, 160), (128, 128)):
        for scene in SCENES:
            canvas = Canvas(*size, random.Random(1))  # noqa: S311
            scene(canvas, palette_of("", canvas.chance))
            assert len(canvas.finished()) == size[0] * size[1] * 3
    assert "1024x1792" in SIZES


def test_a_voice_reads_and_says_when_each_word_is_heard() -> None:
    text = "Bonjour à tous. L'eau, en 2024, c'est 50 % du sujet !"
    made = Local().voice(VoiceRequest(text=text, voice_id="thomas", language="fr"))
    with wave.open(BytesIO(made.data)) as file:
        assert (file.getframerate(), file.getnchannels()) == (48000, 1)
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
        assert file.getnframes() / 48000 == pytest.approx(made.seconds, abs=0.1)
    assert 0.3 < float(numpy.abs(samples).max()) < 0.95
    assert [word.text for word in made.words] == text.split()
    times = [moment for word in made.words for moment in (word.start, word.end)]
    assert times == sorted(times)
    for word in made.words:
        if len(word.text) > 3:
            part = samples[int(word.start * 48000) : int(word.end * 48000)]
            assert float(numpy.abs(part).max()) > 0.05, word
    assert Local().voice(VoiceRequest(text=text, voice_id="thomas", language="fr")) == made


def test_voices_are_different_and_obey_speed_and_format() -> None:
    voices = Local().voices()
    assert {one.language for one in voices} == {"fr", "en"}
    assert next(one for one in voices if one.id == "thomas").gender == "male"
    slow = Local().voice(VoiceRequest(text="Hello world", voice_id="emma", language="en", speed=0.6, format="mp3"))
    fast = Local().voice(VoiceRequest(text="Hello world", voice_id="emma", language="en", speed=1.8, format="mp3"))
    assert slow.mime == "audio/mpeg"
    assert slow.seconds > fast.seconds * 1.3
    wrongs: tuple[dict[str, Any], ...] = (
        {"voice_id": "nobody"},
        {"text": " … "},
        {"speed": 9.0},
        {"language": "de"},
        {"text": "a" * 5001},
    )
    for wrong in wrongs:
        with pytest.raises(Invalid) as caught:
            Local().voice(VoiceRequest(**({"text": "hello"} | wrong)))
        assert caught.value.details["field"] in wrong


@pytest.mark.parametrize(("prompt", "seconds"), [("Upbeat corporate, technology", 20.0), ("calm piano", 5.0)])
def test_music_lasts_exactly_and_neither_clips_nor_clicks(prompt: str, seconds: float) -> None:
    made = Local().music(MusicRequest(prompt=prompt, duration=seconds))
    with av.open(BytesIO(made.data), "r") as container:
        assert (container.streams.audio[0].rate, container.streams.audio[0].channels) == (48000, 2)
        sound = numpy.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert sound.shape[1] / 48000 == pytest.approx(seconds, abs=0.03)
    assert 0.5 < float(numpy.abs(sound).max()) < 0.98
    assert 0.08 < float(numpy.sqrt((sound**2).mean())) < 0.3
    assert float(numpy.abs(numpy.diff(sound, axis=1)).max()) < 0.5
    assert float(numpy.abs(sound[:, -2000:]).max()) < 0.02


def test_mood_and_tempo_come_from_the_words() -> None:
    assert mood_of("sombre et tendu") == "dark"
    assert mood_of("nothing of the kind") == "inspiring"
    assert speed(100, "slow", "") == 80
    assert speed(100, "", "at 128 bpm") == 128
    assert speed(100, "999", "") == 180
    piece = compose("jazz", "", 33.3)
    assert max(note.start for note in piece.notes) < 33.3
    assert compose("jazz", "", 33.3) == piece


def test_no_clip_is_made_here_but_a_still_that_moves() -> None:
    made = Local().video(VideoRequest(prompt="waves", image=b"", duration=4))
    assert (made.seconds, made.cost) == (4, 0)
    assert made.motion in ("zoom_in", "zoom_out", "pan_left", "pan_right")


def test_nobody_here_hears_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    request = TranscriptionRequest(audio=b"RIFF")
    with pytest.raises(NotConfigured) as caught:
        Local().transcription(request)
    assert (caught.value.status, caught.value.code) == (503, "TRANSCRIPTION_NOT_CONFIGURED")
    monkeypatch.setenv("WHISPER_MODEL_DIR", "/nowhere")
    with pytest.raises(NotConfigured):
        Local().transcription(request)


def test_cues_are_cut_where_one_breathes() -> None:
    text = (
        "Bienvenue dans cette vidéo sur l'intelligence artificielle. Pourquoi s'y intéresser ? Parce que le sujet, "
        "qu'on le veuille ou non, touche chacun d'entre nous : au travail, à l'école, et dans la vie quotidienne."
    )
    words = [Word(word, index * 0.3, index * 0.3 + 0.28) for index, word in enumerate(text.split())]
    found = cues(words)
    assert "\n".join(cue.text for cue in found).replace("\u202f", " ").replace("\u00a0", " ").split() == text.split()
    assert found[0].text.endswith("artificielle.")
    assert "intéresser\u202f?" in found[1].text
    for cue, after in zip(found, [*found[1:], None], strict=True):
        assert all(len(line) <= LINE for line in cue.text.split("\n"))
        assert len(cue.text.split("\n")) <= 2
        assert 1 <= cue.end - cue.start <= 7
        assert after is None or cue.end <= after.start
    assert cues([]) == []


def test_a_word_longer_than_a_line_is_a_line() -> None:
    (cue,) = cues([Word("x" * 60, 0, 1)])
    assert cue.text == "x" * 60
