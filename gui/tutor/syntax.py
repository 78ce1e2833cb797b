"""What stands in a syntax tree of students' code."""

import ast
from collections.abc import Iterator
from typing import TypeGuard

LOOPS = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def stops_early(tree: ast.Module, function: str) -> bool:
    """Tell whether a function has a loop that returns, one way or the other, at its first turn."""
    return any(
        isinstance(loop, (ast.For, ast.While))
        and any(
            isinstance(branch, ast.If) and ends_in_return(branch.body) and ends_in_return(rest)
            for branch, rest in with_rest(loop.body)
        )
        for definition in tree.body
        if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
        and definition.name == function
        for loop in ast.walk(definition)
    )


def with_rest(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, list[ast.stmt]]]:
    """Yield each statement with what runs when it does not return: its else, or what follows."""
    for index, statement in enumerate(body):
        yield statement, getattr(statement, "orelse", None) or body[index + 1 :]


def ends_in_return(body: list[ast.stmt]) -> bool:
    """Tell whether some statements end with a return."""
    return bool(body) and isinstance(body[-1], ast.Return)


def stores(node: ast.AST, name: str) -> bool:
    """Tell whether a statement gives a name its value."""
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
        for part in ast.walk(node)
    )


def mentions(node: ast.AST, name: str) -> bool:
    """Tell whether a name stands somewhere in a statement."""
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def does_nothing(node: ast.AST) -> TypeGuard[ast.Expr]:
    """Tell whether a statement works something out and does nothing with it."""
    return isinstance(node, ast.Expr) and isinstance(
        node.value,
        (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Name, ast.Attribute, ast.Subscript),
    )
