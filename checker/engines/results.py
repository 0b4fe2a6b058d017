"""The tables in which what was found waits for reports: every engine fills them, and reports read them over DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from checker.wording import NOTHING

RESULTS = {
    "found": {
        "record": "INTEGER",
        "rule": "INTEGER",
        "branch": "INTEGER",
        "file": "INTEGER",
        "row": "BIGINT",
        "key": "VARCHAR",
        "fingerprint": "VARCHAR",
        "content": "VARCHAR",
        "subject": "VARCHAR",
        "subject_hash": "VARCHAR",
        "department": "VARCHAR",
        "at": "VARCHAR",
        "due": "VARCHAR",
        "overdue": "BIGINT",
        "evidence": "VARCHAR[]",
        "facts": "VARCHAR[]",
    },
    "unreadable": {
        "record": "INTEGER",
        "file": "INTEGER",
        "row": "BIGINT",
        "key": "VARCHAR",
        "field": "VARCHAR",
        "value": "VARCHAR",
    },
    "keys": {"record": "INTEGER", "key": "VARCHAR", "files": "INTEGER[]", "rows": "BIGINT[]"},
}
"""What is found of each record type: the tables, with their columns and types."""

_SENTENCES = {
    "rule": "INTEGER",
    "branch": "INTEGER",
    "outcome": "TINYINT",
    "data_error": "BOOLEAN",
    "en": "VARCHAR[]",
    "en_facts": "INTEGER[]",
    "zh": "VARCHAR[]",
    "zh_facts": "INTEGER[]",
}
"""What each branch of a rule says: the parts of its sentence, and which facts stand between them."""

_RULES_AT_ONCE = 20
"""How many rules one statement tells of."""

_FILLED = (
    "CREATE MACRO filled(parts, slots, facts) AS array_to_string(list_transform(list_zip(parts,"
    f" list_transform(slots, lambda s: coalesce(facts[s + 1], '{NOTHING}'))),"
    " lambda p: p[1] || coalesce(p[2], '')), '')"
)
"""Puts facts between the parts of a sentence."""

_FINDINGS = """
CREATE VIEW findings AS
WITH twins AS (
  SELECT rule, f."row", LEFT(sha256(concat_ws(chr(10), f.fingerprint, f.read,
    row_number() OVER (PARTITION BY rule, f.fingerprint, f.read ORDER BY f."row"))), 16) AS fingerprint
  FROM (SELECT *, coalesce(content, CAST(evidence AS VARCHAR)) AS read FROM found) AS f
  JOIN (SELECT record, unnest("rows") AS "row" FROM keys) AS k USING (record, "row")
)
SELECT f.* EXCLUDE (branch, facts, content) REPLACE (coalesce(t.fingerprint, f.fingerprint) AS fingerprint),
  s.outcome, s.data_error,
  filled(s.en, s.en_facts, f.facts) AS en, filled(s.zh, s.zh_facts, f.facts) AS zh
FROM found AS f JOIN sentences AS s USING (rule, branch) LEFT JOIN twins AS t USING (rule, "row")
"""
"""What reports read: what was found, with its outcome and its sentences.

Records of one key, or of none, are known apart by what the rule read of them, whatever their order; those of which it
read the same, by their order.
"""


def tables(elsewhere: Mapping[str, str]) -> Iterator[str]:
    """Yield the statements that make the tables, and the view ``findings`` over them.

    Args:
        elsewhere: Tables that were written elsewhere, each with what reads it.
    """
    for name, columns in {**RESULTS, "sentences": _SENTENCES}.items():
        if name in elsewhere:
            yield f"CREATE VIEW {name} AS FROM {elsewhere[name]}"
            continue
        yield working_table(name, columns)
    yield from (_FILLED, _FINDINGS)


def working_table(name: str, columns: Mapping[str, str]) -> str:
    """Return the statement that makes a table, given the types of its columns.

    It is read a few times and thrown away: to compress it for the file would take longer than to judge.
    """
    listed = ", ".join(f'"{column}" {type_} USING COMPRESSION uncompressed' for column, type_ in columns.items())
    return f"CREATE TABLE {name} ({listed})"


def slices(selects: list[str]) -> Iterator[list[str]]:
    """Yield what tells of some rules at a time: planning takes more than twice as long for twice as many."""
    for start in range(0, len(selects), _RULES_AT_ONCE):
        yield selects[start : start + _RULES_AT_ONCE]


def say(connection: duckdb.DuckDBPyConnection, sentences: Sequence[tuple[object, ...]]) -> None:
    """Keep the sentences of all rules for the reports."""
    if not sentences:
        return
    columns = [list(column) for column in zip(*sentences, strict=True)]
    cells = ", ".join(f"unnest(CAST(? AS {type_}[]))" for type_ in _SENTENCES.values())
    connection.execute(f"INSERT INTO sentences SELECT {cells}", columns)
