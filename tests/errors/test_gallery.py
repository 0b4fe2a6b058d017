"""The gallery of error messages: one bad input each, and ``gallery.txt`` with what the user reads.

Every case is the sound audit of ``GOOD`` with one thing wrong. It must end with exit status 2 and one line,
``checker: place: what is wrong; what would be right``, and no traceback. Where a message is meant to change:
``uv run pytest tests/errors --write-golden``, and read the diff.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
HERE = Path(__file__).parent
GALLERY = HERE / "gallery.txt"

CHECK = "check data --rulebook book --as-of 2023-03-01"
HEADER = "请求编号,等级,受理时间,办结时间\n"
ROW = "R1,紧急,2023-02-01 09:00,2023-02-02 09:00\n"
GOOD = {"data/requests.csv": HEADER + ROW}
RULE = "book/rules/request/late.toml"
LATE = (HERE.parent / "book/rules/request/late.toml").read_text(encoding="utf-8")
RECORD = "book/records/request.toml"
OTHERS = ("book/rules/money/fee.toml", "book/rules/request/nameless.toml", "book/rules/request/not-visited.toml")
VISIT = "book/records/visit.toml"
ABOUT = (HERE.parent / "book/rulebook.toml").read_text(encoding="utf-8")
REQUEST = (HERE.parent / RECORD).read_text(encoding="utf-8")
CLAUSES = (HERE.parent / "book/clauses.toml").read_text(encoding="utf-8")
HEAD = LATE[: LATE.index("[deadline]")]
ID = "desk/request/late"
FEE = '[limit]\nrecord = "request"\nvalue = "fee"\n'
RATE = '[rate]\nrecord = "request"\nof = "fee > 1"\n'
CLOCK = '[time_of_day]\nrecord = "request"\nat = "received_at"\n'


@dataclass(frozen=True)
class Case:
    """A bad input: the files that differ from the good ones (``None`` takes one away), and the command."""

    name: str
    files: dict[str, str | bytes | None] = field(default_factory=dict)
    command: str = CHECK


def data(name: str, content: str | bytes, file: str = "data/requests.csv") -> Case:
    """A case with another export."""
    return Case(name, {"data/requests.csv": None, file: content})


def rule(name: str, old: str, new: str) -> Case:
    """A case with a passage of a rule replaced."""
    assert old in LATE, old
    return Case(name, {RULE: LATE.replace(old, new)})


def record(name: str, old: str, new: str) -> Case:
    """A case with a passage of a record replaced."""
    assert old in REQUEST, old
    return Case(name, {RECORD: REQUEST.replace(old, new)})


def late(name: str, text: str) -> Case:
    """A case with another kind in the rule."""
    return Case(name, {RULE: HEAD + text})


def asked(name: str, sql: str) -> Case:
    """A case with a query."""
    return Case(name, {RULE: f'{HEAD}[query]\nrecord = "request"\nsql = """{sql}"""\n'})


def of_papers(name: str, where: str) -> Case:
    """A case with a query about a list of documents."""
    case = asked(name, f"SELECT request_id FROM request WHERE {where}")
    papers = 'papers = { type = "documents", choices = { card = ["身份证"] } }\n'
    return replace(case, files={**case.files, RECORD: REQUEST + papers})


def visited(name: str, **keys: str) -> Case:
    """A case with a lookup; its keys beside the record type."""
    given = {"on": '{ request_id = "request_id" }', "take": "count", **keys}
    table = "".join(f"{key} = {value if value.startswith('{') else repr(value)}\n" for key, value in given.items())
    when = 'when   = "x = 1 AND grade ='
    text = LATE.replace('when   = "grade =', when)
    return Case(name, {RULE: text.replace("[deadline]", f'[lookup.x]\nrecord = "visit"\n{table}[deadline]')})


def visited_by_quarter(name: str, when: str = "x = 1", **keys: str) -> Case:
    """A case with a lookup over visits that have a period and a result."""
    case = visited(name, **keys)
    more = 'quarter = { type = "period" }\nresult = { type = "choice", choices = { good = ["好"], bad = ["差"] } }\n'
    files = {RULE: str(case.files[RULE]).replace("x = 1", when), VISIT: (HERE.parent / VISIT).read_text() + more}
    return Case(name, files)


def assessment(name: str, **keys: str) -> Case:
    """A case with examinations; their keys beside the record type's own."""
    given = {"record": "request", "of": "visit", "on": '{ request_id = "request_id" }', "by": "resolved_at", **keys}
    own = {"item": "visit_id", "at": "visited_on", "conclusion": "visit_id", "explained": "visit_id"}
    table = "".join(
        f"{key} = {value if value.startswith('{') else repr(value)}\n" for key, value in {**own, **given}.items()
    )
    more = 'visited_on = { type = "date" }\nresult = { type = "choice", choices = { good = ["好"], bad = ["差"] } }\n'
    files = late(name, f"[assessment]\nfilled = []\n{table}").files
    return Case(name, {**files, VISIT: (HERE.parent / VISIT).read_text(encoding="utf-8") + more})


