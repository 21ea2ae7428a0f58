"""What a need's owner fills in beside the text: who asks, which kind, keywords, urgency, who decides, terms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """Additions to one need of `needs.jsonl`; `day` is how many days before the start it is published."""

    owner: str
    author: str
    need_type: str
    keywords: tuple[str, ...]
    day: int
    urgency: str = "medium"
    ip_terms: str = "open"
    anonymous: bool = False


ASKED: dict[str, Asked] = {
    "c00": Asked("lingtuo", "lingtuo", "research", ("锚杆台车", "无线遥控", "本质安全", "电液阀"), 33, "high", "shared"),
    "c01": Asked("guiyun", "guiyun", "digital", ("地铁", "综合监控", "实时数据库", "组态软件"), 31, "medium", "need_side"),
    "c02": Asked("chengcai", "chengcai", "upgrade", ("采血管", "cfDNA", "保存液"), 34, "high"),
    "c03": Asked("shuyuan", "shuyuan", "research", ("林产品", "植物油", "花茶"), 20),
    "c04": Asked("heye", "heye", "process", ("维生素K1", "原料药", "杂质控制"), 27, "high", "need_side"),
    "c05": Asked("hanzhe", "enterprise", "process", ("喷漆循环水", "漆雾凝聚", "固液分离"), 36, "high"),
    "c06": Asked("shuyuan", "shuyuan", "process", ("红茶", "发酵", "茶末利用"), 19),
    "c07": Asked("yaolan", "yaolan", "process", ("多晶硅片", "黑硅", "清洗", "焊带拉力"), 26),
    "c08": Asked("linchuan", "linchuan", "upgrade", ("绝缘子", "防污闪", "自洁涂层"), 29),
    "c09": Asked("shuyuan", "shuyuan", "research", ("乳酸酯", "电子级溶剂", "生物基"), 23, "medium", "shared"),
    "c10": Asked("tongdu", "tongdu", "people", ("保髋手术", "髋脱位", "专家带教"), 17),
    "c11": Asked("woze", "woze", "research", ("稻虾共作", "克氏原螯虾", "苗种繁育"), 30, "high"),
    "c12": Asked("yaolan", "yaolan", "research", ("生物质电厂", "灰渣", "气化"), 21),
    "c13": Asked("guiyun", "tian.mo", "digital", ("基坑监测", "隧道", "自动报警"), 24),
    "c14": Asked("junmu", "junmu", "research", ("河道治理", "固定化微生物", "氨氮"), 28),
    "c15": Asked("heye", "luo.yi", "research", ("兽用中药", "非洲猪瘟", "有效部位"), 15),
    "c16": Asked("hanzhe", "enterprise", "upgrade", ("集中润滑", "低温润滑脂", "微流量检测"), 22),
    "c17": Asked("hejv", "hejv", "research", ("污泥干化", "电磁加热", "低温干燥"), 32, "high"),
    "c18": Asked("hanzhe", "enterprise", "process", ("活塞杆", "镀硬铬", "麻点"), 16, "high"),
    "c19": Asked("heye", "heye", "process", ("甾体", "微生物转化", "两相体系"), 13),
    "c20": Asked("tangling", "tangling", "process", ("污酸", "硫化除砷", "酸回收"), 25, "high"),
    "c21": Asked("junheng", "junheng", "upgrade", ("起升机构", "永磁直驱", "起重机"), 18),
    "c22": Asked("hanzhe", "enterprise", "research", ("客车", "气动阻力", "风噪"), 11),
    "c23": Asked("woze", "woze", "upgrade", ("集装箱养鱼", "循环水", "水质监控"), 14),
    "c24": Asked("qiongli", "qiongli", "research", ("硬碳", "负极材料", "低温电池"), 35, "high", "shared"),
    "c25": Asked("hanzhe", "su.wan", "research", ("电池热管理", "制冷剂直冷", "热失控"), 34, "high", "need_side"),
    "c26": Asked("qiongli", "qiongli", "substitute", ("橡胶促进剂", "亚硝胺", "清洁合成"), 12, "high"),
    "c27": Asked("hejv", "qiu.ye", "upgrade", ("IGBT驱动", "感应加热", "短路保护"), 10, "high"),
    "c28": Asked("guiyun", "tian.mo", "digital", ("铜箔", "MES", "数据采集"), 9),
    "c29": Asked("linchuan", "linchuan", "process", ("金属钠", "熔盐电解", "节电"), 27, "medium", "shared"),
    "c30": Asked("chengcai", "chengcai", "substitute", ("猪用疫苗", "悬浮培养", "无血清"), 8, "medium", "open", anonymous=True),
    "c31": Asked("heye", "luo.yi", "research", ("忍冬", "地黄", "保健食品"), 7),
    "c32": Asked("qiongli", "qiongli", "research", ("赤泥", "钪", "镓", "固废消纳"), 20, "medium", "open", anonymous=True),
    "c33": Asked("guiyun", "guiyun", "digital", ("数据中台", "经营大屏", "系统集成"), 6),
    "c34": Asked("hejv", "hejv", "upgrade", ("除尘", "中水回用", "机械脱水"), 5),
    "c35": Asked("heye", "heye", "process", ("中药散剂", "提纯", "猪场"), 6),
    "c36": Asked("guiyun", "tian.mo", "digital", ("舆情", "多模态", "事件图谱"), 4),
    "c37": Asked("chengcai", "chengcai", "research", ("突变检测", "引物", "液体活检"), 5),
    "c38": Asked("junmu", "junmu", "research", ("空气净化", "室温催化", "换热芯"), 3, "high"),
    "c39": Asked("hanzhe", "su.wan", "substitute", ("氢燃料电池", "控制器", "国产化"), 2, "high", "need_side"),
}  # fmt: skip

PARTNERS = (
    "有同类项目的工业应用业绩，能派人到现场调试。",
    "高校、院所或科技企业均可，核心人员须参与全过程。",
    "优先考虑省内单位；省外团队需能在合作期内驻厂。",
    "拥有自主知识产权，无权属纠纷，可签订保密协议。",
    "具备中试条件，能提供第三方检测报告。",
)
DETAIL = (
    "现场工况、设备清单与近三个月的运行记录可在签署保密协议后提供；",
    "已比较过两家供应商的方案，未达到指标要求；",
    "试验费用可由我方先行承担，验收指标以双方确认的试验大纲为准。",
)

# 技术领域, which the sample texts do not name
FIELDS: dict[str, str] = {
    "agriculture": "c03 c06 c11 c15 c23 c35",
    "biomedicine": "c02 c04 c10 c19 c30 c31 c37",
    "electronics": "c01 c13 c28 c33 c36",
    "energy": "c07 c12",
    "environment": "c05 c14 c17 c20 c32 c34 c38",
    "manufacturing": "c00 c16 c21 c22 c25 c27 c39",
    "materials": "c08 c09 c18 c24 c26 c29",
}
FIELD_OF = {number: field for field, numbers in FIELDS.items() for number in numbers.split()}
