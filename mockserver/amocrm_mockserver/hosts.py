"""Host names: which of them belong to an account, and by which a client is sent on."""

from __future__ import annotations

import re
from ipaddress import ip_address

__all__ = [
    "LOCAL_ZONE",
    "ZONES",
    "is_loopback_name",
    "is_reserved_label",
    "split_port",
    "zone_of",
]

ZONES = ("amocrm.ru", "amocrm.com", "kommo.com")
LOCAL_ZONE = "amocrm.localhost"
"""Every account is under this zone, too, since most resolvers send it to the own machine."""

_RESERVED = re.compile(r"(www|amojo|api|drive|files|push|forms|gso|piper|api-.*|drive-.*)\Z")


def split_port(host: str) -> tuple[str, str]:
    """A Host header's name, in lower case, and its port with the colon, or nothing."""
    name, bracket, rest = host.lower().rpartition("]")
    if bracket:
        return f"{name}]", rest
    name, colon, port = host.lower().partition(":")
    return name, f"{colon}{port}"


def zone_of(name: str) -> str | None:
    """The amoCRM zone that a host name, without a port, is in."""
    _, _, zone = name.partition(".")
    return zone if zone in ZONES or zone == LOCAL_ZONE else None


def is_reserved_label(label: str) -> bool:
    """Whether amoCRM uses this name before the zone itself, so that no account can have it."""
    return _RESERVED.match(label) is not None


def is_loopback_name(name: str) -> bool:
    """Whether a host name, without a port, can only mean this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
