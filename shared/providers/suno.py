"""Music by Suno's models, through a host of them: Suno itself publishes no API.

The shape is that of docs.sunoapi.org (also kie.ai's): POST /generate answers a task, GET
/generate/record-info its state.
`SUNO_BASE_URL` names another host of the same shape.
"""

from typing import Any

from msgspec import Struct

from shared.providers import prices
from shared.providers.errors import Busy, Malformed, ProviderError, Refused, Spent, Unauthorised, Unavailable
from shared.providers.kinds import Music, MusicRequest
from shared.providers.wire import Service, cleaned
from shared.settings import settings

MODEL = "V4_5"
LONGEST_PROMPT = 400  # characters without custom mode
CALLBACK = "https://callback.invalid/"  # required; we look instead, and this name reaches nobody (RFC 2606 §2)
FAILED = ("CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED")
GOING_ON = ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "CALLBACK_EXCEPTION")


class Piece(Struct, frozen=True):
    audioUrl: str = ""
    duration: float | None = None


class Made(Struct, frozen=True):
    sunoData: list[Piece] = []


class Record(Struct, frozen=True):
    status: str
    response: Made | None = None
    errorMessage: str | None = None


class Started(Struct, frozen=True):
    taskId: str


class Answer(Struct, frozen=True):
    """Every answer is HTTP 200; what happened is in `code`."""

    code: int
    msg: str = ""
    data: Any = None


class Suno:
    name = "suno"

    def __init__(self) -> None:
        headers = {"authorization": f"Bearer {settings.suno_api_key}"}
        self.service = Service(self.name, settings.suno_base_url, headers)

    def music(self, request: MusicRequest) -> Music:
        """As long as the model makes it (`seconds`): whoever uses it cuts or loops it to `duration`."""
        model = request.model or MODEL
        task = request.task or self._start(request, model)
        piece = self.service.wait(task, lambda: self._look(task), request.patience)
        data, mime = self.service.fetch(piece.audioUrl, ("audio/", "application/octet-stream", "binary/octet-stream"))
        kind = mime if mime.startswith("audio/") else "audio/mpeg"
        seconds = piece.duration or request.duration
        return Music(provider=self.name, model=model, cost=prices.SUNO, seconds=seconds, data=data, mime=kind)

    def _start(self, request: MusicRequest, model: str) -> str:
        tempo = f", {request.tempo} tempo" if request.tempo else ""
        body = {
            "prompt": f"{request.prompt[: LONGEST_PROMPT - len(tempo)]}{tempo}",
            "customMode": False,
            "instrumental": request.style != "vocal",
            "model": model,
            "callBackUrl": CALLBACK,
        }
        return str(self.service.shaped(self._ask("POST", "/generate", json=body), Started).taskId)

    def _look(self, task: str) -> Piece | None:
        record: Record = self.service.shaped(self._ask("GET", "/generate/record-info", params={"taskId": task}), Record)
        if record.status == "SENSITIVE_WORD_ERROR":
            raise Refused(self.name, cleaned(record.errorMessage or ""))
        if record.status in FAILED:
            raise Unavailable(self.name, cleaned(record.errorMessage or ""))
        if record.status == "SUCCESS":
            pieces = [one for one in (record.response.sunoData if record.response else []) if one.audioUrl]
            if not pieces:
                raise Malformed(self.name)
            return pieces[0]
        if record.status not in GOING_ON:
            raise Malformed(self.name)
        return None

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        answer = self.service.shaped(self.service.json(method, path, **content), Answer)
        if answer.code == 200:
            return answer.data
        said = cleaned(answer.msg)
        if answer.code == 429:  # docs.sunoapi.org: insufficient credits
            raise Spent(self.name, said)
        if answer.code in (405, 430):  # too fast
            raise Busy(self.name, said)
        if answer.code == 401:
            raise Unauthorised(self.name)
        if answer.code == 413 or "sensitive" in said.lower():
            raise Refused(self.name, said)
        raise Unavailable(self.name, said) if answer.code in (455, 500, 503) else ProviderError(self.name, said)
