"""Generated rulebooks of any number of rules over the columns of generated complaints."""

from __future__ import annotations

import shutil
from pathlib import Path

_BOOK = Path(__file__).parent / "peers" / "rulebook"
_RULE = """\
title.en = "Generated rule {number}"
title.zh = "生成规则{number}"
clause   = "G1"
severity = "minor"

[{kind}]
record = "complaint"
{body}
"""
_CASES = ("grade = 'major'", "grade <> 'minor'", "assigned_dept = 'security'", "unit_id LIKE '1%'")

REPLY = "generated/reply"
"""The one rule that finds something. From a complaint to its reply it takes up to so many minutes, evenly spread:"""

_LONGEST_REPLY = 50_000 / 60


def rulebook(folder: Path, rules: int) -> Path:
    """Return a rulebook of so many rules: one that 1 % of records break, and others, none alike, that all keep.

    So what grows with the rules is the work of judging, not that of telling.
    """
    folder = folder / f"rulebook-{rules}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_BOOK / "records", folder / "records")
    about = (_BOOK / "rulebook.toml").read_text(encoding="utf-8").replace('"peers"', '"generated"')
    (folder / "rulebook.toml").write_text(about, encoding="utf-8")
    (folder / "clauses.toml").write_text('[G1]\nen = "Generated."\nzh = "生成。"\n', encoding="utf-8")
    (folder / "rules").mkdir()
    for number in range(rules):
        name, (kind, body) = f"kept-{number:03}", _kept(number)
        if number == 0:
            name, kind, body = "reply", "limit", f"{_WAITED}\nmax = {longest_reply(0.01)}"
        text = _RULE.format(number=number, kind=kind, body=body)
        (folder / "rules" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def longest_reply(share: float) -> float:
    """Return the limit in minutes that so large a share of all replies misses."""
    return round(_LONGEST_REPLY * (1 - share), 2) if share else 1_000


_WAITED = 'value = "minutes_between(received_at, clear_reply_at)"'


def _kept(number: int) -> tuple[str, str]:
    """Return the kind and the text of a rule that every generated complaint keeps, half of them under a condition."""
    case = f'when = "{_CASES[number // 2 % len(_CASES)]}"\n' if number % 2 else ""
    kind, body = (
        ("deadline", f'from = "received_at"\nto = "registered_at"\nwithin = "{30 + number} minutes"'),
        ("deadline", f'from = "received_at"\nto = "clear_reply_at"\nwithin = "{1 + number} days"'),
        ("limit", f"{_WAITED}\nmax = {834 + number}"),
        ("form", 'fields = ["assigned_dept", "unit_id", "summary"]'),
        ("eligibility", f"require = \"received_at <= shift(registered_at, '{number} days')\""),
    )[number % 5]
    return kind, case + body
