"""The closed lists of tasks and of the four named officers (四员联动, M32)."""

from __future__ import annotations

from matcher.vocabulary import Term


class Duty(Term):
    """In whose hands a task lies: a side of the case, its broker, one of the four officers, or the operators."""

    NEED = "need", "需求方"
    OFFER = "offer", "成果方"
    BROKER = "broker", "经纪人"
    LIAISON = "liaison", "联络员"
    ENVOY = "envoy", "科技特派员"
    MENTOR = "mentor", "指导员"
    SUPERVISOR = "supervisor", "督导员"
    OPERATOR = "operator", "运营人员"


# 四员, in the order in which an overdue task climbs (M32)
OFFICERS: tuple[Duty, ...] = (Duty.LIAISON, Duty.ENVOY, Duty.MENTOR, Duty.SUPERVISOR)


class TaskState(Term):
    """A task is open until it is done or called off."""

    OPEN = "open", "待办"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class TaskOrigin(Term):
    """What a task came from."""

    MANUAL = "manual", "手工添加"
    STEP = "step", "工单逾期步骤"
    MEETING = "meeting", "会议纪要"
    VISIT = "visit", "特派员走访"
    MILESTONE = "milestone", "合同节点"


class CertificateLevel(Term):
    """Level of a technology broker's certificate (技术经纪专业人员)."""

    JUNIOR = "junior", "初级"
    MIDDLE = "middle", "中级"
    SENIOR = "senior", "高级"
