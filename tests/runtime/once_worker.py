"""Creates a lead with a key in child processes; each may be killed at a step."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from amocrm_gen import AmoCRM, FieldMarker, SqliteLedger
from amocrm_gen.v4.models.leads import LeadCreate
from runtime.kill_worker import Steps, main

__all__ = ["create"]


def create(given: dict[str, Any]) -> int:
    """Create the lead, and return its id."""
    field = given["field"]
    client = AmoCRM(
        given["account"],
        token=given["token"],
        base_url=given["base_url"],
        throttle=None,
        ledger=SqliteLedger(given["ledger"]),
        marker=None if field is None else {"leads": FieldMarker(field)},
    )
    with client as amo:
        return amo.leads.create(LeadCreate(name=given["name"]), once=given["key"]).id


def call(given: dict[str, Any], report: int) -> None:
    """Create the lead, and die at a step."""
    Steps(given["deadly"], halved=given["halved"], report=report).watch_all()
    create(given)


if __name__ == "__main__":
    main(call)
