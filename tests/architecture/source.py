"""The project's own source files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.kernel.runtime.surroundings.settings import ALL_SERVICES

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "services"
SERVICE_NAMES = tuple(sorted(ALL_SERVICES))


def python_files(*folders: str) -> list[Path]:
    """Python files under the named folders of the project, all of it when none is named."""
    return sorted(
        path for folder in folders or ("services", "deploy", "tests") for path in (ROOT / folder).rglob("*.py")
    )


def rooms(*names: str) -> list[Path]:
    """Python files of these rooms, of every service: `store.py`, or what is in the folder `store/`."""
    return [path for path in python_files("services") if room_of(path) in names and service_of(path) in SERVICE_NAMES]


def service_of(path: Path) -> str:
    """Which service a file below services/ belongs to: `intake`, `kernel`, or the file's own name."""
    return path.relative_to(SERVICES).parts[0].removesuffix(".py")


def room_of(path: Path) -> str:
    """Which room of its service a file is in: `store`, `policy`, …"""
    parts = path.relative_to(SERVICES).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Every call in a file, as (line, dotted name): `(12, "datetime.now")`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def place(path: Path, line: int | None = None) -> str:
    """A file, and a line in it, as an editor opens it."""
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")
