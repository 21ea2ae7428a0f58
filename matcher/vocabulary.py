"""Closed lists in the field's own terms, each value with its code. Labels are Chinese source strings for translation.

Sources: fields.md 4.1-4.8, GB/T 2260 (regions), the eight state-supported high-tech fields (2016 wording).
A code never changes once it is stored; a label may.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A closed list: the value is the stored code, `label` the Chinese source string."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Make the member `code` with its `label`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label or code
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of code and label, for form fields."""
        return [(term.value, term.label) for term in cls]

    @classmethod
    def by_label(cls, label: str) -> Self:
        """The member of that Chinese label (or code); ValueError if there is none."""
        for term in cls:
            if label in (term.label, term.value):
                return term
        raise ValueError(label)


class Kind(Term):
    """The three kinds of record that can be found."""

    NEED = "need", "需求"
    ACHIEVEMENT = "achievement", "成果"
    EXPERT = "expert", "专家"


class OrgKind(Term):
    """What an organisation is on the platform."""

    ENTERPRISE = "enterprise", "企业"
    INSTITUTE = "institute", "高校院所"
    AGENCY = "agency", "技术转移机构"
    GOVERNMENT = "government", "政府部门"


class OrgVerdict(Term):
    """What an operator's check of an organisation came to."""

    CHECKED = "checked", "单位已核验"
    RENAMED = "renamed", "新的名称和代码已核验"
    KEPT = "kept", "名称或代码的修改未通过"
    REFUSED = "refused", "单位未通过核验"


class OrgState(Term):
    """Whether an operator has checked the organisation."""

    PENDING = "pending", "待核验"
    CHECKED = "checked", "已核验"
    REFUSED = "refused", "未通过"


class Role(Term):
    """A user's platform-wide role; membership of an organisation is kept apart."""

    MEMBER = "member", "用户"
    BROKER = "broker", "技术经纪人"
    OPERATOR = "operator", "运营人员"
    ADMINISTRATOR = "administrator", "管理员"


class MembershipState(Term):
    """A person's tie to an organisation."""

    PENDING = "pending", "待确认"
    ACTIVE = "active", "已加入"
    LEFT = "left", "已退出"


class RecordState(Term):
    """A record's life: 草稿 → 待审核 → 已发布, with 退回修改, 已撤回 and 已过期."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已过期"


class NeedType(Term):
    """需求类型."""

    RESEARCH = "research", "技术攻关"
    UPGRADE = "upgrade", "产品升级"
    SUBSTITUTE = "substitute", "国产替代"
    PROCESS = "process", "工艺改进"
    DIGITAL = "digital", "数字化"
    TESTING = "testing", "检测/设备"
    PEOPLE = "people", "专家/人才"
    FINANCE = "finance", "融资"
    OTHER = "other", "其他"


class CoopMode(Term):
    """合作方式: the union of the law's ways and the plans' ways (M04)."""

    COMMISSIONED = "commissioned", "委托开发"
    JOINT = "joint", "合作开发"
    TRANSFER = "transfer", "技术转让"
    LICENCE = "licence", "技术许可"
    EQUITY = "equity", "技术入股"
    CONSULTING = "consulting", "技术咨询"
    SERVICE = "service", "技术服务"
    TRAINING = "training", "技术培训"
    SUPPLY = "supply", "长期供应"
    OTHER = "other", "其他"


class IpType(Term):
    """知识产权类型."""

    INVENTION = "invention", "发明专利"
    UTILITY = "utility", "实用新型"
    DESIGN = "design", "外观设计"
    SOFTWARE = "software", "软件著作权"
    LAYOUT = "layout", "集成电路布图设计专有权"
    PLANT = "plant", "植物新品种"
    CROP = "crop", "国家级农作物品种"
    DRUG = "drug", "国家新药"
    TCM = "tcm", "国家一级中药保护品种"
    SECRET = "secret", "技术秘密"
    TRADEMARK = "trademark", "商标"
    STANDARD = "standard", "标准"
    PAPER = "paper", "论文"
    OTHER = "other", "其他"


class TechField(Term):
    """国家重点支持的高新技术领域 (2016 wording), and agriculture, which the region needs."""

    ELECTRONICS = "electronics", "电子信息"
    BIOMEDICINE = "biomedicine", "生物与新医药"
    AEROSPACE = "aerospace", "航空航天"
    MATERIALS = "materials", "新材料"
    SERVICES = "services", "高技术服务"
    ENERGY = "energy", "新能源与节能"
    ENVIRONMENT = "environment", "资源与环境"
    MANUFACTURING = "manufacturing", "先进制造与自动化"
    AGRICULTURE = "agriculture", "现代农业"


class Chain(Term):
    """Industry chains of the region's plans (M02)."""

    AUTOMOTIVE = "automotive", "汽车"
    EQUIPMENT = "equipment", "装备制造"
    OPTOELECTRONICS = "optoelectronics", "光电信息"
    BIOMEDICINE = "biomedicine", "生物医药"
    MEDICINE = "medicine", "医药健康"
    AGRICULTURE = "agriculture", "现代农业"
    FOOD = "food", "农产品加工"
    DIGITAL = "digital", "数字经济"
    MATERIALS = "materials", "新材料"
    CHEMISTRY = "chemistry", "石油化工"
    ENERGY = "energy", "新能源"
    METALLURGY = "metallurgy", "冶金建材"
    ENVIRONMENT = "environment", "节能环保"
    TOURISM = "tourism", "文化旅游"
    OTHER = "other", "其他"


