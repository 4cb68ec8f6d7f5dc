"""Access tokens as signed JWTs, the same bytes for the same claims."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["sign"]

_KEY = Path(__file__).with_name("signing_key.pem")
"""A throw-away key that protects nothing: it is the same in every copy of this package."""


def sign(claims: Mapping[str, object], *, token_id: str) -> str:
    """An RS256 JWT whose header carries the token's id, as those of amoCRM do."""
    import jwt  # noqa: PLC0415 -- slow to import, and not always used

    return jwt.encode(dict(claims), _key(), algorithm="RS256", headers={"jti": token_id})


@cache
def _key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 -- slow to import, and not always used
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 -- slow to import, and not always used

    key = load_pem_private_key(_KEY.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        message = f"{_KEY.name} holds no RSA key; reinstall the package"
        raise TypeError(message)
    return key
