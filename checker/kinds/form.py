"""``form``: fields that must be filled, some of them only in some cases or with certain values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from sqlglot import exp

from checker.language import N_, Label
from checker.rulebook.kind import Branch, Judgement, Kind, Listing, Outcome, either
from checker.rulebook.model import Model, Name
from checker.rulebook.scope import Scope
from checker.sql import TRUE, every, is_null, some


class Also(Model):
    """Fields that must be filled too where a condition holds."""

    when: str
    fields: Annotated[tuple[Name, ...], Field(min_length=1)]


class Form(Kind):
    """Every field of a form is filled.

    Attributes:
        fields: The fields and lookups that must be filled; ``"a | b"`` means any of them.
        also: Further fields under a condition: a list of ``{ when = "…", fields = ["…"] }``.
        values: For a field, the values it may have: ``{ role = ["manager", "director"] }``.
    """

    fields: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    values: dict[Name, Annotated[tuple[str, ...], Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def _something(self) -> Form:
        if not self.fields and not self.also and not self.values:
            message = N_("name fields, also or values")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        empty: list[exp.Expr] = []
        lacking: list[tuple[exp.Expr, Label]] = []
        unclear: list[tuple[exp.Expr, Label]] = []
        for alternatives in dict.fromkeys((*self.fields, *self.values)):
            names = [name.strip() for name in alternatives.split("|")]
            empty.append(every(is_null(scope.fillable(name).sql) for name in names))
            lacking += scope.lacking(names[0]) if len(names) == 1 else [(empty[-1], either(map(scope.label, names)))]
        for also in self.also:
            condition = scope.condition(also.when)
            for name in also.fields:
                nothing = is_null(scope.fillable(name).sql)
                empty.append(every([condition, nothing]))
                lacking += scope.lacking(name, where=condition)
                unclear.append((every([is_null(condition), nothing]), scope.label(name)))
        other = [scope.not_among(name, allowed) for name, allowed in self.values.items()]
        return Judgement(
            (
                Branch(Outcome.VIOLATION, some(empty), "Empty: {lacking}."),
                Branch(Outcome.VIOLATION, some(other), "Not an allowed value: {grounds}."),
                Branch(
                    Outcome.NOT_ASSESSED,
                    some(test for test, _label in unclear),
                    "Whether needed cannot be told: {unclear}.",
                ),
                Branch(Outcome.PASS, TRUE, "All fields are filled."),
            ),
            {
                "grounds": scope.grounds(self.values),
                "lacking": Listing(tuple(lacking)),
                "unclear": Listing(tuple(unclear)),
            },
        )
