"""Files of a new rulebook and of a new rule, with examples that pass."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from checker.authoring.drafts import DRAFTS, Draft
from checker.errors import UsageError, cannot_be_written, nearest
from checker.language import _
from checker.rulebook.model import Record
from checker.rulebook.rulebook import Rulebook

SCHEMAS = ".schema"
"""The folder of a rulebook that holds the schemas its files name."""

_RULEBOOK = """\
#:schema $schemas/rulebook.json
name     = "$name"
title.en = "$title"
title.zh = "$title"
edition  = "2024-01-01"       # the day of the manual's edition
timezone = "Asia/Shanghai"
"""

_CLAUSES = """\
#:schema $schemas/clauses.json
# Every clause of the manual, in your words. A clause that no rule checks says what becomes of it:
# manual = { en = "…?", zh = "…?" } is the question an inspector answers, context = true asks for nothing.

["1"]
en = "What the first clause asks for."
zh = "第一条的要求。"
"""

_REQUEST = """\
#:schema $schemas/record.json
title.en = "Request"
title.zh = "请求"
files    = ["request*", "*请求*"]    # the names of files, sheets and arrays that hold it
key      = ["request_id"]            # what tells one record from another
at       = "received_at"             # the record's own date

[fields]
request_id  = { type = "text", headers = ["请求编号"] }
received_at = { type = "datetime", headers = ["受理时间"] }
resolved_at = { type = "datetime", headers = ["办结时间"] }
customer    = { type = "text", headers = ["客户"], personal = true }
fee         = { type = "money", headers = ["费用"], unit = "yuan" }
paid        = { type = "money", headers = ["实收"], unit = "yuan" }
documents   = { type = "documents", headers = ["材料"], choices = { identity_card = ["身份证"], photo = ["照片"] } }
"""

_REVIEW = """\
#:schema $schemas/record.json
title.en = "Review"
title.zh = "检查"
files    = ["review*", "*检查*"]
key      = ["review_id"]
at       = "reviewed_on"

[fields]
review_id   = { type = "text", headers = ["检查编号"] }
request_id  = { type = "reference", headers = ["请求编号"] }    # the request that was reviewed
item_code   = { type = "text", headers = ["检查项目"] }
reviewed_on = { type = "date", headers = ["检查日期"] }
conclusion  = { type = "text", headers = ["结论"] }
evidence    = { type = "text", headers = ["依据"] }
reviewer    = { type = "text", headers = ["检查人"], personal = true }
explanation = { type = "text", headers = ["说明"] }
"""

_PROJECT = """\
[project]
name = "rulebook-checker-$dashed"
version = "0.1.0"
description = "Rulebook for rulebook-checker: $title."
requires-python = ">=3.11"
dependencies = ["rulebook-checker"]

[project.entry-points.checker]
$name = "checker_$name"

[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["checker_$name"]
"""

_MODULE = '''\
"""The rulebook $name: only data, and where it lies."""

from pathlib import Path

from checker import hookimpl


@hookimpl
def checker_rulebooks() -> list[Path]:
    """Return the folder of this rulebook."""
    return [Path(__file__).parent]
'''

_RULE = """\
#:schema $schemas/rule.json
title.en = "$title"
title.zh = "$title"
clause   = "$clause"
severity = "major"
$body"""


def new_rulebook(
    name: str, parent: Path, schemas: Mapping[str, Any], records: Mapping[str, str] | None, *, package: bool
) -> tuple[Path, list[Path]]:
    """Write a rulebook folder, and return it with the files written.

    Args:
        name: What it is called.
        parent: The folder it is put into.
        schemas: The JSON Schemas to lay beside it.
        records: For each record type the text of its file; two for trying out where none is given.
        package: Whether it becomes a distribution of its own.

    Raises:
        UsageError: for a name that cannot be one, and where files are in the way.
    """
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        raise UsageError(name, _("this cannot be a rulebook's name"), _("use lower case letters, digits and _"))
    words = {"name": name, "dashed": name.replace("_", "-"), "title": name.replace("_", " ").capitalize()}
    top = parent / (f"rulebook-checker-{words['dashed']}" if package else name)
    if top.exists():
        raise UsageError(top, _("it exists already"), _("take another name or folder"))
    folder = top / f"checker_{name}" if package else top
    files = {
        folder / "rulebook.toml": _filled(_RULEBOOK, words, 0),
        folder / "clauses.toml": _filled(_CLAUSES, words, 0),
        **{
            folder / "records" / f"{record}.toml": _filled(text, words, 1)
            for record, text in (records or {"request": _REQUEST, "review": _REVIEW}).items()
        },
    }
    if package:
        files |= {
            top / "pyproject.toml": _filled(_PROJECT, words, 0),
            folder / "__init__.py": _filled(_MODULE, words, 0),
        }
    written = _write(files)
    write_schemas(folder / SCHEMAS, schemas)
    return folder, written


def new_rule(book: Rulebook, identity: str, kind: str, record: str | None, clause: str | None) -> Path:
    """Write a rule of a kind over fields of a record type that fit, and return its file.

    Raises:
        UsageError: for a kind without a draft, a record type or clause that is not there, and fields that lack.
    """
    topic_and_name = identity.removeprefix(f"{book.name}/").split("/")
    if len(topic_and_name) < 2 or not all(_is_plain(part) for part in topic_and_name):
        raise UsageError(identity, _("this cannot be a rule's id"), _("write TOPIC/NAME, in letters, digits, - and _"))
    if kind not in DRAFTS:
        raise UsageError(f"--kind {kind}", _("there is no draft of such a rule"), nearest(kind, DRAFTS))
    names = [record] if record else list(book.records)
    if record and record not in book.records:
        raise UsageError(f"--record {record}", _("there is no such record type"), nearest(record, book.records))
    if clause and clause not in book.clauses:
        raise UsageError(f"--clause {clause}", _("it is not in clauses.toml"), nearest(clause, book.clauses))
    draft = _first_that_fits(DRAFTS[kind], names, book.records, kind)
    words = {
        "title": topic_and_name[-1].replace("-", " ").replace("_", " ").capitalize(),
        "clause": clause or next(iter(book.clauses)),
        "body": draft,
    }
    path = book.path.joinpath("rules", *topic_and_name).with_suffix(".toml")
    if path.exists():
        raise UsageError(path, _("it exists already"), _("take another name or folder"))
    (written,) = _write({path: _filled(_RULE, words, len(topic_and_name))})
    return written


def _first_that_fits(draft: Draft, wanted: Sequence[str], records: Mapping[str, Record], kind: str) -> str:
    for name in wanted:
        if text := draft(name, records):
            return text
    raise UsageError(
        f"--kind {kind}",
        _("no record type has the fields that such a rule reads"),
        _("choose another kind, or add the fields to {records}").format(records=", ".join(wanted)),
    )


def write_schemas(folder: Path, schemas: Mapping[str, Any]) -> list[Path]:
    """Write each schema into a folder, and return the files."""
    texts = {name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas.items()}
    return _write({folder / f"{name}.json": text for name, text in texts.items()})


def _is_plain(part: str) -> bool:
    return part.replace("-", "").replace("_", "").isalnum() and part.isascii()


def _filled(template: str, words: Mapping[str, str], depth: int) -> str:
    """Return a file's text; it lies so many folders below the rulebook's own."""
    return Template(template).safe_substitute(
        words, schemas="/".join((*[".."] * depth, SCHEMAS)) if depth else f"./{SCHEMAS}"
    )


def _write(files: Mapping[Path, str]) -> list[Path]:
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(path, cannot_be_written(error), _("name another place")) from None
    return list(files)
