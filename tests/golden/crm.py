"""A mock server brought into the state that a sample needs, and asked what the sample asks."""

import json
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import quote, urlsplit

from attrs import define, field

from amocrm_mockserver.clock import Clock
from amocrm_mockserver.integration import Integration
from amocrm_mockserver.message import Request, Response
from amocrm_mockserver.seed import AccountSeed, Seed
from amocrm_mockserver.server import MockServer

from .compare import Json
from .sample import ORIGIN, Sample, Step, bases, written_out

__all__ = ["Crm", "Origin", "seed_of"]

Origin = str
"""Scheme and host by which a client comes; `account` for the account's own https address."""

_OURS: Final = Integration(client_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", client_secret="s3cret")
_OTHER: Final = Integration(
    client_id="bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee", client_secret="0th3r", scopes=("files",)
)


def seed_of(golden: Sample) -> Seed:
    """Put a sample's own state over the account in which it is set."""
    contents: dict[str, Json] = {**bases()[golden.base], **golden.state}
    subdomain = cast("str", contents.pop("subdomain"))
    zone = cast("str", contents.pop("zone"))
    account = AccountSeed(subdomain=subdomain, zone=zone, contents=contents)
    return Seed(accounts=(account,), integrations=(_OURS, _OTHER))


@define
class Crm:
    """One account on one mock server, for one sample."""

    golden: Sample
    server: MockServer
    origin: Origin
    values: dict[str, str] = field(factory=dict[str, str])
    """What stands for `{code}`, `{client_id}` and the like in the bodies of the samples."""

    @classmethod
    def for_sample(cls, golden: Sample, origin: Origin = "account") -> "Crm":
        """Start a server with the sample's state, its clock standing at the sample's time."""
        seed = seed_of(golden)
        server = MockServer(seed, clock=Clock(frozen_at=golden.clock), limits=False)
        (account,) = seed.accounts
        if origin == "account":
            origin = f"https://{account.subdomain}.{account.zone}"
            origin = golden.origin if golden.origin != ORIGIN else origin
        values = {
            "client_id": _OURS.client_id,
            "client_secret": _OURS.client_secret,
            "redirect_uri": _OURS.redirect_uri,
            "other_client_id": _OTHER.client_id,
            "other_client_secret": _OTHER.client_secret,
            "subdomain": account.subdomain,
        }
        return cls(golden, server, origin, values)

    def ask(self) -> Response:
        """Do what the sample needs done before, then send its request."""
        return self.send_golden(self.prepare())

    def prepare(self) -> str | None:
        """Do what the sample needs done before; returns the token that its caller has."""
        token = self.token()
        if token is not None:
            self.values["token"] = token
        for step in self.golden.before:
            self.take(step, token)
        return token

    def tables(self) -> Mapping[str, Json]:
        """Read all rows that are stored in the account."""
        path = f"/__mock__/accounts/{self.values['subdomain']}/state"
        tables = cast("dict[str, Json]", json.loads(self.send("GET", path).body)["tables"])
        return {name: rows for name, rows in tables.items() if rows}

    def send_golden(self, token: str | None) -> Response:
        """Send the sample's request as it stands."""
        golden = self.golden
        body = golden.raw.encode() if golden.raw is not None else self.encode(golden.body)
        return self.send(
            golden.method,
            self.path(golden.path, golden.path_from),
            query=golden.query,
            body=body,
            token=token,
            headers=golden.headers,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request through the server's own function."""
        scheme, host = self.origin.split("://")
        head = {"content-type": "application/json", **(headers or {})}
        if token is not None:
            head["authorization"] = f"Bearer {token}"
        request = Request(
            method=method,
            scheme=scheme,
            host=host,
            path=path,
            query=quote(query, safe="=&,"),
            headers=head,
            body=body,
        )
        return self.server.handle(request)

    def token(self) -> str | None:
        """Get the kind of token that the sample's caller has."""
        match self.golden.token:
            case "none":
                return None
            case "bad":
                return "eyJ0eXAiOiJKV1QifQ.e30.bm8"
            case "access":
                self.take({"issue": "code"}, None)
                call: Step = {"method": "POST", "path": "/oauth2/access_token", "body": _BY_CODE}
                self.take({"call": cast("Json", call), "keep": ["access_token"]}, None)
                return self.values["access_token"]
            case kind:
                return self.control("tokens", {"kind": "long_lived", **_OF_KIND[kind]})[
                    "access_token"
                ]

    def take(self, step: Step, token: str | None) -> None:
        """Take one step on the way to the state that the sample needs."""
        match step:
            case {"issue": "code"}:
                ours: Json = {"client_id": _OURS.client_id}
                self.values["code"] = self.control("codes", ours)["code"]
            case {"advance": int(seconds)}:
                self.server.clock.advance(seconds)
            case {"repeat": int(times)}:
                for _ in range(times):
                    self.send_golden(token)
            case {"call": dict(call)}:
                given = cast("str", call.get("path", "")), cast("str", call.get("path_from", ""))
                path, body = self.path(*given), self.encode(call.get("body"))
                body = body or (written_out(call.get("raw")) or "").encode()
                answer = self.send(cast("str", call["method"]), path, body=body, token=token)
                got = cast("dict[str, str]", json.loads(answer.body or b"{}"))
                for name in cast("list[str]", step.get("keep", [])):
                    self.values[name] = got[name]
            case {"control": str(path), "body": body}:
                self.post_control(path, body)
            case _:
                message = f"{self.golden.id}: no such step: {step}"
                raise ValueError(message)

    def control(self, what: str, body: Json) -> dict[str, str]:
        """Ask the account's control endpoint for a code or a token."""
        return self.post_control(f"accounts/{self.values['subdomain']}/{what}", body)

    def post_control(self, path: str, body: Json) -> dict[str, str]:
        """Steer the server."""
        answer = self.send("POST", f"/__mock__/{path}", body=self.encode(body))
        if answer.status >= 300:
            message = f"/__mock__/{path}: {answer.status} {answer.body.decode()}"
            raise ValueError(message)
        return cast("dict[str, str]", json.loads(answer.body))

    def path(self, path: str, path_from: str) -> str:
        """The path of an address that the server gave, or the one that stands in the sample."""
        return urlsplit(self.values[path_from]).path if path_from else path

    def encode(self, body: Json) -> bytes:
        """Write a body, with the values of this run for its placeholders."""
        if body is None:
            return b""
        text = json.dumps(body)
        for name, value in self.values.items():
            text = text.replace(f'"{{{name}}}"', json.dumps(value))
        return text.encode()


_OF_KIND: Final[Mapping[str, dict[str, Json]]] = {
    "admin": {},
    "user": {"user_id": 502},
    "scopeless": {"client_id": _OTHER.client_id},
}
_BY_CODE: Final[Json] = {
    "client_id": "{client_id}",
    "client_secret": "{client_secret}",
    "grant_type": "authorization_code",
    "code": "{code}",
    "redirect_uri": "{redirect_uri}",
}
