"""The rules for Pandera, on a Polars table."""

from __future__ import annotations

import sys

import pandera.polars as pa
import polars as pl

from benchmarks.peers.on_polars import by_then, complaints

_MAJOR, _IMPORTANT, _MINOR = (pl.col("grade") == grade for grade in ("重大", "重要", "轻微"))
_RECEIVED = pl.col("received_at")


class Complaint(pa.DataFrameModel):
    complaint_id: str
    grade: str
    assigned_dept: str = pa.Field(nullable=True)
    unit_id: str = pa.Field(nullable=True)
    summary: str = pa.Field(nullable=True)
    received_at: pl.Datetime
    resolved_at: pl.Datetime = pa.Field(nullable=True)
    registered_at: pl.Datetime = pa.Field(nullable=True)
    supervisor_forwarded_at: pl.Datetime = pa.Field(nullable=True)
    clear_reply_at: pl.Datetime = pa.Field(nullable=True)

    @pa.dataframe_check
    def registration(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        return rows.lazyframe.select(_MINOR | (by_then("registered_at") <= _RECEIVED + pl.duration(minutes=29)))

    @pa.dataframe_check
    def forwarding(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        kept = by_then("supervisor_forwarded_at") <= _RECEIVED + pl.duration(minutes=49)
        return rows.lazyframe.select(_MINOR | kept)

    @pa.dataframe_check
    def reply(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        return rows.lazyframe.select(~_MAJOR | (by_then("clear_reply_at") <= _RECEIVED + pl.duration(hours=13)))

    @pa.dataframe_check
    def same_day(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        applies = _IMPORTANT & (_RECEIVED.dt.hour() < 12)
        return rows.lazyframe.select(~applies | (by_then("clear_reply_at").dt.date() <= _RECEIVED.dt.date()))

    @pa.dataframe_check
    def minor_resolution(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        kept = by_then("resolved_at").dt.date() <= _RECEIVED.dt.date() + pl.duration(days=2)
        return rows.lazyframe.select(~_MINOR | kept)

    @pa.dataframe_check
    def security_resolution(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        applies = _MAJOR & (pl.col("assigned_dept") == "安护部")
        kept = by_then("resolved_at").dt.date() <= _RECEIVED.dt.date() + pl.duration(days=1)
        return rows.lazyframe.select(~applies | kept)

    @pa.dataframe_check
    def order(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        applies, replied = _MAJOR & (pl.col("assigned_dept") == "工程部"), pl.col("clear_reply_at")
        return rows.lazyframe.select(~applies | ((replied >= _RECEIVED) & (replied <= by_then("resolved_at"))))

    @pa.dataframe_check
    def form(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        fields = pl.col("assigned_dept", "unit_id", "summary", "resolved_at")
        return rows.lazyframe.select(pl.all_horizontal(fields.is_not_null()))

    @pa.dataframe_check
    def departments(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        here = pl.col("unit_id").str.starts_with("13-")
        return rows.lazyframe.select(~here | pl.col("assigned_dept").is_in(["工程部", "安护部", "保洁部"]))

    @pa.dataframe_check
    def desk_time(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        waited = pl.col("supervisor_forwarded_at") - pl.col("registered_at")
        return rows.lazyframe.select(waited <= pl.duration(minutes=45))

    @pa.dataframe_check
    def supervised_reply(cls, rows: pa.PolarsData) -> pl.LazyFrame:
        return rows.lazyframe.select(~_IMPORTANT | (pl.col("supervisor_forwarded_at") <= pl.col("clear_reply_at")))


def main(export: str, found: str) -> None:
    table = complaints(export).collect(engine="streaming")
    try:
        Complaint.validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        cases = pl.DataFrame({"check": [], "index": []}, schema={"check": pl.String, "index": pl.Int32})
    cases.select(
        rule=pl.col("check").str.replace_all("_", "-"),
        key=table["complaint_id"].gather(cases["index"]),
    ).write_csv(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
