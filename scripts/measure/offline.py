"""boto3 without a network: botocore does all its work, and the answer is made up at the socket.

So a timing holds the marshalling, signing and parsing that both sides pay, and none of a store's own noise.
"""

from collections import Counter
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

ROWS = "rows read"


class Raw:
    """The bytes of a made-up answer, as urllib3 would hand them over."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any) -> Any:
        yield self.body


def answer_with(client: Any, bodies: dict[str, bytes]) -> None:
    """Have `client` answer each operation with this body."""

    def respond(request: Any, **_: Any) -> AWSResponse:
        target = (request.headers.get("X-Amz-Target") or b"").decode().rpartition(".")[2]
        headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "1"})
        return AWSResponse(request.url, 200, headers, Raw(bodies[target]))

    client.meta.events.register_first("before-send.*.*", respond)


def count_calls(client: Any, counter: Counter[str]) -> None:
    """Count each operation that `client` is asked for, and under ROWS the rows of tables that it reads."""

    def note(model: Any, **_: Any) -> None:
        counter[model.name] += 1

    def read(parsed: dict[str, Any], **_: Any) -> None:
        answered = [rows for rows in parsed.get("Responses", {}).values() if isinstance(rows, list)]
        counter[ROWS] += parsed.get("ScannedCount", 0) + sum(map(len, answered)) + ("Item" in parsed)

    client.meta.events.register("before-call.*.*", note)
    if client.meta.service_model.service_name == "dynamodb":
        client.meta.events.register("after-call.*.*", read)
