"""For those who come from the PHP library: its settings and ways, over the client.

```python
from amocrm_gen.legacy import Accounts, Settings
from amocrm_gen.objects import Lead

accounts = Accounts(Settings(throttle=5, debug=StandardOutput()))
amo = accounts.log_in("example")          # tokens come from the folder of the PHP library
lead = Lead(amo).fill_by_id(12345)
```
"""

from amocrm_gen.legacy.accounts import Accounts
from amocrm_gen.legacy.domains import full_domain
from amocrm_gen.legacy.lists import get_items, read_list
from amocrm_gen.legacy.locks import LockBusy, PatientLocks
from amocrm_gen.legacy.output import LogFile, StandardOutput
from amocrm_gen.legacy.settings import Settings
from amocrm_gen.legacy.webhooks import subscribe, unsubscribe

__all__ = [
    "Accounts",
    "LockBusy",
    "LogFile",
    "PatientLocks",
    "Settings",
    "StandardOutput",
    "full_domain",
    "get_items",
    "read_list",
    "subscribe",
    "unsubscribe",
]
