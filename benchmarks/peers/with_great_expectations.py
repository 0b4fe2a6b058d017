"""The rules for Great Expectations, on a pandas table.

Its expectations compare columns with columns and values, and compute nothing: what a rule computes becomes a column
before. A rule of several fields is several expectations.
"""

from __future__ import annotations

import sys

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.row_conditions import Column

from benchmarks.peers.given import AS_OF, FIELDS, NAMES

_MAJOR, _IMPORTANT, _MINOR = (Column("grade") == grade for grade in ("重大", "重要", "轻微"))
_DEPARTMENT = Column("assigned_dept")


def prepared(export: str) -> pd.DataFrame:
    table = pd.read_csv(export, engine="pyarrow", usecols=list(FIELDS.values())).rename(columns=NAMES)
    received, day = table["received_at"], table["received_at"].dt.normalize()
    for name in ("registered_at", "supervisor_forwarded_at", "clear_reply_at", "resolved_at"):
        table[f"{name}_by_then"] = table[name].fillna(AS_OF)
    return table.assign(
        registration_due=received + pd.Timedelta(minutes=29),
        forwarding_due=received + pd.Timedelta(minutes=49),
        reply_due=received + pd.Timedelta(hours=13),
        same_day_end=day + pd.Timedelta(days=1),
        minor_resolution_end=day + pd.Timedelta(days=3),
        security_resolution_end=day + pd.Timedelta(days=2),
        received_hour=received.dt.hour,
        building=table["unit_id"].str.split("-").str[0],
        desk_minutes=(table["supervisor_forwarded_at"] - table["registered_at"]).dt.total_seconds() / 60,
    )


def _no_later(rule: str, event: str, due: str, rows: object, *, within: bool = True) -> gxe.Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=due, column_B=event, or_equal=within, row_condition=rows, meta={"rule": rule}
    )


def expectations() -> list[gxe.Expectation]:
    not_minor, building = Column("grade") != "轻微", Column("building") == "13"
    repairs = _MAJOR & (_DEPARTMENT == "工程部")
    morning = _IMPORTANT & (Column("received_hour") < 12)
    return [
        _no_later("registration", "registered_at_by_then", "registration_due", not_minor),
        _no_later("forwarding", "supervisor_forwarded_at_by_then", "forwarding_due", not_minor),
        _no_later("reply", "clear_reply_at_by_then", "reply_due", _MAJOR),
        _no_later("same-day", "clear_reply_at_by_then", "same_day_end", morning, within=False),
        _no_later("minor-resolution", "resolved_at_by_then", "minor_resolution_end", _MINOR, within=False),
        _no_later(
            "security-resolution",
            "resolved_at_by_then",
            "security_resolution_end",
            _MAJOR & (_DEPARTMENT == "安护部"),
            within=False,
        ),
        _no_later("order", "received_at", "clear_reply_at", repairs),
        _no_later("order", "clear_reply_at", "resolved_at_by_then", repairs),
        *(
            gxe.ExpectColumnValuesToNotBeNull(column=column, meta={"rule": "form"})
            for column in ("assigned_dept", "unit_id", "summary", "resolved_at")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="assigned_dept",
            value_set=["工程部", "安护部", "保洁部"],
            row_condition=building,
            meta={"rule": "departments"},
        ),
        gxe.ExpectColumnValuesToBeBetween(column="desk_minutes", max_value=45, meta={"rule": "desk-time"}),
        _no_later("supervised-reply", "supervisor_forwarded_at", "clear_reply_at", _IMPORTANT),
    ]


def main(export: str, found: str) -> None:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("exports").add_dataframe_asset("complaints")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": prepared(export)})
    suite = gx.ExpectationSuite("complaints", expectations=expectations())
    told = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["complaint_id"],
        "return_unexpected_index_query": False,
    }
    cases = [
        (result.expectation_config.meta["rule"], row["complaint_id"])
        for result in batch.validate(suite, result_format=told).results
        for row in result.result.get("unexpected_index_list") or ()
    ]
    pd.DataFrame(cases, columns=["rule", "key"]).drop_duplicates().to_csv(found, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
