"""The seed: which accounts and integrations a mock server starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import Factory, field, frozen

from amocrm_mockserver.guesses import GuessError, Guesses
from amocrm_mockserver.hosts import ZONES, is_reserved_label
from amocrm_mockserver.integration import ALL_SCOPES, REDIRECT_URI, Integration
from amocrm_mockserver.yaml_source import Place, Source, SourceError, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["AccountSeed", "Seed", "SeedError", "is_subdomain", "parse_seed", "read_seed"]

SeedError = SourceError


@frozen(kw_only=True)
class AccountSeed:
    """One account as the seed describes it."""

    subdomain: str
    zone: str = "amocrm.ru"
    codes: tuple[str, ...] = field(default=(), repr=False)
    """Authorization codes for the first integration, each good once."""
    contents: Mapping[str, object] = field(factory=dict[str, object], repr=False)
    """Users, pipelines, leads and so on: lists in the shape in which v4 creates them."""


@frozen(kw_only=True)
class Seed:
    """What a mock server starts with; by default one account, `example.amocrm.ru`."""

    accounts: tuple[AccountSeed, ...] = Factory(lambda: (AccountSeed(subdomain="example"),))
    integrations: tuple[Integration, ...] = ()
    """Without any, each account gets one of its own."""
    guesses: Mapping[str, object] = field(factory=dict[str, object])
    """Switches of all accounts; one account's own stand among its contents."""
    source: Source | None = None
    """The file it came from, to name it in errors."""


def is_subdomain(value: str) -> bool:
    """Whether an account can have this name."""
    plain = value.isascii() and value.replace("-", "").isalnum() and value == value.lower()
    return plain and len(value) <= 63 and value.strip("-") == value and not is_reserved_label(value)


def read_seed(path: Path) -> Seed:
    """Read a seed file; raises SeedError with every fault found in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read: {error}"
        raise SeedError(message) from error
    return parse_seed(text, str(path))


def parse_seed(text: str, name: str = "seed") -> Seed:
    """Read a seed from YAML text; `name` stands in the errors for the file."""
    source = read_source(text, name)
    root = source.root()
    root.check_keys({"integrations", "accounts", "guesses"})
    integrations = tuple(_integrations(root))
    accounts = tuple(_accounts(root))
    guesses = _guesses(root)
    source.check()
    if not accounts:
        return Seed(integrations=integrations, guesses=guesses, source=source)
    return Seed(integrations=integrations, accounts=accounts, guesses=guesses, source=source)


def _guesses(place: Place) -> dict[str, object]:
    """The switches under a place; what is wrong with one is noted where it stands."""
    if place.at("guesses").value is None:
        return {}
    given = place.at("guesses").mapping()
    for key, value in given.items():
        try:
            Guesses().choose({key: value})
        except GuessError as error:
            place.at("guesses").fault(f"is wrong: {error}")
    return given


def _integrations(root: Place) -> Iterator[Integration]:
    seen: set[str] = set()
    for place in root.items("integrations"):
        place.check_keys({"client_id", "client_secret", "redirect_uri", "name", "scopes"})
        client_id = place.text("client_id")
        if client_id in seen:
            place.at("client_id").fault("is the id of another integration, too")
        seen.add(client_id)
        scopes = tuple(scope.string() for scope in place.items("scopes"))
        yield Integration(
            client_id=client_id,
            client_secret=place.text("client_secret"),
            redirect_uri=place.text("redirect_uri") if "redirect_uri" in place else REDIRECT_URI,
            name=place.text("name") if "name" in place else "Integration",
            scopes=scopes or ALL_SCOPES,
        )


def _accounts(root: Place) -> Iterator[AccountSeed]:
    subdomains: set[str] = set()
    codes: set[str] = set()
    for place in root.items("accounts"):
        subdomain = place.text("subdomain")
        if subdomain and not is_subdomain(subdomain):
            place.at("subdomain").fault(
                "must be a host label: a-z, 0-9 and -, and not www or api-…"
            )
        if subdomain in subdomains:
            place.at("subdomain").fault("is the subdomain of another account, too")
        subdomains.add(subdomain)
        zone = place.text("zone") if "zone" in place else ZONES[0]
        if zone not in ZONES:
            place.at("zone").fault(f"must be one of {', '.join(ZONES)}")
        own = tuple(code.string() for code in place.items("codes"))
        for index, code in enumerate(own):
            if code in codes:
                place.at("codes").at(index).fault("stands in the file twice")
            codes.add(code)
        _guesses(place)
        contents = place.mapping(without={"subdomain", "zone", "codes"})
        yield AccountSeed(subdomain=subdomain, zone=zone, codes=own, contents=contents)
