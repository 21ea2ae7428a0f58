"""The style guide: one page that shows every component and state with invented content."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matcher import clock
from matcher.vocabulary import Chain, CoopMode, Urgency
from web.cards import Card, Chip

blueprint = Blueprint("styleguide", __name__)


class SampleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """One field of each sort."""

    title = StringField(
        "需求名称", [InputRequired()], description="一句话说清要解决什么问题，不超过 100 字。"
    )
    problem = TextAreaField("问题描述", [InputRequired()], description="现状、现象、为什么现在要解决。")
    chain = SelectField("产业链", choices=Chain.choices())
    budget_min = DecimalField("最低")
    budget_max = DecimalField("最高")
    deadline = DateField("期望完成时限")
    coop_modes = SelectMultipleField(
        "合作方式", choices=CoopMode.choices()[:6], widget=ListWidget(), option_widget=CheckboxInput()
    )
    urgency = RadioField("紧迫程度", choices=Urgency.choices())
    anonymous = BooleanField("匿名发布：公开页面不显示单位名称")


@blueprint.get("/styleguide")
def index() -> str:
    """The page."""
    form = SampleForm(formdata=None)
    form.title.data = "高寒地区动力电池低温快充与热管理"
    wrong = SampleForm(formdata=None, prefix="wrong")
    wrong.title.data = "低温快充"
    wrong.problem.errors = ("请写明问题，至少 20 字，这样成果方才能判断。",)
    wrong.budget_max.data = Decimal(80)
    wrong.budget_max.errors = ("最高不能低于最低 120 万元。",)
    return render_template(
        "styleguide/index.html",
        form=form,
        wrong=wrong,
        cards=sample_cards(),
        match=sample_match(),
        steps=sample_path(),
        events=sample_events(),
        due=clock.now() + timedelta(days=4),
        past=clock.now() - timedelta(days=3),
    )


def sample_cards() -> list[Card]:
    """One row of each kind, one in another language."""
    need = Card(
        "need",
        1,
        "#",
        "高寒地区动力电池低温快充与热管理",
        "zh",
        "零下 30 ℃ 环境下车辆启动后电池升温慢，充电时间过长，需要整包级方案，并在一个冬季内完成装车验证。",
        [Chip("长春市"), Chip("汽车"), Chip("120–200 万元"), Chip("剩 75 天"), Chip("3 条强相关", "ok")],
    )
    offer = Card(
        "achievement",
        2,
        "#",
        "저온 환경 리튬이온 배터리 펄스 자가발열 기술",
        "ko",
        "−30 ℃에서 5분 이내에 0 ℃ 이상으로 승온하는 양방향 펄스 제어.",
        [Chip("韩文"), Chip("成熟度 6 · 中试"), Chip("发明专利"), Chip("12 天前确认")],
    )
    expert = Card(
        "expert",
        3,
        "#",
        "李望舒",
        "zh",
        "研究方向为锂离子电池热管理与低温电化学，主持整车验证项目三项。",
        [Chip("长春市"), Chip("研究员"), Chip("技术咨询、联合攻关")],
    )
    return [need, offer, expert]


def sample_match() -> SimpleNamespace:
    """A strong match with each verdict."""
    need = SimpleNamespace(
        side="需求 · 企业",
        title="高寒地区动力电池低温快充与热管理",
        url="#",
        lang="zh",
        text="整车配套企业（长春，汽车产业链）。零下 30 ℃ 环境下车辆启动后电池升温慢，充电时间过长，需要整包级方案。",
        chips=[Chip("预算 120–200 万元"), Chip("12 个月内"), Chip("委托开发、技术转让")],
    )
    offer = SimpleNamespace(
        side="成果 · 高校院所",
        title="脉冲自加热与相变缓冲复合的锂电池包控温技术",
        url="#",
        lang="zh",
        text="利用高频双向脉冲在电芯内部产热，配合石墨烯相变层均温，完成整车装车验证。",
        chips=[Chip("成熟度 7 · 中试"), Chip("发明专利"), Chip("技术许可、技术入股、委托开发")],
    )
    rows = [
        (
            "ok",
            "同一问题",
            "",
            [("零下 30 ℃", True), (" 启动后电池", False), ("升温慢", True)],
            [("−35 ℃ 环境 ", False), ("4.5 分钟内升至 5 ℃", True), ("，无需外部热源", False)],
        ),
        (
            "ok",
            "满足",
            "升温速率",
            [("≥ 5 ℃/min", True)],
            [("8.9 ℃/min", True), ("（−35 ℃，50 % 电量）", False)],
        ),
        (
            "warn",
            "差 13 %",
            "10–80 % 充电",
            [("≤ 30 min", True), ("（−20 ℃）", False)],
            [("34 min", True), ("（−20 ℃）", False)],
        ),
        ("none", "未提供", "整包成本增加", [("≤ 2000 元", True)], None),
        ("bad", "不合", "产权归属", [("归需求方", True)], [("归研发方", True)]),
        ("note", "同省", "地区", [("长春市", False)], [("吉林市", False)]),
    ]
    reasons = [
        SimpleNamespace(verdict=v, label=words, topic=topic, left=left, right=right)
        for v, words, topic, left, right in rows
    ]
    return SimpleNamespace(
        level="strong",
        level_label="强相关",
        probability=0.86,
        need=need,
        offer=offer,
        reasons=reasons,
        url="#",
        best="同一问题：低温升温慢；升温速率满足",
        chips=[Chip("2 项满足", "ok"), Chip("1 项接近", "warn")],
    )


def sample_path() -> list[SimpleNamespace]:
    """A case in its fifth step."""
    names = (
        "推荐",
        "有意向",
        "双方同意",
        "已对接",
        "方案/试用",
        "议价",
        "公示",
        "签约",
        "已登记",
        "履约",
        "转化成功",
    )
    return [
        SimpleNamespace(label=name, state="done" if i < 4 else "now" if i == 4 else "todo", at=None)
        for i, name in enumerate(names)
    ]


def sample_events() -> list[SimpleNamespace]:
    """A few lines of a timeline."""
    day = clock.now()
    return [
        SimpleNamespace(
            at=day - timedelta(days=1),
            title="会面 · 线上，双方 5 人",
            text="确认 −20 ℃ 快充差距由电芯选型引起；成果方一周内给出试验方案。",
            note="",
        ),
        SimpleNamespace(
            at=day - timedelta(days=3), title="打开受限详情 · 需求方 李工", text="", note="已留痕"
        ),
        SimpleNamespace(at=day - timedelta(days=4), title="双方同意对接，联系方式互相可见", text="", note=""),
    ]
