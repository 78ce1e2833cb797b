"""A file of students' code, as text."""

import ast
import linecache
from pathlib import Path
from types import CodeType

from gui.tutor.explanations import Explanation
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.syntax import LOOPS, does_nothing, mentions, stores

# Enough to find the place again, few enough to leave room for the explanation.
LINES_AROUND = 2


class Source:
    """A file of students' code, as it was when it was loaded."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.file = path.name
        linecache.checkcache(self.path)
        # Read now: what runs are these lines, even if the file is edited meanwhile.
        self.lines = linecache.getlines(self.path)

    def tree(self) -> ast.Module:
        """Return the file's syntax tree."""
        return ast.parse("".join(self.lines))

    def problem(self, explanation: Explanation, code: CodeType | None, line: int = 0) -> Problem:
        """Return a problem in a function, at a line of it, or else at its first line."""
        line = line or (code.co_firstlineno if code else 0)
        function = code.co_name if code and code.co_name != "<module>" else ""
        text, around = self.line(line), self.around(line)
        return Problem(explanation, self.file, function, line, text, around=around)

    def line(self, number: int) -> str:
        """Return the text of a line, without the blanks around it."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

    def around(self, number: int) -> tuple[tuple[int, str], ...]:
        """Return a line and those before and after it that are not blank, each after its number."""
        if not 0 < number <= len(self.lines):
            return ()
        first, last = max(1, number - LINES_AROUND), min(len(self.lines), number + LINES_AROUND)
        numbered = enumerate(self.lines[first - 1 : last], first)
        around = [(number, printable(line.expandtabs().rstrip())) for number, line in numbered]
        return tuple((number, line) for number, line in around if line)

    def body(self, code: CodeType) -> list[ast.stmt]:
        """Return the statements of a function, its docstring aside."""
        for node in ast.walk(self.tree()):
            if (
                isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                and node.name == code.co_name
            ):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                return [part for part in body if not isinstance(part, (ast.Import, ast.ImportFrom))]
        return []

    def suspect_line(self, code: CodeType) -> int:
        """Return the line of a function that does nothing, or else its first one."""
        body = self.body(code)
        idle = (node for part in body for node in ast.walk(part) if does_nothing(node))
        return next((node.lineno for node in (*idle, *body)), code.co_firstlineno)

    def changing_line(self, code: CodeType, dictionary: str) -> int:
        """Return the line of a function that changes a dictionary, or else a suspect one."""
        for part in self.body(code):
            for node in ast.walk(part):
                is_change = isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)) or (
                    isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
                )
                if is_change and isinstance(node, ast.stmt) and mentions(node, dictionary):
                    return node.lineno
        return self.suspect_line(code)

    def assigning_line(self, name: str) -> int:
        """Return the line outside the functions that gives a name its value."""
        return next((node.lineno for node in self.tree().body if stores(node, name)), 0)

    def replacing_line(self, code: CodeType, name: str) -> int:
        """Return the line of a function that gives a new value to a name of the file, or 0."""
        nodes = [node for part in self.body(code) for node in ast.walk(part)]
        if not any(isinstance(node, ast.Global) and name in node.names for node in nodes):
            return 0
        names = (node for node in nodes if isinstance(node, ast.Name) and node.id == name)
        return next((node.lineno for node in names if isinstance(node.ctx, ast.Store)), 0)

    def is_in_loop(self, line: int) -> bool:
        """Tell whether a line is part of a loop."""
        return any(
            node.lineno <= line <= (node.end_lineno or line)
            for node in ast.walk(self.tree())
            if isinstance(node, LOOPS)
        )
