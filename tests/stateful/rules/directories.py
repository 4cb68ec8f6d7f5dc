"""Tags, custom fields and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import KIND, NAME, PICK, TYPED, chosen, step
from ..difference import agree
from ..model.anything import SOME_ID
from ..model.fields import Field
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["DirectoryRules"]

_MOST: Final = 4
_COLORS: Final = ("EBEBEB", "D0D0D0", None)
_TYPES: Final = ("text", "numeric", "checkbox", "select", "multiselect", "url", "textarea")


class DirectoryRules(Furnished):
    """What entities are described with."""

    @step(kind=KIND, name=st.sampled_from(["t1", "t4", "t5"]), color=PICK, typed=TYPED)
    def create_tag(self, kind: str, name: str, color: int, typed: bool) -> None:
        """A name that is there keeps its id; colours are for leads only."""
        chosen_color = chosen(_COLORS, color) if kind == "leads" else None
        item = {"name": name} if chosen_color is None else {"name": name, "color": chosen_color}
        [row] = self.accept(self.door.ask(f"tags.create.{kind}", [item], typed=typed), 1)
        known = self.crm.tags[kind].get(name)
        if known is None:
            known = {"id": row["id"], "name": name, "color": chosen_color}
            self.crm.tags[kind][name] = known
        assert (row["id"], row["name"]) == (known["id"], name)
        known["id"] = row["id"]

    @step(pick=PICK, color=PICK, batch=st.booleans(), typed=TYPED)
    def recolor_tag(self, pick: int, color: int, batch: bool, typed: bool) -> None:
        """Tags of leads only; whoever carries them shows it."""
        known = [tag for tag in self.crm.tags["leads"].values() if tag["id"] is not SOME_ID]
        if not known:
            self.refuse(self.door.ask("tags.update_one", {"color": "EBEBEB"}, id=1), 404)
            return
        tag = chosen(known, pick)
        change: Json = {"name": tag["name"], "color": chosen(_COLORS[:2], color)}
        if batch:
            body = [{"id": tag["id"], **change}]
            answer = self.door.ask("tags.update", body, typed=typed)
        else:
            answer = self.door.ask("tags.update_one", change, id=tag["id"], typed=typed)
        [row] = self.accept(answer, 1)
        tag |= change
        row.pop("request_id", None)
        agree(row, tag, "tag")

    @step(kind=KIND, fault=st.integers(0, 1))
    def tag_refused(self, kind: str, fault: int) -> None:
        """Without a name, or of a colour that no tag has."""
        if fault and kind == "leads":
            answer = self.door.ask("tags.create.leads", [{"name": "x", "color": "000000"}])
            self.refuse(answer, 400, ("NotSupportedChoice", "color"))
        else:
            answer = self.door.ask(f"tags.create.{kind}", [{}])
            self.refuse(answer, 400, ("FieldMissing", "name"))

    def own_fields(self, kind: str) -> list[Field]:
        """The fields that rules have made."""
        return [one for one in self.crm.fields[kind].values() if not one.row["is_predefined"]]

    @step(kind=KIND, form=st.sampled_from(_TYPES), name=NAME, code=st.booleans(), typed=TYPED)
    def create_field(self, kind: str, form: str, name: str, code: bool, typed: bool) -> None:
        """Of one of the usual types; it stands after all others."""
        fields = self.crm.fields[kind]
        if len(self.own_fields(kind)) >= _MOST:
            return
        item: Json = {"name": name, "type": form}
        if code:
            item["code"] = f"CODE_{len(fields)}_{self.steps}"
        if form in {"select", "multiselect"}:
            item["enums"] = [{"value": value, "sort": place} for place, value in enumerate("XYZ")]
        answer = self.door.ask(f"custom_fields.create.{kind}", [item], typed=typed)
        [row] = self.accept(answer, 1)
        row.pop("request_id", None)
        number = row["id"]
        assert number not in fields
        expected: Json = {"id": number, "name": name, "type": form, "code": item.get("code")}
        expected |= {"is_api_only": False, "is_deletable": True, "is_predefined": False}
        expected |= {"entity_type": kind, "account_id": self.account, "group_id": None}
        expected["_links"] = self.crm.url(f"{kind}/custom_fields/{number}")
        agree({key: row[key] for key in expected}, expected, "custom field")
        assert row["sort"] > max((one.row["sort"] for one in fields.values()), default=0)
        enums = [enum["value"] for enum in row["enums"] or []]
        assert enums == [enum["value"] for enum in item.get("enums", [])]
        fields[number] = Field(row)

    @step(kind=KIND, pick=PICK, name=NAME, batch=st.booleans(), drop=st.booleans(), typed=TYPED)
    def change_field(
        self, kind: str, pick: int, name: str, batch: bool, drop: bool, typed: bool
    ) -> None:
        """Its name; a list of enums takes the place of the former."""
        own = self.own_fields(kind)
        if not own:
            return
        row = chosen(own, pick).row
        change: Json = {"name": name}
        if drop and row["enums"] and len(row["enums"]) > 1:
            change["enums"] = row["enums"][1:]
        if batch:
            body = [{"id": row["id"], **change}]
            answer = self.door.ask(f"custom_fields.update.{kind}", body, typed=typed)
        else:
            name_ = f"custom_fields.update_one.{kind}"
            answer = self.door.ask(name_, change, id=row["id"], typed=typed)
        [shown] = self.accept(answer, 1)
        shown.pop("request_id", None)
        row |= change
        agree(shown, row, "custom field")

    @step(kind=KIND, pick=PICK, typed=TYPED)
    def read_field(self, kind: str, pick: int, typed: bool) -> None:
        """Alone; and one that is not there."""
        field = chosen(self.crm.fields[kind].values(), pick) if self.crm.fields[kind] else None
        if field is not None:
            name = f"custom_fields.get.{kind}"
            [shown] = self.accept(self.door.ask(name, id=field.id, typed=typed), 1)
            agree(shown, field.row, "custom field")
        self.refuse(self.door.ask(f"custom_fields.get.{kind}", id=1, typed=typed), 404)

    @step(kind=KIND, pick=PICK, typed=TYPED)
    def delete_field(self, kind: str, pick: int, typed: bool) -> None:
        """Its values go with it."""
        own = self.own_fields(kind)
        if len(own) < 2:
            return
        number = chosen(own, pick).id
        answer = self.door.ask(f"custom_fields.delete.{kind}", id=number, typed=typed)
        assert answer.status == 204, answer
        del self.crm.fields[kind][number]
        for card in self.crm.cards[kind].values():
            card.values.pop(number, None)

    @step(kind=KIND, fault=st.integers(0, 4), typed=TYPED)
    def field_refused(self, kind: str, fault: int, typed: bool) -> None:
        """Without what it needs, of no known type, or not to be deleted."""
        name = f"custom_fields.create.{kind}"
        if fault == 0:
            answer = self.door.ask(name, [{}])
            self.refuse(answer, 400, ("FieldMissing", "name"), ("FieldMissing", "type"))
        elif fault == 1:
            answer = self.door.ask(name, [{"name": "x", "type": "never"}])
            self.refuse(answer, 400, ("NotSupportedChoice", "type"))
        elif fault == 2:
            answer = self.door.ask(name, [{"name": "x", "type": "select"}])
            self.refuse(answer, 400, ("FieldMissing", "enums"))
        elif fault == 3:
            self.refuse(self.door.ask(f"custom_fields.delete.{kind}", id=1, typed=typed), 404)
        else:
            for one in self.crm.fields[kind].values():
                if one.row["is_predefined"]:
                    name = f"custom_fields.delete.{kind}"
                    self.refuse(self.door.ask(name, id=one.id, typed=typed), 400)
                    break
