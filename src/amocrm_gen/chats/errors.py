"""What can be wrong with a request that claims to be amoCRM's."""

from amocrm_gen.runtime.errors import AmoError

__all__ = ["HookError", "HookFormatError", "HookSignatureError"]


class HookError(AmoError):
    """A hook cannot be used."""


class HookSignatureError(HookError):
    """A hook is not signed, or not by the secret of this channel."""

    advice = (
        "answer 403 and do nothing; if the hook is genuine, check the channel's secret, and that "
        "the body is checked as it came, before anything parses it"
    )


class HookFormatError(HookError):
    """A hook is signed rightly and yet no JSON object, or a part of it is of another type."""

    advice = "if the hook is right, the models are wrong: please report it with this text"

    def __init__(self, message: str, *, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path
        """Where in the body: `$.message.conversation.id`."""
