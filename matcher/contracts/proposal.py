"""N13: which type and subtype the terms speak for, with the sentences that led to it. A rule set, no model; people decide.

Each rule is a wording with its weight, from the definitions of the Civil Code (art. 851, 862, 878, 884, 887) and the
rules for recognising technology contracts (国科发政字〔2001〕253号). The first clause, which says what the contract is
about, counts twice; a sentence that denies (“不转让”) counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.contracts.lists import SUBTYPES, ContractType, Subtype
from matcher.vocabulary import Term

T, S = ContractType, Subtype


class Certainty(Term):
    """How sure the proposal is."""

    CLEAR = "clear", "依据充分"
    LIKELY = "likely", "较有把握"
    UNSURE = "unsure", "依据不足，请自行判断"


@dataclass(frozen=True)
class Rule:
    """A wording that speaks for a type, or within a type for a subtype."""

    pattern: re.Pattern[str]
    speaks_for: ContractType | Subtype
    weight: int


@dataclass(frozen=True)
class Evidence:
    """A sentence of the terms: in which clause it stands, which words counted, what it speaks for."""

    clause: str
    sentence: str
    words: str
    speaks_for: ContractType | Subtype
    weight: int


@dataclass(frozen=True)
class Proposal:
    """`type` None: the terms say nothing that tells. Evidence is strongest first; `against` speaks for other types."""

    type: ContractType | None
    subtype: Subtype | None
    certainty: Certainty
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()


def _rules(speaks_for: ContractType | Subtype, *wordings: tuple[str, int]) -> list[Rule]:
    return [Rule(re.compile(pattern), speaks_for, weight) for pattern, weight in wordings]


TYPE_RULES: tuple[Rule, ...] = (
    *_rules(
        T.DEVELOPMENT,
        (r"(研究开发|研制|共同研发|联合攻关|合作开发|委托开发|开发出)", 3),
        (r"(新技术|新产品|新工艺|新品种|新材料)(?=.{0,12}(研究|开发|研制))", 3),
        (r"(研究开发经费|开发失败|部分失败|无法克服的技术困难)", 3),
        (r"(试制|样机|中试放大|小试)", 1),
    ),
    *_rules(
        T.TRANSFER,
        (r"(让与|转让给|受让(?!方|人))", 3),
        (r"(专利权|专利申请权|技术秘密|著作权|品种权)[^，。；]{0,10}(转让|让与)", 3),
        (r"(转让费|权利人变更|著录事项变更|办理变更登记)", 2),
    ),
    *_rules(
        T.LICENCE,
        (r"(许可|授权)[^，。；]{0,14}(实施|使用)", 3),
        (r"(独占|排他|普通|开放)(实施)?许可", 3),
        (r"(许可使用费|许可费|再许可|分许可|被许可)", 2),
    ),
    *_rules(
        T.CONSULTING,
        (r"(可行性论证|可行性研究|技术预测|专题技术调查|分析评价)", 3),
        (r"(咨询报告|咨询意见|咨询费)", 3),
        (r"技术咨询", 2),
    ),
    *_rules(
        T.SERVICE,
        (r"(技术培训|培训[^，。；]{0,8}(学员|人员|班次)|学员|授课)", 3),
        (r"(居间|中介服务|促成[^，。；]{0,10}(订立|签约)|撮合)", 3),
        (r"(解决[^，。；]{0,12}技术问题|特定技术问题)", 3),
        (r"(检测|测试|化验|设计图纸|工艺编制|设备调试|技术诊断|运行维护)[^，。；]{0,8}服务?", 2),
        (r"技术服务", 2),
    ),
)
SUBTYPE_RULES: tuple[Rule, ...] = (
    *_rules(S.COMMISSIONED, (r"委托[^，。；]{0,30}(研究|开发|研制)", 2), (r"委托方|受托方|研究开发人", 1)),
    *_rules(S.JOINT, (r"(共同|合作|联合)(研究|开发|研制|研发|攻关)", 2), (r"(分工|共同投入|各自承担)", 1)),
    *_rules(S.PATENT_APPLICATION, (r"专利申请权", 3), (r"专利申请号", 1)),
    *_rules(S.PATENT, (r"专利权", 2), (r"专利号", 1)),
    *_rules(S.PATENT_LICENCE, (r"专利", 2)),
    *_rules(S.SECRET, (r"(技术秘密|专有技术|技术诀窍)", 2)),
    *_rules(S.SOFTWARE, (r"(软件著作权|计算机软件|源代码)", 2)),
    *_rules(S.LAYOUT, (r"布图设计", 3)),
    *_rules(S.PLANT, (r"(植物新品种|品种权)", 3)),
    *_rules(S.DRUG, (r"(新药|生物医药新品种|临床批件|药品批准文号)", 2)),
    *_rules(S.TRAINING, (r"(培训|学员|授课)", 2)),
    *_rules(S.INTERMEDIARY, (r"(居间|中介|促成|撮合)", 2)),
    *_rules(S.GENERAL, (r"(技术问题|检测|测试|调试|设计|诊断|维护|技术服务)", 1)),
)
DENIED = re.compile(
    r"(不(得|可|能|再|会)?([将把向][^，。；]{0,14})?|不(涉及|包含|包括|构成|属于|视为)|未经[^，。；]{0,12}|无权|非)$"
)
SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
MAIN = 2  # what the first clause says counts twice


def propose(clauses: Sequence[Mapping[str, Any]], terms: str = "") -> Proposal:
    """The proposal for a contract's clauses and its free text."""
    found = [item for item in _evidence(clauses, terms, TYPE_RULES) if isinstance(item.speaks_for, T)]
    scores = _scores(found)
    if not scores:
        return Proposal(None, None, Certainty.UNSURE)
    ranked = sorted(scores, key=lambda code: -scores[code])
    best = T(ranked[0])
    rival = scores[ranked[1]] if len(ranked) > 1 else 0
    return Proposal(
        best,
        _subtype(best, clauses, terms),
        _certainty(scores[ranked[0]], rival),
        _strongest(item for item in found if item.speaks_for == best),
        _strongest(item for item in found if item.speaks_for != best),
    )


