"""Words for an item of 政务信息 and what happens to it on its way."""

from services.kernel.language.vocabulary.word import Word


class IntakeStatus(Word):
    """Where an item stands for the unit that wrote it."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审签"
    REPORTED = "reported", "已上报"
    RETURNED = "returned", "已退回"
    DECLINED = "declined", "未采用"
    ADOPTED = "adopted", "已采用"


class ReviewStatus(Word):
    """Where an item stands in the queues of the node that handles it."""

    TO_CHECK = "to_check", "待审核"
    TO_SIGN = "to_sign", "待签发"
    REPORTED = "reported", "已上报"
    OPEN = "open", "待处理"
    KEPT = "kept", "备用"
    SELECTED = "selected", "拟采用"
    RETURNED = "returned", "已退回"
    DECLINED = "declined", "未采用"
    ADOPTED = "adopted", "已采用"


class ReturnReason(Word):
    """Why an item goes back to its unit for amendment."""

    MISSING_ELEMENTS = "missing_elements", "要素不全", "临沭 2019"
    UNCLEAR = "unclear", "情况不清、表述不准", "常山 2014"
    UNVERIFIED = "unverified", "事实或数据有待核实"
    TOO_THIN = "too_thin", "分析不深、建议不实"
    WRONG_FORMAT = "wrong_format", "格式不符合要求", "临沭 2019"
    STALE = "stale", "时效已过", "临沭 2019"
    COPIED = "copied", "照搬文件或媒体", "临沭 2019"
    REPEATED = "repeated", "重复报送", "临沭 2019"
    NOT_SUITABLE = "not_suitable", "含有不宜上网的内容"
    OTHER = "other", "其他原因"

    @property
    def is_invalid(self) -> bool:
        """Whether offices do not count an item returned for this reason (临沭, 常山)."""
        return self in _INVALID


_INVALID = frozenset(
    {
        ReturnReason.MISSING_ELEMENTS,
        ReturnReason.WRONG_FORMAT,
        ReturnReason.STALE,
        ReturnReason.COPIED,
        ReturnReason.REPEATED,
    }
)


class DeclineReason(Word):
    """Why an item is 未采用 at a level; it stays valid."""

    LOW_VALUE = "low_value", "参考价值不够"
    ALREADY_COVERED = "already_covered", "同类信息已采用"
    TOO_LOCAL = "too_local", "情况不具代表性"
    STALE = "stale", "时效已过"
    OUT_OF_SCOPE = "out_of_scope", "不属于报送范围"
    OTHER = "other", "其他原因"


class ReportStage(Word):
    """Which report of an emergency this is."""

    INITIAL = "initial", "初报"
    FOLLOWUP = "followup", "续报"
    FINAL = "final", "终报"


class EventGrade(Word):
    """Grade of an emergency; empty for social-security events."""

    EXTRA_MAJOR = "extra_major", "特别重大", "突发事件应对法 第三条"
    MAJOR = "major", "重大", "突发事件应对法 第三条"
    LARGER = "larger", "较大", "突发事件应对法 第三条"
    GENERAL = "general", "一般", "突发事件应对法 第三条"


class Share(Word):
    """How much of a leader's 批示 the units below may see."""

    NONE = "none", "不告知"
    FACT = "fact", "仅告知已有批示"
    TEXT = "text", "告知批示内容"
