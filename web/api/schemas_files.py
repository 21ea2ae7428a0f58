"""What comes beside a file as fields of a multipart form."""

from __future__ import annotations

from datetime import date

from matcher.inputs.base import Input, Line
from matcher.vocabulary import Audience


class FileIn(Input):
    """Beside the part `file`: who may read it."""

    audience: Audience = Audience.BOTH


class PaymentIn(Input):
    """Beside the part `file`, the proof: who paid what and when, in 元; fee and VAT are parts of the amount."""

    payer: Line
    paid_on: date
    amount: Line
    amount_tech: Line
    fee: Line = "0"
    vat: Line = "0"
