"""What files contain, and the addresses of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from .drive import Drive


class TestDownloads:
    """What files contain."""

    def test_headers(self, drive: Drive) -> None:
        """Type and name of the file; the bytes are whole."""
        file = drive.upload("план.txt", b"0123456789")
        url = file["_links"]["download"]["href"]
        assert url.endswith(f"/{quote('план.txt')}")
        response = drive.raw("GET", url)
        assert response.body == b"0123456789"
        assert response.header("Content-Type") == "text/plain"
        assert response.header("Content-Length") == "10"
        disposition = response.header("Content-Disposition") or ""
        assert disposition.startswith('attachment; filename="____.txt"; ')
        assert disposition.endswith(f"filename*=UTF-8''{quote('план.txt')}")

    @pytest.mark.parametrize("name", ['a"\r\nX-Evil: 1\\.b\n"', "a/b/../c.txt", "ё\0.ё"])
    def test_names_that_break_nothing(self, drive: Drive, name: str) -> None:
        """No name makes another header or another path."""
        file = drive.upload(name, b"x", content_type="text/plain\r\nX-Evil: 1")
        response = drive.raw("GET", file["_links"]["download"]["href"])
        assert response.body == b"x"
        for _, value in response.headers:
            assert value.isascii()
            assert value.isprintable()

    def test_without_a_token(self, drive: Drive) -> None:
        """The address is enough; a token that is wrong is refused all the same."""
        url = drive.upload()["_links"]["download"]["href"]
        assert drive.raw("GET", url, token="").body == b"0123456789"
        assert drive.raw("GET", url, token="wrong").status == 401
        assert drive.raw("GET", "/download/a/b/c.txt", token="").status == 401

    def test_addresses_that_lead_nowhere(self, drive: Drive) -> None:
        """Files, versions and accounts that do not belong together."""
        one, two = drive.upload(), drive.upload()
        url = one["_links"]["download_version"]["href"]
        account = url.split("/")[4]
        for wrong in (
            url.replace(one["version_uuid"], two["version_uuid"]),
            url.replace(one["version_uuid"], "unknown"),
            url.replace(one["uuid"], "unknown"),
            url.replace(account, one["uuid"]),
        ):
            assert drive.raw("GET", wrong).status == 404
