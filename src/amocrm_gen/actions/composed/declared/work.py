"""Actions of daily work: notes, calls, tasks, and being told of what happens."""

from typing import Final

from amocrm_gen.actions.composed.composed import Composed
from amocrm_gen.actions.composed.declaring import composed

__all__ = ["ACTIONS"]

ACTIONS: Final[tuple[Composed, ...]] = (
    composed(
        "feed:add_note",
        "Add a note",
        "Write a note on a lead, contact, company or customer. The same input again makes no "
        "second note, unless `again` is true.",
        about="notes",
        costs=(1, 4),
        of="notes.create.leads notes.create.contacts notes.create.companies notes.create.customers",
        example={"lead": 101, "text": "Prefers to be called in the morning"},
        en="add a note; leave a comment; write down in the card; comment on a deal; note on a "
        "contact; remark; jot down; log what was said; add a comment to the company",
        ru="добавить примечание; оставить комментарий; записать в карточку; заметка в сделке; "
        "примечание к контакту; прокомментировать сделку; пометка; дописать в компанию",
        es="añadir una nota; dejar un comentario; anotar en la ficha; comentar el negocio; nota en "
        "el contacto; apuntar; agregar un comentario a la empresa; escribir una nota",
        writes=True,
    ),
    composed(
        "feed:add_note_by_phone",
        "Add a note by phone number",
        "Write a note on the card of whoever has a phone number, or on the only open lead of that "
        "contact. The same input again makes no second note, unless `again` is true.",
        about="notes",
        costs=(2, 6),
        of="contacts.find companies.find notes.create.contacts notes.create.leads",
        example={"phone": "+7 916 123-45-67", "text": "Asked for a price list"},
        en="add a note by phone number; note for a caller; comment for the client with this "
        "number; write to the card of whoever called; note after a call from a number; comment by "
        "phone",
        ru="примечание по номеру телефона; записать звонившему; комментарий клиенту с номером; "
        "примечание по телефону; добавить заметку по номеру; отметить в карточке по телефону",
        es="añadir una nota por teléfono; nota para quien llamó; comentario al cliente con este "
        "número; nota por número de teléfono; apuntar en la ficha del que llamó; comentario por "
        "teléfono",
        writes=True,
    ),
    composed(
        "feed:log_call",
        "Log a call",
        "Report a call that took place; amoCRM puts it on the only open lead of whoever has the "
        "number, else on the contact or company. The same input again makes no second call.",
        about="calls",
        costs=(1, 3),
        of="calls.create",
        example={
            "phone": "+7 916 123-45-67",
            "direction": "outbound",
            "duration": 240,
            "status": "talked",
            "user": "me",
        },
        en="log a call; record a phone call; I called; report a call; incoming call; outgoing "
        "call; talked on the phone; missed call; add a call with a recording; telephony",
        ru="записать звонок; добавить звонок; позвонил клиенту; входящий звонок; исходящий звонок; "
        "поговорили по телефону; пропущенный звонок; зафиксировать звонок; звонок с записью",
        es="registrar una llamada; anotar la llamada; llamé al cliente; llamada entrante; llamada "
        "saliente; hablamos por teléfono; llamada perdida; añadir llamada con grabación",
        writes=True,
    ),
    composed(
        "tasks:create_follow_up_task",
        "Create a follow-up task",
        "Make a task on a lead, contact, company or customer, due at a time such as "
        '"tomorrow 10:00" or "in 2 days". Where there is just such an open task, none is made.',
        about="tasks",
        costs=(2, 7),
        of="tasks.find tasks.create",
        example={"lead": 101, "text": "Call back about the offer", "due": "tomorrow 10:00"},
        en="create a follow-up task; remind me; call back tomorrow; set a reminder; new task; "
        "schedule a meeting; to-do for the deal; next step; plan a call; task on a lead; follow up",
        ru="поставить задачу; напомни мне; перезвонить завтра; напоминание; новая задача; "
        "запланировать звонок; назначить встречу; следующий шаг; задача по сделке; связаться позже",
        es="crear una tarea de seguimiento; recuérdame; llamar mañana; recordatorio; nueva tarea; "
        "programar una llamada; agendar una reunión; siguiente paso; tarea en el lead; dar "
        "seguimiento",
        writes=True,
    ),
    composed(
        "tasks:complete_task",
        "Complete a task",
        "Close a task with what came of it. A task that is done already stays as it is.",
        about="tasks",
        costs=(3, 4),
        of="tasks.get tasks.update_one",
        example={"task": 501, "result": "Agreed on the price"},
        en="complete a task; close the task; mark as done; task finished; done; task with a "
        "result; tick off; I did it; finish a to-do",
        ru="завершить задачу; закрыть задачу; задача выполнена; отметить сделанным; готово; "
        "результат задачи; выполнил; закрыть дело с результатом",
        es="completar una tarea; cerrar la tarea; marcar como hecha; tarea terminada; hecho; "
        "resultado de la tarea; dar por finalizada; tarea realizada",
        writes=True,
    ),
    composed(
        "tasks:list_overdue_tasks",
        "List overdue tasks",
        "List open tasks whose deadline is over, of one user or of all, the oldest first.",
        about="tasks",
        costs=(2, None),
        of="tasks.find",
        example={"user": "me"},
        en="overdue tasks; late tasks; missed deadlines; what did we forget; expired tasks; who is "
        "behind; tasks past due; backlog",
        ru="просроченные задачи; кто просрочил; пропущенные сроки; что забыли сделать; горящие "
        "просрочки; просрочка; невыполненные вовремя дела",
        es="tareas vencidas; tareas atrasadas; plazos incumplidos; qué se nos olvidó; tareas fuera "
        "de plazo; quién va con retraso; pendientes vencidos",
    ),
    composed(
        "tasks:list_todays_tasks",
        "List today's tasks",
        "List open tasks that are due today in the account's time zone, of one user or of all.",
        about="tasks",
        costs=(2, None),
        of="tasks.find",
        example={"user": "me"},
        en="today's tasks; what is due today; my day; agenda; to-do list for today; what do I have "
        "to do today; calls today; plan for the day",
        ru="задачи на сегодня; что сегодня делать; мой день; план на день; дела на сегодня; кому "
        "сегодня звонить; сегодняшние задачи; расписание на сегодня",
        es="tareas de hoy; qué vence hoy; mi día; agenda de hoy; pendientes de hoy; qué tengo que "
        "hacer hoy; llamadas de hoy; plan del día",
    ),
    composed(
        "subscribing:subscribe_webhook",
        "Subscribe a webhook",
        "Have an address called when leads, contacts, companies, tasks and other things change. "
        "Events are added to those that the address has, unless `replace` is true.",
        about="webhooks",
        costs=(1, 2),
        of="webhooks.find webhooks.subscribe",
        example={"url": "https://www.example.com/amocrm/", "events": ["add_lead", "status_lead"]},
        en="subscribe a webhook; notify my server; send events to a url; hook on new leads; "
        "callback when a deal changes; push notifications; add a webhook; listen to changes",
        ru="подписать вебхук; уведомлять мой сервер; отправлять события на адрес; вебхук на новые "
        "сделки; колбэк при смене этапа; настроить хук; слать изменения на url",
        es="suscribir un webhook; avisar a mi servidor; enviar eventos a una url; webhook de "
        "nuevos leads; notificar cambios; configurar un webhook; callback cuando cambia un "
        "negocio",
        writes=True,
    ),
)
