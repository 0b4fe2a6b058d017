"""The shapes that every file of a rulebook is made of."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from checker.errors import UnplacedError
from checker.language import N_, Label, _

NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
Name = Annotated[str, Field(pattern=NAME)]
"""A record's, field's, choice's or value's name: lower case words joined by single underscores."""


def _some_text(text: str) -> str:
    """Refuse a text of nothing but space."""
    if not text.strip():
        raise UnplacedError(_("it is empty"), _("write something there"))
    return text


Words = Annotated[str, Field(min_length=1), AfterValidator(_some_text)]
"""A text that says something."""

FieldType = Literal[
    "text",
    "integer",
    "decimal",
    "money",
    "date",
    "datetime",
    "time",
    "month",
    "period",
    "yes_no",
    "choice",
    "documents",
    "reference",
]

DATED: tuple[FieldType, ...] = ("date", "datetime", "month", "period")
"""The types whose cells may hold a day, whose order of day and month only the whole column may tell."""


class Model(BaseModel):
    """A frozen table of a TOML file: unknown keys are errors, ``as_of`` is written ``as-of``."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        alias_generator=lambda name: name.rstrip("_").replace("_", "-"),
    )


class Text(Model):
    """A text in both languages."""

    en: Words
    zh: Words

    @property
    def label(self) -> Label:
        """The text as a label."""
        return Label(self.en, self.zh)


