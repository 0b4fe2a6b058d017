"""``checklist``: documents that must be there, some of them only in some cases."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from sqlglot import exp

from checker.errors import nearest
from checker.language import N_, Label, _
from checker.rulebook.kind import Branch, Judgement, Kind, Listing, Outcome, either
from checker.rulebook.model import Model
from checker.rulebook.scope import Scope
from checker.rulebook.typed import Document, ExpressionError, Typed
from checker.sql import TRUE, every, is_null, some, sql


class Also(Model):
    """Documents that must be there too where a condition holds."""

    when: str
    require: Annotated[tuple[str, ...], Field(min_length=1)]


class Checklist(Kind):
    """Every document of a list is on record.

    Attributes:
        documents: The field that lists the documents at hand.
        require: The documents that must be there; ``"a | b"`` means any of them.
        also: Further documents under a condition: a list of ``{ when = "…", require = ["…"] }``.
    """

    documents: str
    require: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Checklist:
        if not self.require and not self.also:
            message = N_("name documents under require or under also")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds; an empty list lacks every document."""
        at_hand = scope.value(self.documents, "documents")
        conditions = [(TRUE, self.require), *((scope.condition(also.when), also.require) for also in self.also)]
        lacking: list[tuple[exp.Expr, Label]] = []
        unknown: list[tuple[exp.Expr, Label]] = []
        unclear: list[tuple[exp.Expr, Label]] = []
        for condition, require in conditions:
            for wanted in require:
                lack, label = _lack(at_hand, wanted)
                lacking.append((every([condition, lack]), label))
                unknown.append((every([condition, is_null(lack)]), label))
                if condition != TRUE:
                    unclear.append((every([is_null(condition), sql("COALESCE(:l, TRUE)", l=lack)]), label))
        return Judgement(
            (
                Branch(Outcome.VIOLATION, some(test for test, _label in lacking), "Missing: {lacking}."),
                Branch(
                    Outcome.NOT_ASSESSED,
                    some(test for test, _label in unknown),
                    "Whether it is there cannot be told, for the list holds what is not known: {unknown}.",
                ),
                Branch(
                    Outcome.NOT_ASSESSED,
                    some(test for test, _label in unclear),
                    "Whether needed cannot be told: {unclear}.",
                ),
                Branch(Outcome.PASS, TRUE, "All documents are there."),
            ),
            {
                "lacking": Listing(tuple(lacking)),
                "unknown": Listing(tuple(unknown)),
                "unclear": Listing(tuple(unclear)),
            },
        )


def _lack(at_hand: Typed, wanted: str) -> tuple[exp.Expr, Label]:
    """Return whether none of some alternative documents is there, unknown if one may be, and what they are called."""
    alternatives: list[Document] = []
    for code in wanted.split("|"):
        if code.strip() not in at_hand.documents:
            raise ExpressionError(
                _("{value!r} is not among the choices").format(value=code.strip()),
                nearest(code.strip(), at_hand.documents),
            )
        alternatives.append(at_hand.documents[code.strip()])
    held = some(document.held for document in alternatives)
    lack = sql(":e OR NOT :h", e=is_null(at_hand.sql), h=held)
    return lack, either(document.label for document in alternatives)
