"""Small changes of the reference, one at a time."""

import ast
from collections.abc import Iterator
from typing import Any


def mutants(body: str) -> Iterator[str]:
    """Yield a portion with one statement dropped, one condition negated, or two things swapped.

    Parameters:
        body: the portion, not indented.
    """
    for number in range(len(list(changes(function_of(body))))):
        function = function_of(body)
        list(changes(function))[number]()
        yield "\n".join(map(ast.unparse, function.body))


def function_of(body: str) -> ast.AsyncFunctionDef:
    """Return the syntax tree of a portion, as that of a function."""
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    function = ast.parse(f"async def portion():\n{indented}").body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    return function


SWAPPED_NAMES = {
    "key": "username",
    "username": "key",
    "users": "active_users",
    "active_users": "users",
    "registered": "logged_in",
    "logged_in": "registered",
    "register_user": "log_in_client",
    "log_in_client": "register_user",
    "registration_failed": "registration_successful",
    "registration_successful": "registration_failed",
    "login_failed": "login_successful",
    "login_successful": "login_failed",
    "send_registry": "request_denied",
    "request_denied": "send_registry",
    "register": "login",
    "login": "register",
    "request_registry": "register",
}


def changes(tree: ast.AST) -> Iterator["Change"]:
    """Yield the changes that can be made to a portion's tree."""
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from (Change(block, number, [ast.Pass()]) for number in range(len(block)))
        if isinstance(node, (ast.If, ast.While)):
            negated = ast.UnaryOp(ast.Not(), node.test)
            yield Change(node, "test", negated)
        if isinstance(node, ast.Return) and node.value:
            yield Change(node, "value", ast.UnaryOp(ast.Not(), node.value))
            yield Change(node, "value", None)
        if isinstance(node, ast.BoolOp):
            yield Change(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
            yield from (Change(node, "values", [value]) for value in node.values)
        if isinstance(node, ast.Compare):
            yield from (
                Change(node, "ops", [other])
                for other in (ast.In(), ast.NotIn(), ast.Eq(), ast.NotEq(), ast.Is())
                if not isinstance(node.ops[0], type(other))
            )
        if isinstance(node, ast.Call) and len(node.args) == 2:
            yield Change(node, "args", node.args[::-1])
        if isinstance(node, ast.Await):
            yield Change(node, "value", ast.Await(ast.Constant(None)))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Await):
            yield Change(node, "value", node.value.value)
        if isinstance(node, ast.Name) and node.id in SWAPPED_NAMES:
            yield Change(node, "id", SWAPPED_NAMES[node.id])
        if isinstance(node, ast.Attribute) and node.attr in SWAPPED_NAMES:
            yield Change(node, "attr", SWAPPED_NAMES[node.attr])
        if isinstance(node, ast.Constant):
            yield Change(node, "value", "something else")


class Change:
    """One change of a node, or of a block of statements, made when it is called."""

    def __init__(self, owner: Any, place: str | int, new: Any) -> None:
        self._owner, self._place, self._new = owner, place, new

    def __call__(self) -> None:
        """Make the change."""
        if isinstance(self._owner, list):
            assert isinstance(self._place, int)
            self._owner[self._place : self._place + 1] = self._new
        else:
            setattr(self._owner, str(self._place), self._new)
