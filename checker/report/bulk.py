"""Findings as rows and lines that the engine puts together, whole batches at a time, for there may be millions.

What a rule says of all its findings alike is put beside them once (``rules``), and so is where each export's rows
stand (``places``).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from checker.errors import UsageError
from checker.language import Language, _, translate
from checker.report import rows
from checker.report.plain import BLANKED, FORMULA_START, MARKED, harmless
from checker.rulebook.kind import Outcome
from checker.sql import text

if TYPE_CHECKING:
    from checker.report.finding import Source
    from checker.report.model import RuleResult

BATCH = 2048

_AT_ONCE = 100_000
"""Findings are put in order in parts of about so many: to sort a million lines takes more memory than to judge."""

_TEXTS, _NAMES = "VARCHAR[]", "MAP(VARCHAR, VARCHAR)"


@contextmanager
def within_memory() -> Iterator[None]:
    """Tell a user who has limited the memory that a report needs more.

    Raises:
        UsageError: when the engine has not enough.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            "--memory-limit",
            _("the report needs more"),
            _("allow more with --memory-limit, or audit fewer records or rules"),
        ) from error


def parts(connection: duckdb.DuckDBPyConnection, order: Sequence[int] | None = None) -> Iterator[str]:
    """Yield conditions that part the findings, called ``f``, by rule and then row; each part is put in order by itself.

    Args:
        connection: Where the table ``found`` is.
        order: The rules wanted, in their order; all of them by number where nothing is said.
    """
    counted = {
        rule: about
        for rule, *about in connection.execute(
            'SELECT rule, count(*), min("row"), max("row") FROM found GROUP BY rule ORDER BY rule'
        ).fetchall()
    }
    together: list[int] = []
    size = 0
    for rule in counted if order is None else filter(counted.__contains__, order):
        count, first, last = counted[rule]
        if together and size + count > _AT_ONCE:
            yield f"list_contains({together}, f.rule)"
            together, size = [], 0
        if count <= _AT_ONCE:
            together.append(rule)
            size += count
            continue
        step = -(-(last - first + 1) // -(-count // _AT_ONCE))
        for start in range(first, last + 1, step):
            yield f'f.rule = {rule} AND f."row" BETWEEN {start} AND {start + step - 1}'
    if together:
        yield f"list_contains({together}, f.rule)"


def _from(part: str = "TRUE") -> str:
    """Return what findings are read from, or a part of them."""
    # where they stand is looked up by itself, for this join sorts whatever it is given
    placed = f"""
      SELECT f.rule, f."row" AS number, p.path, p.sheet, p."row" + f."row" - p.first AS "row"
      FROM (FROM found AS f WHERE {part}) AS f
        ASOF JOIN places AS p ON p.record = f.record AND p.file = f.file AND f."row" >= p.first
    """
    return f"""
    FROM findings AS f JOIN rules AS r ON r.number = f.rule
      JOIN ({placed}) AS p ON p.rule = f.rule AND p.number = f."row"
      LEFT JOIN waived AS w USING (fingerprint) LEFT JOIN known AS k USING (fingerprint)
    """


UNCOVERED = f"(f.outcome <> {Outcome.VIOLATION:d} OR w.waiver IS NULL)"
"""What leaves out the violations that a waiver covers."""


def table(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[int, Source], results: Iterable[RuleResult]
) -> duckdb.DuckDBPyRelation:
    """Return all findings of a connection's own as one table, with the columns that ``Report`` names."""
    columns = dict.fromkeys(("rulebook", "id", "clause", "severity", "record", "title_en", "title_zh"), "VARCHAR")
    _beside(connection, sources, results, {**columns, "names": _TEXTS}, _said)
    told = [outcome for outcome in Outcome if outcome >= Outcome.VIOLATION]
    outcomes = " ".join(f"WHEN {outcome:d} THEN '{outcome.word}'" for outcome in told)
    return connection.sql(
        f"""
        SELECT r.rulebook, r.id AS rule, r.clause, r.severity, r.record,
          CASE f.outcome {outcomes} END AS outcome, f."key", f.fingerprint,
          p.path, p.sheet, p."row", f.subject, f.department, f."at", f.due, f.overdue,
          r.title_en, r.title_zh, f.en AS message_en, f.zh AS message_zh,
          [{{'name': pair[1], 'value': pair[2]}} FOR pair IN list_zip(r.names, f.evidence)] AS evidence,
          w.waiver IS NOT NULL AS waived, k.fingerprint IS NOT NULL AS known
        {_from()}
        ORDER BY f.rule, f."row", f.outcome
        """
    )


def _said(result: RuleResult) -> tuple[Any, ...]:
    rule = result.rule
    names = list(result.evidence)
    return (result.rulebook.name, rule.id, rule.clause, rule.severity, rule.record, *rule.title.label, names)


def json_lines(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[int, Source],
    results: Iterable[RuleResult],
    outcome: Outcome,
) -> Iterator[list[str]]:
    """Yield the findings with an outcome that no waiver covers as JSON objects (``rows.finding``), batch by batch."""
    columns = {"about": "VARCHAR", "title": "VARCHAR", "names": _TEXTS}
    _beside(connection, sources, results, columns, _json_of)
    pairs = f"list_transform(list_zip(r.names, f.evidence), lambda e: e[1] || {_json('e[2]')})"
    line = _object(
        _member("fingerprint", _json("f.fingerprint")),
        "r.about",
        _member("key", _json("f.key")),
        _member(
            "source",
            _object(_member("path", _json("p.path")), _member("sheet", _json("p.sheet")), _member("row", 'p."row"')),
        ),
        _member("subject", _json("f.subject")),
        _member("case", _json("s.number")),
        _member("department", _json("f.department")),
        _member("at", _json('f."at"')),
        "r.title",
        _member("message", _object(_member("en", _json("f.en")), _member("zh", _json("f.zh")))),
        _member("evidence", _object(f"array_to_string({pairs}, ', ')")),
        _member("due_at", _json("f.due")),
        _member("overdue", _json("f.overdue")),
        _member("known", _json("k.fingerprint IS NOT NULL")),
        _member("confirmed", _json("c.remark")),
    )
    joined = "LEFT JOIN confirmed AS c USING (fingerprint) LEFT JOIN cases AS s USING (subject_hash)"
    yield from _lines(connection, line, outcome, joined)


def _json_of(result: RuleResult) -> tuple[Any, ...]:
    """Return what is alike in the JSON of all a rule's findings, as members of the object, and its evidence's names."""
    rule = result.rule
    about = {"rule": rule.id, "clause": rule.clause, "severity": rule.severity, "record": rule.record}
    title = {"title": {"en": rule.title.en, "zh": rule.title.zh}}
    return _written(about)[1:-1], _written(title)[1:-1], [f"{_written(name)}: " for name in result.evidence]


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(*members: str) -> str:
    return f"""concat('{{', {", ', ', ".join(members)}, '}}')"""


def _member(name: str, value: str) -> str:
    return f"concat('\"{name}\": ', {value})"


def _json(value: str) -> str:
    return f"coalesce(CAST(to_json({value}) AS VARCHAR), 'null')"


def csv_lines(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[int, Source],
    results: Iterable[RuleResult],
    outcome: Outcome,
    language: Language,
) -> Iterator[list[str]]:
    """Yield the findings with an outcome that no waiver covers as lines of a CSV, batch by batch.

    No cell of them acts in a spreadsheet (``plain.harmless``).
    """

    def cells(result: RuleResult) -> tuple[Any, ...]:
        rule = result.rule
        quoted = [rows.quoted(result, name) for name in result.evidence]
        about = (
            rows.outcome(outcome.word),
            translate(rule.severity, language),
            rule.id,
            rule.clause,
            getattr(rule.title.label, language),
        )
        return (
            csv_line(about).rstrip("\r\n"),
            _written(rows.departments(result, language)),
            [f"{getattr(label, language)}=" for label, _codes in quoted],
            _written([dict(codes) if language == "zh" else {} for _label, codes in quoted]),
        )

    columns = {"about": "VARCHAR", "departments": _NAMES, "labels": _TEXTS, "codes": f"{_NAMES}[]"}
    _beside(connection, sources, results, columns, cells)
    told = "e[1] || coalesce(e[3][e[2]], e[2], '')"
    between = "；" if language == "zh" else "; "
    evidence = f"list_transform(list_zip(r.labels, f.evidence, r.codes), lambda e: {told})"
    line = [
        "r.about",
        _cell("p.path"),
        _cell("p.sheet"),
        'p."row"',
        _cell("f.key"),
        _cell("f.subject"),
        _cell("coalesce(r.departments[f.department], f.department)"),
        _cell('f."at"'),
        _cell("f.due"),
        _cell(_overdue("f.overdue", language)),
        _cell(f"f.{language}"),
        _cell(f"array_to_string({evidence}, '{between}')"),
        "f.fingerprint",
    ]
    yield from _lines(connection, f"concat_ws(',', {', '.join(line)})", outcome)


def csv_line(cells: Iterable[Any]) -> str:
    """Return cells as a line of a CSV, none of which acts in a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow(map(harmless, cells))
    return line.getvalue()


def _cell(cell: str) -> str:
    """Return the SQL of a text as a cell of a CSV; nearly all stay as they are, and one look tells."""
    special = text(f'{FORMULA_START}|[{BLANKED}{MARKED}",\n]').sql("duckdb")
    quoted = f"""'"' || replace({_harmless(cell)}, '"', '""') || '"'"""
    return (
        f"CASE WHEN NOT regexp_matches({cell}, {special}) THEN {cell}"
        f" WHEN regexp_matches({cell}, '[\",\n]') THEN {quoted} ELSE coalesce({_harmless(cell)}, '') END"
    )


def _harmless(cell: str) -> str:
    """Return the SQL of what ``plain.harmless`` makes of a text; nearly all texts stay as they are."""
    formula, acting, blanked, marked = (
        text(pattern).sql("duckdb")
        for pattern in (FORMULA_START, f"[{BLANKED}{MARKED}]", f"[{BLANKED}]", f"[{MARKED}]")
    )
    lines = f"regexp_replace(regexp_replace({cell}, {blanked}, ' ', 'g'), {marked}, '\N{REPLACEMENT CHARACTER}', 'g')"
    return (
        f"CASE WHEN regexp_matches({cell}, {formula}) THEN chr(39) ELSE '' END"
        f" || CASE WHEN regexp_matches({cell}, {acting}) THEN {lines} ELSE {cell} END"
    )


def _overdue(seconds: str, language: Language) -> str:
    """Return the SQL of what ``rows.overdue`` says of a length of time."""
    branches = []
    for size, one, more in rows.LENGTHS:
        count = f"CAST({seconds} // {size} AS VARCHAR)"
        words = [text(translate(word, language)).sql("duckdb") for word in (one, more)]
        told = f"replace(CASE {seconds} // {size} WHEN 1 THEN {words[0]} ELSE {words[1]} END, '{{count}}', {count})"
        branches.append(f"WHEN {seconds} >= {size} OR {size} = 1 THEN {told}")
    return f"CASE {' '.join(branches)} END"


def _lines(connection: duckdb.DuckDBPyConnection, line: str, outcome: Outcome, joined: str = "") -> Iterator[list[str]]:
    with within_memory():
        for part in parts(connection):
            wanted = f"f.outcome = {outcome:d} AND {UNCOVERED} AND {part}"
            connection.execute(f'SELECT {line} {_from(part)} {joined} WHERE {wanted} ORDER BY f.rule, f."row"')
            while batch := connection.fetchmany(BATCH):
                yield [text_ for (text_,) in batch]
        connection.close()


def _beside(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[int, Source],
    results: Iterable[RuleResult],
    columns: Mapping[str, str],
    cells: Callable[[RuleResult], Sequence[Any]],
) -> None:
    """Make the tables that stand beside the findings: what rules say alike, and where the rows of exports stand."""
    told = ((result.number, *cells(result)) for result in results)
    _fill(connection, "rules", {"number": "INTEGER", **columns}, told)
    places = {"record": "BIGINT", "file": "BIGINT", "first": "BIGINT", "path": "VARCHAR", "sheet": "VARCHAR"}
    lying = ((record, *place) for record, source in sources.items() for place in source.places())
    _fill(connection, "places", {**places, "row": "BIGINT"}, lying)


def _fill(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, str], filled: Iterable[tuple[Any, ...]]
) -> None:
    """Fill a table; maps are given as JSON."""
    columns = [list(column) for column in zip(*filled, strict=True)]
    cells = ", ".join(
        f'CAST(unnest(CAST(? AS {"JSON" if "MAP" in type_ else type_}[])) AS {type_}) AS "{column}"'
        for column, type_ in types.items()
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", columns)
