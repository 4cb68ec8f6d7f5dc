"""Whole files to the drive and back, in as many requests as that takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import frozen

from amocrm_gen.actions.action import Requests
from amocrm_gen.actions.contract import contract_of
from amocrm_gen.actions.fault import Fault, InputError
from amocrm_gen.actions.schema import standing_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_gen.actions.action import Kind
    from amocrm_gen.actions.contract import Schema
    from amocrm_gen.runtime.types import JsonObject, JsonValue
    from amocrm_gen.v4.client import AmoCRM

__all__ = ["TRANSFERS", "Transfer"]


@frozen(kw_only=True, eq=False)
class Transfer:
    """An action that moves a file; the API has several operations for it."""

    id: str
    name: str
    description: str
    is_write: bool
    keywords: Mapping[str, tuple[str, ...]]
    source: str
    takes: Schema
    gives: Schema
    example: JsonObject
    carry_out: Callable[[Transfer, AmoCRM, JsonObject], JsonValue]

    @property
    def kind(self) -> Kind:
        """Return that it is put together of operations."""
        return "composed"

    @property
    def resource(self) -> str:
        """Return what it is about."""
        return "files"

    @property
    def is_destructive(self) -> bool:
        """Tell that nothing is lost by it."""
        return False

    @property
    def requests(self) -> Requests:
        """Return its cost: parts and sessions."""
        return Requests(2)

    @property
    def input_schema(self) -> JsonObject:
        """Return the schema of its input."""
        return self._standing(self.takes)

    @property
    def output_schema(self) -> JsonObject:
        """Return the schema of its output."""
        return self._standing(self.gives)

    def _standing(self, schema: Schema) -> JsonObject:
        way: Any = "in" if schema is self.takes else "out"  # Any: one of the two words
        return standing_alone(schema, contract_of("v4"), way, resource="files", path={})

    def perform(self, amo: AmoCRM, given: JsonObject) -> JsonValue:
        """Check the input and move the file."""
        from amocrm_gen.actions.validation import (  # noqa: PLC0415 - a list needs none
            checked_by_schema,
        )

        return self.carry_out(self, amo, checked_by_schema(self, given))

    def refuse(self, path: str, message: str, hint: str) -> InputError:
        """Return the error of a path that leads nowhere."""
        fault = Fault(path, message, hint)
        return InputError(
            "the input is not taken: 1 thing is wrong", faults=[fault], action=self.id
        )


def _upload(action: Transfer, amo: AmoCRM, given: JsonObject) -> JsonValue:
    from amocrm_gen.runtime.files.upload import Parcel, upload  # noqa: PLC0415 - of few calls
    from amocrm_gen.v4.calls import files  # noqa: PLC0415 - as above

    path = Path(str(given["file"])).expanduser()
    if not path.is_file():
        raise action.refuse("file", f"there is no file {path}", "give the path of a local file")
    parcel = Parcel(
        source=path,
        name=cast("str | None", given.get("name")),
        content_type=cast("str | None", given.get("content_type")),
        file_uuid=cast("str | None", given.get("file_uuid")),
        with_preview=bool(given.get("with_preview")),
        listener=None,
        resume=None,
    )
    return amo.perform(lambda session: upload(session, files, parcel))


def _download(action: Transfer, amo: AmoCRM, given: JsonObject) -> JsonValue:
    path = Path(str(given["to"])).expanduser()
    if not path.parent.is_dir():
        raise action.refuse("to", f"there is no folder {path.parent}", "make it first")
    named = str(given["file"])
    size = amo.files.download(named if "://" in named else amo.files.get(named), path)
    return {"path": str(path), "size": size}


_FILE: Final[Schema] = {"$ref": "#/components/schemas/files.File"}

TRANSFERS: Final = (
    Transfer(
        id="files.upload",
        name="Upload a file",
        description="Send a local file to the drive, in parts that are as large as it takes them.",
        is_write=True,
        keywords={
            "en": ("file", "upload", "send", "attach", "drive"),
            "ru": ("файл", "загрузить", "отправить", "диск"),
            "es": ("archivo", "subir", "enviar"),
        },
        source="composed of files.create_session and files.upload_part",
        takes={
            "type": "object",
            "properties": {
                "file": {"type": "string", "description": "Path of a local file."},
                "name": {"type": "string", "description": "Its name there, with the extension."},
                "content_type": {"type": "string", "description": "MIME type; else by the name."},
                "file_uuid": {
                    "type": "string",
                    "description": "A file of the drive that gets a new version.",
                },
                "with_preview": {
                    "type": "boolean",
                    "description": "Ask for small pictures of a picture.",
                },
            },
            "required": ["file"],
        },
        gives=_FILE,
        example={"file": "photo.jpg"},
        carry_out=_upload,
    ),
    Transfer(
        id="files.download",
        name="Download a file",
        description="Write a file of the drive, or a version of one, to a local path.",
        is_write=False,
        keywords={
            "en": ("file", "download", "fetch", "save", "drive"),
            "ru": ("файл", "скачать", "сохранить", "диск"),
            "es": ("archivo", "descargar", "guardar"),
        },
        source="composed of files.get and files.get_content",
        takes={
            "type": "object",
            "properties": {
                "file": {
                    "type": "string",
                    "description": "Its uuid, or its address as its links tell it.",
                },
                "to": {"type": "string", "description": "Local path to write to."},
            },
            "required": ["file", "to"],
        },
        gives={
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "Where the file was written."},
                "size": {"type": "integer", "description": "Bytes."},
            },
            "required": ["path", "size"],
        },
        example={"file": "6bd1c3a5-6e1c-4c0f-9d2e-0d9a4c1f3b57", "to": "photo.jpg"},
        carry_out=_download,
    ),
)
