"""Names of quantities: the words before a number that say what it measures, cut out of their clause."""

from __future__ import annotations

import re

LONGEST = 24
DIMENSIONLESS = re.compile(
    r"(?:系数|指数|正切|常数|比|比例|损耗|率|比值|常数|折射率|针入度|硬度|硬度\s?(?:HRC|HRB|HBW|HB|HV|HS)|得分|密度|浓度|倍数|COP|EER|FAR|FRR|WER|CER|AP|IoU|PSNR|SSIM|RMSE|MAE|PDI|Span值?|跨度|pH|pH值|mAP|AUC|F1|F1值|CV|Rk|SCOP|IPLV|ratio|index|coefficient|factor|pH)$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,，、;；。:：!！?？]|(?<=[一-鿿])且|并且|而且|同时")
_ASIDE = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_GROUP = re.compile(r"[(（][^()（）]*[)）]")
_VERBS = (
    "要求|需要|必须|全天|全年|全程(?=不|低|高|小|大)|始终|一直|常年|长期(?=不|低|高|小|大)|分别|集中于|集中在|分布于|分布在|介于|位于|目前只有|只有|最好|能做到|做到|放宽到|低到|稳在|稳定到|提到|减为|变为|降为|升为|缩至|增至|压缩至|采到|希望|期望|能够|可以|可达|可到|稳定在|保持在|维持在|控制在|控制到|控制|压到|压缩到|降到|降至|降低到|降低至|缩短到|缩短至|"
    "减到|减少到|减少至|提高到|提高至|提升到|提升至|提到|增加到|增至|升至|达到|做到|大约|仅为|仅需|平均|最高|最低|最大|最小|稳定|"
    "维持|保持|持续|可稳定|要|需|能|可|应|须|均|都|也|还|就|仅|只|已|达|到|至|为|是|在|约|即|仍|超|别|不|=|≈|: |\\s"
)
_TAIL = re.compile(rf"(?:{_VERBS})+$")
_KEPT = re.compile(r"(?:雷达|马达|主要|产能|性能|功能|智能|节能|效能|热能|势能|电能|响应|效应|反应|供应|密度在|重均|数均)$")
_HEAD = re.compile(
    r"^(?:[\s)）]|以上|以下|以内|左右|客户要求|要求|希望|期望|保证|确保|并保证|使得|使(?!用)|将|把|让|实现|满足|目标|是(?!否)|其中|以及|同时|"
    r"整体|和(?!易)|及(?!时)|与|且|并(?![发网])|而|但|其|该|本|各|时(?![间长效延])|下(?![降游])|后(?!续)|的|后的|下的|时的|条件下|处(?![理置方])|内(?![部存径腔毒])|系统对|对(?!比)|可调|可设)+"
)
_EACH = re.compile(r"(?<=[一-鿿]{2})每(?:立方米气?|平方米|公斤|千克|公顷|小时|分钟|[一-鿿]{1,2})\s*$")
_CARRIED_ON = re.compile(r"(?<=\d)\s?\S{1,3}(?:维持|保持|持续)\s*$")
_OF = re.compile(r"^.*[的]")
_CHANGED = re.compile(
    r"(?:由|从)[^,，;；]{1,16}?(?:降低|下降|降|减少|减|缩短|压缩|压|提高|提升|提|上升|升|增加|增|延长|扩大|改|拉长|做|变|缩)?(?:到|至|为|成)?\s*$"
)


_FOR_WHAT = re.compile(r"对(?P<what>[^,，;；。的]{1,10})的(?P<measure>(?:去除|脱除|净化|吸附|降解|抑制|杀灭|识别|检出|捕集|回收|防治)(?:率|效率|效果))\D{0,4}$")


def chinese(left: str) -> str:
    """The name in front of a number in Chinese; empty where none stands there. `left` is the text before it."""
    clause = _CLAUSE.split(_GROUP.sub("", left))[-1]
    if for_what := _FOR_WHAT.search(clause):  # 对氨的去除效率为
        return f"{for_what['what']}{for_what['measure']}"
    changed = _CHANGED.search(clause)
    if changed and re.search(r"\d|分之", changed[0]):
        clause = clause[: changed.start()]
    clause = _EACH.sub("", clause)
    if _CARRIED_ON.search(clause):
        return ""
    before = None
    while before != clause:
        before = clause
        clause = _ASIDE.sub("", clause)
        if not _KEPT.search(clause):
            clause = _TAIL.sub("", clause)
    clause = re.split(r"\d[\d.]*\s?(?:[A-Za-z°%μ·/²³]+|[天年月次]+)\s?(?=[一-鿿])", clause)[-1]
    clause = _HEAD.sub("", _OF.sub("", clause) if not clause.endswith("的") else clause[:-1])
    return clause.strip() if len(clause.strip()) <= LONGEST else clause.strip()[-12:]


