"""Instruments students' code, so that it tells which statements run and what their parts come to.

It means what it meant: a call of `STEP` comes before each statement, and each expression stands
in a call of `VALUE`, which hands it back. Nothing of ours is imported here: a grader's sandbox is
given this file's text.
"""

import ast
import warnings
from collections.abc import Iterator
from types import CodeType
from typing import Any

# What the code calls. No code of theirs can use these names: they are none.
STEP, VALUE = "<step>", "<value>"

# What these come to stands in the text, or shows where it is used.
SILENT = (
    ast.Constant,
    ast.GeneratorExp,
    ast.Lambda,
    ast.Slice,
    ast.Starred,
    ast.Yield,
    ast.YieldFrom,
)
# Nothing happens at these themselves; a `while` is noted whenever its condition is asked.
STILL = (ast.Global, ast.Nonlocal, ast.Try, ast.While, getattr(ast, "TryStar", ast.Try))
# Until Python 3.11 it is not known where the parts of an f-string stand; nothing can be put into
# a pattern; and what defaults are worth is not the function's doing.
CLOSED: tuple[type[ast.AST], ...] = (ast.JoinedStr, ast.pattern, ast.arguments)
# from Python 3.12 on, and from 3.14 on
CLOSED += tuple(getattr(ast, name) for name in ("TypeAlias", "TemplateStr") if hasattr(ast, name))


def instrumented(tree: ast.Module, path: str) -> CodeType:
    """Return the code of a file in which every function is instrumented.

    Parameters:
        tree: its syntax tree, which this changes.
        path: what its code is to name as its file.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it cannot be compiled.
    """
    instrumenter = Instrumenter()
    for function in functions_in(tree):
        instrumenter.visit_FunctionDef(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, path, "exec", dont_inherit=True)


def functions_in(outer: ast.Module | ast.ClassDef) -> Iterator[Any]:
    """Yield the functions of a file or a class, not those inside other functions."""
    for node in outer.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from functions_in(node)


class Instrumenter(ast.NodeTransformer):
    """Puts the calls into a syntax tree."""

    def visit(self, node: ast.AST) -> Any:
        """Return what stands in the place of a node: two statements for a statement."""
        if not isinstance(node, CLOSED):
            super().visit(node)
        if isinstance(node, ast.stmt) and not is_still(node):
            return [step(node), node]
        is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and is_read and not isinstance(node, SILENT):
            return noted(node)
        return node

    def visit_all(self, nodes: list[Any]) -> list[Any]:
        """Return what stands in the place of some statements."""
        return [made for node in nodes for made in as_list(self.visit(node))]

    def visit_FunctionDef(self, node: Any) -> None:
        """Instrument what a function does."""
        node.body = self.visit_all(node.body)

    def visit_AsyncFunctionDef(self, node: Any) -> None:
        """Instrument what an async function does."""
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Instrument the functions in a class."""
        for function in functions_in(node):
            self.visit_FunctionDef(function)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Instrument all but the annotation, which may never be asked for."""
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Instrument all but the name of what is called."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        elif not isinstance(node.func, ast.Name):
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)

    def visit_For(self, node: Any) -> None:
        """Note each round at the target, and at what the loop goes through that no more is left."""
        self.generic_visit(node)
        names = [name for name in ast.walk(node.target) if isinstance(name, ast.Name)]
        given = [noted(ast.Name(name.id, ast.Load()), name) for name in names]
        node.body[:0] = [step(node.target), *(statement(value) for value in given)]
        node.orelse.insert(0, step(node.iter))

    def visit_AsyncFor(self, node: Any) -> None:
        """Note the same of an async loop."""
        self.visit_For(node)

    def visit_While(self, node: ast.While) -> None:
        """Note each time that the condition is asked."""
        self.generic_visit(node)
        asked = call(node.test, STEP)
        node.test = ast.copy_location(ast.BoolOp(ast.Or(), [asked, node.test]), node.test)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Note that an exception was caught."""
        node.body = [step(node), *self.visit_all(node.body)]

    def visit_match_case(self, node: ast.match_case) -> None:
        """Note that a pattern fits."""
        node.guard = node.guard and self.visit(node.guard)
        node.body = [step(node.pattern), *self.visit_all(node.body)]


def is_still(node: ast.stmt) -> bool:
    """Tell whether a statement does nothing itself; a docstring must remain the first one, too."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, STILL)


def step(node: Any) -> ast.stmt:
    """Return the statement that notes that a node is reached."""
    return statement(call(node, STEP))


def noted(value: ast.expr, node: Any = None) -> ast.expr:
    """Return an expression that notes what another one comes to.

    Parameters:
        node: where it stands, if it has no place itself.
    """
    node = node or value
    return call(node, VALUE, ast.copy_location(value, node))


def call(node: Any, name: str, *values: ast.expr) -> ast.expr:
    """Return a call of one of the two, for the place of a node."""
    place: Any = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    arguments = [ast.copy_location(ast.Constant(place), node), *values]
    function = ast.copy_location(ast.Name(name, ast.Load()), node)
    return ast.copy_location(ast.Call(function, arguments, []), node)


def statement(value: ast.expr) -> ast.stmt:
    """Return an expression as a statement."""
    return ast.copy_location(ast.Expr(value), value)


def as_list(made: Any) -> list[Any]:
    """Return what stands in the place of a statement as a list."""
    return made if isinstance(made, list) else [made]
