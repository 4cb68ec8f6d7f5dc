"""Names of an account lead to ids: in any alphabet, exactly, and never to the wrong one."""

from __future__ import annotations

import pickle
import unicodedata
from typing import TYPE_CHECKING

import pytest

from amocrm_gen.crm import AmbiguousName, Directory, Stage, UnknownName
from amocrm_gen.v4 import (
    CustomFieldCreate,
    CustomFieldEnumWrite,
    PipelineCreate,
    PipelineCreateEmbedded,
    PipelineStatus,
    StatusUpdate,
    UserCreate,
    UserRightsWrite,
)
from amocrm_gen.v4.models.custom_fields import CustomFieldType
from watched import Watched, client_of

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM
    from amocrm_mockserver.testing import MockAccount


def add_pipeline(amo: AmoCRM, name: str, *stages: str) -> int:
    """Make a pipeline with these stages, and return its id."""
    made = amo.pipelines.create(
        PipelineCreate(
            name=name,
            sort=10,
            is_main=False,
            is_unsorted_on=True,
            embedded=PipelineCreateEmbedded(
                statuses=[PipelineStatus(name=stage, sort=10) for stage in stages]
            ),
        )
    )
    return made.id


def add_user(amo: AmoCRM, name: str, email: str) -> int:
    """Make a user, and return the id."""
    rights = UserRightsWrite(is_free=True)
    return amo.users.create(
        UserCreate(name=name, email=email, password="Passw0rd", rights=rights)
    ).id


@pytest.fixture
def directory(amocrm: AmoCRM) -> Directory:
    """Return the directory of a fresh account."""
    return Directory(amocrm)


NAMES = ["Оптовые продажи", "Wholesale", "Ventas al por mayor — España", "Négociation", "Ёлки"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        str.lower,
        lambda name: f"  {name.replace(' ', '  ')}\t",
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: name.replace("Ё", "Е").replace("ё", "е"),
        lambda name: name.replace(" ", "\N{NO-BREAK SPACE}"),
    ],
    ids=["same", "upper", "lower", "blanks", "apart", "without dots", "hard blanks"],
)
def test_a_name_in_any_alphabet_leads_to_its_id(
    amocrm: AmoCRM, directory: Directory, name: str, write: object
) -> None:
    """Case, blanks, ё and the form in which accents are written do not matter."""
    number = add_pipeline(amocrm, name, "A")
    assert callable(write)
    assert directory.pipeline(write(name)) == number


@pytest.mark.parametrize("given", ["Ventas", "Negociacion", "Новый", "", " ", "Negociación!"])
def test_only_whole_names_count(amocrm: AmoCRM, directory: Directory, given: str) -> None:
    """A part of a name, another accent or another letter finds nothing."""
    add_pipeline(amocrm, "Ventas al por mayor", "Negociación")
    with pytest.raises(UnknownName):
        directory.pipeline(given)
    with pytest.raises(UnknownName):
        directory.stage(given)


def test_an_unknown_name_tells_the_nearest_first(amocrm: AmoCRM, directory: Directory) -> None:
    """The error names what the account has, and survives pickling."""
    add_pipeline(amocrm, "Wholesale", "Negotiation")
    with pytest.raises(UnknownName) as caught:
        directory.stage("Negotation", pipeline="wholesale")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.what, error.given) == ("stage", "Negotation")
    assert error.candidates[0].name == "Negotiation"
    assert "there is no stage 'Negotation' in the pipeline 'Wholesale'" in str(error)
    assert f"'Negotiation' (id {error.candidates[0].id}, pipeline 'Wholesale')" in str(error)


def test_only_what_is_alike_is_proposed(amocrm: AmoCRM, directory: Directory) -> None:
    """A slip or a part of a name; nothing else is a guess worth telling."""
    add_pipeline(amocrm, "Wholesale", "Negotiation", "Contract sent", "Agreement", "Delivery")
    for given in ("Negotaition", "negot", "Negotiation with the buyer"):
        with pytest.raises(UnknownName, match="did you mean 'Negotiation'") as caught:
            directory.stage(given, pipeline="wholesale")
        assert [one.name for one in caught.value.candidates] == ["Negotiation"]


