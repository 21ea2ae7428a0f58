"""Invented organisations and people of the region's kinds. Nobody of these names is meant; addresses lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.tasks.terms import OFFICERS, Duty
from matcher.vocabulary import OrgKind, Role

PASSWORD = "daqiao-demo"
DOMAIN = "example.org"


@dataclass(frozen=True)
class Org:
    """An organisation; `foundation` is what it can bring into a project, used where a need asks for it."""

    key: str
    kind: OrgKind
    name: str
    region: str
    chain: str | None
    introduction: str
    foundation: str = ""
    decides: str = "总经理办公会"
    checked: bool = True


@dataclass(frozen=True)
class Person:
    """A person; those with `founds` registered that organisation, those with `joins` asked to belong to it."""

    key: str
    name: str
    job_title: str = ""
    role: Role = Role.MEMBER
    founds: str = ""
    joins: str = ""
    phone: str = ""
    locale: str = "zh"
    accepted: bool = True

    @property
    def email(self) -> str:
        """The address to log in with."""
        return f"{self.key}@{DOMAIN}"


E, I, A = OrgKind.ENTERPRISE, OrgKind.INSTITUTE, OrgKind.AGENCY  # noqa: E741

ORGANISATIONS: tuple[Org, ...] = (
    Org("hanzhe", E, "长春翰辙汽车零部件有限公司", "220100", "automotive",
        "为商用车和乘用车配套塑料外饰件、减振器和热管理部件，长春、辽源两处生产基地。",
        "自有喷涂线两条、热管理试验台和路试车辆，可提供现场试验条件，工艺与设备工程师共 18 人。"),
    Org("guiyun", E, "长春轨云信息工程有限公司", "220100", "digital",
        "面向轨道交通、地下工程和流程制造的机电集成与工业软件。",
        "有在运行的示范站点和脱敏数据，开发团队 40 人，可安排两名工程师全程参与。"),
    Org("chengcai", E, "长春澄采生物技术有限公司", "220100", "biomedicine",
        "生产采样耗材、体外诊断试剂和动物用生物制品。",
        "十万级洁净车间、三条采血管产线，与多家检验科有样本合作协议。"),
    Org("heye", E, "通化衡野制药有限公司", "220500", "medicine",
        "原料药、中成药与兽用中药生产，正在建设经典名方车间。",
        "有合成与提取中试车间、HPLC 与质谱平台，质量体系通过检查，可承担工艺验证。"),
    Org("lingtuo", E, "白山岭拓矿山装备有限公司", "220600", "equipment",
        "煤矿井下掘进与支护设备制造和大修。",
        "具备结构件加工、液压总装与地面试验场，可协调合作矿井做工业性试验。"),
    Org("qiongli", E, "吉林市穹砾新材料有限公司", "220200", "materials",
        "橡胶助剂、炭材料与无机非金属材料的研发和生产。",
        "百吨级中试装置一套，分析室配有热分析、比表面积和电化学测试设备。", "技术委员会与总经理"),
    Org("junheng", E, "吉林市钧衡起重机械有限公司", "220200", "equipment",
        "桥式、门式起重机设计制造，年产各类行车三百余台。",
        "可提供样机、载荷试验台和用户现场，机械与电气设计人员 25 人。"),
    Org("hejv", E, "四平禾炬环保装备有限公司", "220300", "equipment",
        "干燥、除尘、感应加热与固废处理装备制造。",
        "两万平方米总装车间，可自制壳体和电控柜，现有两个项目现场可做示范。"),
    Org("woze", E, "松原沃泽生态农业有限公司", "220700", "agriculture",
        "灌区稻田综合种养和设施渔业，自有苗种场。",
        "流转稻田六千亩、养殖箱二十余个，有水质检测室和三名水产技术员。", "合作社理事会"),
    Org("linchuan", E, "松原凛川电力化工有限公司", "220700", "materials",
        "输变电检修服务与氯碱、金属盐化工产品。",
        "具备高压试验室和电解工段，可拿出一台槽、一条线路做工业试验。"),
    Org("junmu", E, "辽源浚沐环境科技有限公司", "220400", "environment",
        "河湖水环境治理和建筑空气净化工程总承包。",
        "有在手治理河段和净化机组装配线，施工与运维人员 60 人。"),
    Org("tongdu", E, "辽源同渡骨科医院有限公司", "220400", "medicine",
        "民营二级骨科专科医院，年手术量约三千台。",
        "有层流手术室四间、C 臂与关节镜设备，已选派四名主治医师作为学员。", "院务委员会"),
    Org("yaolan", E, "白城曜澜新能源科技有限公司", "220800", "energy",
        "光伏硅片与组件、生物质热电联产。",
        "铸锭、切片和电池产线在运行，可提供整批硅片和一台锅炉的停机窗口。"),
    Org("tangling", E, "延边棠岭有色金属有限公司", "222400", "metallurgy",
        "铅锌采选冶与综合回收。",
        "烟气洗涤工段可旁路引出试验水量，化验室能测全部关注元素。", "集团投资决策会"),
    Org("shuyuan", E, "长春黍源食品与生物材料有限公司", "220100", "food",
        "玉米深加工、茶与林下产品加工，发酵和精制产线齐全。",
        "有发酵、萃取、精馏装置和食品检验室，原料供应稳定。"),
    Org("weilan", E, "长春微澜光电有限公司", "220100", "optoelectronics",
        "光学镜头与激光测距模组。", checked=False),
    Org("songliao", I, "松辽过程与环境工程研究所", "220100", "environment",
        "从事工业水处理、固废资源化与过程装备研究，设有中试基地和检测中心。"),
    Org("beiguo", I, "北国材料科学研究院", "220100", "materials",
        "先进炭材料、功能涂层、精细化工与金属材料的研究和中试。"),
    Org("changbai", I, "长白山生物医药研究院", "220500", "medicine",
        "天然药物、生物制品与体外诊断技术的研究、评价和转化。"),
    Org("heitu", I, "黑土地农业科技大学", "220100", "agriculture",
        "作物、畜牧、水产与农产品加工等学科的教学与科研。"),
    Org("jiyuan", I, "吉原理工大学", "220100", "equipment",
        "以机械、车辆、能源动力为特色的工科大学，设有技术转移中心。"),
    Org("xinghe", I, "星合信息技术研究院", "220200", "digital",
        "工业软件、智能感知与数据治理的应用研究。"),
    Org("saebyeok", I, "새벽별응용기술연구원", "900000", None, "지역 산업을 위한 응용기술을 연구하는 비영리 연구기관."),
    Org("shirakabano", I, "白樺野産業技術研究所", "900000", None, "寒冷地の産業技術を研究する民間の研究所。"),
    Org("most", I, "Институт прикладных технологий «Снежный мост»", "900000", None,
        "Прикладные исследования для горного дела, химии и машиностроения."),
    Org("birch", I, "Birch Harbour Applied Research Centre", "900000", None,
        "Independent centre for applied research in process and life sciences."),
    Org("dushi", A, "长春渡石技术转移有限公司", "220100", None, "技术转移第三方服务机构，提供对接、评估与合同登记服务。"),
)  # fmt: skip

PEOPLE: tuple[Person, ...] = (
    Person("admin", "岳明川", "平台管理员", Role.ADMINISTRATOR),
    Person("operator", "方雨霁", "运营主管", Role.OPERATOR, phone="0431-0000-0002"),
    Person("operator2", "江乔", "审核专员", Role.OPERATOR),
    Person("broker", "顾维桥", "高级技术经理人", Role.BROKER, phone="0431-0000-0011"),
    Person("broker.han", "韩晓渡", "技术经理人", Role.BROKER, phone="0431-0000-0012"),
    Person("broker.piao", "朴正岚", "技术经理人", Role.BROKER, phone="0433-0000-0013"),
    Person("broker.lu", "陆青禾", "技术经理人", Role.BROKER, phone="0435-0000-0014"),
    Person("enterprise", "林知远", "工艺技术部部长", founds="hanzhe", phone="0431-0000-0101"),
    Person("su.wan", "苏婉清", "热管理项目经理", joins="hanzhe", phone="0431-0000-0102"),
    Person("guiyun", "程亦凡", "研发总监", founds="guiyun", phone="0431-0000-0103"),
    Person("tian.mo", "田墨", "数据平台负责人", joins="guiyun"),
    Person("chengcai", "唐若溪", "副总经理", founds="chengcai", phone="0431-0000-0104"),
    Person("heye", "孟庆舟", "技术总监", founds="heye", phone="0435-0000-0105"),
    Person("luo.yi", "罗依", "中药研发主管", joins="heye"),
    Person("lingtuo", "雷振岳", "总工程师", founds="lingtuo", phone="0439-0000-0106"),
    Person("qiongli", "沈砚秋", "研发经理", founds="qiongli", phone="0432-0000-0107"),
    Person("junheng", "霍建衡", "总工程师", founds="junheng", phone="0432-0000-0108"),
    Person("hejv", "贺子炬", "总经理助理", founds="hejv", phone="0434-0000-0109"),
    Person("qiu.ye", "邱野", "电气工程师", joins="hejv"),
    Person("woze", "邹沃野", "基地负责人", founds="woze", phone="0438-0000-0110"),
    Person("linchuan", "冷川", "生产技术处处长", founds="linchuan", phone="0438-0000-0111"),
    Person("junmu", "宋浚之", "工程部经理", founds="junmu", phone="0437-0000-0112"),
    Person("tongdu", "陶然", "医务科主任", founds="tongdu", phone="0437-0000-0113"),
    Person("yaolan", "叶澜", "工艺部经理", founds="yaolan", phone="0436-0000-0114"),
    Person("tangling", "金哲岭", "环保处处长", founds="tangling", phone="0433-0000-0115"),
    Person("shuyuan", "麦秋原", "研发中心主任", founds="shuyuan", phone="0431-0000-0116"),
    Person("weilan", "尹微澜", "市场经理", founds="weilan", accepted=False),
    Person("institute", "周慕河", "成果转化办公室主任", founds="songliao", phone="0431-0000-0201"),
    Person("wen.xi", "温熙", "副研究员", joins="songliao"),
    Person("beiguo", "梁佑之", "科技发展处处长", founds="beiguo", phone="0431-0000-0202"),
    Person("changbai", "白术宁", "转化部主任", founds="changbai", phone="0435-0000-0203"),
    Person("heitu", "田思壤", "技术转移中心主任", founds="heitu", phone="0431-0000-0204"),
    Person("jiyuan", "高砺行", "技术转移中心主任", founds="jiyuan", phone="0431-0000-0205"),
    Person("xinghe", "邵星阑", "成果推广部主任", founds="xinghe", phone="0432-0000-0206"),
    Person("ren.jing", "任静", "工程师", joins="xinghe", accepted=False),
    Person("saebyeok", "한새벽", "기술이전 담당", founds="saebyeok", locale="en"),
    Person("shirakabano", "白野 千尋", "技術移転担当", founds="shirakabano", locale="en"),
    Person("most", "Лев Снежин", "отдел внедрения", founds="most", locale="en"),
    Person("birch", "Robin Harbour", "Technology transfer officer", founds="birch", locale="en"),
    Person("liaison", "宋知夏", "高新区企业服务专员", phone="0431-0000-0401"),
    Person("envoy", "陈望山", "副研究员，科技特派员", phone="0431-0000-0402"),
    Person("mentor", "贺平川", "市科技局成果科科长", phone="0431-0000-0403"),
    Person("supervisor", "秦岳声", "省科技厅处长", phone="0431-0000-0404"),
    Person("agency", "石渡舟", "项目总监", founds="dushi", phone="0431-0000-0301"),
    Person("station", "初晴", "驿站专员", phone="0431-0000-0401"),
)


@dataclass(frozen=True)
class Broker:
    """A broker's profile."""

    key: str
    level: str
    agency: str
    fields: tuple[str, ...]
    chains: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    capacity: int


