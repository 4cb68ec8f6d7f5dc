"""Reads JSON values into models and writes models as JSON values."""

from typing import Any, TypeVar, overload

from amocrm_gen.runtime.types import JsonValue

__all__ = ["structure", "unstructure"]

T = TypeVar("T")


@overload
def structure(value: JsonValue, shape: type[T]) -> T: ...
@overload
def structure(value: JsonValue, shape: object) -> Any: ...  # Any: a union has no static class
def structure(value: JsonValue, shape: object) -> Any:
    """Read a JSON value as a model, a union of models or a list of them."""
    raise NotImplementedError(value, shape)


def unstructure(value: object) -> JsonValue:
    """Write a model as a JSON value: UNSET is left out, None is null, unknown keys are kept."""
    raise NotImplementedError(value)
