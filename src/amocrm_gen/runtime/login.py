"""A user's credentials of the old API."""

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.kinds import is_number
from amocrm_gen.runtime.secret import conceal

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["ApiKeyLogin", "attempts_checked", "pause_checked"]


# Any: mypy's plugin takes the type of a default for that of the field
def attempts_checked(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Refuse what is no number of attempts."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigurationError(
            f"{attribute.name} is {value!r}; it is a whole number from 0",
            advice="to have every refusal of a session raised, give 0",
        )


def pause_checked(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Refuse what is no time to wait."""
    if not is_number(value) or value < 0:
        raise ConfigurationError(
            f"{attribute.name} is {value!r}; it is a number of seconds from 0",
            advice="to log in again at once, give 0",
        )


@frozen(kw_only=True)
class ApiKeyLogin:
    """A user and the API key that the user's profile shows, in accounts that still have it."""

    login: str
    """The user's e-mail address."""
    api_key: str = field(converter=conceal, repr=False)
    attempts: int = field(default=1, validator=attempts_checked)
    """How often one call logs in again, when its session is refused, and is sent again.

    A session whose fifteen minutes are known to be over is opened anew without being refused.
    """
    pause: float = field(default=0.0, validator=pause_checked)
    """Seconds before each of these logins."""
