"""The folder of a user's own actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from amocrm_gen.actions.fault import Fault
from amocrm_gen.actions.saved.document import ActionFileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from amocrm_gen.actions.action import Action
    from amocrm_gen.actions.saved.action import SavedAction

__all__ = ["Shelf", "own_shelf"]


@define
class Shelf:
    """Reads and writes `*.yaml` in a folder; what cannot be read is kept apart."""

    folder: Path
    broken: dict[str, ActionFileError] = field(factory=dict[str, ActionFileError], init=False)
    """What is wrong with files, by their names without the ending."""

    def read(self, known: Mapping[str, Action]) -> list[SavedAction]:
        """Return the actions of all good files, by name of file."""
        found: dict[str, SavedAction] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            try:
                action = self.read_file(path, {**known, **found})
                found[action.id] = action
            except ActionFileError as error:
                self.broken[path.stem] = error
        return list(found.values())

    @staticmethod
    def read_file(path: Path, known: Mapping[str, Action]) -> SavedAction:
        """Return the action of a file; raises `ActionFileError`."""
        from amocrm_gen.actions.saved.reading import read_action  # noqa: PLC0415 - mostly unused

        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fault = Fault(f"{path.name}:1", f"cannot be read: {error}")
            raise ActionFileError(f"{path.name} is no action", faults=[fault]) from None
        return read_action(text, path.name, known)

    def path_of(self, id: str) -> Path:
        """Return where the action of an id is kept."""
        return self.folder / f"{id}.yaml"

    def write(self, id: str, text: str) -> Path:
        """Keep the text of an action; the file is there whole or not at all."""
        path = self.path_of(id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".yaml.part")
        draft.write_text(text, "utf-8")
        draft.replace(path)
        return path


def own_shelf() -> Shelf:
    """Return the shelf in this user's configuration folder."""
    from amocrm_gen.connections.folder import config_folder  # noqa: PLC0415 - tests have folders

    return Shelf(config_folder() / "actions")
