"""What stands in a syntax tree of students' code."""

import ast
from collections.abc import Iterable, Iterator
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


def may_return_nothing(tree: ast.Module, function: str) -> bool:
    """Tell whether a function may end without a value; in doubt, it may.

    Parameters:
        function: its name; one that is not defined under it is unknown.
    """
    bodies = [
        definition.body
        for definition in tree.body
        if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
        and definition.name == function
    ]
    return not bodies or any(
        not leaves(body) or any(map(returns_nothing, in_this_function(body))) for body in bodies
    )


def in_this_function(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all that stands in the body of a function, but not in functions inside it."""
    for node in nodes:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from in_this_function(ast.iter_child_nodes(node))


def returns_nothing(node: ast.AST) -> bool:
    """Tell whether a statement is a `return` without a value, or with None."""
    return isinstance(node, ast.Return) and (
        node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    )


def leaves(body: list[ast.stmt]) -> bool:
    """Tell whether some statements surely come to a `return` or a `raise`, or to no end."""
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise():
                return True
            case ast.If(body=then, orelse=otherwise) if leaves(then) and leaves(otherwise):
                return True
            case ast.While(test=ast.Constant(value=True), body=turn) if not any(
                isinstance(node, ast.Break) for node in in_this_function(turn)
            ):
                return True
            case ast.Try(finalbody=last) if leaves(last):
                return True
            case ast.Try(body=tried, handlers=handlers, orelse=otherwise) if all(
                map(leaves, [tried + otherwise, *(handler.body for handler in handlers)])
            ):
                return True
    return False


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
