"""Experts, and listings that are not on the platform yet: drafts, one in review, two returned with remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Known:
    """An expert: who lists them, what they do and for whom they may be shown."""

    author: str
    name: str
    department: str
    title: str
    tech_field: str
    chain: str
    keywords: tuple[str, ...]
    profile: str
    services: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...] = ("zh",)
    consent: str = "public"


EXPERTS: tuple[Known, ...] = (
    Known("institute", "温若川", "水处理药剂研究室", "researcher", "environment", "automotive",
          ("涂装循环水", "絮凝", "漆渣减量"),
          "二十年从事涂装废水与循环水处理，主持开发漆雾凝聚药剂和在线分离装置，熟悉汽车、工程机械涂装线的现场调试。",
          ("consulting", "joint"), ("220100", "220400"), ("zh", "en")),
    Known("wen.xi", "霍南屏", "固废资源化研究室", "associate_researcher", "environment", "metallurgy",
          ("污酸", "硫化沉淀", "电渗析"),
          "研究有色冶炼酸性废水的硫化除砷与酸回收，参与三项工程设计，可承担方案论证和小试。",
          ("consulting", "review", "joint"), ("222400", "220200"), ("zh", "ko")),
    Known("beiguo", "梁听澜", "炭材料研究所", "researcher", "materials", "materials",
          ("硬碳", "负极材料", "包覆"),
          "长期研究树脂基硬碳的孔结构与界面调控，指导建成百吨级中试线，关注寒区动力电池应用。",
          ("joint", "review", "roadshow"), ("220200", "220100"), ("zh", "en")),
    Known("beiguo", "闻一舟", "功能涂层研究所", "associate_researcher", "materials", "materials",
          ("防污闪", "自洁涂层", "电镀"),
          "从事户外绝缘与金属防护涂层研究，擅长涂层失效分析和挂网考核方案设计。",
          ("consulting", "envoy"), ("220700", "220100")),
    Known("changbai", "白予安", "合成药物研究室", "professor", "biomedicine", "medicine",
          ("原料药工艺", "杂质谱", "连续流"),
          "研究脂溶性维生素与甾体类原料药的合成和杂质控制，完成多个品种的工艺放大与申报资料。",
          ("consulting", "joint", "secondment"), ("220500",), ("zh", "en")),
    Known("changbai", "鹿鸣溪", "体外诊断中心", "associate_professor", "biomedicine", "biomedicine",
          ("液体活检", "引物设计", "样本保存"),
          "从事循环核酸检测方法学研究，建立样本前处理与突变检测的评价体系，可协助组织多中心验证。",
          ("consulting", "review"), ("220100", "220500"), ("zh", "en", "ja")),
    Known("heitu", "田若谷", "水产养殖系", "professor", "agriculture", "agriculture",
          ("克氏原螯虾", "苗种繁育", "循环水养殖"),
          "研究冷凉地区稻渔综合种养和苗种繁育，制定省级操作规程两项，每年下基地指导百余天。",
          ("envoy", "consulting"), ("220700", "220800"), ("zh",)),
    Known("heitu", "秦未央", "农产品加工系", "associate_professor", "agriculture", "food",
          ("茶加工", "林产化学", "发酵"),
          "从事茶叶发酵调控与林产资源利用研究，熟悉中小企业产线改造。",
          ("consulting", "envoy"), ("220100", "220200"), ("zh", "ja")),
    Known("jiyuan", "高牧野", "车辆工程学院", "professor", "manufacturing", "automotive",
          ("电池热管理", "整车风阻", "燃料电池控制"),
          "研究新能源商用车热管理与动力系统控制，与多家整车和零部件企业联合开发。",
          ("joint", "review", "secondment"), ("220100",), ("zh", "en"), "brokers"),
    Known("jiyuan", "厉行舟", "机械工程学院", "chief_engineer", "manufacturing", "equipment",
          ("永磁直驱", "起重机械", "液压"),
          "从事重载传动与矿山机械设计三十年，现返聘指导企业样机研制。",
          ("consulting", "secondment"), ("220200", "220600"), ("zh", "ru")),
    Known("xinghe", "邵清和", "工业软件部", "senior_engineer", "electronics", "digital",
          ("实时数据库", "数据采集", "数据中台"),
          "负责过轨道交通、流程制造的监控与数据平台项目，熟悉工控隔离和系统迁移。",
          ("consulting", "joint"), ("220100", "220300"), ("zh", "en"), "brokers"),
    Known("xinghe", "安若言", "智能感知部", "associate_researcher", "electronics", "digital",
          ("结构监测", "光纤传感"),
          "研究地下工程的长期监测与预警。",
          ("review",), ("220100",), ("zh",), "none"),
)  # fmt: skip


@dataclass(frozen=True)
class Unfinished:
    """A listing that is not published: where it stands, what it holds, the operator's remark if it was returned."""

    author: str
    kind: str
    state: str
    day: int
    fields: dict[str, Any] = field(default_factory=dict)
    remark: str = ""