def _certainty(best: int, rival: int) -> Certainty:
    """Clear: three sentences' worth, and twice as much as for anything else. Unsure: as much for another type."""
    if best >= 6 and best >= 2 * rival:
        return Certainty.CLEAR
    return Certainty.LIKELY if best > rival and best >= 3 else Certainty.UNSURE


def _subtype(kind: ContractType, clauses: Sequence[Mapping[str, Any]], terms: str) -> Subtype | None:
    allowed = SUBTYPES[kind]
    rules = [rule for rule in SUBTYPE_RULES if rule.speaks_for in allowed]
    scores = _scores(_evidence(clauses, terms, rules))
    return Subtype(max(scores, key=lambda code: scores[code])) if scores else None


def _evidence(
    clauses: Sequence[Mapping[str, Any]], terms: str, rules: Iterable[Rule]
) -> Iterator[Evidence]:
    """The best rule of each type for each sentence: ten wordings in one sentence are one piece of evidence."""
    parts = [(clause["title"], clause["text"]) for clause in clauses] + [("", terms)]
    wanted = list(rules)
    for place, (title, text) in enumerate(parts):
        for sentence in SENTENCE.findall(text):
            best: dict[str, Evidence] = {}
            for rule in wanted:
                words = _speaks(rule, sentence)
                weight = rule.weight * (MAIN if place == 0 else 1)
                if words and weight > getattr(best.get(rule.speaks_for), "weight", 0):
                    best[rule.speaks_for] = Evidence(title, sentence.strip(), words, rule.speaks_for, weight)
            yield from best.values()


def _speaks(rule: Rule, sentence: str) -> str:
    """The words that count, unless what stands before them denies them."""
    for match in rule.pattern.finditer(sentence):
        if not DENIED.search(sentence[: match.start()]):
            return match.group()
    return ""


def _scores(found: Iterable[Evidence]) -> dict[str, int]:
    scores: dict[str, int] = {}
    for item in found:
        scores[item.speaks_for] = scores.get(item.speaks_for, 0) + item.weight
    return scores


def _strongest(found: Iterable[Evidence], most: int = 5) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda item: -item.weight)[:most])
