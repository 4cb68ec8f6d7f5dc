"""Actions about contacts and companies."""

from typing import Final

from amocrm_gen.actions.composed.composed import Composed
from amocrm_gen.actions.composed.declaring import composed

__all__ = ["ACTIONS"]

ACTIONS: Final[tuple[Composed, ...]] = (
    composed(
        "people:find_or_create_contact",
        "Find or create a contact",
        "Find the contact that has a phone number or an e-mail address, however they are written; "
        "make it where there is none. The same person is never made twice; where several contacts "
        "have it, they are told and nothing is made.",
        about="contacts",
        costs=(2, 8),
        of="contacts.find contacts.create",
        example={"name": "Ann Lee", "phone": "+7 916 123-45-67", "email": "ann@example.com"},
        en="find or create a contact; upsert a contact; add a contact if there is none; new "
        "client without doubles; make sure that the person exists; save a caller; add a customer "
        "by phone; look up and create; create contact by email",
        ru="найти или создать контакт; создать контакт, если нет; добавить клиента без дублей; "
        "завести контакт по телефону; контакт по почте, а если нет, создать; сохранить звонившего; "
        "новый клиент с номером",
        es="buscar o crear un contacto; crear contacto si no existe; alta de cliente sin "
        "duplicados; guardar a quien llamó; asegurar que la persona existe; contacto por teléfono "
        "o crear; añadir cliente con correo",
        writes=True,
    ),
    composed(
        "people:find_contact_by_phone",
        "Find a contact by phone number",
        "Find contacts and companies that have the very phone number, however it is written: with "
        "+7 or 8, brackets and blanks. Numbers that merely look alike are not taken.",
        about="contacts",
        costs=(2, None),
        of="contacts.find companies.find",
        example={"phone": "+7 (916) 123-45-67"},
        en="find a contact by phone; who called; whose number is it; search by phone number; look "
        "up a caller; caller id; find the company by phone; who has this number; client by number",
        ru="найти контакт по телефону; чей номер; кто звонил; поиск по номеру телефона; "
        "пробить номер; определить звонящего; найти клиента по номеру; чей это телефон",
        es="buscar un contacto por teléfono; quién llamó; de quién es este número; búsqueda por "
        "teléfono; identificar la llamada; cliente por número; encontrar empresa por teléfono",
    ),
    composed(
        "people:find_contact_by_email",
        "Find a contact by e-mail address",
        "Find contacts and companies that have the very e-mail address; case does not count.",
        about="contacts",
        costs=(2, None),
        of="contacts.find companies.find",
        example={"email": "ann@example.com"},
        en="find a contact by email; search by e-mail address; who wrote; whose mail is it; look "
        "up a sender; client by email; find the company by mail",
        ru="найти контакт по почте; поиск по email; чей это адрес; кто написал; найти клиента по "
        "имейлу; контакт по электронной почте; чья почта",
        es="buscar un contacto por correo; búsqueda por email; de quién es este correo; quién "
        "escribió; cliente por correo electrónico; encontrar empresa por email",
    ),
    composed(
        "showing:show_contact_card",
        "Show a contact's card",
        "Read a contact, by id, phone number, e-mail address or name, with its fields, company, "
        "leads, open tasks and latest notes.",
        about="contacts",
        costs=(5, None),
        of="contacts.get companies.get leads.find tasks.find notes.find_of_entity.contacts",
        example={"contact": 201},
        en="show a contact card; all about a client; client profile; everything on a person; "
        "history of a contact; contact with leads, tasks and notes; client overview; who is this "
        "customer; customer file",
        ru="карточка контакта; всё о клиенте; профиль клиента; история контакта; покажи контакт со "
        "сделками и задачами; досье на клиента; что известно о человеке; данные клиента",
        es="ficha del contacto; todo sobre un cliente; perfil del cliente; historial del contacto; "
        "contacto con sus leads, tareas y notas; quién es este cliente; resumen del contacto",
    ),
    composed(
        "showing:show_lead_card",
        "Show a lead's card",
        "Read a lead, by id or name, with its stage, fields, contacts, company, open tasks and "
        "latest notes.",
        about="leads",
        costs=(4, None),
        of="leads.get contacts.find companies.get tasks.find notes.find_of_entity.leads",
        example={"lead": 101},
        en="show a lead card; all about a deal; deal overview; everything on the opportunity; "
        "history of a deal; deal with contacts, tasks and notes; what is up with this lead; "
        "details of the deal; brief me on the deal",
        ru="карточка сделки; всё о сделке; покажи сделку; история сделки; сделка с контактами и "
        "задачами; что по сделке; подробности сделки; обзор лида; сводка по сделке",
        es="ficha del lead; todo sobre un negocio; resumen del trato; historial del negocio; lead "
        "con contactos, tareas y notas; detalles de la oportunidad; cómo va este lead",
    ),
    composed(
        "people:find_duplicate_contacts",
        "Find duplicate contacts",
        "Go through all contacts and tell which share a phone number or an e-mail address, however "
        "these are written. Nothing is merged.",
        about="contacts",
        costs=(2, None),
        of="contacts.find",
        example={"by_phone": True, "by_email": True},
        en="find duplicate contacts; doubles; duplicates by phone; same person twice; clean up "
        "contacts; repeated contacts; contacts with the same number; dedupe",
        ru="найти дубли контактов; дубликаты; двойники; повторяющиеся контакты; одинаковые номера; "
        "почистить базу; контакты с одним телефоном; дубли по почте",
        es="buscar contactos duplicados; duplicados; contactos repetidos; misma persona dos veces; "
        "limpiar la base; contactos con el mismo número; depurar contactos",
    ),
)
