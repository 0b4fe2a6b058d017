"""Which rules are meant: by id or its beginning, clause, severity, record type or kind."""

from __future__ import annotations

from collections.abc import Iterable

from checker.errors import UsageError, close_to
from checker.language import _
from checker.rulebook.rule import Rule


def selected(
    rules: Iterable[Rule], select: Iterable[str], ignore: Iterable[str] = (), option: str = "--select "
) -> list[Rule]:
    """Return the rules that any selector means, all where there is none, without those to be ignored.

    Args:
        rules: The rules.
        select: Selectors.
        ignore: Selectors of rules to leave out.
        option: What stands before selectors in the call; nothing where they are its arguments.

    Raises:
        UsageError: for a selector that means no rule, and when no rule is left.
    """
    rules = list(rules)
    if not rules:
        raise UsageError(_("the rulebook"), _("it has no rules yet"), _("begin one with 'checker new rule TOPIC/NAME'"))
    wanted = _meant(rules, select, option) if list(select) else {rule.id for rule in rules}
    wanted -= _meant(rules, ignore, "--ignore ")
    left = [rule for rule in rules if rule.id in wanted]
    if not left:
        raise UsageError(_("the selection"), _("no rule is left to check"), _("select more, or ignore less"))
    return left


def _meant(rules: list[Rule], selectors: Iterable[str], option: str) -> set[str]:
    meant: set[str] = set()
    for selector in selectors:
        found = {rule.id for rule in rules if selector in names(rule)}
        if not found:
            words = {word for rule in rules for word in names(rule)}
            remedy = close_to(selector, words) or _(
                "give an id or its beginning, a clause, severity, record or kind, as 'checker rules' lists them"
            )
            raise UsageError(f"{option}{selector}", _("it means no rule"), remedy)
        meant |= found
    return meant


def names(rule: Rule) -> set[str]:
    """Return every word by which a rule can be selected."""
    words = {rule.clause, *rule.also, rule.severity, rule.record, rule.kind_name}
    for identity in (rule.id, *rule.formerly):
        whole = identity.split("#")[0]
        parts = whole.split("/")
        words |= {identity, *("/".join(parts[: end + 1]) for end in range(len(parts)))}
        if len(parts) > 1:
            words.add(parts[1])
    return words
