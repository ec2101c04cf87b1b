"""What disclosure adds to its rulebooks: no category in use goes; the demo's guide has a contact."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml

from services.disclosure.actions.refusals import CategoryInUse
from services.disclosure.policy import CategorySet
from services.disclosure.policy.rulebooks import CATEGORIES, GUIDE
from services.disclosure.store.rules import codes_in_use
from services.kernel.runtime.rulebooks import Hooks
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import Settings

_DEMO_CONTACT = Path(__file__).parents[1] / "defaults" / "demo_contact.yaml"


async def _keep_categories_in_use(session: AsyncSession, new: CategorySet, _now: datetime) -> None:
    left_out = await codes_in_use(session) - {leaf.code for leaf in new.leaves}
    if left_out:
        raise CategoryInUse(f"新目录中缺少正在使用的类目 {'、'.join(sorted(left_out))}，未予采用。")


def _with_contact(text: str, settings: Settings) -> str:
    if not settings.demo:
        return text
    contact = yaml.safe_load(_DEMO_CONTACT.read_text(encoding="utf-8"))
    return yaml.safe_dump({**yaml.safe_load(text), "contact": contact}, allow_unicode=True, sort_keys=False)


RULEBOOK_HOOKS = {
    CATEGORIES.name: Hooks(require=_keep_categories_in_use),
    GUIDE.name: Hooks(begin_with=_with_contact),
}
