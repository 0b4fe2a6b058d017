"""A rectification notice as a Word document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt

from checker.language import _, headed

if TYPE_CHECKING:
    from checker.report.notices import Notice

_WIDTHS = (10, 19, 67, 44, 26, 14)
"""The columns' widths in millimetres: A4 less the margins."""


def write(notice: Notice, as_of: dt.datetime, path: Path) -> None:
    """Write a notice as an A4 page to be signed."""
    document = Document()
    document.core_properties.title = _("Rectification notice")
    document.core_properties.created = document.core_properties.modified = as_of
    document.core_properties.author = "rulebook-checker"
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(16)
    for name, size in (("Normal", 10), ("Title", 20)):
        _font(document.styles[name], size)
    title = document.add_paragraph(_("Rectification notice"), "Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for label, text in ((_("To"), notice.department), (_("As of"), notice.as_of), (_("Rulebooks"), notice.rulebooks)):
        paragraph = document.add_paragraph()
        paragraph.add_run(headed(label)).bold = True
        paragraph.add_run(text)
    document.add_paragraph(_("The audit found what is listed below. Put it right by the days named, and report back."))
    _table(document, notice)
    if notice.hidden:
        document.add_paragraph(_("… and {count} more: see -o findings.xlsx.").format(count=notice.hidden))
    days = document.add_paragraph(_("The days for putting right are the site's or our default; the manual names none."))
    days.paragraph_format.space_before = Pt(8)
    _signatures(document, notice)
    document.save(str(path))


def _font(style: Any, size: int) -> None:  # noqa: ANN401  # docx's styles have no common type
    style.font.name, style.font.size = "Calibri", Pt(size)
    style.paragraph_format.space_after = Pt(3)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "Microsoft YaHei")


def _table(document: Any, notice: Notice) -> None:  # noqa: ANN401
    table = document.add_table(rows=1, cols=len(_WIDTHS), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for cell, header in zip(table.rows[0].cells, notice.headers, strict=True):
        cell.paragraphs[0].add_run(header).bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # docx has no name for a repeated header
    for item in notice.items:
        cells = table.add_row().cells
        cells[2].paragraphs[0].add_run(item.title).bold = True
        cells[2].add_paragraph(item.finding)
        cells[2].add_paragraph(item.place).runs[0].font.size = Pt(8)
        for index, text in ((0, str(item.number)), (1, item.severity), (3, f"{item.clause} {item.demand}")):
            cells[index].text = text
        cells[4].text, cells[5].text = item.until.isoformat(), "☐"
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)  # noqa: SLF001  # docx has no name for a row kept on one page
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Mm(width)


def _signatures(document: Any, notice: Notice) -> None:  # noqa: ANN401
    document.add_paragraph()
    table = document.add_table(rows=0, cols=2)
    for signature in notice.signatures:
        cells = table.add_row().cells
        cells[0].text = headed(signature, "____________________")
        cells[1].text = headed(_("date"), "____________________")
        for cell in cells:
            cell.paragraphs[0].paragraph_format.space_before = Pt(12)
