"""Words for disclosure: attributes, grounds, outcomes and the states of what is published."""

from services.kernel.language.vocabulary.word import Word


class DisclosureAttribute(Word):
    """How a piece of government information is open."""

    PROACTIVE = "proactive", "主动公开", "政府信息公开条例 第十三条"
    ON_REQUEST = "on_request", "依申请公开", "政府信息公开条例 第十三条"
    NOT_OPEN = "not_open", "不予公开", "政府信息公开条例 第十四至十六条"


class ReviewOutcome(Word):
    """What the confidentiality review decided."""

    OPEN = "open", "同意公开"
    OPEN_AFTER_REDACTION = "open_after_redaction", "删减后公开", "政府信息公开条例 第三十七条"
    ON_REQUEST = "on_request", "改为依申请公开"
    NOT_OPEN = "not_open", "不予公开", "政府信息公开条例 第十四至十六条"
    REFER = "refer", "报请确定", "政府信息公开条例 第十七条"

    @property
    def permits_publication(self) -> bool:
        """Whether the text may go to the portal after this outcome."""
        return self in {ReviewOutcome.OPEN, ReviewOutcome.OPEN_AFTER_REDACTION}


class NonDisclosureGround(Word):
    """Legal ground on which information is not opened."""

    STATE_SECRET = "state_secret", "属于国家秘密", "政府信息公开条例 第十四条"
    LAW_FORBIDS = "law_forbids", "其他法律行政法规禁止公开", "政府信息公开条例 第十四条"
    SAFETY_STABILITY = "safety_stability", "危及“三安全一稳定”", "政府信息公开条例 第十四条"
    THIRD_PARTY = "third_party", "保护第三方合法权益", "政府信息公开条例 第十五条"
    INTERNAL_AFFAIRS = "internal_affairs", "属于三类内部事务信息", "政府信息公开条例 第十六条第一款"
    PROCESS_INFO = "process_info", "属于四类过程性信息", "政府信息公开条例 第十六条第二款"
    ENFORCEMENT_FILE = "enforcement_file", "属于行政执法案卷", "政府信息公开条例 第十六条第二款"
    ADMIN_INQUIRY = "admin_inquiry", "属于行政查询事项", "政府信息公开条例 第三十六条第七项"


class ErasureGround(Word):
    """Why an item's content is erased from every copy; `source` is what the decision rests on."""

    STATE_SECRET = "state_secret", "涉及国家秘密", "保守国家秘密法"
    PERSONAL_DATA = "personal_data", "不该收集或者不再需要的个人信息", "个人信息保护法 第四十七条"
    ORDERED = "ordered", "上级机关、法院、检察院书面要求", "来文"
    MISTAKE = "mistake", "误录、误传", "本单位负责人批准"


class Validity(Word):
    """Whether a normative document still applies."""

    IN_FORCE = "in_force", "有效"
    AMENDED = "amended", "已修改"
    EXPIRED = "expired", "失效"
    REPEALED = "repealed", "废止"


class InformationStatus(Word):
    """Where a public text stands between draft and portal."""

    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待保密审查"
    APPROVED = "approved", "待发布"
    PUBLISHED = "published", "已发布"
    CORRECTED = "corrected", "已更正"
    REVOKED = "revoked", "已撤销"
