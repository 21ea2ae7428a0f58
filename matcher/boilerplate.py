"""What a text says beside its subject: who we are, how to reach us, markup, orders to a machine, the same again.

Two records with the same letterhead are near each other in words and in meaning, and nothing follows from that. So
models, words and explanations read a text without it. A clause goes as a whole or stays; the record itself, which
people read, is never changed. The phrases are those of 成果库 and 需求库 as institutes and enterprises fill them in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.text import normalise, sentence_spans

_MARKUP = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:[a-zA-Z]{2,8}|#\d{1,6});",
    re.IGNORECASE | re.DOTALL,
)
# Commas within numbers (1,500) end no clause; NFKC has made full-width marks plain ones.
_CLAUSE = re.compile(r".+?(?:[。;!?]+|(?<!\d),|,(?!\d)|、(?=欢迎)|\.(?=\s|$)|$)")
_NUMBERED = r"^\s*(?:[一二三四五六七八九十\d][、.)])?\s*"
_US = r"(?:我|本|该)?(?:公司|单位|企业|集团|院|所|校|学院|中心|团队|实验室)"
# Words of which one must be there, and what must stand around them in a clause: most texts hold none of the words.
_SAID: dict[tuple[str, ...], str] = {
    ("介绍", "简介", "概况"): rf"{_NUMBERED}(?:单位|企业|公司|院校|团队|平台)(?:介绍|简介|概况)(?:[:\s。;]|$)",
    ("联系", "咨询", "热线"): rf"{_NUMBERED}(?:联系|咨询|服务)(?:我们|方式|人|电话|地址|热线)(?:[:\s。;]|$)",
    ("邮编", "邮政编码", "电话", "手机", "传真", "邮箱", "mail", "网址", "地址", "微信", "公众号", "QQ", "qq"):
        r"^\s*(?:邮编|邮政编码|电话|手机|传真|邮箱|电子邮箱|e-?mail|网址|地址|微信|微信号|公众号|QQ)\s*:",
    ("合作",): rf"{_NUMBERED}合作(?:方式|模式|意向)(?:[:\s]|[。;]?$)|期待与.{{0,16}}合作",
    ("成立于", "创建于", "始建于", "创办于", "组建于"): rf"{_US}.{{0,14}}(?:成立|创建|始建|创办|组建)于",
    ("坐落于", "位于", "地处"): rf"^\s*(?:{_US}.{{0,8}}(?:坐落于|位于|地处)|坐落于)",
    ("注册资本", "注册资金"): r"注册(?:资本|资金)(?:为|约|达)?\s?[\d一二三四五六七八九十]",
    ("员工", "职工", "专职人员"): r"(?:现有|拥有|共有).{0,4}(?:员工|职工|教职工|专职人员)\s?\d",
    ("欢迎",): r"欢迎.{0,24}(?:来电|来函|来访|来人|咨询|洽谈|垂询|惠顾|莅临|联系)",
    ("竭诚", "宗旨", "己任", "秉承", "携手", "双赢", "辉煌"):
        r"竭诚.{0,12}服务|以.{2,20}为(?:宗旨|己任)|秉承.{0,24}(?:理念|精神|宗旨|原则)|期待与.{0,16}携手|共创(?:辉煌|双赢)",
    ("有意者", "详情请", "具体", "协商", "版权", "免责", "转载", "解释权"):
        r"有意者|详情请|具体.{0,8}(?:面议|协商)|双方(?:另行)?协商(?:确定)?[。;]?$|版权所有|免责声明|未经.{0,8}不得转载|最终解释权",
    ("ontact us", "bout us", "nformation", "reserved", "esitate"):
        r"(?:contact|about) us\b|for (?:more|further) information|all rights reserved|do not hesitate to contact",
    ("忽略",): r"忽略.{0,8}(?:之前|以上|以前|前面|上述|所有|此前).{0,10}(?:指令|指示|提示|规则|要求)",
    ("nstruction", "rompt", " rules"):
        r"\b(?:ignore|disregard|forget)\b.{0,20}\b(?:previous|prior|above|earlier)\b.{0,20}\b(?:instructions?|prompts?|rules?)|system prompt",
    ("强相关", "最高分", "满分", "提示词"):
        r"(?:请|务必|必须|直接|一律|将本|把本).{0,16}(?:评|判|标|打|输出|返回|给出|设).{0,10}(?:强相关|最高分|满分)|系统提示词",
    ("strongly relevant", "strong match", "ou are "):
        r"(?:rate|rank|mark|score|label|output)\b.{0,40}(?:strongly relevant|strong match)|\byou are (?:now )?an? .{0,30}assistant",
}  # fmt: skip
_PATTERNS = tuple((words, re.compile(pattern, re.IGNORECASE)) for words, pattern in _SAID.items())
_FULL_STOP = "。"
_ENDS = " 。.!?;,"
_BETWEEN = re.compile(r"(?<=[.!?;])(?=[a-zA-Zа-яА-Я])")


def plain(text: str) -> str:
    """The normalised text without markup; `<` as a sign of comparison stays."""
    return normalise(_MARKUP.sub(" ", text) if "<" in text or "&" in text else text)


def stripped(text: str) -> str:
    """The normalised text without markup, without what is said beside the subject, and each sentence once.

    What has nothing of that is only normalised. Empty when there is nothing else.
    """
    text = plain(text)
    cut = [text[start:end] for start, end in sentence_spans(text)]
    once: dict[str, str] = {}
    for sentence in cut:
        once.setdefault(sentence.rstrip(_ENDS), sentence)
    beside = tuple(pattern for words, pattern in _PATTERNS if any(word in text for word in words))
    if len(once) == len(cut) and not beside:
        return text
    kept = [_subject(sentence, beside) for sentence in once.values()]
    return text if kept == cut else _BETWEEN.sub(" ", "".join(filter(None, kept)))


def _subject(sentence: str, beside: Sequence[re.Pattern[str]]) -> str:
    """The clauses of a sentence that speak of the subject, ended as a sentence; empty when none does."""
    clauses = _CLAUSE.findall(sentence)
    kept = [clause for clause in clauses if not any(pattern.search(clause) for pattern in beside)]
    if len(kept) == len(clauses):
        return sentence if sentence.strip(_ENDS) else ""
    return "".join(kept).strip(_ENDS) + _FULL_STOP if kept else ""
