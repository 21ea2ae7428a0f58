"""The tables, by subject. Import from here."""

from matcher.models.audit import AuditEvent
from matcher.models.base import Base
from matcher.models.bridges import Case, CaseEvent, CaseFile, NumberSeries
from matcher.models.contracts import Contract, Milestone, Payment, PerformanceReport, RegistrationStep
from matcher.models.conversion import ConversionOffer, ConversionPlan, IpDisclosure
from matcher.models.deliveries import Delivery, DeliveryKind, DeliveryState
from matcher.models.matches import Answer, Match
from matcher.models.outbox import PRIORITY_IMPORT, PRIORITY_PERSON, OutboxItem, Stage
from matcher.models.people import ApiToken, BrokerProfile, Membership, Organisation, User
from matcher.models.records import MODELS, Achievement, Expert, Need, Record
from matcher.models.statistics import CorpusSnapshot, Embedding, NamedValue, ViewCount
from matcher.models.tasks import CaseTask, OfficerPost, Training, Visit

__all__ = [
    "MODELS",
    "PRIORITY_IMPORT",
    "PRIORITY_PERSON",
    "Achievement",
    "Answer",
    "ApiToken",
    "AuditEvent",
    "Base",
    "BrokerProfile",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseTask",
    "Contract",
    "ConversionOffer",
    "ConversionPlan",
    "CorpusSnapshot",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Embedding",
    "Expert",
    "IpDisclosure",
    "Match",
    "Membership",
    "Milestone",
    "NamedValue",
    "Need",
    "NumberSeries",
    "OfficerPost",
    "Organisation",
    "OutboxItem",
    "Payment",
    "PerformanceReport",
    "Record",
    "RegistrationStep",
    "Stage",
    "Training",
    "User",
    "ViewCount",
    "Visit",
]
