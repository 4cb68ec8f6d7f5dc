"""Takes secrets out of requests and answers, by the names that they stand under."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final
from urllib.parse import parse_qsl, urlencode

from orjson import JSONDecodeError, dumps, loads

from amocrm_gen.runtime.kinds import is_list, is_object
from amocrm_gen.runtime.log import redact
from amocrm_gen.runtime.secret import Secret

__all__ = ["Masks"]

_HIDDEN: Final = "***"
_LONGEST: Final = 1 << 20
"""Characters of a body that are kept."""
_DEEPEST: Final = 200
_ENDINGS: Final = (
    "token",
    "secret",
    "secretkey",
    "password",
    "passwd",
    "apikey",
    "userhash",
    "authorization",
    "cookie",
    "signature",
    "jwt",
)
_GRANT: Final = frozenset({"granttype", "clientsecret"})
"""What stands beside an authorization code; elsewhere `code` is a harmless word of the API."""
_COOKIE: Final = re.compile(r"(?:^|[;,])\s*[^;,=\s]+=([^;,]{6,})")
_NOISE: Final = re.compile(r"[^a-z0-9]")


class Masks:
    """Hides what is named like a secret, and from then on the same values anywhere else."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = {str(secret) for secret in secrets}

    def beside(self, secrets: Iterable[str]) -> list[str]:
        """Return what was met beside the secrets that were known."""
        return [Secret(met) for met in sorted(self._known.difference(map(str, secrets)))]

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers; of credentials only the scheme is left."""
        return tuple((name, self._header(name, str(value))) for name, value in headers)

    def url(self, url: str) -> str:
        """Return an address."""
        bare, mark, query = url.partition("?")
        return self.text(f"{bare}{mark}{self._form(query, is_query=True) if mark else ''}")

    def body(self, body: bytes, content_type: str) -> str:
        """Return a body as text; what is no text is told by its length."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"({len(body)} bytes)"
        kept = self.text(self._body(text, content_type.lower()))
        return kept if len(kept) <= _LONGEST else f"{kept[:_LONGEST]}… ({len(kept)} characters)"

    def json(self, value: object) -> object:
        """Return a JSON value, whose texts are hidden one by one."""
        return self._leaves(self._json(value, 0))

    def text(self, text: str) -> str:
        """Return any text."""
        return redact(text, *self._known)

    def _header(self, name: str, value: str) -> str:
        if not _is_secret(name):
            return self.text(value)
        if _is_secret(name, "cookie"):
            self._known.update(_COOKIE.findall(value))
            return _HIDDEN
        scheme, blank, rest = value.partition(" ")
        self._known.add(rest if blank else value)
        return f"{scheme} {_HIDDEN}" if blank and _is_secret(name, "authorization") else _HIDDEN

    def _body(self, text: str, content_type: str) -> str:
        if "form-urlencoded" in content_type:
            return self._form(text)
        if "multipart/" in content_type:
            return _parts().sub(self._part, text)
        try:
            content: object = loads(text)
        except JSONDecodeError:
            return text
        masked = self._json(content, 0)
        return text if masked == content else dumps(masked).decode()

    def _part(self, found: re.Match[str]) -> str:
        head, name, value = found[1], found[2], found[3]
        return head + (self._hide(value) if _is_secret(name) else value)

    def _form(self, text: str, *, is_query: bool = False) -> str:
        pairs = parse_qsl(text, keep_blank_values=True)
        names = {_plain(name) for name, _ in pairs}
        masked = [
            (name, self._hide(value) if self._is_hidden(name, names, is_query=is_query) else value)
            for name, value in pairs
        ]
        return text if masked == pairs else urlencode(masked, safe="*[]")

    def _json(self, value: object, depth: int) -> object:
        if depth > _DEEPEST:
            return "…"
        if is_list(value):
            return [self._json(inner, depth + 1) for inner in value]
        return dict(self._members(value, depth)) if is_object(value) else value

    def _leaves(self, value: object) -> object:
        if is_list(value):
            return [self._leaves(inner) for inner in value]
        if is_object(value):
            return {self.text(name): self._leaves(inner) for name, inner in value.items()}
        return self.text(value) if isinstance(value, str) else value

    def _members(self, value: Mapping[str, object], depth: int) -> Iterator[tuple[str, object]]:
        names = {_plain(name) for name in value} if "code" in value else set[str]()
        for name, inner in value.items():
            if isinstance(inner, str) and self._is_hidden(name, names, is_query=False):
                yield name, self._hide(inner)
            elif inner is not None and _is_secret(name) and not isinstance(inner, bool):
                yield name, _HIDDEN
            else:
                yield name, self._json(inner, depth + 1)

    @staticmethod
    def _is_hidden(name: str, names: set[str], *, is_query: bool) -> bool:
        is_code = name == "code" and (is_query or bool(names & _GRANT))
        return is_code or _is_secret(name)

    def _hide(self, value: str) -> str:
        if not value:
            return value
        self._known.add(value)
        return _HIDDEN


@cache
def _parts() -> re.Pattern[str]:
    """Return what finds the parts of a form: what introduces each, its name, and its value."""
    return re.compile(
        r"(Content-Disposition: form-data; name=\"([^\"]*)\"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)"
        r"(.*?)(?=\r?\n--)",
        re.IGNORECASE | re.DOTALL,
    )


def _plain(name: str) -> str:
    return _NOISE.sub("", name.lower())


def _is_secret(name: str, ending: str | tuple[str, ...] = _ENDINGS) -> bool:
    return _plain(name).endswith(ending)
