"""``checker test --mutate``: changes that no example notices are found, and the example that would notice is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import tomli

from checker.authoring.equivalents import reasons
from checker.authoring.mutants import in_short, mutants
from checker.authoring.mutation import Result, mutated
from checker.authoring.survivors import add_examples
from checker.plugins import rulebooks
from checker.rulebook.rulebook import Rulebook

Cli = Callable[..., Any]

RULE = """\
title.en = "Late"
title.zh = "超期"
clause   = "D1"
severity = "major"
{values}
[deadline]
record = "request"
when   = "grade = 'urgent' AND fee > 10"
from   = "received_at"
to     = "resolved_at"
within = "10 days"
"""
EXAMPLE = """
[[example]]
name   = "{name}"
given  = {{ grade = "{grade}", fee = {fee}, received_at = 2023-02-01T09:00:00, resolved_at = {resolved} }}
expect = "{expect}"
"""


def example(name: str, expect: str, resolved: str, grade: str = "urgent", fee: float = 11) -> str:
    return EXAMPLE.format(name=name, expect=expect, resolved=resolved, grade=grade, fee=fee)


GOOD = (
    example("last day", "pass", "2023-02-11"),
    example("day after", "violation", "2023-02-12"),
    example("plain", "not_applicable", "2023-02-12", grade="plain"),
    example("cheap", "not_applicable", "2023-02-12", fee=10),
)


@pytest.fixture
def result(small: Path) -> Callable[[Iterable[str]], Result]:
    def run(examples: Iterable[str], values: str = "") -> Result:
        path = small / "book/rules/request/late.toml"
        path.write_text(RULE.format(values=values) + "".join(examples), encoding="utf-8")
        (book,) = rulebooks(["book"])
        (found,) = mutated(book, [book.rules["desk/request/late"]], reasons(book))
        return found

    return run


def whats(found: Result) -> list[str]:
    return [one.what for one in found.survivors]


def test_examples_at_every_boundary_notice_every_change(result: Callable[..., Result]) -> None:
    found = result(GOOD)
    assert whats(found) == []
    assert found.killed >= 10
    assert found.made == found.killed + len(found.same)


@pytest.mark.parametrize(
    ("missing", "unnoticed"),
    [
        (0, "deadline.within: 10 days -> 9 days"),
        (1, "deadline.within: 10 days -> 11 days"),
        (2, "deadline.when: grade = 'urgent' AND fee > 10 -> fee > 10"),
        (3, "deadline.when: grade = 'urgent' AND fee > 10 -> grade = 'urgent' AND fee >= 10"),
    ],
)
def test_a_missing_example_is_missed(result: Callable[..., Result], missing: int, unnoticed: str) -> None:
    far = {0: example("early", "pass", "2023-02-02"), 1: example("very late", "violation", "2023-03-20")}
    examples = [far.get(missing, "") if index == missing else one for index, one in enumerate(GOOD)]
    assert unnoticed in whats(result(examples))


def test_the_example_shown_does_notice(cli: Cli, result: Callable[..., Result], small: Path) -> None:
    assert whats(result((*GOOD[1:], example("early", "pass", "2023-02-02"))))
    ran = cli("test", "--mutate", "-r", "book", "desk/request/late")
    assert ran.status == 1
    lines = ran.out.splitlines()
    start = next(index for index, line in enumerate(lines) if "10 days -> 9 days" in line)
    end = next(index for index, line in enumerate(lines) if index > start and line.strip().startswith("expect"))
    told = "\n".join(line.strip() for line in lines[start + 2 : end + 1])
    tomli.loads(told)  # it can be pasted
    path = small / "book/rules/request/late.toml"
    path.write_text(path.read_text(encoding="utf-8") + f'\n[[example]]\nname = "shown"\n{told}\n', encoding="utf-8")
    assert "10 days -> 9 days" not in cli("test", "--mutate", "-r", "book", "desk/request/late").out


def test_examples_written_notice_what_none_did(cli: Cli, result: Callable[..., Result], small: Path) -> None:
    assert len(whats(result((GOOD[0], example("very late", "violation", "2023-03-20"))))) > 3
    path = small / "book/rules/request/late.toml"
    before = path.read_text(encoding="utf-8")
    ran = cli("test", "--mutate", "--write", "-r", "book", "desk/request/late", "-q")
    assert ran.status == 1
    text = path.read_text(encoding="utf-8")
    assert text.startswith(before)
    count = text.count("[[example]]") - before.count("[[example]]")
    assert f"{count} examples written: " in ran.out
    names = [part for one in tomli.loads(text)["example"] for part in one["name"].split("; ")]
    assert "within: 10 days, not 11 days" in names
    assert any(name.startswith("when: ") for name in names)
    assert cli("test", "-r", "book", "desk/request/late").status == 0
    assert cli("test", "--mutate", "-r", "book", "desk/request/late").status == 0
    assert cli("test", "--write", "-r", "book").err == "checker: --write: it writes what --mutate finds; add --mutate\n"


TWICE = RULE.replace("fee > 10", "fee > 10 AND fee > 9")
SAME = """\
[[same]]
rule    = "request/late"
changes = [{changes}]
reason  = "more than ten is more than nine"
"""


@pytest.fixture
def twice(small: Path) -> Callable[[str], None]:
    """Write a rule that says a thing twice, and what is stated of its changes."""

    def write(stated: str) -> None:
        rule = small / "book/rules/request/late.toml"
        rule.write_text(TWICE.format(values="") + "".join(GOOD), encoding="utf-8")
        (small / "book/equivalent.toml").write_text(stated, encoding="utf-8")

    return write


def test_a_change_that_no_record_notices_is_missed_until_a_reason_is_stated(
    cli: Cli, twice: Callable[[str], None]
) -> None:
    twice("")
    ran = cli("test", "--mutate", "-r", "book", "desk/request/late")
    untold = [line for line in ran.out.splitlines() if "no made-up record notices" in line]
    changes = [line.split("why none can: ")[1] for line in untold]
    assert (ran.status, any("fee > 9" in json.loads(one) for one in changes)) == (1, True)
    twice(SAME.format(changes=", ".join(changes)))
    ran = cli("test", "--mutate", "-r", "book", "desk/request/late")
    assert ran.status == 0, ran.out
    assert f", {len(changes)} make no difference" in ran.out
    assert ran.out.count(": more than ten is more than nine") == len(changes)


def test_a_reason_stated_in_vain_is_told(cli: Cli, result: Callable[..., Result], small: Path) -> None:
    (small / "book/equivalent.toml").write_text(SAME.format(changes='"within: 10 days, not 9 days"'), encoding="utf-8")
    assert whats(result(GOOD)) == []
    ran = cli("test", "--mutate", "-q", "-r", "book", "desk/request/late")
    assert ran.status == 1
    assert ran.out.splitlines()[0] == (
        "STALE desk/request/late: within: 10 days, not 9 days: take it out of equivalent.toml"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("same = 3", "same: 3 is not allowed; write a list in [ ]"),
        ("[[same]]", "same 1.reason: the key is missing; add it"),
        ("a =", "the TOML is broken (Invalid value); mend the TOML there"),
    ],
)
def test_what_is_no_list_of_reasons_is_refused(cli: Cli, twice: Callable[[str], None], text: str, told: str) -> None:
    twice(text)
    ran = cli("test", "--mutate", "-r", "book")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == f"checker: book/equivalent.toml: {told}"


@pytest.mark.parametrize("book", ["property", "eldercare", "clinic", "banking_playbook"])
def test_reasons_of_the_rulebooks_are_of_rules_there_are(book: str) -> None:
    pytest.importorskip(f"checker_{book}")
    (found,) = rulebooks([book])
    rules = {name.partition("/")[2].partition("#")[0] for name in found.rules}
    assert {one.partition("#")[0] for one in reasons(found).rules} <= rules


PARTS = """\
title.en = "Late"
title.zh = "超期"
clause   = "D1"
severity = "major"

