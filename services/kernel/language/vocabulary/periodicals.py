"""Words for 信息刊物 and the ways an item gets into one."""

from services.kernel.language.vocabulary.word import Word


class PeriodicalKind(Word):
    """What a periodical is for; scores depend on it."""

    BRIEF = "brief", "综合简报"
    DAILY = "daily", "要情快报"
    SPECIAL = "special", "专报"
    EXCHANGE = "exchange", "工作交流"
    REFERENCE = "reference", "参阅"
    FOR_LEADER = "for_leader", "送阅件"
    BULLETIN_BIZ = "bulletin_biz", "业务通讯"
    PORTAL = "portal", "门户网站"


class AdoptionMode(Word):
    """Whether an item was taken alone, with others in one text, or as a joint report."""

    SINGLE = "single", "单条采用"
    COMPILED = "compiled", "综合采用"
    JOINT = "joint", "联合报送采用"
