"""``sequence``: steps in their order, none left out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from checker.errors import UnplacedError
from checker.language import N_, _
from checker.rulebook.comparing import in_order
from checker.rulebook.kind import Branch, Judgement, Kind, Listing, Outcome, Sentence, joined
from checker.rulebook.scope import Scope
from checker.sql import TRUE, every, is_known, is_null, negated, some


class Sequence(Kind):
    """Each step no earlier than the one before it, and none taken while an earlier one is empty.

    A step that is kept to the minute beside one with seconds may lie anywhere in its minute.

    Attributes:
        steps: The moments in the order they must have: fields, lookups or expressions.
        complete: Whether every step must have been taken; else a case may still be on its way.
        optional: Those of the steps that may be left out; where they are filled they must be in order too.
    """

    steps: Annotated[tuple[str, ...], Field(min_length=2)]
    complete: bool = False
    optional: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Sequence:
        for step in self.steps:
            if self.steps.count(step) > 1:
                raise UnplacedError(_("the step {step!r} stands twice").format(step=step), _("name each step once"))
        return self

    @model_validator(mode="after")
    def _optional_is_a_step(self) -> Sequence:
        if not set(self.optional) <= set(self.steps):
            message = N_("optional names a step that is not among steps")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        steps = [(scope.moment(source), scope.called(source)) for source in self.steps]
        swapped, skipped, empty = [], [], []
        for index, (step, label) in enumerate(steps):
            later = steps[index + 1 :]
            for other, other_label in later:
                disorder = negated(in_order(step, other))
                swapped.append((disorder, joined([label, other_label])))
            if self.steps[index] not in self.optional:
                missing = is_null(step.sql)
                overtaken = TRUE if self.complete else some(is_known(other.sql) for other, _label in later)
                empty.append((missing, label))
                skipped.append((every([missing, overtaken]), label))
        return Judgement(
            (
                Branch(
                    Outcome.VIOLATION, some(test for test, _label in swapped), "Out of order: {swapped} ({grounds})."
                ),
                Branch(Outcome.VIOLATION, some(test for test, _label in skipped), "Left out: {skipped} ({grounds})."),
                Branch(Outcome.PENDING, some(test for test, _label in empty), "In order so far; still empty: {empty}."),
                Branch(Outcome.PASS, TRUE, "All steps taken, in order."),
            ),
            {
                "swapped": Listing(tuple(swapped)),
                "skipped": Listing(tuple(skipped)),
                "empty": Listing(tuple(empty)),
                "grounds": tuple(Sentence("{name} = {value}", {"name": label, "value": step}) for step, label in steps),
            },
        )
