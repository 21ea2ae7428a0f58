"""The tables, by subject. Import from here."""

from matcher.models.audit import AuditEvent, AuditSeal
from matcher.models.base import Base
from matcher.models.bridges import Case, CaseEvent, CaseFile, NumberSeries
from matcher.models.claims import Claim
from matcher.models.contracts import Contract, Milestone, Payment, PerformanceReport, RegistrationStep
from matcher.models.conversion import ConversionOffer, ConversionPlan, IpDisclosure
from matcher.models.deliveries import Delivery, DeliveryKind, DeliveryState
from matcher.models.exceptions import CaseException
from matcher.models.finance import FinanceNeed, FinanceReferral
from matcher.models.integrity import IntegrityRecord
from matcher.models.learning import LearningChoice, LearningRow, LearningVersion, LoweringReset
from matcher.models.matches import Answer, Computed, Match
from matcher.models.meetings import Meeting, MeetingGuest
from matcher.models.outbox import PRIORITY_IMPORT, PRIORITY_PERSON, OutboxItem, Stage
from matcher.models.people import ApiToken, BrokerProfile, Membership, Organisation, User
from matcher.models.pricing import Notice, Objection, Pricing, SealedRange
from matcher.models.questions import Question
from matcher.models.receipts import Receipt
from matcher.models.records import MODELS, Achievement, Expert, Need, Record
from matcher.models.rights import RightsHolder, RightsTable, TeamMember
from matcher.models.sales import Bid, Sale, SaleParticipant
from matcher.models.searches import SavedSearch
from matcher.models.shares import BenefitShare, Distribution
from matcher.models.stations import Reception, Station, StationStaff
from matcher.models.statistics import CorpusSnapshot, Embedding, NamedValue, ViewCount
from matcher.models.tasks import CaseTask, OfficerPost, Training, Visit
from matcher.models.vouchers import Voucher, VoucherEntry, VoucherEvidence, VoucherOrder

APPEND_ONLY = ("audit_events", "audit_seals", "receipts")  # the database itself refuses to change or delete rows

__all__ = [
    "APPEND_ONLY",
    "MODELS",
    "PRIORITY_IMPORT",
    "PRIORITY_PERSON",
    "Achievement",
    "Answer",
    "ApiToken",
    "AuditEvent",
    "AuditSeal",
    "Base",
    "BenefitShare",
    "Bid",
    "BrokerProfile",
    "Case",
    "CaseEvent",
    "CaseException",
    "CaseFile",
    "CaseTask",
    "Claim",
    "Computed",
    "Contract",
    "ConversionOffer",
    "ConversionPlan",
    "CorpusSnapshot",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Distribution",
    "Embedding",
    "Expert",
    "FinanceNeed",
    "FinanceReferral",
    "IntegrityRecord",
    "IpDisclosure",
    "LearningChoice",
    "LearningRow",
    "LearningVersion",
    "LoweringReset",
    "Match",
    "Meeting",
    "MeetingGuest",
    "Membership",
    "Milestone",
    "NamedValue",
    "Need",
    "Notice",
    "NumberSeries",
    "Objection",
    "OfficerPost",
    "Organisation",
    "OutboxItem",
    "Payment",
    "PerformanceReport",
    "Pricing",
    "Question",
    "Receipt",
    "Reception",
    "Record",
    "RegistrationStep",
    "RightsHolder",
    "RightsTable",
    "Sale",
    "SaleParticipant",
    "SavedSearch",
    "SealedRange",
    "Stage",
    "Station",
    "StationStaff",
    "TeamMember",
    "Training",
    "User",
    "ViewCount",
    "Visit",
    "Voucher",
    "VoucherEntry",
    "VoucherEvidence",
    "VoucherOrder",
]
