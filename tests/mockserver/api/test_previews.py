"""Pictures that stand for files: how large they are, and where they are fetched."""

from __future__ import annotations

import struct
import zlib

import pytest

from amocrm_mockserver.picture_size import picture_size

from .drive import Json, make_drive


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0\0\0" * 2))
    + _chunk(b"IEND", b"")
)
_GIF = b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0\0\0;"
_JPEG = (
    b"\xff\xd8"
    b"\xff\xe0\x00\x10JFIF\0"
    + bytes(9)
    + b"\xff\xc4\x00\x04\0\0"
    + b"\xff\xc2\x00\x0b\x08"
    + struct.pack(">HH", 480, 640)
    + b"\1\1\x11\0"
)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PNG, (3, 2)),
        (_GIF, (640, 480)),
        (_JPEG, (640, 480)),
        (PNG[:20], None),
        (_GIF[:8], None),
        (_JPEG[:20], None),
        (_JPEG[:-8], None),
        (b"BM 640x480", None),
        (b"", None),
    ],
)
def test_sizes(content: bytes, size: tuple[int, int] | None) -> None:
    """Of the three kinds that browsers send most; what is broken off has none."""
    assert picture_size(content) == size


def _uploaded(name: str, content: bytes, **more: Json) -> tuple[Json, bytes | None]:
    """What is told of the previews, and the bytes of the first."""
    drive = make_drive({"drive": {"max_part_size": 1000}})
    file = drive.upload(name, content, **more)
    assert drive.get(file["_links"]["self"]["href"])["previews"] == file["previews"]
    versions = drive.get(f"/v1.0/files/{file['uuid']}/versions")
    assert versions["_embedded"]["versions"][0]["previews"] == file["previews"]
    if file["previews"] is None:
        return None, None
    [preview] = file["previews"]
    assert set(preview) == {"download_link", "width", "height"}
    return (preview["width"], preview["height"]), drive.raw("GET", preview["download_link"]).body


def test_picture() -> None:
    """A picture that was uploaded with a preview has one, which is answered by the drive."""
    assert _uploaded("a.png", PNG, with_preview=True) == ((3, 2), PNG)


@pytest.mark.parametrize(
    ("name", "content", "asked"),
    [
        ("a.png", PNG, {}),
        ("a.png", PNG, {"with_preview": False}),
        ("a.png", b"no picture", {"with_preview": True}),
        ("a.txt", PNG, {"with_preview": True}),
        ("a.pdf", b"%PDF-1.7", {"with_preview": True}),
    ],
)
def test_no_preview(name: str, content: bytes, asked: dict[str, bool]) -> None:
    """Nobody asked for it, or the file is no picture."""
    assert _uploaded(name, content, **asked) == (None, None)


def test_version() -> None:
    """The file shows the pictures of the version that counts."""
    drive = make_drive({"drive": {"max_part_size": 1000}})
    first = drive.upload("a.png", PNG, with_preview=True)
    second = drive.upload("a.gif", _GIF, with_preview=True, file_uuid=first["uuid"])
    assert second["uuid"] == first["uuid"]
    assert [one["width"] for one in second["previews"]] == [640]
    link = second["previews"][0]["download_link"]
    assert second["version_uuid"] in link
    assert drive.raw("GET", link).body == _GIF
