"""Entities as objects that read, change and save themselves, over API v2.

```python
from amocrm_gen.objects import Lead

lead = Lead(amo, name="Ann's order", sale=1500)
lead.add_contacts(12345)
lead.save()                   # adds, and learns its id
lead.sale = 2000
lead.save()                   # sends just what changed
```
"""

from amocrm_gen.objects.base import CrmObject
from amocrm_gen.objects.batch import delete_objects, save_incoming, save_objects
from amocrm_gen.objects.catalogs import Catalog, CatalogElement
from amocrm_gen.objects.entities import Company, Contact, Customer, Lead
from amocrm_gen.objects.feed import Note, Task
from amocrm_gen.objects.incoming import IncomingForm, IncomingLead, IncomingSip
from amocrm_gen.objects.pages import pages

__all__ = [
    "Catalog",
    "CatalogElement",
    "Company",
    "Contact",
    "CrmObject",
    "Customer",
    "IncomingForm",
    "IncomingLead",
    "IncomingSip",
    "Lead",
    "Note",
    "Task",
    "delete_objects",
    "pages",
    "save_incoming",
    "save_objects",
]