class DevState(Term):
    """技术成熟度(平台)."""

    RESEARCH = "research", "在研"
    LAB = "lab", "实验室成果"
    BENCH = "bench", "小试"
    PILOT = "pilot", "中试"
    BATCH = "batch", "小批量"
    MASS = "mass", "规模化生产"


class PriceMode(Term):
    """合作价格的方式."""

    NEGOTIABLE = "negotiable", "面议"
    FIXED = "fixed", "固定"
    RANGE = "range", "区间"
    ROYALTY = "royalty", "提成"


class IpTerms(Term):
    """产权归属要求."""

    NEED_SIDE = "need_side", "归需求方"
    OFFER_SIDE = "offer_side", "归研发方"
    SHARED = "shared", "共有"
    OPEN = "open", "协商"


class Urgency(Term):
    """紧迫程度."""

    HIGH = "high", "高"
    MEDIUM = "medium", "中"
    LOW = "low", "低"


class Intake(Term):
    """How a record came to the platform."""

    SELF = "self", "自主发布"
    PARK = "park", "园区征集"
    ENVOY = "envoy", "特派员走访"
    GOVERNMENT = "government", "政府平台征集"
    EVENT = "event", "活动"
    IMPORT = "import", "批量导入"
    COUNTER = "counter", "线下驿站"


class Consent(Term):
    """An expert's 公开授权."""

    PUBLIC = "public", "公开"
    BROKERS = "brokers", "仅经纪人"
    NONE = "none", "不公开"


