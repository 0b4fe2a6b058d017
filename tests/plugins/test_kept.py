"""Rulebooks are kept by content: a second reading is no reading, and nothing stale is ever used."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from checker.errors import RulebookError
from checker.kinds import KINDS
from checker.rulebook import kept as module
from checker.rulebook.kept import PLACE, kept
from checker.rulebook.read import read_rulebook
from checker.rulebook.rulebook import Rulebook

SMALL = Path(__file__).parents[1] / "book"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path / "cache"))
    shutil.copytree(SMALL, tmp_path / "book")
    return tmp_path / "book"


class Reading:
    """Reads a rulebook, and counts how often."""

    def __init__(self, path: Path) -> None:
        self.path, self.times = path, 0

    def __call__(self) -> Rulebook:
        self.times += 1
        return read_rulebook(self.path, KINDS)

    def kept(self, settings: object = None) -> Rulebook:
        return kept(self.path, KINDS, settings, self)


def test_a_second_reading_gives_the_same_rulebook_without_reading(book: Path) -> None:
    reading = Reading(book)
    first, second = reading.kept(), reading.kept()
    assert reading.times == 1
    assert second.sha256 == first.sha256
    assert list(second.rules) == list(first.rules)
    assert [rule.model_dump_json() for rule in second.rules.values()] == [
        rule.model_dump_json() for rule in first.rules.values()
    ]


def test_a_changed_file_a_new_file_and_a_setting_are_read_anew(book: Path) -> None:
    reading = Reading(book)
    reading.kept()
    file = book / "rulebook.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    reading.kept()
    assert reading.times == 2
    shutil.copy(next((book / "records").glob("*.toml")), book / "records" / "another.toml")
    assert "another" in reading.kept().records
    reading.kept({"severity": "minor"})
    assert reading.times == 4


def test_a_file_with_its_ending_in_capitals_is_noticed_too(book: Path) -> None:
    reading = Reading(book)
    reading.kept()
    shutil.copy(book / "rulebook.toml", book / "rules" / "late.TOML")
    with pytest.raises(RulebookError, match=r"late\.TOML"):
        reading.kept()


def test_other_code_reads_anew(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading(book)
    reading.kept()
    monkeypatch.setattr(module, "_code", lambda: "another version")
    reading.kept()
    assert reading.times == 2


@pytest.mark.parametrize("content", [b"", b"\x80\x05", pickle.dumps(("x", "y")), pickle.dumps(3)])
def test_a_broken_file_is_written_anew(book: Path, tmp_path: Path, content: bytes) -> None:
    reading = Reading(book)
    reading.kept()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(content)
    reading.kept()
    assert reading.times == 2
    reading.kept()
    assert reading.times == 2


@pytest.mark.parametrize("place", ["", "/dev/null/nowhere"])
def test_without_a_place_nothing_is_kept(book: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv(PLACE, place)
    reading = Reading(book)
    reading.kept()
    reading.kept()
    assert reading.times == 2


def test_a_path_is_kept_as_it_was_given(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.parent)
    assert Reading(Path("book")).kept().path == Path("book")
    monkeypatch.chdir(book)
    assert Reading(Path()).kept().path == Path()


def test_a_full_disk_leaves_nothing_behind(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError

    monkeypatch.setattr(Path, "replace", full)
    assert Reading(book).kept().rules
    assert list((tmp_path / "cache").iterdir()) == []
