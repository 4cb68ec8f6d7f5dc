"""Reads JSON values into models and writes models as JSON values."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from attrs import has

from amocrm_gen.runtime.compiling import Compiler
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.reading import Hook, Mismatch, Reader
from amocrm_gen.runtime.shapes import Foreign, Shape, shape_of
from amocrm_gen.runtime.types import JsonValue
from amocrm_gen.runtime.writing import Writer

if TYPE_CHECKING:
    from cattrs import Converter

    converter: Converter
    """The converter behind `structure` and `unstructure`.

    Hooks that are registered with it, before a class is first read or written, are used for that
    class.
    """

__all__ = ["converter", "structure", "structure_each", "structure_items", "unstructure"]

T = TypeVar("T")


def __getattr__(name: str) -> object:
    """Make the converter when somebody asks for it."""
    if name == "converter":
        return _converter()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
        return _walked(wanted, value, path)


def structure_items(values: list[Any], shape: object, *, path: str = "$") -> None:  # Any: JSON
    """Read the items of a list and put them in the place of what they were read from.

    The JSON of one item is freed before the next is read. So a long page takes half the time: the
    memory is used again while it is warm, and the garbage collector sees no growth.
    """
    wanted, read = _reading_of(shape)
    for index, value in enumerate(values):
        try:
            values[index] = read(value)
        except (Mismatch, RecursionError):
            values[index] = _walked(wanted, value, f"{path}[{index}]")


def structure_each(values: list[Any], shape: object, *, path: str = "$") -> Iterator[Any]:
    """Read the items of a list one by one, and empty the list meanwhile.  Any: JSON in, models out.

    As in `structure_items`, memory is used again while it is warm.
    """
    wanted, read = _reading_of(shape)
    count = len(values)
    values.reverse()
    while values:
        try:
            made = read(values[-1])
        except (Mismatch, RecursionError):
            made = _walked(wanted, values[-1], f"{path}[{count - len(values)}]")
        values.pop()
        yield made


def _walked(shape: Shape, value: object, path: str) -> object:
    """Read slowly: the fast functions do not know where they are; walking the value again tells."""
    try:
        return _reader.read(shape, value, path)
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


@cache
def _converter() -> "Converter":
    from cattrs import Converter  # noqa: PLC0415 - slow to load, and only who has own hooks needs it

    made = Converter(detailed_validation=False)
    made.register_structure_hook_factory(_is_ours, _Structured)
    made.register_unstructure_hook_factory(has, _Unstructured)
    return made


def _has_hooks() -> bool:
    """Tell whether there can be hooks of others: not before somebody asked for the converter."""
    return _converter.cache_info().currsize > 0


def _has_own_hook(cls: type) -> bool:
    return _has_hooks() and not isinstance(_converter().get_structure_hook(cls), _Structured)


def _foreign_hook(kind: object) -> Hook:
    hook: Callable[[object, object], object] = _converter().get_structure_hook(kind)
    return lambda value: hook(value, kind)


def _own_unstructure_hook(cls: type) -> Callable[[Any], Any] | None:  # Any: cattrs'
    hook = _converter().get_unstructure_hook(cls) if _has_hooks() and has(cls) else None
    return None if isinstance(hook, _Unstructured) else hook


def _forget() -> None:
    _compiler.forget()


_reader: Final = Reader(hook_of=_foreign_hook, is_foreign=_has_own_hook, on_lesson=_forget)
_compiler: Final[Compiler] = Compiler(_reader)
_writer: Final = Writer(
    custom=_own_unstructure_hook, foreign=lambda value: _converter().unstructure(value)
)