_EN_TAIL = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|of|at|to|by|with|only|reach|reaches|reached|reaching|stays|stay|remains|should|must|will|can|"
    r"fall|falls|drops|(?<!pressure )(?<!voltage )drop|rises|rise|reduced|increased|cut|raised|improved|lowered|from|achieves|a|an|the|about|kept|"
    r"has|have|had|for|not|after|during|exceed|exceeds|shortened|lengthened|rose|fell|dropped|grew|went|decreased|lifted|extended|brought|"
    r"held|between|within|down|up|lasts?|survives?|measures?|equals?|averages?|remained|increases|decreases|shrinks|climbs|came|comes)\b\s*|[:=,]\s*|\s)+$",
    re.IGNORECASE,
)
_EN_STOP = re.compile(
    r"\b(?:a|an|the|and|or|with|of|for|in|on|at|to|by|from|is|are|was|were|has|have|must|should|shows?|reach|reaches|achieves?|"
    r"transmit|tolerates|our|its|their|this|that|which|an?|per|into|as|than)\b|[,;:()]|[\d.%]+"
    , re.IGNORECASE,
)


def english(left: str) -> str:
    """The noun phrase before a number in English, at most four words."""
    clause = re.split(r"[;.!?](?:\s|$)|,\s", left)[-1]
    if re.search(r"\bweighs\s*$", clause):
        return "weight"
    clause = _EN_TAIL.sub("", _ASIDE.sub("", clause))
    clause = re.sub(r"(?<=\w) of (?:the|each|our|a)\b[\w\s-]*$", "", clause)
    words = _EN_STOP.split(clause)[-1].split()
    return " ".join(words[-4:])


def korean(left: str) -> str:
    """The noun phrase before a number in Korean, without its particle."""
    clause = re.split(r"[,.;]\s|(?<=[다며고])\s", left.strip())[-1]
    clause = re.sub(r"\s?(?:하루|일일|시간당|분당|연간|매년|평균|약|최대|최소)$", "", clause)
    clause = re.sub(r"\s?(?:기존|종래)?\s?\S*(?:대비|보다)$", "", clause)
    clause = re.sub(r"(?:은|는|이|가|을|를|의|로|:)$", "", re.sub(r"\s*[(（][^()]*[)）]$", "", clause))
    clause = re.sub(r"^.*(?:의|은|는)\s", "", re.sub(r"(?:은|는|을|를|이|가)\s기존.*$", "", clause))
    return " ".join(re.sub(r"^(?:목표|요구|희망)\s", "", clause).split()[-4:])


def japanese(left: str) -> str:
    """The noun phrase before a number in Japanese, without its particle."""
    clause = re.split(r"[、。,;]", left)[-1]
    clause = re.sub(r"(?:毎時|毎分|毎秒|一日|1日|年間|約|平均|最大|最小)$", "", clause.strip())
    clause = re.sub(r"(?:は|が|を|に|で|も|の|が約|:)\s*$", "", re.sub(r"(?<=[はがを])[A-Za-z]+$|[(（][^()（）]*[)）]$", "", clause.strip()))
    return re.sub(r"^.*(?:した|る|た|い)(?=[一-鿿ァ-ヶ])", "", clause).strip()[-LONGEST:]


_RU_TAIL = re.compile(
    r"(?:\s|—|–|:|\b(?:не|с|до|от|на|в|составляет|составляют|достигает|достигают|равен|равна|увеличен|увеличена|снижен|снижена|"
    r"повышена|повышен|является|около|менее|более|упал\w*|ниже|выше|вырос\w*|снизил\w*|сократил\w*|увеличил\w*|равняется|"
    r"не превышает|превышает|пределах|порядка|примерно|доведен\w*|меньше|больше)\b)+$",
    re.IGNORECASE,
)


def russian(left: str) -> str:
    """The noun phrase before a number in Russian, as it is declined."""
    clause = re.split(r"[,;.:]\s", left)[-1]
    if re.search(r"\bвесит\s*$", clause):
        return "масса"
    clause = _RU_TAIL.sub("", _ASIDE.sub("", clause))
    clause = re.split(r"\b(?:имеет|имеют|обеспечивает|обеспечивают|обладает|показал\w*|с)\s", clause)[-1]
    clause = re.sub(r"\s(?:после|при|для|в)\s.*$", "", clause)
    clause = re.sub(r"^\s*(?:(?:требу\w*|нуж\w+|необходим\w*|хотим)\s+)+", "", clause, flags=re.IGNORECASE)
    return " ".join(clause.split()[-5:]).strip()
