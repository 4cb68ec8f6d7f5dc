"""Links contacts to leads."""

from attrs import frozen

from amocrm_gen.actions.composed.cards import contact_of, lead_of
from amocrm_gen.actions.composed.desk import Desk
from amocrm_gen.actions.shape import about
from amocrm_gen.runtime.unset import UNSET
from amocrm_gen.v4.models.links import LinkMetadataWrite, LinkTo

__all__ = ["ContactLinked", "LinkContact", "link_contact_to_lead"]


@frozen(kw_only=True)
class LinkContact:
    """Which contact goes to which lead."""

    lead: int | str = about("Id or exact name of the lead.", examples=(101, "Roof repair"))
    contact: int | str = about(
        "Id, phone number, e-mail address or exact name of the contact.",
        examples=(201, "anna@example.com"),
    )
    main: bool = about("Make it the lead's main contact.", default=False)


@frozen(kw_only=True)
class ContactLinked:
    """Who belongs to the lead now."""

    changed: bool = about("False: it was so already, and nothing was sent.")
    lead_id: int
    lead: str = about("Name of the lead.")
    contact_id: int
    contact: str = about("Name of the contact.")
    is_main: bool = about("Whether it is the lead's main contact.")
    link: str = about("Where amoCRM shows the lead.", format="uri")


def link_contact_to_lead(desk: Desk, given: LinkContact) -> ContactLinked:
    """Link a contact to a lead."""
    lead = lead_of(desk, given.lead, "contacts")
    contact = contact_of(desk, given.contact)
    linked = {one.id: one.is_main for one in lead.embedded.contacts or []}
    is_there = contact.id in linked and (linked[contact.id] or not given.main)
    if not is_there:
        meta = LinkMetadataWrite(is_main=True) if given.main else UNSET
        to = LinkTo(to_entity_id=contact.id, to_entity_type="contacts", metadata=meta)
        desk.amo.links.link("leads", lead.id, to)
    return ContactLinked(
        changed=not is_there,
        lead_id=lead.id,
        lead=lead.name,
        contact_id=contact.id,
        contact=contact.name,
        is_main=given.main or linked.get(contact.id, not linked),
        link=desk.link("leads", lead.id),
    )
