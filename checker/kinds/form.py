"""``form``: fields that must be filled, some of them only in some cases or with certain values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from sqlglot import exp

from checker.language import N_, Label
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Listing, Outcome
from checker.rulebook.model import Model, Name
from checker.rulebook.scope import Scope
from checker.sql import TRUE, every, is_null, some, sql


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
        other: list[tuple[exp.Expr, Label]] = []
        for alternatives in dict.fromkeys((*self.fields, *self.values)):
            names = [name.strip() for name in alternatives.split("|")]
            labels = [scope.label(name) for name in names]
            label = Label(" or ".join(n.en for n in labels), "或".join(n.zh for n in labels))
            empty.append(every(is_null(scope.fillable(name).sql) for name in names))
            lacking += scope.lacking(names[0]) if len(names) == 1 else [(empty[-1], label)]
        for also in self.also:
            condition = scope.condition(also.when)
            for name in also.fields:
                nothing = is_null(scope.fillable(name).sql)
                empty.append(every([condition, nothing]))
                lacking += scope.lacking(name, where=condition)
                unclear.append((every([is_null(condition), nothing]), scope.label(name)))
        facts: dict[str, Fact] = {}
        for name, allowed in self.values.items():
            listed = ", ".join(sql(":v", v=value).sql() for value in allowed)
            other.append((sql("NOT :i", i=scope.condition(f"{name} IN ({listed})")), scope.label(name)))
        facts["other"] = Listing(tuple(other))
        facts["grounds"] = scope.grounds(self.values)
        facts |= {"lacking": Listing(tuple(lacking)), "unclear": Listing(tuple(unclear))}
        return Judgement(
            (
                Branch(Outcome.VIOLATION, some(empty), "Empty: {lacking}."),
                Branch(Outcome.VIOLATION, some(test for test, _label in other), "Not an allowed value: {grounds}."),
                Branch(
                    Outcome.NOT_ASSESSED,
                    some(test for test, _label in unclear),
                    "Whether needed cannot be told: {unclear}.",
                ),
                Branch(Outcome.PASS, TRUE, "All fields are filled."),
            ),
            facts,
        )
