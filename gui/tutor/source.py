"""A file of students' code, as text."""

import ast
import linecache
import re
from pathlib import Path
from types import CodeType

from gui.tutor import syntax
from gui.tutor.explanations import Explanation
from gui.tutor.printable import printable
from gui.tutor.problem import Problem

DEFINITION = re.compile(r"(?:async +)?def +(\w+)")
MARKER = re.compile(r"#.*\*\*\* *(start|end) *\*\*\*")

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

    def portion_at(self, line: int) -> str:
        """Return the function between whose markers a line is, "" if it is in none's."""
        function, inside = "", False
        for text in self.lines[:line]:
            if found := DEFINITION.match(text):
                function, inside = found[1], False
            if marker := MARKER.search(text):
                inside = marker[1] == "start"
        return function if inside else ""

    def assigning_line(self, name: str) -> int:
        """Return the line outside the functions that gives a name its value."""
        return next((node.lineno for node in self.tree().body if syntax.stores(node, name)), 0)

    def is_in_loop(self, line: int) -> bool:
        """Tell whether a line is part of a loop."""
        return syntax.is_in_loop(self.tree(), line)
