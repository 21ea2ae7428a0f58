"""Names of quantities that mean the same, and words around a name that do or do not change what it measures.

Curated from materials, process, power and food standards; a group's first name stands for all.
"""

from __future__ import annotations

import re
from functools import lru_cache

NAMES = 20_000  # names whose parts are remembered
GROUPS: tuple[tuple[str, ...], ...] = (
    ("伸长率", "断裂伸长率", "拉断伸长率", "断后伸长率", "延伸率", "elongation at break", "elongation"),
    ("抗拉强度", "拉伸强度", "引張強さ", "引張強度", "인장강도", "предел прочности", "прочность на разрыв", "tensile strength"),
    ("弯曲强度", "抗弯强度", "抗折强度", "flexural strength"),
    ("剪切强度", "抗剪强度", "shear strength"),
    ("压缩强度", "抗压强度", "прочность на сжатие", "compressive strength"),
    ("粗糙度", "表面粗糙度", "表面粗糙度ra", "粗糙度ra", "ra"),
    ("含水率", "水分", "含水量", "水分含量"),
    ("线膨胀系数", "热膨胀系数", "膨胀系数", "coefficient of thermal expansion"),
    ("误报率", "误报", "虚警率", "虚警", "过检率", "false alarm rate"),
    ("漏检率", "漏报率", "漏检"),
    ("节拍", "循环时间", "生产节拍", "cycle time"),
    ("运行费用", "运行费", "运行成本"),
    ("处理费用", "处理费", "处理成本"),
    ("负载", "载荷", "承载能力", "payload"),
    ("货架期", "保质期", "shelf life"),
    ("延时", "时延", "延迟", "latency"),
    ("体积储热密度", "体积蓄热量", "体积蓄热能力", "储热密度"),
    ("存储容量", "内置存储", "存储空间"),
    ("电热元件寿命", "加热元件寿命"),
    ("投资回收期", "回收期", "静态投资回收期"),
    ("水耗", "新鲜水耗", "耗水", "耗水量", "单位水耗"),
    ("冲击功", "冲击韧性", "冲击吸收功", "冲击吸收能量"),
    ("重量", "质量", "自重", "重さ", "질량", "масса", "weight", "mass"),
    ("面密度", "克重"),
    ("能量密度", "比能量", "энергоёмкость", "energy density"),
    ("能量效率", "储能效率"),
    ("续航时间", "待机时间", "续航"),
    ("压力损失", "压降", "压差", "系统阻力", "运行阻力"),
    ("料肉比", "料重比", "饲料转化比"),
    ("可溶性固形物", "糖度"),
    ("黏度", "粘度", "viscosity"),
    ("收率", "产率", "得率", "yield"),
    ("检测限", "检测下限", "检出限", "最低检出限", "検出下限", "detection limit"),
    ("击穿强度", "介电强度", "dielectric strength", "dielectric breakdown"),
    ("保温时间", "保温时长"),
    ("平均无故障时间", "平均无故障工作时间", "MTBF", "可靠性"),
    ("导热系数", "热导率", "thermal conductivity", "теплопроводность", "熱伝導率", "열전도율"),
    ("使用温度", "耐温", "耐热温度", "长期使用温度"),
    ("使用寿命", "寿命", "使用年限", "срок службы", "service life", "lifetime", "수명", "耐用年数"),
    ("能耗", "耗电", "电耗", "耗电量", "energy consumption"),
    ("功耗", "功率消耗", "power consumption", "消費電力", "소비전력"),
    ("控温误差", "控温精度", "温度控制精度", "温控精度"),
    ("加工误差", "加工精度"),
    ("定位误差", "定位精度"),
    ("测量误差", "测量精度", "检测误差", "погрешность измерения", "測定精度"),
    ("粗蛋白含量", "蛋白含量", "蛋白质含量"),
    ("粉尘浓度", "颗粒物排放浓度", "颗粒物浓度", "烟尘排放浓度", "粉尘排放浓度", "烟尘浓度", "烟尘排放"),
    ("响应时间", "响应", "response time", "응답 시간", "応答時間", "время отклика"),
    ("准确率", "正确率", "accuracy rate"),
    ("处理能力", "处理量", "处理规模", "每小时处理", "日处理", "日处理量", "日处理能力", "processing capacity", "처리량"),
    ("噪声", "噪音", "noise level", "noise", "소음", "騒音", "уровень шума"),
    ("产量", "亩产", "亩产量", "单产"),
    ("用量", "药耗", "投加量", "添加量"),
    ("真空度", "极限真空度", "极限真空"),
    ("吸附容量", "吸附量", "最大吸附量"),
    ("除尘效率", "除尘率", "收尘效率"),
    ("成品率", "合格率", "良率", "良品率", "合格品率"),
    ("售价", "单价", "价格", "报价", "price", "cost"),
)
# What may stand before a name without changing what is measured.
NEUTRAL = re.compile(
    r"^(?:整机|综合|实测|平均|年均|额定|典型|可逆|最大|最高|最低|总|装机|系统|设备|单件|单套|一次|产品|成品|制品|最终|典型|实际|稳定|单台|全程|样机|装置|机组|整车|主机|该|其|"
    r"现场|出厂|表观|average|mean|overall|measured|max\.?|maximum|maximale?)+"
)
# What makes of the same words another quantity: never called sufficient, always shown.
LIMITING = ("峰值", "瞬时", "短时", "短期", "理论", "堆积", "振实", "小面积", "局部", "初始")
_ALIAS = {alias.lower(): group[0] for group in GROUPS for alias in group}
_LONGEST_FIRST = sorted(_ALIAS, key=lambda alias: (-len(alias), alias))


