"""Incoming leads by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen import ValidationError
from amocrm_gen.v4 import LeadCreate
from amocrm_gen.v4.models.unsorted import (
    FormMetadataWrite,
    FormUnsortedWrite,
    SipMetadataWrite,
    SipUnsortedWrite,
    UnsortedAccept,
    UnsortedDecline,
    UnsortedLink,
    UnsortedLinkTo,
)

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def _form(name: str) -> FormUnsortedWrite:
    metadata = FormMetadataWrite(form_id=17, form_name=name, form_page="x", form_sent_at=1700000000)
    return FormUnsortedWrite(source_uid="site", source_name="Site", metadata=metadata)


def test_a_form_is_accepted(amocrm: AmoCRM) -> None:
    """It leaves the inbox, and its lead stands in the list."""
    made = amocrm.unsorted.create_forms(_form("a"))
    assert [item.uid for item in amocrm.unsorted.find(filter={"category": "forms"})] == [made.uid]
    assert amocrm.unsorted.get(made.uid).metadata.form_name == "a"
    sorted_ = amocrm.unsorted.accept(made.uid, UnsortedAccept(status_id=142))
    assert [lead.id for lead in sorted_.embedded.leads] == [x.id for x in amocrm.leads.find()]
    assert amocrm.unsorted.get_summary().accepted == 1


def test_a_call_is_declined(amocrm: AmoCRM) -> None:
    """Its lead goes to the trash."""
    metadata = SipMetadataWrite(phone="1", called_at=1700000000, is_call_event_needed=True)
    metadata.from_ = "2"
    call = SipUnsortedWrite(source_uid="pbx", source_name="PBX", metadata=metadata)
    made = amocrm.unsorted.create_sip(call)
    amocrm.unsorted.decline(made.uid, UnsortedDecline())
    assert list(amocrm.unsorted.find()) == []
    assert len(list(amocrm.leads.find(with_=["only_deleted"]))) == 1
    assert amocrm.unsorted.get_summary().declined == 1


def test_forms_join_nothing(amocrm: AmoCRM) -> None:
    """Only chats and mail can be linked."""
    lead = amocrm.leads.create(LeadCreate(name="A"))
    made = amocrm.unsorted.create_forms(_form("a"))
    to = UnsortedLinkTo(entity_id=lead.id, entity_type="leads")
    with pytest.raises(ValidationError, match="Invalid request data"):
        amocrm.unsorted.link(made.uid, UnsortedLink(link=to))
