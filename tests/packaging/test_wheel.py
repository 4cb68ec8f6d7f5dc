"""The wheel alone, in an environment outside the checkout, does what the README promises."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.clean_env

ROOT = Path(__file__).parents[2]

QUICK_START = """
import sys
import urllib3
from amocrm_gen import AmoCRM
url = sys.argv[1]
account = urllib3.request("POST", f"{url}/__mock__/accounts", json={}).json()
amo = AmoCRM(account["subdomain"], token=account["access_token"], base_url=url)
from amocrm_gen.v4 import LeadCreate
amo.leads.create([LeadCreate(name=f"Lead {n}") for n in range(7)])
for lead in amo.leads.find(limit=5):
    print(lead.id, lead.name, lead.price)
"""

OVERLAY = """
resource: leads
entities:
  Lead:
    fields:
      contract_no: {type: string, nullable: true, in: [read!], doc: "Number of the contract."}
"""

USER_CODE = """
from mypkg import AmoCRM, Lead

def numbers(amo: AmoCRM) -> list[str]:
    found: list[str] = []
    for lead in amo.leads.find(limit=3):
        number = lead.contract_no
        found.append(number.upper() if number is not None else "none")
    return found

def name(lead: Lead) -> str:
    return lead.name.upper()
"""


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """Run a command outside the checkout; its output, or a failure that shows it."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_env(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel and its extras; gives its folder of executables."""
    folder = tmp_path_factory.mktemp("clean") / "env"
    venv.create(folder, with_pip=True)
    bin_folder = folder / "bin"
    run(
        bin_folder / "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        f"{wheel}[async,mock,codegen]",
        cwd=folder,
    )
    return bin_folder


def test_wheel_holds_no_tests_and_stays_small(wheel: Path) -> None:
    """The wheel has the three packages, their types and the spec, and is at most 2 MB."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "amocrm_gen",
        "amocrm_codegen",
        "amocrm_mockserver",
    }
    assert "amocrm_codegen/spec/v4/leads.yaml" in names
    assert "amocrm_gen/py.typed" in names
    assert "amocrm_gen/skill/SKILL.md" in names
    assert "amocrm_gen/pages/cli.md" in names
    assert wheel.stat().st_size <= 2_000_000


def test_quick_start_runs_against_the_mock_server(clean_env: Path, tmp_path: Path) -> None:
    """The mock server starts and the quick start reads from it, from the wheel alone."""
    with subprocess.Popen(
        [clean_env / "amocrm-mockserver", "--port", "0", "--tls-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
    ) as server:
        try:
            assert server.stdout is not None
            ready = server.stdout.readline().split()
            assert ready[0] == "ready"
            out = run(clean_env / "python", "-c", QUICK_START, ready[1], cwd=tmp_path)
        finally:
            server.terminate()
    assert [line.split()[1:] for line in out.splitlines()] == [
        ["Lead", str(n), "0"] for n in range(5)
    ]


def test_overlay_makes_a_package_that_type_checks(clean_env: Path, tmp_path: Path) -> None:
    """An overlay adds a field to a package of the user's own, and mypy and pyright see it."""
    (tmp_path / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    (tmp_path / "user_code.py").write_text(USER_CODE, encoding="utf-8")
    run(clean_env / "amocrm-codegen", "--overlay", "mine.yaml", "--out", "mypkg", cwd=tmp_path)
    run(clean_env / "python", "-c", "import mypkg; mypkg.Lead; mypkg.AmoCRM", cwd=tmp_path)
    run(
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-executable",
        clean_env / "python",
        "user_code.py",
        cwd=tmp_path,
    )
    wrong = USER_CODE.replace("lead.contract_no", "lead.contract_number")
    (tmp_path / "user_code.py").write_text(wrong, encoding="utf-8")
    with pytest.raises(AssertionError, match="contract_number"):
        run(
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--python-executable",
            clean_env / "python",
            "user_code.py",
            cwd=tmp_path,
        )


def test_core_install_is_light(wheel: Path, tmp_path: Path) -> None:
    """The core needs at most six packages besides ourselves, and says which extra is missing."""
    folder = tmp_path / "core"
    venv.create(folder, with_pip=True)
    pip = folder / "bin" / "pip"
    run(pip, "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    listed = run(pip, "list", "--format=freeze", "--disable-pip-version-check", cwd=tmp_path)
    names = {line.split("==")[0] for line in listed.splitlines()}
    assert len(names - {"pip", "setuptools", "wheel", "amocrm-gen", "amocrm_gen"}) <= 6
    python = folder / "bin" / "python"
    code = "from amocrm_gen import AmoCRM; AmoCRM('x', token='t')"
    run(python, "-c", code, cwd=tmp_path)
    code = (
        "from amocrm_gen import AsyncAmoCRM, AmoError\n"
        "try: AsyncAmoCRM('x', token='t')\n"
        "except AmoError as error: print(error)\n"
    )
    assert "amocrm-gen[async]" in run(python, "-c", code, cwd=tmp_path)


def test_b01_the_command_line_is_one_install(wheel: Path, tmp_path: Path) -> None:
    """With the extra `cli` alone actions are found, shown and rehearsed; others are asked for."""
    folder = tmp_path / "env"
    venv.create(folder, with_pip=True)
    amocrm = folder / "bin" / "amocrm"
    pip = (folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, f"{wheel}[cli]", cwd=tmp_path)
    homes = {
        f"AMOCRM_{name}_FOLDER": str(tmp_path / name) for name in ("CONFIG", "STATE", "SHARED")
    }
    assert run(amocrm, "--version", cwd=tmp_path, **homes).startswith("amocrm ")
    shown = run(amocrm, "action", "list", "--intent", "won deal", cwd=tmp_path, **homes)
    assert '"win-lead"' in shown
    refused = subprocess.run(
        [amocrm, "login", "--mock"],
        cwd=tmp_path,
        env={**os.environ, **homes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "pip install 'amocrm-gen[mock]'" in refused.stderr
