"""Prints the models: attrs classes, open enums and unions, by datamodel-code-generator."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from .classes import model_input
from .prose import docstring

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .waist import Schema

__all__ = ["ModelModule", "print_models"]

_TEMPLATES = Path(__file__).parent / "templates" / "models"
# Every module gets all of these; the formatter removes what a module does not use.
_IMPORTS = [
    "attrs.define",
    "attrs.field",
    "amocrm_gen.runtime.model.Model",
    "amocrm_gen.runtime.tagged.tagged",
    "amocrm_gen.runtime.types.JsonValue",
    "amocrm_gen.runtime.types.OpenIntEnum",
    "amocrm_gen.runtime.types.OpenStrEnum",
    "amocrm_gen.runtime.unset.UNSET",
    "amocrm_gen.runtime.unset.Unset",
]


@frozen
class ModelModule:
    """A printed module of models, not yet formatted."""

    source: str
    names: tuple[str, ...]
    """The classes and unions that it defines."""


def print_models(
    components: Mapping[str, Schema], headers: Mapping[str, str]
) -> dict[str, ModelModule]:
    """Return the modules of models by name; `headers` holds the first line of each.

    The generator is imported here since that takes long, and a faulty spec need not wait for it.
    """
    from datamodel_code_generator import generate  # noqa: PLC0415
    from datamodel_code_generator.enums import DataModelType, InputFileType  # noqa: PLC0415
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion  # noqa: PLC0415

    if not components:
        return {}
    prepared = model_input(components)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": prepared.schemas},
    }
    printed = generate(
        document,
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.DataclassesDataclass,
        target_python_version=PythonVersion.PY_311,
        custom_template_dir=_TEMPLATES,
        extra_template_data=defaultdict(dict, prepared.texts),
        additional_imports=_IMPORTS,
        type_mappings=["integer+unix-time=date-time"],
        output_datetime_class=DatetimeClassType.Datetime,
        use_union_operator=True,
        use_standard_collections=True,
        use_exact_imports=True,
        keyword_only=True,
        disable_timestamp=True,
        formatters=[],
    )
    assert isinstance(printed, dict), (
        "component names have a module, so there is more than one file"
    )
    names: dict[str, list[str]] = {}
    for component in prepared.schemas:
        module, _, name = component.partition(".")
        names.setdefault(module, []).append(name)
    return {
        module: _module(module, str(printed[f"{module}.py",]), names[module], headers[module])
        for module in sorted(names)
    }


def _module(name: str, source: str, names: Iterable[str], header: str) -> ModelModule:
    """Put the header, the title and the public names around what the generator printed."""
    lines = source.splitlines()
    imports = [number for number, line in enumerate(lines) if line.startswith(("from ", "import "))]
    first, last = imports[0], imports[-1] + 1
    exported = tuple(sorted(names))
    parts = [
        header,
        docstring([f"Models of `{name}`."], indent=0),
        "",
        *lines[first:last],
        "",
        f"__all__ = {list(exported)!r}",
        *lines[last:],
    ]
    return ModelModule("\n".join(parts) + "\n", exported)
