"""The clients that are driven, and where their locks and drivers lie."""

from pathlib import Path
from typing import Final, Literal

from attrs import frozen

__all__ = ["CLIENTS", "Client", "Language"]

Language = Literal["python", "node"]

_FOLDER: Final = Path(__file__).parent / "clients"


@frozen
class Client:
    """A published client of the API, pinned to one version by its lock."""

    name: str
    version: str
    language: Language
    folder: Path
    """Holds the driver and the lock."""
    zone: str = "amocrm.ru"
    """The domain that the client's account lies in."""

    @property
    def driver(self) -> Path:
        """The script that runs inside the client's own environment."""
        return self.folder / ("driver.py" if self.language == "python" else "driver.js")

    @property
    def locks(self) -> tuple[Path, ...]:
        """The files that decide what is installed."""
        if self.language == "python":
            return (self.folder / "requirements.txt",)
        return (self.folder / "package.json", self.folder / "package-lock.json")

    @property
    def registry(self) -> str:
        """Where the client is published."""
        return "PyPI" if self.language == "python" else "npm"


CLIENTS: Final = (
    Client("amocrm-api", "2.6.1", "python", _FOLDER / "amocrm_api"),
    Client("aioamocrm", "0.1.1", "python", _FOLDER / "aioamocrm"),
    Client("amocrm-js", "3.6.0", "node", _FOLDER / "amocrm_js"),
    Client("amocrm-api-wrapper", "1.0.1", "python", _FOLDER / "amocrm_api_wrapper"),
    Client("amochka", "0.7.0", "python", _FOLDER / "amochka"),
    Client("kommo-python", "0.1.2", "python", _FOLDER / "kommo_python", zone="kommo.com"),
    Client("py-amo-client", "0.1.4", "python", _FOLDER / "py_amo_client"),
    Client("@shevernitskiy/amo", "0.1.12", "node", _FOLDER / "shevernitskiy_amo"),
)
"""In the order of the matrix's columns."""
