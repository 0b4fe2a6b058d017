"""Which encoding a text is in, and the same text in UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from checker.errors import SourceError, at_line
from checker.language import _
from checker.sources.export import copied

SAMPLE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(name: bytes) -> str:
    """Return a file's name, which Windows in Chinese writes in GBK where other systems take UTF-8."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def encoding_of(path: Path, place: str) -> str:
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16`` or ``gb18030``, from the mark or the first letters.

    Raises:
        SourceError: when it is neither UTF-8 nor GB18030, or no longer from some line on.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        for mark, encoding in _MARKS:
            if sample.startswith(mark):
                return encoding
        passed = 0
        while sample.isascii() and (block := file.read(SAMPLE)):
            passed += sample.count(b"\n")
            sample = block  # the encodings differ only where letters other than ASCII begin
        sample += file.read(SAMPLE)
        ended = not file.read(1)
    reached: dict[str, int] = {}
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample, final=ended)
        except UnicodeDecodeError as error:
            reached[encoding] = error.start
            continue
        return encoding
    furthest = max(reached, key=reached.__getitem__)
    before = sample[: reached[furthest]]
    if before.isascii() or b"\0" in before:
        raise SourceError(place, _("the text is neither UTF-8 nor GB18030"), _("save it as 'CSV UTF-8' and try again"))
    raise changed(place, passed + before.count(b"\n") + 1, furthest)


def changed(place: str, line: int, encoding: str) -> SourceError:
    """Return what to do about a text that goes on in another encoding from some line on."""
    return SourceError(
        at_line(place, line),
        _("the text is not {encoding} from here on").format(encoding=encoding.upper()),
        _("save the whole file in one encoding, best UTF-8"),
    )


def transcoded(path: Path, encoding: str, folder: Path, place: str) -> Path:
    """Return a file with the same text in UTF-8, without mark; the file itself where it is that already.

    Raises:
        SourceError: with the line from which on the text is in another encoding.
    """
    if encoding == "utf-8":
        return path
    target = copied(folder, ".utf8")
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as source, target.open("wb") as sink:
        while True:
            block = source.read(SAMPLE)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise changed(place, line, encoding) from None
            sink.write(text.encode())
            line += text.count("\n")
            if not block:
                return target
