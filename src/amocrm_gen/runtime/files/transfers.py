"""Sending and fetching files, as methods of the clients' `files`."""

from typing import Any, Generic, TypeVar

from amocrm_gen.runtime import convert
from amocrm_gen.runtime.effects import Talk
from amocrm_gen.runtime.errors import ConfigurationError
from amocrm_gen.runtime.files.download import download
from amocrm_gen.runtime.files.source import Uploadable
from amocrm_gen.runtime.files.state import Listener, UploadState
from amocrm_gen.runtime.files.target import Downloadable, Target
from amocrm_gen.runtime.files.upload import FileCalls, Parcel, upload
from amocrm_gen.runtime.resource import AsyncResource, Resource
from amocrm_gen.runtime.session import Session

__all__ = ["AsyncFileTransfers", "FileTransfers"]

F = TypeVar("F")
"""The model of a file."""


class FileTransfers(Resource, Generic[F]):
    """Uploads in parts and downloads piece by piece, in little memory."""

    __slots__ = ()
    _calls: FileCalls
    _model: type[F]

    def upload(  # noqa: PLR0913 - what a file can be told
        self,
        source: Uploadable,
        *,
        name: str | None = None,
        content_type: str | None = None,
        file_uuid: str | None = None,
        with_preview: bool = False,
        progress: Listener | None = None,
        resume: UploadState | None = None,
    ) -> F:
        """Upload a file, in parts that are as large as amoCRM takes them.

        A part whose answer is lost is sent again. Where that does not help, the upload stops with
        an `UploadError`, whose `state` goes on where it stopped. To go on after the process itself
        has died, keep `state.dump()` of what `progress` is told.

        Args:
            source: A path, bytes, or a file that is open for reading bytes; one byte more than a
                part of it is never in memory.
            name: The name with its extension; that of the file if left out.
            content_type: MIME type; found by the name if left out.
            file_uuid: A file that gets a new version, which counts from then on.
            with_preview: Ask for small pictures of a picture.
            progress: Called at the begin and after each part.
            resume: Where a former upload of the same source stopped.

        Returns:
            The file as amoCRM describes it.

        Raises `UploadError` when it stopped on its way, `ValidationError` (400) and `Forbidden`
        (403) when amoCRM does not take the file, `ConfigurationError` for a source that cannot be
        read in parts.
        """
        parcel = Parcel(
            source=source,
            name=name,
            content_type=content_type,
            file_uuid=file_uuid,
            with_preview=with_preview,
            listener=progress,
            resume=resume,
        )
        return self._client.perform(
            lambda session: _upload(session, self._calls, self._model, parcel)
        )

    def download(self, file: F | str, to: Downloadable, *, progress: Listener | None = None) -> int:
        """Download a file, or a version of one, without holding it in memory.

        A path gets the file when all of it has come, so that there is never half a file there.

        Args:
            file: A file as amoCRM describes it, or the address of one or of a version: `href` of
                its `links.download`.
            to: A path, or a file that is open for writing bytes.
            progress: Called at the begin and after each piece.

        Returns:
            The number of bytes.

        Raises `NotFound` (404) for a file that is gone or in the trash, `TransportError` when the
        connection breaks and breaks again, `ConfigurationError` for an address that is not one of
        amoCRM's hosts, and when a broken download would have to begin anew in something that one
        cannot go back in.
        """
        target = Target(to, progress)
        return self._client.perform(lambda session: _download(session, self._calls, file, target))


class AsyncFileTransfers(AsyncResource, Generic[F]):
    """Uploads in parts and downloads piece by piece, in little memory."""

    __slots__ = ()
    _calls: FileCalls
    _model: type[F]

    async def upload(  # noqa: PLR0913 - as above
        self,
        source: Uploadable,
        *,
        name: str | None = None,
        content_type: str | None = None,
        file_uuid: str | None = None,
        with_preview: bool = False,
        progress: Listener | None = None,
        resume: UploadState | None = None,
    ) -> F:
        """Upload a file, in parts that are as large as amoCRM takes them.

        All is as in the synchronous client; files are read in a thread, and `progress` is called
        in the loop's.
        """
        parcel = Parcel(
            source=source,
            name=name,
            content_type=content_type,
            file_uuid=file_uuid,
            with_preview=with_preview,
            listener=progress,
            resume=resume,
        )
        return await self._client.perform(
            lambda session: _upload(session, self._calls, self._model, parcel)
        )

    async def download(
        self, file: F | str, to: Downloadable, *, progress: Listener | None = None
    ) -> int:
        """Download a file, or a version of one, without holding it in memory.

        All is as in the synchronous client; files are written in a thread.
        """
        target = Target(to, progress)
        return await self._client.perform(
            lambda session: _download(session, self._calls, file, target)
        )


def _upload(session: Session, calls: FileCalls, model: type[F], parcel: Parcel) -> Talk[F]:
    found = yield from upload(session, calls, parcel)
    return convert.structure(found, model, path="$")


def _download(session: Session, calls: FileCalls, file: object, target: Target) -> Talk[int]:
    operation = calls.GET_CONTENT
    if isinstance(file, str):
        return (yield from download(session, operation, file, target, None))
    described: Any = file  # Any: a model of a file, whichever API it is of
    url = getattr(getattr(described.links, "download", None), "href", None)
    if not isinstance(url, str):
        raise ConfigurationError(
            "the file does not tell its address", advice="read it anew, or give its address"
        )
    return (yield from download(session, operation, url, target, described.size))
