"""``approval``: who signed, in which role, when, and not the same person twice."""

from __future__ import annotations

from pydantic import model_validator

from checker.errors import UnplacedError
from checker.language import N_, _
from checker.rulebook.comparing import in_order, must_match
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Listing, Outcome
from checker.rulebook.model import Name
from checker.rulebook.scope import Scope
from checker.rulebook.typed import at
from checker.sql import TRUE, every, is_known, is_null, negated, some, sql


class Approval(Kind):
    """An act bears the signature it needs.

    Attributes:
        signed: The fields that a signature fills: a name, a number, a time.
        role: The field that says in which role or department it was given.
        allowed: The roles that may give it.
        at: When it was given.
        before: What it must precede, which needs ``at``; while this is empty, a missing signature is pending.
        apart: Two fields that must not name the same person.
    """

    signed: tuple[Name, ...] = ()
    role: Name | None = None
    allowed: tuple[str, ...] = ()
    at: str | None = None
    before: str | None = None
    apart: tuple[Name, Name] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Approval:
        if (self.role is None) != (not self.allowed):
            message = N_("role and allowed go together")
            raise ValueError(message)
        if self.before is not None and self.at is None:
            message = N_("before needs at")
            raise ValueError(message)
        if not (self.signed or self.role or self.at or self.apart):
            message = N_("give signed, role, at or apart")
            raise ValueError(message)
        if self.apart and self.apart[0] == self.apart[1]:
            raise UnplacedError(_("apart names one field twice"), _("name two fields"))
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        facts: dict[str, Fact] = {}
        branches: list[Branch] = []
        marks = [is_null(scope.fillable(name).sql) for name in self.signed]
        called = [item for name in self.signed for item in scope.lacking(name)]
        if self.at is not None:
            given = scope.moment(self.at)
            marks.append(is_null(given.sql))
            is_name = self.at in scope.record.fields
            called += scope.lacking(self.at) if is_name else [(marks[-1], scope.called(self.at))]
        if marks:
            facts["lacking"] = Listing(tuple(called))
            lacking = some(marks)
            if self.before is not None:
                waiting = every([lacking, is_null(scope.moment(self.before).sql)])
                branches.append(Branch(Outcome.PENDING, waiting, "Not signed yet: {lacking} is empty."))
            branches.append(Branch(Outcome.VIOLATION, lacking, "Not signed: {lacking} is empty."))
        if self.before is not None and self.at is not None:
            given, act = scope.moment(self.at), scope.moment(self.before)
            facts |= {
                "given": given,
                "act": act,
                "at": scope.called(self.at),
                "before": scope.called(self.before),
            }
            late = negated(in_order(given, act))
            branches.append(Branch(Outcome.VIOLATION, late, "{at} {given} lies after {before} {act}."))
        if self.role is not None:
            facts["grounds"] = scope.grounds((self.role,))
            wrong = scope.not_among(self.role, self.allowed)
            branches.append(Branch(Outcome.VIOLATION, wrong, "Not an allowed value: {grounds}."))
        if self.apart is not None:
            first, second = (scope.name(name) for name in self.apart)
            with at("approval.apart"):
                must_match(self.apart[0], first.type, self.apart[1], second.type)
            facts["apart"] = scope.grounds(self.apart)
            branches.append(
                Branch(
                    Outcome.VIOLATION,
                    sql(":a = :b", a=first.sql, b=second.sql),
                    "The same person twice: {apart}.",
                )
            )
        needed = [*(name for name in (self.role,) if name), *(self.apart or ())]
        facts["empty"] = scope.empty(needed)
        told = every(is_known(scope.name(name).sql) for name in needed)
        branches.append(Branch(Outcome.PASS, told, "Signed as required."))
        branches.append(Branch(Outcome.NOT_ASSESSED, TRUE, "Who signed cannot be told: {empty} is empty."))
        return Judgement(tuple(branches), facts)
