"""What the objects of a client do unless they are told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from amocrm_gen.runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from attrs import Attribute

    from amocrm_gen.runtime.client import Client

__all__ = ["MOST_ROWS", "ObjectDefaults", "defaults_of", "set_defaults"]

MOST_ROWS: Final = 500
"""Rows on a page, at most."""

_KEY: Final = "_object_defaults"
"""Views of the client for other users take over what begins like this."""


# Any: mypy's plugin takes the type of a default for that of the field
def _whole(_: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigurationError(f"{attribute.name} is {value!r}; it is a whole number")


def _rows(_: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_ROWS:
        raise ConfigurationError(
            f"{attribute.name} is {value!r}; a page has 1 to {MOST_ROWS} rows",
            advice="the PHP library's default is 500",
        )


@frozen(kw_only=True)
class ObjectDefaults:
    """What `amocrm_gen.legacy.Settings` sets for all objects of an account."""

    updated_at_delta: int = field(default=5, validator=_whole)
    """Seconds that are added to the time of each change; may be below 0."""
    page_size: int = field(default=MOST_ROWS, validator=_rows)
    """Rows on a page."""


_USUAL: Final = ObjectDefaults()


def defaults_of(client: Client) -> ObjectDefaults:
    """Return what is set for a client, or what is usual."""
    found: object = vars(client).get(_KEY)
    return found if isinstance(found, ObjectDefaults) else _USUAL


def set_defaults(client: Client, defaults: ObjectDefaults) -> None:
    """Set what the client's objects do from here on."""
    vars(client)[_KEY] = defaults
