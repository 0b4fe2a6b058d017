"""Fields marked personal are masked in every output, and shown in full only where that is asked for."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")

NAMES = ("欧阳锋铭", "Johannes Brahms", "司马相如甲")
IDENTITY = ("110101199003077758", "44030819851212001X", "320106197711110033")
PHONES = ("13800138000", "+86 139-1234-5678", "010-62781234")
SECRETS = (*NAMES, *IDENTITY, *PHONES)
FORMATS = ("json", "jsonl", "csv", "md", "txt", "xlsx", "html", "sarif", "xml", "gitlab.json")


@pytest.fixture
def persons(desk: Path) -> Path:
    """Requests whose key is an identity number, subject a phone, and whose rules quote names and odd numbers."""
    record = desk / "book" / "records" / "request.toml"
    text = record.read_text().replace('["请求编号"]', '["请求编号"], personal = true')
    text += 'agent = { type = "text", headers = ["代理人"], personal = true }\n'
    text += 'birthday = { type = "date", headers = ["生日"], personal = true }\n'
    text += 'ill = { type = "yes_no", headers = ["患病"], personal = true }\n'
    choices = 'choices = { female = ["女"], male = ["男"] }'
    text += f'sex = {{ type = "choice", headers = ["性别"], personal = true, {choices} }}\n'
    record.write_text(text)
    rules = desk / "book" / "rules" / "request"
    same = 'title.en = "Not so"\ntitle.zh = "不得如此"\nclause = "D2"\nseverity = "major"\n'
    (rules / "agent.toml").write_text(same + '[eligibility]\nrecord = "request"\nrequire = "agent <> customer"\n')
    (rules / "age.toml").write_text(same + '[eligibility]\nrecord = "request"\nrequire = "birthday < received_at"\n')
    (rules / "ill.toml").write_text(
        same + '[eligibility]\nrecord = "request"\nrequire = "NOT ill OR sex = \'female\'"\n'
    )
    head = "请求编号,房号,部门,等级,受理时间,办结时间,客户,费用,代理人,生日,患病,性别\n"
    received, born = ("2023-01-01", "2023-02-20", ""), ("欧阳锋铭", "2024-01-01", "13800138000")
    rows = [
        f"{key},{phone},前台,紧急,{when},,{name},300,{name},{birthday},是,男\n"
        for key, phone, name, when, birthday in zip(IDENTITY, PHONES, NAMES, received, born, strict=True)
    ]
    (desk / "exports" / "requests.csv").write_text(head + "".join(rows) + rows[0], encoding="utf-8")
    return desk


def everything(folder: Path, unpacked: Callable[[Path], str]) -> dict[str, str]:
    """Return the text of every file below a folder, those inside archives too."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_dir():
            continue
        if path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
                found[path.name] = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        else:
            found[path.name] = unpacked(path).replace("\n ", "")  # calendars fold long lines
    return found


def outputs(cli: Cli, persons: Path, *more: str) -> dict[str, str]:
    (persons / "out").mkdir(exist_ok=True)
    names = [f"-oout/r.{ending}" for ending in FORMATS]
    ran = cli("check", "exports", *AS_OF, "-o", "out/notices", *names, "--max-per-rule", "0", *more)
    assert ran.status == 1, ran.err
    printed = {"terminal": ran.out}
    for shown in ("json", "jsonl", "csv", "md", "github"):
        printed[shown] = cli("check", "exports", *AS_OF, "-f", shown, *more).out
    calendars = ("-oout/due.ics", "-oout/due.xlsx")
    printed["due"] = cli("due", "exports", *AS_OF, "--within", "9w", *calendars, *more).out
    printed["compare"] = cli("compare", "out/r.json", "out/r.json").out
    return printed


def test_no_output_tells_who(cli: Cli, persons: Path, unpacked: Callable[[Path], str]) -> None:
    texts = outputs(cli, persons) | everything(persons / "out", unpacked)
    assert len(texts) >= len(FORMATS) + 8
    found = [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text]
    assert found == []


def test_they_are_shown_where_asked_for(cli: Cli, persons: Path, unpacked: Callable[[Path], str]) -> None:
    texts = outputs(cli, persons, "--show-personal-data") | everything(persons / "out", unpacked)
    told = ("json", "jsonl", "csv", "md", "terminal", "r.json", "r.csv", "r.xlsx", "r.html", "r.sarif")
    assert [name for name in told if not any(secret in texts[name] for secret in IDENTITY)] == []


def test_a_waiver_and_a_baseline_know_masked_records(cli: Cli, persons: Path) -> None:
    (persons / "w.csv").write_text(f"rule,key,reason,approver,until\ndesk/money,{IDENTITY[1]},r,a,2023-12-31\n")
    cli("check", "exports", *AS_OF, "-q", "-o", "masked.json", "--waivers", "w.csv")
    ran = cli(
        "check", "exports", *AS_OF, "-q", "--show-personal-data", "--baseline", "masked.json", "--waivers", "w.csv"
    )
    assert ran.status == 0


def test_one_of_few_values_shows_no_letter(cli: Cli, persons: Path) -> None:
    """Of yes and no, or of a choice, the first letter would tell all."""
    report = json.loads(cli("check", "exports", *AS_OF, "-f", "json").out)
    told = [one for one in report["violations"] if one["rule"].endswith("/ill")]
    assert [(one["evidence"]["ill"], one["evidence"]["sex"]) for one in told] == [("***", "***")] * 4
    assert not any(word in str(one["message"]) for one in told for word in ("y***", "是***", "m***", "男***"))


def test_the_date_of_a_neighbour_is_masked_too(cli: Cli, persons: Path) -> None:
    cadence = '[cadence]\nrecord = "request"\nat = "birthday"\nevery = "31 days"\n'
    head = 'title.en = "Gap"\ntitle.zh = "间隔"\nclause = "D2"\nseverity = "major"\n'
    (persons / "book" / "rules" / "request" / "gap.toml").write_text(head + cadence)
    path = persons / "exports" / "requests.csv"
    rows = path.read_text(encoding="utf-8")
    for told, birthday in (("欧阳锋铭", "2019-05-05"), ("2024-01-01", "2021-06-06"), ("13800138000", "2018-01-01")):
        rows = rows.replace(f"{told},是", f"{birthday},是")
    path.write_text(rows, encoding="utf-8")
    asked = ("check", "exports", *AS_OF, "-s", "desk/request/gap", "-f", "json")
    assert "2021-06-06" in cli(*asked, "--show-personal-data").out
    told = cli(*asked)
    assert told.status == 1
    assert "2021-" not in told.out
    assert "2019-" not in told.out


def test_what_cannot_be_read_as_one_of_few_shows_no_letter(cli: Cli, persons: Path) -> None:
    """Its first letter may be the whole answer: 是的."""
    exports = persons / "exports" / "requests.csv"
    exports.write_text(exports.read_text(encoding="utf-8").replace(",是,男\n", ",是的，有,男\n"), encoding="utf-8")
    report = json.loads(cli("check", "exports", *AS_OF, "-f", "json").out)
    told = [one["value"] for one in report["data_errors"] if one["field"] == "ill"]
    assert told == ["***"] * 4
