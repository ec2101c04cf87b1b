"""What an officer can do with an item, each with the words on its button."""

from services.kernel.language.vocabulary import Word


class Verb(Word):
    """One action on one item; `READ` stands for opening it."""

    READ = "read", "查看"
    CHECK = "check", "审核通过"
    SIGN = "sign", "签发上报"
    RECEIVE = "receive", "签收"
    EDIT = "edit", "编辑本级稿"
    ASK = "ask", "请求核实"
    ANSWER = "answer", "答复核实"
    RETURN = "return", "退回修改"
    DECLINE = "decline", "标为未采用"
    KEEP = "keep", "留作备用"
    REOPEN = "reopen", "取消备用"
    ADOPT = "adopt", "拟采用入刊"
    UNSELECT = "unselect", "移出刊物"
    PROPOSE_FORWARD = "propose_forward", "提请转报"
    WITHDRAW_FORWARD = "withdraw_forward", "撤回转报提请"
    SIGN_FORWARD = "sign_forward", "签发转报"
    RECORD_INSTRUCTION = "record_instruction", "登记批示"
