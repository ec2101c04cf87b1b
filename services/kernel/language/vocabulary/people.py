"""Words for officers, their roles and the ways they sign."""

from services.kernel.language.vocabulary.word import Word


class Role(Word):
    """What an officer may be asked to do at a node."""

    CLERK = "clerk", "信息员"
    REVIEWER = "reviewer", "审核"
    SIGNER = "signer", "签发"
    EDITOR = "editor", "采编"
    CHIEF = "chief", "刊物签发"
    LEADER = "leader", "领导"
    DUTY = "duty", "值班"
    SECRECY = "secrecy", "保密审查"
    PUBLISHER = "publisher", "公开"
    STATISTICIAN = "statistician", "考核"
    ADMIN = "admin", "管理员"


class SignMode(Word):
    """How a sign-off was given; paper and oral ones are recorded by another officer."""

    ONLINE = "online", "网上签发"
    PAPER = "paper", "纸质签发"
    ORAL = "oral", "口头签发"


class LeaderRank(Word):
    """Rank of the leader who wrote an instruction, as far as scoring asks."""

    PRINCIPAL = "principal", "主要负责人", "六安 2013"
    OTHER = "other", "其他负责人"
