"""A channel of the chats API, and the signature that its requests carry instead of a token."""

import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from amocrm_gen.runtime.secret import Secret, conceal

__all__ = ["ChatChannel", "signed_headers"]

_TYPE: Final = "application/json"


@frozen
class ChatChannel:
    """A chat channel as amoCRM registered it for a developer."""

    id: str
    """The channel's uuid."""
    secret: str = field(converter=conceal, repr=False)
    """What its requests and webhooks are signed with."""

    def scope_id(self, amojo_id: str) -> str:
        """Return the channel's id in one account, whose `amojo_id` its `account.get` tells."""
        return f"{self.id}_{amojo_id}"


def signed_headers(
    channel: ChatChannel, method: str, url: str, body: bytes, now: float
) -> dict[str, str]:
    """Return what proves that a request is the channel's; good for 15 minutes.

    The query is not signed. amoCRM docs: chats API, signature.
    """
    date = format_datetime(datetime.fromtimestamp(int(now), UTC))
    checksum = hashlib.md5(body, usedforsecurity=False).hexdigest()
    text = f"{method}\n{checksum}\n{_TYPE}\n{date}\n{urlsplit(url).path}"
    signature = hmac.new(channel.secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    return {
        "Date": date,
        "Content-Type": _TYPE,
        "Content-MD5": checksum,
        "X-Signature": Secret(signature),
    }