class RecordField(Model):
    """One field of a record type.

    Attributes:
        headers: What exports call it, besides its own name; the first one is its name in Chinese reports.
        choices: For ``choice`` and ``documents``: each code with the spellings it is exported under.
        open: Whether a ``choice`` may hold other values, kept as they are, and a list of documents other ones.
        personal: Whether reports mask it.
        unit: The unit of its numbers, such as ``yuan``. Known units are converted into one another; any other word is
            the name of what is counted.
        optional: Whether an export may leave its column out; the field is empty then.
        moment: What a date stands for. An ``event`` later than the audit has not happened yet, and its field is empty.
            A ``plan`` (a limit, an appointment) counts also while it lies ahead. So does ``background``, which does
            not come from the record's own course: a date of birth, the end of a warranty.
    """

    type: FieldType
    headers: tuple[Words, ...] = ()
    choices: dict[Name, tuple[Words, ...]] = {}
    open: bool = False
    personal: bool = False
    unit: str = ""
    optional: bool = False
    moment: Literal["event", "plan", "background"] = "event"

    @property
    def is_event(self) -> bool:
        """Whether it says when something happened."""
        return self.moment == "event" and self.is_moment

    @property
    def is_moment(self) -> bool:
        """Whether it holds points in time."""
        return self.type in ("date", "datetime")

    @property
    def is_text(self) -> bool:
        """Whether a value is what its cell holds, whatever that is."""
        return self.type in ("text", "reference")

    @property
    def may_be_unreadable(self) -> bool:
        """Whether the type can refuse a text, and the field has no value then."""
        return not (self.is_text or self.type == "documents" or self.open)

    @property
    def may_hold_errors(self) -> bool:
        """Whether a text can be a data error: one that is refused, or a list with documents that are not known."""
        return self.may_be_unreadable or (self.type == "documents" and not self.open)

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling of every choice."""
        return tuple(word for code, words in self.choices.items() for word in (code, *words))

    @model_validator(mode="after")
    def _choices_fit(self) -> RecordField:
        if (self.type in ("choice", "documents")) != bool(self.choices):
            message = N_("choices go with the types 'choice' and 'documents', and with these only")
            raise ValueError(message)
        if self.open and not self.choices:
            message = N_("open goes with the types 'choice' and 'documents' only")
            raise ValueError(message)
        if self.moment != "event" and not self.is_moment:
            message = N_("moment goes with the types 'date' and 'datetime' only")
            raise ValueError(message)
        if self.unit and self.type not in ("integer", "decimal", "money"):
            message = N_("unit goes with the types 'integer', 'decimal' and 'money' only")
            raise ValueError(message)
        seen: dict[str, str] = {}
        for code, spellings in self.choices.items():
            for spelling in (code, *spellings):
                if seen.setdefault(spelling, code) != code:
                    raise UnplacedError(
                        _("the spelling {spelling!r} stands for both {first!r} and {second!r}").format(
                            spelling=spelling, first=seen[spelling], second=code
                        ),
                        _("write it under one of them"),
                    )
        return self


class Record(Model):
    """A record type: what one row of an export is.

    Attributes:
        files: Patterns of the names of files, sheets and JSON arrays that hold it.
        key: The fields that identify a record.
        subject: The field that says whose case file a finding belongs to.
        department: The field that says who must put it right.
        at: The record's own date: which edition is in force, which month it counts in.
        begins: The dates with which a record begins; ``at`` where nothing is said and that is an event. It is not there
            yet while an event among them lies later than the audit and none of them has come.
    """

    title: Text
    files: Annotated[tuple[Words, ...], Field(min_length=1)]
    key: Annotated[tuple[Name, ...], Field(min_length=1)]
    subject: Name | None = None
    department: Name | None = None
    at: Name | None = None
    begins: tuple[Name, ...] | None = None
    fields: Annotated[dict[Name, RecordField], Field(min_length=1)]

    @model_validator(mode="after")
    def _headers_differ(self) -> Record:
        seen: dict[str, str] = {}
        for name, field in self.fields.items():
            for header in (name, *field.headers):
                other = self.fields[seen.setdefault(header.casefold(), name)]
                if other is not field and not (other.is_moment and field.is_moment):  # two moments may be one range
                    raise UnplacedError(
                        _("the header {header!r} stands for both {first!r} and {second!r}").format(
                            header=header, first=seen[header.casefold()], second=name
                        ),
                        _("write it under one of them"),
                    )
        return self

    @model_validator(mode="after")
    def _at_is_a_date(self) -> Record:
        if self.at in self.fields and self.fields[self.at].type not in DATED:
            message = N_("at names what is no date")
            raise ValueError(message)
        return self

    def label(self, field: str) -> Label:
        """Return a field's name in both languages."""
        headers = self.fields[field].headers
        return Label(field, headers[0] if headers else field)

    def events(self, given: Iterable[str]) -> tuple[str, ...]:
        """Return those of some fields that say when something happened, which may be later than the audit.

        The key says what a record is, not what has become of it, so it is none of these.
        """
        return tuple(name for name in given if self.fields[name].is_event and name not in self.key)

    def beginnings(self, given: Container[str]) -> tuple[str, ...]:
        """Return those of some fields with which a record begins; nothing where none of them is an event."""
        said = self.begins if self.begins is not None else (self.at,) if self.at else ()
        found = tuple(name for name in said if name in given)
        return found if any(self.fields[name].is_event for name in found) else ()

    @property
    def role_fields(self) -> tuple[str, ...]:
        """The fields that every finding quotes: key, subject, department and date, each once."""
        roles = (*self.key, self.subject, self.department, self.at)
        return tuple(dict.fromkeys(name for name in roles if name))


class Clause(Model):
    """One clause of the manual, in our own words.

    Attributes:
        manual: The question an inspector answers on the spot, where no program can see it.
        context: Whether the clause asks for nothing that could be broken.
    """

    en: Words
    zh: Words
    manual: Text | None = None
    context: bool = False

    @property
    def label(self) -> Label:
        """The summary as a label."""
        return Label(self.en, self.zh)

    @model_validator(mode="after")
    def _one_disposition(self) -> Clause:
        if self.manual and self.context:
            message = N_("a clause is a question for the inspector or context, not both")
            raise ValueError(message)
        return self


class About(Model):
    """``rulebook.toml``: what the rulebook is.

    Attributes:
        roll: Whether a last day that is no working day moves on (Civil Code, art. 203), unless a rule says
            otherwise.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text
    edition: str
    timezone: str = "Asia/Shanghai"
    roll: Literal["next working day"] | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _timezone_is_known(self) -> About:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = N_("timezone names no time zone, such as Asia/Shanghai")
            raise ValueError(message) from None
        return self
