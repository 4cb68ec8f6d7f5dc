"""Bodies that nearly fit: every operation answers them without a fault of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from amocrm_mockserver.contract import Schema, load_contract

from .crm import Crm, Json, make_crm

if TYPE_CHECKING:
    from random import Random

_CONTRACT: Final = load_contract()
_ODD: Final[list[Json]] = [
    None,
    True,
    0,
    -1,
    142,
    1.5,
    1e308,
    2**63,
    "",
    "1",
    "x" * 300,
    [],
    {},
    [None],
    [[]],
    {"0": 1},
    {"a": 1},
    [{}],
    "2024-01-01T00:00:00Z",
    "é\0",
]
_QUERIES: Final = (
    "",
    "page=-1&limit=nan",
    "filter=1&order=1&query[]=a&with[]=contacts",
    "filter[id][a][b]=1",
    "order[id][]=x",
    "filter[statuses]=1",
    "filter[statuses][]=1&filter[custom_fields_values]=1",
    "filter[custom_fields_values][1][from]=1",
    "filter[name][][]=a",
    "filter[price]=nan",
    "filter[price][from]=inf",
    "filter[created_at][from]=x&filter[entity_id][]=5",
    "with=contacts,descriptions,only_deleted,users,role,is_pinned&limit=1",
)


class _Dice:
    """Makes bodies out of schemas, and spoils some of them."""

    def __init__(self, random: Random, ids: list[Json]) -> None:
        self._random = random
        self._ids = ids

    def roll(self, schema: Schema, depth: int = 0) -> Json:
        """A value that a schema describes, or an odd one."""
        if self._random.random() < 0.12 or depth > 6:
            return self._random.choice(_ODD)
        schema = _CONTRACT.resolve(schema)
        if "discriminator" in schema:
            [*references] = schema["discriminator"]["mapping"].values()
            schema = _CONTRACT.resolve({"$ref": self._random.choice(references)})
        if "anyOf" in schema:
            return self.roll(self._random.choice(schema["anyOf"]), depth)
        if "properties" in schema:
            required = schema.get("required", ())
            return {
                name: self.roll(part, depth + 1)
                for name, part in schema["properties"].items()
                if name in required or self._random.random() < 0.5
            }
        if schema.get("type") == "array":
            count = self._random.randrange(3)
            return [self.roll(schema.get("items", {}), depth + 1) for _ in range(count)]
        numbers = [*self._ids, 0, 1, 143, 1_700_000_000]
        choices: Json = numbers if schema.get("type") == "integer" else _ODD
        if "const" in schema:
            choices = [schema["const"]]
        return self._random.choice(schema.get("enum", choices))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_nothing_is_a_fault_of_the_server(random: Random) -> None:
    """Refusals change nothing; answers are never an empty list or object."""
    crm = make_crm()
    crm.create("leads", {"name": "a"})
    crm.create("contacts", {"name": "b"})
    for operation in random.sample(list(_CONTRACT.operations.values()), 25):
        ids = _some_ids(crm)
        path = operation.path
        for name in operation.variables:
            path = path.replace(f"{{{name}}}", str(random.choice(ids)))
        body = b""
        if operation.takes is not None:
            schema = {"$ref": f"#/components/schemas/{operation.takes}"}
            value = _Dice(random, ids).roll(schema)
            body = orjson.dumps([value] if operation.takes_list else value)
        before = len(crm.account.events)
        query = random.choice(_QUERIES)
        response = crm.raw(operation.method, path, query=query, body=body)
        assert response.status < 500, (operation.id, query, body)
        assert response.body not in {b"[]", b"{}", b"null"}
        if response.status >= 400:
            assert len(crm.account.events) == before


def _some_ids(crm: Crm) -> list[Json]:
    tables = crm.account.tables.values()
    keys = [key for table in tables for key in list(table.rows)[:3]]
    return [key[-1] if isinstance(key, tuple) else key for key in keys]
