"""Finds statements of the solution in what is handed out, in whatever layout they stand there."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping

# An expression that decides gives as much away as the statement around it.
DECIDING = (ast.Compare, ast.BoolOp)
TOKEN = re.compile(r"\w+|[^\w\s]")
# What a statement can be written with or without.
LAYOUT = frozenset("()\\;")
CODE_SPAN = re.compile(r"`([^`]+)`")
# What stands before the code on a line of a comment, a list, a table, a quotation, a session.
BEFORE_CODE = " \t#>*-|.0123456789"


class Solution:
    """The statements that students are to find themselves.

    Parameters:
        reference: the two files with the solution, by name.
        skeletons: the same files unfilled: what stands in them, in docstrings too, is given.
    """

    def __init__(self, reference: Mapping[str, bytes], skeletons: Mapping[str, bytes]) -> None:
        trees = [ast.parse(source) for source in reference.values()]
        self._shared = frozenset(name for tree in trees for name in defined(tree))
        given = " ".join(tokens(source.decode()) for source in skeletons.values())
        self._by_tokens: dict[str, str] = {}
        self._by_shape: dict[str, str] = {}
        for tree in trees:
            for node in telling(tree):
                statement = ast.unparse(node)
                if tokens(statement) not in given:
                    self._by_tokens[tokens(statement)] = statement
                    self._by_shape[self._shape(node)] = statement

    def found_in(self, content: bytes) -> str:
        """Return a statement of the solution that a file holds, "" if it holds none."""
        text = content.decode("utf-8", errors="replace")
        written = tokens(text)
        exact = (statement for wanted, statement in self._by_tokens.items() if wanted in written)
        return next(exact, "") or next(self._renamed(text), "")

    def _renamed(self, text: str) -> Iterator[str]:
        """Yield the statements that stand in a text with other variables than the solution's."""
        for fragment in fragments(text):
            # What names nothing of the solution has been compared token by token.
            tree = parsed(fragment) if self._shared.intersection(TOKEN.findall(fragment)) else None
            if tree is None:
                continue
            for node in telling(tree):
                if statement := self._by_shape.get(self._shape(node)):
                    yield statement
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from self._renamed(node.value)

    def _shape(self, node: ast.AST) -> str:
        """Return what is the same for a piece of code whatever its variables are called.

        The dictionaries and the functions of the files keep their names, also as attributes of
        something (`now.users`). Where there is none of them, each name counts.
        """
        parts = list(ast.walk(node))
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        names |= {part.attr for part in parts if isinstance(part, ast.Attribute)}
        if names.isdisjoint(self._shared):
            return ast.dump(node)
        return ast.dump(Names(self._shared).visit(copy.deepcopy(node)))


class Names(ast.NodeTransformer):
    """Gives the variables in a piece of code the names 0, 1, …, in the order of their places."""

    def __init__(self, shared: frozenset[str]) -> None:
        self._shared = shared
        self._numbers: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rename a variable."""
        if node.id in self._shared:
            return node
        return ast.Name(self._numbers.setdefault(node.id, str(len(self._numbers))), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Take a dictionary or a function for what it is, wherever it is kept."""
        if node.attr in self._shared:
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a file defines."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def telling(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the simple statements in a piece of code, and the expressions that decide."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.While)):
            yield node.test
        elif isinstance(node, DECIDING):
            yield node
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, (ast.Return, ast.Assign)):
            yield node


def tokens(text: str) -> str:
    """Return the tokens of a text, a blank between them, as if all stood on one line."""
    found = (token for token in TOKEN.findall(text) if token not in LAYOUT)
    return f" {' '.join(found)} ".replace("'", '"')


def fragments(text: str) -> Iterator[str]:
    """Yield what in a text may be a piece of code: all of it, its code spans, its lines."""
    yield text
    yield from CODE_SPAN.findall(text)
    yield from (line.strip(BEFORE_CODE) for line in text.splitlines())


def parsed(text: str) -> ast.Module | None:
    """Return the syntax tree of a text, None if it has none."""
    try:
        return ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
