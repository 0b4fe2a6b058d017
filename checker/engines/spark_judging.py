"""How Spark judges one record type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from checker import telling
from checker.engines import RecordResult
from checker.engines.results import slices
from checker.engines.spark_sql import name, spark
from checker.plan import RecordPlan
from checker.rulebook.fields import UNREADABLE
from checker.sql import as_column, column, subquery
from checker.tables import FILE, ROW

if TYPE_CHECKING:
    from checker.engines.spark import Spark


class Judging:
    """The judging of one record type.

    Args:
        engine: The engine, whose tables hold the record type.
        record: Its plan.
        index: Its number in the report.
        mask: Whether personal fields are masked.
    """

    def __init__(self, engine: Spark, record: RecordPlan, index: int, *, mask: bool) -> None:
        self.engine, self.record, self.index, self.mask = engine, record, index, mask
        self.path = record.table.path
        self.outcomes, self.judged, self.told, self.unreadable = (
            f"{self.path}/{part}" for part in ("outcomes", "judged", "told", "unreadable")
        )

    def run(self, exports: int) -> RecordResult:
        """Judge all records, and write what was found; return the rows of so many exports, and the outcomes."""
        self.engine.keep(self.outcomes, spark(self.record.judging()))
        rows = f"SELECT * FROM {name(self.outcomes)}"
        if not self.record.table.kept:
            rows = self.engine.numbered(self.outcomes, self.path)
        self.engine.sql(rows).createOrReplaceTempView(name(self.judged))
        told = self.engine.rows(
            f"SELECT {FILE}, COUNT(*), MIN(_day), MAX(_day) FROM {name(self.outcomes)} GROUP BY {FILE}"
        )
        counts = self._counts(sum(count for _file, count, *_days in told))
        self._findings(counts)
        self._unreadable()
        self._keys()
        return RecordResult.of(self.record, exports, told, counts)

    def _counts(self, records: int) -> list[dict[int, int]]:
        """Count what each rule's branches decide."""
        found = [{} if rule.runs else {0: records} for rule in self.record.rules]
        selects = []
        for word, rules in self.record.words.items():
            places = ", ".join(f"({rule.index}, {rule.shift + 1}, {rule.branch_mask})" for rule in rules)
            packed = f"SELECT {word} AS p, COUNT(*) AS n FROM {name(self.outcomes)} GROUP BY {word}"
            if rules:
                selects.append(
                    f"SELECT rule, CAST(SHIFTRIGHT(p, shift) & mask AS INT), SUM(n) FROM ({packed})"
                    f" CROSS JOIN (VALUES {places}) AS r(rule, shift, mask) GROUP BY 1, 2"
                )
        for rule, branch, count in self.engine.rows(" UNION ALL ".join(selects)) if selects else ():
            found[rule][branch] = int(count)
        return found

    def _findings(self, counts: list[dict[int, int]]) -> None:
        asked, sentences = telling.findings(self.record, self.told, counts, mask=self.mask)
        self.engine.keep(self.told, spark(telling.told(self.record, self.judged, asked, mask=self.mask)))
        for some in slices(list(map(spark, asked))):
            self.engine.result("found", self.index, some)
        self.engine.sentences += sentences

    def _unreadable(self) -> None:
        if self.engine.rows(f"SELECT 1 FROM {name(self.told)} WHERE {UNREADABLE} LIMIT 1"):
            asked = telling.unreadable_values(self.record, self.unreadable, mask=self.mask)
            told = telling.told(self.record, self.judged, asked, mask=self.mask).where(column(UNREADABLE))
            self.engine.keep(self.unreadable, spark(told))
            self.engine.result("unreadable", self.index, map(spark, asked))

    def _keys(self) -> None:
        """Find keys that stand more than once, and rows without a key."""
        places = (
            "SELECT {key} AS `key`, TRANSFORM(places, x -> x.f) AS files, TRANSFORM(places, x -> x.r) AS `rows`"
            f" FROM (SELECT {{key}}, ARRAY_SORT(COLLECT_LIST(STRUCT({ROW} AS r, {FILE} AS f))) AS places FROM {{rows}})"
            " WHERE SIZE(places) > {least}"
        )
        judged = name(self.judged)
        twice = f"SELECT _key FROM {judged} WHERE NOT _key IS NULL GROUP BY _key HAVING COUNT(*) > 1"
        lacking, doubled = self.engine.rows(
            f"SELECT COUNT(*) FROM {judged} WHERE _key IS NULL UNION ALL SELECT COUNT(*) FROM ({twice})"
        )
        if lacking[0]:
            rows = f"{judged} WHERE _key IS NULL"
            self.engine.result("keys", self.index, [places.format(key="NULL", rows=rows, least=0)])
        if doubled[0]:
            # keys of one hash are compared by themselves, for among billions some differ
            table = self.record.table
            shown = as_column(self.record.key_shown(mask=self.mask), "shown")
            key = exp.select(FILE, ROW, as_column(self.record.key, "key"), shown).from_(subquery(table.values(), "v"))
            found = f"SELECT k.* FROM ({spark(key)}) AS k LEFT SEMI JOIN ({twice}) AS t ON XXHASH64(k.key) = t._key"
            if not table.kept:
                found = self.engine.with_numbers(found, self.path)
            rows = f"({found}) GROUP BY `key`, shown"
            self.engine.result("keys", self.index, [places.format(key="shown", rows=rows, least=1)])
