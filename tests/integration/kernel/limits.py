"""The model of a small rulebook, by itself: the child that reads its texts imports nothing else."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Hours and words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: int = Field(ge=1, le=100)
    words: tuple[str, ...] = ()
