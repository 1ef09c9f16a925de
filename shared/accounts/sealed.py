"""Secrets that we must read again, encrypted at rest: AES-256-GCM under a key derived from JWT_SECRET.

Whoever changes JWT_SECRET makes them unreadable: people set up their second factor anew.
"""

import base64
import os
from typing import Any

from shared.accounts import tokens

NONCE = 12  # bytes, as GCM wants them (NIST SP 800-38D §8.2)


def seal(text: str, purpose: str) -> str:
    """`purpose` is bound to it: what is sealed for one thing does not open as another."""
    nonce = os.urandom(NONCE)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Raises ValueError for what was not sealed so."""
    from cryptography.exceptions import InvalidTag

    raw = base64.b64decode(sealed)
    try:
        return bytes(_cipher().decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())).decode()
    except InvalidTag:
        raise ValueError(f"not sealed for {purpose}") from None


def _cipher() -> Any:  # its type would cost the import
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, None, b"bobine sealed").derive(tokens.secret().encode()))
