"""What an old workbook, ``.xls``, says that its cells' values do not: the records of its one stream, gone through."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from checker.sources.formats import styles
from checker.sources.workbook import Merged, Sheet

_SHIFT, _FAT, _FREE = 30, 109, 0xFFFFFFFA
_BOUNDSHEET, _BOF, _EOF, _MERGED, _XF, _FORMAT, _EPOCH = 0x85, 0x809, 0x0A, 0xE5, 0xE0, 0x41E, 0x22
_NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA, _LABEL, _LABELSST = 0x203, 0x27E, 0xBD, 0x205, 0x06, 0x204, 0xFD
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class OldWorkbook:
    """The stream of an ``.xls``.

    Args:
        path: The workbook, which is known to be readable.
    """

    def __init__(self, path: Path) -> None:
        self._stream = _stream(path.read_bytes())
        self.from_1904 = False
        self._places: dict[str, int] = {}
        formats: dict[int, str] = {}
        numbers: list[int] = []
        for kind, data in self._records(0):
            if kind == _EPOCH:
                self.from_1904 = data[:1] == b"\1"
            elif kind == _BOUNDSHEET:
                self._places[_text(data[6:], 1)] = int.from_bytes(data[:4], "little")
            elif kind == _FORMAT:
                formats[int.from_bytes(data[:2], "little")] = _text(data[2:], 2)
            elif kind == _XF:
                numbers.append(int.from_bytes(data[2:4], "little"))
        self._styles = styles(numbers, formats)

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records from one place to the end of what begins there."""
        at = start
        while at + 4 <= len(self._stream):
            kind, length = struct.unpack_from("<HH", self._stream, at)
            yield kind, self._stream[at + 4 : at + 4 + length]
            at += 4 + length
            if kind == _EOF:
                return

    def sheet(self, name: str) -> Sheet:
        """Return what the records of a sheet say."""
        said = Sheet(has_styles=True)
        days: dict[int, list[int]] = {}
        moments: set[int] = set()
        for kind, data in self._records(self._places[name]) if name in self._places else ():
            if kind == _MERGED:
                for top, bottom, first, last in struct.iter_unpack("<4H", data[2 : 2 + 8 * (len(data[2:]) // 8)]):
                    said.merged.append(Merged(top + 1, bottom + 1, first, last))
            if kind not in (_NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA, _LABEL, _LABELSST):
                continue
            row, column = struct.unpack_from("<HH", data)
            error = _error(kind, data)
            if error:
                said.errors.append((column, row + 1, error))
            if kind == _NUMBER and abs(struct.unpack_from("<d", data, 6)[0]) >= 1e15:
                said.long.append((column, row + 1))
            for offset, style in enumerate(_styles(kind, data)):
                if style in self._styles.days:
                    days.setdefault(column + offset, []).append(row + 1)
                elif style in self._styles.moments:
                    moments.add(column + offset)
                elif style in self._styles.percents and not _is_text(kind, data):
                    how = self._styles.percents[style]
                    said.percents.setdefault(column + offset, {}).setdefault(how, []).append(row + 1)
        said.days = {column: rows if column in moments else None for column, rows in days.items()}
        return said


def _styles(kind: int, data: bytes) -> list[int]:
    """Return the styles of a record's numbers."""
    if kind == _MULRK:
        return [style for style, _number in struct.iter_unpack("<HI", data[4:-2])]
    return [int.from_bytes(data[4:6], "little")] if kind in (_NUMBER, _RK, _FORMULA) else []


def _is_text(kind: int, data: bytes) -> bool:
    """Return whether a cell holds a formula that gave no number."""
    return kind == _FORMULA and data[12:14] == b"\xff\xff"


def _error(kind: int, data: bytes) -> str:
    """Return the error that a cell holds; empty where it holds none."""
    if kind == _BOOLERR and data[7:8] == b"\1":
        return _ERRORS.get(data[6], "#N/A")
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return _ERRORS.get(data[8], "#N/A")
    return ""


def _text(data: bytes, size: int) -> str:
    """Return a text with its length and its width in front."""
    length = int.from_bytes(data[:size], "little")
    wide = data[size : size + 1] == b"\1"
    return data[size + 1 : size + 1 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _stream(content: bytes) -> bytes:
    """Return the stream ``Workbook`` of the file system inside an ``.xls``."""
    size = 1 << int.from_bytes(content[_SHIFT : _SHIFT + 2], "little")
    small = 1 << int.from_bytes(content[32:34], "little")
    first, cutoff, mini = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    more, count = struct.unpack_from("<II", content, 68)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    fat_sectors = list(struct.unpack_from(f"<{_FAT}I", content, 76))
    for _round in range(count):
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        fat_sectors += numbers[:-1]
        more = numbers[-1]
    fat = [n for one in fat_sectors if one < _FREE for n in struct.unpack(f"<{size // 4}I", sector(one))]

    def chain(start: int, table: list[int]) -> Iterator[int]:
        for _round in table:
            if start >= _FREE:
                return
            yield start
            start = table[start]

    def whole(start: int) -> bytes:
        return b"".join(map(sector, chain(start, fat)))

    entries = whole(first)
    root = entries[:128]
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        name = entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
        if name not in ("Workbook", "Book"):
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= cutoff:
            return whole(start)[:length]
        short = whole(struct.unpack_from("<I", root, 116)[0])
        table = [n for (n,) in struct.iter_unpack("<I", whole(mini))]
        return b"".join(short[one * small : (one + 1) * small] for one in chain(start, table))[:length]
    return b""
