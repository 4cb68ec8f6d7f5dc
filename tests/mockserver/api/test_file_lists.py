"""Lists of files: filters and pages."""

from __future__ import annotations

import pytest

from .crm import NOON
from .drive import DAY, Drive, make_drive


class TestFilters:
    """Which files a list shows."""

    @pytest.fixture
    def drive(self) -> Drive:
        """Files of three days, the last one changed today."""
        drive = make_drive()
        for name in ("Roof.PNG", "roof plan.pdf", "wall.txt"):
            drive.upload(name, b"x" * len(name), created_by={"id": len(name), "type": "internal"})
            drive.server.clock.advance(DAY)
        return drive

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Roof", "roof plan", "wall"]),
            ("filter[name]=roof", ["Roof"]),
            ("filter[term]=ROOF", ["Roof", "roof plan"]),
            ("filter[extensions][]=png&filter[extensions][]=pdf", ["Roof", "roof plan"]),
            ("filter[extensions]=txt", ["wall"]),
            ("filter[size][from]=9", ["roof plan"]),
            ("filter[size][to]=8&filter[size][unit]=b", ["Roof", "wall"]),
            ("filter[size][from]=1&filter[size][unit]=kb", []),
            ("filter[source_id]=5", []),
            ("filter[created_by][]=8", ["Roof", "wall"]),
            ("filter[created_by][]=-1&filter[created_by][]=13", ["roof plan"]),
            ("filter[updated_by][]=13", ["roof plan"]),
            (f"filter[date][type]=created_at&filter[date][from]={NOON + 1}", ["roof plan", "wall"]),
            (f"filter[date][to]={NOON}", ["Roof"]),
            ("filter[date][date_preset]=yesterday", ["wall"]),
            ("filter[date][date_preset]=last_3_days", ["roof plan", "wall"]),
            ("filter[date][date_preset]=next_3_days", []),
            ("filter[date][date_preset]=year", ["Roof", "roof plan", "wall"]),
            ("filter[date][date_preset]=nonsense", ["Roof", "roof plan", "wall"]),
            ("filter[date]=nonsense", ["Roof", "roof plan", "wall"]),
            ("page=2&limit=2", ["wall"]),
        ],
    )
    def test_what_is_shown(self, drive: Drive, query: str, names: list[str]) -> None:
        """Each filter alone; all must fit where there are several."""
        assert drive.names(query) == names

    def test_several_uuids_stand_in_one_value(self, drive: Drive) -> None:
        """With commas between them."""
        rows = drive.get("/v1.0/files")["_embedded"]["files"]
        uuids = ",".join(row["uuid"] for row in rows[1:])
        assert drive.names(f"filter[uuid]={uuids}") == ["roof plan", "wall"]
        assert drive.names("filter[uuid]=unknown") == []

    def test_pages(self, drive: Drive) -> None:
        """They are counted, and tell the next one."""
        page = drive.get("/v1.0/files?limit=2")
        assert page["_count"] == 2
        assert page["_links"]["next"]["href"].startswith(f"https://{drive.host}/v1.0/files?")
        assert "next" not in drive.get("/v1.0/files?limit=2&page=2")["_links"]
