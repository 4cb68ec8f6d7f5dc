"""The error of an upload that stopped on its way."""

from amocrm_gen.runtime.errors import AmoError
from amocrm_gen.runtime.files.state import UploadState

__all__ = ["UploadError"]


class UploadError(AmoError):
    """An upload stopped on its way; `__cause__` is what stopped it."""

    advice = "call upload again with the same file and resume=error.state"

    def __init__(self, message: str, *, state: UploadState | None, cause: AmoError) -> None:
        super().__init__(
            message,
            operation=cause.operation,
            status=cause.status,
            request_id=cause.request_id,
            advice=None if state is not None else "upload the file anew",
        )
        self.state = state
        """Where to go on, in this process or in another; None when the upload cannot go on."""
