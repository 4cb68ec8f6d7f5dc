"""Actions that make and change leads."""

from typing import Final

from amocrm_gen.actions.composed.composed import Composed
from amocrm_gen.actions.composed.declaring import composed

__all__ = ["ACTIONS"]

ACTIONS: Final[tuple[Composed, ...]] = (
    composed(
        "intake:create_lead_with_contact",
        "Create a lead with its contact",
        "Make a lead together with its contact, company, a task and a note in one step. A contact "
        "that has the phone number or e-mail address is taken, and so is a company of that name. "
        "The same input again makes nothing new.",
        about="leads",
        costs=(1, 14),
        of="contacts.find companies.find leads.create_complex leads.get tasks.create "
        "notes.create.leads",
        example={
            "name": "Roof repair",
            "price": 25000,
            "contact": {"name": "Ann Lee", "phone": "+7 916 123-45-67", "email": "ann@example.com"},
            "company": "Acme",
            "task": {"text": "Call back", "due": "tomorrow 10:00"},
            "note": "Wants a quote",
        },
        en="create a lead with contact; new deal with contact and company; add a deal for a "
        "person; new lead with phone number; lead with company, task and note at once; register "
        "an inquiry; new order; new enquiry from a customer; website request into the CRM; add an "
        "opportunity; lead and contact in one step; complex lead",
        ru="создать сделку с контактом; новая сделка с контактом и компанией; завести лид; "
        "добавить сделку на клиента; новый лид с телефоном; сделка с задачей и примечанием; "
        "новая заявка; новый заказ; оформить заявку с сайта; создай лид на человека; "
        "сделка, контакт и компания сразу; занести клиента и сделку",
        es="crear un lead con contacto; nuevo lead con contacto y empresa; alta de un negocio; "
        "nueva oportunidad con teléfono; lead con tarea y nota; registrar una solicitud; "
        "nuevo pedido; dar de alta un prospecto; crear trato con cliente; lead y contacto a la vez",
        writes=True,
    ),
    composed(
        "closing:move_lead_to_stage",
        "Move a lead to a stage",
        "Put a lead on a stage by the stage's name; its own pipeline is tried first. A lead that "
        "is there already stays as it is.",
        about="leads",
        costs=(4, 5),
        of="leads.get pipelines.find leads.update_one",
        example={"lead": 101, "stage": "Negotiation"},
        en="move a lead to a stage; change stage; change status of a deal; put the deal on a step; "
        "next stage; drag the card to another column; advance the opportunity; move to another "
        "pipeline; switch funnel; set the stage; progress a deal through the funnel",
        ru="перевести сделку на этап; сменить этап; поменять статус сделки; передвинуть сделку; "
        "на следующий этап; перенести в другую воронку; переместить карточку; поставить этап; "
        "двигать лид по воронке; изменить стадию сделки",
        es="mover un lead a una etapa; cambiar de etapa; cambiar el estado del negocio; "
        "pasar a la siguiente etapa; avanzar la oportunidad; mover a otro embudo; "
        "pasar el trato a otra fase; actualizar la etapa del lead",
        writes=True,
    ),
    composed(
        "closing:win_lead",
        "Close a lead as won",
        "Put a lead on the won stage of its pipeline, on wish with what it was won for and when. "
        "A lead that is won already stays as it is.",
        about="leads",
        costs=(4, 5),
        of="leads.get pipelines.find leads.update_one",
        example={"lead": 101, "price": 25000},
        en="win a lead; mark as won; close as won; the deal is successful; they paid; sold; "
        "sale is made; contract signed; closed won; success; the client bought; deal done",
        ru="выиграть сделку; закрыть успешно; сделка успешна; успешно реализовано; оплатили; "
        "продано; клиент купил; договор подписан; закрыть сделку с победой; сделка выиграна; "
        "отметить как выигранную",
        es="ganar un lead; marcar como ganado; cerrar como ganado; venta cerrada; han pagado; "
        "vendido; negocio ganado; el cliente compró; contrato firmado; logrado con éxito; "
        "cerrar la venta con éxito",
        writes=True,
    ),
    composed(
        "closing:lose_lead",
        "Close a lead as lost",
        "Put a lead on the lost stage of its pipeline, with a loss reason by its name. A lead that "
        "is lost for that reason already stays as it is.",
        about="leads",
        costs=(4, 6),
        of="leads.get pipelines.find loss_reasons.find leads.update_one",
        example={"lead": 101},
        en="lose a lead; mark as lost; close as lost; lost deal; the client refused; said no; "
        "rejected; not interested; too expensive; closed lost; loss reason; drop the opportunity; "
        "they chose a competitor; dead deal",
        ru="проиграть сделку; закрыть как проигранную; закрыто и не реализовано; отказ клиента; "
        "клиент отказался; сделка сорвалась; причина отказа; закрыть неуспешно; слить сделку; "
        "выбрали других; дорого; не купили",
        es="perder un lead; marcar como perdido; cerrar como perdido; negocio perdido; "
        "el cliente dijo que no; rechazado; motivo de pérdida; demasiado caro; venta perdida; "
        "descartar la oportunidad; eligieron a otro",
        writes=True,
    ),
    composed(
        "closing:reopen_lead",
        "Reopen a lead",
        "Put a won or lost lead back on a working stage, the first one if none is named. An open "
        "lead stays as it is.",
        about="leads",
        costs=(4, 5),
        of="leads.get pipelines.find leads.update_one",
        example={"lead": 101},
        en="reopen a lead; reopen a deal; bring back a closed deal; undo won; undo lost; revive; "
        "return a lost lead to work; take the deal up again; restore a closed opportunity; unclose",
        ru="вернуть сделку в работу; переоткрыть сделку; открыть заново; восстановить закрытую "
        "сделку; снова в работу; оживить проигранную сделку; отменить закрытие; вернуть лид",
        es="reabrir un lead; reabrir el negocio; volver a abrir un trato cerrado; recuperar un "
        "lead perdido; deshacer el cierre; devolver al embudo; reactivar la oportunidad",
        writes=True,
    ),
    composed(
        "ownership:assign_responsible",
        "Assign a responsible user",
        "Make a user responsible for a lead, contact, company or customer, on wish with its open "
        "tasks. Nothing is sent where it is so already.",
        about="users",
        costs=(2, 6),
        of="users.find leads.update_one contacts.update_one companies.update_one tasks.update",
        example={"lead": 101, "user": "me"},
        en="assign responsible; assign a lead to a user; change the owner; hand over the deal; "
        "give the contact to a colleague; who is in charge; transfer to another manager; "
        "reassign the deal; set the account manager; pass on the client; delegate",
        ru="назначить ответственного; сменить ответственного; передать сделку менеджеру; "
        "передать клиента; закрепить за менеджером; отдать контакт коллеге; поменять владельца; "
        "переназначить сделку; ответственный за компанию",
        es="asignar responsable; cambiar el responsable; asignar el lead a un usuario; "
        "pasar el negocio a otro comercial; transferir el cliente; reasignar el trato; "
        "cambiar de propietario; entregar a un compañero; delegar",
        writes=True,
    ),
    composed(
        "ownership:reassign_all_leads",
        "Reassign all leads of a user",
        "Give all open leads of a user to another one, of all pipelines or of one, on wish with "
        "their open tasks. Run again, it gives what is left.",
        about="leads",
        costs=(2, None),
        of="users.find leads.find leads.update tasks.find tasks.update",
        example={"from_user": 504141, "to_user": "me"},
        en="reassign all leads; give all deals to another user; a manager leaves; employee quits; "
        "hand over the whole portfolio; move all leads from one rep to another; mass reassign; "
        "vacation replacement; redistribute leads; take over all clients of a colleague",
        ru="передать все сделки другому; переназначить все сделки; менеджер увольняется; "
        "сотрудник ушёл; раздать сделки уволенного; забрать все сделки менеджера; "
        "массово сменить ответственного; на время отпуска передать сделки; перекинуть лиды",
        es="reasignar todos los leads; pasar todos los negocios a otro; un vendedor se va; "
        "empleado de baja; transferir toda la cartera; cambiar el responsable en masa; "
        "sustitución por vacaciones; repartir los leads de alguien",
        writes=True,
    ),
    composed(
        "tagging:tag_many",
        "Tag many cards",
        "Put tags on any number of leads, contacts, companies or customers. Cards that have them "
        "stay as they are, and so do their other tags.",
        about="tags",
        costs=(1, None),
        of="leads.find leads.update contacts.update companies.update customers.update",
        example={"entity": "leads", "ids": [101, 102], "tags": ["VIP"]},
        en="tag many; add a tag; put tags on leads; label contacts; mark as VIP; bulk tag; "
        "add labels to several deals; tag all of these; mass tagging; stick a tag on companies",
        ru="поставить тег; добавить теги сделкам; пометить контакты тегом; проставить теги; "
        "массово добавить тег; отметить тегом; тегировать; повесить метку; тег на несколько сделок",
        es="etiquetar varios; poner una etiqueta; añadir etiquetas a leads; etiquetar contactos; "
        "marcar como VIP; etiquetas en masa; agregar tag; poner tags a varias empresas",
        writes=True,
    ),
    composed(
        "tagging:untag_many",
        "Untag many cards",
        "Take tags off any number of leads, contacts, companies or customers; their other tags "
        "stay. Cards without them stay as they are.",
        about="tags",
        costs=(1, None),
        of="leads.find leads.update contacts.update companies.update customers.update",
        example={"entity": "leads", "ids": [101, 102], "tags": ["VIP"]},
        en="untag; remove a tag; take tags off leads; delete the label from contacts; bulk untag; "
        "drop a tag from several deals; unlabel; clear a tag from cards",
        ru="снять тег; убрать теги со сделок; удалить тег у контактов; массово снять теги; "
        "убрать метку; открепить тег; снять метку с карточек",
        es="quitar etiqueta; eliminar etiquetas de leads; desetiquetar; borrar la etiqueta de los "
        "contactos; quitar tags en masa; retirar una etiqueta de varios negocios",
        writes=True,
    ),
    composed(
        "fields:set_custom_field",
        "Set a custom field",
        "Set one custom field of a lead, contact, company or customer, by the names of the field "
        "and of its choices; or clear it. A field that has the value already stays as it is.",
        about="custom_fields",
        costs=(2, 4),
        of="custom_fields.find.leads leads.update_one contacts.update_one companies.update_one",
        example={"contact": 201, "field": "POSITION", "value": "Director"},
        en="set a custom field; fill a field; change a field of the card; update the value of a "
        "field; write into a field; set position, address, website, date; choose an option in a "
        "dropdown; clear a field; edit a property",
        ru="заполнить поле; изменить поле карточки; дополнительное поле; поменять значение поля; "
        "записать в поле; установить значение списка; очистить поле; проставить поле в сделке; "
        "указать адрес, должность, дату",
        es="rellenar un campo; cambiar un campo personalizado; actualizar el valor de un campo; "
        "escribir en un campo; elegir una opción de la lista; vaciar un campo; "
        "poner la dirección, el cargo, la fecha",
        writes=True,
    ),
    composed(
        "linking:link_contact_to_lead",
        "Link a contact to a lead",
        "Link a contact, by id, phone number, e-mail address or name, to a lead, on wish as its "
        "main contact. What is linked already stays as it is.",
        about="links",
        costs=(2, 4),
        of="leads.get contacts.get links.link.leads",
        example={"lead": 101, "contact": 201},
        en="link a contact to a lead; attach a person to the deal; add a contact to the deal; "
        "connect a client with an opportunity; bind contact and lead; another participant of the "
        "deal; make main contact",
        ru="привязать контакт к сделке; прикрепить контакт к лиду; добавить контакт в сделку; "
        "связать контакт и сделку; ещё один участник сделки; присоединить человека к сделке",
        es="vincular un contacto a un lead; asociar una persona al negocio; añadir un contacto al "
        "trato; unir contacto y lead; enlazar cliente con oportunidad; otro participante",
        writes=True,
    ),
    composed(
        "acceptance:accept_unsorted_into_stage",
        "Accept an incoming lead into a stage",
        "Accept an incoming lead of the unsorted stage, put it on a stage by its name, of any "
        "pipeline, and make a user responsible. Named by the lead's id it is safe to repeat.",
        about="unsorted",
        costs=(1, None),
        of="unsorted.find unsorted.get unsorted.accept leads.update_one leads.get",
        example={"lead": 101, "user": "me"},
        en="accept an incoming lead; accept unsorted; take a request from unsorted; process an "
        "incoming enquiry; move unsorted to a stage; approve an incoming request; pick up a new "
        "request from the form; sort an incoming lead",
        ru="принять неразобранное; принять заявку; разобрать неразобранное; взять заявку в работу; "
        "принять входящий лид на этап; обработать входящую заявку; из неразобранного в работу",
        es="aceptar un lead entrante; aceptar solicitud entrante; procesar leads entrantes; "
        "aceptar lo no clasificado; pasar un lead entrante a una etapa; tomar una solicitud nueva",
        writes=True,
    ),
)
