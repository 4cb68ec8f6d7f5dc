"""In the place of the official PHP SDK: writes requests as it does, and reads as strictly."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any, Final, cast
from urllib.parse import quote_plus, unquote, urlencode, urlsplit

from attrs import define, field

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.integration import Integration
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.seed import AccountSeed, Seed
from amocrm_mockserver.server import MockServer

from .case import Case, Step
from .shape import at, faults, is_there

__all__ = ["NOW", "Sdk", "http_build_query"]

NOW: Final = 1_700_000_000
_OURS: Final = Integration(client_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", client_secret="s3cret")
_HEADERS: Final = {
    "user-agent": "amoCRM-API-Library/1.16.0",
    "x-library-version": "1.16.0",
    "x-client-uuid": _OURS.client_id,
}
_SUCCESS: Final = {"application/hal+json", "application/json"}
_ELSEWHERE: Final = ("https://drive", "/api/v4/short_links")
"""Links that lead to the host of files, and the one that is known to be relative."""


def http_build_query(values: Mapping[str, Any]) -> str:
    """Write a query as PHP does: brackets encoded, lists numbered, nulls left out."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value)}"
        for key, value_ in values.items()
        for name, value in _pairs(key, value_)
    )


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case bool():
            yield name, str(int(value))
        case dict():
            for key, inner in cast("dict[object, Any]", value).items():
                yield from _pairs(f"{name}[{key}]", inner)
        case list():
            for index, inner in enumerate(cast("list[Any]", value)):
                yield from _pairs(f"{name}[{index}]", inner)
        case _:
            yield name, str(value)


@define
class Sdk:
    """One account on one mock server, and the values that earlier answers gave."""

    server: MockServer
    origin: str
    kept: dict[str, Any] = field(factory=dict[str, Any])

    @classmethod
    def of(cls, case: Case, origin: str) -> "Sdk":
        """Start a server with the state of a case."""
        zone = origin.partition("example.")[2] or "amocrm.ru"
        account = AccountSeed(subdomain="example", zone=zone, contents=dict(case.state))
        seed = Seed(accounts=(account,), integrations=(_OURS,))
        server = MockServer(seed, clock=Clock(frozen_at=NOW), limits=False)
        found = cls(server, origin)
        found.kept |= {
            "client_id": _OURS.client_id,
            "client_secret": _OURS.client_secret,
            "redirect_uri": _OURS.redirect_uri,
            "origin": origin,
            **case.values,
        }
        call = Step(do="POST /__mock__/accounts/example/tokens", body={"kind": "long_lived"})
        found.kept["token"] = json.loads(found.send(call, None).body)["access_token"]
        return found

    def take(self, step: Step) -> list[str]:
        """Take one step; tells what is wrong with its answer."""
        token = {"admin": self.kept["token"], "none": None}.get(step.token, step.token)
        response = self.send(step, None if token is None else str(self.fill(token)))
        if response.status != step.status:
            body = response.body.decode(errors="replace")[:400]
            return [f"{step.do}: expected {step.status}, found {response.status} {body}"]
        told = [*self._transport(step, response), *self._content(step, response)]
        return [f"{step.do}: {fault}" for fault in told]

    def send(self, step: Step, token: str | None) -> Response:
        """Send a request as the SDK would."""
        method, _, address = str(self.fill(step.do)).partition(" ")
        if "://" not in address:
            address = self.origin + (address if address[0] == "/" else f"/api/v4/{address}")
        split = urlsplit(address)
        headers = {**_HEADERS, **{k: str(self.fill(v)) for k, v in step.headers.items()}}
        body = b""
        if step.form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(self.fill(step.form)).encode()
        elif step.raw is not None:
            headers["content-type"] = step.mime or "application/octet-stream"
            body = step.raw.encode()
        elif step.body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(self.fill(step.body)).encode()
        if step.secret is not None:
            headers |= _signature(step.secret, method, split.path, body, self.server.clock.now())
            token = None
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        query = http_build_query(self.fill(step.query)) or split.query
        return self.server.handle(
            Request(
                method=method,
                scheme=split.scheme,
                host=split.netloc,
                path=unquote(split.path),
                query=query,
                headers=headers,
                body=body,
            )
        )

    def fill(self, value: Any) -> Any:
        """Put kept values in the place of their names; a lone name keeps the value's type."""
        match value:
            case str() if value.startswith("{") and value[1:-1] in self.kept:
                return self.kept[value[1:-1]]
            case str():
                for name, kept in self.kept.items():
                    value = value.replace(f"{{{name}}}", str(kept))
                return value
            case dict():
                items = cast("dict[str, Any]", value).items()
                return {str(self.fill(key)): self.fill(inner) for key, inner in items}
            case list():
                return [self.fill(inner) for inner in cast("list[Any]", value)]
            case _:
                return value

    def _transport(self, step: Step, response: Response) -> Iterator[str]:
        """What holds of every answer: no empty JSON, no body with 204, links that go back."""
        kind = response.header("Content-Type")
        if step.kind is not None:
            yield from _other(step, kind, response.body.decode())
            return
        if response.status == 204 or not response.body:
            if response.status not in {202, 204} or response.body:
                yield f"no body expected with 204 only, found {response.body[:80]!r}"
            return
        if response.status == 202 and kind is not None and kind.startswith("text/"):
            return
        good = _SUCCESS if response.status < 400 else {"application/problem+json"}
        if kind not in good:
            yield f"content type {kind}"
        found = json.loads(response.body)
        if not found:
            yield f"the SDK takes {found!r} for a body that is no JSON"
        for href in _hrefs(found):
            if not href.startswith((f"{self.origin}/", *_ELSEWHERE)):
                yield f"link to another host: {href}"

    def _content(self, step: Step, response: Response) -> Iterator[str]:
        is_json = "json" in (response.header("Content-Type") or "")
        found = json.loads(response.body) if is_json and response.body else None
        if step.answer is not None:
            yield from faults(self.fill(step.answer), found)
        yield from (f"{path}: must not be there" for path in step.absent if is_there(found, path))
        for name, template in step.keep.items():
            path = str(self.fill(template))
            if not is_there(found, path):
                yield f"{path}: is not there, found {response.body[:400]!r}"
                return
            self.kept[name] = at(found, path)


def _other(step: Step, kind: str | None, body: str) -> Iterator[str]:
    """What holds of a page, a script, the content of a file, or of no body."""
    if step.kind == "none":
        if body:
            yield f"no body expected, found {body[:80]!r}"
    elif kind is None or not kind.startswith(str(step.kind)):
        yield f"content type {kind}"
    elif step.text not in body:
        yield f"{step.text!r} is not in {body[:400]!r}"


def _signature(secret: str, method: str, path: str, body: bytes, now: float) -> dict[str, str]:
    """What proves that a request is the channel's."""
    checksum, date = hashlib.md5(body).hexdigest(), formatdate(now)
    text = f"{method}\n{checksum}\napplication/json\n{date}\n{path}"
    signed = hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    kind = "application/json"
    return {"date": date, "content-type": kind, "content-md5": checksum, "x-signature": signed}


def _hrefs(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for key, inner in cast("dict[str, Any]", found).items():
            if key == "href" and isinstance(inner, str):
                yield inner
            else:
                yield from _hrefs(inner)
    elif isinstance(found, list):
        for inner in cast("list[Any]", found):
            yield from _hrefs(inner)
