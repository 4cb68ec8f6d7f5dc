"""The leads that the benchmarks move about: as JSON values and as the bytes of answers."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import orjson

__all__ = ["Json", "created", "lead", "lead_bytes", "lead_to_create", "page_bytes"]

Json: TypeAlias = dict[str, Any]  # Any: JSON as orjson gives it to a loop without types

_ACCOUNT: Final = 31900001
_FIRST_ID: Final = 2000001
_STAGES: Final = (142, 143, 58210001, 58210002, 58210003)
_SOURCES: Final = ("Сайт", "Телефон", "Выставка", "Рекомендация")


def lead(number: int, origin: str) -> Json:
    """Return a lead as the API shows it, with eight filled custom fields."""
    id_ = _FIRST_ID + number
    company = 4000001 + number
    # Links in lists repeat the list's parameters.
    asked = f"?page={number // 250 + 1}&limit=250"
    return {
        "id": id_,
        "name": f"Ремонт крыши № {number}",
        "price": 1000 * (number % 90),
        "responsible_user_id": 9000001 + number % 5,
        "group_id": 0,
        "status_id": _STAGES[number % len(_STAGES)],
        "pipeline_id": 7100001,
        "loss_reason_id": None,
        "created_by": 9000001,
        "updated_by": 9000001 + number % 5,
        "created_at": 1700000000 + number,
        "updated_at": 1700086400 + number,
        "closed_at": 1700172800 + number if number % 5 == 0 else None,
        "closest_task_at": 1700259200 + number if number % 3 == 0 else None,
        "is_deleted": False,
        "custom_fields_values": _fields(number),
        "score": None,
        "account_id": _ACCOUNT,
        "labor_cost": None,
        "is_price_computed": False,
        "_links": _links(f"{origin}/api/v4/leads/{id_}{asked}"),
        "_embedded": {
            "tags": [{"id": 50001 + number % 9, "name": f"метка {number % 9}", "color": None}],
            "companies": [
                {"id": company, "_links": _links(f"{origin}/api/v4/companies/{company}{asked}")}
            ],
        },
    }


def _links(address: str) -> Json:
    return {"self": {"href": address}}


def _fields(number: int) -> list[Json]:
    source = number % len(_SOURCES)
    values: tuple[tuple[str, str, str | None, list[Json]], ...] = (
        ("Адрес объекта", "text", None, [{"value": f"Москва, Лесная улица, {number}"}]),
        ("Площадь", "numeric", None, [{"value": str(number % 300)}]),
        ("Договор подписан", "checkbox", None, [{"value": number % 2 == 0}]),
        ("Дата замера", "date", None, [{"value": 1700000000 + 86400 * (number % 60)}]),
        (
            "Источник",
            "select",
            None,
            [{"value": _SOURCES[source], "enum_id": 610001 + source, "enum_code": None}],
        ),
        (
            "Работы",
            "multiselect",
            None,
            [
                {"value": "Кровля", "enum_id": 620001, "enum_code": None},
                {"value": "Утепление", "enum_id": 620002, "enum_code": None},
            ],
        ),
        ("Комментарий", "textarea", None, [{"value": f"Позвонить после {number % 12 + 9}:00"}]),
        ("utm_source", "tracking_data", "UTM_SOURCE", [{"value": "yandex"}]),
    )
    return [
        {
            "field_id": 600001 + index,
            "field_name": name,
            "field_code": code,
            "field_type": kind,
            "values": held,
        }
        for index, (name, kind, code, held) in enumerate(values)
    ]


def lead_bytes(number: int, origin: str) -> bytes:
    """Return the answer to a request for one lead."""
    return orjson.dumps(lead(number, origin))


def page_bytes(number: int, *, leads: int, size: int, origin: str) -> bytes:
    """Return page `number`, counted from 1, of a list of `leads` leads."""
    address = f"{origin}/api/v4/leads?limit={size}&page="
    links = {"self": {"href": f"{address}{number}"}}
    if number * size < leads:
        links["next"] = {"href": f"{address}{number + 1}"}
    shown = range((number - 1) * size, min(number * size, leads))
    items = [lead(item, origin) for item in shown]
    return orjson.dumps({"_page": number, "_links": links, "_embedded": {"leads": items}})


def lead_to_create(number: int) -> Json:
    """Return a lead as a client sends it to be created, with eight custom fields."""
    shown = lead(number, "")
    fields = [
        {
            "field_id": held["field_id"],
            "values": [
                {key: value for key, value in item.items() if key in {"value", "enum_id"}}
                for item in held["values"]
            ],
        }
        for held in shown["custom_fields_values"]
    ]
    sent = ("name", "price", "responsible_user_id", "status_id", "pipeline_id", "created_at")
    tags = [{"name": tag["name"]} for tag in shown["_embedded"]["tags"]]
    return {
        **{key: shown[key] for key in sent},
        "custom_fields_values": fields,
        "_embedded": {"tags": tags},
    }


def created(numbers: Sequence[int], origin: str) -> bytes:
    """Return the answer to the creation of so many leads."""
    items = [
        {
            "id": _FIRST_ID + number,
            "request_id": str(index),
            "_links": {"self": {"href": f"{origin}/api/v4/leads/{_FIRST_ID + number}"}},
        }
        for index, number in enumerate(numbers)
    ]
    links = {"self": {"href": f"{origin}/api/v4/leads"}}
    return orjson.dumps({"_links": links, "_embedded": {"leads": items}})
