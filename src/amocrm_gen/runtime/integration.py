"""An integration's credentials."""

from attrs import field, frozen

from amocrm_gen.runtime.secret import conceal

__all__ = ["Integration"]


@frozen(kw_only=True)
class Integration:
    """What amoCRM gave when the integration was registered."""

    client_id: str
    client_secret: str = field(converter=conceal, repr=False)
    redirect_uri: str
    """Exactly as it was registered."""