BROKERS: tuple[Broker, ...] = (
    Broker("broker", "senior", "长春渡石技术转移有限公司", ("environment", "manufacturing", "materials"),
           ("automotive", "equipment", "materials"), ("220100", "220300"), ("zh", "en"), 40),
    Broker("broker.han", "middle", "长春渡石技术转移有限公司", ("electronics", "services"),
           ("digital", "optoelectronics"), ("220100", "220200"), ("zh", "en", "ja"), 30),
    Broker("broker.piao", "middle", "吉原理工大学技术转移中心", ("environment", "energy"),
           ("metallurgy", "energy", "environment"), ("222400", "220200", "220800"), ("zh", "ko", "ru"), 30),
    Broker("broker.lu", "junior", "长白山生物医药研究院", ("biomedicine", "agriculture"),
           ("medicine", "biomedicine", "agriculture", "food"), ("220500", "220700"), ("zh",), 20),
)  # fmt: skip

# what the log-in page of a demonstration offers: one account for each role
LISTED = ("enterprise", "institute", "broker", "envoy", "operator", "admin")


def organisation_of(person: Person) -> str:
    """Name of the organisation that the person belongs to; empty if none."""
    key = person.founds or person.joins
    return next((org.name for org in ORGANISATIONS if org.key == key), "")


def _account(key: str) -> dict[str, str]:
    person = next(person for person in PEOPLE if person.key == key)
    founded = next((org for org in ORGANISATIONS if org.key == person.founds), None)
    return {
        "email": person.email,
        "name": person.name,
        "role": (founded.kind if founded else Duty(key) if key in OFFICERS else person.role).label,
        "organisation": organisation_of(person),
    }


DEMO_ACCOUNTS: list[dict[str, str]] = [_account(key) for key in LISTED]
