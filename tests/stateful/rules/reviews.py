"""Reviews of chat templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ..base import TYPED, step
from .resources import ResourceRules

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["ReviewRules"]


class ReviewRules(ResourceRules):
    """A template that waits for WhatsApp's opinion."""

    @step(status=st.sampled_from(["approved", "paused", "rejected"]), typed=TYPED)
    def review_template(self, status: str, typed: bool) -> None:
        """A template of WhatsApp is reviewed for each of its sources."""
        if "template" not in self.__dict__:
            page = {"id": "1", "name": "n", "link": "1"}
            params = {"waba": True, "is_supports_list_message": False}
            service = {"type": "whatsapp", "params": params, "pages": [page]}
            body = [{"name": "W", "external_id": "w", "services": [service]}]
            self.source: int = self.accept(self.door.ask("sources.create", body), 1)[0]["id"]
            body = [{"name": "T", "content": "Hi", "external_id": "T", "type": "waba"}]
            made = self.accept(self.door.ask("chat_templates.create", body), 1)
            self.template: int = made[0]["id"]
            answer = self.door.ask("chat_templates.send_to_review", {}, id=self.template)
            [review] = self.accept(answer, 1)
            assert (review["source_id"], review["status"]) == (self.source, "review")
            self.review: int = review["id"]
            self.adopt("sources", self.source)
            self.adopt("chat_templates", self.template)
        scope: Json = {"id": self.template, "review_id": self.review}
        body_ = {"status": status}
        answer = self.door.ask("chat_templates.update_review", body_, typed=typed, **scope)
        assert self.accept(answer, 1)[0]["status"] == status
        query = "with=reviews"
        answer = self.door.ask("chat_templates.get", query=query, id=self.template, typed=typed)
        assert self.accept(answer, 1)[0]["review_status"] == status