CASES = [
    # the data
    Case("no such path", command="check nowhere --rulebook book"),
    Case("no such pattern", command="check data/*.xml --rulebook book"),
    Case("an ending that cannot be read", {"data/notes.docx": "x"}, "check data/notes.docx --rulebook book"),
    Case("an empty folder", {"data/requests.csv": None, "data/readme.md": "x"}),
    data("an empty file", ""),
    data("a file of blank lines", "\n\n"),
    data("an empty JSON file", "", "data/requests.json"),
    data("neither UTF-8 nor GB18030", HEADER.encode() + b"R1,\xff\xff\xff,2023-02-01,\n"),
    data("UTF-8 that turns into something else", (HEADER + ROW * 40000).encode() + b"R2,\xff\xfe,,\n"),
    data("broken JSON", '[{"request_id": "R1"},\n {"request_id" "R2"}]', "data/requests.json"),
    data("a JSON array that breaks off", '[{"request_id": "R1"},\n {"request_id": "R2"}\n', "data/requests.json"),
    data("a JSON array that breaks off behind a comma", '[{"request_id": "R1"},\n', "data/requests.json"),
    data("two JSON arrays in one file", '[{"request_id": "R1"}]\n[{"request_id": "R2"}]\n', "data/requests.json"),
    data("broken JSON Lines", '{"request_id": "R1"}\n{"request_id": "R2"\n', "data/requests.jsonl"),
    data("a broken object of arrays", '{"request": [\n{"request_id": "R1"},\n{"request_id" "R2"}]}', "data/all.json"),
    data("JSON that holds no table", '"a text"', "data/requests.json"),
    data("JSON without records", "[]", "data/requests.json"),
    data("a row with too many columns", HEADER + ROW + "R2,紧急,2023-02-01,,,x\n"),
    data("a row with too few columns", HEADER + ROW + "R2,紧急\n"),
    data("a quote that is not closed", HEADER + ROW + 'R2,"紧急,2023-02-01,\n' + ROW),
    data("headers of no record type", "甲,乙,丙\n1,2,3\n", "data/ledger.csv"),
    data("a record type without its key", "等级,受理时间\n紧急,2023-02-01\n"),
    data("a header that stands twice", "请求编号,等级,等级\nR1,紧急,普通\n"),
    Case("two files with different columns", {"data/requests2.csv": "请求编号,等级\nR2,紧急\n"}),
    Case("only records that no rule judges", {"data/requests.csv": None, "data/visits.csv": "回访编号\nV1\n"}),
    # the command
    Case("no data", command="check"),
    Case("an unknown command", command="chekc data"),
    Case("an unknown option", command=f"{CHECK} --colour"),
    Case("an unknown rulebook", command="check data --rulebook proprety"),
    Case("an unknown selector", command=f"{CHECK} --select desk/request/lat"),
    Case("an unknown clause to ignore", command=f"{CHECK} --ignore D9"),
    Case("nothing left to check", command=f"{CHECK} --select critical --ignore desk"),
    Case("no date", command="check data --rulebook book --as-of 2023-02-30"),
    Case("a date in another order", command="check data --rulebook book --as-of 01.03.2023"),
    Case("an unknown format", command=f"{CHECK} --format tabel"),
    Case("an unknown severity", command=f"{CHECK} --fail-on mayor"),
    Case("an unknown language", command=f"{CHECK} --lang fr"),
    Case("a number below zero", command=f"{CHECK} --max-per-rule -1"),
    Case("an output of no format", command=f"{CHECK} -o report.xyz"),
    Case("an output onto the screen", command=f"{CHECK} -o -"),
    Case("an output where a file without an ending is", {"findings": "x"}, f"{CHECK} -o findings"),
    Case("an output in no folder", command=f"{CHECK} -o nowhere/report.json"),
    Case("a setting without a value", command=f"{CHECK} --set desk/request/late"),
    Case("a setting of no rule", command=f"{CHECK} --set desk/request/latest.within=1"),
    Case("a setting of an unknown rulebook", command=f"{CHECK} --set dest/late.within=1"),
    Case("a setting of nothing in the rule", command=f"{CHECK} --set desk/request/late.wihtin=1"),
    Case("a setting of the wrong type", command=f"{CHECK} --set desk/request/late.within=soon"),
    Case("a setting of no severity", command=f"{CHECK} --set desk/request/late.severity=high"),
    Case("a setting of no number", command=f"{CHECK} --set desk/money/fee.most=many"),
    Case("a setting of no record type", command=f"{CHECK} --set desk/request/late.record=vist"),
    Case("a setting of an unknown field", command=f"{CHECK} --set desk/request/late.when=grad"),
    Case("a setting that does not go with the rule", command=f"{CHECK} --set desk/request/late.by=received_at"),
    Case(
        "a wrong setting behind a right one",
        command=f"{CHECK} --set desk/request/late.severity=minor --set desk/request/late.within=3",
    ),
    Case("more memory than can be counted", command=f"{CHECK} --memory-limit 99999999TB"),
    Case("explain an unknown rule", command="explain desk/request/lete --rulebook book"),
    Case("explain a record without data", command="explain desk/request/late --rulebook book --record R1"),
    Case("explain data without a record", command="explain desk/request/late data --rulebook book"),
    Case("explain a record that is not there", command="explain desk/request/late data --rulebook book --record R9"),
    Case(
        "explain without an export",
        command="explain desk/request/not-visited data/visits.csv --rulebook book --record R9",
        files={"data/visits.csv": "回访编号,请求编号,回访时间\nV1,R1,2023-02-03\n"},
    ),
    Case("fields of an unknown record type", command="records reqeust --rulebook book"),
    Case("fields of a rulebook", command="records desk --rulebook book"),
    Case("templates where a file is", command="records --rulebook book --template data/requests.csv"),
    Case("a mapping of nothing", command="records --rulebook book -o mine.toml"),
    Case("fields beside a mapping", command="records request --match data --rulebook book"),
    Case("templates beside a mapping", command="records --match data --template sheets --rulebook book"),
    Case("explain a rule as of a day", command="explain desk/request/late --rulebook book --as-of 2023-03-01"),
    Case("one schema beside all", command="schema rule --into schemas"),
    Case("changes written that nobody makes", command="test --rulebook book --write"),
    Case("changes as JUnit", command="test --rulebook book --mutate --junit results.xml"),
    Case("rules of an unknown selector", command="rules urgent --rulebook book"),
    Case("examples of an unknown selector", command="test urgent --rulebook book"),
    # checker.toml
    Case("no such settings", command=f"{CHECK} --config nowhere.toml"),
    Case("settings in broken TOML", {"checker.toml": "[rules\n"}),
    Case("an unknown key in the settings", {"checker.toml": 'rulebook = ["book"]\n'}),
    Case("settings of the wrong type", {"checker.toml": 'rulebooks = "book"\n'}),
    Case("settings of no rule", {"checker.toml": '[rules."desk/request/latest"]\nwithin = "1 day"\n'}),
    Case("settings of a wrong value", {"checker.toml": '[rules."desk/request/late"]\nwithin = "soon"\n'}),
    Case("settings of nothing in the rule", {"checker.toml": '[rules."desk/request/late"]\nwihtin = "1 day"\n'}),
    Case("settings that are no table", {"checker.toml": '[rules]\n"desk/request/late" = 3\n'}),
    Case("settings below nought", {"checker.toml": "[notices]\ncritical = -1\n"}),
    Case(
        "settings in another file",
        {"site.toml": '[rules."desk/money/fee"]\nmost = "many"\n'},
        f"{CHECK} --config site.toml",
    ),
    Case("a calendar with a gap", {"checker.toml": "[calendar]\nyears = [2090]\n"}),
    Case("a calendar day of another year", {"checker.toml": "[calendar]\nholidays = [2023-01-01]\n"}),
    # the rulebook
    Case("a folder that is no rulebook", {"proprety/readme.md": "x"}, "check data --rulebook proprety"),
    rule("broken TOML", "[deadline]", "[deadline"),
    rule("an unknown key in a rule", 'severity = "critical"', 'severity = "critical"\nseverty = "minor"'),
    rule("an unknown key in a kind", 'within = "10 days"', 'wihtin = "10 days"\nwithin = "10 days"'),
    rule("an unknown kind", "[deadline]", "[deadlin]"),
    late("no kind", ""),
    late("two kinds", '[form]\nrecord = "request"\nfields = ["fee"]\n[sequence]\nrecord = "request"\n'),
    late(
        "a sentence that puts in no value",
        '[rate]\nrecord = "request"\nof = "fee > 1"\nmin = 0.8\ncalled = { en = "over {most}", zh = "超{most}" }\n',
    ),
    late("a number of no type", '[limit]\nrecord = "request"\nvalue = "fee"\nmax = [1, 2]\n'),
    late("a limit of no type", '[deadline]\nrecord = "request"\nto = "resolved_at"\nby = 3\n'),
    rule("a missing clause", 'clause   = "D1"\n', ""),
    rule("an unknown clause", '"D1"', '"D11"'),
    rule("an unknown severity of a rule", '"critical"', '"crit"'),
    rule("a title in one language", 'title.zh = "紧急请求超期未办结"\n', ""),
    rule("an unknown record type", 'record = "request"', 'record = "reqeust"'),
    rule("an unknown field", '"resolved_at"', '"resolved_on"'),
    rule("an unknown field in a condition", 'when   = "grade =', 'when   = "grad ='),
    rule("a choice that is none", "'urgent'", "'urgnet'"),
    rule("a comparison of two types", "grade = 'urgent'", "fee = 'high'"),
    rule("a condition that is none", "grade = 'urgent'", "fee + 1"),
    rule("an expression that is none", "grade = 'urgent'", "grade = "),
    rule("an unknown function", "grade = 'urgent'", "lenght(room) > 1"),
    rule("a function with too few values", "grade = 'urgent'", "days_between(received_at) > 1"),
    rule("a query in a condition", "grade = 'urgent'", "room IN (SELECT room FROM request)"),
    rule("NULL compared", "grade = 'urgent'", "grade = NULL"),
    rule("an empty text compared", "grade = 'urgent'", "room = ''"),
    rule("an empty date compared", "grade = 'urgent'", "resolved_at <> ''"),
    rule("an empty text in a list", "grade = 'urgent'", "room IN ('1-101', '')"),
    rule("nothing between two numbers", "grade = 'urgent'", "fee BETWEEN 10 AND -5"),
    rule("nothing between two dates", "grade = 'urgent'", "received_at BETWEEN '2023-03-01' AND '2023-02-01'"),
    rule("hours past midnight", "grade = 'urgent'", "clock(received_at) BETWEEN '22:00' AND '06:00'"),
    rule("a whole number that is a fraction", "grade = 'urgent'", "month(received_at) = 1.5"),
    rule("a whole number in a list of fractions", "grade = 'urgent'", "month(received_at) IN (1, 1.5)"),
    rule("two choices that have none in common", "grade = 'urgent'", "grade <> dept"),
    rule("a field compared with itself", "grade = 'urgent'", "received_at <= received_at"),
    rule("a sum compared with itself", "grade = 'urgent'", "month(received_at) + 1 <> (month(received_at) + 1)"),
    rule("a field between itself and another", "grade = 'urgent'", "received_at BETWEEN resolved_at AND received_at"),
    rule("a field in a list of itself", "grade = 'urgent'", "room IN ('1-101', room)"),
    visited_by_quarter("a lookup by choices that have none in common", on='{ grade = "result" }'),
    asked("a query for a choice that is none", "SELECT request_id FROM request WHERE grade = 'urgnet'"),
    asked("a query that answers with a number", "SELECT request_id, fee AS offends FROM request"),
    asked("a query that yields more than its answer", "SELECT request_id, room, TRUE AS offends FROM request"),
    asked("a query for what is in another", "SELECT request_id FROM request WHERE room IN (SELECT room FROM request)"),
    of_papers("a query for a word of a list", "papers = 'card'"),
    of_papers("a query for a document that is none", "has(papers, 'cart')"),
    of_papers("a query for documents of a text", "has(room, 'card')"),
    asked("a query for NULL", "SELECT request_id FROM request WHERE room <> NULL"),
    asked("a query for what equals itself", "SELECT request_id FROM request AS r WHERE r.room = r.room"),
    asked("a query for an empty text", "SELECT request_id FROM request WHERE room IN ('', '1-101')"),
    asked("a query for a text that is a number", "SELECT request_id FROM request AS r WHERE r.room > 5"),
    asked("a query for a moment that is none", "SELECT request_id FROM request WHERE received_at > 'soon'"),
    asked(
        "a query through another for a choice that is none",
        "WITH one AS (SELECT request_id, grade AS degree FROM request) SELECT request_id FROM one "
        "WHERE NOT EXISTS (SELECT 1 FROM visit AS v WHERE one.degree = 'urgnet' AND v.request_id = one.request_id)",
    ),
    rule("a moment that is none", 'from   = "received_at"', 'from   = "fee"'),
    rule("a period that is none", '"10 days"', '"ten days"'),
    rule("neither a period nor a date", 'within = "10 days"\n', ""),
    rule("a meaning of what is not computed", "[deadline]", '[deadline]\nmeans = { en = "soon", zh = "不久" }'),
    rule(
        "editions out of order",
        '"10 days"',
        '[{ from = 2024-01-01, is = "9 days" }, { from = 2020-01-01, is = "10 days" }]',
    ),
    rule("a default without a reason", '"10 days"', '{ is = "10 days", default = true }'),
    rule(
        "an example with an unknown field",
        'given  = { grade = "urgent", received_at = 2023-02-01T09:00:00, resolved_at = 2023-02-11',
        'given  = { grad = "urgent", resolved_at = 2023-02-11',
    ),
    rule("an example with an unknown outcome", '"violation"', '"violated"'),
    rule("a lookup of no record type", "[deadline]", '[lookup.x]\nrecord = "vist"\ntake = "count"\n[deadline]'),
    rule(
        "a lookup that nothing uses",
        "[deadline]",
        '[lookup.x]\nrecord = "visit"\non = { request_id = "request_id" }\ntake = "count"\n[deadline]',
    ),
    visited("a lookup where no field is", where="visited_ta IS NULL"),
    visited("a lookup where no condition is", where="visited_at"),
    visited("a lookup that takes nothing", take="cont"),
    visited("a lookup that takes no field", take="min(visit_at)"),
    visited("a lookup in the order of no field", take="last(visited_at)", order="visit_at"),
    visited("a lookup without an order", take="last(visited_at)"),
    visited("a lookup by no field", on='{ request_di = "request_id" }'),
    visited("a lookup by fields of two types", on='{ fee = "request_id" }'),
    visited("an unknown key in a lookup", whree="x"),
    visited("a sum of what is no number", take="sum(visited_at)"),
    visited("a list of what is no text", take="list(visited_at)"),
    visited_by_quarter("the last by periods of any length", take="last(visited_at)", order="quarter"),
    visited_by_quarter("the largest of periods of any length", take="max(quarter)"),
    visited_by_quarter("a lookup compared with no choice", when="x = 'godo'", take="first(result)", order="visited_at"),
    record("two fields with one header", '"等级"', '"受理时间"'),
    late("a unit that is not the field's", f'{FEE}max = 125\nunit = "万元"\n'),
    late("a unit of an edition", f'{FEE}max = {{ is = 125, unit = "yuan" }}\n'),
    record("a unit of what is no number", 'headers = ["房号"], personal', 'headers = ["房号"], unit = "m2", personal'),
    late("a bound above the other", f"{FEE}min = 10\nmax = 5\n"),
    late(
        "a bound above the other in one edition",
        f"{FEE}min = 10\nbelow = [{{ is = 20 }}, {{ from = 2024-01-01, is = 10 }}]\n",
    ),
    Case("a setting above the other bound", {RULE: f"{HEAD}{FEE}min = 10\nmax = 20\n"}, f"{CHECK} --set {ID}.min=30"),
    late("a bound that is yes or no", f"{FEE}min = true\n"),
    Case("a setting that is yes or no", command=f"{CHECK} --set desk/money/fee.max=true"),
    Case("a value that is set to yes or no", {"checker.toml": '[rules."desk/money/fee"]\nmost = true\n'}),
    late("a bound that is the value itself", f'{FEE}min = "fee"\n'),
    late("a tolerance below nought", f"{FEE}max = 5\ntolerance = -1\n"),
    late("a share that is a percentage", f"{RATE}min = 95\n"),
    late("a share above another", f"{RATE}min = 0.9\nmax = 0.5\n"),
    late("a number that equals itself", '[reconcile]\nrecord = "request"\nvalue = "fee"\nequals = "fee"\n'),
    late("no times a month", '[cadence]\nrecord = "request"\nat = "received_at"\nper = "month"\ntimes = 0\n'),
    late(
        "a step that stands twice",
        '[sequence]\nrecord = "request"\nsteps = ["received_at", "resolved_at", "received_at"]\n',
    ),
    rule("a period after the event itself", 'from   = "received_at"', 'from   = "resolved_at"'),
    rule("a period from nothing", 'from   = "received_at"', 'from   = ""'),
    rule("a condition that says nothing", "when   = \"grade = 'urgent'\"", 'when   = ""'),
    late("hours without end", f'{CLOCK}hours = "08:00-08:00"\n'),
    late("a day of no year", f'{CLOCK}season = [{{ from = "02-30", to = "09-30", hours = "08:00-18:00" }}]\n'),
    late(
        "a day in two seasons",
        f'{CLOCK}season = [{{ from = "10-01", to = "05-01", hours = "08:00-17:00" }}, '
        '{ from = "05-01", to = "09-30", hours = "08:00-18:00" }]\n',
    ),
    rule("a value named like a field", "[deadline]", "[values]\ngrade = 3\n[deadline]"),
    Case(
        "a lookup's value named like a field of the other record",
        {
            RULE: LATE.replace(
                "[deadline]",
                '[values]\nvisit_id = "V1"\n[lookup.x]\nrecord = "visit"\non = { request_id = "request_id" }\n'
                'where = "visit_id = \'V2\'"\ntake = "count"\n[deadline]',
            ).replace('when   = "grade =', 'when   = "x = 1 AND grade =')
        },
    ),
    late(
        "a form of what is never empty",
        '[lookup.x]\nrecord = "visit"\non = { request_id = "request_id" }\ntake = "count"\n'
        '[form]\nrecord = "request"\nfields = ["x"]\n',
    ),
    late(
        "an optional step that is none",
        '[sequence]\nrecord = "request"\nsteps = ["received_at", "resolved_at"]\noptional = ["resolved"]\n',
    ),
    rule(
        "a value named like the audit's instant",
        LATE[LATE.index("[deadline]") : LATE.index("grade")],
        '[values]\nas_of = 2023-01-01\n[deadline]\nrecord = "request"\nwhen = "received_at > as_of AND ',
    ),
    rule(
        "a lookup named like a word of expressions",
        "[deadline]",
        '[lookup.select]\nrecord = "visit"\non = { request_id = "request_id" }\ntake = "count"\n[deadline]',
    ),
    rule(
        "a value and a lookup of one name",
        "[deadline]",
        '[values]\nvisits = 3\n[lookup.visits]\nrecord = "visit"\non = { request_id = "request_id" }\n'
        'take = "count"\n[deadline]',
    ),
    late(
        "places that are not written out",
        '[limit]\nrecord = "request"\nvalue = "round(fee, year(received_at))"\nmin = 1\n',
    ),
    late("two that are one", '[approval]\nrecord = "request"\napart = ["customer", "customer"]\n'),
    late("two of different types", '[approval]\nrecord = "request"\napart = ["customer", "fee"]\n'),
    late("a bound that is no expression", '[limit]\nrecord = "request"\nvalue = "fee"\nmin = "10 yuan"\n'),
    late("a key of the kind beside it", '[time_of_day]\nrecord = "request"\nat = "received_at"\n[season]\n'),
    late(
        "another word for a key that is missing",
        '[waiting_period]\nrecord = "request"\nfrom = "received_at"\nto = "resolved_at"\nwithin = "3 days"\n',
    ),
    Case("a clause's number without quotes", {"book/clauses.toml": '[1.1]\nen = "a"\nzh = "a"\n[1.2]\nen = "b"\n'}),
    rule("a clause's number without quotes in a rule", 'clause   = "D1"', "clause   = 1.1"),
    Case("no rules", dict.fromkeys((RULE, *OTHERS)), "test --rulebook book"),
    *(
        rule(f"a former id that {why}", "[deadline]", f'formerly = ["{identity}"]\n[deadline]')
        for why, identity in {
            "is none": "late",
            "is empty": "",
            "is of another rulebook": "office/request/late",
            "is the rule's own": "desk/request/late",
            "is another rule's": "desk/request/nameless",
            "another rule had": "desk/request/anonymous",
        }.items()
    ),
    Case("a rule's file with a space in its name", {RULE: None, "book/rules/request/too late.toml": LATE}),
    Case("a rule's file named like an item of a family", {RULE: None, "book/rules/request/la#te.v2.toml": LATE}),
    Case("a rule's file with a dot in its name", {RULE: None, "book/rules/request/late.v2.toml": LATE}),
    late(
        "an item of a family with a space in its name",
        '[item."a b"]\n[limit]\nrecord = "request"\nvalue = "fee"\nmin = 1\n',
    ),
    rule("a blank title", '"紧急请求超期未办结"', '" "'),
    rule("two examples of one name", '"settled on the eleventh day"', '"settled in the last minute of the tenth day"'),
    rule("an example with an empty name", '"settled on the eleventh day"', '""'),
    Case("two record types of one name", {"book/records/more/request.toml": REQUEST}),
    rule(
        "a value of another time zone",
        LATE[LATE.index("[deadline]") : LATE.index("grade")],
        '[values]\nsince = 2023-01-01T09:00:00Z\n[deadline]\nrecord = "request"\nwhen = "received_at > since AND ',
    ),
    rule("a value that nothing uses", "[deadline]", "[values]\nmost = 3\n[deadline]"),
    rule("an example of an item in a rule that has none", "due    = 2023-02-11", 'item   = "plain"'),
    rule("a family of nothing", "[deadline]", "[item]\n[deadline]"),
    Case("a time zone that is none", {"book/rulebook.toml": ABOUT.replace("Asia/Shanghai", "Asia/Shangai")}),
    rule("a lookup that is no table", "[deadline]", "[lookup]\nx = 3\n[deadline]"),
    rule("a text in no language", 'title.en = "Urgent request not settled within the limit"\n', 'title = "Late"\n#'),
    late("a sentence that is no table", '[query]\nrecord = "request"\nsql = "SELECT 1"\ntells = "it is late"\n'),
    late("a list that is none", '[form]\nrecord = "request"\nfields = "fee"\n'),
    late("a list of no texts", '[form]\nrecord = "request"\nfields = ["room", 3]\n'),
    late("hours that are none", '[time_of_day]\nrecord = "request"\nat = "received_at"\nhours = "8-18"\n'),
    assessment("an assessment by fields of two types", on='{ fee = "request_id" }'),
    assessment("an assessment of no record type", of="vist"),
    assessment("an assessment at no field", at="visitd_at"),
    assessment("an assessment without a field", item="item"),
    assessment("an assessment at a time of day", at="visited_at"),
    assessment("an assessment whose usual conclusion is none", conclusion="result"),
    assessment("an assessment by what is no date", by="room"),
    rule("an unknown key in an example", 'expect = "violation"', 'expect = "violation"\nrow = {}'),
    rule("an example without a name", 'name   = "settled on the eleventh day"\n', ""),
    rule("an example of no date", "due    = 2023-02-11", 'due    = "soon"'),
    rule("an unknown key in an edition", '"10 days"', '{ is = "10 days", form = 2024-01-01 }'),
    rule(
        "a period that is none, in an edition",
        '"10 days"',
        '[{ is = "10 days" }, { from = 2024-01-01, is = "9 dyas" }]',
    ),
    rule("an unknown key in an item", "[deadline]", '[item.a]\nclausee = "D1"\n[deadline]'),
    rule("an item that is no table", "[deadline]", "[item]\na = 3\n[deadline]"),
    late(
        "an example of no item",
        '[sequence]\nrecord = "request"\nsteps = ["received_at", "resolved_at"]\n[item.a]\n[[example]]\n'
        'name = "in order"\nitem = "b"\nexpect = "pass"\n',
    ),
    record("a field that is no table", '{ type = "text", headers = ["房号"], personal = true }', '"text"'),
    record("an unknown key in a field", 'headers = ["房号"], personal', 'headers = ["房号"], persona'),
    record("a record without a key", '["request_id"]', "[]"),
    record("a record of no files", '["request*", "*请求*"]', "[]"),
    record("a record key that is no field", '["request_id"]', '["request_di"]'),
    record("a record key that names a field twice", '["request_id"]', '["request_id", "request_id"]'),
    record(
        "a record key that lists documents",
        'request_id  = { type = "text"',
        'request_id  = { type = "documents", choices = { card = ["身份证"] }',
    ),
    record("a header that is empty", '["房号"]', '["房号", ""]'),
    record("a date that is no field", 'at         = "received_at"', 'at         = "recieved_at"'),
    record("a date that is none", 'at         = "received_at"', 'at         = "room"'),
    record("a beginning that is no field", 'at         = "received_at"', 'begins = ["recieved_at"]'),
    record("a beginning that is no date", 'at         = "received_at"', 'begins = ["room"]'),
    record("a moment of what is no date", '"money", headers', '"money", moment = "plan", headers'),
    record("an unknown field type", '"money"', '"cash"'),
    record(
        "choices in a text",
        '{ type = "text", headers = ["房号"]',
        '{ type = "text", choices = { a = [] }, headers = ["房号"]',
    ),
    record("a spelling of two choices", '["普通"]', '["紧急"]'),
    record("choices that are not listed", 'choices = { urgent = ["紧急"], plain = ["普通"] }', 'choices = "grades"'),
    record("a field name that is none", "room        =", "Room        ="),
    record("a field named like a word of expressions", "fee         =", "case        ="),
    Case("a record's file with a space in its name", {RECORD: None, "book/records/Loan 1.toml": REQUEST}),
    Case("no clauses", {"book/clauses.toml": None}),
    Case("clauses under another name", {"book/clauses.toml": None, "book/clause.toml": CLAUSES}),
    Case("a folder of rules under another name", {RULE: None, "book/rule/request/late.toml": LATE}),
    Case("a folder of records under another name", {RECORD: None, "book/Record/request.toml": REQUEST}),
    Case("a file that is none of a rulebook", {"book/notes.toml": "x = 1\n"}),
    Case("a rule's file with its ending in capitals", {"book/rules/request/later.TOML": LATE}),
    Case("no records", {"book/records/request.toml": None, "book/records/visit.toml": None}),
    Case(
        "a clause both asked and context",
        {"book/clauses.toml": '[D1]\nen = "a"\nzh = "a"\ncontext = true\nmanual = { en = "b", zh = "b" }\n'},
    ),
    Case(
        "a rulebook's name that is none",
        {"book/rulebook.toml": 'name = "My book"\ntitle = { en = "a", zh = "a" }\nedition = "1"\n'},
    ),
    Case("a rulebook that is not UTF-8", {RULE: LATE.encode("gb18030")}),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a sound rulebook and a sound export."""
    shutil.copytree(HERE.parent / "book", tmp_path / "book")
    write(tmp_path, dict(GOOD))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, Any]) -> None:
    """Put files into a folder, or take them away."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")


