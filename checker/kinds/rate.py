"""``rate``: the share of a population for which something holds."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator
from sqlglot import exp

from checker.kinds.cadence import Per, first_day
from checker.kinds.limit import Bounded
from checker.language import N_, Label, _, both
from checker.rulebook import moments
from checker.rulebook.kind import Branch, Fact, Judgement, Outcome, Sentence
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, at
from checker.sql import FALSE, TRUE, every, is_null, joined_text, negated, some, sql


class Rate(Bounded):
    """The share lies within bounds, in each group or calendar period; its first record answers for all.

    A share runs from 0 to 1: 95 % is ``0.95``.

    A record for which ``of`` or ``when`` is unknown may count either way, and so may one of which cannot be read to
    which group or period it belongs: the share is judged where that makes no difference.

    Attributes:
        of: What should hold.
        called: How sentences call those for which it holds; ``{name}`` stands for one of the rule's values.
        by: A list of what records of one group have in common, such as ``["office"]``: fields, lookups or expressions;
            all are one group without.
        at: The date that says to which calendar period a record belongs.
        per: The calendar period; it is judged when it is over.
    """

    of: str
    called: Text | None = None
    by: tuple[str, ...] = ()
    at: str | None = None
    per: Per | None = None

    @model_validator(mode="after")
    def _period_needs_a_date(self) -> Rate:
        if (self.at is None) != (self.per is None):
            message = N_("give at and per together")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a group at its first record."""
        self._check_shares(scope)
        holds = scope.condition(self.of)
        series, by_reads = scope.reading(lambda: [scope.typed(source).sql for source in self.by])
        called = [sql("NULLIF(CAST(:b AS VARCHAR), '')", b=one) for one in series]
        group = list(series)
        branches = [Branch(Outcome.NOT_ASSESSED, is_null(one), "{series} is empty.") for one in series]
        facts: dict[str, Fact] = {
            "series": scope.empty(by_reads),
            "of": self._named(scope),
        }
        open_: Branch | None = None
        at_reads: tuple[str, ...] = ()
        if self.at is not None and self.per is not None:
            moment, at_reads = scope.reading(lambda: scope.moment(self.at or ""))
            day = moments.day(moment.sql)
            begin = first_day(day, self.per)
            last = sql(":e - 1", e=first_day(day, self.per, 1))
            group.append(begin)
            called.append(sql("CAST(:b AS VARCHAR) || '..' || CAST(:e AS VARCHAR)", b=begin, e=last))
            facts |= {"at": scope.called(self.at), "last": Typed(last, "date")}
            branches.append(Branch(Outcome.NOT_ASSESSED, is_null(day), "{at} is empty."))
            open_ = Branch(
                Outcome.PENDING,
                sql(":t <= :l", t=moments.day(scope.as_of), l=last),
                "{group}{hits} of {all} ({share}) so far; the period ends {last}.",
            )
        counted = [*group, scope.applies(self.when)]
        group_text = sql("COALESCE(NULLIF(:c, ''), 'all')", c=joined_text(", ", called)) if called else None
        named = Typed(group_text, "text", codes={"all": both("all")}) if group_text else None
        facts["group"] = Sentence("{group}: ", {"group": named}) if named else Label("", "")
        keys = [scope.name(name).sql for name in scope.record.key]
        place = scope.among(exp.RowNumber(), "integer", counted, keys)
        count = scope.among(exp.Count(this=exp.Star()), "integer", counted)
        hits = scope.among(exp.Sum(this=sql("CASE WHEN :h THEN 1 ELSE 0 END", h=holds)), "integer", counted)
        open_ones = scope.among(
            exp.Sum(this=sql("CASE WHEN :h IS NULL THEN 1 ELSE 0 END", h=holds)), "integer", counted
        )
        unsure = [scope.unsure(self.when, group)] if self.when else []
        unsure += self._adrift(scope, by_reads, at_reads, series)
        for other in unsure:
            count, open_ones = (Typed(sql(":n + :u", n=one.sql, u=other), "integer") for one in (count, open_ones))
        least = sql("CAST(:h AS DOUBLE) / :n", h=hits.sql, n=count.sql)
        most = sql("CAST(:h + :u AS DOUBLE) / :n", h=hits.sql, u=open_ones.sql, n=count.sql)
        facts |= {"hits": hits, "all": count, "share": Typed(least, "number"), "empty": open_ones}
        low, high = self.bounded(scope, least), self.bounded(scope, most)
        facts["bounds"] = low.shown
        broken = some(
            [*(high.exceeded[n] for n in ("min", "above") if n in high.exceeded)]
            + [low.exceeded[n] for n in ("max", "below") if n in low.exceeded]
        )
        kept = negated(some([*low.exceeded.values(), *high.exceeded.values()]))
        branches.append(
            Branch(Outcome.NOT_APPLICABLE, sql(":p > 1", p=place.sql), "Counted with the first record of its group.")
        )
        if open_:
            branches.append(open_)
        branches += [
            Branch(Outcome.NOT_ASSESSED, low.unknown, "A bound is empty."),
            Branch(Outcome.VIOLATION, broken, "{group}{hits} of {all} ({share}): {of}; allowed: {bounds}."),
            Branch(Outcome.PASS, kept, "{group}{hits} of {all} ({share}): {of}; allowed: {bounds}: kept."),
            Branch(
                Outcome.NOT_ASSESSED,
                TRUE,
                "{group}{hits} of {all}, {empty} unknown: {of}; allowed: {bounds}.",
            ),
        ]
        return Judgement(tuple(branches), facts)

    def _adrift(
        self, scope: Scope, by: tuple[str, ...], at: tuple[str, ...], series: list[exp.Expr]
    ) -> Iterator[exp.Expr]:
        """Yield how many records there are that may belong to any group, and to any period of this one."""
        may_count = sql("COALESCE(:k, TRUE)", k=scope.known(self.when))
        placeless = some(test for test, _label in scope.doubtful(by))
        timeless = some(test for test, _label in scope.doubtful(at))
        for adrift, rest, within in ((placeless, [], []), (timeless, [negated(placeless)], series)):
            if adrift != FALSE:
                number = sql("CASE WHEN :h THEN 1 ELSE 0 END", h=every([adrift, *rest, may_count]))
                yield scope.among(exp.Sum(this=number), "integer", within).sql

    def _check_shares(self, scope: Scope) -> None:
        """Refuse bounds that are no shares, such as percentages."""
        slack = self.tolerance.editions if self.tolerance else ()
        for found in (*self.numbers(scope), *({"tolerance": edition.is_} for edition in slack)):
            for name, value in found.items():
                if not 0 <= value <= 1:
                    with at(f"{scope.rule.kind_name}.{name}"):
                        raise ExpressionError(
                            _("{value} is no share").format(value=value),
                            _("write one from 0 to 1, such as 0.95 for 95 percent"),
                        )

    def _named(self, scope: Scope) -> Label:
        if self.called is not None:
            return scope.in_words("called", self.called)
        return scope.label(self.of) if self.of in scope.rule.lookup else Label(self.of, self.of)
