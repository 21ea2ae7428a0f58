"""QR codes (ISO/IEC 18004) as inline SVG: black on white, no style attributes, so that the strict policy admits them."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """The code of an address; error correction M, so that a fold or a stamp does not spoil it."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704 - made of modules, no text
