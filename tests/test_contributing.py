"""The page for contributors: its diagram shows which part imports which, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("gui.windows", "gui.tutor", "gui", "protocol", "server", "client")


def part(module: str) -> str:
    """Return the part of the project that a module belongs to; "" if to none."""
    return next((p for p in PARTS if f"{module}.".startswith(f"{p}.")), "")


def imports(node: ast.AST) -> Iterator[str]:
    """Give the modules that are imported somewhere in a file, but for those that name types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from imports(child)


def test_the_diagram_shows_the_imports() -> None:
    files = [*ROOT.glob("*.py"), *(ROOT / "gui").rglob("*.py")]
    found = set()
    for file in files:
        own = part(".".join(file.relative_to(ROOT).with_suffix("").parts))
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= {(own, part(module)) for module in imports(tree) if own}
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = dict(re.findall(r"(\w+)\[(\S+)\]", page))
    drawn = {
        (names.get(start, start).replace("/", "."), names.get(end, end).replace("/", "."))
        for starts, ends in re.findall(r"^    ([\w &]+?) -[-.]+> ([\w &]+)$", page, re.MULTILINE)
        for start in starts.split(" & ")
        for end in ends.split(" & ")
    }
    assert drawn == {(start, end) for start, end in found if end not in ("", start)}
