"""Users, roles and chats of contacts by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import ContactCreate, ContactUpdate
from amocrm_gen.v4.models.common import EntityId, Rights
from amocrm_gen.v4.models.contact_chats import ContactChatCreate
from amocrm_gen.v4.models.roles import RoleCreate, RoleRightsWrite, RoleUpdate
from amocrm_gen.v4.models.users import TaskRights, UserCreate, UserRightsWrite

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM

_CHAT = "54caee02-e383-46d8-a9b7-1fb43f07cffe"


def _rights() -> RoleRightsWrite:
    own = Rights(view="M", edit="M", add="A", delete="D", export="D")
    tasks = TaskRights(edit="M", delete="D")
    return RoleRightsWrite(leads=own, contacts=own, companies=own, tasks=tasks)


def test_users_by_role(amocrm: AmoCRM) -> None:
    """A role is made, given, changed and deleted; its user is kept out and let in."""
    role = amocrm.roles.create(RoleCreate(name="Sales", rights=_rights()))
    user = UserCreate(
        name="Ann",
        email="ann@example.com",
        password="Secret1",
        rights=UserRightsWrite(role_id=role.id),
    )
    assert "ann@example.com" in repr(user)
    assert "Secret1" not in repr(user)
    made = amocrm.users.create(user)
    assert amocrm.users.get(made.id).rights.leads.view == "M"
    amocrm.roles.update_one(RoleUpdate(id=role.id, name="Best"))
    amocrm.roles.update([RoleUpdate(id=role.id, rights=RoleRightsWrite(mail_access=True))])
    assert amocrm.users.get(made.id).rights.mail_access is True
    assert amocrm.roles.get(role.id, with_=["users"]).embedded.users[0].id == made.id
    amocrm.users.deactivate([EntityId(id=made.id)])
    assert amocrm.users.get(made.id).rights.is_active is False
    amocrm.users.activate([EntityId(id=made.id)])
    assert amocrm.users.get(made.id).rights.is_active is True
    amocrm.roles.delete(role.id)
    assert amocrm.users.get(made.id).rights.role_id is None


def test_chats_of_contacts(amocrm: AmoCRM) -> None:
    """Attached, and found both ways."""
    contact = amocrm.contacts.create(ContactCreate(name="A"))
    made = amocrm.contact_chats.link([ContactChatCreate(contact_id=contact.id, chat_id=_CHAT)])
    found = amocrm.contact_chats.find(contact_id=[contact.id])
    assert [each.id for each in found] == [each.id for each in made]
    assert amocrm.contact_chats.find(chat_id=[_CHAT])[0].contact_id == contact.id


def test_roles_are_listed(amocrm: AmoCRM) -> None:
    """Those that were made, and none without."""
    assert amocrm.roles.find().first() is None
    role = amocrm.roles.create(RoleCreate(name="Sales", rights=_rights()))
    assert [(one.id, one.name) for one in amocrm.roles.find()] == [(role.id, "Sales")]


def test_contacts_are_changed_together(amocrm: AmoCRM) -> None:
    """Each change reaches its own contact."""
    made = amocrm.contacts.create([ContactCreate(name="Ann"), ContactCreate(name="Bob")])
    amocrm.contacts.update([ContactUpdate(id=one.id, name=f"No. {one.id}") for one in made])
    names = {one.id: one.name for one in amocrm.contacts.find()}
    assert names == {one.id: f"No. {one.id}" for one in made}
