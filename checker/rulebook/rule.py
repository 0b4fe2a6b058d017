"""A rule: what its file says."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, NaiveDatetime, SerializeAsAny

from checker.language import N_
from checker.rulebook.dated import Dated, Scalar
from checker.rulebook.kind import Kind
from checker.rulebook.model import Model, Name, Text, Words

Severity = Literal["critical", "major", "minor", "info"]
SEVERITIES: tuple[Severity, ...] = (N_("critical"), N_("major"), N_("minor"), N_("info"))
Expected = Literal["pass", "violation", "pending", "not_applicable", "not_assessed"]


class LookupTable(Model):
    """``[lookup.NAME]``: one value from another record's rows, used like a field.

    Attributes:
        record: The other record type.
        on: This record's fields, each with the other's field that must equal it.
        where: Which of these rows count; ``this.field`` is this record's own.
        readable: Whether a row does not count of which something that the lookup reads cannot be read; else such a row
            leaves it unknown.
        take: ``first(x)``, ``last(x)``, ``min(x)``, ``max(x)``, ``sum(x)``, ``list(x)`` (the texts of all rows, sorted,
            as one), ``count`` or ``exists``.
        order: What ``first`` and ``last`` go by; the other record's own date where nothing is said.
        title: How sentences call it.
    """

    model_config = ConfigDict(str_min_length=1)

    record: Name
    on: dict[Name, Name] = {}
    where: str = ""
    readable: bool = False
    take: str
    order: str | None = None
    title: Text | None = None


class Example(Model):
    """``[[example]]``: a record and what the rule says of it.

    Attributes:
        name: A sentence that says what is shown.
        as_of: The instant of the audit; a date means the end of that day.
        item: The item of a family that is meant; all of them where it is not given.
        given: The record's fields; those left out are empty.
        rows: Rows of other records.
        expect: The outcome.
        due: The due date or instant it must give.
    """

    name: Words
    as_of: NaiveDatetime | dt.date | None = None
    item: str | None = None
    given: dict[Name, Any] = {}
    rows: dict[Name, tuple[dict[Name, Any], ...]] = {}
    expect: Expected
    due: NaiveDatetime | dt.date | None = None


class Rule(Model):
    """One rule, checked.

    Attributes:
        id: Rulebook, topic and name, with ``#item`` for one of a family.
        clause: The clause of the manual it checks; ``also`` names further ones.
        formerly: Ids it once had, the oldest first.
        reading: How we read the clause where it can be read in several ways.
        values: Named numbers and dates, usable in every expression.
        overrides: What a site has set otherwise, as ``key=value``.
    """

    id: str
    title: Text
    clause: str
    also: tuple[str, ...] = ()
    severity: Severity
    formerly: tuple[str, ...] = ()
    reading: Text | None = None
    values: dict[Name, Dated[Scalar]] = {}
    lookup: dict[Name, LookupTable] = {}
    example: Annotated[tuple[Example, ...], Field(repr=False)] = ()
    kind_name: Annotated[str, Field(alias="kind-name")]
    kind: SerializeAsAny[Kind]
    overrides: tuple[str, ...] = ()

    @property
    def first_id(self) -> str:
        """The id it was born with: what findings are known by, whatever it is called now."""
        return self.formerly[0] if self.formerly else self.id

    def fingerprint(self, key: str) -> str:
        """Return what a finding about the record with a key is known by, however the record is exported.

        Where several records have one key it means none of them (``engines.results``).
        """
        return sha256(f"{self.first_id}\n{key}".encode()).hexdigest()[:16]

    @property
    def record(self) -> str:
        """The record type it judges."""
        return self.kind.record

    @property
    def lookups(self) -> dict[str, LookupTable]:
        """The lookups it states and those of its kind."""
        return {**self.kind.lookups(), **self.lookup}

    @property
    def defaults(self) -> tuple[str, ...]:
        """The keys whose numbers are ours rather than the manual's."""
        named = [name for name, dated in self.values.items() if dated.default]
        own = [
            name
            for name in type(self.kind).model_fields
            if isinstance(value := getattr(self.kind, name), Dated) and value.default
        ]
        return (*named, *own)
