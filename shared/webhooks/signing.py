"""How a receiver knows that it was us, twice: as the document has it, and as Standard Webhooks 1.0 has it.

The document's `signature` is the last member of the body: `sha256=` and the HMAC-SHA256, in hexadecimal, of the body
without that member, as compact JSON in UTF-8 with the members in the same order. The headers sign the exact bytes.
"""

import base64
import hmac
import secrets

import msgspec

from shared.accounts.sealed import seal, unseal

PURPOSE = "webhook"
PREFIX = "whsec_"


def made() -> str:
    """A new secret: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    """As it is kept."""
    return seal(secret, PURPOSE)


def opened(kept: str) -> str:
    """Raises ValueError where it cannot be read any more: JWT_SECRET has changed."""
    return unseal(kept, PURPOSE)


def key_of(secret: str) -> bytes:
    """What the headers are signed with: the secret's own bytes, or what follows `whsec_`, decoded.

    Raises ValueError.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    if not key:
        raise ValueError("an empty secret")
    return key


def body(secret: str, payload: bytes) -> bytes:
    """`payload`, a compact JSON object, with its signature as one more member."""
    signature = "sha256=" + hmac.new(secret.encode(), payload, "sha256").hexdigest()
    return payload[:-1] + b',"signature":' + msgspec.json.encode(signature) + b"}"


def headers(secret: str, message_id: str, seconds: int, sent: bytes) -> dict[str, str]:
    """`seconds` since the epoch, of this try. One message has the same id at each try."""
    signed = f"{message_id}.{seconds}.".encode() + sent
    signature = base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
