"""The floor: urllib3 and orjson into dicts, as one writes it without an SDK."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
import urllib3
from attrs import frozen

from benchmarks.sample import Json

__all__ = ["HEADERS", "Floor", "touch"]

HEADERS: Final = {"Authorization": "Bearer token", "User-Agent": "floor", "Accept": "*/*"}


@frozen
class Floor:
    """The same work as the SDK's, in dicts."""

    origin: str
    pool: urllib3.PoolManager

    def pages(self) -> Iterator[list[Json]]:
        """Follow the pages of the list of leads."""
        address: str | None = f"{self.origin}/api/v4/leads?page=1&limit=250"
        while address:
            page = self._get(address)
            yield page["_embedded"]["leads"]
            address = page["_links"].get("next", {}).get("href")

    def kept(self) -> tuple[list[Json], int]:
        """Read all leads, then look at every custom field value."""
        leads: list[Json] = []
        for page in self.pages():
            leads += page
        return leads, touch(leads)

    def streamed(self) -> int:
        """Look at every custom field value of one lead after the other."""
        return sum(touch(page) for page in self.pages())

    def get(self) -> Json:
        """Read one lead."""
        lead: Json = self._get(f"{self.origin}/api/v4/leads/2000001")
        return lead

    def create(self, leads: Sequence[Json]) -> list[Json]:
        """Create leads."""
        response = self.pool.request(
            "POST",
            f"{self.origin}/api/v4/leads",
            body=orjson.dumps(leads),
            headers={**HEADERS, "Content-Type": "application/json"},
        )
        items: list[Json] = orjson.loads(response.data)["_embedded"]["leads"]
        return items

    def _get(self, address: str) -> Any:  # Any: JSON
        return orjson.loads(self.pool.request("GET", address, headers=HEADERS).data)


def touch(leads: Sequence[Json]) -> int:
    """Look at every custom field value; tells how many are filled."""
    seen = 0
    for lead in leads:
        for field in lead["custom_fields_values"] or ():
            for item in field["values"]:
                seen += item["value"] is not None
    return seen
