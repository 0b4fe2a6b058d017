"""``[data.<record>]`` of ``checker.toml``, and ``checker records --match``."""

from __future__ import annotations

import pytest
import xlsxwriter
from office import BOOK, audited

from checker.errors import CheckerError

ODD = "一览\n单号,姓名,级别,有效吗,收到,结清,赔款\n1,王,A,1,01/02/2023,20.02.23,2.5\n2,李,B,2,03/02/2023,,1\n"
MAPPING = {
    "files": ["ledger*"],
    "header-row": 2,
    "columns": {
        "complaint_id": "单号",
        "customer": "姓名",
        "grade": "级别",
        "is_valid": "有效吗",
        "received_at": "收到",
        "resolved_at": "结清",
        "amount": "赔款",
    },
    "values": {"grade": {"A": "major", "B": "轻微"}, "is_valid": {"1": False, "2": "yes"}},
    "formats": {"received_at": "day first", "resolved_at": "%d.%m.%y", "amount": "万元"},
}


def test_a_mapping_says_everything(tmp_path):
    (tmp_path / "ledger.csv").write_text(ODD, encoding="utf-8")
    report = audited(tmp_path / "ledger.csv", mapping={"complaint": MAPPING})
    assert list(report.findings.data_errors()) == []
    found = {report.rules[one.rule].rule.id: (one.key, one.place.row, one.evidence) for one in report.findings.of(4)}
    assert found["office/complaint/late"] == ("1", 3, ("major", "2023-02-01", "2023-02-20"))
    assert found["office/complaint/dear"] == ("1", 3, ("25000",))
    assert found["office/complaint/valid"] == ("1", 3, ("no",))
    assert report.inputs[0].unknown == ()


def test_a_sheet_is_chosen_by_name(tmp_path):
    path = tmp_path / "all.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("一月", "二月"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["投诉编号", "甲", "乙", "丙", "丁", "戊"])
            sheet.write_row(1, 0, [name, 1, 2, 3, 4, 5])
    with pytest.raises(CheckerError, match="fit no record type"):
        audited(path)
    report = audited(path, mapping={"complaint": {"sheet": "二月", "columns": {"amount": "甲"}}})
    assert [one.place for one in report.inputs] == [f"{path.as_posix()}:二月"]
    assert report.ignored == (f"{path.as_posix()}:一月",)


@pytest.mark.parametrize("headers", ["编号,姓名", "编号", "投诉编号,满意率,甲,乙"])
def test_a_key_alone_does_not_tell_what_a_file_is(headers, tmp_path):
    """Under a name that says nothing; anything may have a number. A name or a mapping does tell."""
    content = headers + "\n1" + "," * headers.count(",") + "\n"
    path = tmp_path / "名册.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CheckerError) as refused:
        audited(path)
    (line,) = str(refused.value).splitlines()
    assert f"{path.as_posix()}: the headers fit no record type (tried 2; nearest office/complaint: " in line
    assert line.endswith(
        "; if it is office/complaint, name it like complaint*, or under files of [data.complaint] in checker.toml"
    )
    assert [one.rows for one in audited(path, mapping={"complaint": {"files": ["名册*"]}}).inputs] == [1]
    named = tmp_path / "complaints.csv"
    named.write_text(content, encoding="utf-8")
    assert [one.rows for one in audited(named).inputs] == [1]


def test_a_key_among_many_strange_columns_suggests_no_name(tmp_path):
    """A file named so would be read, with all its other fields empty."""
    path = tmp_path / "名册.csv"
    path.write_text("投诉编号,甲,乙,丙,丁\n1,,,,\n", encoding="utf-8")
    with pytest.raises(CheckerError, match="see the headers known") as refused:
        audited(path)
    assert "name it like" not in str(refused.value)


@pytest.mark.parametrize("headers", ["编号,投诉级别", "投诉编号,满意率,甲", "投诉编号,满意率,来电次数,甲,乙,丙"])
def test_headers_that_tell_need_no_name(headers, tmp_path):
    path = tmp_path / "sheet1.csv"
    path.write_text(headers + "\n1" + "," * headers.count(",") + "\n", encoding="utf-8")
    assert [one.record for one in audited(path).inputs] == ["complaint"]


