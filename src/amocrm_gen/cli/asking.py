"""A raw request as a command line describes it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import parse_qsl, quote, urlsplit

import click
from attrs import evolve, frozen
from orjson import JSONDecodeError, loads

from amocrm_gen.cli.given import read_json, read_text
from amocrm_gen.runs.route import find_route
from amocrm_gen.runtime.casting import RawResponse
from amocrm_gen.runtime.errors import NotFound
from amocrm_gen.runtime.raw import raw_call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amocrm_gen.runtime.call import Method
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["Asked", "content_of"]

_NAME: Final = re.compile(r"\{(\w+)\}")
_FORM: Final = "application/x-www-form-urlencoded"
_ROOTS: Final = ("api/", "ajax/", "private/", "oauth2/", "v1.0/", "v1/", "v2/", "upload/", "queue/")
"""Where paths of the account begin that are not below /api/v4/."""


@frozen(kw_only=True)
class Asked:
    """One request."""

    method: Method
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    json: JsonValue = None
    form: tuple[tuple[str, str], ...] | None = None
    content: bytes | None = None

    @classmethod
    def read(cls, path: str, line: dict[str, Any]) -> Self:  # Any: click's values
        """Read the values of a line; what does not go together is an error of usage."""
        bodies = {
            "--data": line["data"],
            "--json": line["body"],
            "--raw-data": line["raw"],
            "--form": line["form"] or None,
        }
        named = [option for option, given in bodies.items() if given is not None]
        if len(named) > 1:
            message = f"{' and '.join(named)} are two bodies; give one"
            raise click.UsageError(message)
        method = cast("Method", (line["method"] or ("POST" if named else "GET")).upper())
        if named and method in {"GET", "HEAD"}:
            message = f"{named[0]}: a {method} has no body; leave -X out, or give --query"
            raise click.UsageError(message)
        if line["paginate"] and method != "GET":
            message = "--paginate goes with GET only"
            raise click.UsageError(message)
        asked = cls(
            method=method,
            path=_filled(_rooted(path), _pairs(line["variables"], "--path-param")),
            query=tuple(_pairs(line["query"], "--query")),
            headers=tuple(_headers(line["headers"])),
        )
        if line["body"] is not None:
            return evolve(asked, json=read_json(line["body"], "--json"))
        if line["raw"] is not None:
            return evolve(asked, content=read_text(line["raw"], "--raw-data").encode())
        if line["form"]:
            return evolve(asked, form=tuple(_pairs(line["form"], "--form")))
        return asked if line["data"] is None else asked.with_data(line["data"])

    def with_data(self, data: str) -> Self:
        """Return it with a body as `--data` gives it."""
        text = read_text(data, "--data")
        if any(name == "Content-Type" for name, _ in self.headers):
            return evolve(self, content=text.encode())
        try:
            return evolve(self, json=loads(text))
        except JSONDecodeError:
            headers = (*self.headers, ("Content-Type", _FORM))
            return evolve(self, content=text.encode(), headers=headers)

    @property
    def shown(self) -> JsonObject:
        """The request as the run log keeps it."""
        shown: JsonObject = {
            "method": self.method,
            "path": self.path,
            "query": [list(pair) for pair in self.query],
            "body": self.json,
        }
        if self.form is not None:
            shown["form"] = [list(pair) for pair in self.form]
        if self.content is not None:
            shown["raw"] = self.content.decode("utf-8", "replace")
        return shown

    def send(self, amo: AmoCRM) -> RawResponse:
        """Send it and return the answer as it came; what is refused is raised."""
        return self._send(amo, self.path, self.query)

    def items(self, amo: AmoCRM) -> Iterator[JsonValue]:
        """Go through the items of this page and of those that it leads to."""
        path, query = self.path, self.query
        seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        while (path, query) not in seen:
            seen.add((path, query))
            page = content_of(self._send(amo, path, query))
            yield from _items(page)
            following = _next(page)
            if following is None:
                return
            # Its own host is not asked: the address may be that of a stand-in, or of a proxy.
            parts = urlsplit(following)
            path, query = parts.path, tuple(parse_qsl(parts.query, keep_blank_values=True))

    def _send(self, amo: AmoCRM, path: str, query: Sequence[tuple[str, str]]) -> RawResponse:
        call = raw_call(
            self.method,
            path,
            query=query,
            json=self.json,
            headers=dict(self.headers),
            returns=RawResponse,
        )
        sent = evolve(call, form=self.form, content=self.content)
        _, route, _ = find_route(self.method, call.path)
        if route is not None and route.host != "account":
            # The contract knows which host of amoCRM's has it: the files'.
            sent = evolve(sent, operation=evolve(call.operation, host=route.host))
        answer = cast("RawResponse", amo.send(sent))
        is_one = route is not None and route.reads_one
        if answer.status == HTTPStatus.NO_CONTENT and is_one:
            raise NotFound(
                f"there is nothing at {call.path}", operation=call.operation.name, status=204
            )
        return answer


def content_of(answer: RawResponse) -> JsonValue:
    """Return the JSON of an answer, None where there is none, else its text."""
    if not answer.content:
        return None
    try:
        return answer.json()
    except JSONDecodeError:
        pass
    try:
        return answer.content.decode()
    except UnicodeDecodeError:
        message = f"the answer is {len(answer.content)} bytes of no text: take --output-file FILE"
        raise click.ClickException(message) from None


def _rooted(path: str) -> str:
    if path.startswith("/") or "://" in path:
        return path
    return f"/{path}" if path.startswith(_ROOTS) else f"/api/v4/{path}"


def _filled(path: str, variables: Sequence[tuple[str, str]]) -> str:
    names = _NAME.findall(path)
    given = dict(variables)
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1) or names[:1]
            meant = f"; did you mean {near[0]}?" if near else ""
            message = f"--path-param: there is no {{{name}}} in {path}{meant}"
            raise click.UsageError(message)
    for name in names:
        if name not in given:
            message = f"nothing stands for {{{name}}} in {path}; give --path-param {name}=…"
            raise click.UsageError(message)
    return _NAME.sub(lambda found: quote(given[found[1]], safe=""), path)


def _pairs(texts: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            message = f"{option}: {text!r} is no name=value"
            raise click.UsageError(message)
        pairs.append((name, value))
    return pairs


def _headers(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not name.strip() or not text.isprintable():
            # The text may be a secret; it is not shown.
            message = "-H: give a header as Name: value, in one line"
            raise click.UsageError(message)
        # As the client writes its own: one header is not to go out twice.
        yield "-".join(part.capitalize() for part in name.strip().split("-")), value.strip()


def _items(page: JsonValue) -> Iterator[JsonValue]:
    """Go through the items of an answer; one that is no list is an item itself."""
    if isinstance(page, list):
        yield from page
    elif isinstance(page, dict):
        embedded = page.get("_embedded")
        lists = (
            [value for value in embedded.values() if isinstance(value, list)]
            if isinstance(embedded, dict)
            else []
        )
        if "id" in page or len(lists) != 1:
            yield page
        else:
            yield from lists[0]
    elif page is not None:
        yield page


def _next(page: JsonValue) -> str | None:
    links = page.get("_links") if isinstance(page, dict) else None
    following = links.get("next") if isinstance(links, dict) else None
    found = following.get("href") if isinstance(following, dict) else None
    return found if isinstance(found, str) else None
