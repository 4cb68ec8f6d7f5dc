"""Values of custom fields: every type, written and read."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .crm import Crm, Json, make_crm

_DAY = 1_711_918_800
"""2024-04-01, midnight in Moscow."""
_SELECT = {"enums": [{"value": "Basic", "code": "basic"}, {"value": "Pro"}]}
_ENTITY = {"name": "Acme", "entity_type": 2, "vat_id": "77", "kpp": None}


def _field(crm: Crm, kind: str, **more: Json) -> Json:
    item = {"name": "F", "type": kind, **more}
    return crm.post("leads/custom_fields", [item])["_embedded"]["custom_fields"][0]


def _write(crm: Crm, field: Json, values: Json) -> Json:
    body = [{"custom_fields_values": [{"field_id": field["id"], "values": values}]}]
    response = crm.send("POST", "leads", body)
    if response.status != 200:
        [item] = orjson.loads(response.body)["validation-errors"]
        return [(error["code"], error["path"].rpartition("values.")[2]) for error in item["errors"]]
    number = orjson.loads(response.body)["_embedded"]["leads"][0]["id"]
    shown = crm.get(f"leads/{number}")["custom_fields_values"]
    return None if shown is None else shown[0]["values"]


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("text", "a\nb", "a\nb"),
        ("text", 12, "12"),
        ("text", 1.5, "1.5"),
        ("textarea", "x", "x"),
        ("url", "http://x", "http://x"),
        ("streetaddress", "x", "x"),
        ("numeric", 10000, "10000"),
        ("numeric", 1.0, "1"),
        ("numeric", "1.50", "1.50"),
        ("numeric", "-3", "-3"),
        ("checkbox", True, True),
        ("checkbox", 1, True),
        ("checkbox", "0", False),
        ("checkbox", False, False),
        ("date", _DAY + 5000, _DAY),
        ("date", str(_DAY), _DAY),
        ("date", float(_DAY), _DAY),
        ("date", "2024-04-01T00:00:00+03:00", _DAY),
        ("date", "2024-03-31T23:30:00+00:00", _DAY),
        ("date_time", "2024-04-01T00:00:07+03:00", _DAY + 7),
        ("date_time", _DAY + 7, _DAY + 7),
        ("birthday", -86_400, -86_400),
        ("legal_entity", _ENTITY, _ENTITY),
        ("file", {"file_uuid": "u"}, {"file_uuid": "u"}),
        ("tracking_data", "utm", "utm"),
    ],
)
def test_plain_types(crm: Crm, kind: str, written: Json, read: Json) -> None:
    """Numbers come back as texts, dates as midnight of the account."""
    assert _write(crm, _field(crm, kind), [{"value": written}]) == [{"value": read}]


@pytest.mark.parametrize("kind", ["text", "numeric", "date", "select", "legal_entity"])
@pytest.mark.parametrize("values", [None, [], [{"value": None}], [{"value": ""}]])
def test_nothing_clears(crm: Crm, kind: str, values: Json) -> None:
    """null, an empty list, and empty values leave the field unfilled."""
    more = _SELECT if kind == "select" else {}
    assert _write(crm, _field(crm, kind, **more), values) is None


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        ("text", True, ("InvalidType", "0.value")),
        ("text", [1], ("InvalidType", "0.value")),
        ("numeric", "1,5", ("NotSupportedChoice", "0.value")),
        ("numeric", [1], ("InvalidType", "0.value")),
        ("checkbox", "maybe", ("InvalidType", "0.value")),
        ("date", "soon", ("NotSupportedChoice", "0.value")),
        ("date", True, ("InvalidType", "0.value")),
        ("legal_entity", {"vat_id": "1"}, ("FieldMissing", "0.value.name")),
        (
            "legal_entity",
            {"name": "x", "entity_type": 3},
            ("NotSupportedChoice", "0.value.entity_type"),
        ),
        ("legal_entity", "x", ("InvalidType", "0.value")),
        ("file", {"file_name": "x"}, ("FieldMissing", "0.value.file_uuid")),
        ("smart_address", "street", ("FieldMissing", "0.enum_id")),
    ],
)
def test_wrong_values(crm: Crm, kind: str, value: Json, fault: Json) -> None:
    """Each fault has the path of its value."""
    assert _write(crm, _field(crm, kind), [{"value": value}]) == [fault]


def test_choices_are_named_in_three_ways(crm: Crm) -> None:
    """By id, else by code, else by the exact text; nulls count as absent."""
    field = _field(crm, "select", **_SELECT)
    basic, pro = (enum["id"] for enum in field["enums"])
    shown = {"value": "Basic", "enum_id": basic, "enum_code": "basic"}
    for value in (
        {"enum_id": basic},
        {"enum_id": basic, "value": "Pro"},
        {"enum_code": "basic"},
        {"enum_id": None, "enum_code": None, "value": "Basic"},
        {"value": "Pro", "enum_code": "basic"},
    ):
        assert _write(crm, field, [value]) == [shown]
    assert _write(crm, field, [{"enum_id": pro}])[0]["enum_code"] is None
    for value, path in (
        ({"enum_id": 5, "value": "Basic"}, "0.enum_id"),
        ({"enum_code": "x"}, "0.enum_code"),
        ({"value": "basic"}, "0.value"),
    ):
        assert _write(crm, field, [value]) == [("NotSupportedChoice", path)]
    many = _field(crm, "multiselect", **_SELECT)
    both = _write(crm, many, [{"value": "Pro"}, {"value": "Basic"}])
    assert [value["value"] for value in both] == ["Pro", "Basic"]
    assert len(_write(crm, field, [{"value": "Pro"}, {"value": "Basic"}])) == 1


def test_phones(crm: Crm) -> None:
    """WORK unless a kind is named; all phones are replaced at once."""
    phones = [
        {"value": "+1"},
        {"value": "+2", "enum_code": "MOB", "enum_id": None},
        {"value": "+3", "enum": "HOME"},
    ]
    field = {"field_id": None, "field_code": "PHONE", "field_name": "?", "values": phones}
    [number] = crm.create("contacts", {"custom_fields_values": [field]})
    [shown] = crm.get(f"contacts/{number}")["custom_fields_values"]
    assert list(shown) == ["field_id", "field_name", "field_code", "field_type", "values"]
    assert (shown["field_code"], shown["field_type"]) == ("PHONE", "multitext")
    assert [(value["value"], value["enum_code"]) for value in shown["values"]] == [
        ("+1", "WORK"),
        ("+2", "MOB"),
        ("+3", "HOME"),
    ]
    assert all(isinstance(value["enum_id"], int) for value in shown["values"])
    crm.patch(
        f"contacts/{number}", {"custom_fields_values": [{**field, "values": [{"value": "+9"}]}]}
    )
    [shown] = crm.get(f"contacts/{number}")["custom_fields_values"]
    assert [value["value"] for value in shown["values"]] == ["+9"]
    crm.patch(f"contacts/{number}", {"custom_fields_values": [shown]})
    assert crm.get(f"contacts/{number}")["custom_fields_values"] == [shown]


def test_addresses_and_chains(crm: Crm) -> None:
    """Parts of an address by id or code; levels of a chained list without a value."""
    values = [{"value": "Main St", "enum_id": 1}, {"value": "Riga", "enum_code": "city"}]
    assert _write(crm, _field(crm, "smart_address"), values) == [
        {"value": "Main St", "enum_id": 1, "enum_code": "address_line_1"},
        {"value": "Riga", "enum_id": 3, "enum_code": "city"},
    ]
    chain = _field(crm, "chained_list", chained_lists=[{"catalog_id": 5, "title": "A"}])
    level = {"catalog_id": 5, "catalog_element_id": 6}
    assert _write(crm, chain, [level]) == [level]
    assert _write(crm, chain, [{"catalog_id": 5}]) == [("FieldMissing", "0.catalog_element_id")]


def test_fields_that_are_not_mentioned_stay(crm: Crm) -> None:
    """Values merge by field and are shown in the order of the card."""
    one, two = _field(crm, "text", sort=900), _field(crm, "text", sort=800)
    values = [{"field_id": field["id"], "values": [{"value": "a"}]} for field in (one, two)]
    [number] = crm.create("leads", {"custom_fields_values": values})
    change = {"field_id": two["id"], "values": None}
    shown = crm.get(f"leads/{number}")["custom_fields_values"]
    assert [field["field_id"] for field in shown] == [two["id"], one["id"]]
    crm.patch(f"leads/{number}", {"custom_fields_values": [change]})
    shown = crm.get(f"leads/{number}")["custom_fields_values"]
    assert [field["field_id"] for field in shown] == [one["id"]]
    crm.patch(f"leads/{number}", {"custom_fields_values": None})
    assert crm.get(f"leads/{number}")["custom_fields_values"] == shown


def test_changed_values_are_logged(crm: Crm) -> None:
    """One event for each field, one element for each value."""
    field = _field(crm, "select", **_SELECT)
    basic, pro = (enum["id"] for enum in field["enums"])
    values = [{"field_id": field["id"], "values": [{"enum_id": basic}]}]
    [number] = crm.create("leads", {"custom_fields_values": values})
    crm.patch(
        f"leads/{number}",
        {"custom_fields_values": [{"field_id": field["id"], "values": [{"enum_id": pro}]}]},
    )
    [event] = crm.events(f"custom_field_{field['id']}_value_changed")
    told = {"field_id": field["id"], "field_type": 4, "enum_id": basic, "text": "Basic"}
    assert event["value_before"] == [{"custom_field_value": told}]
    assert event["value_after"] == [{"custom_field_value": {**told, "enum_id": pro, "text": "Pro"}}]
    crm.patch(
        f"leads/{number}",
        {"custom_fields_values": [{"field_id": field["id"], "values": [{"value": "Pro"}]}]},
    )
    assert len(crm.events(event["type"])) == 1


def test_filters_by_value() -> None:
    """Any value of a field, all fields named, ranges of numbers and dates."""
    fields = [
        {"id": 1, "name": "T", "type": "text"},
        {"id": 2, "name": "N", "type": "numeric"},
        {"id": 3, "name": "S", "type": "select", "enums": [{"id": 31, "value": "A"}]},
        {"id": 4, "name": "C", "type": "checkbox"},
    ]

    def values(**given: Json) -> Json:
        return [{"field_id": int(k[1:]), "values": [{"value": v}]} for k, v in given.items()]

    crm = make_crm(
        {
            "custom_fields": {"leads": fields},
            "leads": [
                {"id": 11, "custom_fields_values": values(f1="Ann", f2=5)},
                {"id": 12, "custom_fields_values": values(f1="Bob", f2=7, f3="A")},
                {"id": 13, "custom_fields_values": values(f1="Ann", f4=True)},
                {"id": 14},
            ],
        }
    )
    key = "filter[custom_fields_values]"
    for query, ids in (
        (f"{key}[1]=ann", [11, 13]),
        (f"{key}[1][]=Ann&{key}[1][]=Bob", [11, 12, 13]),
        (f"{key}[1][]=Ann&{key}[2][]=5", [11]),
        (f"{key}[2][from]=6", [12]),
        (f"{key}[2][from]=5&{key}[2][to]=7", [11, 12]),
        (f"{key}[3][]=31", [12]),
        (f"{key}[4]=1", [13]),
        (f"{key}[9][]=x", []),
    ):
        assert [lead["id"] for lead in crm.find("leads", query)] == ids, query


def test_search_looks_at_names_and_values(crm: Crm) -> None:
    """Phones are found by their digits, however they are written."""
    phone = {"field_code": "PHONE", "values": [{"value": "+7 (912) 345-67-89"}]}
    ann, bob = crm.create(
        "contacts", {"name": "Ann Lee", "custom_fields_values": [phone]}, {"name": "Bob"}
    )
    for text, ids in (("lee", [ann]), ("9123456789", [ann]), ("b", [bob]), ("zz", [])):
        assert [c["id"] for c in crm.find("contacts", f"query={text}")] == ids, text


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["field_id", "field_code", "values", "value", "enum_id", "name", "0"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(
    st.lists(_JSON, max_size=3), st.sampled_from(["leads", "contacts", "leads/complex", "tasks"])
)
def test_any_json_is_taken_or_refused(body: Json, path: str) -> None:
    """No body is a fault of the server, and a refused one leaves nothing behind."""
    crm = make_crm()
    wrapped = [{"custom_fields_values": body}, *body]
    response = crm.send("POST", path, wrapped)
    assert response.status in {200, 400}
    if response.status == 400:
        assert crm.account.events == []
        found = orjson.loads(response.body)["validation-errors"]
        assert all(item["errors"] for item in found)
