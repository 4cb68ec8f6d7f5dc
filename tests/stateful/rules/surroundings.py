"""Bots that wait, scripts for other people's sites, and whose token it is."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from amocrm_gen.v4 import BotResume

from ..base import TYPED, chosen, step
from .furnished import Furnished
from .seeded import WAITS

__all__ = ["SurroundingRules"]

_SCRIPTS: Final = {
    "ajax.get_form_script": b"/queue/add",
    "ajax.get_site_button_script": b"crmPlugin",
    "ajax.get_pixel_script": b"AMOPIXEL_IDENTIFIER",
    "oauth.get_button_script": b"client_id",
}


class SurroundingRules(Furnished):
    """What is there beside the account's own contents."""

    def furnish(self) -> None:
        """Nobody has gone on yet."""
        super().furnish()
        self.gone_on: set[str] = set()

    @step(wait=st.integers(0, len(WAITS) - 1), is_marketing=st.booleans(), typed=TYPED)
    def resume_bot(self, wait: int, is_marketing: bool, typed: bool) -> None:
        """Once; another bot does not wait there."""
        name = f"bots.resume.{'marketingbot' if is_marketing else 'salesbot'}"
        where = {"bot_id": 1, "continue_id": WAITS[wait]}
        step_ = {"handler": "show", "params": {"type": "text", "value": "Done"}}
        body = {"data": {"paid": True}, "execute_handlers": [step_]}
        other = {**where, "bot_id": 2}
        assert self.door.is_refused(404, name, item=BotResume(data={}), **other)
        answer = self.door.ask(name, body, typed=typed, **where)
        if WAITS[wait] in self.gone_on:
            self.refuse(answer, 404)
        else:
            assert answer.status < 300, answer
            self.gone_on.add(WAITS[wait])

    @step(which=st.integers(0, 3), phone=st.sampled_from(["+7", '"', "<"]))
    def load_script(self, which: int, phone: str) -> None:
        """And the page of a new contact, in which nothing is taken for markup."""
        name = chosen(_SCRIPTS, which)
        assert _SCRIPTS[name] in self.door.call(name)
        shown = {'"': b'value="&quot;"', "<": b'value="&lt;"', "+7": b'value="+7"'}[phone]
        assert shown in self.door.call("ajax.get_contact_page", phone=phone)

    @step(typed=TYPED)
    def tell_owner(self, typed: bool) -> None:
        """Of the token, as the account tells it."""
        owner = self.door.call("oauth.get_user")
        [user] = self.accept(self.door.ask("users.get", id=self.user, typed=typed), 1)
        assert (owner.id, owner.name, owner.email) == (user["id"], user["name"], user["email"])
        assert self.door.call("oauth.get_domain").id == self.account

    @step(loads=st.booleans())
    def list_managers(self, loads: bool) -> None:
        """The users, and in which department each is."""
        name = "ajax.load_managers" if loads else "ajax.find_managers"
        told = self.door.call(name, free_users="Y")
        users = {str(row["id"]): row for row in self.accept(self.door.ask("users.find"))}
        assert set(told.managers) == set(users) == {str(number) for number in self.users}
        for number, row in users.items():
            shown = told.managers[number]
            assert (shown.title, shown.active) == (row["name"], row["rights"]["is_active"])
            assert shown.group in told.groups
