"""What composed actions write: its effect, twice, wrongly, and in a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amocrm_gen import AmoCRM, AmoError, MemoryLedger
from amocrm_gen.actions.fault import InputError
from amocrm_gen.runs.rehearsal import Rehearsal, RehearsedLedger

from .office import ACTIONS, NOW
from .scenes import SCENES, Scene

if TYPE_CHECKING:
    from .office import Office

each_scene = pytest.mark.parametrize("scene", SCENES, ids=[scene.action for scene in SCENES])


def test_every_writing_action_has_a_scene() -> None:
    """None is left out of what follows."""
    assert [scene.action for scene in SCENES] == list(
        dict.fromkeys(scene.action for scene in SCENES)
    )
    writing = {action.id for action in ACTIONS.values() if action.is_write}
    assert {scene.action for scene in SCENES} == writing


@each_scene
def test_it_does_what_it_says(office: Office, scene: Scene) -> None:
    """Its effect is there for another client, and its output tells it."""
    output = office.run(scene.action, scene.ask(office))
    scene.look(office, output)


@each_scene
def test_twice_is_as_once(office: Office, scene: Scene) -> None:
    """The second run writes nothing, changes nothing, and says that it was so already."""
    given = scene.ask(office)
    first = office.run(scene.action, given)
    state, sent = office.state(), len(office.wire.writes)
    assert sent > 0
    second = office.run(scene.action, given)
    assert office.state() == state
    assert len(office.wire.writes) == sent
    for name in ("created", "changed", "count"):
        if name in first:
            assert first[name]
            assert not second[name]
    for name in ("lead_id", "note_id", "task_id", "contact_id", "entity_id"):
        assert second.get(name) == first.get(name) or name not in second


@each_scene
def test_wrong_input_changes_nothing(office: Office, scene: Scene) -> None:
    """A wrong name or value is told with what would be right, and nothing is written."""
    given = scene.ask(office)
    state = office.state()
    with pytest.raises(AmoError) as caught:
        ACTIONS[scene.action].perform(office.acting, given | scene.bad, clock=lambda: NOW)
    assert scene.error in str(caught.value)
    assert office.wire.writes == []
    assert office.state() == state


@each_scene
def test_unknown_keys_are_refused_before_any_traffic(office: Office, scene: Scene) -> None:
    """The nearest known one is told."""
    given = scene.ask(office)
    name = next(iter(given))
    with pytest.raises(InputError) as caught:
        ACTIONS[scene.action].perform(office.acting, given | {f"{name}_": 1})
    assert f"{name}_: is not known here; did you mean '{name}'?" in str(caught.value)
    assert office.wire.sent == []


@each_scene
def test_a_rehearsal_goes_to_the_end_and_writes_nothing(office: Office, scene: Scene) -> None:
    """All that would be sent is told; the account stays as it is, and the ledger, too."""
    given = scene.ask(office)
    state = office.state()
    ledger, account = MemoryLedger(), office.account
    with (
        Rehearsal(office.wire) as rehearsal,
        AmoCRM(
            account.domain,
            token=account.token,
            base_url=account.base_url,
            transport=rehearsal,
            throttle=None,
            ledger=RehearsedLedger(ledger),
        ) as amo,
    ):
        output = office.run(scene.action, given, amo)
        assert rehearsal.requests
    assert output
    assert office.wire.writes == []
    assert office.state() == state
    scene.look(office, office.run(scene.action, given))
