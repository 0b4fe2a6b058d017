"""The gallery of error messages, from the file that its tests compare with."""

from __future__ import annotations

from pages.markdown import ROOT, code, table, text

GALLERY = ROOT / "tests/errors/gallery.txt"


def page() -> str:
    """Return the page of all messages."""
    cases = [case.splitlines() for case in GALLERY.read_text(encoding="utf-8").strip().split("\n\n")]
    commands = [command.strip().removeprefix("$ ") for _name, command, *_said in cases]
    usual = max(set(commands), key=commands.count)
    rows = []
    for (name, _command, *said), command in zip(cases, commands, strict=True):
        shown = "" if command == usual else f"<br>{code(command)}"
        lines = [text(line.strip().removeprefix("checker: ")) for line in said]
        rows.append((text(name.strip()) + shown, "<br>".join(lines)))
    about = ABOUT.format(count=len(rows), usual=code(usual))
    return "\n\n".join([about, table(["bad input", "message"], rows)]) + "\n"


ABOUT = """# Error messages

Whatever is wrong with a command, a rulebook or an export, the program says it in one line: the place, what is wrong,
and what would be right. It ends with exit status 2 and no traceback; anything else is a bug of ours. Here are {count}
bad inputs, one for each message, as the tests hold them. The command is
{usual} where no other stands."""
