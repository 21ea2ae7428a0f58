"""Closed lists of receiving clients in person."""

from __future__ import annotations

from matcher.vocabulary import Intake, Term

# the ways on which somebody of the platform enters a need for the client; the others bring it in by themselves
CHANNELS: tuple[Intake, ...] = (Intake.COUNTER, Intake.PARK, Intake.GOVERNMENT, Intake.EVENT)


class Client(Term):
    """Kinds of organisation that may have a need (codes of `OrgKind`)."""

    ENTERPRISE = "enterprise", "企业"
    AGENCY = "agency", "技术转移机构"
    GOVERNMENT = "government", "政府部门"
