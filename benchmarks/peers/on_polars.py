"""The export as a Polars table, the quickest way: texts as they are, moments by their stated format."""

from __future__ import annotations

import polars as pl

from benchmarks.peers.given import AS_OF, FIELDS, MOMENTS, NAMES


def complaints(export: str) -> pl.LazyFrame:
    moments = pl.col(*MOMENTS).str.to_datetime("%Y-%m-%d %H:%M:%S")
    return pl.scan_csv(export, infer_schema=False).select(FIELDS.values()).rename(NAMES).with_columns(moments)


def by_then(event: str) -> pl.Expr:
    """When something happened, and had it not by the day of the audit, the end of that day."""
    return pl.col(event).fill_null(AS_OF)