_CHANGE = re.compile(
    r"(?:的)?(?:提高|提升|降低|下降|降|减少|减|缩短|增加|增|延长|扩大|节约|节省|高出|高|低于|低|远|improved|reduced|saved)(?:了|幅度?|率)?$"
)
_AGAINST = re.compile(r"(?:比|较|与).{2,}$")


@lru_cache(maxsize=NAMES)
def of_a_change(name: str) -> str:
    """The quantity that a name tells the change of: NOx排放降低 → NOx排放; empty when it tells no change."""
    left = _CHANGE.sub("", name)
    if left == name:
        return ""
    return _AGAINST.sub("", left) or re.split(r"相比|比|较", left)[-1]


_ENDINGS = tuple(_LONGEST_FIRST)
# 损失 and 损失率, 干燥收缩 and 干燥收缩值, 残留 and 残留量: the unit tells what is meant
_RATE = re.compile(r"(?<=[一-鿿]{2})(?:(?<![成合良得产收效功频速概])率|(?<![峰限阈])值|(?<=残留|消耗|排放|释放)量)$")


def _ends_with_alias(folded: str) -> bool:
    return folded.endswith(_ENDINGS)


@lru_cache(maxsize=NAMES)
def canonical(name: str) -> tuple[str, str]:
    """What stands before the quantity in a name, and the quantity under its first name: 轮辋拉伸强度 → (轮辋, 抗拉强度)."""
    folded = re.sub(r"[(（].*?[)）]|\s+(?=[一-鿿])|(?<=[一-鿿])\s+", "", name).strip().lower()
    folded = _RATE.sub("", folded) if folded not in _ALIAS and not _ends_with_alias(folded) else folded
    for alias in _LONGEST_FIRST if folded.endswith(_ENDINGS) else ():
        if folded.endswith(alias):
            return folded[: -len(alias)].strip(), _ALIAS[alias]
    return "", folded


@lru_cache(maxsize=NAMES)
def neutral(before: str) -> bool:
    """Whether what stands before a quantity leaves it what it is."""
    return NEUTRAL.sub("", before) == ""


@lru_cache(maxsize=NAMES)
def bare(name: str) -> str:
    """A name without the neutral words before its quantity: 装机总功率 → 功率; as it is where nothing would remain."""
    left = NEUTRAL.sub("", name)
    return left if len(left) > 1 else name


_MOST, _LEAST, _USUAL = re.compile(r"最高|最大|峰值"), re.compile(r"最低|最小"), re.compile(r"额定|平均|年均")


def opposed(one: str, other: str) -> bool:
    """Whether one name speaks of the most and the other of the least or the usual of a quantity."""
    left, right = _extent(one), _extent(other)
    return bool(left and right) and left.isdisjoint(right)


@lru_cache(maxsize=NAMES)
def _extent(name: str) -> frozenset[str]:
    """Which of the most, the least and the usual a name speaks of."""
    kinds = {"most": _MOST, "least": _LEAST, "usual": _USUAL}
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(name))


@lru_cache(maxsize=NAMES)
def limits(before: str) -> str:
    """The words before a quantity that make another one of it."""
    return "".join(word for word in LIMITING if word in before) + ("of a part" if re.search(r"\d", before) else "")