@pytest.mark.parametrize("given", ["Xyzzy", "7777", 7777])
def test_where_nothing_is_alike_what_there_is_is_told(
    amocrm: AmoCRM, directory: Directory, given: int | str
) -> None:
    """It is not called what may be meant, and a long list is cut."""
    add_pipeline(amocrm, "Wholesale", *(f"Stage {letter}" for letter in "ABCDEFGHIJKL"))
    with pytest.raises(UnknownName, match=r"there are .*'Stage A'.* more") as caught:
        directory.stage(given, pipeline="wholesale")
    assert "did you mean" not in str(caught.value)
    assert len(caught.value.candidates) == 10


def test_one_stage_name_in_two_pipelines_is_ambiguous(amocrm: AmoCRM, directory: Directory) -> None:
    """The candidates say which pipeline each is in; naming or preferring one settles it."""
    first = add_pipeline(amocrm, "Розница", "Торги")
    second = add_pipeline(amocrm, "Опт", "Торги")
    with pytest.raises(AmbiguousName) as caught:
        directory.stage("торги")
    error = pickle.loads(pickle.dumps(caught.value))
    assert [one.place for one in error.candidates] == ["pipeline 'Розница'", "pipeline 'Опт'"]
    named = directory.stage("торги", pipeline="опт")
    assert named.pipeline_id == second
    assert directory.stage("торги", prefer=first).pipeline_id == first
    assert directory.stage("торги", pipeline=second) == named
    assert directory.stage(str(named.id)) == directory.stage(named.id) == named


def test_a_stage_of_another_pipeline_is_refused_before_traffic(
    amocrm: AmoCRM, directory: Directory
) -> None:
    """A wrong pair of pipeline and stage is an error of this side."""
    add_pipeline(amocrm, "Розница", "Торги")
    other = add_pipeline(amocrm, "Опт", "Отгрузка")
    number = directory.stage("Торги").id
    with pytest.raises(UnknownName, match="in the pipeline 'Опт'"):
        directory.stage(number, pipeline=other)
    with pytest.raises(UnknownName, match="no pipeline 777"):
        directory.stage(number, pipeline=777)


@pytest.mark.parametrize(
    ("word", "number"), [("won", 142), ("Lost", 143), ("143", 143), (142, 142)]
)
def test_won_and_lost_are_in_every_pipeline(
    amocrm: AmoCRM, directory: Directory, word: str | int, number: int
) -> None:
    """Without a pipeline no pipeline is told, as any will do; with one it is that one."""
    other = add_pipeline(amocrm, "Опт", "Отгрузка")
    stage = directory.stage(word)
    assert (stage.id, stage.pipeline_id, stage.is_closed) == (number, None, True)
    assert directory.stage(word, pipeline="Опт").pipeline_id == other
    assert directory.stage(word, prefer=other).pipeline_id == other


def test_closed_stages_have_the_names_of_the_account(amocrm: AmoCRM, directory: Directory) -> None:
    """A name of won that all pipelines share names none; one that one has means that one."""
    other = add_pipeline(amocrm, "Опт", "Отгрузка")
    common = next(
        status.name for status in amocrm.pipelines.get(other).embedded.statuses if status.id == 142
    )
    assert directory.stage(common) == Stage(142, None, common)
    amocrm.statuses.update(other, StatusUpdate(id=142, name="Оплачено"))
    renamed = Directory(amocrm)
    assert renamed.stage("оплачено") == Stage(142, other, "Оплачено")
    assert renamed.stage("won", pipeline=other).name == "Оплачено"


def test_a_stage_that_is_called_won_is_not_mistaken(amocrm: AmoCRM, directory: Directory) -> None:
    """An account's own stage of that name makes the word ambiguous."""
    add_pipeline(amocrm, "Prizes", "Won")
    with pytest.raises(AmbiguousName):
        directory.stage("won", pipeline="Prizes")


