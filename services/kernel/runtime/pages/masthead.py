"""The names of the node as pages write them, taken out of its full name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from services.kernel.language.vocabulary import Level


@dataclass(frozen=True)
class Masthead:
    """The names of the node as pages write them; `full_name` is e.g. 安澜市云岭区龙潭乡."""

    node_id: str
    full_name: str
    level: Level

    @property
    def level_label(self) -> str:
        """The level in Chinese."""
        return self.level.label

    @property
    def name(self) -> str:
        """龙潭乡."""
        return self._places[-1]

    @property
    def place(self) -> str:
        """The name with the one above it: 云岭区龙潭乡."""
        return "".join(self._places[-2:])

    @property
    def platform_title(self) -> str:
        """云岭区龙潭乡政务信息平台."""
        return f"{self.place}政务信息平台"

    @property
    def government_title(self) -> str:
        """龙潭乡人民政府."""
        return f"{self.name}人民政府"

    @property
    def office_title(self) -> str:
        """The office that runs the node: 云岭区人民政府办公室, at a township its 党政办公室."""
        is_township = self.level is Level.TOWNSHIP
        return f"{self.name}党政办公室" if is_township else f"{self.government_title}办公室"

    @property
    def _places(self) -> list[str]:
        return _PLACE.findall(self.full_name) or [self.full_name]


_PLACE = re.compile(r".{2,}?(?:街道|自治[州县旗]|[市区县旗乡镇盟])(?![市区县镇])")


def masthead_of(node: Any) -> Masthead:
    """The names of a node, from anything with `node_id`, `name` and `level`."""
    return Masthead(str(node.node_id), node.name, Level(node.level))
