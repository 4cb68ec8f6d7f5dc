"""What is bound to a lead: contacts, companies, notes, tasks, and who works here."""

import time
from typing import Any, Final

from .step import Context, Step, same, step

__all__ = ["RELATIONS"]


@step("Links, notes, tasks", "links a contact to a lead")
def link_contact(context: Context) -> None:
    """The link is there, and the contact is the main one."""
    (lead,) = context.account.add("leads", [{"name": "Linked"}])
    first, second = context.account.add("contacts", [{"name": "One"}, {"name": "Two"}])
    for contact in (first, second):
        context.driver.ask("link_contact", lead_id=lead, contact_id=contact)
    stored = context.account.row(f"leads/{lead}", **{"with": "contacts"})
    links = {row["id"]: row["is_main"] for row in stored["_embedded"]["contacts"]}
    same(links, {first: False, second: True}, "the contacts and which is the main one")


@step("Links, notes, tasks", "unlinks a contact from a lead")
def unlink_contact(context: Context) -> None:
    """The link is gone and the contact is not."""
    (contact,) = context.account.add("contacts", [{"name": "Free"}])
    (lead,) = context.account.add(
        "leads", [{"name": "Unlinked", "_embedded": {"contacts": [{"id": contact}]}}]
    )
    context.driver.ask("unlink_contact", lead_id=lead, contact_id=contact)
    stored = context.account.row(f"leads/{lead}", **{"with": "contacts"})
    same(stored["_embedded"]["contacts"], [], "the contacts")
    same(context.account.row(f"contacts/{contact}")["name"], "Free", "the contact")


@step("Links, notes, tasks", "puts a contact into a new company and reads it back")
def employ_contact(context: Context) -> None:
    """The contact has the one company, and the client finds it there."""
    (contact,) = context.account.add("contacts", [{"name": "Employee"}])
    told = context.driver.ask("employ_contact", contact_id=contact, company_name="Employer")
    stored = context.account.row(f"contacts/{contact}")["_embedded"]["companies"]
    same([row["id"] for row in stored], [told], "the companies")
    same(context.account.row(f"companies/{told}")["name"], "Employer", "the company")


@step("Links, notes, tasks", "adds a note to a lead")
def add_note(context: Context) -> None:
    """The note hangs on the lead."""
    (lead,) = context.account.add("leads", [{"name": "Noted"}])
    told = context.driver.ask("add_note", lead_id=lead, text="Call after six")
    stored = context.account.row(f"leads/{lead}/notes/{told}")
    seen = (stored["entity_id"], stored["note_type"], stored["params"]["text"])
    same(seen, (lead, "common", "Call after six"), "the note")


@step("Links, notes, tasks", "lists the notes of a lead")
def list_notes(context: Context) -> None:
    """It tells the notes of this lead and of no other."""
    lead, other = context.account.add("leads", [{"name": "Noted"}, {"name": "Noted, too"}])
    for entity, text in ((lead, "One"), (lead, "Two"), (other, "Three")):
        note = {"entity_id": entity, "note_type": "common", "params": {"text": text}}
        context.account.add("leads/notes", [note])
    told = context.driver.ask("list_notes", lead_id=lead)
    same(sorted(told), ["One", "Two"], "the notes")


@step("Links, notes, tasks", "adds a task to a lead")
def add_task(context: Context) -> None:
    """The task is open and due in time."""
    (lead,) = context.account.add("leads", [{"name": "Busy"}])
    due = int(time.time()) + 3600
    told = context.driver.ask("add_task", lead_id=lead, text="Call", complete_till=due)
    task = context.account.row(f"tasks/{told}")
    names = ("entity_id", "entity_type", "text", "complete_till", "is_completed")
    same([task[name] for name in names], [lead, "leads", "Call", due, False], "the task")
    same(context.account.row(f"leads/{lead}")["closest_task_at"], due, "the closest task")


@step("Links, notes, tasks", "lists the tasks of a lead")
def list_tasks(context: Context) -> None:
    """It tells the tasks of this lead and of no other."""
    lead, other = context.account.add("leads", [{"name": "Busy"}, {"name": "Busy, too"}])
    tasks = [_task(lead), _task(lead), _task(other)]
    made = context.account.add("tasks", tasks)
    same(sorted(context.driver.ask("list_tasks", lead_id=lead)), sorted(made[:2]), "the tasks")


@step("Links, notes, tasks", "completes a task")
def complete_task(context: Context) -> None:
    """The task is done and the lead has none left."""
    (lead,) = context.account.add("leads", [{"name": "Done"}])
    (task,) = context.account.add("tasks", [_task(lead)])
    context.driver.ask("complete_task", task_id=task)
    stored = context.account.row(f"tasks/{task}")
    same((stored["is_completed"], stored["text"]), (True, "Call"), "the task")
    same(context.account.row(f"leads/{lead}")["closest_task_at"], None, "the closest task")


@step("Links, notes, tasks", "lists users")
def list_users(context: Context) -> None:
    """It tells every user."""
    stored = context.account.rows("users", "users")
    wanted = [{name: row[name] for name in ("id", "name", "email")} for row in stored]
    same(context.driver.ask("list_users"), wanted, "the users")


def _task(lead: int) -> dict[str, Any]:
    due = int(time.time()) + 7200
    return {"text": "Call", "complete_till": due, "entity_id": lead, "entity_type": "leads"}


RELATIONS: Final[tuple[Step, ...]] = (
    link_contact,
    unlink_contact,
    employ_contact,
    add_note,
    list_notes,
    add_task,
    list_tasks,
    complete_task,
    list_users,
)
