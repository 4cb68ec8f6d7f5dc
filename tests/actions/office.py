"""An account with a day's work in it, and what the tests of composed actions do there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import define

from amocrm_gen import AmoCRM, MemoryLedger
from amocrm_gen.actions.composed import Composed, composed_actions
from amocrm_gen.v4 import (
    CompanyCreate,
    ContactCreate,
    CustomFieldCreate,
    CustomFieldEnumWrite,
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
    EntityTagRef,
    LeadCreate,
    LinkTo,
    PipelineCreate,
    PipelineCreateEmbedded,
    PipelineStatus,
    TaskCreate,
    UserCreate,
    UserRightsWrite,
)
from amocrm_gen.v4.models.custom_fields import CustomFieldType
from amocrm_gen.v4.models.tasks import TaskEntityType
from watched import Watched

if TYPE_CHECKING:
    from amocrm_mockserver.testing import MockAccount

__all__ = ["ACTIONS", "NOW", "Office", "reachable"]

ACTIONS = {action.id: action for action in composed_actions()}
NOW = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
"""A Wednesday, 15:30 in Moscow, where the account is."""
PHONE = "8 (916) 123-45-67"
MAIL = "ivan@example.com"


def reachable(phone: str | None = None, mail: str | None = None) -> list[CustomFieldValuesWrite]:
    """Return the values of a phone and of an e-mail field."""
    return [
        CustomFieldValuesWrite(
            field_code=code, values=[CustomFieldValueWrite(value=value, enum_code="WORK")]
        )
        for code, value in (("PHONE", phone), ("EMAIL", mail))
        if value is not None
    ]


@define(slots=False)
class Office:
    """A fresh account, a client that is watched, and who and what is there."""

    account: MockAccount
    wire: Watched
    amo: AmoCRM
    """What the tests look with: it is not the client of the actions."""
    acting: AmoCRM
    """The client of the actions."""

    @classmethod
    def of(cls, account: MockAccount) -> Office:
        """Return an office in an account."""
        wire = Watched()

        def client(**more: Any) -> AmoCRM:
            return AmoCRM(
                account.domain,
                token=account.token,
                base_url=account.base_url,
                throttle=None,
                ledger=MemoryLedger(),
                **more,
            )

        return cls(account, wire, client(), client(transport=wire))

    def furnish(self) -> None:
        """Put a day's work into the account."""
        amo = self.amo
        self.main = next(one for one in amo.pipelines.find() if one.is_main)
        self.stages = {one.name: one.id for one in self.main.embedded.statuses}
        stages = [PipelineStatus(name=name, sort=10) for name in ("Замер", "Отгрузка")]
        self.other = amo.pipelines.create(
            PipelineCreate(
                name="Опт",
                sort=10,
                is_main=False,
                is_unsorted_on=True,
                embedded=PipelineCreateEmbedded(statuses=stages),
            )
        )
        self.me = amo.account.get().current_user_id
        self.anna = self._user("Анна Петрова", "anna@example.com")
        self.bob = self._user("Bob", "bob@example.com")
        self.source = amo.custom_fields.create(
            "leads",
            CustomFieldCreate(
                name="Источник",
                type=CustomFieldType.SELECT,
                enums=[
                    CustomFieldEnumWrite(value=value, sort=sort)
                    for sort, value in enumerate(["Сайт", "Звонок"])
                ],
            ),
        ).id
        self.ivan = amo.contacts.create(
            ContactCreate(
                name="Иван Сёмин",
                responsible_user_id=self.me,
                custom_fields_values=reachable(PHONE, MAIL),
            )
        ).id
        self.like_ivan = amo.contacts.create(
            ContactCreate(
                name="Джон", custom_fields_values=reachable("+1 916 123-45-67", "x" + MAIL)
            )
        ).id
        self.company = amo.companies.create(CompanyCreate(name="Ромашка")).id
        self.roof = self.lead("Крыша", price=1000, status_id=self.stages["Переговоры"])
        self.fence = self.lead("Забор", price=500, responsible_user_id=self.bob)
        self.door = self.lead("Дверь", price=300, pipeline_id=self.other.id)
        self.link(self.roof, "contacts", self.ivan)
        self.link(self.roof, "companies", self.company)

    def _user(self, name: str, email: str) -> int:
        rights = UserRightsWrite(is_free=True)
        made = UserCreate(name=name, email=email, password="Passw0rd", rights=rights)
        return self.amo.users.create(made).id

    def lead(self, name: str, *, ago: timedelta = timedelta(1), **more: Any) -> int:
        """Make a lead of some time ago, and return its id."""
        moment = NOW - ago
        values = {"responsible_user_id": self.me, "created_at": moment, "updated_at": moment}
        return self.amo.leads.create(LeadCreate(name=name, **{**values, **more})).id

    def task(self, text: str, due: datetime, **more: Any) -> int:
        """Make a task on the first lead, and return its id."""
        values = {"entity_id": self.roof, "entity_type": TaskEntityType.LEADS}
        values |= {"responsible_user_id": self.me}
        return self.amo.tasks.create(
            TaskCreate(text=text, complete_till=due, **{**values, **more})
        ).id

    def link(self, lead: int, kind: Any, number: int) -> None:
        """Link something to a lead."""
        self.amo.links.link("leads", lead, LinkTo(to_entity_id=number, to_entity_type=kind))

    def tag(self, name: str) -> EntityTagRef:
        """Return a tag of that name."""
        return EntityTagRef(name=name)

    def run(self, action: Composed | str, given: dict[str, Any], amo: AmoCRM | None = None) -> Any:
        """Perform an action at the fixed moment; it must cost what it says."""
        found = ACTIONS[action] if isinstance(action, str) else action
        before = len(self.wire.sent)
        output = found.perform(amo or self.acting, given, clock=lambda: NOW)
        if amo is None:
            cost, most = len(self.wire.sent) - before, found.requests.most
            assert found.requests.least <= cost <= (most or cost), [
                (one.method, one.path) for one in self.wire.sent[before:]
            ]
        return output

    def state(self) -> Any:
        """Return everything that is in the account; a read may leave an empty table."""
        path = f"/__mock__/accounts/{self.account.subdomain}/state"
        found: Any = self.amo.request("GET", path)
        found["tables"] = {name: rows for name, rows in found["tables"].items() if rows}
        return found
