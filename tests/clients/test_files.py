"""Every operation of the drive through the client."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

from amocrm_gen import AmoCRM, NotFound, ValidationError
from amocrm_gen.v4 import File, FileRef, FileUpdate, UploadRequest


def _parts(file: File) -> list[str]:
    """The variables of the address of the version that counts."""
    link = file.links.download_version
    assert link
    return [unquote(part) for part in urlsplit(link.href).path.split("/")[2:]]


def test_parts_by_hand(amocrm: AmoCRM) -> None:
    """A session, its parts, and the file that they make; both ways to what it contains."""
    files = amocrm.files
    begun = files.create_session(UploadRequest(file_name="a.txt", file_size=524_289))
    token = begun.upload_url.rpartition("/")[2]
    step = files.upload_part(token, b"x" * begun.max_part_size, content_type="text/plain")
    assert step.next_url
    last = files.upload_part_global(step.next_url.rpartition("/")[2], b"y")
    assert last.uuid
    file = files.get(last.uuid)
    account, uuid, version, name = _parts(file)
    content = b"x" * 524_288 + b"y"
    assert files.get_content(account, uuid, name) == content
    assert files.get_version_content(account, uuid, version, name) == content


def test_life_of_a_file(amocrm: AmoCRM) -> None:
    """Found, renamed, given another version, put back to the first, trashed and brought back."""
    files = amocrm.files
    file = files.upload(b"one", name="a.txt")
    other = files.upload(b"two", name="b.txt")
    assert [each.name for each in files.find()] == ["a", "b"]
    uuids = [file.uuid, other.uuid]
    assert [each.uuid for each in files.find(filter={"uuid": uuids})] == uuids
    assert [each.name for each in files.find(filter={"size": {"from": 4}})] == []
    assert [each.name for each in files.find(filter={"date": {"date_preset": "year"}}, limit=1)]
    assert files.update(file.uuid, FileUpdate(name="c")).name == "c"
    with files.edit(file.uuid) as edited:
        edited.name = "d"
    assert files.get(file.uuid).name == "d"
    files.upload(b"three", name="e.txt", file_uuid=file.uuid)
    versions = files.find_versions(file.uuid)
    assert [version.is_main for version in versions] == [False, True]
    back = files.update(file.uuid, FileUpdate(version_uuid=versions[0].uuid))
    assert (back.name, back.size) == ("d", 3)
    with pytest.raises(ValidationError):
        files.update(file.uuid, FileUpdate(version_uuid=other.version_uuid))
    files.delete([FileRef(uuid=file.uuid)])
    assert [each.name for each in files.find()] == ["b"]
    assert [each.name for each in files.find(filter={"deleted": 1})] == ["d", "b"]
    [restored] = files.restore([FileRef(uuid=file.uuid)])
    assert (restored.uuid, restored.is_trashed) == (file.uuid, False)
    assert files.get_or_none("unknown") is None
    with pytest.raises(NotFound):
        files.find_versions("unknown")


def test_pages_of_files(amocrm: AmoCRM) -> None:
    """Each file once, whatever the size of a page."""
    names = [f"file{number}" for number in range(5)]
    for name in names:
        amocrm.files.upload(b"x", name=name)
    assert [each.name for each in amocrm.files.find(page_size=2)] == names
