"""Runway's image to video (docs.dev.runwayml.com/api, version 2024-11-06): a task, looked at until it is done."""

import base64
from typing import Any

from msgspec import Struct

from shared.providers import prices
from shared.providers.errors import Malformed, ProviderError, Refused, Unavailable
from shared.providers.kinds import Clip, VideoRequest
from shared.providers.wire import Service, cleaned
from shared.settings import settings

VERSION = "2024-11-06"
MODEL = "gen4_turbo"
LENGTHS = (5, 10)  # seconds of gen4_turbo
LONGEST_PROMPT = 1000  # characters


class Started(Struct, frozen=True):
    id: str


class Task(Struct, frozen=True):
    status: str
    output: list[str] = []
    failure: str | None = None
    failureCode: str | None = None


class Runway:
    name = "runway"

    def __init__(self) -> None:
        headers = {"authorization": f"Bearer {settings.runway_api_key}", "x-runway-version": VERSION}
        self.service = Service(self.name, settings.runway_base_url, headers)

    def video(self, request: VideoRequest) -> Clip:
        model = request.model or MODEL
        length = next((one for one in LENGTHS if one >= request.duration), LENGTHS[-1])
        task = request.task or self._start(request, model, length)
        address = self.service.wait(task, lambda: self._look(task), request.patience)
        data, mime = self.service.fetch(address, ("video/", "application/octet-stream", "binary/octet-stream"))
        cost = length * prices.RUNWAY.get(model, prices.RUNWAY[MODEL])
        kind = mime if mime.startswith("video/") else "video/mp4"
        return Clip(provider=self.name, model=model, cost=cost, seconds=float(length), data=data, mime=kind)

    def _start(self, request: VideoRequest, model: str, length: int) -> str:
        width, height = (int(part) for part in request.size.split("x"))
        ratio = "960:960" if width == height else "1280:720" if width > height else "720:1280"
        picture = f"data:{request.image_mime};base64,{base64.b64encode(request.image).decode()}"
        body: dict[str, Any] = {"model": model, "promptImage": picture, "ratio": ratio, "duration": length}
        body |= {"promptText": request.prompt[:LONGEST_PROMPT]} if request.prompt else {}
        return str(self.service.shaped(self.service.json("POST", "/image_to_video", json=body), Started).id)

    def _look(self, name: str) -> str | None:
        """The clip's address when it is done. PENDING, THROTTLED and RUNNING are not."""
        task = self.service.shaped(self.service.json("GET", f"/tasks/{name}"), Task)
        if task.status == "FAILED":
            said = cleaned(task.failure or "")
            code = task.failureCode or ""
            if code.startswith("SAFETY") or "MODERATION" in code:
                raise Refused(self.name, said)
            raise Unavailable(self.name, said) if code.startswith("INTERNAL") else ProviderError(self.name, said)
        if task.status == "CANCELLED":
            raise ProviderError(self.name, "the task was cancelled")
        if task.status == "SUCCEEDED":
            if not task.output:
                raise Malformed(self.name)
            return str(task.output[0])
        if task.status not in ("PENDING", "THROTTLED", "RUNNING"):
            raise Malformed(self.name)
        return None
