"""The names of an account's pipelines, stages, users, fields and lists, and their ids."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from amocrm_gen.crm.candidates import Candidate
from amocrm_gen.crm.fields import find_field
from amocrm_gen.crm.names import Named, fold, id_of, pick
from amocrm_gen.crm.stages import find_stage
from amocrm_gen.runtime.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amocrm_gen import AmoCRM
    from amocrm_gen.crm.fields import Field
    from amocrm_gen.crm.stages import Stage
    from amocrm_gen.v4.models.account import Account, TaskType, UsersGroup
    from amocrm_gen.v4.models.custom_fields import CustomField
    from amocrm_gen.v4.models.pipelines import Pipeline
    from amocrm_gen.v4.models.users import User

__all__ = ["Directory", "FieldOwner"]

FieldOwner: TypeAlias = Literal["leads", "contacts", "companies", "customers"]
"""What has custom fields and tags of its own."""


class _Row(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class Directory:
    """Finds ids by names; each list is read once, when it is needed first.

    Names are compared without regard to case, ё and blanks; a part of a name is not enough. A text
    of digits is an id. Ids of pipelines, users and the like are taken as they are: amoCRM refuses
    those that it does not know. One for each run, since others may change names meanwhile.

    Every method raises `UnknownName` where the account has no such name, and `AmbiguousName` where
    it has several; both tell the candidates.
    """

    def __init__(self, amo: AmoCRM) -> None:
        self._amo = amo
        self._fields: dict[FieldOwner | int, list[CustomField]] = {}
        self._lists: dict[str, list[Named[int]]] = {}

    @cached_property
    def account(self) -> Account:
        """The account with its task types, departments and time zone."""
        return self._amo.account.get(with_=["task_types", "users_groups", "datetime_settings"])

    @property
    def task_types(self) -> list[TaskType]:
        """All types of tasks."""
        embedded = self.account.embedded
        return (embedded.task_types or []) if embedded else []

    @property
    def groups(self) -> list[UsersGroup]:
        """All departments."""
        embedded = self.account.embedded
        return (embedded.users_groups or []) if embedded else []

    @cached_property
    def pipelines(self) -> list[Pipeline]:
        """All pipelines with their stages."""
        return list(self._amo.pipelines.find())

    @cached_property
    def users(self) -> list[User]:
        """All users; only administrators may read them."""
        return self._amo.users.find().all()

    def pipeline(self, given: int | str) -> int:
        """Return the id of a pipeline."""
        return self._id("pipeline", given, lambda: self.pipelines)

    def stage(
        self,
        given: int | str,
        *,
        pipeline: int | str | None = None,
        prefer: int | None = None,
    ) -> Stage:
        """Return a stage by id or name; `won` and `lost` are 142 and 143 in every pipeline.

        Args:
            given: Its id or name.
            pipeline: The pipeline in which it must be.
            prefer: The id of a pipeline that is meant where several have it.
        """
        within = None if pipeline is None else self._known_pipeline(pipeline)
        return find_stage(self.pipelines, given, within=within, prefer=prefer)

    def user(self, given: int | str) -> int:
        """Return the id of a user by name, e-mail address, or `me`, whose token it is."""
        number = id_of(given)
        if number is not None:
            return number
        if fold(str(given)) == "me":
            return self.account.current_user_id
        entries = [
            Named(user.id, Candidate(user.id, user.name, user.email), (user.email,))
            for user in self.users
        ]
        return pick("user", given, entries)

    def loss_reason(self, given: int | str) -> int:
        """Return the id of a loss reason."""
        return self._id("loss reason", given, self._amo.loss_reasons.find)

    def task_type(self, given: int | str) -> int:
        """Return the id of a task type by name or code."""
        number = id_of(given)
        if number is not None:
            return number
        entries = [
            Named(one.id, Candidate(one.id, one.name), (one.code,) if one.code else ())
            for one in self.task_types
        ]
        return pick("task type", given, entries)

    def group(self, given: int | str) -> int:
        """Return the id of a department; 0 is the default one."""
        return self._id("department", given, lambda: self.groups)

    def role(self, given: int | str) -> int:
        """Return the id of a role."""
        return self._id("role", given, self._amo.roles.find)

    def source(self, given: int | str) -> int:
        """Return the id of one of the integration's sources."""
        return self._id("source", given, self._amo.sources.find)

    def customer_status(self, given: int | str) -> int:
        """Return the id of a stage of customers."""
        return self._id("stage of customers", given, self._amo.customer_statuses.find)

    def catalog(self, given: int | str) -> int:
        """Return the id of a list of products, invoices or anything else."""
        return self._id("catalog", given, self._amo.catalogs.find)

    def field(self, entity: FieldOwner, given: int | str) -> Field:
        """Return a custom field of a kind of entity by name, code or id."""
        if entity not in self._fields:
            self._fields[entity] = self._amo.custom_fields.find(entity).all()
        return find_field(self._fields[entity], given, where=f" of {entity}")

    def catalog_field(self, catalog: int | str, given: int | str) -> Field:
        """Return a custom field of a catalog's elements by name, code or id."""
        number = self.catalog(catalog)
        if number not in self._fields:
            self._fields[number] = self._amo.custom_fields.find_of_catalog(number).all()
        return find_field(self._fields[number], given, where=f" of the catalog {catalog}")

    def tag(self, entity: FieldOwner, given: int | str) -> int:
        """Return the id of a tag; each kind of entity has tags of its own."""
        return self._id("tag", given, lambda: self._amo.tags.find(entity), f" of {entity}")

    def user_name(self, number: int) -> str | None:
        """Return a user's name; None for the robot, and where users may not be read."""
        return self._user_names.get(number)

    def pipeline_name(self, number: int) -> str | None:
        """Return a pipeline's name; None if there is none."""
        return next((one.name for one in self.pipelines if one.id == number), None)

    def stage_name(self, number: int, pipeline: int) -> str | None:
        """Return the name of a stage of a pipeline; None if there is none."""
        return self._stage_names.get((pipeline, number))

    def _id(
        self, what: str, given: int | str, read: Callable[[], Iterable[_Row]], where: str = ""
    ) -> int:
        number = id_of(given)
        if number is not None:
            return number
        key = what + where
        if key not in self._lists:
            self._lists[key] = [Named(one.id, Candidate(one.id, one.name)) for one in read()]
        return pick(what, given, self._lists[key], where=where)

    def _known_pipeline(self, given: int | str) -> int:
        entries = [Named(one.id, Candidate(one.id, one.name)) for one in self.pipelines]
        return pick("pipeline", given, entries)

    @cached_property
    def _user_names(self) -> dict[int, str]:
        try:
            return {user.id: user.name for user in self.users}
        except Forbidden:  # names only adorn an answer; the ids are in it
            return {}

    @cached_property
    def _stage_names(self) -> dict[tuple[int, int], str]:
        return {
            (one.id, status.id): status.name
            for one in self.pipelines
            for status in one.embedded.statuses
        }
