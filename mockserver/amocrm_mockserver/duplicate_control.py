"""Duplicate control: in which pipelines an incoming lead may become part of one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, fields_dict, frozen

from amocrm_mockserver import checks
from amocrm_mockserver.jsonvalue import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrs import Attribute

    from amocrm_mockserver.account import Account

__all__ = ["DuplicateRule", "read_rules", "rule_for"]

_KEYS: Final = ("email", "phone")
_SEVERAL: Final = ("create", "newest", "all")
_CONFLICT: Final = ("overwrite", "keep")
_Attribute: TypeAlias = "Attribute[Any]"  # Any: whatever is checked


def _keys(_: object, attribute: _Attribute, value: object) -> None:
    if not is_array(value) or not value or not all(key in _KEYS for key in value):
        wanted = f"a list of {' and '.join(_KEYS)}"
        raise ValueError(f"{attribute.name} must be {wanted}, and is {value!r}")


def _stages(_: object, attribute: _Attribute, value: object) -> None:
    if value is not None and not (is_array(value) and all(type(one) is int for one in value)):
        raise ValueError(f"{attribute.name} must be a list of status ids, and is {value!r}")


@frozen(kw_only=True)
class DuplicateRule:
    """Duplicate control of a pipeline and source, or of all that have no rule of their own."""

    pipeline_id: int | None = field(default=None, validator=checks.whole(1, optional=True))
    source_id: int | None = field(default=None, validator=checks.whole(1, optional=True))
    """The source by which a lead comes; without it any, and none."""
    keys: Sequence[str] = field(factory=lambda: list(_KEYS), validator=_keys)
    """What tells that two contacts are one; any of them will do."""
    stages: Sequence[int] | None = field(default=None, validator=_stages)
    """Where the leads stand that are found; by default anywhere between unsorted and closed."""
    several: str = field(default=_SEVERAL[0], validator=checks.one_of(_SEVERAL))
    """What becomes of two or three leads found: a new one, a merge with the newest or with all."""
    conflict: str = field(default=_CONFLICT[0], validator=checks.one_of(_CONFLICT))
    """Whether what comes in overwrites what is there."""

    @property
    def keeps(self) -> bool:
        """What is there stays."""
        return self.conflict == "keep"


def read_rules(account: Account, value: object) -> tuple[DuplicateRule, ...]:
    """The rules of a seed or a control call; ValueError tells what is wrong with them."""
    if not is_array(value):
        raise ValueError("duplicate_control: must be a list of mappings")
    return tuple(_rule(account, index, one) for index, one in enumerate(value))


def _rule(account: Account, index: int, value: object) -> DuplicateRule:
    where = f"duplicate_control[{index}]"
    if not is_object(value):
        raise ValueError(f"{where}: must be a mapping")
    known = fields_dict(DuplicateRule)
    for name in value:
        if name not in known:
            raise ValueError(f"{where}: {name} is not known here; known are: {', '.join(known)}")
    try:
        rule = DuplicateRule(**{name: one for name, one in value.items() if one is not None})
    except ValueError as error:
        raise ValueError(f"{where}: {error.args[0]}") from error
    number = rule.pipeline_id
    if number is not None and not account.has("pipelines", number):
        raise ValueError(f"{where}: there is no pipeline {number}")
    if rule.source_id is not None and not account.has("sources", rule.source_id):
        raise ValueError(f"{where}: there is no source {rule.source_id}")
    pipelines = account.table("pipelines").rows if number is None else (number,)
    for stage in rule.stages or ():
        if not any(account.has("statuses", (pipeline, stage)) for pipeline in pipelines):
            raise ValueError(f"{where}: there is no stage {stage}")
    return rule


def rule_for(
    rules: Sequence[DuplicateRule], pipeline_id: int, source_id: int | None = None
) -> DuplicateRule | None:
    """The rule of a pipeline and source; None where duplicate control is off.

    A rule of the pipeline goes before a common one, and in each the source's own before others.
    """
    fitting = [
        rule
        for rule in rules
        if rule.pipeline_id in {None, pipeline_id} and rule.source_id in {None, source_id}
    ]
    fitting.sort(key=lambda rule: (rule.pipeline_id is None, rule.source_id is None))
    return next(iter(fitting), None)
