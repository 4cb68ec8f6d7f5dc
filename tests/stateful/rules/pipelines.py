"""Pipelines and their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ..base import NAME, PICK, TYPED, chosen, step
from ..difference import agree
from ..model.cards import LOST, WON
from .furnished import Furnished

if TYPE_CHECKING:
    from ..contract import Json

__all__ = ["PipelineRules"]

_MOST_PIPELINES: Final = 3
_MOST_STAGES: Final = 5
_COLORS: Final = ("#fffeb2", "#d6eaff", "#e6e8ea")


class PipelineRules(Furnished):
    """Where leads stand."""

    @step(name=NAME, stages=st.integers(0, 3), is_main=st.booleans(), typed=TYPED)
    def create_pipeline(self, name: str, stages: int, is_main: bool, typed: bool) -> None:
        """With stages of its own, or with the usual ones."""
        crm = self.crm
        if len(crm.pipelines) >= _MOST_PIPELINES:
            return
        item: Json = {"name": name, "sort": 30, "is_main": is_main, "is_unsorted_on": True}
        names = [f"S{place}" for place in range(stages)]
        if names:
            statuses: list[Json] = [{"name": one} for one in names]
            item["_embedded"] = {"statuses": [*statuses, {"id": WON, "name": "Yes"}]}
        [row] = self.accept(self.door.ask("pipelines.create", [item], typed=typed), 1)
        row.pop("request_id", None)
        number = row["id"]
        assert number not in crm.pipelines
        expected = {"id": number, "name": name, "is_main": is_main, "is_unsorted_on": True}
        expected |= {"is_archive": False, "account_id": self.account}
        agree({key: row[key] for key in expected}, expected, "pipeline")
        made = row["_embedded"]["statuses"]
        for status in made:
            status.pop("request_id", None)
            status.pop("descriptions", None)
        assert [status["type"] for status in made] == [1] + [0] * (len(made) - 1)
        assert [status["id"] for status in made][-2:] == [WON, LOST]
        sorts = [10, *(10 * place for place in range(2, len(made) - 1)), 10000, 11000]
        assert [status["sort"] for status in made] == sorts
        if names:
            assert [status["name"] for status in made][1:-2] == names
            assert made[-2]["name"] == "Yes"
        if is_main:
            for other in crm.pipelines.values():
                other["is_main"] = False
        crm.pipelines[number] = row

    @step(pick=PICK, name=NAME, is_main=st.booleans(), typed=TYPED)
    def change_pipeline(self, pick: int, name: str, is_main: bool, typed: bool) -> None:
        """Its name; and there is one main pipeline, always."""
        row = chosen(self.crm.pipelines.values(), pick)
        change: Json = {"name": name}
        if is_main:
            change["is_main"] = True
            for other in self.crm.pipelines.values():
                other["is_main"] = False
        answer = self.door.ask("pipelines.update", change, id=row["id"], typed=typed)
        [shown] = self.accept(answer, 1)
        row |= change
        if is_main:
            row["sort"] = shown["sort"]
        shown.pop("request_id", None)
        for status in shown["_embedded"]["statuses"]:
            status.pop("descriptions", None)
        agree(shown, row, "pipeline")

    @step(pick=PICK, typed=TYPED)
    def read_pipeline(self, pick: int, typed: bool) -> None:
        """Alone, and its stages."""
        row = chosen(self.crm.pipelines.values(), pick)
        [shown] = self.accept(self.door.ask("pipelines.get", id=row["id"], typed=typed), 1)
        agree(shown, row, "pipeline")
        statuses = row["_embedded"]["statuses"]
        scope = {"pipeline_id": row["id"]}
        found = self.accept(self.door.ask("statuses.find", typed=typed, **scope))
        agree(found, statuses, "stages")
        status = chosen(statuses, pick)
        answer = self.door.ask("statuses.get", id=status["id"], typed=typed, **scope)
        [one] = self.accept(answer, 1)
        agree(one, status, "stage")

    @step(pick=PICK, typed=TYPED)
    def delete_pipeline(self, pick: int, typed: bool) -> None:
        """Not the last one, nor one with leads."""
        crm = self.crm
        number = chosen(crm.pipelines, pick)
        cards = [card for card in crm.cards["leads"].values() if not card.is_deleted]
        used = any(card.own["pipeline_id"] == number for card in cards)
        # The heir of the main pipeline is not documented.
        if crm.pipelines[number]["is_main"] and not used and len(crm.pipelines) > 1:
            return
        answer = self.door.ask("pipelines.delete", id=number, typed=typed)
        if used or len(crm.pipelines) == 1:
            self.refuse(answer, 400)
        elif answer.status == 400:
            # Leads in the trash still stand somewhere; whether they count is not documented.
            trash = crm.cards["leads"].values()
            assert any(card.own["pipeline_id"] == number for card in trash), answer
        else:
            assert answer.status == 204, answer
            del crm.pipelines[number]

    @step(pick=PICK, name=NAME, sort=st.integers(1, 60), color=PICK, typed=TYPED)
    def create_status(self, pick: int, name: str, sort: int, color: int, typed: bool) -> None:
        """It takes its place, and all regular stages are numbered anew."""
        number = chosen(self.crm.pipelines, pick)
        if len(self.crm.regular(number)) >= _MOST_STAGES:
            return
        item = {"name": name, "sort": sort * 10 + 5, "color": chosen(_COLORS, color)}
        answer = self.door.ask("statuses.create", [item], pipeline_id=number, typed=typed)
        [row] = self.accept(answer, 1)
        row.pop("request_id", None)
        assert row.pop("descriptions") == []
        rows = self.crm.pipelines[number]["_embedded"]["statuses"]
        expected = {"name": name, "is_editable": True, "pipeline_id": number}
        expected |= {"color": item["color"], "type": 0, "account_id": self.account}
        agree({key: row[key] for key in expected}, expected, "stage")
        assert row["id"] not in {status["id"] for status in rows}
        rows.append({**row, "sort": item["sort"]})
        self._renumber(number)

    def _renumber(self, pipeline: int) -> None:
        for place, row in enumerate(self.crm.regular(pipeline)):
            row["sort"] = 10 * (place + 2)
        rows = self.crm.pipelines[pipeline]["_embedded"]["statuses"]
        rows.sort(key=lambda row: row["sort"])

    @step(pick=PICK, place=PICK, name=NAME, color=PICK, typed=TYPED)
    def change_status(self, pick: int, place: int, name: str, color: int, typed: bool) -> None:
        """Name and colour; of won and lost the name only."""
        number = chosen(self.crm.pipelines, pick)
        row = chosen(self.crm.statuses(number), place)
        change = {"name": name}
        if row["is_editable"]:
            change["color"] = chosen(_COLORS, color)
        scope = {"pipeline_id": number, "id": row["id"]}
        answer = self.door.ask("statuses.update", change, typed=typed, **scope)
        if row["type"] == 1:
            self.refuse(answer, 400)
            return
        [shown] = self.accept(answer, 1)
        row |= change
        shown.pop("request_id", None)
        assert shown.pop("descriptions") == []
        agree(shown, row, "stage")

    @step(pick=PICK, place=PICK, typed=TYPED)
    def delete_status(self, pick: int, place: int, typed: bool) -> None:
        """Its leads go to the first stage; the last one and the system's stay."""
        crm = self.crm
        number = chosen(crm.pipelines, pick)
        row = chosen(crm.statuses(number), place)
        scope = {"pipeline_id": number, "id": row["id"]}
        answer = self.door.ask("statuses.delete", typed=typed, **scope)
        if not row["is_editable"] or len(crm.regular(number)) == 1:
            self.refuse(answer, 400)
            return
        assert answer.status == 204, answer
        crm.pipelines[number]["_embedded"]["statuses"].remove(row)
        self._renumber(number)
        for lead in crm.cards["leads"].values():
            if lead.own["status_id"] == row["id"]:
                lead.own["status_id"] = crm.first_status(number)

    @step(fault=st.integers(0, 3), typed=TYPED)
    def pipeline_refused(self, fault: int, typed: bool) -> None:
        """Unknown ids, and what is missing."""
        main = self.crm.main_pipeline
        if fault == 0:
            answer = self.door.ask("pipelines.delete", id=1, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "id"))
        elif fault == 1:
            self.refuse(self.door.ask("pipelines.get", id=1, typed=typed), 404)
        elif fault == 2:
            answer = self.door.ask("statuses.create", [{"sort": 5}], pipeline_id=main)
            self.refuse(answer, 400, ("FieldMissing", "name"))
        else:
            body = [{"name": "x", "sort": 5, "color": "#000000"}]
            answer = self.door.ask("statuses.create", body, pipeline_id=main, typed=typed)
            self.refuse(answer, 400, ("NotSupportedChoice", "color"))
