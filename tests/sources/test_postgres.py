"""PostgreSQL: the tables of a real server, started for these tests from Debian's package."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from disguises import HEADERS, as_csv, plain, records, table, text
from office import audited, findings

from checker.errors import CheckerError

ROWS = records()
TYPES = {
    "是否有效": "boolean", "投诉时间": "timestamp", "承诺日期": "date", "来电时刻": "time", "补偿金额": "numeric(12,2)",
    "满意率": "double precision", "处理时长": "integer", "来电次数": "smallint", "资料": "text[]",
    "有效期起": "timestamptz", "有效期止": "timestamptz",
}  # fmt: skip


def spelled(header, value):
    """Spell a value as PostgreSQL reads it into the type of its column."""
    if header == "资料":
        return "{" + ",".join(value) + "}"
    if isinstance(value, bool):
        return str(value)
    return f"{plain(header, value)}+08" if header.startswith("有效期") else plain(header, value)


@pytest.fixture(scope="module")
def server():
    """The address of a server with the records in a database of texts and in one of types."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("CI needs the Debian package postgresql")
        pytest.skip("the Debian package postgresql is not installed")
    binaries = found[-1].parent
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp())
    if user:
        shutil.chown(folder, user)

    def run(*words):
        subprocess.run([str(word) for word in words], check=True, user=user, cwd=folder, capture_output=True)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"postgresql://office:secret@127.0.0.1:{port}"
    run(binaries / "initdb", "-D", folder / "data", "-U", "office", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c unix_socket_directories='' -c fsync=off -c timezone=UTC"
    run(binaries / "pg_ctl", "-D", folder / "data", "-w", "-o", options, "-l", folder / "log", "start")
    try:
        for name, types in (("texts", {}), ("types", TYPES)):
            psql(binaries, f"{url}/postgres", f"CREATE DATABASE {name}")
            columns = ", ".join(f'"{header}" {types.get(header, "text")}' for header in HEADERS)
            psql(binaries, f"{url}/{name}", f'CREATE TABLE "投诉登记" ({columns})')
            copy = 'COPY "投诉登记" FROM STDIN (FORMAT csv, HEADER true)'
            psql(binaries, f"{url}/{name}", copy, text(table(ROWS, spelled if types else plain)))
            psql(binaries, f"{url}/{name}", "CREATE SCHEMA old CREATE TABLE log (id integer)")
        yield url
    finally:
        run(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def psql(binaries, url, statement, given=""):
    words = [binaries / "psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", statement]
    subprocess.run(words, check=True, input=given.encode(), capture_output=True)


@pytest.mark.parametrize("name", ["texts", "types"])
def test_a_table_gives_the_same_findings_as_a_file(name, server, tmp_path):
    expected = findings(audited(as_csv()(ROWS, tmp_path)))
    report = audited(f"{server}/{name}")
    assert list(report.findings.data_errors()) == []
    assert findings(report) == expected
    (one,) = report.inputs
    place = f"{server}/{name}".replace(":secret", "")
    assert (one.place, one.encoding, one.rows) == (f"{place}:投诉登记", "postgresql", len(ROWS))
    assert report.ignored == (f"{place}:old.log",)


def test_a_database_that_is_not_there(server):
    with pytest.raises(CheckerError) as error:
        audited(f"{server}/nowhere")
    assert "secret" not in str(error.value)
    assert "the database cannot be read ([libpq] Failed to connect" in str(error.value)
