"""Which encoding a text is in, and the same text in UTF-8."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from checker.errors import SourceError, at_line
from checker.language import _
from checker.sources.export import copied

SAMPLE = 1 << 20
_CERTAIN = 20
"""How many letters tell Big5 from GB18030."""
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it begins as the next one
    (codecs.BOM_UTF32_BE, "utf-32"),
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
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16``, ``utf-32`` or ``gb18030``, from the mark or the first letters.

    Raises:
        SourceError: when it is neither UTF-8 nor GB18030, or no longer from some line on, or Big5 that passes for it.
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
        if encoding == "gb18030" and _is_big5(sample):
            raise SourceError(place, _("the text is in Big5"), _("save it as 'CSV UTF-8' and try again"))
        return encoding
    furthest = max(reached, key=reached.__getitem__)
    before = sample[: reached[furthest]]
    if before.isascii() or b"\0" in before:
        raise SourceError(place, _("the text is neither UTF-8 nor GB18030"), _("save it as 'CSV UTF-8' and try again"))
    raise changed(place, passed + before.count(b"\n") + 1, furthest)


def _is_big5(sample: bytes) -> bool:
    """Return whether a text that can be read as GB18030 is in Big5 nonetheless, as is certain only of longer ones.

    Its letters are common ones of Big5, many of them end in a byte that only rare ones of GB18030 end in, and none is
    one of the many of GB18030 that Big5 has no place for.
    """
    try:
        codecs.getincrementaldecoder("big5")().decode(sample)
    except UnicodeDecodeError:
        return False
    pairs = _PAIR.findall(sample)
    common = [pair for pair in pairs if 0xA4 <= pair[0] <= 0xC6]
    rare = [pair for pair in common if pair[1] < 0x7F]
    return len(common) >= _CERTAIN and len(common) > 0.8 * len(pairs) and 5 * len(rare) > len(common)


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
