"""The banking rulebook keeps its two layers apart: the manual's checklist, and figures and thresholds of ours."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from checker.kinds.assessment import Assessment
from checker.kinds.indicator import Indicator
from checker.plugins import rulebooks
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook

pytest.importorskip("checker_banking_playbook")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebooks(["banking_playbook"])[0]


def topic(rule: Rule) -> str:
    return rule.id.split("/")[1]


def test_the_checklist_states_no_number_of_its_own_and_cites_each_item_once(book: Rulebook) -> None:
    checklist = [rule for rule in book.rules.values() if topic(rule) == "checklist"]
    assert {rule.kind_name for rule in checklist} == {"assessment"}
    assert {rule.severity for rule in checklist} == {"major"}
    assert {rule.id for rule in checklist if rule.defaults} == {r.id for r in checklist if "post-loan" in r.id}
    clauses = Counter(rule.clause for rule in checklist)
    assert len(clauses) == 184
    assert set(clauses.values()) == {1}
    assert {rule.id for rule in book.rules.values() if rule.kind_name == "assessment"} == {r.id for r in checklist}


def test_the_codes_that_examinations_may_bear_are_the_items_of_parts_three_and_four(book: Rulebook) -> None:
    codes = book.rules["banking_playbook/approval/item-code"].values["codes"].editions[0].is_
    items = [clause for clause in book.clauses if re.fullmatch(r"M3\.[34](\.[0-9]+){3}", clause)]
    assert str(codes).strip("|").split("|") == items
    assert {r.clause for r in book.rules.values() if topic(r) == "checklist"} <= set(items)
    assert len({r.kind.item for r in book.rules.values() if isinstance(r.kind, Assessment)}) == 1


LAYERS = {
    "Checklist: ": "清单：",
    "Recomputation: ": "重算：",
    "Red flag: ": "预警：",
    "Register: ": "台账：",
}
"""What every title begins with: the layer of the rulebook that speaks."""


def test_every_title_says_its_layer(book: Rulebook) -> None:
    for rule in book.rules.values():
        (english,) = (word for word in LAYERS if rule.title.en.startswith(word))
        assert rule.title.zh.startswith(LAYERS[english]), rule.id
        match topic(rule), rule.kind:
            case "checklist", _:
                assert english == "Checklist: ", rule.id
            case "recompute", _:
                assert english == "Recomputation: ", rule.id
            case "flags", _:
                assert english == "Red flag: ", rule.id
            case _, Indicator():
                assert english == "Red flag: ", rule.id
            case _:
                assert english != "Recomputation: ", rule.id


def test_a_red_flag_is_minor_says_so_and_its_bound_is_a_default_with_a_reason(book: Rulebook) -> None:
    flags = [rule for rule in book.rules.values() if topic(rule) == "flags"]
    assert {rule.severity for rule in flags} == {"minor"}
    assert all(rule.title.en.startswith("Red flag: ") and rule.title.zh.startswith("预警：") for rule in flags)
    for rule in book.rules.values():
        if isinstance(rule.kind, Indicator):
            assert rule.severity == "minor", rule.id
            assert rule.kind.source is not None, rule.id
            assert rule.kind.unit, rule.id
            assert all(bound.default for bound in rule.kind.bounds.values()), rule.id
        elif rule.title.en.startswith("Red flag: "):  # a condition, with where it comes from or why its number is so
            assert rule.severity == "minor", rule.id
            assert rule.reading or rule.defaults, rule.id


def test_explain_tells_formula_source_bound_and_that_it_is_ours(cli: Callable[..., Any]) -> None:
    told = cli("explain", "banking_playbook/flags/m-score").out
    assert "4.679 * ((net_profit - operating_cash_flow) / total_assets)" in told
    assert "source = Beneish (1999)" in told
    assert "max = -1.78 (The cut-off" in told
    assert "Our default, not the manual's: max" in told


def test_every_clause_of_the_manual_is_accounted_for(book: Rulebook) -> None:
    cited = {clause for rule in book.rules.values() for clause in (rule.clause, *rule.also)}
    for number, clause in book.clauses.items():
        assert (number in cited) + (clause.manual is not None) + clause.context == 1, number


TELLING = {
    "checklist/sme#need-operating-cycle": ("Checklist: ", "was not examined"),
    "recompute/loan-need#operating-cycle": ("Recomputation: ", "389960000 * (1 - 20 / 100) * (1 + 10 / 100)"),
    "flags/related-share#sales": ("Red flag: ", "related_sales / revenue = "),
}
"""For a rule of each layer its word, and what its findings put in."""


def read(path: Path) -> str:
    """Return the texts that a reader of a report sees."""
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as file:
            parts = [file.read(name).decode() for name in file.namelist() if name.endswith(".xml")]
        return html.unescape(re.sub(r"<[^>]*>", "", "".join(parts)))
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":  # the page unpacks its findings itself; those of gzip begin so in base64
        packed = re.findall(r"H4sI[A-Za-z0-9+/]+=*", text)
        text += "".join(gzip.decompress(base64.b64decode(one)).decode() for one in packed)
    if path.suffix in (".json", ".sarif"):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text))


def test_every_output_keeps_the_layers_apart_and_puts_the_numbers_in(
    cli: Callable[..., Any], root: Path, tmp_path: Path
) -> None:
    endings = ("json", "jsonl", "csv", "md", "txt", "xlsx", "html", "sarif", "gitlab.json", "xml")
    files = [tmp_path / f"report.{ending}" for ending in endings]
    options = [word for rule in TELLING for word in ("--select", f"banking_playbook/{rule}")]
    for out in (*files, tmp_path / "notices"):
        options += ["-o", str(out)]
    ran = cli("check", "fixtures/banking_playbook", "-r", "banking_playbook", "--as-of", "2023-06-30", *options)
    assert ran.status == 1, ran.err
    letters = "".join(read(one) for one in sorted((tmp_path / "notices").iterdir()))
    for name, text in {"terminal": ran.out, "notices": letters, **{one.name: read(one) for one in files}}.items():
        for layer, numbers in TELLING.values():
            assert layer in text, (name, layer)
            assert numbers in re.sub(r"\s+", " ", text), (name, numbers)
    ran = cli("check", "fixtures/banking_playbook", "-r", "banking_playbook", *options[:6], "-f", "github")
    annotated = unquote(ran.out)  # titles of annotations spell a colon %3A
    assert all(layer in annotated for layer, _numbers in TELLING.values())


@pytest.mark.parametrize("rule", TELLING)
def test_explain_names_the_layer_and_the_formula(cli: Callable[..., Any], rule: str) -> None:
    told = cli("explain", f"banking_playbook/{rule}").out
    assert told.splitlines()[1].startswith(TELLING[rule][0])
    assert {"checklist": "Kind: assessment", "recompute": "Kind: reconcile", "flags": "Kind: indicator"}[
        rule.partition("/")[0]
    ] in told


def test_explain_puts_the_numbers_of_a_record_in(cli: Callable[..., Any], root: Path) -> None:
    told = cli(
        "explain", "banking_playbook/recompute/loan-need#operating-cycle", "--record", "L014 / operating_cycle",
        "fixtures/banking_playbook", "--as-of", "2023-06-30",
    ).out  # fmt: skip
    assert TELLING["recompute/loan-need#operating-cycle"][1] in re.sub(r"\s+", " ", told)


GOOD_FAITH = {
    "客户拜访与维护记录": """客户编号,联系日期,联系方式,联系编号,拜访步骤,内容
