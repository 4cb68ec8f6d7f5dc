"""Incoming leads as objects: requests that wait to be accepted."""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import TYPE_CHECKING, ClassVar, Literal, Self, cast, overload

from amocrm_gen.objects.base import CrmObject, items_of
from amocrm_gen.runtime.call import Call, Operation
from amocrm_gen.runtime.errors import NotFound, ResponseError, ValidationError
from amocrm_gen.runtime.kinds import is_list, is_mapping, is_object

if TYPE_CHECKING:
    from amocrm_gen.objects.entities import Company, Contact, Lead
    from amocrm_gen.runtime.client import Client
    from amocrm_gen.runtime.types import JsonObject, JsonValue

__all__ = ["IncomingForm", "IncomingLead", "IncomingSip", "uids_of"]

_READ = "/api/v2/incoming_leads"


class IncomingLead:
    """A request and what is to be made of it."""

    path: ClassVar[str] = ""

    def __init__(  # noqa: PLR0913 - the names of the values
        self,
        client: Client,
        *,
        source_name: str | None = None,
        source_uid: str | None = None,
        pipeline_id: int | None = None,
        created_at: int | None = None,
        info: Mapping[str, object] | None = None,
    ) -> None:
        self._client = client
        self.uid: str | None = None
        self.category: str | None = None
        self.source_name = source_name
        self.source_uid = source_uid
        self.pipeline_id = pipeline_id
        self.created_at = created_at
        self.info: dict[str, object] = dict(info or {})
        """What is known of the form or call: `form_id`, `form_page`; `from`, `to`, `date_call`."""
        self.entities: dict[str, list[object]] = {}
        """What is to be made, or, after reading, what waits: leads, contacts, companies."""

    def __repr__(self) -> str:
        """Tell what it is and its uid."""
        return f"{type(self).__name__}(uid={self.uid!r})"

    def set_info(self, info: Mapping[str, object]) -> Self:
        """Replace what is known of the form or call."""
        self.info = dict(info)
        return self

    def add_lead(self, lead: Lead | Mapping[str, object]) -> Self:
        """A lead that is to be made."""
        return self._add("leads", lead)

    def add_contact(self, contact: Contact | Mapping[str, object]) -> Self:
        """A contact that is to be made."""
        return self._add("contacts", contact)

    def add_company(self, company: Company | Mapping[str, object]) -> Self:
        """A company that is to be made."""
        return self._add("companies", company)

    def _add(self, kind: str, given: CrmObject | Mapping[str, object]) -> Self:
        body = given.params() if isinstance(given, CrmObject) else dict(given)
        self.entities.setdefault(kind, []).append(body)
        return self

    def params(self) -> JsonObject:
        """Return the body by which it is added; the time is now unless it was set."""
        if self.created_at is None:
            self.created_at = int(time())
        plain: dict[str, object] = {
            "source_name": self.source_name,
            "source_uid": self.source_uid,
            "pipeline_id": self.pipeline_id,
            "created_at": self.created_at,
        }
        body = {name: value for name, value in plain.items() if value is not None}
        body["incoming_lead_info"] = self.info
        if self.entities:
            body["incoming_entities"] = self.entities
        return cast("JsonObject", body)

    def fill_by_uid(self, uid: str, **params: object) -> Self:
        """Read a request that waits, by its uid; raises `NotFound` where there is none."""
        answer = self._client.request("GET", _READ, query={"uid": uid, **params})
        found = next((item for item in items_of(answer) if item.get("uid") == uid), None)
        if found is None:
            raise NotFound(f"there is no incoming lead {uid}", operation=f"GET {_READ}", status=204)
        self.uid = uid
        self.category = _text(found.get("category"))
        self.source_name, self.source_uid = (
            _text(found.get(name)) for name in ("source_name", "source_uid")
        )
        created, pipeline = found.get("created_at"), found.get("pipeline_id")
        self.created_at = created if isinstance(created, int) else None
        self.pipeline_id = pipeline if isinstance(pipeline, int) else None
        info, entities = found.get("incoming_lead_info"), found.get("incoming_entities")
        self.info = dict(info) if isinstance(info, Mapping) else {}
        self.entities = {
            str(kind): list(members)
            for kind, members in (entities.items() if isinstance(entities, Mapping) else ())
            if isinstance(members, list)
        }
        return self

    @overload
    def save(self, *, whole: Literal[False] = False) -> str: ...
    @overload
    def save(self, *, whole: Literal[True]) -> JsonObject: ...
    def save(self, *, whole: bool = False) -> str | JsonObject:
        """Add the request; return its uid, or the whole answer.

        The same form or call again is not added twice: its first uid comes back. Raises
        `ValidationError` where amoCRM says that it failed.
        """
        answer = send_incoming(self._client, self.path, [self.params()])
        uids = uids_of(answer)
        if not uids:
            raise ResponseError("$.data: expected a uid", path="$.data")
        self.uid = uids[0]
        return answer if whole else uids[0]


class IncomingForm(IncomingLead):
    """A request by a form."""

    path = "/api/v2/incoming_leads/form"


class IncomingSip(IncomingLead):
    """A request by a call."""

    path = "/api/v2/incoming_leads/sip"


def send_incoming(client: Client, path: str, items: list[JsonObject]) -> JsonObject:
    """Add requests; raises `ValidationError` where amoCRM says that it failed."""
    name = f"incoming_leads.{path.rsplit('/', 1)[1]}"
    operation = Operation(name=name, method="POST", path=path, envelope="raw")
    body: JsonObject = {"add": cast("JsonValue", items)}
    answer = client.send(Call[object](operation, path, body=body))
    if not is_object(answer):
        raise ResponseError("$: expected an object", path="$", operation=name)
    if answer.get("status") != "success":
        said = answer.get("error")
        raise ValidationError(str(said or "the request failed"), operation=name, status=200)
    return cast("JsonObject", answer)


def uids_of(answer: Mapping[str, object]) -> list[str]:
    """Return the uids that an answer names."""
    data = answer.get("data")
    return [str(uid) for uid in data] if is_list(data) or is_mapping(data) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