UNFINISHED: tuple[Unfinished, ...] = (
    Unfinished("enterprise", "need", "draft", 6, {
        "title": "塑料保险杠水性漆低温快干",
        "problem": "水性底漆在 65℃ 下流平后仍需十二分钟才能进中涂，节拍跟不上，冬季更慢。",
        "chain": "automotive", "region": "220100", "keywords": ["水性漆", "低温固化"],
    }),
    Unfinished("enterprise", "need", "draft", 2, {"title": "尾门注塑件翘曲预测"}),
    Unfinished("su.wan", "need", "submitted", 1, {
        "title": "热泵阀体低温卡滞的检测与预防",
        "need_type": "testing",
        "problem": "电动客车热泵用电子膨胀阀在零下三十度存放一夜后偶发卡滞，装车前的常温测试发现不了。"
                   "希望有快速的低温筛查方法和成因分析，单件检测不超过两分钟，漏检率不高于千分之一。",
        "chain": "automotive", "tech_field": "manufacturing", "region": "220100",
        "coop_modes": ["commissioned", "service"], "budget_min": "30", "budget_max": "60", "months": 9,
        "keywords": ["电子膨胀阀", "低温检测"], "decision_owner": "热管理事业部，年底前立项",
        "indicators": [
            {"name": "单件检测时间", "relation": "<=", "value": "2", "unit": "min"},
            {"name": "漏检率", "relation": "<=", "value": "0.1", "unit": "%"},
        ],
    }),
    Unfinished("junheng", "need", "returned", 4, {
        "title": "起重机钢丝绳在线探伤",
        "need_type": "testing",
        "problem": "想给在用行车装钢丝绳探伤装置，越便宜越好。",
        "chain": "equipment", "region": "220200", "coop_modes": ["service"], "budget_open": True, "months": 8,
    }, "请写明钢丝绳直径、运行速度和希望发现的缺陷大小，并补充现有的检查办法，成果方才能判断是否合适。"),
    Unfinished("institute", "achievement", "draft", 3, {
        "title": "切削液在线再生与浓度自控装置",
        "abstract": "采用膜分离与电化学抑菌联合处理机加工切削液，样机已连续运行三个月。",
        "tech_field": "environment", "region": "220100", "trl": 6,
    }),
    Unfinished("wen.xi", "achievement", "returned", 5, {
        "title": "含油污泥低温热解",
        "abstract": "国际领先的含油污泥处理技术，效果显著。",
        "problem": "含油污泥处置费用高。", "advantage": "效果好。",
        "chain": "environment", "tech_field": "environment", "region": "220100", "trl": 7,
        "coop_modes": ["licence"],
    }, "“国际领先”需有评价结论支撑；请补充处理量、残渣含油率、能耗等可核对的指标。"),
    Unfinished("jiyuan", "achievement", "submitted", 1, {
        "title": "重载齿轮箱油液磨粒在线监测",
        "abstract": "基于三线圈电感传感器与介电谱融合，在线识别 70 μm 以上铁磁颗粒和 200 μm 以上非铁磁颗粒，"
                    "提前两周以上预报齿面点蚀，已在三台破碎机减速箱上运行一年。",
        "problem": "离线取样化验周期长，突发磨损来不及发现。",
        "advantage": "与国外同类传感器相比价格约为三分之一，非铁磁颗粒下限由 300 μm 降到 200 μm。",
        "chain": "equipment", "tech_field": "manufacturing", "region": "220100", "trl": 8,
        "coop_modes": ["licence", "service"], "keywords": ["油液监测", "磨粒", "齿轮箱"],
        "price_mode": "range", "price_min": "30", "price_max": "60",
        "indicators": [{"name": "铁磁颗粒下限", "relation": "<=", "value": "70", "unit": "μm"}],
        "ip": [{"type": "invention", "name": "三线圈电感磨粒传感器"}],
    }),
)  # fmt: skip
