"""Names of columns in imported files for our fields: those of the national forms and of exchange files."""

from __future__ import annotations

# columns that say whose record it is, or label a test set; they are not fields of a record
OWNER_COLUMNS = ("organisation", "credit_code", "单位名称", "统一社会信用代码")
LABELS = ("grade", "variant")
COLUMNS: dict[str, dict[str, str]] = {
    "need": {
        "need_id": "source_id",
        "id": "source_id",
        "text": "problem",
        "industry_chain": "chain",
        "domain": "tech_field",
        "cooperation": "coop_modes",
        "需求名称": "title",
        "需求类型": "need_type",
        "关键词": "keywords",
        "问题描述": "problem",
        "现有基础": "foundation",
        "技术指标": "indicators",
        "产业链": "chain",
        "技术领域": "tech_field",
        "合作方式": "coop_modes",
        "期望完成时限": "deadline",
        "对合作方条件": "partner_req",
        "决策归属": "decision_owner",
        "地区": "region",
        "来源": "source",
        "原始编号": "source_id",
    },
    "achievement": {
        "achievement_id": "source_id",
        "id": "source_id",
        "summary": "abstract",
        "industry_chain": "chain",
        "domain": "tech_field",
        "cooperation": "coop_modes",
        "成果名称": "title",
        "关键词": "keywords",
        "成果简介": "abstract",
        "解决的问题": "problem",
        "对标优势": "advantage",
        "经济性对比": "economics",
        "技术指标": "indicators",
        "产业链": "chain",
        "技术领域": "tech_field",
        "技术就绪度": "trl",
        "合作方式": "coop_modes",
        "知识产权": "ip",
        "完成人": "people",
        "地区": "region",
        "来源": "source",
        "原始编号": "source_id",
    },
}
