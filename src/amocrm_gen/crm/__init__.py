"""What integrators need daily on top of the typed client: names in place of ids, and persons.

```python
from amocrm_gen.crm import Directory

directory = Directory(amo)
stage = directory.stage("Negotiation", pipeline="Sales")
amo.leads.update(LeadUpdate(id=1, status_id=stage.id, pipeline_id=stage.pipeline_id))
```
"""

from amocrm_gen.crm.candidates import AmbiguousName, Candidate, UnknownName
from amocrm_gen.crm.directory import Directory
from amocrm_gen.crm.fields import Choice, Field
from amocrm_gen.crm.persons import Persons
from amocrm_gen.crm.phones import Phone
from amocrm_gen.crm.stages import LOST, WON, Stage

__all__ = [
    "LOST",
    "WON",
    "AmbiguousName",
    "Candidate",
    "Choice",
    "Directory",
    "Field",
    "Persons",
    "Phone",
    "Stage",
    "UnknownName",
]
