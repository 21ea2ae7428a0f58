"""收益分配单: what one recipient gets of one payment, as a paper and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from matcher.models import BenefitShare, Distribution
from matcher.papers.paper import Facts, Paper, Signatures, Table, Text
from matcher.rights.terms import ConversionRoute, HolderKind, ShareBasis
from matcher.workdays import local_day

ROUNDING = (
    "计算方法：可分配金额 = 到账金额 − 管理费用 − 增值税。每人比例为权属份额与团队份额的乘积，"
    "先舍去不足一分的部分，剩余的分按余数从大到小各加一分，合计等于可分配金额。"
)


def lines_of(distribution: Distribution, share: BenefitShare) -> list[BenefitShare]:
    """Everything that the recipient of `share` gets of the payment: by right and as one of the team."""
    own = (share.kind, share.name, share.organisation_id)
    return [each for each in distribution.shares if (each.kind, each.name, each.organisation_id) == own]


def total_of(lines: Sequence[BenefitShare]) -> Decimal:
    """Their sum, in 元."""
    return sum((line.amount for line in lines), Decimal(0))


def statement(distribution: Distribution, share: BenefitShare) -> Paper:
    """The paper for one recipient. It names nobody else."""
    payment, table, lines = distribution.payment, distribution.table, lines_of(distribution, share)
    return Paper(
        title="科技成果转化收益分配单",
        subtitle=share.name,
        reference=f"{distribution.case.number} · {distribution.id}-{share.id}",
        blocks=(
            Facts(
                (
                    ("收款人", f"{share.name}（{HolderKind(share.kind).label}）"),
                    ("所属或代管单位", share.organisation.name if share.organisation else "—"),
                    ("成果", table.achievement.title),
                    ("合同", payment.contract.name),
                    ("到账日期", payment.paid_on.isoformat()),
                    ("到账金额", f"{payment.amount:,.2f} 元"),
                    ("管理费用", f"{payment.fee:,.2f} 元"),
                    ("增值税", f"{payment.vat:,.2f} 元"),
                    ("可分配金额", f"{distribution.net:,.2f} 元"),
                    ("依据", f"权属表第 {table.number} 版，{table.valid_from} 起有效，{ConversionRoute(table.route).label}"),
                )
            ),
            Table(
                ("分配依据", "比例（%）", "金额（元）"),
                (
                    *((ShareBasis(line.basis).label, line.percent, f"{line.amount:,.2f}") for line in lines),
                    ("合计", "", f"{total_of(lines):,.2f}"),
                ),
                (1, 2),
            ),
            Text(f"{ROUNDING}\n生成日期：{local_day(distribution.created_at)}。税款按规定由发放单位代扣代缴，本单为税前金额。"),
            Signatures(("发放单位", "收款人")),
        ),
    )


