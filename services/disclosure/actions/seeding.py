"""Rule files: those a new node starts with, and those that replace them."""

from __future__ import annotations

from pathlib import Path

import yaml

from services.disclosure.actions.refusals import CategoryInUse
from services.disclosure.model import RuleFile
from services.disclosure.policy import read_categories
from services.disclosure.store.rules import CATEGORIES, GUIDE, READERS, codes_in_use, find_rule_file
from services.kernel.runtime.transaction import Transaction

DEFAULTS = Path(__file__).parents[1] / "defaults"


async def seed_rules(tx: Transaction, *, is_demo: bool) -> list[str]:
    """Put the default rule files in force where none is yet, and check all that are; says which were new."""
    fresh = []
    for name, read in READERS.items():
        row = await find_rule_file(tx.session, name)
        if row is None:
            row = RuleFile(name=name, content=_default(name, is_demo=is_demo), loaded_at=tx.now)
            tx.session.add(row)
            await tx.session.flush()
            fresh.append(name)
        read(row.content)
    return fresh


async def load_rules(tx: Transaction, name: str, content: str) -> None:
    """Put another rule file in force, once it is found to be right.

    Raises:
        RuleFileIsInvalid: Says what is wrong where.
        CategoryInUse: A catalogue without a category that texts stand in.
    """
    READERS[name](content)
    if name == CATEGORIES:
        left_out = await codes_in_use(tx.session) - {leaf.code for leaf in read_categories(content).leaves}
        if left_out:
            raise CategoryInUse(f"新目录中缺少正在使用的类目 {'、'.join(sorted(left_out))}，未予采用。")
    row = await find_rule_file(tx.session, name) or RuleFile(name=name, content="", loaded_at=tx.now)
    row.content, row.loaded_at = content, tx.now
    tx.session.add(row)
    tx.audit("disclosure.rules_loaded", name, by=None, details={"characters": len(content)})


def _default(name: str, *, is_demo: bool) -> str:
    text = (DEFAULTS / f"{name}.yaml").read_text(encoding="utf-8")
    if name != GUIDE or not is_demo:
        return text
    contact = yaml.safe_load((DEFAULTS / "demo_contact.yaml").read_text(encoding="utf-8"))
    return yaml.safe_dump({**yaml.safe_load(text), "contact": contact}, allow_unicode=True, sort_keys=False)
