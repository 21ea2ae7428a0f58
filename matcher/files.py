"""Files of cases: the type is sniffed from the content, the storage name has no user text in it."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from pathlib import Path
from typing import Any, Protocol

import puremagic

from config.settings import Settings
from matcher.errors import Invalid, NotFound
from matcher.messages import msg
from matcher.models import CaseFile

# extension → media type; what browsers would run (html, svg, scripts) is not among them
TYPES: dict[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
}
ZIP_TYPES = {".docx": b"word/", ".xlsx": b"xl/", ".pptx": b"ppt/"}
NAME_LIMIT = 120


def folder(settings: Settings) -> Path:
    """Where files lie."""
    return settings.data_dir / "files"


def clean_name(name: str) -> str:
    """A harmless name to show and to offer for download: no path, no control or direction marks, not too long."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip(" .") or "file"
    stem, dot, extension = text.rpartition(".")
    return f"{stem[:NAME_LIMIT]}{dot}{extension[:10]}" if dot else text[:NAME_LIMIT]


def _fits(extension: str, content: bytes) -> bool:
    """Whether the content is what the extension says."""
    if extension == ".txt":
        return _is_text(content)
    if extension in ZIP_TYPES:
        return content.startswith(b"PK\x03\x04") and ZIP_TYPES[extension] in content
    try:
        found = {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    return bool(found & ({".jpg", ".jpeg", ".jfif"} if extension in (".jpg", ".jpeg") else {extension}))


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and not text.lstrip().lower().startswith(
        ("<!doctype", "<html", "<svg", "<script")
    )


def store(settings: Settings, name: str, content: bytes) -> CaseFile:
    """Check and store the content; the row to hand to `add_file`. Raises `Invalid` for field `file`."""
    shown = clean_name(name)
    extension = Path(shown).suffix.lower()
    if not content:
        raise Invalid({"file": msg("文件是空的。")})
    if len(content) > settings.max_upload_mb * 1024 * 1024:
        raise Invalid({"file": msg("文件不能超过 %(size)s MB。", size=settings.max_upload_mb)})
    if extension not in TYPES:
        raise Invalid({"file": msg("可以上传：%(types)s。", types=", ".join(sorted(TYPES)))})
    if not _fits(extension, content):
        raise Invalid({"file": msg("文件内容与扩展名不符。")})
    key = secrets.token_hex(24)
    path = folder(settings) / key[:2] / key
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(path)
    return CaseFile(
        name=shown,
        media_type=TYPES[extension],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=key,
    )


class Stored(Protocol):
    """A row that names a stored file."""

    @property
    def storage_key(self) -> Any: ...


def path_of(settings: Settings, file: Stored) -> Path:
    """Where the file lies; `NotFound` if it is gone."""
    key: str = file.storage_key
    path = folder(settings) / key[:2] / key
    if not path.is_file():
        raise NotFound
    return path