def gallery() -> dict[str, str]:
    """Return the texts by their cases' names."""
    blocks = GALLERY.read_text(encoding="utf-8").split("\n\n") if GALLERY.is_file() else []
    return {block.split("\n", 1)[0]: block.split("\n", 1)[1].rstrip("\n") for block in blocks if "\n" in block}


def test_without_a_fault_all_is_well(cli: Cli, desk: Path) -> None:
    assert cli(*CHECK.split(), "--select", "critical")[::2] == (0, "")


def test_what_may_lie_in_the_folder_of_a_rulebook(cli: Cli, desk: Path) -> None:
    names = ("choices.toml", "equivalent.toml", "checker.toml", "pyproject.toml", ".taplo.toml", ".venv/x/y.toml")
    write(desk, {f"book/{name}": "" for name in names} | {"book/notes.md": "x", "book/data/more.csv": HEADER})
    assert cli(*CHECK.split(), "--select", "critical")[::2] == (0, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(case: Case, cli: Cli, desk: Path, request: pytest.FixtureRequest) -> None:
    if "proprety" in case.command:  # which is near a rulebook that is installed
        pytest.importorskip("checker_property")
    write(desk, case.files)
    ran = cli(*case.command.split())
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert ran.out == ""
    text = f"  $ checker {case.command}\n  {ran.err.rstrip()}"
    if request.config.getoption("--write-golden"):
        texts = {**gallery(), case.name: text}
        blocks = [f"{one.name}\n{texts[one.name]}\n" for one in CASES if one.name in texts]
        GALLERY.write_text("\n".join(blocks), encoding="utf-8")
    assert text == gallery().get(case.name), "if this is meant: pytest tests/errors --write-golden, and read the diff"
    assert re.fullmatch(r"checker: \S.*: \S.*; \S.*\n", ran.err), "one line: place, what is wrong, what would be right"


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|--?[a-z-]+ ")


@pytest.mark.parametrize("case", [one for one in CASES if "--lang" not in one.command], ids=lambda case: case.name)
def test_message_in_chinese(case: Case, cli: Cli, desk: Path) -> None:
    if "proprety" in case.command:
        pytest.importorskip("checker_property")
    write(desk, case.files)
    told = cli(*case.command.split(), "--lang", "zh").err.rstrip()
    assert all(re.search("[\u4e00-\u9fff]", part) for part in told.split("; ")), "problem and remedy, both in Chinese"
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", _QUOTED.sub("", told))


def test_no_text_without_a_case() -> None:
    assert list(gallery()) == [case.name for case in CASES]


def test_several_errors_stand_in_the_order_of_what_was_written(cli: Cli, desk: Path) -> None:
    numbers = range(8)
    settings = [f"desk/no/{number}.within=1" for number in numbers]
    told = cli(*CHECK.split(), *(word for setting in settings for word in ("--set", setting))).err.splitlines()
    assert [line.split(": ")[1] for line in told] == [f"--set {setting}" for setting in settings]
    keys = "".join(f"wrong{number} = 1\n" for number in numbers)
    write(desk, {RULE: LATE.replace("[deadline]", f"[item.a]\n{keys}[deadline]")})
    told = cli(*CHECK.split()).err.splitlines()
    assert [line.split(": ")[2] for line in told] == [f"item.a.wrong{number}" for number in numbers]
