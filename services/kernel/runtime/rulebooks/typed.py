"""The form of a rulebook's next version: what was typed comes back with what is wrong at its field."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.language.rulebooks import Rulebook, RuleFileIsInvalid
from services.kernel.language.text import clean_text
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.rulebooks.foreseeing import Foreseen
from services.kernel.runtime.rulebooks.saving import Draft, RulebookChangedMeanwhile
from services.kernel.runtime.rulebooks.versions import list_versions
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.forms import Typed


class NextVersion(BaseModel):
    """The fields as they were sent; `seen` is the digest of what its author has looked at in the preview."""

    text: Annotated[str, Field(max_length=300_000, title="全文")] = ""
    effective_from: Annotated[str, Field(max_length=1000, title="从哪一天起执行")] = ""
    note: Annotated[str, Field(max_length=1000, title="事由")] = ""
    version: Annotated[str, Field(max_length=1000)] = ""
    seen: Annotated[str, Field(max_length=1000)] = ""

    @classmethod
    def again(cls, typed: Typed) -> NextVersion:
        """The fields of a form that was refused, whatever stands in them."""
        return cls.model_construct(None, **{name: typed.get(name) for name in cls.model_fields})

    @property
    def digest(self) -> str:
        """What is the same for the same change, however the browser writes its line breaks."""
        said = f"{self.effective_from}\n{self.version}\n{self.text.replace(chr(13), '')}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def was_seen(self) -> bool:
        """Whether just this change was looked at before it is saved."""
        return self.seen == self.digest

    def draft(self, book: Rulebook[Any]) -> Draft:
        """The change that is meant.

        Raises:
            InvalidInput: The day is no day.
        """
        day = None
        if book.asks_for_a_day and self.effective_from:
            try:
                day = date.fromisoformat(self.effective_from)
            except ValueError:
                message = "日期应写成 2026-11-01 的样子"
                wrong = FieldError("effective_from", "date", message)
                raise InvalidInput(f"{message}。", errors=[wrong.as_dict()]) from None
        return Draft(self.text, day, self.note, int(self.version) if self.version.isdecimal() else 0)


async def edit_page(
    request: Request, service: Service, book: Rulebook[Any], typed: NextVersion, *, session: AsyncSession,
    refusal: Refusal | None = None, foreseen: Foreseen | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The form with all that was typed; beside it what stands in the way, or what the change would do."""
    kept = await list_versions(session, book)
    newest = max(kept, key=lambda one: one.version)
    is_overtaken = isinstance(refusal, RulebookChangedMeanwhile)
    if is_overtaken:
        typed = typed.model_copy(update={"version": str(newest.version)})
    return page(
        request,
        "kernel/rulebook_edit.html",
        status_code=refusal.status if refusal else status,
        service=service,
        book=book,
        typed=typed,
        newest=newest,
        theirs=await compare_texts(newest.text, clean_text(typed.text)) if is_overtaken else None,
        foreseen=foreseen,
        was_changed_after=status == 409,
        **_faults(refusal, typed.text),
    )


def _faults(refusal: Refusal | None, text: str) -> dict[str, Any]:
    """The refusal as the page shows it: at a field, at a line, or as a sentence of its own."""
    lines = text.splitlines()
    if isinstance(refusal, RuleFileIsInvalid):
        marked = [
            {"error": error, "source": lines[error.line - 1].strip()[:120] if 0 < error.line <= len(lines) else ""}
            for error in refusal.errors
        ]
        return {"errors": {"text": f"有 {len(marked)} 处要改"}, "marked": marked, "refusal": ""}
    named = refusal.details.get("errors", []) if isinstance(refusal, InvalidInput) else []
    errors = {error["field"]: error["message"] for error in named}
    return {"errors": errors, "marked": [], "refusal": "" if errors or refusal is None else str(refusal)}
