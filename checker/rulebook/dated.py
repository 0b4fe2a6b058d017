"""Values that a rule states: plain, dated by edition, or a default of ours."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, NaiveDatetime, Strict, model_validator
from typing_extensions import TypeAliasType

from checker.language import N_
from checker.rulebook.model import Model, Text

T = TypeVar("T")

Number = TypeAliasType("Number", Annotated[int, Strict()] | Annotated[float, Strict()])
"""A number, and neither a truth value nor a text that looks like one."""

Slack = TypeAliasType("Slack", Annotated[int, Strict(), Field(ge=0)] | Annotated[float, Strict(), Field(ge=0)])
"""By how much something may be missed."""


class _Kept(Model):
    """A model with a parameter, such as ``Dated[Period]``; these classes have no name by which pickle finds them."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self).__pydantic_generic_metadata__["origin"] or type(self), self.__dict__)


def _restored(model: type[_Kept], values: dict[str, Any]) -> _Kept:
    return model.model_construct(**values)


class Edition(_Kept, Generic[T]):
    """A value and the day from which it is in force.

    Attributes:
        from_: First day in force, by the record's own date; none for a value in force always.
        default: Whether the number is ours and not the manual's; then ``reason`` says why this one.
    """

    from_: dt.date | None = None
    is_: T
    default: bool = False
    reason: Text | None = None

    @model_validator(mode="after")
    def _default_has_a_reason(self) -> Edition[T]:
        if self.default and self.reason is None:
            message = N_("a default of ours needs a reason")
            raise ValueError(message)
        return self


class Dated(_Kept, Generic[T]):
    """A value with its editions, newest last."""

    editions: Annotated[tuple[Edition[T], ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _any_shape(cls, value: Any) -> Any:  # noqa: ANN401  # whatever stands in the file
        """Accept ``value``, ``{ is = value, ... }`` and a list of the latter."""
        if isinstance(value, dict) and "editions" in value:
            return value
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            return {"editions": value}
        if isinstance(value, dict) and "is" in value:
            return {"editions": [value]}
        return {"editions": [{"is": value}]}

    @model_validator(mode="after")
    def _in_order(self) -> Dated[T]:
        days = [edition.from_ or dt.date.min for edition in self.editions]
        if any(later <= earlier for earlier, later in pairwise(days)):
            message = N_("editions stand in the order of their days, each with its own from")
            raise ValueError(message)
        return self

    def on(self, day: dt.date) -> T | None:
        """Return the value in force on a day; nothing before the first."""
        begun = (edition.is_ for edition in reversed(self.editions) if edition.from_ is None or edition.from_ <= day)
        return next(begun, None)

    @property
    def days(self) -> set[dt.date]:
        """The days on which a value comes into force; the first of all for one in force always."""
        return {edition.from_ or dt.date.min for edition in self.editions}

    @property
    def always(self) -> bool:
        """Whether one value is in force at all times."""
        return len(self.editions) == 1 and self.editions[0].from_ is None

    @property
    def default(self) -> bool:
        """Whether any of the values is ours rather than the manual's."""
        return any(edition.default for edition in self.editions)


def scalar(value: Any) -> Any:  # noqa: ANN401
    """Refuse tables and lists where a single value stands."""
    if isinstance(value, (dict, list)):
        message = N_("write one value, { is = ... } or a list of { from = ..., is = ... }")
        raise ValueError(message)  # noqa: TRY004  # pydantic reports ValueError
    return value


Scalar = Annotated[bool | int | float | NaiveDatetime | dt.date | dt.time | str, BeforeValidator(scalar)]
"""What a named value of a rule may be."""
