"""The logger, and what takes secrets out of whatever is shown."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import quote, quote_plus

__all__ = ["logger", "redact", "switch_on"]

logger: Final = logging.getLogger("amocrm_gen")
logger.addHandler(logging.NullHandler())

_JWT: Final = r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
_OPAQUE: Final = r"def50200[0-9a-fA-F]{8,}"
_NAMED: Final = (
    r"(?P<named>(?<![a-z])(?:access_token|refresh_token|client_secret|api_key|x-refresh-token"
    r"|x-auth-token|x-signature|user_hash|password|secret_key)[\"']?\s*[=:]\s*[\"']?"
    r"|bearer\s+|[?&]code=)[^\s\"'&,;}]+"
)
_COOKIES: Final = r"(?P<cookies>(?<![a-z])(?:set-)?cookie[\"']?\s*[=:]\s*[\"']?)[^\r\n\"']+"
_USERINFO: Final = r"(?P<userinfo>[a-z]://)[^/\s\"']*@"
"""What stands before the host of an address: the password of a proxy or of a Redis."""
_HIDDEN: Final = "***"
_SHORTEST: Final = 6
"""No secret is shorter, and hiding one or two letters would make every text unreadable."""
_PLAIN: Final = re.compile(r"[\w.~-]+", re.ASCII)


def redact(text: str, *secrets: str | None) -> str:
    """Take out the given secrets, and whatever looks like a token or is named like one."""
    # The longest first: one secret can be a part of another.
    for secret in sorted({str(secret) for secret in secrets if secret}, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            for form in _forms(secret):
                text = text.replace(form, _HIDDEN)
    return _secrets().sub(_hide, text)


@cache
def _secrets() -> re.Pattern[str]:
    # Compiled when the first text is shown: it takes longer than importing the module.
    return re.compile(f"{_JWT}|{_OPAQUE}|{_NAMED}|{_COOKIES}|{_USERINFO}", re.IGNORECASE)


def _hide(found: re.Match[str]) -> str:
    kept = found["named"] or found["cookies"]
    if kept is None and found["userinfo"] is not None:
        return f"{found['userinfo']}{_HIDDEN}@"
    return f"{kept or ''}{_HIDDEN}"


def _forms(secret: str) -> Iterator[str]:
    """Go through the ways in which a text can stand in addresses, forms, JSON and reprs."""
    yield secret
    if _PLAIN.fullmatch(secret):
        return
    from json import dumps  # noqa: PLC0415 - secrets with such letters are rare

    forms = (quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1])
    yield from {*forms, dumps(secret)[1:-1], dumps(secret, ensure_ascii=False)[1:-1]} - {secret}


def switch_on() -> None:
    """Write the log to stderr at the level that `AMOCRM_LOG` names, if it names one."""
    level = os.environ.get("AMOCRM_LOG", "").upper()
    if level in logging.getLevelNamesMapping() and not any(
        type(handler) is logging.StreamHandler for handler in logger.handlers
    ):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(level)


switch_on()
