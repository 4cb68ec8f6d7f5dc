"""Reads JSON values into models and writes models as JSON values."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeVar, overload

from attrs import has
from cattrs import Converter

from amocrm_gen.runtime.compiling import Compiler
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.reading import Hook, Mismatch, Reader
from amocrm_gen.runtime.shapes import Foreign, Shape, shape_of
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.writing import Writer

__all__ = ["converter", "structure", "unstructure"]

T = TypeVar("T")

converter: Final = Converter(detailed_validation=False)
"""The converter behind `structure` and `unstructure`.

Hooks that are registered with it, before a class is first read or written, are used for that class.
"""


@overload
def structure(value: JsonValue, shape: type[T], *, path: str = "$") -> T: ...
@overload
def structure(value: JsonValue, shape: object, *, path: str = "$") -> Any: ...  # Any: a union
def structure(value: JsonValue, shape: object, *, path: str = "$") -> Any:
    """Read a JSON value as a model, a union of models, a list of them, or a scalar.

    What does not fit is a `ResponseError` that names the place, starting from `path`.
    """
    wanted, read = _reading_of(shape)
    try:
        return read(value)
    except (Mismatch, RecursionError):
        # The fast functions do not know where they are; walking the value again tells.
        try:
            return _reader.read(wanted, value, path)
        except Mismatch as error:
            raise ResponseError(str(error), path=error.path) from None
        except RecursionError:
            message = f"{path}: nested too deep"
            raise ResponseError(message, path=path) from None


def unstructure(value: object) -> JsonValue:
    """Write a model as a JSON value: UNSET is left out, None is null, unknown keys are kept."""
    return _writer.write(value)


@cache
def _reading_of(annotation: object) -> tuple[Shape, Hook]:
    shape = shape_of(annotation)
    return shape, _compiler.function(shape)


class _Structured:
    """The hook that cattrs finds for what this package reads."""

    def __init__(self, annotation: object) -> None:
        self._annotation = annotation

    def __call__(self, value: JsonValue, _: object) -> object:
        return structure(value, self._annotation)


class _Unstructured:
    """The hook that cattrs finds for what this package writes."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __call__(self, value: object) -> JsonValue:
        return unstructure(value)


def _is_ours(annotation: object) -> bool:
    if isinstance(annotation, type):
        return has(annotation)
    return not isinstance(shape_of(annotation), Foreign)


def _has_own_hook(cls: type) -> bool:
    return not isinstance(converter.get_structure_hook(cls), _Structured)


def _foreign_hook(kind: object) -> Hook:
    hook: Callable[[object, object], object] = converter.get_structure_hook(kind)
    return lambda value: hook(value, kind)


def _own_unstructure_hook(cls: type) -> Callable[[Any], Any] | None:  # Any: cattrs'
    hook = converter.get_unstructure_hook(cls) if has(cls) else None
    return None if isinstance(hook, _Unstructured) else hook


def _forget() -> None:
    _compiler.forget()


_reader: Final = Reader(hook_of=_foreign_hook, is_foreign=_has_own_hook, on_lesson=_forget)
_compiler: Final[Compiler] = Compiler(_reader)
_writer: Final = Writer(custom=_own_unstructure_hook, foreign=converter.unstructure)

converter.register_structure_hook_factory(_is_ours, _Structured)
converter.register_unstructure_hook_factory(has, _Unstructured)
