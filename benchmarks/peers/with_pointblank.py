"""The rules for Pointblank, on a Polars table."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pointblank as pb
import polars as pl

from benchmarks.peers.on_polars import by_then, complaints


def checks(table: pl.DataFrame) -> pb.Validate:
    received, replied = pl.col("received_at"), pl.col("clear_reply_at")
    at_the_desk = pl.col("supervisor_forwarded_at") - pl.col("registered_at")
    minor, important, major = (pl.col("grade") == grade for grade in ("轻微", "重要", "重大"))
    dept = pl.col("assigned_dept")

    def only(rows: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
        return lambda table: table.filter(rows)

    return (
        pb.Validate(table)
        .col_vals_expr(
            by_then("registered_at") <= received + pl.duration(minutes=29), pre=only(~minor), brief="registration"
        )
        .col_vals_expr(
            by_then("supervisor_forwarded_at") <= received + pl.duration(minutes=49),
            pre=only(~minor),
            brief="forwarding",
        )
        .col_vals_expr(by_then("clear_reply_at") <= received + pl.duration(hours=13), pre=only(major), brief="reply")
        .col_vals_expr(
            by_then("clear_reply_at").dt.date() <= received.dt.date(),
            pre=only(important & (received.dt.hour() < 12)),
            brief="same-day",
        )
        .col_vals_expr(
            by_then("resolved_at").dt.date() <= received.dt.date() + pl.duration(days=2),
            pre=only(minor),
            brief="minor-resolution",
        )
        .col_vals_expr(
            by_then("resolved_at").dt.date() <= received.dt.date() + pl.duration(days=1),
            pre=only(major & (dept == "安护部")),
            brief="security-resolution",
        )
        .col_vals_expr(
            (replied >= received) & (replied <= by_then("resolved_at")),
            pre=only(major & (dept == "工程部")),
            brief="order",
        )
        .rows_complete(["assigned_dept", "unit_id", "summary", "resolved_at"], brief="form")
        .col_vals_in_set(
            "assigned_dept",
            ["工程部", "安护部", "保洁部"],
            pre=only(pl.col("unit_id").str.starts_with("13-")),
            brief="departments",
        )
        .col_vals_expr(at_the_desk <= pl.duration(minutes=45), brief="desk-time")
        .col_vals_le("supervisor_forwarded_at", pb.col("clear_reply_at"), pre=only(important), brief="supervised-reply")
    )


def main(export: str, found: str) -> None:
    table = complaints(export).collect(engine="streaming")
    done = checks(table).interrogate(collect_tbl_checked=False, extract_limit=len(table))
    extracts = done.get_data_extracts()
    pl.concat(
        extracts[step.i].select(rule=pl.lit(step.brief), key="complaint_id")
        for step in done.validation_info
        if step.n_failed
    ).write_csv(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
