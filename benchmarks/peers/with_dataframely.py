"""The rules for dataframely."""

from __future__ import annotations

import sys

import dataframely as dy
import polars as pl

from benchmarks.peers.on_polars import by_then, complaints

_MAJOR, _IMPORTANT, _MINOR = (pl.col("grade") == grade for grade in ("重大", "重要", "轻微"))
_RECEIVED = pl.col("received_at")


class Complaint(dy.Schema):
    complaint_id = dy.String(nullable=True)
    grade = dy.String(nullable=True)
    assigned_dept = dy.String(nullable=True)
    unit_id = dy.String(nullable=True)
    summary = dy.String(nullable=True)
    received_at = dy.Datetime(nullable=True)
    resolved_at = dy.Datetime(nullable=True)
    registered_at = dy.Datetime(nullable=True)
    supervisor_forwarded_at = dy.Datetime(nullable=True)
    clear_reply_at = dy.Datetime(nullable=True)

    @dy.rule()
    def registration(cls) -> pl.Expr:
        return _MINOR | (by_then("registered_at") <= _RECEIVED + pl.duration(minutes=29))

    @dy.rule()
    def forwarding(cls) -> pl.Expr:
        return _MINOR | (by_then("supervisor_forwarded_at") <= _RECEIVED + pl.duration(minutes=49))

    @dy.rule()
    def reply(cls) -> pl.Expr:
        return ~_MAJOR | (by_then("clear_reply_at") <= _RECEIVED + pl.duration(hours=13))

    @dy.rule()
    def same_day(cls) -> pl.Expr:
        morning = _RECEIVED.dt.hour() < 12
        return ~(_IMPORTANT & morning) | (by_then("clear_reply_at").dt.date() <= _RECEIVED.dt.date())

    @dy.rule()
    def minor_resolution(cls) -> pl.Expr:
        return ~_MINOR | (by_then("resolved_at").dt.date() <= _RECEIVED.dt.date() + pl.duration(days=2))

    @dy.rule()
    def security_resolution(cls) -> pl.Expr:
        applies = _MAJOR & (pl.col("assigned_dept") == "安护部")
        return ~applies | (by_then("resolved_at").dt.date() <= _RECEIVED.dt.date() + pl.duration(days=1))

    @dy.rule()
    def order(cls) -> pl.Expr:
        applies = _MAJOR & (pl.col("assigned_dept") == "工程部")
        replied = pl.col("clear_reply_at")
        return ~applies | ((replied >= _RECEIVED) & (replied <= by_then("resolved_at")))

    @dy.rule()
    def form(cls) -> pl.Expr:
        return pl.all_horizontal(pl.col("assigned_dept", "unit_id", "summary", "resolved_at").is_not_null())

    @dy.rule()
    def departments(cls) -> pl.Expr:
        here = pl.col("unit_id").str.starts_with("13-")
        return ~here | pl.col("assigned_dept").is_in(["工程部", "安护部", "保洁部"])

    @dy.rule()
    def desk_time(cls) -> pl.Expr:
        return pl.col("supervisor_forwarded_at") - pl.col("registered_at") <= pl.duration(minutes=45)

    @dy.rule()
    def supervised_reply(cls) -> pl.Expr:
        return ~_IMPORTANT | (pl.col("supervisor_forwarded_at") <= pl.col("clear_reply_at"))


def main(export: str, found: str) -> None:
    _kept, failed = Complaint.filter(complaints(export))
    details = failed.details()
    pl.concat(
        details.filter(pl.col(rule) == "invalid").select(rule=pl.lit(rule.replace("_", "-")), key="complaint_id")
        for rule in failed.counts()
    ).write_csv(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
