"""Whether a text was only shortened or blacked out, so that 删减后公开 needs no second review."""

_BLACKED_OUT = frozenset("█■▇*×＊□ \n\u3000")


def is_redaction(before: str, after: str) -> bool:
    """Whether `after` takes something away from `before` and says nothing new.

    Every character left must stand in the original in the same order; signs that black out and
    blanks may be put in freely.
    """
    original = iter(before)
    is_taken_out = all(char in original for char in after if char not in _BLACKED_OUT)
    return is_taken_out and _spoken(after) != _spoken(before)


def _spoken(text: str) -> str:
    return "".join(char for char in text if char not in _BLACKED_OUT)
