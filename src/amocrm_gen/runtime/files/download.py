"""The conversation of a download: the body goes where it is wanted as it comes."""

from typing import Final

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import respond
from amocrm_gen.runtime.effects import Do, Talk
from amocrm_gen.runtime.errors import ResponseError
from amocrm_gen.runtime.files.target import Target
from amocrm_gen.runtime.session import Session

__all__ = ["download"]

_AS_IT_IS: Final = (("Accept", "*/*"), ("Accept-Encoding", "identity"))


def download(
    session: Session, operation: Operation, url: str, target: Target, size: int | None
) -> Talk[int]:
    """Fetch an address into a target and return how many bytes came; `size` is what should."""
    call = Call[object](operation, url, headers=_AS_IT_IS, sink=target)
    try:
        yield from respond(session, call)
        _check(target, size, operation)
    except BaseException:
        yield Do(target.drop)
        raise
    yield Do(target.keep)
    return target.done


def _check(target: Target, size: int | None, operation: Operation) -> None:
    if size is not None and target.done != size:
        raise ResponseError(
            f"the file was to have {size} bytes, and {target.done} came; it may have got another "
            "version meanwhile",
            operation=operation.name,
        )
