"""A file damaged anywhere is read or refused in lines for the user; nothing else ever comes up."""

from __future__ import annotations

import random

import pytest
from disguises import DISGUISES, records
from office import audited

from checker.errors import CheckerError

ROWS = records(40)


def cut(content, chance):
    return content[: chance.randrange(len(content))]


def scratched(content, chance):
    scratches = bytearray(content)
    for _ in range(chance.choice((1, 5, 50))):
        scratches[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(scratches)


def holed(content, chance):
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randrange(1, 400) :]


@pytest.mark.parametrize("damage", [cut, scratched, holed])
@pytest.mark.parametrize(
    "name",
    [
        "workbook with a cover",
        "old workbook",
        "Parquet of types",
        "SQLite",
        "gzip",
        "zip",
        "JSON array",
        "JSON lines",
        "JSON in an envelope",
        "GB18030",
        "UTF-16",
    ],
)
def test_damage(name, damage, tmp_path):
    path = DISGUISES[name](ROWS, tmp_path)
    path.write_bytes(damage(path.read_bytes(), random.Random(f"{name} {damage.__name__}")))
    try:
        audited(path)
    except CheckerError as error:
        assert all("; " in line for line in error.lines)  # noqa: PT017  # being read is as right as being refused
