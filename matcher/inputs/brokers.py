"""Inputs of a broker's profile and training record (M29)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from matcher.inputs.base import Input, Line, Optional, _number
from matcher.inputs.records import _region
from matcher.tasks.terms import CertificateLevel
from matcher.vocabulary import Chain, Lang, TechField

MOST_CASES = 500
MOST_HOURS = 1000


class BrokerInput(Input):
    """What a broker says of themselves; load, response time and closed cases are counted."""

    certificate: Annotated[Line, Field(max_length=50)] = ""
    level: Annotated[CertificateLevel | None, Optional] = None
    agency: Annotated[Line, Field(max_length=100)] = ""
    fields: Annotated[list[TechField], Field(max_length=9)] = []
    chains: Annotated[list[Chain], Field(max_length=12)] = []
    regions: Annotated[list[Annotated[str, AfterValidator(_region)]], Field(max_length=12)] = []
    languages: Annotated[list[Lang], Field(max_length=5)] = []
    capacity: Annotated[int, BeforeValidator(_number), Field(ge=1, le=MOST_CASES)] = 60


class TrainingInput(Input):
    """One course."""

    title: Annotated[Line, Field(min_length=1, max_length=100)]
    provider: Annotated[Line, Field(max_length=100)] = ""
    held_on: date
    hours: Annotated[int, BeforeValidator(_number), Field(ge=1, le=MOST_HOURS)]
