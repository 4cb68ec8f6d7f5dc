"""The logger, and what takes secrets out of whatever is shown."""

import logging
import os
import re
import sys
from typing import Final

__all__ = ["logger", "redact", "switch_on"]

logger: Final = logging.getLogger("amocrm_gen")
logger.addHandler(logging.NullHandler())

_JWT: Final = r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
_OPAQUE: Final = r"def50200[0-9a-fA-F]{8,}"
_NAMED: Final = (
    r"(?<![a-z])((?:access_token|refresh_token|client_secret|api_key|x-refresh-token|x-auth-token"
    r"|user_hash)[\"']?\s*[=:]\s*[\"']?|bearer\s+|[?&]code=)[^\s\"'&,;}]+"
)
_SECRETS: Final = re.compile(f"{_JWT}|{_OPAQUE}|{_NAMED}", re.IGNORECASE)
_HIDDEN: Final = "***"


def redact(text: str, *secrets: str | None) -> str:
    """Take out the given secrets, and whatever looks like a token or is named like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _HIDDEN)
    return _SECRETS.sub(lambda found: f"{found.group(1) or ''}{_HIDDEN}", text)


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
