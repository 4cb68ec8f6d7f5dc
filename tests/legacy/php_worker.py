"""Another process that uses the settings of the PHP library: one JSON command a line."""

# ruff: noqa: T201 - it says what it does

import json
import sys
from typing import Any

from amocrm_gen import Integration, PhpTokenStore
from amocrm_gen.legacy import Accounts, PatientLocks, Settings
from amocrm_gen.objects import Lead


def main() -> None:
    """Do what is told, and answer each command with one line."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    integration = Integration(**given["integration"])
    store = PhpTokenStore(given["tokens"], integration)
    settings = Settings(store=store, **given["settings"])
    locks = PatientLocks(folder=given["settings"]["lock_folder"])
    held: Any = None
    with Accounts(settings, base_url=given["url"]) as accounts:
        amo = accounts.log_in(given["account"], integration)
        for line in sys.stdin:
            verb, *words = json.loads(line)
            result: object = None
            if verb == "read":
                result = amo.account.get().id
            elif verb == "update":
                for _ in range(words[1]):
                    lead = Lead(amo).fill_by_id(words[0])
                    lead.sale = (lead.sale or 0) + 1
                    lead.save()
            elif verb == "take":
                held = locks.acquire(words)
            elif verb == "free":
                held.release()
            print(json.dumps([verb, result]), flush=True)


if __name__ == "__main__":
    main()
