"""``indicator``: a computed figure that calls for a look when it leaves its bounds."""

from __future__ import annotations

from checker.kinds.limit import Limit
from checker.rulebook.kind import Sentence
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope


class Indicator(Limit):
    """A figure computed by a stated formula lies within bounds that are mostly defaults of ours.

    Attributes:
        source: Where the formula comes from.
    """

    source: Text | None = None

    def named(self, scope: Scope) -> Sentence:
        """Return the formula, as written and with the numbers put in."""
        return scope.formula(self.value)
