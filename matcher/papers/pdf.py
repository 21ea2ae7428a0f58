"""A paper as PDF/A: set by Typst from `paper.typ`, with the glyphs it uses of Noto Serif (SC, KR) embedded.

The paper travels as JSON beside the template, so nothing that a person typed is ever read as markup. No system font and
no network is used.
"""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import typst

from matcher.papers.paper import Paper

TEMPLATE = str(Path(__file__).with_name("paper.typ"))
FONTS = [str(files(package)) for package in ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ko")]


def pdf(paper: Paper, made_at: datetime) -> bytes:
    """The paper as PDF/A-2b. The same paper of the same moment gives the same bytes."""
    return typst.compile(
        TEMPLATE,
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper.data(), ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=int(made_at.timestamp()),
    )
