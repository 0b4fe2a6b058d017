"""``indicator``: a computed figure that calls for a look when it leaves its bounds."""

from __future__ import annotations

from checker.kinds.limit import Limit
from checker.rulebook.model import Text


class Indicator(Limit):
    """A figure computed by a stated formula lies within bounds that are mostly defaults of ours.

    Attributes:
        source: Where the formula comes from.
    """

    source: Text | None = None
