"""A rule text into plain values, within limits that no honest author meets; every value knows its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from services.kernel.language.rulebooks.invalid import WHOLE, LineError, RuleFileIsInvalid, unreadable

LONGEST = 200_000
_DEEPEST = 12
_LONGEST_NUMBER = 40
_READ_AS_NUMBER_OR_DATE = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")

Path = Sequence[int | str]


@dataclass(frozen=True)
class Loaded:
    """What a text says, and where it says it."""

    data: Any
    root: yaml.Node | None

    def line_of(self, path: Path) -> int:
        """The line of the value at a path, or of what it is missing from; 0 for the whole text."""
        node, line = self.root, 0
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, line = found[1], found[0].start_mark.line + 1
        return line


def load_text(text: str) -> Loaded:
    """Read a text that anybody may have written.

    Raises:
        RuleFileIsInvalid: It is no YAML, or huge, endlessly nested, made of references, says a thing twice,
            or holds a number or date that is none.
    """
    _refuse_hostile(text)
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Loaded(None, None)
        if faults := list(_faults_in(loader, root, ())):
            raise RuleFileIsInvalid(faults)
        return Loaded(loader.construct_document(root), root)
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error
    except (ValueError, OverflowError) as error:
        raise unreadable("有的日期或数字写错了") from error
    finally:
        loader.dispose()


def _refuse_hostile(text: str) -> None:
    """Look at the text event by event, which needs neither depth nor memory, and refuse what would."""
    if len(text) > LONGEST:
        raise unreadable(f"文件超过 {LONGEST // 10_000} 万字")
    depth = 0
    try:
        for event in yaml.parse(text):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise unreadable("嵌套层数太多")
            if isinstance(event, yaml.AliasEvent):
                raise unreadable("不支持 & 和 * 引用，请把内容写全")
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error
    except RecursionError as fault:
        raise unreadable("嵌套层数太多") from fault


def _faults_in(loader: yaml.SafeLoader, node: yaml.Node, path: tuple[str, ...]) -> Iterator[LineError]:
    """Keys that stand twice, of which YAML would take the last in silence, and numbers and dates that are none."""
    if isinstance(node, yaml.MappingNode):
        said: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in said:
                yield _fault((*path, name), key, "duplicate_key", "这一项写了两次，请留一处")
            said.add(name)
            yield from _faults_in(loader, value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _faults_in(loader, value, (*path, f"第{place + 1}条"))
    elif node.tag in _READ_AS_NUMBER_OR_DATE:
        if len(node.value) > _LONGEST_NUMBER:
            yield _fault(path, node, "number_too_long", "数字太长")
        elif not _is_constructible(loader, node):
            yield _fault(path, node, "no_such_value", "日期或数字写错了")


def _is_constructible(loader: yaml.SafeLoader, node: yaml.Node) -> bool:
    try:
        loader.construct_object(node)
    except (ValueError, OverflowError):
        return False
    return True


def _fault(path: tuple[str, ...], node: yaml.Node, code: str, message: str) -> LineError:
    return LineError(" › ".join(path) or WHOLE, code, message, node.start_mark.line + 1)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """Where a step of a path begins, and what stands there."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _no_yaml(error: yaml.YAMLError) -> RuleFileIsInvalid:
    mark = getattr(error, "problem_mark", None)
    return RuleFileIsInvalid([LineError(WHOLE, "yaml", "不是有效的 YAML", mark.line + 1 if mark else 0)])
