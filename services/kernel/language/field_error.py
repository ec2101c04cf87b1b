"""What is wrong with one field, for a form and for a machine alike."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class FieldError:
    """One field that stands in the way: its name, a stable code and a Chinese sentence."""

    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The form in which it travels in a problem document's `errors`."""
        return asdict(self)
