"""Reads the YAML files of a spec, merges overlays over them and checks their form."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
from attrs import frozen

from .yamlmarks import MarkedDict, MarkedList, parse, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .faults import Faults, Place

__all__ = ["SpecFiles", "find_spec_folder", "load"]

_SCHEMA_NAME = "spec.schema.json"


@frozen
class SpecFiles:
    """The parsed files: one service mapping, and one mapping per resource, keyed by its name."""

    service: MarkedDict
    resources: dict[str, MarkedDict]
    sources: dict[str, tuple[str, ...]]


def find_spec_folder() -> Path:
    """Return the checkout's `spec/` when this package is run from one, else the packaged copy.

    In an editable install the packaged copy may be stale, so the checkout wins.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent.parent / "spec"
    return checkout if (checkout / _SCHEMA_NAME).is_file() else package / "spec"


def load(folder: Path, overlays: Sequence[Path], faults: Faults, *, api: str = "v4") -> SpecFiles:
    """Read a spec folder and overlays; all faults of form are noted in `faults`.

    Files are named in faults as they lie under the folder's parent: `spec/v4/leads.yaml`.
    """
    schema = json.loads((folder / _SCHEMA_NAME).read_text(encoding="utf-8"))
    resources: dict[str, MarkedDict] = {}
    sources: dict[str, tuple[str, ...]] = {}

    service_path = folder / "service.yaml"
    service = _read(
        service_path, f"{folder.name}/service.yaml", schema["$defs"]["service"], schema, faults
    )
    for path in [folder / "common.yaml", *sorted((folder / api).glob("*.yaml"))]:
        shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        document = _read(path, shown, schema, schema, faults)
        if document is None:
            continue
        name = document.get("resource", path.stem)
        if name in resources:
            faults.add(
                document.place_of_key("resource"),
                f"the resource {name!r} is already in {sources[name][0]}",
                "keep one file per resource",
            )
            continue
        resources[name] = document
        sources[name] = (shown,)
    for path in overlays:
        document = _read(path, path.name, schema, schema, faults)
        if document is None:
            continue
        name = document.get("resource", path.stem)
        if name in resources:
            _merge(resources[name], document)
            sources[name] = (*sources[name], path.name)
        else:
            resources[name] = document
            sources[name] = (path.name,)
    if service is None:
        faults.raise_if_any()
        raise AssertionError(service_path)
    return SpecFiles(service, dict(sorted(resources.items())), sources)


def _read(
    path: Path,
    shown: str,
    schema: dict[str, Any],  # Any: a JSON Schema
    root: dict[str, Any],  # Any: a JSON Schema
    faults: Faults,
) -> MarkedDict | None:
    document = parse(path, shown, faults)
    if document is None:
        return None
    checked = schema if schema is root else {**schema, "$defs": root["$defs"]}
    validator = jsonschema.Draft202012Validator(checked)
    errors = sorted(
        validator.iter_errors(_plain(document)),
        key=lambda error: list(map(str, error.absolute_path)),
    )
    for error in errors:
        _note(document, error, faults)
    return document if not errors else None


def _plain(value: Any) -> Any:  # Any: a YAML value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _note(document: MarkedDict, error: jsonschema.ValidationError, faults: Faults) -> None:
    error = _deepest(error)
    path = [str(step) if isinstance(step, str) else int(step) for step in error.absolute_path]
    where = ".".join(map(str, path)) or "the file"
    place = place_of(document, path)
    rule: dict[str, Any] = (
        error.schema if isinstance(error.schema, dict) else {}
    )  # Any: JSON Schema
    given: Any = error.instance  # Any: a YAML value
    wanted: Any = error.validator_value  # Any: a JSON Schema keyword's value
    if error.validator == "additionalProperties":
        known = sorted(rule.get("properties", {}))
        for name in sorted(set(given) - set(known)):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            faults.add(place_of(document, [*path, name]), f"{where}: unknown key {name!r}", hint)
        return
    if error.validator == "required":
        missing = [name for name in wanted if name not in given]
        what, mend = f"{', '.join(missing)} missing", "add what is missing"
    elif error.validator == "enum":
        what, mend = f"{given!r} is not allowed", f"use one of {', '.join(map(str, wanted))}"
    elif error.validator == "pattern":
        meaning = rule.get("description", f"text that matches {wanted}")
        what, mend = f"{given!r} has the wrong form", f"write {meaning}"
    elif error.validator == "type":
        kinds = " or ".join(wanted) if isinstance(wanted, list) else wanted
        what, mend = f"{_short(given)} is no {kinds}", f"write a {kinds}"
    else:
        hint = rule.get("description", "what docs/spec-language.md says")
        what, mend = error.message, f"write {hint}"
    faults.add(place, f"{where}: {what}", mend)


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of alternatives, take the fault of the one that comes nearest to what was written."""
    while error.context:
        fitting = [part for part in error.context if part.validator != "type" or part.relative_path]
        candidates = fitting or list(error.context)
        error = max(candidates, key=lambda part: len(part.absolute_path))
    return error


def _short(value: Any) -> str:  # Any: a YAML value
    text = json.dumps(_plain(value), ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:37] + "..."


def _merge(base: MarkedDict, over: MarkedDict) -> None:
    """Lay an overlay over a resource: mappings are merged, lists and scalars replaced."""
    for key, value in over.items():
        place: Place = over.place_of_key(key)
        current = base.get(key)
        if isinstance(current, MarkedDict) and isinstance(value, MarkedDict):
            _merge(current, value)
            continue
        if key == "resource":
            continue
        if isinstance(value, MarkedList | MarkedDict) or key not in base or current != value:
            base[key] = value
            base.places[key] = place
