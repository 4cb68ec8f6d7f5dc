"""The conversation of an upload: a session, and the parts of the file one after the other."""

from functools import partial
from typing import Final, Protocol, cast

from attrs import evolve, frozen

from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.converse import converse
from amocrm_gen.runtime.effects import Do, Talk
from amocrm_gen.runtime.errors import (
    AmoError,
    ConfigurationError,
    NotFound,
    ResponseError,
)
from amocrm_gen.runtime.files.error import UploadError
from amocrm_gen.runtime.files.source import Source, Uploadable, open_source
from amocrm_gen.runtime.files.state import FileProgress, Listener, UploadState
from amocrm_gen.runtime.kinds import is_object
from amocrm_gen.runtime.session import Session
from amocrm_gen.runtime.types import JsonObject

__all__ = ["FileCalls", "Parcel", "upload"]

_LARGEST_PART: Final = 16 * 1024 * 1024
"""Bytes of a part that are held in memory, whatever the server would take."""


class FileCalls(Protocol):
    """What is used of the generated calls: where they go, and how they may be repeated."""

    @property
    def CREATE_SESSION(self) -> Operation:  # noqa: N802 - a generated constant
        """Starts an upload."""
        ...

    @property
    def UPLOAD_PART(self) -> Operation:  # noqa: N802 - as above
        """Sends a part."""
        ...

    @property
    def GET_CONTENT(self) -> Operation:  # noqa: N802 - as above
        """Fetches a file."""
        ...


@frozen(kw_only=True)
class Parcel:
    """A file to send, and what amoCRM is told of it."""

    source: Uploadable
    name: str | None
    content_type: str | None
    file_uuid: str | None
    with_preview: bool
    listener: Listener | None
    resume: UploadState | None


def upload(session: Session, calls: FileCalls, parcel: Parcel) -> Talk[JsonObject]:
    """Send a file and return what amoCRM says of it."""
    resume = parcel.resume
    name = parcel.name or (None if resume is None else resume.name)
    content_type = parcel.content_type or (None if resume is None else resume.content_type)
    source: Source = yield Do(lambda: open_source(parcel.source, name, content_type))
    try:
        if resume is None:
            state = yield from _begin(session, calls, source, parcel)
        else:
            state = _same(resume, source)
        return (yield from _send_parts(session, calls, source, state, parcel.listener))
    finally:
        yield Do(source.close)


def _same(state: UploadState, source: Source) -> UploadState:
    if state.size != source.size:
        raise ConfigurationError(
            f"the upload began with {state.size} bytes, and {source.name} has {source.size}",
            advice="resume with the file that it began with, or upload this one anew",
        )
    return state


def _begin(session: Session, calls: FileCalls, source: Source, parcel: Parcel) -> Talk[UploadState]:
    operation = calls.CREATE_SESSION
    body: JsonObject = {
        "file_name": source.name,
        "file_size": source.size,
        "content_type": source.content_type,
    }
    if parcel.file_uuid is not None:
        body["file_uuid"] = parcel.file_uuid
    if parcel.with_preview:
        body["with_preview"] = True
    answer = yield from converse(session, Call[object](operation, operation.path, body=body))
    return UploadState(
        session_id=_whole(answer, "session_id", operation),
        url=_text(answer, "upload_url", operation),
        name=source.name,
        content_type=source.content_type,
        size=source.size,
        part_size=min(_whole(answer, "max_part_size", operation), _LARGEST_PART),
    )


def _send_parts(
    session: Session,
    calls: FileCalls,
    source: Source,
    state: UploadState,
    listener: Listener | None,
) -> Talk[JsonObject]:
    while True:
        _tell(listener, state)
        offset, length = state.done, min(state.part_size, state.size - state.done)
        try:
            part: bytes = yield Do(partial(source.read, offset, length))
            answer = yield from converse(session, _part_call(calls, state, part))
            done = state.done + len(part)
            if not is_object(answer):
                raise ResponseError("$: expected an object", path="$", operation=_NAME)
            if "next_url" not in answer:
                return _whole_file(cast("JsonObject", answer), done, state, listener)
            if done >= state.size:
                raise ResponseError("amoCRM waits for more than the file has", operation=_NAME)
        except AmoError as error:
            raise _stopped(state, error) from error
        state = evolve(state, url=_text(answer, "next_url", calls.UPLOAD_PART), done=done)


_NAME: Final = "files.upload"


def _part_call(calls: FileCalls, state: UploadState, part: bytes) -> Call[object]:
    headers = (("Content-Type", state.content_type),)
    return Call[object](calls.UPLOAD_PART, state.url, content=part, headers=headers)


def _whole_file(
    answer: JsonObject, done: int, state: UploadState, listener: Listener | None
) -> JsonObject:
    if done < state.size:
        raise ResponseError("amoCRM took the file for whole before it was", operation=_NAME)
    if listener is not None:
        listener(FileProgress(done=done, total=state.size))
    return answer


def _tell(listener: Listener | None, state: UploadState) -> None:
    if listener is not None:
        listener(FileProgress(done=state.done, total=state.size, state=state))


def _stopped(state: UploadState, error: AmoError) -> UploadError:
    # An address that amoCRM does not know any more, or answers senselessly, leads nowhere.
    is_over = isinstance(error, NotFound | ResponseError)
    message = f"the upload stopped at {state.done} of {state.size} bytes: {error.message}"
    return UploadError(message, state=None if is_over else state, cause=error)


def _whole(answer: object, key: str, operation: Operation) -> int:
    found = answer.get(key) if is_object(answer) else None
    if not isinstance(found, int) or found <= 0:
        raise ResponseError(
            f"$.{key}: expected a number", path=f"$.{key}", operation=operation.name
        )
    return found


def _text(answer: object, key: str, operation: Operation) -> str:
    found = answer.get(key) if is_object(answer) else None
    if not isinstance(found, str):
        raise ResponseError(f"$.{key}: expected text", path=f"$.{key}", operation=operation.name)
    return found
