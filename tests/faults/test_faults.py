"""What goes wrong around an audit: no half-written report, no verdict on half-read data, one line for the user."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import checker
from checker import report as reports
from checker.engines.duckdb import DuckDB
from checker.engines.duckdb_judging import Judging
from checker.report.bulk import within_memory

Cli = Callable[..., Any]
CHECK = ("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-q")
MAIN = "from checker.cli import program; program()"


def command(*words: str, first: str = "") -> list[str]:
    return [sys.executable, "-c", f"{first}\n{MAIN}", *words]


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in ("book", "exports", "tmp"))


def test_a_report_that_cannot_be_finished_leaves_nothing(
    cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_report: object, path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (small / "out.json").write_text("yesterday's", encoding="utf-8")
    monkeypatch.setitem(reports.FORMATS, ".json", full)
    ran = cli(*CHECK, "-o", "out.json")
    assert (ran.status, ran.err) == (
        2, "checker: out.json: the file cannot be written: No space left on device; name another place\n",
    )  # fmt: skip
    assert (small / "out.json").read_text(encoding="utf-8") == "yesterday's"
    assert left_behind(small) == ["out.json"]


def test_a_full_disk_under_the_working_files_is_told(small: Path) -> None:
    lines = "".join(f"R{n},1-101,紧急,2023-02-01 09:00,,王伟,10\n" for n in range(20_000))
    path = small / "exports" / "requests.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n" + lines, encoding="utf-8")

    def little_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    (small / "tmp").mkdir()
    large = "from checker.engines import duckdb; duckdb._IN_MEMORY = 0"  # as with more exports than tests should write
    ran = subprocess.run(
        command(*CHECK, "-o", "out.json", first=large),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_disk,  # nothing else runs here
        env={**os.environ, "TMPDIR": str(small / "tmp"), "CHECKER_LANG": "en"},
    )
    assert ran.returncode == 2, ran.stderr[-500:]
    assert "the working files cannot be written" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert left_behind(small) == []


@pytest.mark.parametrize("place", ["exports/requests.csv/out.json", "/proc/out.json"])
def test_an_output_that_is_not_writable_is_told(cli: Cli, small: Path, place: str) -> None:
    ran = cli(*CHECK, "-o", place)
    assert ran.status == 2
    assert ran.err.startswith(f"checker: {place}: the file cannot be written: ")
    assert len(ran.err.splitlines()) == 1


def test_an_output_in_no_folder_is_told(cli: Cli, small: Path) -> None:
    ran = cli(*CHECK, "-o", "nowhere/out.json")
    assert (ran.status, ran.err) == (2, "checker: nowhere: there is no such file or folder; check the spelling\n")


LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [
        (*CHECK, "-o", f"{LONG}.json"),
        (*CHECK, "--baseline", f"{LONG}.json"),
        ("rules", "-r", LONG),
        ("records", "-r", "book", "--match", "exports", "-o", LONG),
        ("records", "-r", "book", "--template", LONG),
        ("new", "rulebook", LONG),
    ],
)
def test_a_name_that_no_file_can_have_is_told(cli: Cli, small: Path, words: tuple[str, ...]) -> None:
    ran = cli(*words)
    assert ran.status == 2
    (line,) = ran.err.splitlines()
    assert line.startswith(f"checker: {LONG}")
    assert line.endswith(": File name too long; check the spelling")


def test_the_longest_name_that_a_file_can_have_is_one_of_a_report(cli: Cli, small: Path) -> None:
    name = "a" * 250 + ".json"
    assert cli(*CHECK, "-o", name).status == 1
    assert json.loads((small / name).read_text(encoding="utf-8"))["violations"]


def test_no_name_is_not_the_current_folder(cli: Cli, small: Path) -> None:
    ran = cli("check", "", *CHECK[2:])
    assert (ran.status, ran.err) == (2, "checker: '': there is no such file or folder; check the spelling\n")


def test_a_bug_is_no_verdict(small: Path) -> None:
    broken = "from checker import auditing; auditing.planned = lambda *_: 1 / 0"
    ran = subprocess.run(command(*CHECK, first=broken), capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("Traceback")
    assert ran.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_limit_beyond_all_clocks_is_none(cli: Cli, small: Path) -> None:
    assert cli(*CHECK, "--time-limit", "1e300").status == 1


@pytest.mark.parametrize("words", [("--version",), CHECK[:-1]])
def test_a_full_standard_output_is_told(small: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(command(*words), cwd=small, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        2, "checker: the output: it cannot be written: No space left on device; make room\n",
    )  # fmt: skip


def test_killed_half_way_there_is_no_half_report(small: Path) -> None:
    killed = """
