"""What comes in by API or form, one model for each verb; `title` is what people call a field."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.erasures import MAX_REASON_CHARACTERS
from services.kernel.language.vocabulary import ErasureGround, Lane

MAX_EPOCH_REASON_CHARACTERS = 400


class Direction(StrEnum):
    """Which of a lane's two chains."""

    SENT = "sent"
    RECEIVED = "received"


def _filled(sentence: str) -> Any:
    def check(text: str) -> str:
        if not text.strip():
            raise PydanticCustomError("empty_reason", sentence)
        return text.strip()

    return AfterValidator(check)


def _looked_over(is_confirmed: bool) -> bool:
    if not is_confirmed:
        raise PydanticCustomError("not_confirmed", "请核对以后勾选。")
    return is_confirmed


class NewEpoch(BaseModel):
    """The row up to which both sides agree, and why a new epoch is needed."""

    lane: Annotated[Lane, Field(title="通道")]
    direction: Annotated[Direction, Field(title="方向")]
    agreed_seq: Annotated[int, Field(ge=0, le=2**63 - 1, title="一致行")]
    reason: Annotated[
        str,
        Field(max_length=MAX_EPOCH_REASON_CHARACTERS, title="经办人、时间和原因"),
        _filled("请写明对端经办人、核对时间和原因。"),
    ]

    def chain(self, own: str, peer: str) -> Chain:
        """The chain that is meant."""
        ends = (own, peer) if self.direction is Direction.SENT else (peer, own)
        return Chain(link_name(*ends), self.lane.value)


class NewErasure(BaseModel):
    """Why an item is erased, looked over before it is sent."""

    ground: Annotated[ErasureGround, Field(title="为什么清除")]
    reason: Annotated[
        str,
        Field(max_length=MAX_REASON_CHARACTERS, title="理由"),
        _filled("请写明经过谁批准、依据什么；不要复述内容。"),
    ] = Field(default="", validate_default=True)
    confirmed: Annotated[bool, AfterValidator(_looked_over)] = Field(default=False, validate_default=True)


class NewErasureRefusal(BaseModel):
    """Which neighbour's request is declined, and why."""

    peer: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", title="对方")]
    reason: Annotated[
        str, Field(max_length=MAX_REASON_CHARACTERS, title="理由"), _filled("请写明理由；不要复述内容。")
    ] = Field(default="", validate_default=True)
