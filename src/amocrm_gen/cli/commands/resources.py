"""The verbs of the API, generated from the spec: `amocrm leads find`."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

import click
from attrs import frozen

from amocrm_gen.cli.command import Command, Group
from amocrm_gen.cli.options import all_option, curl_option, dry_run_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.actions.operation import OperationAction
    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonObject, JsonValue

# ruff: noqa: PLC0415 - whoever asks for another command does not wait for the contract

__all__ = ["ResourceGroup", "resource_names"]

_PAGING: Final = frozenset({"limit", "page", "page_size", "all"})
_MAPPINGS: Final = frozenset({"filter"})


@cache
def resource_names() -> tuple[str, ...]:
    """Return the resources of the spec as the command line writes them: `custom-fields`."""
    # The files of the generated client bear their names; reading the contract would take longer.
    found = files("amocrm_gen").joinpath("v4", "sync").iterdir()
    return tuple(
        sorted(
            each.name.removesuffix(".py").replace("_", "-")
            for each in found
            if each.name.endswith(".py") and not each.name.startswith("_")
        )
    )


@frozen
class Verb:
    """One command: an operation, or its forms for several kinds of entities."""

    name: str
    forms: Mapping[str, OperationAction]
    """By entity; the only one stands under ""."""

    @property
    def first(self) -> OperationAction:
        """Any of the forms; they take the same."""
        return next(iter(self.forms.values()))

    @property
    def takes_ids(self) -> bool:
        """Whether it changes items that the line may name: `amocrm leads update 1 2`."""
        action = self.first
        items = action.layout.body.get("items", {}) if action.layout.form == "items" else {}
        is_matched = action.described.traits.get("batch", {}).get("match") == "id"
        fields = action.contract.resolved(items).get("properties", {})
        return is_matched and "id" in fields


class ResourceGroup(Group):
    """The verbs of one resource; they are read from the contract when the group is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name, no_args_is_help=True)
        self._resource = name.replace("-", "_")
        self._found: dict[str, Verb] | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs."""
        return list(self._verbs())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of a verb; `update_one` is taken for `update-one`."""
        verb = self._verbs().get(cmd_name.replace("_", "-"))
        return None if verb is None else _command(self._resource, verb)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the resource's line."""
        return f"The verbs of {self.name}."[:limit]

    def format_help_text(
        self,
        ctx: click.Context,  # noqa: ARG002 - as above
        formatter: click.HelpFormatter,
    ) -> None:
        """Write what the resource is."""
        from amocrm_gen.actions.contract import contract_of

        tags = contract_of("v4").document["tags"]
        texts = [tag.get("description", "") for tag in tags if tag["name"] == self._resource]
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(" ".join(" ".join(texts).split()))

    def _verbs(self) -> dict[str, Verb]:
        if self._found is None:
            self._found = self._read()
        return self._found

    def _read(self) -> dict[str, Verb]:
        from amocrm_gen.actions.operation import operations

        forms: dict[str, dict[str, OperationAction]] = defaultdict(dict)
        for action in operations():
            resource, _, rest = action.id.partition(".")
            if resource == self._resource and action.described.api == "v4":
                verb, _, entity = rest.partition(".")
                forms[verb][entity] = action
        return {
            name.replace("_", "-"): Verb(name.replace("_", "-"), found)
            for name, found in sorted(forms.items())
            # The line names the item, so one form is enough.
            if name != "update_one" or "update" not in forms
        }


def _command(resource: str, verb: Verb) -> Command:
    action = verb.first
    layout = action.layout
    params: list[click.Parameter] = []
    if "" not in verb.forms:
        params.append(
            click.Argument(["entity"], type=click.Choice(sorted(verb.forms)), metavar="ENTITY")
        )
    params += [click.Argument([f"path_{name}"], metavar=name.upper()) for name in layout.path]
    if verb.takes_ids:
        params.append(click.Argument(["ids"], nargs=-1, metavar="[ID]..."))
    params += _query_options(layout.query)
    if layout.is_paged:
        params += _paging_options()
    if layout.is_fetched:
        params.append(click.Option(["--to"], metavar="FILE", required=True, help="Where to write."))
    if layout.form == "file":
        params.append(click.Option(["--file"], metavar="FILE", required=True, help="What to send."))
    if layout.form != "none" or layout.query or layout.path:
        params += [
            click.Option(
                ["--input", "given"],
                metavar="JSON|@FILE|-",
                help="The whole input as JSON, as `amocrm action show` describes it.",
            ),
            click.Option(
                ["--set", "settings"],
                multiple=True,
                metavar="A.B=VALUE",
                help="Set a field of what is sent; for lists items[0].name=…, tags+=….",
            ),
        ]

    def run(surroundings: Surroundings, /, **line: Any) -> None:  # Any: by the options' types
        _run(surroundings, verb, line)

    callback: Callable[..., Any] = click.pass_obj(run)
    callback = curl_option(callback)
    if action.is_write:
        callback = dry_run_option(callback)
    if layout.is_paged:
        callback = all_option(callback)
    own = [*params, *reversed(getattr(callback, "__click_params__", []))]
    return Command(
        verb.name,
        callback=callback,
        params=own,
        help=f"{action.description}\n\n{action.described.method} {action.described.path}",
        short_help=action.described.raw["summary"],
        examples=_examples(resource, verb),
    )


