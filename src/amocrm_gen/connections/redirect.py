"""What amoCRM sends the person's browser back with."""

from typing import Self
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

from amocrm_gen.connections.errors import LoginError
from amocrm_gen.runtime.secret import conceal_optional
from amocrm_gen.runtime.tokens.token import is_header_text

__all__ = ["Redirect", "loopback_port"]

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@frozen(kw_only=True)
class Redirect:
    """A code or a refusal, and which login it answers."""

    code: str | None = field(default=None, converter=conceal_optional, repr=False)
    state: str | None = field(default=None, converter=conceal_optional, repr=False)
    """None where a person typed the code alone."""
    referer: str | None = None
    """The account that granted access: `example.amocrm.ru`."""
    error: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the whole address, or the code alone."""
        given = text.strip()
        if "=" not in given and "/" not in given:
            if not is_header_text(given):
                raise _wrong("the code is empty or holds characters that no code has")
            return cls(code=given)
        try:
            query = urlsplit(given).query or (given.lstrip("?") if "//" not in given else "")
            found = parse_qs(query, max_num_fields=50)
        except ValueError:
            found = {}
        values = {name: several[0] for name, several in found.items()}
        if "code" not in values and "client_id" in values and "error" not in values:
            raise LoginError(
                "login_unfinished",
                "this is the page where access is granted: that is yet to be done",
                advice="open the page, allow access, and give the address that it leads to",
            )
        if "code" not in values and "error" not in values:
            raise _wrong("the address holds neither a code nor an error")
        return cls(
            code=values.get("code"),
            state=values.get("state", ""),
            referer=values.get("referer"),
            error=values.get("error"),
        )


def loopback_port(redirect_uri: str) -> int | None:
    """Return the port of this machine that a redirect URI leads to; None for any other.

    None, too, for HTTPS: no browser would trust the certificate.
    """
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or (parts.hostname or "") not in _LOOPBACK:
        return None
    return 80 if port is None else port


def _wrong(message: str) -> LoginError:
    return LoginError(
        "login_code_wrong",
        message,
        advice="copy the whole address that the browser was sent to, from https:// on, in quotes",
    )
