"""The whole command tree as JSON, for programs that drive the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amocrm_gen.cli.failure import EXIT_CODES

if TYPE_CHECKING:
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["tree_of"]


def tree_of(root: click.Command, context: click.Context) -> JsonObject:
    """Return every command below `root`, with its options, arguments and examples."""
    exits: JsonObject = {str(code): text for code, text in EXIT_CODES.items()}
    return {**_node(root, context), "exit_codes": exits}


def _node(command: click.Command, context: click.Context) -> JsonObject:
    node: JsonObject = {
        "name": context.info_name or command.name,
        "path": context.command_path,
        "help": _text(command.help),
        "examples": list(getattr(command, "examples", ())),
        "parameters": [
            _parameter(each, context)
            for each in command.get_params(context)
            if each.name != "help" and not getattr(each, "hidden", False)
        ],
    }
    if isinstance(command, click.Group):
        below: list[JsonValue] = []
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                inner = click.Context(child, parent=context, info_name=name)
                below.append(_node(child, inner))
        node["commands"] = below
    return node


def _parameter(each: click.Parameter, context: click.Context) -> JsonObject:
    told: JsonObject = {
        "name": each.name,
        "kind": each.param_type_name,
        "type": each.type.name,
        "required": each.required,
        "repeatable": bool(each.multiple or each.nargs == -1),
    }
    if isinstance(each.type, click.Choice):
        told["choices"] = [str(choice) for choice in each.type.choices]
    if isinstance(each, click.Option):
        told["flags"] = [*each.opts, *each.secondary_opts]
        told["is_flag"] = each.is_flag
        told["help"] = _text(each.help)
        default = each.get_default(context)
        if isinstance(default, str | int | float) and not isinstance(default, bool):
            told["default"] = default
    return told


def _text(text: str | None) -> str:
    return " ".join((text or "").replace("\b", "").split())
