"""The refusals of review: each says what stands in the way and what can be done."""

from services.kernel.language.refusal import NotPermitted, Refusal


class NotInThisState(Refusal):
    """这件现在的状态不能这样办理。"""

    code = "not_in_this_state"
    message = "这件现在的状态不能这样办理。"


class SecondReaderNeeded(Refusal):
    """提交人不能审核自己的稿件；确需一人办理的，请写明理由。"""

    code = "second_reader_needed"
    message = "您是这件的提交人，应由另一人审核。确需一人办理的，请写明理由。"


class NoSuperior(Refusal):
    """本级没有登记这个上级单位，无法转报。"""

    code = "no_superior"
    message = "本级没有登记这个上级单位，无法转报。"


class NoPeriodical(Refusal):
    """本级还没有在用的刊物。"""

    code = "no_periodical"
    message = "本级还没有在用的刊物，请管理员先登记刊物。"


class ProposedByYourself(NotPermitted):
    """提请人不能签发自己提请的转报。"""

    message = "您是提请人，转报应由另一人签发。"


class AlreadyForwarded(Refusal):
    """这件已经提请或已经转报。"""

    code = "already_forwarded"
    message = "这件已经提请转报或已经转报，不用重复办理。"


class NoProposalToSign(Refusal):
    """这件没有待签发的转报提请。"""

    code = "no_forward_proposal"
    message = "这件没有待签发的转报提请。"


class AlreadyInPeriodical(Refusal):
    """这件已经编入这个刊物。"""

    code = "already_in_periodical"
    message = "这件已经编入这个刊物，不能重复编入。"


class NoOpenQuestion(Refusal):
    """没有待答复的核实。"""

    code = "no_open_question"
    message = "没有待答复的核实。"


class IssueAlreadySigned(Refusal):
    """这一期已经签发，内容不能再改。"""

    code = "issue_already_signed"
    message = "这一期已经签发，内容不能再改。"


class IssueNotReady(Refusal):
    """这一期还不具备签发条件。"""

    code = "issue_not_ready"
    message = "这一期还不具备签发条件。"


class TextMissing(Refusal):
    """这件的正文还没有到齐，请稍后再试。"""

    code = "text_missing"
    message = "这件的正文还没有到齐，请稍后再试。"