import os, signal
from checker import report
def half(_report, path):
    path.write_text("{")
    os.kill(os.getpid(), signal.SIGKILL)
report.FORMATS[".json"] = half
"""
    (small / "out.json").write_text("yesterday's", encoding="utf-8")
    assert subprocess.run(command(*CHECK, "-o", "out.json", first=killed), check=False).returncode == -9
    assert (small / "out.json").read_text(encoding="utf-8") == "yesterday's"


def test_two_runs_at_once_do_not_disturb_each_other(small: Path) -> None:
    runs = [subprocess.Popen(command(*CHECK, "-o", "out.json")) for _run in range(2)]
    assert [run.wait(60) for run in runs] == [1, 1]
    found = json.loads((small / "out.json").read_text(encoding="utf-8"))
    assert found["summary"]["records"] == 5
    assert left_behind(small) == ["out.json"]


@pytest.mark.parametrize("change", ["grow", "same size", "gone"])
def test_an_input_that_changes_while_it_is_audited_is_refused(small: Path, change: str) -> None:
    path = small / "exports" / "requests.csv"
    text = path.read_text(encoding="utf-8")

    def meddle(_what: str, _share: float) -> None:
        match change:
            case "grow":
                path.write_text(text + "R9,1-101,紧急,2023-02-01 09:00,,王伟,10\n", encoding="utf-8")
            case "same size":
                path.write_text(text.replace("R1", "R9"), encoding="utf-8")
            case _:
                path.unlink(missing_ok=True)

    books = checker.rulebooks(["book"])
    told = "requests.csv: the file changed while it was audited; audit it again when nothing writes to it"
    with pytest.raises(checker.SourceError, match=told):
        checker.audit(["exports"], books, dt.date(2023, 3, 1), progress=meddle)


def test_the_working_folder_goes_with_the_report(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(small / "tmp")}
    assert subprocess.run(command(*CHECK), check=False, env=env).returncode == 1
    assert list((small / "tmp").iterdir()) == []


def test_a_report_that_finds_no_memory_says_so() -> None:
    with pytest.raises(checker.UsageError, match="--memory-limit: the report needs more"), within_memory():
        raise duckdb.OutOfMemoryException("could not allocate block")


def test_what_finds_no_memory_beside_others_is_done_again_alone(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def written() -> str:
        found = checker.audit([small / "exports"], checker.rulebooks([small / "book"]), dt.date(2023, 3, 1))
        reports.FORMATS[".jsonl"](found, small / "found.jsonl")
        return (small / "found.jsonl").read_text(encoding="utf-8")

    def short_of_memory(owner: type, name: str, times: int) -> None:
        done, left = getattr(owner, name), [times]

        def ends(self: object, *given: object) -> object:
            result = done(self, *given)
            if left[0]:
                left[0] -= 1
                raise duckdb.OutOfMemoryException("could not allocate block")
            return result

        monkeypatch.setattr(owner, name, ends)

    whole = written()
    assert whole
    short_of_memory(Judging, "_keys", 1)  # the last step, when all is told
    short_of_memory(DuckDB, "_keep", 1)
    assert written() == whole
    short_of_memory(Judging, "_judge", 3)  # beside others, alone, and in a few parts
    assert written() == whole
    short_of_memory(Judging, "_counts", 1000)
    with pytest.raises(checker.CheckerError, match=r"--memory-limit \d+MB: the audit needs more"):
        written()
