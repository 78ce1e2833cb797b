"""Hints that the text of a portion gives, where what it did does not tell enough."""

import ast
from collections.abc import Iterable, Iterator

from tests.grading.portions import Portion


def uncalled(
    portion: Portion, answering: Iterable[str], sending: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """Yield the functions that a portion names where it should call them, with the line.

    The worker has compiled this very text, so reading it again is safe.

    Parameters:
        answering: the functions of which only the answer can be of use.
        sending: those of the handle that may well be chosen first and called later.
    """
    tree = tree_of(portion)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    kept = {id(node) for parent in ast.walk(tree) for node in used_as_values(parent)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in called:
            written = dotted(node)
            if written in answering or (written in sending and id(node) not in kept):
                yield written, portion.line - 2 + node.lineno


def dotted(node: ast.expr) -> str:
    """Return a name, or a name with one dot in it, as it is written; "" for anything else."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(owner), name):
            return f"{owner}.{name}"
    return ""


def early_return(portion: Portion) -> int:
    """Return the line of a loop that returns in its first turn whatever it finds, 0 for none."""
    for node in ast.walk(tree_of(portion)):
        if isinstance(node, ast.For) and any(map(always_returns, node.body)):
            return portion.line - 2 + node.lineno
    return 0


def always_returns(statement: ast.stmt) -> bool:
    """Tell whether a statement ends the function on each path through it."""
    if isinstance(statement, ast.If):
        branches = (statement.body, statement.orelse)
        return all(any(map(always_returns, branch)) for branch in branches)
    return isinstance(statement, ast.Return)


def tree_of(portion: Portion) -> ast.Module:
    """Return a portion's syntax tree, an empty one if it is too much even for that."""
    try:
        return ast.parse(f"async def portion():\n{portion.indent}0\n{portion.body}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def used_as_values(parent: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node in which a function may well stand without brackets."""
    match parent:
        case ast.Call(_, arguments, keywords):
            yield from arguments
            yield from (keyword.value for keyword in keywords)
        case ast.Assign() | ast.NamedExpr():
            yield from ast.walk(parent.value)
        case ast.IfExp():
            yield from (parent.body, parent.orelse)
