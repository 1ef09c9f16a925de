"""What is made here: no key, no network, no cost, and the same for the same request."""

from shared.providers.errors import NotConfigured
from shared.providers.kinds import (
    Image,
    ImageRequest,
    Motion,
    Music,
    MusicRequest,
    Script,
    ScriptRequest,
    Still,
    Transcription,
    TranscriptionRequest,
    VideoRequest,
    Voice,
    VoiceInfo,
    VoiceRequest,
)
from shared.settings import settings

MOTIONS: tuple[Motion, ...] = ("zoom_in", "pan_right", "zoom_out", "pan_left")


class Local:
    """Each kind is imported when it is asked for: who speaks needs no picture library."""

    name = "local"

    def script(self, request: ScriptRequest) -> Script:
        from shared.providers.offline.writing import write

        return write(request)

    def image(self, request: ImageRequest) -> Image:
        from shared.providers.offline.drawing import draw

        return draw(request)

    def video(self, request: VideoRequest) -> Still:
        """No clip: the film moves the picture itself, one way or another by its prompt."""
        motion = MOTIONS[sum(request.prompt.encode("utf-8", "replace")) % len(MOTIONS)]
        return Still(provider=self.name, model="motion", seconds=request.duration, motion=motion)

    def voice(self, request: VoiceRequest) -> Voice:
        from shared.providers.offline.speaking import speak

        return speak(request)

    def voices(self) -> tuple[VoiceInfo, ...]:
        from shared.providers.offline.voices import CHARACTERS

        return tuple(one.info for one in CHARACTERS)

    def music(self, request: MusicRequest) -> Music:
        from shared.providers.offline.playing import play

        return play(request)

    def transcription(self, request: TranscriptionRequest) -> Transcription:
        """Only where an operator has put a model: without one nobody here hears, and no text is invented."""
        if not settings.whisper_model_dir:
            raise NotConfigured(self.name, "transcription", "needs OPENAI_API_KEY or WHISPER_MODEL_DIR")
        from shared.providers.offline.hearing import hear

        return hear(request, settings.whisper_model_dir)
