"""Calls that are not JSON on the account's own host: forms, bytes, headers, offsets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fragment_cases import query

if TYPE_CHECKING:
    from pathlib import Path


class TestParcels:
    """Not everything is JSON on the account's own host."""

    def test_pages_can_be_told_by_an_offset(self, part: Any) -> None:
        """The third page of ten begins behind twenty."""
        call = part("calls.parcels").find(page=3, limit=10)
        assert query(call) == {"skip": "20", "rows": "10"}
        assert (call.operation.host, call.operation.auth) == ("amojo", "signed")

    def test_a_form_is_written_in_brackets(self, part: Any) -> None:
        """Lists are numbered; what is absent is left out; the header goes along."""
        label = part("models.parcels").Label
        call = part("calls.parcels").print_label(label(text="a&b", lines=[3, 4]))
        assert call.form == (("text", "a&b"), ("lines[0]", "3"), ("lines[1]", "4"))
        assert part("calls.parcels").print_label(label(text="a")).form == (("text", "a"),)
        assert call.body is None
        assert call.operation.headers == (("X-Requested-With", "XMLHttpRequest"),)

    def test_a_secret_is_in_no_repr(self, part: Any) -> None:
        """It is sent all the same."""
        label = part("models.parcels").Label(text="a", pin="1234")
        assert "1234" not in repr(label)
        call = part("calls.parcels").print_label(label)
        assert ("pin", "1234") in call.form
        assert "1234" not in repr(call)

    def test_bytes_go_as_they_are(self, part: Any) -> None:
        """With their type and the headers that the caller gives; no repr shows either."""
        call = part("calls.parcels").send("t/1", b"\0\xff", key="k-123", content_type="image/png")
        assert (call.path, call.content, call.query) == ("/parcels/t%2F1", b"\0\xff", ())
        assert call.headers == (("X-Key", "k-123"), ("Content-Type", "image/png"))
        assert "k-123" not in repr(call)

    def test_a_body_is_spread_over_arguments(self, part: Any) -> None:
        """What is not given is not sent."""
        calls, models = part("calls.parcels"), part("models.parcels")
        call = calls.save(add=[models.Label(text="a")], user_id=5)
        assert call.body == {"add": [{"text": "a"}], "user_id": 5}
        assert calls.save(delete=(1, 2), user_id=0, note="").body == {
            "delete": [1, 2],
            "user_id": 0,
            "note": "",
        }

    def test_a_moment_in_a_header(self, part: Any) -> None:
        """Headers have dates of their own form."""
        send, moment = part("calls.parcels").send, datetime(2017, 8, 1, 7, 7, 23, tzinfo=UTC)
        for since in (moment, int(moment.timestamp())):
            call = send("t", b"", key="k", since=since)
            assert ("If-Modified-Since", "Tue, 01 Aug 2017 07:07:23 GMT") in call.headers

    def test_a_header_cannot_be_broken(self, part: Any) -> None:
        """A line break would start a header of its own."""
        with pytest.raises(ValueError, match="X-Key"):
            part("calls.parcels").send("t", b"", key="a\r\nX-Evil: 1")

    def test_what_lies_in_a_body_is_given_as_arguments(self, part: Any) -> None:
        """The keys around it are written, and have no models."""
        call = part("calls.parcels").seal(seal=[3, 4], color="red")
        pairs = (("seal][0", "3"), ("seal][1", "4"), ("color", "red"))
        assert call.form == tuple((f"request[parcels][{key}]", value) for key, value in pairs)
        assert part("calls.parcels").seal(seal=[5]).form == (("request[parcels][seal][0]", "5"),)
        assert not hasattr(part("models.parcels"), "SealingRequest")

    def test_what_is_unexposed_has_no_method_and_no_models(
        self, part: Any, fragments_package: Path
    ) -> None:
        """The document tells of it; secrets have no class whose repr could show them."""
        assert not hasattr(part("calls.parcels"), "unlock")
        assert not hasattr(part("sync.parcels").Parcels, "unlock")
        assert not hasattr(part("models.parcels"), "Secret")
        document = json.loads((fragments_package / "openapi.json").read_bytes())
        assert document["paths"]["/parcels/unlock"]["post"]["operationId"] == "parcels.unlock"
        assert "parcels.Secret" in document["components"]["schemas"]
