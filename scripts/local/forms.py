"""A browser's form for our bucket (S3: POST Object).

MiniStack's own door takes signatures in headers and addresses only; its S3 knows those in forms: it checks the
signature, what was signed for, and whether who signed may write.
"""

import ministack.app as ministack
from ministack.core.iam_evaluator import pin_request_origin
from ministack.services import s3

from scripts.local.signed import Receive, Scope, Send

LARGEST = 64 << 20  # bytes; S3 itself takes 5 GB


async def take(scope: Scope, receive: Receive, send: Send) -> None:
    pin_request_origin((scope.get("client") or ("127.0.0.1",))[0], True)  # buckets refuse plain http
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = bytearray()
    more = True
    while more and len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    status, answered, content = await s3.handle_request("POST", scope["path"], headers, bytes(body), {})
    await ministack._send_response(send, status, answered, content)
