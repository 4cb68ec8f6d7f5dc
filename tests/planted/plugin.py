"""A pytest plugin that spoils one module: `AMOCRM_PLANT=name pytest -p planted.plugin TEST`."""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING

from .faults import PLANTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

    from .plant import Plant

__all__ = ["VARIABLE"]

VARIABLE = "AMOCRM_PLANT"


class _Loader(SourceFileLoader):
    """Compiles the spoilt source; what is on the disk stays as it is."""

    plant: Plant

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_source(fullname)
        assert source is not None
        return compile(self.plant.spoil(source), self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != self._plant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        loader = _Loader(fullname, spec.origin)
        loader.plant = self._plant
        spec.loader = loader
        return spec


def _begin() -> None:
    name = os.environ.get(VARIABLE)
    if name is None:
        return
    plant = next(plant for plant in PLANTS if plant.name == name)
    if plant.module in sys.modules:
        raise RuntimeError(f"{plant.module} is imported already, it is too late to spoil it")
    sys.meta_path.insert(0, _Finder(plant))


_begin()
