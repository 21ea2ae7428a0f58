"""A paper as Word file, to be worked on further: python-docx with Chinese fonts that Word and WPS have."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from matcher.papers.paper import Block, Facts, Heading, Paper, Signatures, Table, Text

SONG, HEI = "宋体", "黑体"
TERM_WIDTH, VALUE_WIDTH = Cm(4.2), Cm(11.6)
BLANKS = ("法定代表人或委托代理人（签字）：", "单位（盖章）：", "", "　　　　年　　月　　日")


def docx(paper: Paper) -> bytes:
    """The paper as .docx."""
    document = Document()
    _set_page(document, paper.reference)
    _line(document, paper.title, size=20, font=HEI).alignment = ALIGN.CENTER
    if paper.subtitle:
        _line(document, paper.subtitle).alignment = ALIGN.CENTER
    for block in paper.blocks:
        _add(document, block)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _set_page(document: Any, reference: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.footer.paragraphs[0].text = reference
    style = document.styles["Normal"]
    style.font.size = Pt(11)
    _use(style, SONG)


def _use(owner: Any, font: str) -> None:
    """Set the font of Latin and of Chinese characters, which Word keeps apart."""
    owner.font.name = font
    owner.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _line(document: Any, text: str, *, size: float = 11, font: str = SONG) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _use(run, font)
    return paragraph


def _add(document: Any, block: Block) -> None:
    match block:
        case Heading():
            _line(document, block.text, size=12.5, font=HEI)
        case Text():
            for line in filter(str.strip, block.text.split("\n")):
                paragraph = _line(document, line.strip())
                paragraph.paragraph_format.first_line_indent = Pt(22)
                paragraph.paragraph_format.line_spacing = 1.5
        case Facts():
            _add_facts(document, block)
        case Table():
            _add_table(document, block)
        case Signatures():
            _add_signatures(document, block)


def _grid(document: Any, columns: int, *, style: str | None = "Table Grid") -> Any:
    table = document.add_table(rows=0, cols=columns)
    table.style = style
    return table


def _add_facts(document: Any, block: Facts) -> None:
    table = _grid(document, 2)
    for term, value in block.rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = term, value
        cells[0].width, cells[1].width = TERM_WIDTH, VALUE_WIDTH
    document.add_paragraph()


def _add_table(document: Any, block: Table) -> None:
    table = _grid(document, len(block.head))
    for row in (block.head, *block.rows):
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.text = text
            if place in block.numbers:
                cell.paragraphs[0].alignment = ALIGN.RIGHT
    document.add_paragraph()


def _add_signatures(document: Any, block: Signatures) -> None:
    table = _grid(document, len(block.parties), style=None)
    for line in ("{party}", *BLANKS):
        for cell, party in zip(table.add_row().cells, block.parties, strict=True):
            cell.text = line.format(party=party) if line == "{party}" else line
