"""Rows are counted as the user counts them, and what Spark would mend in silence is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from checker.auditing import audit
from checker.engines import Opened, engine
from checker.errors import SourceError
from checker.plugins import rulebooks
from checker.rulebook.kind import Outcome

pytestmark = pytest.mark.xdist_group("spark")

BOOK = str(Path(__file__).parent.parent / "book")
HEAD = "request_id,grade,received_at,resolved_at\n"
LATE = "urgent,2023-01-01 09:00,2023-02-01 09:00"
IN_TIME = "urgent,2023-01-01 09:00,2023-01-02 09:00"
DUCKDB = engine()
Places = set[tuple[str, int, str | None]]


def late(folder: Path, opened: Opened) -> Places:
    """Return where the records stand that are late, with their keys."""
    report = audit([folder], rulebooks([BOOK]), dt.date(2023, 3, 1), select=["D1"], engine=opened)
    return {(Path(f.place.path).name, f.place.row, f.key) for f in report.findings.of(Outcome.VIOLATION)}


def test_rows_are_counted_as_the_user_sees_them(spark: Opened, tmp_path: Path) -> None:
    files = {
        "request-1.csv": f'{HEAD}A1,{LATE}\nA2,{IN_TIME}\n\nA3,{LATE}\n,,,\n"A\n4",{LATE}\nA5,{LATE}\n',
        "request-2.csv": f"Requests of January\n\n{HEAD}B1,{IN_TIME}\nB2,{LATE}\n",
        "request-[3].csv": f"{HEAD}C1,{LATE}\n".replace("\n", "\r\n"),
        "request-4.jsonl": "".join(record(f"D{n}", n % 2 == 1) + "\n" for n in range(1, 5)),
        "request-5.json": "[\n" + ",\n".join(record(f"E{n}", n % 2 == 0) for n in range(1, 5)) + "]",
    }
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    places = late(tmp_path, spark)
    assert places == late(tmp_path, DUCKDB)
    assert {("request-1.csv", 5, "A3"), ("request-2.csv", 5, "B2"), ("request-[3].csv", 2, "C1")} <= places
    assert {("request-4.jsonl", 1, "D1"), ("request-4.jsonl", 3, "D3"), ("request-5.json", 2, "E2")} <= places


def record(key: str, is_late: bool) -> str:
    done = "2023-02-01 09:00" if is_late else "2023-01-02 09:00"
    one = {"request_id": key, "grade": "urgent", "received_at": "2023-01-01 09:00", "resolved_at": done}
    return json.dumps(one)


def test_rows_of_a_file_that_many_tasks_read(spark: Opened, tmp_path: Path) -> None:
    lines = [record(f"R{n}", n % 7 == 0) + "\n" for n in range(1, 2001)]
    (tmp_path / "request.jsonl").write_text("".join(lines), encoding="utf-8")

    def in_parts(work: Path) -> Any:
        running: Any = spark(work)
        running.session.conf.set("spark.sql.files.maxPartitionBytes", "9999")
        running.session.conf.set("spark.sql.files.openCostInBytes", "0")
        return running

    assert late(tmp_path, in_parts) == {("request.jsonl", n, f"R{n}") for n in range(7, 2001, 7)}


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        (f"{HEAD}A1,{LATE}\nA2,urgent\n", "line 3", "the row has 2 columns, the header 4"),
        (f'{HEAD}A1,{LATE}\nA2,urgent,2023-01-01 09:00,"2023-02-01\nA3,{LATE}\n', "request.csv", "quote"),
        (HEAD.encode() + b"A1,urgent,2023-01-01 09:00,\xff\n", "request.csv", "UTF-8"),
    ],
)
def test_what_is_broken_is_refused(spark: Opened, tmp_path: Path, text: str | bytes, place: str, problem: str) -> None:
    filler = "".join(f"F{n},{IN_TIME}\n" for n in range(100_000)).encode() if isinstance(text, bytes) else b""
    content = text if isinstance(text, bytes) else text.encode()
    head, _line, rest = content.partition(b"\n")
    (tmp_path / "request.csv").write_bytes(head + b"\n" + filler + rest)
    with pytest.raises(SourceError) as raised:
        late(tmp_path, spark)
    assert place in str(raised.value)
    assert problem in str(raised.value)
