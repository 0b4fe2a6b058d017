"""Writes the pages that are made from the code: kinds from their docstrings. ``python docs/generate.py [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from checker.authoring.docstrings import key_texts, summary
from checker.kinds import KINDS
from checker.rulebook.kind import Kind

HERE = Path(__file__).parent


def kinds() -> str:
    """Return the page of all kinds."""
    parts = [
        "# Kinds of rules",
        "",
        "A rule file has one table that bears the name of its kind. Each kind has a specification in `tests/spec/kinds`:",  # noqa: E501
        "small tables with what each record comes to, empty values included.",
        "",
        "Every kind takes `record` (the record type it judges) and `when` (the condition under which it applies).",
    ]
    common = set(Kind.model_fields)
    for name, kind in sorted(KINDS.items()):
        about = summary(kind)
        texts = key_texts(kind)
        parts += ["", f"## {name}", "", about, "", "| key | needed | meaning |", "|---|---|---|"]
        for field, info in kind.model_fields.items():
            key = info.alias or field
            if field not in common:
                needed = "yes" if info.is_required() else ""
                parts.append(f"| `{key}` | {needed} | {texts.get(key, '').replace('|', chr(92) + '|')} |")
    return "\n".join(parts).replace("``", "`") + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    (folder / "kinds.md").write_text(kinds(), encoding="utf-8")
