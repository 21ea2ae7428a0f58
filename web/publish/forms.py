"""The forms of the three kinds of record. matcher.inputs says what is acceptable; these only read and keep."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matcher.conversion.terms import Funding
from matcher.vocabulary import (
    Chain,
    Consent,
    CoopMode,
    DevState,
    ExpertService,
    ExpertTitle,
    IpTerms,
    Lang,
    NeedType,
    PriceMode,
    TechField,
    Urgency,
)
from web.choices import levels, regions
from web.forms import Form
from web.publish.fields import DayField, IndicatorRow, IpRow, NumberField, WordsField, area, choose, tick

NEEDED = [InputRequired()]
CHOOSE = _l("请选择")


class RecordForm(Form):
    """Fields that the three kinds share."""

    lang = choose(
        _l("填写语言"), Lang, validators=NEEDED, description=_l("用哪种语言填写都可以，匹配会跨语言进行。")
    )
    keywords = WordsField(
        _l("关键词"), description=_l("最多 8 个，用顿号或逗号隔开。写行业里常用的说法，别人更容易找到。")
    )
    chain = choose(_l("产业链"), Chain, CHOOSE, validators=NEEDED)
    tech_field = choose(_l("技术领域"), TechField, CHOOSE)
    region = SelectField(_l("所在地区"), NEEDED, choices=lambda: regions(CHOOSE))
    valid_until = DayField(_l("展示到哪一天"), description=_l("到期后自动下架，可以再次提交。不填为一年。"))


class NeedForm(RecordForm):
    """技术需求."""

    title = StringField(
        _l("需求名称"),
        NEEDED,
        description=_l("一句话说清要解决什么，例如“人参废渣快速干燥与饲料化利用”。最多 100 字。"),
    )
    need_type = choose(_l("需求类型"), NeedType, CHOOSE, validators=NEEDED)
    problem = area(
        _l("要解决的问题"),
        8,
        validators=NEEDED,
        description=_l("现状、卡在哪里、希望达到什么程度。写得越具体，匹配越准。最多 2000 字，会公开。"),
    )
    foundation = area(_l("现有基础"), 4, description=_l("试过什么，有什么设备、数据、团队。会公开。"))
    indicators = FieldList(FormField(IndicatorRow))
    coop_modes = tick(_l("合作方式"), CoopMode, validators=NEEDED, description=_l("可以接受的都勾上。"))
    budget_min = NumberField(_l("最低"))
    budget_max = NumberField(_l("最高"))
    budget_open = BooleanField(_l("面议，先不写金额"))
    deadline = DayField(_l("期望完成日期"), validators=NEEDED)
    min_trl = SelectField(
        _l("对成熟度的最低要求"), choices=lambda: levels(_l("不限")), description=_l("按技术就绪度 1–9 级。")
    )
    ip_terms = choose(_l("成果的产权归属"), IpTerms, validators=NEEDED)
    urgency = choose(_l("紧迫程度"), Urgency, validators=NEEDED)
    partner_req = area(_l("对合作方的要求"), 4)
    anonymous = BooleanField(
        _l("匿名发布，不显示单位"), description=_l("页面上只有地区。双方都同意对接后，对方才知道是谁。")
    )
    decision_owner = StringField(
        _l("由谁决策"), description=_l("例如“总工程师”“技术部”，帮助对方准备。会公开。")
    )
    detail_restricted = area(
        _l("受限详情"),
        6,
        description=_l("只有登录并属于已核验单位的人能打开，每次打开都会留痕。图纸编号、工艺参数写在这里。"),
    )


class AchievementForm(RecordForm):
    """科技成果."""

    title = StringField(_l("成果名称"), NEEDED, description=_l("最多 100 字。"))
    abstract = area(
        _l("成果简介"), 8, validators=NEEDED, description=_l("是什么、怎么做到的。最多 2000 字，会公开。")
    )
    problem = area(
        _l("解决什么问题"),
        5,
        validators=NEEDED,
        description=_l("用企业的话说：谁会用它，替代什么。匹配主要看这一段。"),
    )
    advantage = area(_l("与同类相比的优势"), 5, validators=NEEDED, description=_l("有数据更好。"))
    economics = area(_l("经济性"), 4, description=_l("成本、能耗、投资回收，知道多少写多少。"))
    indicators = FieldList(FormField(IndicatorRow))
    trl = SelectField(
        _l("技术成熟度"),
        NEEDED,
        choices=lambda: levels(CHOOSE),
        description=_l("按技术就绪度 1–9 级，如实填写。"),
    )
    dev_state = choose(_l("所处阶段"), DevState, CHOOSE)
    completed_on = DayField(
        _l("完成（验收）日期"),
        description=_l("财政资金资助的成果必填：限时转化从这一天起算，6、12、24 个月各有一项任务。"),
    )
    ip = FieldList(FormField(IpRow))
    people = WordsField(_l("主要完成人"), description=_l("用顿号隔开。会公开，请先征得本人同意。"))
    funding = choose(_l("课题来源"), Funding, CHOOSE)
    project_ref = StringField(
        _l("立项项目"), description=_l("项目名称或编号，会公开。"), render_kw={"autocomplete": "off"}
    )
    publicly_funded = BooleanField(
        _l("由财政资金资助形成"), description=_l("课题来源是国家或省内的，自动算作财政资金资助。")
    )
    coop_modes = tick(_l("合作方式"), CoopMode, validators=NEEDED, description=_l("可以接受的都勾上。"))
    price_mode = choose(_l("合作价格"), PriceMode, validators=NEEDED)
    price_min = NumberField(_l("最低"))
    price_max = NumberField(_l("最高"))
    detail_restricted = area(
        _l("受限详情"),
        6,
        description=_l(
            "只有登录并属于已核验单位的人能打开，每次打开都会留痕。未公开的数据、客户案例写在这里。"
        ),
    )


class ExpertForm(RecordForm):
    """科技专家."""

    name = StringField(_l("姓名"), NEEDED)
    title = choose(_l("职称"), ExpertTitle, validators=NEEDED)
    department = StringField(_l("部门"))
    profile = area(
        _l("专长与经历"),
        8,
        validators=NEEDED,
        description=_l("研究方向、做过的项目、能解决的问题。最多 2000 字。"),
    )
    services = tick(_l("愿意提供"), ExpertService, validators=NEEDED)
    service_regions = SelectMultipleField(
        _l("可服务地区"),
        choices=regions,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        description=_l("不选为不限。"),
    )
    languages = tick(_l("工作语言"), Lang)
    consent = choose(
        _l("公开范围"),
        Consent,
        validators=NEEDED,
        description=_l(
            "公开：所有人能找到。仅经纪人：只有技术经纪人能找到。不公开：只有本单位和运营人员可见。请先征得本人同意。"
        ),
    )


FORMS: dict[str, type[RecordForm]] = {"need": NeedForm, "achievement": AchievementForm, "expert": ExpertForm}
# rows of these fields and the most that the domain takes
ROWS: dict[str, int] = {"indicators": 20, "ip": 20}
