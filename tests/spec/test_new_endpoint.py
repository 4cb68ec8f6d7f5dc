"""A field and an endpoint added to a YAML file need no other edit anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("src", "codegen", "mockserver")

NEW_RESOURCE = """
resource: contracts
doc: Contracts of leads.
entities:
  Contract:
    doc: A contract.
    fields:
      id: {type: integer, in: [read!, update!]}
      number: {type: string, in: [read!, create!, update]}
      signed_at: {type: timestamp, nullable: true, in: [read!, create, update]}
types:
  ContractWritten:
    doc: A contract that was just written.
    fields: {id: integer, request_id: {type: string, optional: true}, _links: Links}
operations:
  find:
    http: GET /api/v4/contracts
    summary: List contracts
    keywords: {en: [contracts], ru: [договоры]}
    traits: {readonly: true, paginated: {max: 250}, empty: [204]}
    filter: {id: {list: integer}, number: {list: string}}
    order: [id]
    default_order: id
    returns: {list: Contract}
    evidence: [guess]
  get:
    http: GET /api/v4/contracts/{id}
    summary: Read a contract
    keywords: {en: [contract], ru: [договор]}
    traits: {readonly: true, empty: [204]}
    returns: Contract
    evidence: [guess]
  create:
    http: POST /api/v4/contracts
    summary: Create contracts
    keywords: {en: [contract], ru: [договор]}
    traits: {batch: {max: 250, match: request_id}}
    takes: {list: ContractCreate}
    returns: {list: ContractWritten}
    errors: {400: ValidationProblem}
    evidence: [guess]
"""

USE = """
from amocrm_gen.v4 import AmoCRM, ContractCreate, LeadCreate
from amocrm_mockserver.testing import mock_amocrm

with mock_amocrm() as account:
    amo = AmoCRM(account.subdomain, token=account.token, base_url=account.base_url)
    made = amo.contracts.create([ContractCreate(number="A-1"), ContractCreate(number="A-2")])
    assert [item.number for item in amo.contracts.find(order="-id")] == ["A-2", "A-1"]
    assert [item.id for item in amo.contracts.find(filter={"number": "A-2"})] == [made[1].id]
    one = amo.contracts.get(made[0].id)
    assert (one.number, one.signed_at) == ("A-1", None)
    assert amo.contracts.get_or_none(1) is None
    lead = amo.leads.create(LeadCreate(name="x", contract_no="7"))
    number: str | None = amo.leads.get(lead.id).contract_no
    assert number == "7", number
print("works")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout with the new field and endpoint, regenerated."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("spec", "docs", *PACKAGES):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    leads = folder / "spec" / "v4" / "leads.yaml"
    text = leads.read_text(encoding="utf-8")
    mark = "      score: {"
    assert mark in text
    added = "      contract_no: {type: string, nullable: true}\n"
    leads.write_text(text.replace(mark, added + mark, 1), encoding="utf-8")
    (folder / "spec" / "v4" / "contracts.yaml").write_text(NEW_RESOURCE, encoding="utf-8")
    run(folder, "-m", "amocrm_codegen")
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Run Python on the packages of the copy."""
    paths = os.pathsep.join(str(folder / name) for name in PACKAGES)
    done = subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "MYPYPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_mock_server_and_client_know_it(copy: Path) -> None:
    """The new endpoint is served with state, and the new field travels both ways."""
    assert run(copy, "-c", USE) == "works\n"


def test_types_know_it(copy: Path) -> None:
    """Mypy accepts the new names and refuses wrong ones."""
    sample = copy / "sample.py"
    sample.write_text(USE, encoding="utf-8")
    run(copy, "-m", "mypy", "--strict", "--explicit-package-bases", "sample.py")
    sample.write_text(USE.replace('number="A-1"', 'numbr="A-1"'), encoding="utf-8")
    with pytest.raises(AssertionError, match="numbr"):
        run(copy, "-m", "mypy", "--strict", "--explicit-package-bases", "sample.py")


def test_document_and_reference_know_it(copy: Path) -> None:
    """Both copies of the contract and the reference name the new endpoint."""
    for path in ("src/amocrm_gen/v4/openapi.json", "mockserver/amocrm_mockserver/contract/v4.json"):
        text = (copy / path).read_text(encoding="utf-8")
        assert '"/api/v4/contracts/{id}"' in text
        assert '"contract_no"' in text
    assert "amo.contracts.find(" in (copy / "docs" / "reference.md").read_text(encoding="utf-8")
