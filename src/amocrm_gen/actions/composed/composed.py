"""A composed action: a typed function, and what is told of it before it is loaded."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from attrs import field, frozen

from amocrm_gen.actions.fault import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from amocrm_gen.actions.action import Requests
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["Composed"]


@frozen(kw_only=True, eq=False)
class Composed:
    """Operations of the API that are put together for one purpose.

    The function is named, and not held: its module has classes and models that a list of actions
    does not need.
    """

    id: str
    at: str
    """Module and function: `closing:win_lead`."""
    name: str
    description: str
    resource: str
    requests: Requests
    parts: tuple[str, ...]
    """The operations that it is made of."""
    keywords: Mapping[str, tuple[str, ...]]
    example: JsonObject
    is_write: bool = False
    is_destructive: bool = False
    kind: Literal["composed"] = field(default="composed", init=False)

    @property
    def source(self) -> str:
        """Where it leads."""
        return f"composed of {', '.join(self.parts)}"

    @property
    def input_schema(self) -> JsonObject:
        """The schema of its input's class."""
        from amocrm_gen.actions.shape import schema_of  # noqa: PLC0415 - only who asks pays

        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **schema_of(self.function_types[0]),
        }

    @property
    def output_schema(self) -> JsonObject:
        """The schema of its output's class."""
        from amocrm_gen.actions.shape import schema_of  # noqa: PLC0415 - as above

        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **schema_of(self.function_types[1]),
        }

    @property
    def function(self) -> Callable[..., object]:
        """What does it; its module is loaded here."""
        module, _, name = self.at.partition(":")
        found: Callable[..., object] = getattr(import_module(f"{__package__}.{module}"), name)
        return found

    @property
    def function_types(self) -> tuple[type, type]:
        """The classes of its input and of its output."""
        from amocrm_gen.actions.composed.desk import Desk  # noqa: PLC0415 - a type of the hints

        hints: dict[str, Any] = get_type_hints(self.function, localns={"Desk": Desk})  # Any: types
        return hints["given"], hints["return"]

    def perform(
        self, amo: AmoCRM, given: JsonObject, *, clock: Callable[[], datetime] | None = None
    ) -> JsonValue:
        """Do it and return its output.

        Args:
            amo: The account's client.
            given: The input.
            clock: Tells the present moment, aware of its time zone; left out, this machine's.

        Raises `InputError` before anything is written where the input is wrong, `UnknownName` and
        `AmbiguousName` where a name does not lead to one id, else what the client raises.
        """
        from amocrm_gen.actions.composed.desk import Desk  # noqa: PLC0415 - only a run needs it
        from amocrm_gen.actions.reading import read  # noqa: PLC0415 - as above
        from amocrm_gen.actions.shape import written  # noqa: PLC0415 - as above

        faults: list[Any] = []  # Any: Fault
        cls: type[object] = self.function_types[0]
        found = read(cls, given, faults)
        if faults:
            things = "thing is" if len(faults) == 1 else "things are"
            message = f"the input is not taken: {len(faults)} {things} wrong"
            raise InputError(message, faults=faults, action=self.id)
        return written(self.function(Desk(amo, self.id, given, clock), found))
