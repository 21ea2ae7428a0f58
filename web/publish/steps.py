"""The named steps of each form: which fields, in which order, and what the step is for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Step:
    """One page of a long form."""

    name: str
    title: str
    lead: str
    fields: tuple[str, ...]


def _step(name: str, title: object, lead: object, *fields: str) -> Step:
    return Step(name, title, lead, fields)  # type: ignore[arg-type]  # lazy strings


_SEEN = _l("决定谁能看到什么，以及展示多久。")
STEPS: dict[str, tuple[Step, ...]] = {
    "need": (
        _step("what", _l("要解决什么"), _l("先把问题说清楚，其余可以慢慢补。"), "title", "need_type", "problem", "foundation", "lang"),
        _step(
            "indicators",
            _l("技术指标"),
            _l("能量化的写成指标，会与成果的指标逐项对照。没有可以跳过。"),
            "indicators",
        ),
        _step(
            "terms",
            _l("合作条件"),
            _l("怎么合作，预算多少，什么时候要。"),
            "coop_modes", "budget_min", "budget_max", "budget_open", "deadline", "min_trl", "ip_terms", "urgency", "partner_req",
        ),
        _step("place", _l("分类"), _l("帮助对的人找到它。"), "chain", "tech_field", "region", "keywords"),
        _step("seen", _l("谁会看到"), _SEEN, "anonymous", "decision_owner", "detail_restricted", "valid_until"),
    ),
    "achievement": (
        _step(
            "what",
            _l("成果是什么"),
            _l("用企业看得懂的话写，其余可以慢慢补。"),
            "title", "abstract", "problem", "advantage", "economics", "lang",
        ),
        _step(
            "indicators",
            _l("技术指标"),
            _l("实测达到的数值，会与需求的指标逐项对照。没有可以跳过。"),
            "indicators",
        ),
        _step(
            "maturity",
            _l("成熟度与产权"),
            _l("走到了哪一步，有哪些权利。"),
            "trl", "dev_state", "completed_on", "ip", "people", "funding", "project_ref", "publicly_funded",
        ),
        _step("terms", _l("合作条件"), _l("怎么合作，什么价格。"), "coop_modes", "price_mode", "price_min", "price_max"),
        _step("place", _l("分类"), _l("帮助对的人找到它。"), "chain", "tech_field", "region", "keywords"),
        _step("seen", _l("谁会看到"), _SEEN, "detail_restricted", "valid_until"),
    ),
    "expert": (
        _step("what", _l("专家是谁"), _l("联系方式不公开，双方同意后由平台转达。"), "name", "title", "department", "profile", "lang"),
        _step(
            "services",
            _l("能提供什么"),
            _l("愿意做什么，在哪里，用什么语言。"),
            "services", "tech_field", "chain", "region", "service_regions", "languages", "keywords",
        ),
        _step("seen", _l("谁会看到"), _SEEN, "consent", "valid_until"),
    ),
}  # fmt: skip


def find_step(kind: str, name: str) -> Step | None:
    """The step of that name."""
    return next((step for step in STEPS[kind] if step.name == name), None)


def step_of(kind: str, field: str) -> Step:
    """The step on which a field is filled in."""
    return next((step for step in STEPS[kind] if field in step.fields), STEPS[kind][0])


def after(kind: str, step: Step) -> Step | None:
    """The step that follows; None after the last."""
    steps = STEPS[kind]
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else None
