"""What all rules share: the account, its model, and how a step is counted."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from .compare import compare_all
from .difference import agree
from .door import ORIGIN, Door
from .model.cards import KINDS
from .model.crm import Crm
from .model.fields import Field
from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from amocrm_mockserver.seed import Seed

    from .contract import Json
    from .door import Answer
    from .model.cards import Card

__all__ = ["KIND", "NAME", "PICK", "TAGS", "TYPED", "Base", "chosen", "step"]

T = TypeVar("T")

KIND = st.sampled_from(KINDS)
PICK = st.integers(0, 11)
"""Which of several; see `chosen`."""
TYPED = st.booleans()
"""Whether the client asks, or a plain request is sent."""
NAME = st.text(st.sampled_from("ab я'%"), min_size=1, max_size=4)
TAGS = st.lists(st.sampled_from(["t1", "t2", "t3"]), unique=True)


def chosen(things: Iterable[T], pick: int) -> T:
    """One of several, by a number of any size."""
    known = list(things)
    return known[pick % len(known)]


def step(**strategies: st.SearchStrategy[Any]) -> Callable[[Any], Any]:  # Any: of any signature
    """A rule that is counted."""

    def wrap(function: Callable[..., None]) -> Any:  # Any: as above
        @wraps(function)
        def run(self: Base, **drawn: Any) -> None:  # Any: as above
            self.steps += 1
            self.tally.steps += 1
            self.tally.rules[function.__name__] += 1
            function(self, **drawn)

        ruled: Any = rule(**strategies)(run)  # type: ignore[call-overload]  # drawn by name
        _STRATEGIES[function.__name__] = strategies
        return ruled

    return wrap


_STRATEGIES: dict[str, dict[str, st.SearchStrategy[Any]]] = {}  # Any: as above
"""What each counted rule draws, by its name."""


class Base(RuleBasedStateMachine):
    """An account, its model, and the comparison of both."""

    tally: ClassVar[Tally] = Tally()
    seed: ClassVar[Seed | None] = None
    """What the account holds that the API cannot create."""

    @classmethod
    def rules_of(cls) -> dict[str, dict[str, st.SearchStrategy[Any]]]:  # Any: as above
        """The counted rules by name, and what each draws."""
        return {name: drawn for name, drawn in _STRATEGIES.items() if hasattr(cls, name)}

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self._compared = -1
        self.door = Door.open(self.tally, self.seed)
        self.crm = self._read_all()

    def _read_all(self) -> Crm:
        door = self.door
        assert door.ask("customers.set_mode", {"mode": "segments", "is_enabled": True}).status < 300
        account = door.ask("account.get").item
        crm = Crm(account["current_user_id"], account["id"], ORIGIN, door.now)
        second = {"name": "Bo", "email": "bo@example.com", "password": "Secret12"}
        self.users = [crm.user, door.ask("users.create", [second]).item["id"]]
        for kind in KINDS:
            rows = door.ask(f"custom_fields.find.{kind}", query="limit=250").items
            crm.fields[kind] = {row["id"]: Field(row) for row in rows}
        crm.pipelines = {row["id"]: row for row in door.ask("pipelines.find").items}
        crm.reasons = door.ask("loss_reasons.find").items
        for name in ("gold", "new"):
            crm.segments.append(door.ask("customer_segments.create", {"name": name}).item["id"])
            crm.log("segment_created", ("segments", crm.segments[-1]))
        self.user, self.account = crm.user, crm.account
        return crm

    def furnish(self) -> None:
        """Put something into the account before the first step."""

    # -- what rules do -------------------------------------------------------------------

    def tick(self, seconds: int) -> None:
        """Let time pass."""
        self.door.server.clock.advance(seconds)
        self.crm.now = self.door.now

    def accept(self, answer: Answer, count: int | None = None) -> list[Json]:
        """The items of an answer that must be good."""
        assert answer.status < 300, answer
        if count is not None:
            assert len(answer.items) == count, answer
        return answer.items

    def refuse(self, answer: Answer, status: int, *flaws: tuple[str, str]) -> None:
        """The answer must be a refusal for exactly these reasons: code and path."""
        assert answer.status == status, answer
        assert not answer.items, answer
        if flaws:
            assert [(code, path) for _, code, path in answer.flaws] == list(flaws), answer
        assert answer.detail, answer

    def create(self, kind: str, items: Sequence[Json], *, typed: bool) -> list[Card]:
        """Create entities at both sides, with what their items say of tags and values."""
        rows = self.accept(self.door.ask(f"{kind}.create", list(items), typed=typed), len(items))
        cards = [
            self.crm.add_card(kind, row["id"], item) for row, item in zip(rows, items, strict=True)
        ]
        known = self.crm.cards[kind]
        assert len({card.id for card in cards}) == len(cards), rows
        assert all(card.id in known for card in cards)
        for index, (row, item, card) in enumerate(zip(rows, items, cards, strict=True)):
            expected = {"id": card.id, "_links": self.crm.url(f"{kind}/{card.id}")}
            if kind == "contacts":
                expected |= {"is_deleted": False, "is_unsorted": False}
            self.marked(row, expected, str(item.get("request_id", index)), typed=typed)
            self.crm.log_added(card)
            self.crm.set_values_quietly(card, item.get("custom_fields_values", ()))
            tags = item.get("_embedded", {}).get("tags", [])
            self.crm.set_tags(card, list(dict.fromkeys(tag["name"] for tag in tags)))
        return cards

    def marked(self, row: Json, expected: Json, mark: str, *, typed: bool) -> None:
        """An item of an answer to a write; the client sends marks of its own."""
        if typed:
            row = {name: value for name, value in row.items() if name != "request_id"}
        else:
            expected = {**expected, "request_id": mark}
        agree(row, expected, "written")

    # -- what is compared ----------------------------------------------------------------

    @invariant()
    def everything_agrees(self) -> None:
        """After every third step all lists are read."""
        if self.steps % 3 == 0 and self.steps != self._compared:
            self.compare()

    def compare(self) -> None:
        """Read all lists and compare them; in pages of several sizes, by client and by request."""
        self._compared = self.steps
        self.tally.compared += 1
        turn = self.tally.compared
        compare_all(self.door, self.crm, size=(250, 2, 3)[turn % 3], typed=bool(turn % 2))
