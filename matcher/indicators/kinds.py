"""Names that speak of one kind of thing without being one quantity: worth quoting to a person, never called sufficient."""

from __future__ import annotations

import re
from functools import lru_cache

from matcher.indicators.synonyms import NEUTRAL, in_words

SHARED = 4  # characters in a row that two names of one kind share
NAMES = 20_000  # names whose concerns are remembered
# Words for one concern from its several sides: who asks for one wants to hear of the others.
CONCERNS: tuple[tuple[str, ...], ...] = (
    ("精度", "误差", "偏差", "误差率", "错误率", "准确率", "均匀性", "温差", "波动", "离散"),
    ("圆度", "圆柱度", "圆跳动", "径向跳动", "同轴度"),
    ("纯度", "杂质"),
    ("成本", "费用", "投资", "售价", "价格", "运行费"),
    ("产量", "产能", "日产", "班产", "年产", "节拍", "处理能力", "速度", "单件检测时间", "检测时间"),
    ("细度", "粒径", "粒度", "d50", "d90", "目数"),
    ("寿命", "损坏率", "更换", "无故障", "故障率"),
    ("热效率", "热损失"),
    ("检测限", "检出限", "定量限", "灵敏度"),
    ("光电转换效率", "电池效率", "组件效率"),
    ("屈服强度", "抗拉强度", "耐力", "引張強さ"),
    ("储能效率", "能量效率", "库仑效率", "电压效率"),
    ("耐火度", "荷重软化"),
    ("耐中性盐雾", "耐盐雾", "循环腐蚀"),
    ("利用率", "出材率"),
    ("热变形温度", "维卡软化", "玻璃化"),
    ("糖度", "总糖", "可溶性固形物"),
    ("蒸汽", "耗电", "电耗", "能耗"),
    ("准确率", "准确度", "识别率", "f1", "auc", "召回率", "accuracy", "recall"),
    ("亩产", "单产", "产量", "增产"),
    ("能耗", "电耗", "装机功率", "功率"),
    ("防治效果", "防效", "病情指数", "发病率"),
    ("检出限", "检测限", "线性范围"),
    ("分辨率", "体素", "像元"),
    ("缓蚀率", "腐蚀速率"),
    ("提取率", "得率", "收率"),
    ("moisture", "water activity"),
    ("脱硫率", "脱硫效率", "二氧化硫", "so2"),
    ("脱硝率", "脱硝效率", "氮氧化物", "nox"),
    ("透湿量", "透湿率", "透气率", "透气量"),
    ("农残", "农药残留", "残留量"),
    ("分辨率", "像素", "清晰度"),
    ("充电", "充满", "续航"),
)
_GENERIC = frozenset(
    ["时间", "温度", "长度", "宽度", "高度", "厚度", "数量", "能力", "含量", "浓度", "压力", "周期", "面积", "体积", "重量", "速度", "功率", "流量", "等级", "数据", "比例", "系数", "指数", "强度", "效率", "牢度", "风速", "电压", "电流", "次数", "content", "rate", "time", "temperature", "value", "ratio", "level", "index", "size", "strength", "density", "speed", "계수", "시간", "온도", "강도", "농도", "함량"]
)
_SAY_LITTLE = _GENERIC | {"排放", "去除", "处理", "使用", "检测", "运行", "工作", "生产", "最大", "最高", "平均", "识别", "准确", "效率", "精度", "质量"}
_COMMON_BEGINNING = re.compile(r"^(?:处理|检测|使用|运行|工作|生产|加工|产品|系统|设备|整机|单位|平均|最大|最小|最高|最低|年|日|月|单)")
_WHERE = re.compile(r"^(?:出水|进水|出口|排口|出料)(?=.{2})")
_LATIN_WORD = re.compile(r"[a-z]{4,}$|[а-яё]{4,}$|[가-힣]{2,}$")


def akin(asked: str, stated: str) -> bool:
    """Whether both names end in one quantity, begin with one subject, share much, or name one concern."""
    if not asks_for(asked).isdisjoint(speaks_of(stated)):
        return True
    asked, stated = in_words(asked.lower()), in_words(stated.lower())
    return _shares(asked, stated) or _one_ending(asked, stated) or _one_subject(asked, stated)


def _one_ending(asked: str, stated: str) -> bool:
    if re.search(r"[a-zа-яё가-힣]$", asked):
        one, other = _LATIN_WORD.search(asked), _LATIN_WORD.search(stated)
        return one is not None and other is not None and one[0] == other[0] and one[0] not in _GENERIC
    end = asked[-2:]
    return len(end) == 2 and end not in _GENERIC and stated.endswith(end)


def _shares(asked: str, stated: str) -> bool:
    """舍内氨气浓度 and 鸡舍氨气浓度: four characters in a row."""
    return any(run in stated for run in _runs(asked))


@lru_cache(maxsize=NAMES)
def _runs(asked: str) -> tuple[str, ...]:
    runs = (asked[i : i + SHARED] for i in range(len(asked) - SHARED + 1))
    return tuple(run for run in runs if re.match(r"[一-鿿]{4}", run) and not {run[:2], run[2:]} <= _SAY_LITTLE)


def _one_subject(asked: str, stated: str) -> bool:
    """破碎率 and 与原设备相比破碎率降低, 发芽率 and 发芽势: what the asked name begins with."""
    place = _WHERE.match(asked)
    if place:
        return asked[place.end() :][:4] in stated
    core = NEUTRAL.sub("", asked)
    latin = re.match(r"[a-z][a-z0-9]{1,4}(?![a-z])", core)
    if latin and not re.match(r"[a-z]+ ", core):
        return re.search(rf"(?<![a-z]){re.escape(latin[0])}(?![a-z])", stated) is not None
    return len(core) > 2 and _COMMON_BEGINNING.match(core) is None and core[:2] in stated


@lru_cache(maxsize=NAMES)
def asks_for(name: str) -> frozenset[int]:
    """Places of the concerns of which a name ends with a word."""
    name = in_words(name.lower())
    return frozenset(place for place, words in enumerate(CONCERNS) if name.endswith(words))


@lru_cache(maxsize=NAMES)
def speaks_of(name: str) -> frozenset[int]:
    """Places of the concerns of which a name holds a word."""
    name = in_words(name.lower())
    return frozenset(place for place, words in enumerate(CONCERNS) if any(word in name for word in words))
