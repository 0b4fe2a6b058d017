"""Headers: which field a column is, and what a header says about its cells."""

from __future__ import annotations

import pytest
from office import office

from checker.sources.headers import bare, duplicates, is_lost, legend, match, normal
from checker.sources.heading import heading

COMPLAINT = office()[0].records["complaint"]


@pytest.mark.parametrize(
    "header",
    [
        "投诉编号",
        " 投诉编号 ",
        "*投诉编号：",
        "投诉\n编号",
        "\ufeff投诉编号",
        "投诉\u200b编号",
        "编号",
        "complaint_id",
        "Complaint ID",
        "ＣＯＭＰＬＡＩＮＴ＿ＩＤ",
    ],
)
def test_spellings_of_a_header(header):
    assert match((header,), COMPLAINT, {}).columns == {"complaint_id": 0}


@pytest.mark.parametrize(
    ("header", "stem", "codes"),
    [
        ("处理状态 0：未处理  1：已处理", "处理状态", {"0": "未处理", "1": "已处理"}),
        ("是否建议入住(0:建议，1:不建议)", "是否建议入住", {"0": "建议", "1": "不建议"}),
        ("入住情况(0:已入住，1:未入住)", "入住情况", {"0": "已入住", "1": "未入住"}),
        ("账单类型(1月度账单 2费用账单)", "账单类型", {"1": "月度账单", "2": "费用账单"}),
        ("交易状态(0待支付 1已支付 2已关闭)", "交易状态", {"0": "待支付", "1": "已支付", "2": "已关闭"}),
        ("状态 (0: 未生效、 1: 已生效、 2: 已过期、 3: 已失效)", "状态",
         {"0": "未生效", "1": "已生效", "2": "已过期", "3": "已失效"}),
        ("派单状态：待派单/已派单/已处置", "派单状态", {}),
        ("是否超时：是/否", "是否超时", {}),
        ("工单处理状态（字典: aicrm_complaint_status）", "工单处理状态", {}),
        ("客户满意度（1-5星）", "客户满意度", {}),
        ("批复金额（万元）", "批复金额", {}),
        ("维保单位(现)", "维保单位", {}),
        ("投诉主键（UUID）", "投诉主键", {}),
        ("账单月份yyyy-MM", "账单月份", {}),
        ("时间 yyyy/MM/dd HH:mm:ss", "时间", {}),
        ("历史欠费+当期欠费=欠费", "历史欠费+当期欠费=欠费", {}),
    ],
)  # fmt: skip
def test_legends_and_brackets(header, stem, codes):
    assert bare(header) == stem
    assert legend(header) == codes


def test_near_duplicates_are_kept_apart():
    found = match(("投诉编号", "客户姓名(现)", "客户姓名(工单)"), COMPLAINT, {})
    assert found.columns == {"complaint_id": 0}
    assert found.unknown == ("客户姓名(现)", "客户姓名(工单)")
    found = match(("投诉编号", "客户姓名(现)", "客户姓名"), COMPLAINT, {})
    assert (found.columns["customer"], found.unknown) == (2, ("客户姓名(现)",))


def test_a_mapping_comes_first():
    found = match(("投诉编号", "客户姓名", "投诉人"), COMPLAINT, {"customer": "投诉人"})
    assert (found.columns["customer"], found.unknown) == (2, ("客户姓名",))
    found = match(("投诉编号", "客户姓名"), COMPLAINT, {"customer": "投诉人"})
    assert found.absent == (("customer", "投诉人"),)


def test_a_header_for_two_moments_is_a_range():
    found = match(("有效期",), COMPLAINT, {})
    assert (found.columns, found.second) == ({"valid_from": 0, "valid_to": 0}, {"valid_to"})
    found = match(("有效期起", "有效期止"), COMPLAINT, {})
    assert (found.columns, found.second) == ({"valid_from": 0, "valid_to": 1}, frozenset())
    mapped = {"valid_from": "期限", "valid_to": "期限"}
    assert match(("期限",), COMPLAINT, mapped).second == {"valid_to"}


def test_duplicates_and_lost_headers():
    assert duplicates(("甲", "乙", "甲 ", "", "")) == ["甲"]
    assert duplicates(("甲", "甲*", "Note", "NOTE")) == []
    assert duplicates(("Note", "NOTE ", "resolved_at", "补充", "补充*", "投诉编号(1)", "*", ":"), COMPLAINT) == ["Note"]
    assert [is_lost(header) for header in ("??", "\ufffd\ufffd\ufffd", "?", "是否?", "")] == [True, True] + [False] * 3
    assert normal("是否　有效？") == "是否有效?"


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([["投诉编号", "客户姓名"], ["1", "王"]], 0),
        ([["投诉_全部"], ["投诉编号", "客户姓名"], ["1", "王"]], 1),
        ([["投诉编号：2023年", "", ""], [], ["投诉信息", "", "客户姓名"], ["投诉编号", "投诉级别", "客户姓名"]], 3),
        ([["投诉编号", "客户", ""], ["", "投诉级别", "备注"], ["1", "重大", "x"]], 1),
        ([["投诉编号", "客户姓名", "备注"], ["", "", "投诉级别"], ["1", "王", "x"]], 0),
        ([["台账", "", ""], ["甲", "乙", "丙"], ["1", "2", "3"]], 1),
        ([["", ""], []], None),
        ([], None),
    ],
)
def test_the_row_of_the_headers(rows, row):
    assert heading(office(), {}).row("投诉", rows) == row
