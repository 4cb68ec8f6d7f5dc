"""What is special to each resource; everything else follows from the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from amocrm_mockserver.behaviour.account import AccountCard, show_account
from amocrm_mockserver.behaviour.bots import resume, run, run_many, stop
from amocrm_mockserver.behaviour.calls import place_calls
from amocrm_mockserver.behaviour.catalog_elements import CatalogElements
from amocrm_mockserver.behaviour.catalog_fields import CatalogFields, CatalogGroups
from amocrm_mockserver.behaviour.catalogs import Catalogs, set_products, show_products
from amocrm_mockserver.behaviour.chat_channels import connect_channel, disconnect_channel
from amocrm_mockserver.behaviour.chat_history import find_chat_messages
from amocrm_mockserver.behaviour.chat_messages import (
    create_chat,
    react,
    receive,
    set_delivery_status,
    show_typing,
)
from amocrm_mockserver.behaviour.chat_templates import (
    ChatTemplates,
    send_to_review,
    update_review,
)
from amocrm_mockserver.behaviour.companies import Companies
from amocrm_mockserver.behaviour.complex_leads import create_complex
from amocrm_mockserver.behaviour.contact_chats import ContactChats
from amocrm_mockserver.behaviour.contacts import Contacts
from amocrm_mockserver.behaviour.currencies import Currencies
from amocrm_mockserver.behaviour.custom_field_groups import CustomFieldGroups
from amocrm_mockserver.behaviour.custom_fields import CustomFields, SegmentFields
from amocrm_mockserver.behaviour.customer_segments import CustomerSegments
from amocrm_mockserver.behaviour.customer_statuses import CustomerStatuses
from amocrm_mockserver.behaviour.customers import Customers, change_bonus_points, set_mode
from amocrm_mockserver.behaviour.downloads import send_content
from amocrm_mockserver.behaviour.entity_files import (
    attach_files,
    detach_files,
    find_files,
    find_holders,
)
from amocrm_mockserver.behaviour.event_log import EventLog, find_events
from amocrm_mockserver.behaviour.event_types import find_event_types
from amocrm_mockserver.behaviour.files import (
    Files,
    FileVersions,
    delete_files,
    restore_files,
)
from amocrm_mockserver.behaviour.leads import Leads
from amocrm_mockserver.behaviour.links import add_links, find_links, remove_links
from amocrm_mockserver.behaviour.loss_reasons import LossReasons
from amocrm_mockserver.behaviour.notes import Notes, pin, unpin
from amocrm_mockserver.behaviour.owned import delete_many
from amocrm_mockserver.behaviour.page_deletion import (
    delete_cards,
    delete_catalog,
    delete_customers,
    delete_elements,
    delete_from_feed,
    delete_lead,
    delete_pipeline,
)
from amocrm_mockserver.behaviour.page_links import send_to_chats, set_links, set_main_contact
from amocrm_mockserver.behaviour.page_lists import find_contacts, find_managers, sum_leads
from amocrm_mockserver.behaviour.page_merge import (
    change_many,
    find_duplicates,
    merge,
    preview_merge,
)
from amocrm_mockserver.behaviour.pipelines import Pipelines
from amocrm_mockserver.behaviour.scripts import (
    show_access_button,
    show_contact_page,
    show_form,
    show_pixel,
    show_site_button,
)
from amocrm_mockserver.behaviour.short_links import ShortLinks, shorten
from amocrm_mockserver.behaviour.sources import Sources
from amocrm_mockserver.behaviour.statuses import Statuses
from amocrm_mockserver.behaviour.subscriptions import Subscriptions
from amocrm_mockserver.behaviour.tags import Tags
from amocrm_mockserver.behaviour.talks import Talks, close, find_messages, send_message
from amocrm_mockserver.behaviour.tasks import Tasks
from amocrm_mockserver.behaviour.transactions import Transactions
from amocrm_mockserver.behaviour.unsorted import Unsorted
from amocrm_mockserver.behaviour.unsorted_sorting import accept, decline, link, summarize
from amocrm_mockserver.behaviour.uploads import begin_upload, upload_part
from amocrm_mockserver.behaviour.user_chats import (
    create_session,
    find_user_messages,
    send_user_message,
)
from amocrm_mockserver.behaviour.users import Roles, Users, activate, deactivate
from amocrm_mockserver.behaviour.web_forms import submit_form
from amocrm_mockserver.behaviour.webhooks import Webhooks, unsubscribe
from amocrm_mockserver.behaviour.website_buttons import WebsiteButtons, add_online_chat
from amocrm_mockserver.behaviour.widgets import Widgets, install

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amocrm_mockserver.behaviour.plain import Behaviour
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange
    from amocrm_mockserver.message import Response

__all__ = ["ACTIONS", "BEHAVIOURS", "Action"]

Action: TypeAlias = "Callable[[Engine, Exchange], Response]"
"""Answers a call wholly by itself."""

ACTIONS: Final[Mapping[str, Action]] = {
    "account.get": show_account,
    "ajax.change_many": change_many,
    "ajax.delete": delete_cards,
    "ajax.delete_catalog": delete_catalog,
    "ajax.delete_catalog_elements": delete_elements,
    "ajax.delete_customers": delete_customers,
    "ajax.delete_lead": delete_lead,
    "ajax.delete_note": delete_from_feed,
    "ajax.delete_pipeline": delete_pipeline,
    "ajax.find_all_contacts": find_contacts,
    "ajax.find_contacts": find_contacts,
    "ajax.find_duplicates": find_duplicates,
    "ajax.find_managers": find_managers,
    "ajax.get_contact_page": show_contact_page,
    "ajax.get_form_script": show_form,
    "ajax.get_pixel_script": show_pixel,
    "ajax.get_site_button_script": show_site_button,
    "ajax.load_managers": find_managers,
    "ajax.merge": merge,
    "ajax.preview_merge": preview_merge,
    "ajax.send_to_chats": send_to_chats,
    "ajax.set_links": set_links,
    "ajax.set_main_contact": set_main_contact,
    "ajax.submit_form": submit_form,
    "ajax.sum_leads": sum_leads,
    "customers.change_bonus_points": change_bonus_points,
    "customers.set_mode": set_mode,
    "event_types.find": find_event_types,
    "events.find": find_events,
    "calls.create": place_calls,
    "catalog_elements.find_links": find_links,
    "catalog_elements.link": add_links,
    "catalog_elements.unlink": remove_links,
    "entity_files.attach": attach_files,
    "entity_files.attach_to_catalog_element": attach_files,
    "entity_files.detach": detach_files,
    "entity_files.detach_from_catalog_element": detach_files,
    "entity_files.find": find_files,
    "entity_files.find_holders": find_holders,
    "entity_files.find_of_catalog_element": find_files,
    "files.create_session": begin_upload,
    "files.delete": delete_files,
    "files.get_content": send_content,
    "files.get_version_content": send_content,
    "files.restore": restore_files,
    "files.upload_part": upload_part,
    "files.upload_part_global": upload_part,
    "leads.create_complex": create_complex,
    "links.find": find_links,
    "links.find_many": find_links,
    "links.link": add_links,
    "links.link_many": add_links,
    "links.unlink": remove_links,
    "links.unlink_many": remove_links,
    "oauth.get_button_script": show_access_button,
    "notes.pin": pin,
    "notes.pin_of_entity": pin,
    "notes.unpin": unpin,
    "notes.unpin_of_entity": unpin,
    "unsorted.accept": accept,
    "unsorted.decline": decline,
    "unsorted.get_summary": summarize,
    "unsorted.link": link,
    "users.activate": activate,
    "users.deactivate": deactivate,
    "sources.delete_many": delete_many,
    "webhooks.unsubscribe": unsubscribe,
    "bots.resume": resume,
    "bots.run": run,
    "bots.run_many": run_many,
    "bots.stop": stop,
    "chat_templates.delete_many": delete_many,
    "chat_templates.send_to_review": send_to_review,
    "chat_templates.update_review": update_review,
    "chats.connect": connect_channel,
    "chats.create": create_chat,
    "chats.disconnect": disconnect_channel,
    "chats.find_messages": find_chat_messages,
    "chats.react": react,
    "chats.send_message": receive,
    "chats.set_delivery_status": set_delivery_status,
    "chats.show_typing": show_typing,
    "talks.close": close,
    "talks.find_messages": find_messages,
    "talks.send_message": send_message,
    "user_chats.create_session": create_session,
    "user_chats.find_messages": find_user_messages,
    "user_chats.send_message": send_user_message,
    "website_buttons.add_online_chat": add_online_chat,
    "widgets.install": install,
    "products_settings.get": show_products,
    "products_settings.update": set_products,
    "short_links.create": shorten,
}
"""By resource and operation."""

BEHAVIOURS: Final[Mapping[str, type[Behaviour]]] = {
    "account": AccountCard,
    "catalog_custom_field_groups": CatalogGroups,
    "catalog_custom_fields": CatalogFields,
    "catalog_elements": CatalogElements,
    "catalogs": Catalogs,
    "companies": Companies,
    "contact_chats": ContactChats,
    "contacts": Contacts,
    "currencies": Currencies,
    "custom_field_groups": CustomFieldGroups,
    "custom_fields": CustomFields,
    "custom_fields:segments": SegmentFields,
    "customer_segments": CustomerSegments,
    "customer_statuses": CustomerStatuses,
    "customers": Customers,
    "events": EventLog,
    "file_versions": FileVersions,
    "files": Files,
    "leads": Leads,
    "loss_reasons": LossReasons,
    "notes": Notes,
    "pipelines": Pipelines,
    "roles": Roles,
    "sources": Sources,
    "short_links": ShortLinks,
    "statuses": Statuses,
    "subscriptions": Subscriptions,
    "tags": Tags,
    "tasks": Tasks,
    "transactions": Transactions,
    "unsorted": Unsorted,
    "users": Users,
    "chat_templates": ChatTemplates,
    "talks": Talks,
    "webhooks": Webhooks,
    "website_buttons": WebsiteButtons,
    "widgets": Widgets,
}
"""By table; a table that is not here behaves plainly."""
