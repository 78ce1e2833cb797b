"""What Python can read of a file: all of it, or else each portion by itself."""

import ast
import warnings
from collections.abc import Callable, Mapping
from types import CodeType
from typing import NamedTuple

from gui.tutor.assignment import Function
from gui.tutor.portions import IMPORT, Portion, source_of
from gui.tutor.syntax import FUNCTIONS, Definition

# What Python raises of a text that is no Python, or too much for it.
UNREADABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)


class Reading(NamedTuple):
    """What Python can read of a file.

    Parameters:
        tree: the syntax tree of all that it can read; each line has its number in the file.
        code: the same, compiled, in pieces to be run one after the other.
        unreadable: why it cannot read a portion, by the names of those functions.
        error: why it cannot read what is around the portions, if so.
        rest: what is around them, then.
        doubles: definitions of one more function with the name of one that has the markers. They
            are left out.
    """

    tree: ast.Module
    code: tuple[CodeType, ...]
    unreadable: Mapping[str, Exception] = {}
    error: Exception | None = None
    rest: str = ""
    doubles: tuple[Definition, ...] = ()


def read(
    lines: list[str],
    path: str,
    functions: Mapping[str, Function],
    portions: Mapping[str, Portion],
) -> Reading:
    """Read a file whole if that is possible; else without the portions that cannot be read.

    Where what is around the portions cannot be read, either, each of them is read in the
    function that was handed out.

    Parameters:
        lines: the file, each line ended by a newline.
        path: what its code says of where it is from.
        functions: those that students fill in.
        portions: what stands between their markers.
    """

    def read_text(text: str) -> Reading:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text, path)
            doubles = tuple(doubles_in(tree, portions))
            tree.body = [node for node in tree.body if node not in doubles]
            code = compile(tree, path, "exec", dont_inherit=True)
        return Reading(tree, (code,), doubles=doubles)

    try:
        return read_text("".join(lines))
    except UNREADABLE:
        pass
    alone = {name: source_of(functions[name], portion) for name, portion in portions.items()}
    pieces, unreadable = read_each(alone, read_text)
    rest = list(lines)
    for portion in (portions[name] for name in unreadable):
        for number in portion.lines:
            rest[number - 1] = "\n"
        rest[portion.line] = f"{portion.indent}pass\n"
    try:
        return read_text("".join(rest))._replace(unreadable=unreadable)
    except UNREADABLE as error:
        imports, _ = read_each(imports_among(lines), read_text)
        pieces = [*imports, *pieces]
        tree = ast.Module([node for piece in pieces for node in piece.tree.body], [])
        code = tuple(code for piece in pieces for code in piece.code)
        return Reading(tree, code, unreadable, error, "".join(rest))


def read_each(
    texts: Mapping[str, str], read_text: Callable[[str], Reading]
) -> tuple[list[Reading], dict[str, Exception]]:
    """Read each text by itself; return what could be read, and why the others could not."""
    read: list[Reading] = []
    unreadable: dict[str, Exception] = {}
    for name, text in texts.items():
        try:
            read.append(read_text(text))
        except UNREADABLE as error:
            unreadable[name] = error
    return read, unreadable


def imports_among(lines: list[str]) -> dict[str, str]:
    """Return what looks like an import at the margin of a file, each at its own line."""
    found = (n for n, line in enumerate(lines) if IMPORT.fullmatch(line.rstrip()))
    return {lines[n]: "\n" * n + lines[n] for n in found}


def doubles_in(tree: ast.Module, portions: Mapping[str, Portion]) -> list[Definition]:
    """Return the definitions that have the name of another one, which has the markers."""
    found = [node for node in tree.body if isinstance(node, FUNCTIONS)]
    marked = {
        node.name
        for node in found
        if (portion := portions.get(node.name))
        and portion.is_marked
        and portion.definition == node.lineno
    }
    return [
        node
        for node in found
        if node.name in marked and node.lineno != portions[node.name].definition
    ]
