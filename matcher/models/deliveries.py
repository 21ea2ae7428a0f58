"""Every mail is a row first, so that it is planned once and its outcome can be seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, BigId, UtcTime
from matcher.models.people import User
from matcher.vocabulary import Term


class DeliveryState(Term):
    """What became of a mail. `unknown`: it may or may not have arrived, a person decides."""

    PLANNED = "planned", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    UNKNOWN = "unknown", "结果不明"
    FAILED = "failed", "失败"
    SKIPPED = "skipped", "未发送"


class DeliveryKind(Term):
    """Which mail."""

    DIGEST = "digest", "每周摘要"
    VERIFY = "verify", "验证邮箱"
    RESET = "reset", "重置密码"
    KNOWN_ADDRESS = "known_address", "邮箱已注册"
    REVIEW_RESULT = "review_result", "审核结果"
    OTHER_SIDE_YES = "other_side_yes", "对方有兴趣"
    RECEIVED = "received", "线下受理"
    CASE_OPENED = "case_opened", "工单已建立"
    CASE_MOVED = "case_moved", "工单有进展"
    CASE_MESSAGE = "case_message", "工单有新消息"
    MEETING = "meeting", "会面邀请"
    CONTRACT_RETURNED = "contract_returned", "登记须补正"
    CONTRACT_DECIDED = "contract_decided", "登记结果"
    REPORT_DUE = "report_due", "履约报告到期"
    MEMBERSHIP = "membership", "加入单位"
    ORGANISATION = "organisation", "单位核验"
    VOUCHER = "voucher", "创新券进展"
    CLAIM = "claim", "补助申请结果"
    STATEMENT = "statement", "收益分配单"
    TASK_ASSIGNED = "task_assigned", "新的待办"
    REMINDER = "reminder", "到期提醒"
    OVERDUE = "overdue", "逾期通知"
    ESCALATED = "escalated", "逾期升级"
    PRICE_AGREED = "price_agreed", "价格已商定"
    NOTICE_STARTED = "notice_started", "开始公示"
    OBJECTION_FILED = "objection_filed", "收到公示异议"
    NOTICE_ENDED = "notice_ended", "公示期满"
    SALE_TAKEN = "sale_taken", "挂牌有人摘牌"
    OUTBID = "outbid", "出价被超过"
    SALE_ENDED = "sale_ended", "公开交易结束"
    FRESHNESS = "freshness", "询问是否仍有效"
    INTEGRITY = "integrity", "科研诚信记录"
    EXCEPTION = "exception", "一事一议审批结果"
    CONVERSION_DUTY = "conversion_duty", "限时转化任务"
    CONVERSION_OFFER = "conversion_offer", "限时转化成果推送"


class Delivery(Base):
    """One mail to one person; (user, kind, key) is unique, so planning twice plans once."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "key"),
        Index("ix_deliveries_state_available", "state", "available_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(8), default=DeliveryState.PLANNED)
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(UtcTime)
    sending_since: Mapped[datetime | None] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    message_id: Mapped[str] = mapped_column(String(200), default="")
    # the mail as written, with the keys in its links masked; the text goes when its time to be kept is over
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)

    user: Mapped[User] = relationship()
