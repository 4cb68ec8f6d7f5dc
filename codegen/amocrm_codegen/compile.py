"""From YAML files to a checked spec: load, declare, build, lint, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from .components import Components, declare
from .expressions import Names
from .faults import Faults
from .ir import Mixin, Operation, Service, Spec
from .lint import lint
from .load import load
from .operations import OperationBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .load import SpecFiles

__all__ = ["MAIN_API", "apis_of", "compile_spec"]

MAIN_API = "v4"
"""The API that `amocrm_gen.AmoCRM` speaks itself; others hang on it by their names."""


def apis_of(folder: Path) -> tuple[str, ...]:
    """Return the APIs that a spec folder describes, the main one first."""
    others = sorted(path.name for path in folder.glob("v*") if any(path.glob("*.yaml")))
    return (MAIN_API, *(name for name in others if name != MAIN_API))


def compile_spec(folder: Path, overlays: Sequence[Path] = (), *, api: str = MAIN_API) -> Spec:
    """Return the checked spec in `folder` with overlays laid over it.

    Raises `SpecError` with every fault found: those of form first, then, when the form is right,
    those of meaning.
    """
    faults = Faults.none()
    files = load(folder, overlays, faults, api=api)
    faults.raise_if_any()
    beside = apis_of(folder)[1:] if api == MAIN_API else ()
    spec = evolve(_build(files, api, faults), api=api, beside=beside)
    lint(spec, faults, overlays=frozenset(path.name for path in overlays))
    faults.raise_if_any()
    return spec


def _build(files: SpecFiles, api: str, faults: Faults) -> Spec:
    service = _service(files, api)
    names = Names(faults)
    for resource, raw in files.resources.items():
        declare(resource, raw, names)
    components = Components(names)
    tables: dict[str, str] = {}
    for resource, raw in files.resources.items():
        components.add_resource(resource, raw)
    components.finish()
    for name, struct in components.structs.items():
        if struct.table:
            tables[name] = struct.table
    for name, union in components.unions.items():
        tables[name] = union.table
    builder = OperationBuilder(names, service, faults, frozenset(components.enums))
    operations: list[Operation] = []
    for resource, raw in files.resources.items():
        operations.extend(builder.build(resource, raw, tables))
    docs = {resource: raw.get("doc", "") for resource, raw in files.resources.items()}
    mixins = dict(_mixins(files, names))
    return Spec(
        service,
        structs=components.structs,
        unions=components.unions,
        enums=components.enums,
        operations=tuple(operations),
        resource_docs=docs,
        sources=files.sources,
        mixins=mixins,
    )


def _mixins(files: SpecFiles, names: Names) -> Iterator[tuple[str, Mixin]]:
    for resource, raw in files.resources.items():
        if "mixin" in raw:
            given = raw["mixin"]
            model = names.resolve(given["model"], resource, given.place_of_key("model"))
            if model is not None:
                yield resource, Mixin(given["module"], given["class"], model)


def _service(files: SpecFiles, api: str) -> Service:
    raw = {**files.service, **files.service.get("apis", {}).get(api, {})}
    return Service(
        title=raw["title"],
        version=raw["version"],
        doc=raw.get("doc", ""),
        hosts=dict(raw["hosts"]),
        zones=tuple(raw["zones"]),
        oauth=dict(raw["oauth"]),
        limits=dict(raw["limits"]),
        errors={int(status): name for status, name in raw["errors"].items()},
        default_errors=tuple(raw.get("default_errors", ())),
    )
