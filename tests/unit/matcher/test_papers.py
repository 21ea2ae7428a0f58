"""Papers as Word and PDF: every character comes out again, nothing typed is read as markup."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader

from matcher.papers.paper import Facts, Heading, Paper, Signatures, Table, Text
from matcher.papers.pdf import pdf
from matcher.papers.word import docx

MOMENT = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOSTILE = '#import "x" *粗* $a$ <b> @c \\ [x] #read("/etc/passwd") {{ 7*7 }}'
PAPER = Paper(
    "技术开发合同",
    (
        Facts((("项目名称", "人参提取废渣干燥"), ("合作方", "한국기술원 Россия かな"))),
        Heading("第一条　标的内容"),
        Text(f"样机含水率≤12 %，价款 1,200,000.00 元。\n{HOSTILE}"),
        Table(("里程碑", "金额（元）"), (("小试", "12,000.00"),), (1,)),
        Signatures(("甲方：通化参业", "乙方：松江研究院")),
    ),
    "草稿",
    "DQ-2026-000123",
)
SAID = ("技术开发合同", "人参提取废渣干燥", "한국기술원", "Россия", "かな", "第一条", "含水率≤12 %", "1,200,000.00", "里程碑", "小试", "甲方：通化参业", "DQ-2026-000123")


def test_the_pdf_says_everything_with_fonts_of_its_own() -> None:
    """The file opens elsewhere: all text can be copied out and every font is embedded."""
    reader = PdfReader(BytesIO(pdf(PAPER, MOMENT)))
    text = "".join(page.extract_text() for page in reader.pages)
    for said in (*SAID, '#import "x" *粗* $a$ <b> @c', '#read("/etc/passwd")'):
        assert said.replace(" ", "") in text.replace(" ", "").replace("\n", ""), said
    assert "root:" not in text
    for font in reader.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index,attr-defined]
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor.get_object()


def test_the_same_paper_is_the_same_file() -> None:
    """Its hash can be compared later."""
    assert pdf(PAPER, MOMENT) == pdf(PAPER, MOMENT)


def test_a_long_paper_has_numbered_pages() -> None:
    """Three hundred paragraphs: page numbers tell how many there are."""
    reader = PdfReader(BytesIO(pdf(Paper("合同", (Text("条款内容。\n" * 300),)), MOMENT)))
    assert f"2/{len(reader.pages)}" in reader.pages[1].extract_text().replace(" ", "")


def test_the_word_file_says_everything() -> None:
    """Paragraphs and tables, in Chinese fonts."""
    document = Document(BytesIO(docx(PAPER)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, document.sections[0].footer.paragraphs[0].text])
    for said in (*SAID, HOSTILE):
        assert said in text, said
    assert 'w:eastAsia="宋体"' in document.styles["Normal"].element.xml


@pytest.mark.parametrize("made", [lambda: docx(Paper("空", ())), lambda: pdf(Paper("空", ()), MOMENT)])
def test_an_empty_paper_is_a_file_too(made: object) -> None:
    """Bad input: no blocks at all."""
    assert len(made()) > 500  # type: ignore[operator]
