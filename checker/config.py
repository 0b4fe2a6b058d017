"""``checker.toml``: what a site sets once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from collections.abc import Mapping as Map
from pathlib import Path
from typing import Annotated, Any

import tomli
from pydantic import Field, ValidationError

from checker.calendar import Calendar, published
from checker.errors import UsageError, broken_toml, cannot_be_read, several
from checker.invalid import named, told
from checker.language import _
from checker.rulebook.model import Model
from checker.rulebook.rule import Severity
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.settings import Setting
from checker.sources.mapping import Mapping, by_record

DEFAULT_NAME = "checker.toml"


class CalendarYears(Model):
    """``[calendar]``: years that have been published since this version."""

    years: tuple[int, ...] = ()
    holidays: tuple[dt.date, ...] = ()
    working_days: tuple[dt.date, ...] = ()


class Config(Model):
    """A site's settings.

    Attributes:
        rulebooks: The rulebooks to audit with, by name or folder.
        rules: For a rule's id, the values to set otherwise.
        calendar: Working days of newly published years.
        data: For a record type, how this site's exports differ.
        notices: For a severity, the days that rectification notices give.
    """

    rulebooks: tuple[str, ...] = ()
    rules: dict[str, dict[str, Any]] = {}
    calendar: CalendarYears = CalendarYears()
    data: dict[str, Mapping] = {}
    notices: dict[Severity, Annotated[int, Field(ge=0)]] = {}
    _file: str = DEFAULT_NAME

    def model_post_init(self, context: Any) -> None:  # noqa: ANN401  # pydantic's signature
        """Keep the name of the file that the settings stand in, which is the context they are read in."""
        self._file = str(context or DEFAULT_NAME)

    def working_days(self) -> Calendar:
        """Return the calendar with the years added here."""
        added = self.calendar
        return published().extended(added.years, added.holidays, added.working_days)

    def mappings(self, books: Iterable[Rulebook]) -> dict[str, Mapping]:
        """Return how exports differ, by the full names of the record types of some rulebooks.

        Raises:
            UsageError: for a record type or field that does not exist, and for formats that are none.
        """
        return by_record(self.data, books, self._file)

    def overrides(self, settings: Iterable[str]) -> dict[str, Map[str, Setting]]:
        """Return the values set otherwise, those of one run last.

        Args:
            settings: Those of one run, as ``ID.key=value``.

        Raises:
            UsageError: for a setting of another form.
        """
        merged = {
            rule: {
                key: Setting(value, f"{self._file}: " + named(("rules", rule, key), None).removeprefix("."))
                for key, value in values.items()
            }
            for rule, values in self.rules.items()
        }
        for setting in settings:
            name, equals, value = setting.partition("=")
            rule, dot, key = name.strip().rpartition(".")
            if not (equals and dot and rule and key):
                raise UsageError(
                    f"--set {setting}",
                    _("a setting has the form ID.key=value"),
                    _("write for instance --set property/complaint/major-resolution.within='7 days'"),
                )
            merged.setdefault(rule, {})[key] = Setting(_scalar(value.strip()), f"--set {setting}")
        return dict(merged)


def _scalar(text: str) -> Any:  # noqa: ANN401  # a number, yes or no, a date or a text
    """Read a value as TOML reads it; what TOML does not know is a text."""
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text


def read_config(path: Path | None) -> Config:
    """Return the settings of a file; of ``checker.toml`` in this folder, if there is one, where none is named.

    Raises:
        UsageError: for a file that is not there or says something unknown.
    """
    if path is None:
        path = Path(DEFAULT_NAME)
        if not path.is_file():
            return Config()
    try:
        content = tomli.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(path, cannot_be_read(error), _("check --config")) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(*broken_toml(path, error)) from None
    try:
        config = Config.model_validate(content, context=path)
        if config.calendar != CalendarYears():
            config.working_days()  # so that a wrong calendar is refused even where no rule needs it
    except ValidationError as error:
        raise several(UsageError(*one) for one in told(error, Config, content, path)) from None
    except UsageError as error:
        error.lines = tuple(f"{path}: {line}" for line in error.lines)
        raise
    return config
