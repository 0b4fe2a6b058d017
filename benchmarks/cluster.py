"""The same audit on DuckDB, on Spark within one process, and on a standalone cluster of a master and two workers.

All of the cluster is on this machine's loopback: it shows that findings agree and that nothing but counts comes to
the driver, not how fast several machines are.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pyspark

from benchmarks.data import complaints
from benchmarks.measure import Measured, checker
from benchmarks.scan import AS_OF

_SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
_MASTER, _WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"


def complaints_in_parts(folder: Path, count: int, parts: int) -> Path:
    """Return a folder with so many complaints in so many files: a CSV file is read by one task."""
    whole = complaints(folder, count)
    target = folder / f"complaints-{count}-in-{parts}"
    if not target.exists():
        making = target.with_suffix(".part")
        making.mkdir(parents=True, exist_ok=True)
        for part in range(parts):
            chosen = (
                f"SELECT * FROM read_csv('{whole}', all_varchar = true) WHERE CAST(投诉编号[3:] AS BIGINT) % {parts}"
            )
            duckdb.sql(f"COPY ({chosen} = {part}) TO '{making / f'complaint-{part}.csv'}' (HEADER)")
        making.rename(target)
    return target


@contextmanager
def cluster(workers: int, memory: str) -> Iterator[str]:
    """Start a master and workers of one core each on the loopback, and yield the master's address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="checker-cluster-") as work:
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": work, "SPARK_LOCAL_DIRS": work}
        master = (_MASTER, "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        worker = (_WORKER, url, "--host", "127.0.0.1", "--cores", "1", "--memory", memory, "--webui-port", "0")
        processes = []
        try:
            for command in (master, *[worker] * workers):
                processes.append(
                    subprocess.Popen(
                        [str(_SPARK_CLASS), *command],
                        env=environment,
                        cwd=work,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                )
                _wait(port)
            yield url
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def _wait(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"no master on port {port} after {seconds} s")


def spark(folder: Path, count: int, parts: int, memory: str) -> None:
    """Print the time of an audit on each engine, and whether they found the same."""
    data = complaints_in_parts(folder, count, parts)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with cluster(2, memory) as master:
        runs = {
            "DuckDB": [],
            "Spark, two cores of this process": ["--engine", "spark", "--spark-master", "local[2]"],
            "Spark, a master and two workers": ["--engine", "spark", "--spark-master", master],
        }
        found: dict[str, tuple[object, ...]] = {}
        for name, options in runs.items():
            report = folder / "report.jsonl"
            measured = _audit(data, report, options)
            found[name] = _said(report)
            print(f"{count:>12,} complaints in {parts} files, {name}: {measured.seconds:.1f} s, {found[name]}")
    if len(set(found.values())) != 1:
        raise SystemExit("the engines disagree")


def _audit(data: Path, report: Path, options: list[str]) -> Measured:
    arguments = ["check", str(data), "-r", "property", "--select", "complaint", "--as-of", AS_OF, "--quiet"]
    return checker(*arguments, "-o", str(report), *options)


def _said(report: Path) -> tuple[object, ...]:
    """Return how many findings a report holds, and one number that stands for all their fingerprints and places."""
    findings = duckdb.sql(
        "SELECT count(*), bit_xor(hash(fingerprint, message, source, due_at, overdue, evidence))"
        f" FROM read_json('{report}', format = 'newline_delimited') WHERE fingerprint IS NOT NULL"
    ).fetchall()
    return findings[0]
