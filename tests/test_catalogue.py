"""Every sentence of the interface has its Chinese, with the same holes."""

from __future__ import annotations

import ast
import gettext
import string
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

CHECKER = Path(__file__).parents[1] / "checker"
MARKS = {"_": None, "both": None, "said": None, "N_": None, "Sentence": None, "Branch": (3,), "undecided": (3,)}


def _holes(text: str) -> set[str | None]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text)} - {None}


def test_every_sentence_has_chinese() -> None:
    with (CHECKER.parent / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {
        message[0] if isinstance(message, tuple) else message
        for _file, _line, message, _comments, _context in extract_from_dir(
            CHECKER.parent, methods, options, keywords=MARKS
        )
    }
    assert len(found) > 600
    found |= _inside_f_strings()
    with (CHECKER / "locale" / "zh" / "LC_MESSAGES" / "checker.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    lacking = sorted(one for one in found if one and catalogue.gettext(one) == one and _is_prose(one))
    assert lacking == []
    different = sorted(one for one in found if one and _holes(one) != _holes(catalogue.gettext(one)))
    assert different == []


def _inside_f_strings() -> set[str]:
    """Return what is marked inside f-strings, where Babel finds nothing before Python 3.12."""
    return {
        str(call.args[0].value)
        for path in CHECKER.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
        if isinstance(call.args[0], ast.Constant)
    }


def _is_prose(text: str) -> bool:
    """Whether a sentence says anything besides what fills its holes."""
    words = "".join(part for part, _name, _spec, _conversion in string.Formatter().parse(text))
    return any(letter.isalpha() for letter in words) and text != "en"
