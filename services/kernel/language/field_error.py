"""What is wrong with one field, for a form and for a machine alike; what is said of any field is worded here, once."""

from dataclasses import asdict, dataclass

MISSING = "请填写{label}。"
CHOOSE = "请选择{label}。"
TOO_LONG = "{label}最多 {limit} 字，现有 {length} 字，请删减。"


@dataclass(frozen=True)
class FieldError:
    """One field that stands in the way: its name, a stable code and a Chinese sentence."""

    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The form in which it travels in a problem document's `errors`."""
        return asdict(self)


def missing(name: str, label: str, *, is_chosen: bool = False) -> FieldError:
    """The field is needed, and empty; `is_chosen` where it is not written."""
    return FieldError(name, "required", (CHOOSE if is_chosen else MISSING).format(label=label))


def too_long(name: str, label: str, length: int, limit: int) -> FieldError | None:
    """What is wrong with a text of this length, if anything: both counted in characters."""
    sentence = TOO_LONG.format(label=label, limit=limit, length=length)
    return FieldError(name, "too_long", sentence) if length > limit else None


def unfit(name: str, label: str, text: str, limit: int) -> FieldError | None:
    """What is wrong with a text that is needed, if anything."""
    return too_long(name, label, len(text), limit) if text else missing(name, label)
