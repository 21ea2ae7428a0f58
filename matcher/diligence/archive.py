"""The whole file: one PDF that says what is there and what is missing, with the SHA-256 of every file, and an archive.

`SHA256SUMS` in the archive is in the format of coreutils: `sha256sum --check SHA256SUMS` verifies it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import files as stored
from matcher.diligence.section import Proof
from matcher.diligence.sections import PARTS
from matcher.errors import NotFound
from matcher.models import Case
from matcher.papers.paper import Block, Facts, Heading, Paper, Text
from matcher.papers.pdf import pdf
from matcher.workdays import local_day

MISSING = "平台上没有这一部分的记录。"
PDF_NAME, SUMS_NAME = "decision-file.pdf", "SHA256SUMS"


@dataclass(frozen=True)
class Enclosure:
    """A file of the archive; `content` is None when it is no longer there or is not what was stored."""

    path: str
    sha256: str
    content: bytes | None


def _enclosure(settings: Settings, proof: Proof, number: int) -> Enclosure:
    try:
        content: bytes | None = stored.path_of(settings, proof).read_bytes()
    except (NotFound, OSError):
        content = None
    if content is not None and hashlib.sha256(content).hexdigest() != proof.sha256:
        content = None
    return Enclosure(proof.path(number), proof.sha256, content)


def gather(session: Session, settings: Settings, case: Case) -> tuple[list[Block], list[Enclosure]]:
    """Every part in its order, those without a record named as such, and the files behind them."""
    blocks: list[Block] = []
    proofs: list[Proof] = []
    for number, part in enumerate(PARTS, 1):
        section = part.gather(session, case)
        blocks += [Heading(f"{number}. {part.title}"), *(section.blocks if section else (Text(MISSING),))]
        proofs += section.proofs if section else ()
    return blocks, [_enclosure(settings, proof, number) for number, proof in enumerate(proofs, 1)]


def _manifest(enclosures: list[Enclosure]) -> list[Block]:
    if not enclosures:
        return [Heading("文件清单"), Text("没有文件。")]
    rows = tuple(
        (
            each.path,
            f"{each.sha256[:32]} {each.sha256[32:]}（{'一致' if each.content is not None else '缺失或已变'}）",
        )
        for each in enclosures
    )
    return [
        Heading("文件清单（SHA-256）"),
        Facts(rows),
        Text("与压缩包中的 SHA256SUMS 相同，可用 sha256sum --check SHA256SUMS 核对。"),
    ]


def decision_file(session: Session, settings: Settings, case: Case, moment: datetime) -> tuple[bytes, list[Enclosure]]:
    """The PDF, and the files that it lists."""
    blocks, enclosures = gather(session, settings, case)
    paper = Paper(
        title="科技成果转化尽职免责档案",
        subtitle=f"{case.number} · 生成于 {local_day(moment)}",
        reference=case.number,
        blocks=(*blocks, *_manifest(enclosures)),
    )
    return pdf(paper, moment), enclosures


def archive(document: bytes, enclosures: list[Enclosure]) -> bytes:
    """The PDF, its files and the manifest as ZIP."""
    sums = [f"{hashlib.sha256(document).hexdigest()}  {PDF_NAME}"]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(PDF_NAME, document)
        for each in enclosures:
            sums.append(f"{each.sha256}  {each.path}")
            if each.content is not None:
                file.writestr(each.path, each.content)
        file.writestr(SUMS_NAME, "\n".join(sums) + "\n")
    return written.getvalue()
