"""Uploads: sniffed, limited, stored without a trace of the user's name for them."""

import io
import zipfile

import pytest

from config.settings import Settings
from matcher import files
from matcher.errors import Invalid, NotFound

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000100"
    "05fe02fea7d6059b0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("图样.png", PNG), ("方案.PDF", PDF), ("说明.txt", "工况".encode()), ("合作方案.docx", docx())],
    ids=("png", "pdf", "txt", "docx"),  # the packed file holds the time, and every test process names the tests itself
)
def test_good_files_are_stored_whole(settings: Settings, name: str, content: bytes) -> None:
    """What goes in comes out, under a name that is not the user's."""
    row = files.store(settings, name, content)
    path = files.path_of(settings, row)
    assert path.read_bytes() == content
    assert row.name == name and name.split(".", maxsplit=1)[0] not in str(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PDF),
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.txt", b"<svg onload=alert(1)>"),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<p>"),
        ("a.docx", b"PK\x03\x04 something else"),
        ("a.pdf.exe", PDF),
        ("empty.pdf", b""),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(settings: Settings, name: str, content: bytes) -> None:
    """67: the type is sniffed; html, svg and double extensions are refused, and nothing is left on disk."""
    with pytest.raises(Invalid) as refused:
        files.store(settings, name, content)
    assert set(refused.value.errors) == {"file"}
    assert not [path for path in files.folder(settings).rglob("*") if path.is_file()]


def test_one_byte_over_the_limit(settings: Settings) -> None:
    """66: exactly the limit passes, one byte more does not."""
    limit = settings.max_upload_mb * 1024 * 1024
    files.store(settings, "a.txt", b"a" * limit)
    with pytest.raises(Invalid):
        files.store(settings, "a.txt", b"a" * (limit + 1))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\报告.pdf", "报告.pdf"),
        ("a\x00b\u202efdp.txt", "abfdp.txt"),
        ("字" * 500 + ".pdf", "字" * 120 + ".pdf"),
        ("...", "file"),
    ],
)
def test_names_are_neutralised(given: str, shown: str) -> None:
    """68: paths, NUL, direction marks and length."""
    assert files.clean_name(given) == shown


def test_a_file_that_is_gone_is_not_found(settings: Settings) -> None:
    """The row may outlive the file; the answer is then plain."""
    row = files.store(settings, "a.txt", b"a")
    files.path_of(settings, row).unlink()
    with pytest.raises(NotFound):
        files.path_of(settings, row)