def test_users_are_found_by_name_address_and_me(amocrm: AmoCRM, directory: Directory) -> None:
    """Digits are an id, and `me` is whose token it is."""
    number = add_user(amocrm, "Сёмина Анна", "anna@example.com")
    assert directory.user("Семина анна") == directory.user("ANNA@example.com") == number
    assert directory.user(str(number)) == directory.user(number) == number
    assert directory.user("me") == amocrm.account.get().current_user_id
    assert directory.user_name(number) == "Сёмина Анна"
    assert directory.user_name(0) is None


def test_namesakes_are_told_by_their_addresses(amocrm: AmoCRM, directory: Directory) -> None:
    """Two users of one name are ambiguous, their addresses are not."""
    first = add_user(amocrm, "Ana", "ana1@example.com")
    add_user(amocrm, "Ana", "ana2@example.com")
    with pytest.raises(AmbiguousName) as caught:
        directory.user("ana")
    assert [one.place for one in caught.value.candidates] == [
        "ana1@example.com",
        "ana2@example.com",
    ]
    assert directory.user("ana1@example.com") == first


def test_fields_are_found_by_name_code_and_id(amocrm: AmoCRM, directory: Directory) -> None:
    """Each kind of entity has its own, and choices are found by text, code and id."""
    made = amocrm.custom_fields.create(
        "leads",
        CustomFieldCreate(
            name="Источник сделки",
            type=CustomFieldType.SELECT,
            code="ORIGIN",
            enums=[
                CustomFieldEnumWrite(value="Сайт", sort=1),
                CustomFieldEnumWrite(value="Звонок", sort=2),
            ],
        ),
    )
    field = directory.field("leads", "источник  сделки")
    assert (field.id, field.code, field.type) == (made.id, "ORIGIN", "select")
    assert directory.field("leads", "origin") == directory.field("leads", made.id) == field
    assert field.choice("сайт").id == field.choice(field.enums[0].id).id == field.enums[0].id
    with pytest.raises(UnknownName, match="no choice 'Почта' in the field"):
        field.choice("Почта")
    with pytest.raises(UnknownName, match="no field 'ORIGIN' of contacts"):
        directory.field("contacts", "ORIGIN")
    assert directory.field("contacts", "PHONE").type == "multitext"


def test_fields_of_one_name_are_ambiguous(amocrm: AmoCRM, directory: Directory) -> None:
    """The codes and ids of both are told."""
    for code in ("A1", "A2"):
        amocrm.custom_fields.create(
            "contacts", CustomFieldCreate(name="Город", type=CustomFieldType.TEXT, code=code)
        )
    with pytest.raises(AmbiguousName) as caught:
        directory.field("contacts", "город")
    assert {one.place for one in caught.value.candidates} == {"code A1", "code A2"}


def test_other_directories_are_found_by_name(amocrm: AmoCRM, directory: Directory) -> None:
    """Loss reasons, task types and departments."""
    reason = amocrm.loss_reasons.find()[0]
    assert directory.loss_reason(reason.name.upper()) == reason.id
    assert directory.task_type("follow_up") == 1
    assert directory.group(directory.groups[0].name) == directory.groups[0].id
    for ask in (directory.role, directory.source, directory.catalog):
        with pytest.raises(UnknownName, match="make one first"):
            ask("nowhere")


def test_each_list_is_read_once(amocrm: AmoCRM, amocrm_account: MockAccount) -> None:
    """Any number of names costs one request for each list; an id costs none."""
    with Watched() as wire, client_of(amocrm_account, wire) as amo:
        reason = amocrm.loss_reasons.find()[0].name
        directory = Directory(amo)
        assert directory.pipeline(5) == directory.user("7") - 2 == directory.loss_reason("5") == 5
        assert not wire.sent
        for _ in range(3):
            directory.stage("won")
            directory.pipeline(directory.pipelines[0].name)
            directory.loss_reason(reason)
            directory.field("leads", "UTM_SOURCE")
        assert len(wire.sent) == 3
