"""What a confidentiality review looks at, item by item."""

from services.kernel.language.vocabulary import Word


class ReviewPoint(Word):
    """One thing the reviewer confirms having looked for."""

    STATE_SECRET = "state_secret", "不含国家秘密", "保守国家秘密法 第三十五条"
    WORK_SECRET = "work_secret", "不含工作秘密", "保守国家秘密法 第六十四条"
    TRADE_SECRET = "trade_secret", "不含商业秘密，或权利人同意公开", "政府信息公开条例 第十五条"
    PRIVACY = "privacy", "不含个人隐私，身份证号、住址、电话已隐去", "政府信息公开条例 第十五条"
    STABILITY = "stability", "不会危及国家安全、公共安全、经济安全和社会稳定", "政府信息公开条例 第十四条"
    AGREEMENT = "agreement", "涉及其他机关的内容已经协商一致", "政府信息公开条例 第十一条"
