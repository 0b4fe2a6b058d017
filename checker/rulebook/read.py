"""Reading a rulebook folder, and refusing one that says something impossible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from checker.errors import CheckerError, RulebookError, nearest, several
from checker.language import _
from checker.rulebook.checked import (
    Wrong,
    checked,
    checked_rule,
    placed,
    wrong_in_examples,
    wrong_in_ids,
    wrong_in_record,
)
from checker.rulebook.family import RULE_KEYS, RuleFile, rules_of, wrong_in_family
from checker.rulebook.folder import Folder
from checker.rulebook.kind import Kind
from checker.rulebook.model import NAME, About, Clause, Record
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.settings import Change, Overrides, Settings, settable, to_blame, with_settings

M = TypeVar("M", bound=BaseModel)


def read_rulebook(
    path: Path, kinds: Mapping[str, type[Kind]], overrides: Overrides | None = None, version: str = ""
) -> Rulebook:
    """Read a rulebook folder and check every file, name and expression in it.

    Raises:
        RulebookError: one line for each thing that is wrong: file, key, problem, remedy.
    """
    reader = _Reader(path, kinds, overrides or {})
    about = reader.about()
    reader.errors += reader.folder.unread()
    reader.finish()
    records = reader.records()
    clauses = reader.clauses()
    reader.finish()  # what is wrong there would be said again of every rule
    rules = reader.rules(about, records, clauses)
    reader.finish()
    return Rulebook(about, records, clauses, rules, path, reader.folder.digest.hexdigest(), version)


class _Reader:
    def __init__(self, path: Path, kinds: Mapping[str, type[Kind]], overrides: Overrides) -> None:
        self.path, self.kinds, self.settings = path, kinds, Settings(overrides)
        self.folder = Folder(path)
        self.errors: list[CheckerError] = []

    def finish(self) -> None:
        """Raise what has been found wrong so far."""
        if self.errors:
            raise several(self.errors)

    def wrong(self, file: Path, key: str, problem: str, remedy: str) -> None:
        self.note([(placed(file, key), problem, remedy)])

    def note(self, wrong: Iterable[Wrong]) -> None:
        self.errors += [RulebookError(*one) for one in wrong]

    def model(self, kind: type[M], content: Any, file: Path, key: str = "") -> M | None:  # noqa: ANN401
        """Return the checked model, or note what is wrong with it."""
        model, wrong = checked(kind, content, file, key)
        self.note(wrong)
        return model

    def about(self) -> About:
        file = self.path / "rulebook.toml"
        if not file.exists():
            raise RulebookError(file, _("the file cannot be read"), _("a rulebook is a folder with rulebook.toml"))
        about = self.model(About, self.folder.toml(file), file)
        self.finish()
        return cast("About", about)

    def records(self) -> dict[str, Record]:
        records: dict[str, Record] = {}
        lists = self.path / "choices.toml"
        choices = self.folder.toml(lists) if lists.is_file() else {}
        for file in self.folder.files("records"):
            record = self.model(Record, self.with_choices(self.folder.toml(file), choices, file), file)
            if not re.fullmatch(NAME, file.stem):
                problem = _("{name} is no name of a record type").format(name=repr(file.stem))
                remedy = _("write a name in lower case letters and digits, with single underscores between words")
                self.wrong(file, "", problem, remedy)
            if record is None:
                continue
            if file.stem in records:
                self.wrong(file, "", _("{name} exists already").format(name=file.stem), _("give it another name"))
            records[file.stem] = record
            self.note(wrong_in_record(record, file))
        if not records and not self.errors:
            problem = _("the rulebook has no records")
            self.wrong(self.path, "records", problem, _("describe each export in records/NAME.toml"))
        return records

    def with_choices(self, content: dict[str, Any], choices: Mapping[str, Any], file: Path) -> dict[str, Any]:
        """Put the lists of ``choices.toml`` where fields name them."""
        fields = content.get("fields")
        for name, field in fields.items() if isinstance(fields, dict) else ():
            wanted = field.get("choices") if isinstance(field, dict) else None
            if isinstance(wanted, str):
                if wanted not in choices:
                    place = f"fields.{name}.choices"
                    remedy = nearest(wanted, choices) if choices else _("list the choices there, or here in the field")
                    self.wrong(file, place, _("{name} is not in choices.toml").format(name=wanted), remedy)
                field["choices"] = choices.get(wanted, {"other": []})
        return content

    def clauses(self) -> dict[str, Clause]:
        file = self.path / "clauses.toml"
        if not file.exists():
            self.wrong(self.path, "", _("the rulebook has no clauses.toml"), _("list every clause of the manual there"))
            return {}
        clauses = self.folder.toml(file)
        if number := next((one for key, clause in clauses.items() for one in _dotted(key, clause)), None):
            self.wrong(
                file, number, _("the number has dots and no quotes"), _("write {number}").format(number=f'["{number}"]')
            )
            return {}
        found = {number: self.model(Clause, content, file, number) for number, content in clauses.items()}
        return {number: clause for number, clause in found.items() if clause is not None}

    def rules(self, about: About, records: Mapping[str, Record], clauses: Mapping[str, Clause]) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        files: dict[str, Path] = {}
        for file in self.folder.files("rules"):
            identity = f"{about.name}/{file.relative_to(self.path / 'rules').with_suffix('').as_posix()}"
            for one, content in self.family(identity, self.folder.toml(file), file):
                rule = self.rule(one, content, file, about, records)
                if rule is None:
                    continue
                rules[rule.id], files[rule.id] = rule, file
                for number in (rule.clause, *rule.also):
                    if number not in clauses:
                        self.wrong(
                            file,
                            "clause",
                            _("clause {number} is not in clauses.toml").format(number=number),
                            nearest(number, clauses),
                        )
                self.note(wrong_in_ids(rule, identity, file, about))
                if rule.record in records:
                    self.note(wrong_in_examples(rule, file, records))
        owners = {identity: identity for identity in rules}
        for rule in rules.values():
            for old in rule.formerly:
                if (other := owners.setdefault(old, rule.id)) != rule.id:
                    problem = _("{identity!r} is, or was, the id of {other}").format(identity=old, other=other)
                    remedy = _("findings are known by it: leave it to one of them")
                    self.wrong(files[rule.id], "formerly", problem, remedy)
        for unused, setting in self.settings.unused(about.name):
            self.note([(setting.place, _("a setting names no rule"), nearest(unused, owners))])
        return rules

    def family(self, identity: str, content: dict[str, Any], file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the table of a file's rule, or of each item of its family, with the rule's id."""
        if self.model(RuleFile, content, file) is None:
            return
        kind = self.kind_of(content, file) if "item" in content else None
        self.note(wrong_in_family(content, kind, file))
        yield from rules_of(content, kind, identity)

    def kind_of(self, content: dict[str, Any], file: Path) -> str | None:
        """Return the name of the table that is the rule's kind."""
        tables = [key for key in content if key not in RULE_KEYS]
        kinds = [key for key in tables if key in self.kinds]
        if len(kinds) == 1 and len(tables) == 1:
            return kinds[0]
        if len(kinds) > 1:
            self.wrong(
                file,
                kinds[1],
                _("a rule has one kind, this has also {other}").format(other=kinds[0]),
                _("make two rules"),
            )
        own = self.kinds[kinds[0]].keys() if kinds else []
        for key in tables:
            if key not in self.kinds:
                remedy = _("write it as {key}").format(key=f"{kinds[0]}.{key}") if key in own else ""
                self.wrong(file, key, _("unknown key or kind"), remedy or nearest(key, [*self.kinds, *RULE_KEYS]))
        if not tables:
            self.wrong(
                file,
                "",
                _("the rule has no kind"),
                _("add one of the tables {kinds}").format(kinds=", ".join(self.kinds)),
            )
        return None

    def rule(
        self, identity: str, content: dict[str, Any], file: Path, about: About, records: Mapping[str, Record]
    ) -> Rule | None:
        """Return the rule of a table as its site's settings leave it, and note what is wrong with it."""
        name = self.kind_of(content, file)
        if name is None:
            return None
        known = settable(content, self.kinds[name])
        changes = []
        for key, setting in self.settings.of(identity, *content.get("formerly", ())):
            if key in known:
                changes.append((key, setting))
            else:
                problem = _("the rule has nothing of that name")
                self.note([(setting.place, problem, nearest(key, known))])

        def read(some: Sequence[Change]) -> tuple[Rule | None, list[Wrong]]:
            table = {
                **with_settings(content, name, some),
                "id": identity,
                "overrides": tuple(f"{key}={setting.value}" for key, setting in some),
            }
            return checked_rule(table, name, self.kinds[name], file, about, records)

        rule, wrong = read(changes)
        for one in wrong:
            place, problem, remedy = one
            blamed = to_blame(one, changes, lambda some: read(some)[1])
            self.note([(blamed or place, problem, remedy)])
        return rule


def _dotted(number: str, clause: object) -> Iterator[str]:
    """Yield the numbers of clauses that TOML reads as tables in each other, for they have dots and no quotes."""
    for part, inner in clause.items() if isinstance(clause, dict) else ():
        if isinstance(inner, dict) and any(letter.isdigit() for letter in part):
            longer = f"{number}.{part}"
            yield next(_dotted(longer, inner), longer)
