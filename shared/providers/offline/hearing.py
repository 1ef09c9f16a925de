"""Transcriptions by faster-whisper, which is not installed with us: whoever sets WHISPER_MODEL_DIR installs it."""

import importlib
from io import BytesIO

from shared.providers.errors import NotConfigured
from shared.providers.kinds import Transcription, TranscriptionRequest, Word


def hear(request: TranscriptionRequest, folder: str) -> Transcription:
    try:
        model_of = importlib.import_module("faster_whisper").WhisperModel  # no dependency of ours
    except ImportError:
        raise NotConfigured("local", "transcription", "faster-whisper is not installed") from None
    model = model_of(folder, device="cpu", compute_type="int8")
    options = {"word_timestamps": True, "language": request.language or None}
    segments, about = model.transcribe(BytesIO(request.audio), **options)
    words = tuple(Word(word.word.strip(), word.start, word.end) for segment in segments for word in segment.words)
    text = " ".join(word.text for word in words)
    return Transcription(
        provider="local",
        model="faster-whisper",
        seconds=about.duration,
        text=text,
        language=about.language,
        words=words,
    )