def test_a_sheet_with_a_key_alone_is_left_out_beside_others(tmp_path):
    path = tmp_path / "all.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, header in (("投诉", ["投诉编号", "投诉等级"]), ("名册", ["编号", "姓名"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, ["1", ""])
    report = audited(path)
    assert [one.place for one in report.inputs] == [f"{path.as_posix()}:投诉"]
    assert report.ignored == (f"{path.as_posix()}:名册",)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (
            {"complaints": {}},
            "checker.toml: data.complaints: there is no such record type; did you mean complaint?",
        ),
        (
            {"complaint": {"columns": {"grades": "级别"}}},
            "checker.toml: data.complaint.columns: office/complaint has no field 'grades'; did you mean grade?",
        ),
        (
            {"complaint": {"formats": {"received_at": "dd/mm"}}},
            (
                "checker.toml: data.complaint.formats.received_at: 'dd/mm' is no format of dates; write 'day first',"
                " 'month first' or a format such as '%d/%m/%Y'"
            ),
        ),
        (
            {"complaint": {"formats": {"amount": "筐"}}},
            "checker.toml: data.complaint.formats.amount: '筐' is no unit; write a unit such as '万元'",
        ),
        (
            {"complaint": {"columns": {"grade": "级别"}}},
            "{path}: header row: there is no column '级别', which the mapping names for grade; did you mean 投诉级别?",
        ),
        (
            {"visit": {"files": ["投诉*"]}},
            (
                "{path}: header row: there is no column for visit_id, of which the key of office/visit is made; name it"
                " under [data.visit.columns] in checker.toml"
            ),
        ),
    ],
)
def test_what_a_mapping_cannot_mean(mapping, told, tmp_path):
    path = tmp_path / "投诉.csv"
    path.write_text("投诉编号,投诉级别\n1,重大\n", encoding="utf-8")
    with pytest.raises(CheckerError) as error:
        audited(path, mapping=mapping)
    assert str(error.value) == told.replace("{path}", path.as_posix())


def test_a_mapping_for_a_rulebook_that_is_not_there_is_left_out(tmp_path):
    (tmp_path / "投诉.csv").write_text("投诉编号,投诉级别,补偿金额\n1,重大,1\n", encoding="utf-8")
    assert audited(tmp_path, mapping={"other/complaint": {"header-row": 9}}).inputs[0].rows == 1


def test_match_shows_where_columns_went_and_writes_a_mapping(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.csv").write_text(ODD.replace("结清", "解决时刻"), encoding="utf-8")
    (tmp_path / "投诉.csv").write_text(
        "投诉登记\n投诉编号,投诉级别 1：重大 2：轻微,受理时间,补偿金额（万元）,解决时刻,有效期\n1,1,2023-01-01,1,,\n",
        encoding="utf-8",
    )
    ran = cli("records", "-r", BOOK, "--match", "投诉.csv", "--match", "ledger.csv", "-o", "mine.toml")
    assert ran.status == 0
    for told in (
        "投诉.csv → office/complaint",
        "投诉级别 1：重大 2：轻微  grade         1 = 重大; 2 = 轻微",
        "补偿金额（万元）          amount        万元",
        "解决时刻                  —             like 解决时间",
        "有效期                    valid_to      the end of a range",
        "ledger.csv: the headers fit no record type",
        "office/complaint/late     resolved_at",
    ):
        assert told in ran.out
    mapping = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert '# resolved_at = ""  # 解决时间\n' in mapping
    assert '# no field takes the column "解决时刻" (like 解决时间)\n' in mapping

    edited = mapping.replace('# resolved_at = ""', 'resolved_at = "解决时刻"')
    (tmp_path / "checker.toml").write_text(edited, encoding="utf-8")
    ran = cli("records", "-r", BOOK, "--match", "投诉.csv")
    assert "解决时刻                  resolved_at\n" in ran.out
    assert cli("check", "-r", BOOK, "投诉.csv", "--as-of", "2023-01-02").status == 0
    assert cli("records", "-r", BOOK, "--match", "投诉.csv", "-o", "mine.toml").status == 2


def test_a_word_in_a_list_of_documents_is_mapped(tmp_path):
    cells = {
        "1": "身份证原件、户口簿",
        "2": "户口簿、身份证",
        "3": "身份证、照片",
        "4": "齐全",
        "5": "身份证、户口簿、照片",
        "6": "《身份证原件》、户口簿、户口簿、身份证原件",
    }
    rows = "".join(f"{key},{papers}\n" for key, papers in cells.items())
    (tmp_path / "投诉.csv").write_text("投诉编号,资料\n" + rows, encoding="utf-8")
    said = {"身份证原件": "identity", "户口簿": "户口本", "齐全": "身份证、户口本"}
    report = audited(tmp_path, mapping={"complaint": {"values": {"documents": said}}})
    (rule,) = (one for one in report.rules if one.rule.id == "office/complaint/papers")
    assert rule.outcomes == {"pass": 5, "violation": 0, "pending": 0, "not_applicable": 0, "not_assessed": 1}
    told = [(one.key, one.value) for one in report.findings.data_errors() if one.key]
    assert sorted(told) == [("3", "身份证、照片"), ("5", "身份证、户口本、照片")]
