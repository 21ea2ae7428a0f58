"""N13: the type that the terms speak for, on terms as they are written, with the sentences that led to it."""

from __future__ import annotations

import pytest

from matcher.contracts.clauses import offered, required, templates
from matcher.contracts.lists import SUBTYPES, ContractType, Subtype
from matcher.contracts.papers import numeral
from matcher.contracts.proposal import Certainty, propose

PLACES = {"project": "药渣脱水", "seller": "松江大学", "buyer": "通化参业"}


def clauses(*texts: str) -> list[dict[str, str]]:
    """Clauses of these texts; the first says what the contract is about."""
    titles = ["标的内容、范围和要求", "技术成果的归属和收益分配", "价款、报酬及其支付方式", "其他"]
    return [{"code": "", "title": title, "text": text} for title, text in zip(titles, texts, strict=False)]


# (the terms, type, subtype): each as such contracts are worded, with words of other types in them where they are usual
WRITTEN: list[tuple[tuple[str, ...], str, str | None]] = [
    (("甲方委托乙方研究开发低温漆雾絮凝剂，乙方应于 2027 年 6 月前交付样品和配方。", "研究开发成果的专利申请权归双方共有。"), "development", "commissioned"),
    (("双方合作研究开发碳纤维上浆剂，甲方投入设备，乙方投入人员，按分工各自承担。", "任何一方不得将成果转让给第三人。"), "development", "joint"),
    (("双方共同研发人参皂苷发酵新工艺，开发失败的风险由双方分担。",), "development", "joint"),
    (("乙方将其拥有的发明专利权转让给甲方，专利号 ZL201910000000.1。", "甲方应在签约后三十日内办理著录事项变更。", "转让费 80 万元一次付清。"), "transfer", "patent"),
    (("乙方将专利申请权让与甲方，专利申请号 202610000000.1。",), "transfer", "patent_application"),
    (("乙方将桑黄液体发酵的技术秘密转让给甲方，并提供全部工艺文件。", "甲方对技术秘密负保密义务。", "转让费分三期支付。"), "transfer", "secret"),
    (("乙方将计算机软件“智能配矿系统”的软件著作权转让给甲方，并交付源代码。",), "transfer", "software"),
    (("乙方许可甲方以普通许可方式实施其发明专利“一种干燥装置”，地域为吉林省。", "未经乙方书面同意，甲方不得再许可第三人。", "许可费按销售额的 3 % 提成。"), "licence", "patent_licence"),
    (("乙方授权甲方独占使用其玉米新品种的品种权，期限五年。", "许可使用费每年 20 万元。"), "licence", "plant"),
    (("乙方许可甲方使用其技术秘密生产特种水泥。", "改进成果的专利权归改进方。"), "licence", "secret"),
    (("乙方就长白山矿泉水深加工项目为甲方进行可行性论证，提交咨询报告。", "", "咨询费 6 万元。"), "consulting", None),
    (("甲方委托乙方对吉林省光电产业开展专题技术调查和技术预测。",), "consulting", None),
    (("乙方为甲方解决焊接变形超差的特定技术问题，提出并实施改进方案。", "服务中形成的数据归甲方。"), "service", "general"),
    (("乙方为甲方提供刀具磨损的检测服务和设备调试服务。",), "service", "general"),
    (("乙方为甲方培训数控操作学员 40 人，授课 60 学时。", "", "培训费 5 万元。"), "service", "training"),
    (("乙方作为中介方促成甲方与第三方订立技术合同，按成交额收取中介服务费。",), "service", "intermediary"),
]


@pytest.mark.parametrize(("texts", "kind", "subtype"), WRITTEN)
def test_terms_as_they_are_written(texts: tuple[str, ...], kind: str, subtype: str | None) -> None:
    """Type and subtype, with at least one sentence that stands in the terms word for word."""
    found = propose(clauses(*texts))
    assert (found.type, found.subtype) == (kind, subtype)
    assert found.evidence
    for item in found.evidence:
        assert item.sentence in "".join(texts)
        assert item.words in item.sentence


@pytest.mark.parametrize("kind", list(ContractType))
def test_every_template_speaks_for_its_own_type(kind: ContractType) -> None:
    """Even before anybody has filled it in."""
    assert propose(offered(kind, PLACES)).type == kind


def test_denials_count_for_nothing() -> None:
    """“不得转让给第三人” does not make a transfer of it."""
    denied = propose(clauses("双方不得将本技术转让给第三人。未经同意不得许可他人使用。"))
    assert denied.type is None
    assert denied.certainty is Certainty.UNSURE


def test_mixed_terms_are_not_sure_and_show_both() -> None:
    """As much for one as for another: the proposal says so and names what speaks against it."""
    found = propose(clauses("乙方为甲方研制样机一台，并许可甲方使用其专利。"))
    assert found.certainty is Certainty.UNSURE
    assert found.against


def test_clear_terms_are_clear() -> None:
    """Several sentences, all for one type."""
    found = propose(clauses("甲方委托乙方研究开发新型絮凝剂。", "研究开发经费 50 万元。"))
    assert found.certainty is Certainty.CLEAR


@pytest.mark.parametrize("texts", [(), ("",), ("付款条件另行约定。",), ("hello world",), ("。" * 500,)])
def test_terms_that_say_nothing_get_no_proposal(texts: tuple[str, ...]) -> None:
    """Nothing is guessed."""
    assert propose(clauses(*texts)).type is None


def test_free_text_counts_too() -> None:
    """A contract without clauses, only with text."""
    assert propose([], "乙方许可甲方实施其发明专利。").type == ContractType.LICENCE


def test_every_subtype_belongs_to_a_type_and_each_type_has_its_required_clauses() -> None:
    """Civil Code art. 845: subject, plan, payment, results, secrecy and acceptance for all types."""
    assert {each for group in SUBTYPES.values() for each in group} == set(Subtype)
    for kind in ContractType:
        codes = [template.code for template in required(kind)]
        assert {"subject", "plan", "payment", "results", "secrecy", "acceptance"} <= set(codes)
        assert len(codes) == len(set(codes))
    assert all(template.title for template in templates())


@pytest.mark.parametrize(("number", "word"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (30, "三十")])
def test_clauses_are_counted_in_chinese(number: int, word: str) -> None:
    """第一条 to 第三十条."""
    assert numeral(number) == word