C1,2023-03-31,拜访,1,,续贷
C1,2023-03-31,电话,2,,约见
C1,2023-03-31,电话,3,,约见""",
    "关联方及交易表": """客户编号,关联方名称,关联关系,交易类型,交易编号,交易日期,交易金额,市场价金额,清偿资产
C1,张三,股东,采购,1,2023-03-31,100,100,
C1,张三,董事,采购,1,2023-03-31,100,100,
C1,张三,董事,采购,2,2023-03-31,100,100,""",
    "授信评估清单": """业务编号,评估项编号,评估日期,评估编号,评估结论,依据,说明,评估人
L1,M3.4.1.1.1,2023-03-31,1,正常,底稿1,,李四
L1,M3.4.1.1.1,2023-03-31,2,正常,底稿2,,王五""",
    "交叉核验表": """业务编号,核验来源,核验指标,核验期间,报表数,核验数
L1,纳税申报,营业收入,2021,100,100
L1,纳税申报,营业收入,2022,100,100""",
    "担保与押品台账": """担保编号,业务编号,担保方式
D1,L1,最高额抵押
D1,L2,最高额抵押""",
}
"""Records that look alike: several contacts and dealings of one day, two roles of one party, two examiners, one figure
of two years, one mortgage up to a maximum for two loans."""


def test_what_is_told_twice_in_good_faith_has_keys_of_its_own(cli: Callable[..., Any], tmp_path: Path) -> None:
    for name, text in GOOD_FAITH.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    ran = cli("check", str(tmp_path), "-r", "banking_playbook", "--as-of", "2023-06-30", "-f", "json")
    assert json.loads(ran.out)["data_errors"] == []
    contacts = tmp_path / "客户拜访与维护记录.csv"
    contacts.write_text(GOOD_FAITH["客户拜访与维护记录"].replace(",3,", ",2,"), encoding="utf-8")
    ran = cli("check", str(tmp_path), "-r", "banking_playbook", "--as-of", "2023-06-30", "-f", "json")
    (error,) = json.loads(ran.out)["data_errors"]
    assert (error["problem"], error["key"]) == ("key twice", "C1 / 2023-03-31 / phone / 2")


LEFT_OUT = {
    "客户拜访与维护记录": "客户编号,联系日期,内容\nC1,2023-03-31,续贷",
    "关联方及交易表": "客户编号,关联方名称,交易类型,交易日期,交易金额\nC1,张三,采购,2023-03-31,100",
    "客户档案": "客户编号,客户阶段\nC1,存量",
}
"""Exports without a column that the key of their type takes where it is there, and which a rule asks to be filled."""


def test_a_column_of_the_key_that_may_be_left_out_is_not_held_to_be_empty(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    for name, text in LEFT_OUT.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    asked = ("banking_playbook/client/contact-record#method", "banking_playbook/flags/related-party-named")
    selected = [word for rule in asked for word in ("--select", rule)]
    ran = cli("check", str(tmp_path), "-r", "banking_playbook", "--as-of", "2023-06-30", "-f", "json", *selected)
    assert {one["id"]: one["outcomes"]["not_assessed"] for one in json.loads(ran.out)["rules"]} == dict.fromkeys(
        asked, 1
    )