[deadline]
record = "request"
when   = "fee + most > 0 AND clock(received_at) < '08:30'"
from   = "received_at"
to     = "visited_at"
within = [{ from = 2018-01-01, is = "10 days" }, { from = 2024-07-01, is = "7 days" }]

[values]
most = 5

[lookup.visited_at]
record = "visit"
on     = { request_id = "request_id" }
where  = "visited_at >= this.received_at"
take   = "min(visited_at)"

[[example]]
name   = "visited"
given  = { request_id = "R1", fee = 1, received_at = 2023-02-01T08:00:00 }
rows.visit = [{ visit_id = "V1", request_id = "R1", visited_at = 2023-02-01T09:00:00 }]
expect = "pass"
"""


def test_each_part_is_changed_in_each_way(small: Path) -> None:
    (small / "book/rules/request/late.toml").write_text(PARTS, encoding="utf-8")
    (book,) = rulebooks(["book"])
    rule = book.rules["desk/request/late"]
    when = "deadline.when: fee + most > 0 AND clock(received_at) < '08:30' -> "
    clock, fee = "CLOCK(received_at) < '08:30'", "fee + most > 0"
    assert {one.what for one in mutants(rule, book)} == {
        "deadline.when: left out",
        "deadline.from: received_at to visited_at -> visited_at to received_at",
        when + fee,
        when + clock,
        *(f"{when}{fee.replace('>', sign)} AND {clock}" for sign in (">=", "<=")),
        f"{when}fee - most > 0 AND {clock}",
        f"{when}fee + most > 1 AND {clock}",
        *(f"{when}{fee} AND {clock.replace('<', sign)}" for sign in ("<=", ">=")),
        *(f"{when}{fee} AND {clock.replace('08:30', moved)}" for moved in ("08:29", "08:31")),
        f"{when}{fee} AND {clock.replace('received_at', 'resolved_at')}",
        "deadline.from: received_at -> resolved_at",
        *(f"deadline.within.from: 2018-01-01 -> 201{day}" for day in ("7-12-31", "8-01-02")),
        *(f"deadline.within.from: 2024-07-01 -> 2024-0{day}" for day in ("6-30", "7-02")),
        *(f"deadline.within: {n} days -> {m} days" for n, m in ((10, 9), (10, 11), (7, 6), (7, 8))),
        *(f"deadline.within: item {number} left out" for number in (1, 2)),
        *(f"values.most: 5 -> {number}" for number in (4, 6)),
        "lookup.visited_at.take: min -> max",
        "lookup.visited_at.on: request_id -> room",
        "lookup.visited_at.where: left out",
        *(
            f"lookup.visited_at.where: visited_at >= this.received_at -> visited_at {sign} this.received_at"
            for sign in ("<", ">")
        ),
        "lookup.visited_at.where: visited_at >= this.received_at -> visited_at >= this.resolved_at",
    }


def test_texts_like_days_of_the_year_are_changed_where_they_are_some(small: Path) -> None:
    season = '[[time_of_day.season]]\nfrom = "02-29"\nto = "12-31"\nhours = "08:00-18:00"\n'
    path = small / "book/rules/request/late.toml"
    path.write_text(
        f"{PARTS[: PARTS.index('[deadline]')]}[time_of_day]\nrecord = 'request'\nat = 'received_at'\n{season}",
        encoding="utf-8",
    )
    (book,) = rulebooks(["book"])
    made = {one.what for one in mutants(book.rules["desk/request/late"], book)}
    begins = {what for what in made if "season.from: 02-29 -> " in what}
    assert begins == {f"time_of_day.season.from: 02-29 -> {day}" for day in ("02-28", "03-01")}


def test_each_of_several_words_is_left_out(small: Path) -> None:
    when = "contains_any(room, 'A', 'B', 'C')"
    path = small / "book/rules/request/late.toml"
    path.write_text(RULE.format(values="").replace("grade = 'urgent' AND fee > 10", when) + GOOD[0], encoding="utf-8")
    (book,) = rulebooks(["book"])
    made = {one.what for one in mutants(book.rules["desk/request/late"], book)}
    left = ("'B', 'C'", "'A', 'C'", "'A', 'B'")
    assert {f"deadline.when: {when} -> CONTAINS_ANY(room, {words})" for words in left} <= made


def test_every_sort_of_change_is_made(property_book: Rulebook) -> None:
    book = property_book
    made = {what for rule in book.rules.values() for what in (one.what for one in mutants(rule, book))}
    for sign in (".when: left out", " -> 9 days", " left out", "<>", "lookup.", "values.", ".take: "):
        assert any(sign in what for what in made), sign


def test_a_moved_date_is_called_by_both_days() -> None:
    """So ``equivalent.toml`` can mean one of several."""
    assert in_short("deadline.within.from: 2024-07-01 -> 2024-07-02") == "within.from: 2024-07-01, not 2024-07-02"
    assert in_short("values.begin: 2018-01-01 -> 2017-12-31") == "begin: 2018-01-01, not 2017-12-31"


def test_examples_that_fail_are_refused(cli: Cli, small: Path) -> None:
    path = small / "book/rules/request/late.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('expect = "pass"', 'expect = "pending"'), encoding="utf-8")
    ran = cli("test", "--mutate", "-r", "book")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "checker: book/rules/request/late.toml: its examples fail; run 'checker test' first\n"


def test_an_example_written_has_a_name_of_its_own(result: Callable[..., Result], small: Path) -> None:
    survivors = result((GOOD[0], example("very late", "violation", "2023-03-20"))).survivors[:1]
    path = small / "book/rules/request/late.toml"
    for _time in range(3):
        add_examples(path, [("desk/request/late", survivors)])
    said, second, third = [one["name"] for one in tomli.loads(path.read_text(encoding="utf-8"))["example"]][-3:]
    assert (second, third) == (f"{said} (2)", f"{said} (3)")
