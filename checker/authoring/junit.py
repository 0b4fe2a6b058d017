"""Examples as JUnit XML, which CI systems show test by test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from checker.errors import UsageError, cannot_be_written
from checker.language import _


def write_junit(path: Path, cases: Iterable[tuple[str, str, str | None]]) -> None:
    """Write examples as test cases.

    Args:
        path: The file.
        cases: For each its rule's id, its name, and how it failed, if it did.

    Raises:
        UsageError: where the file cannot be written.
    """
    suite = ET.Element("testsuite", name="checker test")
    failed = count = 0
    for rule, name, failure in cases:
        case = ET.SubElement(suite, "testcase", classname=rule, name=name)
        count += 1
        if failure is not None:
            failed += 1
            ET.SubElement(case, "failure", message=failure.partition("\n")[0] or name).text = failure
    suite.attrib |= {"tests": str(count), "failures": str(failed)}
    try:
        ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise UsageError(path, cannot_be_written(error), _("name another place")) from None
