"""What a lead stands in and carries: stages, custom fields, tags."""

from typing import Any, Final

from .lists import another_pipeline
from .step import Context, Step, same, step

__all__ = ["SURROUNDINGS"]

_WON: Final = 142
_NOON: Final = 1_715_947_200
"""Of 17 May 2024 in London: the same day in every zone of Europe and Asia."""
_VALUES: Final[dict[str, Any]] = {
    "text": "Blue",
    "numeric": 12.5,
    "checkbox": True,
    "select": "Large",
    "date": _NOON,
}


@step("Stages, fields, tags", "moves a lead to a stage of another pipeline")
def move_lead(context: Context) -> None:
    """The lead stands in the new stage."""
    pipeline, stage = another_pipeline(context)
    (lead,) = context.account.add("leads", [{"name": "Mover"}])
    context.driver.ask("move_lead", lead_id=lead, pipeline_id=pipeline, status_id=stage)
    stored = context.account.row(f"leads/{lead}")
    same((stored["pipeline_id"], stored["status_id"]), (pipeline, stage), "the place")


@step("Stages, fields, tags", "wins a lead")
def win_lead(context: Context) -> None:
    """The lead is closed in its own pipeline."""
    (lead,) = context.account.add("leads", [{"name": "Winner"}])
    pipeline = context.account.row(f"leads/{lead}")["pipeline_id"]
    context.driver.ask("move_lead", lead_id=lead, pipeline_id=pipeline, status_id=_WON)
    stored = context.account.row(f"leads/{lead}")
    same((stored["pipeline_id"], stored["status_id"]), (pipeline, _WON), "the place")
    same(type(stored["closed_at"]), int, "the kind of closed_at")


@step("Stages, fields, tags", "lists pipelines and their stages")
def list_pipelines(context: Context) -> None:
    """It tells every stage of every pipeline."""
    answer = context.account.row("leads/pipelines")
    stored = {
        str(pipeline["id"]): _sorted_ids(pipeline["_embedded"]["statuses"])
        for pipeline in answer["_embedded"]["pipelines"]
    }
    told = context.driver.ask("list_pipelines")
    same({pipeline: sorted(told[pipeline]) for pipeline in told}, stored, "the pipelines")


@step("Stages, fields, tags", "lists custom fields")
def list_fields(context: Context) -> None:
    """It tells every field of leads."""
    _definitions(context)
    stored = context.account.rows("leads/custom_fields", "custom_fields")
    same(sorted(context.driver.ask("list_fields")), _sorted_ids(stored), "the fields")


@step("Stages, fields, tags", "writes custom fields of five types")
def fill_fields(context: Context) -> None:
    """Each value is stored in its type's shape."""
    definitions = _definitions(context)
    (lead,) = context.account.add("leads", [{"name": "Filled"}])
    context.driver.ask("fill_fields", lead_id=lead, definitions=definitions, values=_VALUES)
    stored = _stored_values(context, lead, definitions)
    day_start, day_end = stored["date"], stored["date"] + 86_400
    same(day_start <= _VALUES["date"] < day_end, True, "whether the day is right")
    wanted = {"text": "Blue", "numeric": "12.5", "checkbox": True, "select": "Large"}
    same({name: stored[name] for name in wanted}, wanted, "the values")


@step("Stages, fields, tags", "reads custom fields of five types")
def read_fields(context: Context) -> None:
    """It tells each value."""
    definitions = _definitions(context)
    fields = [
        {"field_id": definitions[kind]["id"], "values": [{"value": value}]}
        for kind, value in _VALUES.items()
    ]
    (lead,) = context.account.add("leads", [{"name": "Full", "custom_fields_values": fields}])
    told = context.driver.ask("read_fields", lead_id=lead, definitions=definitions)
    plain = {"text": "Blue", "numeric": 12.5, "checkbox": True, "select": "Large"}
    same(told, {**plain, "date": [2024, 5, 17]}, "the values")


@step("Stages, fields, tags", "adds tags to a lead that has one")
def tag_lead(context: Context) -> None:
    """The old tag stays beside the new ones."""
    (lead,) = context.account.add(
        "leads", [{"name": "Tagged", "_embedded": {"tags": [{"name": "first"}]}}]
    )
    context.driver.ask("tag_lead", lead_id=lead, tags=["second", "third"])
    stored = context.account.row(f"leads/{lead}")["_embedded"]["tags"]
    same(sorted(tag["name"] for tag in stored), ["first", "second", "third"], "the tags")


@step("Stages, fields, tags", "creates a tag and lists the directory")
def tag_directory(context: Context) -> None:
    """The tag is in the directory, and all of the directory is told."""
    made = context.driver.ask("create_tag", name="directory")
    stored = {tag["id"]: tag["name"] for tag in context.account.rows("leads/tags", "tags")}
    same(stored.get(made), "directory", "the new tag")
    same(sorted(context.driver.ask("list_tags")), sorted(stored.values()), "the tags")


def _definitions(context: Context) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {
        "text": {"name": "Colour", "type": "text"},
        "numeric": {"name": "Weight", "type": "numeric"},
        "checkbox": {"name": "Urgent", "type": "checkbox"},
        "select": {
            "name": "Size",
            "type": "select",
            "enums": [{"value": "Small", "sort": 1}, {"value": "Large", "sort": 2}],
        },
        "date": {"name": "Day", "type": "date"},
    }
    stored = context.account.rows("leads/custom_fields", "custom_fields")
    known = {row["name"]: row["id"] for row in stored}
    if "Colour" not in known:
        made = context.account.add("leads/custom_fields", list(wanted.values()))
        known = dict(zip((row["name"] for row in wanted.values()), made, strict=True))
    return {kind: {"id": known[row["name"]], "name": row["name"]} for kind, row in wanted.items()}


def _stored_values(
    context: Context, lead: int, definitions: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    filled = context.account.row(f"leads/{lead}")["custom_fields_values"] or []
    by_id = {field["field_id"]: field["values"][0]["value"] for field in filled}
    return {kind: by_id.get(field["id"]) for kind, field in definitions.items()}


def _sorted_ids(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(row["id"] for row in rows)


SURROUNDINGS: Final[tuple[Step, ...]] = (
    move_lead,
    win_lead,
    list_pipelines,
    list_fields,
    fill_fields,
    read_fields,
    tag_lead,
    tag_directory,
)
