"""A rulebook from a stranger: every way in that we could think of, tried."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from checker.engines.duckdb import DuckDB
from checker.engines.duckdb_limits import Limits
from checker.plan import Plan

Cli = Callable[..., Any]

LIMIT = """\
title.en = {title}
title.zh = {title}
clause   = "D1"
severity = "minor"
{more}
[limit]
record = "request"
value  = {value}
max    = {bound}
"""
QUERY = """\
title.en = "Q"
title.zh = "Q"
clause   = "D1"
severity = "minor"

[query]
record = "request"
sql    = {sql}
"""


def written(folder: Path, text: str, name: str = "hostile") -> None:
    (folder / "book/rules/request" / f"{name}.toml").write_text(text, encoding="utf-8")


def limit(value: str = "'fee'", bound: str = "100", title: str = "'T'", more: str = "") -> str:
    return LIMIT.format(value=value, bound=bound, title=title, more=more)


@pytest.fixture
def audit(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Audit with the rulebook as it stands; whatever it does, it opens no connection."""

    def refuse(*_arguments: object, **_named: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return lambda *words: cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", *words)


EXPRESSIONS = [
    "read_text('/etc/passwd')",
    "read_csv('/etc/passwd')",
    "(SELECT 1)",
    "(SELECT content FROM read_text('/etc/passwd'))",
    "fee + (SELECT count(*) FROM glob('/*'))",
    "getenv('HOME')",
    "current_setting('temp_directory')",
    "fee; ATTACH '/tmp/stolen.db'",
    "fee; COPY findings TO '/tmp/stolen.csv'",
    "fee -- comment\n; INSTALL httpfs",
    "fee /* */ ; LOAD httpfs",
    "repeat('x', 1000000000)",
    "range(1000000000)",
    "list_sum(range(1000000000))",
    "regexp_matches(customer, '(a+)+$')",
    "customer SIMILAR TO '(a+)+$'",
    "printf('%1000000000d', 1)",
    "format('{:1000000000d}', 1)",
    "nextval('x')",
    "other_table.fee",
    "findings.evidence",
    '"fee"; DROP TABLE findings',
    "CAST(customer AS STRUCT(a INT))",
    "fee COLLATE nocase",
    "x -> x + 1",
    "PRAGMA version",
    "$1",
    "?",
    ":hole",
    "__import__('os')",
    "fee" + " + fee" * 20_000,
    "fee" + " + 1" * 490,
    "fee > " + "- " * 950 + "1",
    "NOT " * 450 + "fee > 0",
    "received_at > '2023-02-01T09:00:00+09:00'",
    "clock(received_at) > '09:00+09:00'",
    "next_at(received_at, '09:00+09:00')",
    "(" * 5_000 + "fee" + ")" * 5_000,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda text: text[:24])
def test_an_expression_says_nothing_but_what_is_listed(audit: Callable[..., Any], small: Path, expression: str) -> None:
    written(small, limit(value=f"'''{expression}'''"))
    ran = audit()
    assert ran.status == 2
    assert "book/rules/request/hostile.toml: limit.value:" in ran.err
    assert "Traceback" not in ran.err
    assert not Path("/tmp/stolen.db").exists()
    assert not Path("/tmp/stolen.csv").exists()


QUERIES = [
    "SELECT content AS request_id FROM read_text('/etc/passwd')",
    "SELECT request_id FROM '/etc/passwd'",
    "SELECT request_id FROM read_csv('exports/requests.csv')",
    "SELECT request_id FROM request; ATTACH '/tmp/stolen.db'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "SELECT request_id FROM findings",
    "SELECT request_id FROM audit.findings",
    "SELECT request_id FROM information_schema.tables",
    "SELECT name AS request_id FROM duckdb_settings()",
    "SELECT request_id FROM request, range(1000000000000)",
    "SELECT request_id FROM request, generate_series(1, 1000000000000)",
    "SELECT request_id FROM request CROSS JOIN unnest(range(1000000000))",
    f"SELECT request_id FROM request WHERE {'NOT ' * 2_000} fee > 0",
    "WITH RECURSIVE r AS (SELECT request_id FROM request UNION ALL SELECT request_id FROM r) SELECT request_id FROM r",
    "SELECT getenv('HOME') AS request_id FROM request",
    "SELECT repeat(request_id, 1000000000) AS request_id FROM request",
    "PIVOT request ON grade USING count(*)",
    "SUMMARIZE request",
    "DESCRIBE request",
    "CALL pragma_version()",
    "SET enable_external_access = true",
    "SELECT request_id FROM request TABLESAMPLE 10%",
    "SELECT COLUMNS('.*') FROM request",
    "SELECT request_id FROM request WHERE regexp_matches(customer, '(a+)+$')",
]


@pytest.mark.parametrize("sql", QUERIES, ids=lambda text: text[:40])
def test_a_query_reads_record_types_only(audit: Callable[..., Any], small: Path, sql: str) -> None:
    written(small, QUERY.format(sql=f"'''{sql}'''"))
    ran = audit()
    assert ran.status == 2
    assert "book/rules/request/hostile.toml: query.sql:" in ran.err
    assert "Traceback" not in ran.err


STATEMENTS = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM 'http://127.0.0.1/x.csv'",
    "ATTACH '/tmp/stolen.db'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO 'exports/requests.csv'",
    "EXPORT DATABASE '/tmp/stolen'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_paths = ['/etc/passwd']",
    "SET temp_directory = '/tmp/stolen'",
    "SET memory_limit = '100TB'",
    "CREATE SECRET s (TYPE http)",
    "CREATE PERSISTENT SECRET s (TYPE http)",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_were_a_statement_to_slip_through_the_engine_would_refuse_it(tmp_path: Path, statement: str) -> None:
    engine = DuckDB(tmp_path)
    engine.prepare(Plan(()), {}, lambda: pytest.fail("no calendar is needed"))
    with pytest.raises(duckdb.Error):
        engine.connection.execute(statement)
    engine.close()
    assert not Path("/tmp/stolen").exists()


@pytest.mark.parametrize(
    "within",
    ["999999999999 days", "99999999 months", "-1 days", "1e9 days", "10  days", "１０ days", "9" * 400 + " years"],
)
def test_a_huge_or_odd_period_ends_in_one_line(audit: Callable[..., Any], small: Path, within: str) -> None:
    path = small / "book/rules/request/late.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("10 days", within), encoding="utf-8")
    ran = audit()
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("'9223372036854775807 + fee'", "1"),
        ("'fee * 1e308 * 1e308'", "1"),
        ("'fee'", "9223372036854775807"),
        ("'fee'", "1e400"),
        ("'fee'", "nan"),
        ("'fee / 0'", "1"),
        ("'days_between(received_at, shift(received_at, ''9999999 years''))'".replace("''", "\\'"), "1"),
    ],
)
def test_numbers_too_large_end_in_a_verdict_or_one_line(
    audit: Callable[..., Any], small: Path, value: str, bound: str
) -> None:
    written(small, limit(value=value.replace("\\'", "'").join(["''", "''"]), bound=bound))
    ran = audit("--select", "desk/request/hostile")
    assert ran.status in (0, 1, 2)
    assert "Traceback" not in ran.err
    if ran.status == 2:
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    "title",
    [
        "{0.__class__}", "{outcome.__class__.__mro__}", "%s %n %(x)s", "{", "{{}}", "{undefined}",
        "'; DROP TABLE findings; --", "=HYPERLINK(\"http://x\")", "<script>alert(1)</script>", "x" * 100_000,
    ],
)  # fmt: skip
def test_titles_are_texts_and_nothing_acts_on_them(audit: Callable[..., Any], small: Path, title: str) -> None:
    import json

    written(small, limit(title=json.dumps(title), bound="1"))
    names = ["out.json", "out.csv", "out.md", "out.html", "out.sarif", "out.xml"]
    ran = audit("--select", "desk/request/hostile", *(word for name in names for word in ("-o", name)))
    assert ran.status == 1
    assert "\x1b" not in ran.out
    report = json.loads((small / "out.json").read_text(encoding="utf-8"))
    assert {one["title"]["en"] for one in report["violations"]} == {title}
    assert "<script>alert" not in (small / "out.html").read_text(encoding="utf-8")
    assert '"=HYPERLINK' not in (small / "out.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("escape", ["\\u001b[2J", "\\u0007", "\\u202e", "\\u0000", "\\r"])
def test_texts_that_act_on_a_terminal_are_refused(audit: Callable[..., Any], small: Path, escape: str) -> None:
    written(small, limit(title=f'"{escape}"'))
    ran = audit()
    assert ran.status == 2
    assert "book/rules/request/hostile.toml: a text holds the control character" in ran.err


@pytest.mark.parametrize("text", ["{fee.__class__}", "{0}", "{", "%d", "{fee!r:>1000000000}"])
def test_holes_in_texts_of_lookups_and_choices_are_texts(audit: Callable[..., Any], small: Path, text: str) -> None:
    rule = (small / "book/rules/request/not-visited.toml").read_text(encoding="utf-8")
    rule = rule.replace("visited_at >= this.resolved_at", f"visit_id <> '{text}'").replace('"first visit"', f"'{text}'")
    written(small, rule, "not-visited")
    ran = audit("--select", "desk/request/not-visited")
    assert "Traceback" not in ran.err
    assert ran.status in (0, 1, 2)


def test_a_folder_of_rules_is_not_left(audit: Callable[..., Any], small: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(limit(), encoding="utf-8")
    (small / "book/rules/request/link.toml").symlink_to(outside)
    (small / "book/rules/elsewhere").symlink_to("/etc")
    ran = audit()
    assert ran.status == 2
    assert "book/rules/request/link.toml: it lies outside the rulebook" in ran.err


@pytest.mark.parametrize("pattern", ["[", "[!", "*" * 500 + "x", "**/../../etc/passwd", "/etc/passwd"])
def test_patterns_of_file_names_choose_among_the_exports_only(
    audit: Callable[..., Any], small: Path, pattern: str
) -> None:
    path = small / "book/records/request.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("request*", pattern), encoding="utf-8")
    started = time.monotonic()
    ran = audit()
    assert time.monotonic() - started < 20
    assert "Traceback" not in ran.err
    assert "passwd" not in ran.out


def test_a_file_that_goes_on_forever_is_refused(audit: Callable[..., Any], small: Path) -> None:
    written(small, "a = " + "[" * 100_000)
    ran = audit()
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_time_is_bounded(cli: Cli, small: Path) -> None:
    rows = "\n".join(f"R{n},1-101,紧急,2023-02-01 09:00,2023-02-11 23:59,王伟,10" for n in range(3000))
    path = small / "exports" / "requests.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n" + rows, encoding="utf-8")
    tables = "request AS a, request AS b, request AS c, request AS d"
    written(small, QUERY.format(sql=f"'''SELECT a.request_id FROM {tables} WHERE a.fee + b.fee + c.fee + d.fee < 0'''"))
    started = time.monotonic()
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "--time-limit", "2")
    assert (ran.status, ran.err) == (
        2,
        "checker: --time-limit 2: the audit is not done in that time; allow more, or audit fewer records or rules\n",
    )
    assert time.monotonic() - started < 15


def test_time_is_bounded_for_what_begins_when_it_is_up(tmp_path: Path) -> None:
    limits = Limits(tmp_path, "1GB", 0.05)
    with duckdb.connect() as session:
        limits.watch(session)
        limits.start()
        time.sleep(0.3)  # as while a query is planned
        with pytest.raises(duckdb.InterruptException):
            session.execute("SELECT max(hash(a.range + b.range)) FROM range(100000) AS a, range(100000) AS b")
        limits.stop()


def test_memory_is_bounded(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "--memory-limit", "1MB")
    assert ran.status == 2
    assert ran.err.startswith("checker: --memory-limit 1MB: the audit needs more; ")
    assert cli("check", "exports", "-r", "book", "--memory-limit", "lots").err == (
        "checker: --memory-limit lots: this is no amount of memory; write 512MB or 4GB\n"
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT request_id FROM request WHERE fee + room > 1", "No function matches"),
        ("SELECT r.request_id FROM request r, visit r", "Alias already used: r"),
    ],
)
def test_authors_of_queries_are_told_what_the_engine_says_in_any_language(
    cli: Cli, small: Path, query: str, told: str
) -> None:
    written(small, QUERY.format(sql=f'"{query}"'))
    (small / "exports" / "visits.csv").write_text("回访编号,请求编号,回访时间\nV1,R1,2023-02-03\n", encoding="utf-8")
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "--lang", "zh")
    assert ran.status == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT request_id FROM request HAVING SUM(fee) > 3", "GROUP BY"),
        ("SELECT request_id FROM request WHERE SUM(fee) > 3", "aggregates"),
    ],
)
def test_a_query_that_the_engine_refuses_is_told_by_the_tests_of_rules(
    cli: Cli, small: Path, query: str, told: str
) -> None:
    sound = QUERY.format(sql='"SELECT request_id FROM request WHERE fee > 3"')
    (small / "book/rules/request/sound.toml").write_text(sound, encoding="utf-8")
    written(small, QUERY.format(sql=f'"{query}"'))
    ran = cli("test", "--rulebook", "book")
    assert ran.status == 2
    assert ran.err.startswith("checker: book/rules/request/hostile.toml: query.sql: the engine refuses the query (")
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
    assert cli("check", "exports", "-r", "book", "--as-of", "2023-03-01").err == ran.err


def test_a_query_that_fails_on_the_data_is_told_alone(cli: Cli, small: Path) -> None:
    sound = QUERY.format(sql='"SELECT request_id FROM request WHERE fee > 3"')
    (small / "book/rules/request/sound.toml").write_text(sound, encoding="utf-8")
    written(small, QUERY.format(sql='"SELECT request_id FROM request WHERE CAST(room AS BIGINT) > 3"'))
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01")
    assert ran.status == 2
    assert ran.err.startswith("checker: book/rules/request/hostile.toml: query.sql: the engine refuses the query (")
    assert len(ran.err.splitlines()) == 1
