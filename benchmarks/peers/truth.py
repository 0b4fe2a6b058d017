"""What there is to find, by plain SQL, and what a tool found."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.peers.given import AS_OF, MOMENTS, TEXTS

BREACHES = {
    "registration": "grade <> '轻微' AND coalesce(registered_at, now) > received_at + INTERVAL 29 MINUTE",
    "forwarding": "grade <> '轻微' AND coalesce(supervisor_forwarded_at, now) > received_at + INTERVAL 49 MINUTE",
    "reply": "grade = '重大' AND coalesce(clear_reply_at, now) > received_at + INTERVAL 13 HOUR",
    "same-day": "grade = '重要' AND hour(received_at) < 12"
    " AND CAST(coalesce(clear_reply_at, now) AS DATE) > CAST(received_at AS DATE)",
    "minor-resolution": "grade = '轻微' AND CAST(coalesce(resolved_at, now) AS DATE) > CAST(received_at AS DATE) + 2",
    "security-resolution": "grade = '重大' AND assigned_dept = '安护部'"
    " AND CAST(coalesce(resolved_at, now) AS DATE) > CAST(received_at AS DATE) + 1",
    "order": "grade = '重大' AND assigned_dept = '工程部'"
    " AND (received_at > clear_reply_at OR clear_reply_at > resolved_at)",
    "form": "assigned_dept IS NULL OR unit_id IS NULL OR summary IS NULL OR resolved_at IS NULL",
    "departments": "unit_id LIKE '13-%' AND coalesce(assigned_dept, '') NOT IN ('工程部', '安护部', '保洁部')",
    "desk-time": "supervisor_forwarded_at > registered_at + INTERVAL 45 MINUTE",
    "supervised-reply": "grade = '重要' AND supervisor_forwarded_at > clear_reply_at",
}

Found = dict[str, tuple[int, str]]
"""For each rule, how many records break it, and a hash of their keys."""

_HASHED = "SELECT rule, count(*), md5(string_agg(key, ',' ORDER BY key)) FROM ({breaches}) GROUP BY rule"


def truth(export: Path) -> Found:
    """Return what breaks each rule, by SQL."""
    texts = ", ".join(f'"{header}" AS {name}' for name, header in TEXTS.items())
    moments = ", ".join(f'CAST("{header}" AS TIMESTAMP) AS {name}' for name, header in MOMENTS.items())
    rows = f"SELECT {texts}, {moments}, TIMESTAMP '{AS_OF}' AS now FROM read_csv('{export}', all_varchar = true)"
    breaches = " UNION ALL ".join(
        f"SELECT '{rule}' AS rule, complaint_id AS key FROM complaint WHERE {breach}"
        for rule, breach in BREACHES.items()
    )
    return _found(f"WITH complaint AS MATERIALIZED ({rows}) {breaches}")


def found_by_peer(report: Path) -> Found:
    """Return what a tool wrote: rule and key."""
    return _found(f"SELECT rule, key FROM read_csv('{report}', all_varchar = true)")


def found_by_checker(report: Path) -> Found:
    """Return the violations of a report as CSV."""
    rows = f"read_csv('{report}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
    return _found(f"SELECT split_part(rule, '/', 3) AS rule, key FROM {rows} WHERE outcome = 'violation'")


def _found(breaches: str) -> Found:
    duckdb.sql("SET enable_progress_bar = false")
    rows = duckdb.sql(_HASHED.format(breaches=breaches)).fetchall()
    return {rule: (count, hashed) for rule, count, hashed in rows}
