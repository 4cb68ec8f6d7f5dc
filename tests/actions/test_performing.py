"""Actions do what they say, against the mock server."""

from pathlib import Path
from typing import Any

import pytest

from amocrm_gen import AmoCRM
from amocrm_gen.actions.catalog import Catalog
from amocrm_gen.actions.fault import InputError
from amocrm_gen.runtime.errors import BatchError, NotFound, ValidationError

CATALOG = Catalog.of()


def run(amo: AmoCRM, name: str, /, **given: Any) -> Any:  # Any: JSON in and out
    """Perform an action."""
    return CATALOG.get(name).perform(amo, given)


def test_creates_reads_changes(amocrm: AmoCRM) -> None:
    """Lists come back as items, single things as themselves, times stay numbers."""
    made = run(amocrm, "leads.create", items=[{"name": "One"}, {"name": "Two"}])
    first, second = (item["id"] for item in made["items"])
    assert run(amocrm, "leads.update_one", id=first, price=5)["id"] == first
    read = run(amocrm, "leads.get", id=first)
    assert (read["name"], read["price"]) == ("One", 5)
    assert isinstance(read["created_at"], int)
    listed = run(amocrm, "leads.find", filter={"id": [first, second]})
    assert {item["id"] for item in listed["items"]} == {first, second}


def test_gives_back_what_became_of_each_item(amocrm: AmoCRM) -> None:
    """Answers stand in the order of the items, whatever the server's, over several requests."""
    rows = [{"name": f"Lead {number}", "request_id": f"r{number}"} for number in range(300)]
    made = run(amocrm, "leads.create", items=rows)["items"]
    assert [item["request_id"] for item in made] == [f"r{number}" for number in range(300)]
    assert len({item["id"] for item in made}) == 300


def test_one_wrong_item_raises_its_own_error(amocrm: AmoCRM) -> None:
    """Of one item it is the API's answer; of several it tells which were written."""
    with pytest.raises(ValidationError):
        run(amocrm, "leads.create", items={"name": "One", "pipeline_id": 424242})
    with pytest.raises(BatchError) as caught:
        run(amocrm, "leads.create", items=[{"name": "One"}, {"name": "Two", "pipeline_id": 424242}])
    assert len(caught.value.failed) == 1


def test_what_is_not_there_is_an_error(amocrm: AmoCRM) -> None:
    """204 of a single thing is `NotFound`; of a list it is an empty list."""
    with pytest.raises(NotFound):
        run(amocrm, "leads.get", id=424242)
    assert run(amocrm, "leads.find", filter={"id": 424242}) == {"items": []}


def test_a_delete_gives_nothing(amocrm: AmoCRM) -> None:
    """An answer without a body is null."""
    (made,) = run(amocrm, "loss_reasons.create", items=[{"name": "Too dear"}])["items"]
    assert run(amocrm, "loss_reasons.delete", id=made["id"]) is None


@pytest.mark.parametrize(
    ("given", "count", "following"),
    [
        ({}, 50, 2),
        ({"page": 2}, 10, None),
        ({"page_size": 7}, 7, 2),
        ({"limit": 55}, 55, None),
        ({"limit": 3}, 3, None),
        ({"all": True}, 60, None),
        ({"all": True, "page_size": 20, "page": 2}, 40, None),
    ],
)
def test_walks_as_far_as_it_is_told(
    amocrm: AmoCRM, given: dict[str, Any], count: int, following: int | None
) -> None:
    """A page, so many items, or all; of a page it tells where it goes on."""
    run(amocrm, "leads.create", items=[{"name": f"Lead {number}"} for number in range(60)])
    found = run(amocrm, "leads.find", **given)
    assert (len(found["items"]), found.get("next_page")) == (count, following)


def test_walks_the_old_api(amocrm: AmoCRM) -> None:
    """API v2 counts rows from an offset."""
    run(amocrm, "leads.create", items=[{"name": f"Lead {number}"} for number in range(25)])
    assert len(run(amocrm, "v2.leads.find", limit=22, page_size=10)["items"]) == 22
    page = run(amocrm, "v2.leads.find", page=3, page_size=10)
    assert (len(page["items"]), page.get("next_page")) == (5, None)
    assert run(amocrm, "v2.leads.find", page=2, page_size=10)["next_page"] == 3


def test_saves_by_the_old_api(amocrm: AmoCRM) -> None:
    """The lists of a body of API v2 are properties of the input."""
    (made,) = run(amocrm, "v2.leads.save", add=[{"name": "Roof"}])["items"]
    assert run(amocrm, "leads.get", id=made["id"])["name"] == "Roof"


def test_files_go_up_and_come_down(amocrm: AmoCRM, tmp_path: Path) -> None:
    """A whole file by two actions, and its content by the operation itself."""
    source, copy = tmp_path / "roof.txt", tmp_path / "copy.txt"
    source.write_bytes(b"a roof" * 1000)
    made = run(amocrm, "files.upload", file=str(source), name="plan.txt")
    assert made["size"] == 6000
    told = run(amocrm, "files.download", file=made["uuid"], to=str(copy))
    assert told == {"path": str(copy), "size": 6000}
    assert copy.read_bytes() == source.read_bytes()
    address = made["_links"]["download"]["href"]
    account, uuid, name = address.split("/download/")[1].split("/")
    again = tmp_path / "again.txt"
    run(
        amocrm, "files.get_content",
        account_uuid=account, file_uuid=uuid, file_name=name, to=str(again),
    )  # fmt: skip
    assert again.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    ("name", "given", "place"),
    [
        ("files.upload", {"file": "/nowhere/at/all"}, "file"),
        ("files.upload_part", {"session_token": "t", "file": "/nowhere/at/all"}, "file"),
        ("files.download", {"file": "6bd1c3a5", "to": "/nowhere/at/all"}, "to"),
        ("ajax.get_form_script", {"to": "/nowhere/at/all"}, "to"),
    ],
)
def test_paths_that_lead_nowhere_are_told_before(
    amocrm: AmoCRM, name: str, given: dict[str, Any], place: str
) -> None:
    """Nothing is sent for them."""
    with pytest.raises(InputError) as caught:
        run(amocrm, name, **given)
    assert [fault.path for fault in caught.value.faults] == [place]
    assert amocrm.last_exchange is None
