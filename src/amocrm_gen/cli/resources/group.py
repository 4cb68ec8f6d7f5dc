"""The commands of a resource: `amocrm leads`."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from amocrm_gen.cli.command import Group

if TYPE_CHECKING:
    import click

    from amocrm_gen.actions.operation import OperationAction
    from amocrm_gen.cli.resources.verb import Verb

# ruff: noqa: PLC0415 - whoever asks for another command does not wait for the contract

__all__ = ["ResourceGroup", "resource_names"]

_SHOWN: Final = 4


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


class ResourceGroup(Group):
    """The verbs of one resource; they are read from the contract when the group is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name, no_args_is_help=True)
        self._resource = name.replace("-", "_")
        self._found: dict[str, Verb] | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs."""
        return list(self._verbs())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line with each of the first verbs."""
        shown = list(self._verbs().values())[:_SHOWN]
        self.examples = tuple(verb.examples(str(self.name))[0] for verb in shown)
        super().format_epilog(ctx, formatter)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of a verb; `update_one` is taken for `update-one`."""
        verb = self._verbs().get(cmd_name.replace("_", "-"))
        if verb is None:
            return None
        from amocrm_gen.cli.resources.command import command_of

        return command_of(self._resource, verb)

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
        from amocrm_gen.cli.resources.verb import Verb

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
