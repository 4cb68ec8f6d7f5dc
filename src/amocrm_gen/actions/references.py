"""Which properties hold the id of something that has a name, and can be given by that name."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from amocrm_gen.actions.contract import Schema

__all__ = ["WORDS", "Reference", "reference_of"]

Reference: TypeAlias = Literal[
    "pipeline", "stage", "user", "loss_reason", "catalog", "task_type", "role", "customer_status"
]
"""What can be named instead of being given by its id."""

WORDS: Final[Mapping[Reference, str]] = {
    "pipeline": "pipeline",
    "stage": "stage of a pipeline (won and lost are in each)",
    "user": 'user ("me" is yourself)',
    "loss_reason": "loss reason",
    "catalog": "catalog",
    "task_type": "task type",
    "role": "role",
    "customer_status": "stage of customers",
}
"""What each of them is called."""

_BY_REF: Final[Mapping[str, Reference]] = {
    "users": "user",
    "loss_reasons": "loss_reason",
    "roles": "role",
}
_BY_NAME: Final[Mapping[str, Reference]] = {
    "pipeline_id": "pipeline",
    "status_id": "stage",
    "responsible_user_id": "user",
    "created_by": "user",
    "updated_by": "user",
    "modified_by": "user",
    "loss_reason_id": "loss_reason",
    "catalog_id": "catalog",
    "to_catalog_id": "catalog",
    "task_type_id": "task_type",
}
_BY_RESOURCE: Final[Mapping[str, Reference]] = {
    "pipelines": "pipeline",
    "statuses": "stage",
    "users": "user",
    "catalogs": "catalog",
    "loss_reasons": "loss_reason",
    "roles": "role",
    "customer_statuses": "customer_status",
}
_OF_CUSTOMERS: Final = frozenset({"customers", "customer_statuses"})
"""Resources whose status_id is not a stage of a pipeline."""


def reference_of(
    name: str, schema: Schema, resource: str, *, in_path: bool = False
) -> Reference | None:
    """Return what a property is the id of, if that can be named; lists of ids count, too."""
    if not _holds_ids(schema):
        return None
    kind = _BY_REF.get(schema.get("x-amo-ref", "")) or _BY_NAME.get(name)
    if kind is None and in_path and name == "id":
        kind = _BY_RESOURCE.get(resource)
    return "customer_status" if kind == "stage" and resource in _OF_CUSTOMERS else kind


def _holds_ids(schema: Schema) -> bool:
    if "anyOf" in schema:
        return any(map(_holds_ids, schema["anyOf"]))
    kinds = schema.get("type")
    if kinds == "array":
        return _holds_ids(schema.get("items", {}))
    is_integer = kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)
    return is_integer and schema.get("format") != "unix-time" and "enum" not in schema
