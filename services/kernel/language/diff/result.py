"""What a comparison says: paragraphs, what stayed, went and came, and the figures that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; a figure is a whole number with its % or 万."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Op:
    """Text that stayed, went or came; `has_changed_figure` where a number is among what differs."""

    kind: Kind
    pieces: tuple[Piece, ...]
    has_changed_figure: bool = False

    @property
    def text(self) -> str:
        """The text as it stands in its version."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ParagraphDiff:
    """One paragraph of the old text, the new text, or both."""

    before: str | None
    after: str | None
    ops: tuple[Op, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the two versions of the paragraph differ."""
        return self.before != self.after

    @property
    def change_count(self) -> int:
        """How many places differ: a deletion with the insertion beside it is one."""
        kinds = [op.kind for op in self.ops]
        paired = sum(kind == "insert" and "delete" in kinds[max(i - 1, 0) : i] for i, kind in enumerate(kinds))
        return sum(kind != "equal" for kind in kinds) - paired


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A number that became another; one side is None where it only came or went.

    `unit` is the word that follows it (户, 亩, 毫米); where that changed too, each side says its own and `unit` is "".
    `paragraph` is its place in `TextDiff.paragraphs`.
    """

    before: str | None
    after: str | None
    unit: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class TextDiff:
    """The whole comparison; both texts can be read back from it exactly.

    `is_coarse` where it would have taken too long: what stands between the paragraphs that both
    begin and end with is shown as gone and as come, and no figure is called out.
    """

    paragraphs: tuple[ParagraphDiff, ...]
    figures: tuple[FigureChange, ...]
    is_coarse: bool = False

    @property
    def before(self) -> str:
        """The old text."""
        return "\n".join(p.before for p in self.paragraphs if p.before is not None)

    @property
    def after(self) -> str:
        """The new text."""
        return "\n".join(p.after for p in self.paragraphs if p.after is not None)

    @property
    def change_count(self) -> int:
        """How many places differ in all paragraphs."""
        return sum(paragraph.change_count for paragraph in self.paragraphs)
