"""Closed lists of the technology contract and its registration form (fields.md 4.4 and 4.5)."""

from __future__ import annotations

from matcher.vocabulary import Term


class ContractType(Term):
    """合同类别: the five types of the registry since 2022."""

    DEVELOPMENT = "development", "技术开发"
    TRANSFER = "transfer", "技术转让"
    LICENCE = "licence", "技术许可"
    CONSULTING = "consulting", "技术咨询"
    SERVICE = "service", "技术服务"


class Subtype(Term):
    """子类; `SUBTYPES` says which belongs to which type. A consulting contract has none."""

    COMMISSIONED = "commissioned", "委托开发"
    JOINT = "joint", "合作开发"
    PATENT = "patent", "专利权"
    PATENT_APPLICATION = "patent_application", "专利申请权"
    PATENT_LICENCE = "patent_licence", "专利实施许可"
    SECRET = "secret", "技术秘密"
    SOFTWARE = "software", "软件著作权"
    LAYOUT = "layout", "集成电路布图设计"
    PLANT = "plant", "植物新品种"
    DRUG = "drug", "生物医药新品种"
    GENERAL = "general", "一般技术服务"
    INTERMEDIARY = "intermediary", "技术中介"
    TRAINING = "training", "技术培训"


class PayMode(Term):
    """支付方式."""

    ONCE = "once", "一次总付"
    INSTALMENTS = "instalments", "分期支付"
    ROYALTY = "royalty", "提成支付"
    ENTRY_AND_ROYALTY = "entry_and_royalty", "入门费加提成"
    EQUITY = "equity", "股权支付"
    OTHER = "other", "其他方式"


class ContractIp(Term):
    """知识产权类型 of a contract: unlike a record, a contract may involve none."""

    NONE = "none", "未涉及知识产权"
    INVENTION = "invention", "发明专利"
    UTILITY = "utility", "实用新型"
    DESIGN = "design", "外观设计"
    SOFTWARE = "software", "软件著作权"
    LAYOUT = "layout", "集成电路布图设计专有权"
    PLANT = "plant", "植物新品种"
    CROP = "crop", "国家级农作物品种"
    DRUG = "drug", "国家新药"
    TCM = "tcm", "国家一级中药保护品种"
    SECRET = "secret", "技术秘密"
    OTHER = "other", "其他"


class ContractField(Term):
    """技术领域: the eleven of the registration form, which are not those of the high-tech list."""

    ELECTRONICS = "electronics", "电子信息"
    AEROSPACE = "aerospace", "航空航天"
    MANUFACTURING = "manufacturing", "先进制造"
    BIOMEDICINE = "biomedicine", "生物、医药和医疗器械"
    MATERIALS = "materials", "新材料及其应用"
    ENERGY = "energy", "新能源与高效节能"
    ENVIRONMENT = "environment", "环境保护与资源综合利用"
    NUCLEAR = "nuclear", "核应用"
    AGRICULTURE = "agriculture", "农业"
    TRANSPORT = "transport", "现代交通"
    CITY = "city", "城市建设与社会发展"


class Plan(Term):
    """计划类别."""

    NATIONAL = "national", "国家计划"
    MINISTRY = "ministry", "部门计划"
    PROVINCE = "province", "省、自治区、直辖市及计划单列市计划"
    CITY = "city", "地市县计划"
    NONE = "none", "计划外"


class RegistrationState(Term):
    """技术合同认定登记."""

    PENDING = "pending", "待提交"
    ACCEPTED = "accepted", "受理"
    RETURNED = "returned", "补正"
    RECOGNISED = "recognised", "已认定"
    REFUSED = "refused", "不予登记"


class MilestoneState(Term):
    """A milestone is planned, handed over, and accepted or sent back by the buyer."""

    PLANNED = "planned", "待交付"
    DELIVERED = "delivered", "待验收"
    ACCEPTED = "accepted", "已验收"
    RETURNED = "returned", "退回整改"


class PartyType(Term):
    """单位性质代码 of the registration form; enterprises by the statistical types of registration."""

    AUTHORITY = "010", "机关法人"
    RESEARCH = "021", "科研机构"
    UNIVERSITY = "022", "高等院校"
    HEALTH = "023", "医疗卫生机构"
    OTHER_INSTITUTION = "024", "其他事业单位"
    ASSOCIATION = "030", "社团法人"
    STATE_OWNED = "110", "国有企业"
    COLLECTIVE = "120", "集体企业"
    STOCK_COOPERATIVE = "130", "股份合作企业"
    JOINT_OPERATION = "140", "联营企业"
    LIMITED = "150", "有限责任公司"
    STOCK = "160", "股份有限公司"
    PRIVATE = "170", "私营企业"
    OTHER_DOMESTIC = "180", "其他内资企业"
    TAIWAN_HK_MACAO = "200", "港澳台商投资企业"
    FOREIGN = "300", "外商投资企业"
    INDIVIDUAL = "400", "个体经营"


class Country(Term):
    """国别(地区)代码 of the customs statistics, 3 digits: China and the partners that the region's plans name."""

    CHINA = "142", "中国"
    HONG_KONG = "110", "中国香港"
    MACAO = "121", "中国澳门"
    TAIWAN = "143", "中国台湾"
    KOREA = "133", "韩国"
    DPRK = "109", "朝鲜"
    JAPAN = "116", "日本"
    RUSSIA = "344", "俄罗斯"
    MONGOLIA = "124", "蒙古"
    SINGAPORE = "132", "新加坡"
    INDIA = "111", "印度"
    UK = "303", "英国"
    GERMANY = "304", "德国"
    FRANCE = "305", "法国"
    ITALY = "307", "意大利"
    CANADA = "501", "加拿大"
    USA = "502", "美国"
    AUSTRALIA = "601", "澳大利亚"


RIGHTS = (
    Subtype.SECRET,
    Subtype.SOFTWARE,
    Subtype.LAYOUT,
    Subtype.PLANT,
    Subtype.DRUG,
)
SUBTYPES: dict[ContractType, tuple[Subtype, ...]] = {
    ContractType.DEVELOPMENT: (Subtype.COMMISSIONED, Subtype.JOINT),
    ContractType.TRANSFER: (Subtype.PATENT, Subtype.PATENT_APPLICATION, *RIGHTS),
    ContractType.LICENCE: (Subtype.PATENT_LICENCE, *RIGHTS),
    ContractType.CONSULTING: (),
    ContractType.SERVICE: (Subtype.GENERAL, Subtype.INTERMEDIARY, Subtype.TRAINING),
}
