"""Names of files as people and other systems give them: they are read, and told as people read them."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path

import pytest
from office import audited

from checker.errors import CheckerError

TEXT = "投诉编号,投诉等级,投诉时间,解决时间\n1,重大,2023-01-01,\n"
ENDINGS = {"utf-8": TEXT.encode(), "gb18030": TEXT.encode("gb18030"), "utf-16": TEXT.encode("utf-16")}


def places(report):
    return [one.place for one in report.inputs]


@pytest.mark.parametrize("encoding", ENDINGS)
def test_a_name_in_another_encoding(encoding, tmp_path):
    name = os.fsencode(tmp_path) + "/投诉登记.csv".encode("gb18030")
    try:
        Path(os.fsdecode(name)).write_bytes(ENDINGS[encoding])
    except OSError:
        pytest.skip("such a name cannot be here")
    report = audited(tmp_path)
    assert places(report) == [f"{tmp_path.as_posix()}/投诉登记.csv"]


@pytest.mark.parametrize("encoding", ENDINGS)
def test_the_longest_name(encoding, tmp_path):
    path = tmp_path / f"投诉{'很' * 78}.csv"
    path.write_bytes(ENDINGS[encoding])
    assert places(audited(tmp_path)) == [path.as_posix()]


def test_a_file_that_stands_for_another_has_its_own_name(tmp_path):
    (tmp_path / "0a1b2c.csv").write_text("投诉编号,甲,乙,丙\n1,1,1,1\n", encoding="utf-8")
    (tmp_path / "exports").mkdir()
    path = tmp_path / "exports" / "投诉.csv"
    path.symlink_to(tmp_path / "0a1b2c.csv")
    assert places(audited(path)) == [path.as_posix()]
    assert places(audited(path.parent)) == [path.as_posix()]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_member_of_an_archive_that_does_not_say_the_encoding_of_names(encoding, tmp_path):
    path = tmp_path / "exports.zip"
    name = "名/投诉.csv".encode(encoding)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("?" * len(name), TEXT)
    path.write_bytes(path.read_bytes().replace(b"?" * len(name), name))
    assert places(audited(path)) == [f"{path.as_posix()}:名/投诉.csv"]


def test_a_folder_that_cannot_be_looked_into(tmp_path, monkeypatch):
    (tmp_path / "投诉.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "2023").mkdir()
    looked_into = os.scandir

    def scandir(path):
        if str(path).endswith("2023"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return looked_into(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(CheckerError) as error:
        audited(tmp_path)
    assert str(error.value).startswith(f"{tmp_path.as_posix()}/2023: the file cannot be read: Permission denied; ")


def test_a_pattern_that_fits_a_folder_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("2023").mkdir()
    for name in ("投诉1.csv", "2023/投诉2.csv"):
        Path(name).write_text(TEXT.replace("\n1,", f"\n{name},"), encoding="utf-8")
    assert places(audited("*")) == ["2023/投诉2.csv", "投诉1.csv"]
