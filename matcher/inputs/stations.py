"""Inputs of 科技驿站 and of receiving a client there."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from matcher.inputs.base import Input, InputError, Line, Optional
from matcher.inputs.people import Email, clean_credit_code
from matcher.inputs.records import Region, _region
from matcher.messages import msg
from matcher.stations.terms import CHANNELS, Client
from matcher.vocabulary import Intake

PHONE = r"^[0-9+() \-转]*$"


class StationInput(Input):
    """A service point: what a visitor must know to come."""

    name: Annotated[Line, Field(min_length=2, max_length=60)]
    place: Annotated[Line, Field(min_length=2, max_length=200)]
    region: Annotated[str, AfterValidator(_region)]
    hours: Annotated[Line, Field(min_length=2, max_length=200)]
    phone: Annotated[Line, Field(min_length=3, max_length=30, pattern=PHONE)]


class ClientInput(Input):
    """Who came in, for which organisation. One that is not registered yet needs its name, kind and region."""

    channel: Intake = Intake.COUNTER
    station_id: Annotated[Annotated[int, Field(ge=1, le=2**31 - 1)] | None, Optional] = None
    credit_code: Annotated[Annotated[str, AfterValidator(clean_credit_code)] | None, Optional] = None
    organisation_name: Annotated[Line, Field(max_length=100)] = ""
    organisation_kind: Client = Client.ENTERPRISE
    organisation_region: Region = None
    contact_name: Annotated[Line, Field(min_length=1, max_length=50)]
    contact_phone: Annotated[Line, Field(max_length=30, pattern=PHONE)] = ""
    email: Annotated[Email | None, Optional] = None
    locale: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    identity_seen: bool = False
    accept_privacy: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.channel not in CHANNELS:
            raise InputError(msg("请从列表中选择。"), "channel")
        if self.channel == Intake.COUNTER and self.station_id is None:
            raise InputError(msg("请选择一个驿站。"), "station_id")
        if not self.accept_privacy:
            raise InputError(msg("请先向客户说明隐私说明，客户同意后再登记。"), "accept_privacy")
        if self.credit_code is None and self.email is None:
            raise InputError(msg("请填写统一社会信用代码，或已有账号的邮箱。"), "credit_code")
        if not self.email and not self.contact_phone:
            raise InputError(msg("请填写电话或邮箱，至少一项。"), "contact_phone")
        return self