def _query_options(query: Mapping[str, Schema]) -> Iterable[click.Option]:
    for name, schema in query.items():
        flag = f"--{name.replace('_', '-')}"
        text = " ".join(str(schema.get("description", "")).split())
        if name in _MAPPINGS or schema.get("type") == "object":
            keys = ", ".join(schema.get("properties", {}))
            yield click.Option(
                [flag, f"query_{name}"],
                multiple=True,
                metavar="KEY=VALUE",
                help=f"{text or 'Which items.'} Keys: {keys}." if keys else text,
            )
        elif schema.get("type") == "array":
            values = ", ".join(map(str, schema.get("items", {}).get("enum", ())))
            yield click.Option(
                [flag, f"query_{name}"],
                metavar="A,B",
                help=f"{text} Any of {values}." if values else text,
            )
        elif schema.get("type") == "boolean":
            yield click.Option([flag, f"query_{name}"], type=bool, metavar="true|false", help=text)
        else:
            yield click.Option([flag, f"query_{name}"], metavar="VALUE", help=text)


def _paging_options() -> Iterable[click.Option]:
    yield click.Option(
        ["--limit"], type=click.IntRange(1), metavar="N", help="How many items in all."
    )
    yield click.Option(["--page"], type=click.IntRange(1), metavar="N", help="Page to start with.")
    yield click.Option(
        ["--page-size"], type=click.IntRange(1), metavar="N", help="Items to ask for at a time."
    )


def _examples(resource: str, verb: Verb) -> Sequence[str]:
    shown = resource.replace("_", "-")
    entity = "" if "" in verb.forms else f" {next(iter(sorted(verb.forms)))}"
    ids = "".join(" 1" for _ in verb.first.layout.path) + " 1" * verb.takes_ids
    start = f"amocrm {shown} {verb.name}{entity}{ids}"
    layout = verb.first.layout
    if layout.is_paged:
        return (f"{start} --limit 20 --json --fields id", f"{start} --all -o csv")
    if verb.first.is_write and layout.form != "none":
        setting = _setting(verb)
        return (f"{start}{setting} --dry-run", f"{start} --input @input.json")
    return (start,)


def _setting(verb: Verb) -> str:
    example = verb.first.example
    items = example.get("items")
    fields = items[0] if isinstance(items, list) and items else example
    if not isinstance(fields, dict):
        return ""
    named = [
        (key, value)
        for key, value in fields.items()
        if isinstance(value, str | int) and key != "id" and key not in verb.first.layout.path
    ]
    return "".join(f" --set {key}={_quoted(str(value))}" for key, value in named[:1])


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


def _run(surroundings: Surroundings, verb: Verb, line: dict[str, Any]) -> None:  # Any: as above
    from amocrm_gen.cli.given import read_object
    from amocrm_gen.cli.performing import perform

    action = verb.forms[line.get("entity") or ""]
    given = read_object(line.get("given"), "--input")
    _put_path(given, action, line)
    _put_query(given, action, line)
    _put_body(given, action, line)
    for name in ("limit", "page", "page_size", "to", "file"):
        if line.get(name) is not None:
            given[name] = line[name]
    if line.get("everything"):
        given["all"] = True
    output = perform(
        surroundings,
        action,
        given,
        is_rehearsed=bool(line.get("dry_run")),
        shows_curl=bool(line.get("curl")),
    )
    items = output.get("items") if isinstance(output, dict) else None
    if isinstance(items, list) and action.layout.is_listed:
        surroundings.emit_items(items)
    else:
        surroundings.emit(output)


def _put_path(
    given: JsonObject, action: OperationAction, line: dict[str, Any]
) -> None:  # Any: as above
    for name in action.layout.path:
        given[name] = _typed(line[f"path_{name}"], action.layout.path[name])


def _put_query(
    given: JsonObject, action: OperationAction, line: dict[str, Any]
) -> None:  # Any: as above
    from amocrm_gen.cli.given import with_settings

    for name, schema in action.layout.query.items():
        value = line.get(f"query_{name}")
        if value is None or value == ():
            continue
        if isinstance(value, tuple):
            known = given.setdefault(name, {})
            flag = f"--{name.replace('_', '-')}"
            with_settings(cast("JsonObject", known), value, flag)
        elif schema.get("type") == "array":
            given[name] = [
                _typed(part.strip(), schema.get("items", {})) for part in value.split(",")
            ]
        else:
            given[name] = _typed(value, schema)


def _put_body(
    given: JsonObject,
    action: OperationAction,
    line: dict[str, Any],  # Any: as above
) -> None:
    from amocrm_gen.cli.given import with_settings

    settings: tuple[str, ...] = line.get("settings") or ()
    ids: tuple[str, ...] = line.get("ids") or ()
    if action.layout.form != "items" or any(s.startswith("items") for s in settings):
        with_settings(given, settings)
        return
    if not ids:
        if settings:
            given["items"] = [with_settings(_first(given), settings)]
        return
    common = with_settings(_first(given), settings)
    given["items"] = [{**common, "id": _typed(each, {"type": "integer"})} for each in ids]


def _first(given: JsonObject) -> JsonObject:
    items = given.get("items")
    if isinstance(items, list) and items and isinstance(items[0], dict):
        return items[0]
    return items if isinstance(items, dict) else {}


def _typed(text: Any, schema: Schema) -> JsonValue:  # Any: click's, mostly text
    """Return what a word of the line means; the schema has the last word on it."""
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    word = str(text)
    if isinstance(text, bool):
        return text
    if "integer" in kinds and word.lstrip("-").isdecimal():
        return int(word)
    if "number" in kinds:
        try:
            return float(word)
        except ValueError:
            return word
    return word
