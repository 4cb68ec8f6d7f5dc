"""Text that is used like any other, and that no repr shows."""

from amocrm_gen.runtime.kinds import is_list, is_object

__all__ = ["Secret", "conceal", "conceal_optional", "sealed"]


class Secret(str):
    """Text whose `repr` is hidden: it stands in lists, mappings and frames that others print.

    `str()` and formatting give the text itself, since that is what has to be sent.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def conceal(text: str) -> str:
    """Return a text as a secret."""
    return Secret(text)


def conceal_optional(text: str | None) -> str | None:
    """Return a text as a secret; None stays None."""
    return None if text is None else Secret(text)


def sealed(value: object) -> object:
    """Return a JSON value with all of its texts as secrets, for answers that hold tokens."""
    if isinstance(value, str):
        return Secret(value)
    if is_object(value):
        return {Secret(key): sealed(inner) for key, inner in value.items()}
    return [sealed(inner) for inner in value] if is_list(value) else value