class Relation(Term):
    """How an indicator's value is meant."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    EQUAL = "=", "="
    ABOUT = "~", "约"
    RANGE = "range", "范围"


class Level(Term):
    """关联度标签, best first (label 4 to 1 of the field's contest)."""

    STRONG = "strong", "强相关"
    FAIR = "fair", "较强相关"
    WEAK = "weak", "弱相关"
    NONE = "none", "无相关"


class Side(Term):
    """The two banks."""

    NEED = "need", "需求方"
    OFFER = "offer", "成果方"


class AnswerKind(Term):
    """What one side says of a match."""

    INTERESTED = "interested", "有兴趣"
    LATER = "later", "稍后再看"
    REFUSED = "refused", "不合适"


class Refusal(Term):
    """拒绝原因码."""

    FIELD = "field", "领域不符"
    MATURITY = "maturity", "成熟度不足"
    INDICATOR = "indicator", "指标不达"
    PRICE = "price", "价格过高"
    COOPERATION = "cooperation", "合作方式不合"
    SUPPLIED = "supplied", "已有供应商/方案"
    TIMING = "timing", "时机不对"
    INFORMATION = "information", "信息不足"
    DISTANCE = "distance", "地域不便"
    OTHER = "other", "其他"


class MatchState(Term):
    """A match is open until answered by both, closed by its records, or has become a case."""

    OPEN = "open", "进行中"
    CASED = "cased", "已转工单"
    CLOSED = "closed", "已关闭"


class CaseState(Term):
    """搭桥工单 (M01); 推荐, 已读 and 有意向 are states of the match."""

    PROPOSED = "proposed", "待双方同意"
    AGREED = "agreed", "双方同意"
    CONNECTED = "connected", "已对接"
    TRIAL = "trial", "方案/试用"
    PRICING = "pricing", "议价"
    NOTICE = "notice", "公示"
    SIGNED = "signed", "签约"
    REGISTERED = "registered", "已登记"
    PERFORMING = "performing", "履约"
    CONVERTED = "converted", "转化成功"
    ENDED = "ended", "终止"


class EndReason(Term):
    """搭桥终止原因."""

    SILENT = "silent", "一方无回应"
    MISMATCH = "mismatch", "技术不匹配"
    PRICE = "price", "价格"
    RIGHTS = "rights", "权属"
    FUNDS = "funds", "资金"
    POLICY = "policy", "政策"
    DUPLICATE = "duplicate", "重复"
    OTHER = "other", "其他"


class PauseReason(Term):
    """Why a case rests for a while (own proposal)."""

    DECISION = "decision", "等待内部决策"
    SEASON = "season", "等待季节或生产窗口"
    TRIAL = "trial", "试验周期未到"
    FUNDS = "funds", "资金未到位"
    OTHER = "other", "其他"


class CaseParty(Term):
    """Who must act next in a case."""

    NEED = "need", "需求方"
    OFFER = "offer", "成果方"
    BROKER = "broker", "经纪人"
    OPERATOR = "operator", "运营人员"


class Audience(Term):
    """Who may read a file of a case beside whoever brought it; its broker may read each."""

    BOTH = "both", "双方和经纪人"
    SIDE = "side", "仅本方和经纪人"
    STAFF = "staff", "仅经纪人和运营人员"


class ExpertTitle(Term):
    """职称."""

    PROFESSOR = "professor", "教授"
    RESEARCHER = "researcher", "研究员"
    CHIEF_ENGINEER = "chief_engineer", "正高级工程师"
    ASSOCIATE_PROFESSOR = "associate_professor", "副教授"
    ASSOCIATE_RESEARCHER = "associate_researcher", "副研究员"
    SENIOR_ENGINEER = "senior_engineer", "高级工程师"
    LECTURER = "lecturer", "讲师"
    OTHER = "other", "其他"


class ExpertService(Term):
    """What an expert is willing to do (服务意愿)."""

    CONSULTING = "consulting", "技术咨询"
    JOINT = "joint", "联合攻关"
    REVIEW = "review", "评审"
    ROADSHOW = "roadshow", "路演"
    ENVOY = "envoy", "科技特派员"
    SECONDMENT = "secondment", "挂职科技副总"


class Lang(Term):
    """Languages that a record may be written in."""

    ZH = "zh", "中文"
    EN = "en", "英文"
    KO = "ko", "韩文"
    JA = "ja", "日文"
    RU = "ru", "俄文"


# GB/T 2260: prefectures of Jilin, the neighbours, and the partners that the plans name (M62).
REGIONS: dict[str, str] = {
    "220000": "吉林省",
    "220100": "长春市",
    "220200": "吉林市",
    "220300": "四平市",
    "220400": "辽源市",
    "220500": "通化市",
    "220600": "白山市",
    "220700": "松原市",
    "220800": "白城市",
    "222400": "延边州",
    "110000": "北京市",
    "120000": "天津市",
    "130000": "河北省",
    "140000": "山西省",
    "150000": "内蒙古自治区",
    "210000": "辽宁省",
    "230000": "黑龙江省",
    "310000": "上海市",
    "320000": "江苏省",
    "330000": "浙江省",
    "340000": "安徽省",
    "350000": "福建省",
    "360000": "江西省",
    "370000": "山东省",
    "410000": "河南省",
    "420000": "湖北省",
    "430000": "湖南省",
    "440000": "广东省",
    "450000": "广西壮族自治区",
    "460000": "海南省",
    "500000": "重庆市",
    "510000": "四川省",
    "520000": "贵州省",
    "530000": "云南省",
    "540000": "西藏自治区",
    "610000": "陕西省",
    "620000": "甘肃省",
    "630000": "青海省",
    "640000": "宁夏回族自治区",
    "650000": "新疆维吾尔自治区",
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
    "900000": "境外",
}

# 技术就绪度 1-9 in general wording; the platform's own words, to be confirmed by an expert (fields.md 4.7).
TRL: dict[int, str] = {
    1: "发现基本原理",
    2: "形成技术概念",
    3: "关键功能概念验证",
    4: "实验室样机验证",
    5: "模拟环境验证",
    6: "模拟环境样机演示",
    7: "使用环境样机演示",
    8: "定型与批量试制",
    9: "实际应用",
}
TRL_BANDS: dict[str, tuple[int, int, str]] = {
    "concept": (1, 3, "概念验证"),
    "bench": (4, 5, "小试"),
    "pilot": (6, 7, "中试"),
    "industry": (8, 9, "产业化"),
}
# Upper bounds in 万元; the last band is open.
BUDGET_BANDS: dict[str, tuple[int | None, str]] = {
    "to50": (50, "50 万元以下"),
    "to100": (100, "50–100 万元"),
    "to300": (300, "100–300 万元"),
    "to1000": (1000, "300–1000 万元"),
    "over": (None, "1000 万元以上"),
}


def trl_band(trl: int) -> str:
    """Code of the band of a readiness level from 1 to 9."""
    return next(code for code, (low, high, _) in TRL_BANDS.items() if low <= trl <= high)


def budget_band(amount: float) -> str:
    """Code of the band of an amount in 万元."""
    return next(code for code, (top, _) in BUDGET_BANDS.items() if top is None or amount < top)


def region_by_name(name: str) -> str:
    """GB/T 2260 code of a region given by code or by name with or without 市/省/州; ValueError if unknown."""
    for code, label in REGIONS.items():
        if name in (code, label):
            return code
    # 吉林市 and 吉林省 differ in the last character only: the loose comparison comes second, and 吉林 is the province
    for code, label in REGIONS.items():
        if len(name) > 1 and label.rstrip("市省州") == name.rstrip("市省州"):
            return code
    raise ValueError(name)


# Wordings of imported files for the same thing.
COOP_ALIASES: dict[str, CoopMode] = {
    "技术开发(委托)": CoopMode.COMMISSIONED,
    "技术开发（委托）": CoopMode.COMMISSIONED,
    "联合开发": CoopMode.JOINT,
    "作价投资": CoopMode.EQUITY,
    "作价入股": CoopMode.EQUITY,
    "许可": CoopMode.LICENCE,
    "转让": CoopMode.TRANSFER,
}


def coop_by_name(name: str) -> CoopMode:
    """Cooperation mode of a code, a label or a known other wording; ValueError if unknown."""
    return COOP_ALIASES.get(name) or CoopMode.by_label(name)


CHAIN_ALIASES: dict[str, Chain] = {
    "汽车及零部件": Chain.AUTOMOTIVE,
    "能源环保": Chain.ENVIRONMENT,
    "食品加工": Chain.FOOD,
}


def chain_by_name(name: str) -> Chain:
    """Industry chain of a code, a label or a known other wording; ValueError if unknown."""
    return CHAIN_ALIASES.get(name) or Chain.by_label(name)
