"""A user's credentials of the old API."""

from attrs import field, frozen

from amocrm_gen.runtime.secret import conceal

__all__ = ["ApiKeyLogin"]


@frozen(kw_only=True)
class ApiKeyLogin:
    """A user and the API key that the user's profile shows, in accounts that still have it."""

    login: str
    """The user's e-mail address."""
    api_key: str = field(converter=conceal, repr=False)
