"""The signature by which a channel knows that a hook is amoCRM's."""

import hmac
from typing import Final

from amocrm_gen.chats.errors import HookSignatureError
from amocrm_gen.runtime.channel import ChatChannel

__all__ = ["SIGNATURE_HEADER", "check_signature", "sign_hook"]

SIGNATURE_HEADER: Final = "X-Signature"
"""The header that carries it."""


def sign_hook(body: bytes, channel: ChatChannel | str) -> str:
    """Return the signature of a hook's body: HMAC-SHA1 by the channel's secret, in hex.

    Unlike requests to amoCRM, hooks are signed by their body alone. amoCRM docs: chats API.

    Args:
        body: The body as it goes over the wire.
        channel: The channel, or its secret.
    """
    secret = channel.secret if isinstance(channel, ChatChannel) else channel
    return hmac.new(secret.encode(), body, "sha1").hexdigest()


def check_signature(body: bytes, signature: str | None, channel: ChatChannel | str) -> None:
    """See that a hook was signed by the channel's secret, in a time that tells nothing about it.

    Args:
        body: The body as it came, before anything parsed it.
        signature: The header `X-Signature`; None where there was none.
        channel: The channel, or its secret.

    Raises:
        HookSignatureError: The signature is missing or of another body or secret.
    """
    if signature is None:
        raise HookSignatureError("the hook has no X-Signature")
    expected = sign_hook(body, channel)
    if not hmac.compare_digest(signature.strip().lower().encode(), expected.encode()):
        raise HookSignatureError("X-Signature does not fit the hook's body")
