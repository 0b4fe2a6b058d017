"""Generated exports of any size, the same ones for the same size."""

from __future__ import annotations

from pathlib import Path

import duckdb

_COMPLAINTS = """
COPY (
  SELECT
    'TS' || lpad(CAST(i AS VARCHAR), 9, '0') AS "投诉编号",
    ['轻微', '轻微', '重要', '重大'][1 + chosen(i, 4)] AS "投诉等级",
    strftime(t, '%Y-%m-%d %H:%M:%S') AS "投诉时间",
    CASE WHEN chosen(i + 1, 1000) < 995
      THEN strftime(t + to_seconds(3600 + chosen(i + 2, 150000)), '%Y-%m-%d %H:%M:%S') END AS "解决时间",
    strftime(t + to_seconds(chosen(i + 3, 1800)), '%Y-%m-%d %H:%M:%S') AS "登记时间",
    strftime(t + to_seconds(chosen(i + 4, 3000)), '%Y-%m-%d %H:%M:%S') AS "转呈主管时间",
    strftime(t + to_seconds(chosen(i + 5, 50000)), '%Y-%m-%d %H:%M:%S') AS "明确答复时间",
    ['工程部', '安护部', '保洁部', '客服部'][1 + chosen(i + 6, 4)] AS "责任部门",
    (1 + i % 20) || '-' || (100 + i % 1800) AS "房号",
    '住户反映楼道照明故障，影响夜间出行，请尽快安排维修处理并回复结果。' || i AS "内容摘要"
  FROM (SELECT range AS i, TIMESTAMP '2021-01-01 08:00:00' + to_minutes(chosen(range, 1000000)) AS t
        FROM range({count}))
) TO '{path}' (HEADER, DELIMITER ',')
"""


def complaints(folder: Path, count: int) -> Path:
    """Return a CSV of so many complaints (about 0.2 GB a million), made if it is not there."""
    path = folder / f"complaints-{count}" / "complaint.csv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql("SET enable_progress_bar = false")
        duckdb.sql("CREATE OR REPLACE MACRO chosen(i, n) AS CAST(hash(i) % n AS BIGINT)")
        duckdb.sql(_COMPLAINTS.format(count=count, path=path.with_suffix(".part")))
        path.with_suffix(".part").rename(path)
    return path
