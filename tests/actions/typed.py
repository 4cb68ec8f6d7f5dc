"""Asks the typed client for what an action is given: the same names, as models."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

from amocrm_codegen.names import argument_name
from amocrm_gen import AmoCRM
from amocrm_gen.actions.layout import Layout
from amocrm_gen.actions.operation import OperationAction
from amocrm_gen.runtime import convert
from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.types import JsonObject

__all__ = ["ask_typed", "constant_of", "has_method"]


def constant_of(action: OperationAction) -> object:
    """The runtime's operation in the generated calls."""
    traits = action.described.traits
    module = import_module(f"amocrm_gen.{action.described.api}.calls.{traits['resource']}")
    return getattr(module, str(traits["operation"]).upper())


def has_method(action: OperationAction) -> bool:
    """Tell whether the typed client has a method for the operation."""
    return not action.described.traits.get("unexposed")


def ask_typed(amo: AmoCRM, action: OperationAction, given: JsonObject) -> None:
    """Call the typed method; its error is none of this test's business."""
    traits = action.described.traits
    home = amo.v2 if action.described.api == "v2" else amo
    method = getattr(getattr(home, traits["resource"]), traits["operation"])
    args = dict(_arguments(action, method, given))
    with suppress(AmoError):
        found = method(**args)
        if hasattr(found, "pages"):
            if "limit" in given or given.get("all"):
                list(found)
            else:
                next(found.pages())


def _arguments(
    action: OperationAction, method: Any, given: JsonObject
) -> Iterator[tuple[str, object]]:  # Any: any method
    layout, traits = action.layout, action.described.traits
    module = import_module(f"amocrm_gen.{action.described.api}.calls.{traits['resource']}")
    hints = get_type_hints(getattr(module, argument_name(traits["operation"])))
    wanted = inspect.signature(method).parameters
    yield from _paging(layout, given)
    yield from _body(layout, given, wanted, hints)
    values = {
        argument_name(name): value for name, value in {**traits.get("over", {}), **given}.items()
    }
    for name in wanted:
        if name in _PLAIN and name in values:
            yield name, values[name]
        elif name not in _OWN and name in values and not (layout.is_paged and name == "limit"):
            yield name, _structured(values[name], hints[name])


_PLAIN: Final = frozenset({"with_", "filter", "order", "page", "page_size", "content_type"})
_OWN: Final = frozenset({"items", "item", "data", "prefetch", "all", *_PLAIN})


def _paging(layout: Layout, given: JsonObject) -> Iterator[tuple[str, object]]:
    if not layout.is_paged:
        return
    if "limit" in given:
        yield "limit", given["limit"]
    elif "page_size" not in given and not given.get("all"):
        yield "page_size", layout.described.traits["paginated"]["default"]


def _body(
    layout: Layout,
    given: JsonObject,
    wanted: Mapping[str, inspect.Parameter],
    hints: Mapping[str, Any],  # Any: any annotation
) -> Iterator[tuple[str, object]]:
    if "items" in wanted and "items" in given:
        items = convert.structure(given["items"], hints["items"])
        is_one = "Iterable" in str(wanted["items"].annotation) and len(items) == 1
        yield "items", items[0] if is_one else items
    if "data" in wanted:
        yield "data", Path(str(given["file"])).read_bytes()
    if "item" in wanted:
        item = given.get("body") if layout.form == "whole" else _item(layout, given) or None
        if item is not None or wanted["item"].default is inspect.Parameter.empty:
            yield "item", convert.structure(item or {}, hints["item"])


def _item(layout: Layout, given: JsonObject) -> JsonObject:
    """What the item holds as the contract shows it, and the id that it must have."""
    schema = layout.contract.resolved(layout.body)
    shown = (layout.described.body or {}).get("example", {})
    held = set(schema["properties"]) - set(layout.path) | set(schema.get("required", ()))
    return {name: value for name, value in given.items() if name in {*held, *shown}}


def _structured(value: Any, hint: Any) -> Any:  # Any: arguments of any method
    if get_origin(hint) is not None and type(None) in get_args(hint):
        inner = [each for each in get_args(hint) if each is not type(None)]
        hint = inner[0] if len(inner) == 1 else hint
    try:
        return convert.structure(value, hint)
    except (TypeError, AmoError):
        return value
