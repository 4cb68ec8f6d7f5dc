"""Writes results in the chosen format."""

from __future__ import annotations

import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from orjson import OPT_INDENT_2, dumps

from amocrm_gen.cli.output.field_path import FieldPath, check_known, prune

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from amocrm_gen.cli.surroundings import Surroundings
    from amocrm_gen.runtime.types import JsonValue

# ruff: noqa: PLC0415 - each format loads what it needs

__all__ = ["json_text", "write_items", "write_json", "write_value"]

_AHEAD: Final = 250
"""Items by which the columns of a stream are told: a page of the API."""


def write_value(
    value: JsonValue, surroundings: Surroundings, further: Mapping[str, JsonValue] | None = None
) -> None:
    """Write the one result of a command; one with `items` in it, or a dry run, is a list.

    What is `further` told stands beside the output, in JSON.
    """
    options = surroundings.options
    paths = [FieldPath.parse(text) for text in options.fields]
    key, rows = _list_in(value)
    if isinstance(value, dict) and rows is not None:
        check_known(paths, rows)
        value = {**value, key: [prune(row, paths) for row in rows]}
    elif paths:
        check_known(paths, [value])
        value = prune(value, paths)
    if options.jq is not None:
        _write_filtered({"output": value, **(further or {})}, surroundings)
    elif surroundings.format == "json":
        write_json({"output": value, **(further or {})})
    elif key == "requests" and rows is not None and surroundings.is_drawn and not paths:
        _write_curl(rows, surroundings)
    elif rows is not None:
        _write_rows(rows, paths, surroundings)
    elif surroundings.is_drawn:
        from amocrm_gen.cli.output.table import draw_value

        draw_value(value, paths, sys.stdout, color=options.color)
    else:
        _write_rows(value if isinstance(value, list) else [value], paths, surroundings)


def _list_in(value: JsonValue) -> tuple[str, list[JsonValue] | None]:
    """Return the list that a result is, and its key: items, or the requests of a dry run."""
    key = "items"
    if isinstance(value, dict):
        key = "requests" if value.get("dryRun") is True else key
        rows = value.get(key)
        if isinstance(rows, list):
            return key, rows
    return key, None


def write_items(items: Iterable[JsonValue], surroundings: Surroundings) -> None:
    """Write a list; JSON lines and CSV as the items come, so that no list is too long."""
    options = surroundings.options
    if options.jq is None and surroundings.format != "json":
        _write_rows(items, [FieldPath.parse(text) for text in options.fields], surroundings)
        return
    # Whole, since half an envelope is no JSON when the next page fails.
    write_value({"items": list(items)}, surroundings)


def json_text(value: JsonValue, *, indent: bool = True) -> str:
    """Return a value as JSON; a terminal is shown no control characters."""
    text = dumps(value, option=OPT_INDENT_2 if indent else 0).decode()
    if not sys.stdout.isatty():
        return text
    from amocrm_gen.cli.output.harmless import harmless_json

    return harmless_json(text)


def write_json(value: JsonValue) -> None:
    """Write a value as it is, without an envelope."""
    sys.stdout.write(f"{json_text(value)}\n")


def _write_filtered(envelope: JsonValue, surroundings: Surroundings) -> None:
    from amocrm_gen.cli.output.jq_filter import filtered

    found = filtered(surroundings.options.jq or ".", envelope)
    if surroundings.options.output in {None, "json"}:
        for value in found:
            sys.stdout.write(f"{_plain(value)}\n")
        return
    rows = [row for value in found for row in (value if isinstance(value, list) else [value])]
    _write_rows(rows, [], surroundings)


def _plain(value: JsonValue) -> str:
    """Return text as it is, for other programs, and anything else as JSON in a line."""
    if not isinstance(value, str):
        return json_text(value, indent=False)
    if not sys.stdout.isatty():
        return value
    from amocrm_gen.cli.output.harmless import harmless

    return harmless(value)


def _write_rows(
    items: Iterable[JsonValue], paths: Sequence[FieldPath], surroundings: Surroundings
) -> None:
    stream = iter(items)
    first = list(islice(stream, _AHEAD))
    check_known(paths, first)
    match surroundings.format:
        case "jsonl":
            for item in chain(_drain(first), stream):
                sys.stdout.write(f"{json_text(prune(item, paths), indent=False)}\n")
        case "csv":
            _write_csv(first, stream, paths, surroundings)
        case "md":
            from amocrm_gen.cli.output.cells import short_columns
            from amocrm_gen.cli.output.markdown import markdown_lines

            columns = paths or short_columns(first)
            sys.stdout.writelines(markdown_lines(chain(_drain(first), stream), columns))
        case _:
            _draw_rows([*first, *stream], paths, surroundings)


def _drain(items: list[JsonValue]) -> Iterator[JsonValue]:
    """Hand items out and let go of them."""
    items.reverse()
    while items:
        yield items.pop()


def _write_csv(
    first: list[JsonValue],
    stream: Iterator[JsonValue],
    paths: Sequence[FieldPath],
    surroundings: Surroundings,
) -> None:
    from amocrm_gen.cli.output.cells import all_columns
    from amocrm_gen.cli.output.csv_format import write_csv

    columns = list(paths) or all_columns(first)
    known = {column.keys[0] for column in columns if column.keys}
    later: dict[str, None] = {}

    def watched() -> Iterator[JsonValue]:
        yield from _drain(first)
        for item in stream:
            if not paths and isinstance(item, dict):
                later.update(dict.fromkeys(item.keys() - known - {"_links"}))
            yield item

    write_csv(watched(), columns, sys.stdout, raw=surroundings.options.csv_raw)
    if later:
        names = ", ".join(sorted(later))
        surroundings.say(
            f"amocrm: fields of later rows are left out: {names}; name them in --fields"
        )


def _draw_rows(
    items: list[JsonValue], paths: Sequence[FieldPath], surroundings: Surroundings
) -> None:
    from amocrm_gen.cli.output.cells import short_columns
    from amocrm_gen.cli.output.table import draw_rows, write_tabs

    columns = list(paths) or short_columns(items)
    if not sys.stdout.isatty():
        write_tabs(items, columns, sys.stdout)
        return
    if not items:
        surroundings.say("Nothing found.")
        return
    color = surroundings.options.color
    left = draw_rows(items, columns, sys.stdout, color=color, chosen=bool(paths))
    if left:
        few = ", ".join(left[:8]) + (", …" if len(left) > 8 else "")
        surroundings.say(f"No room for: {few}. Choose with --fields, or take -o json.")


def _write_curl(requests: list[JsonValue], surroundings: Surroundings) -> None:
    """Write what would be sent as lines for a shell."""
    from amocrm_gen.cli.output.harmless import harmless

    surroundings.say(f"Nothing was sent. Requests that would be: {len(requests)}")
    for request in requests:
        if isinstance(request, dict):
            sys.stdout.write(f"{harmless(str(request.get('curl')))}\n")
