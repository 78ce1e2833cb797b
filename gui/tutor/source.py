"""A file of students' code, as text."""

import ast
import contextlib
import io
import linecache
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, MappingProxyType

from gui.tutor import syntax
from gui.tutor.assignment import Dictionaries, Function
from gui.tutor.explanations import Explanation
from gui.tutor.portions import LINE_END, MAX_READ_CHARACTERS, decode, portions_in
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.reading import read

# Enough to find the line again.
MAX_QUOTED_CHARACTERS = 60
DICTIONARIES = set(Dictionaries._fields)
NO_FUNCTIONS: Mapping[str, Function] = MappingProxyType({})
# Enough to find the place again, few enough to leave room for the explanation.
LINES_AROUND = 2


class Source:
    """A file of students' code, as it was when it was read.

    Parameters:
        path: where it is.
        functions: those that students fill in.
        data: its bytes; unless given, they are read.

    Attributes:
        path, file: where it is, and its name.
        functions: those that students fill in.
        data: its bytes; None where there is no file that can be read.
        lines: its lines, each ended by a newline.
        portions: what stands between the markers, by the names of the functions.
        reading: what of it Python can read.
    """

    def __init__(
        self,
        path: Path,
        functions: Mapping[str, Function] = NO_FUNCTIONS,
        data: bytes | None = None,
    ) -> None:
        self.path = str(path)
        self.file = path.name
        self.functions = functions
        self.data = data
        if data is None:
            with contextlib.suppress(OSError):
                self.data = path.read_bytes()
        lines = LINE_END.split(text_of(self.data or b""))
        self.lines = [f"{line}\n" for line in lines]
        self.portions = portions_in(lines, self.file, functions)
        self.reading = read(self.lines, self.path, functions, self.portions)

    def tree(self) -> ast.Module:
        """Return the syntax tree of what of it Python can read."""
        return self.reading.tree

    def tree_to_explain(self) -> ast.Module:
        """Return the syntax tree without the functions whose portions are too long to explain."""
        long = [n for n, p in self.portions.items() if len(p.body) > MAX_READ_CHARACTERS]
        body = [node for node in self.tree().body if getattr(node, "name", "") not in long]
        return ast.Module(body, [])

    def definitions(self) -> dict[str, str]:
        """Return what stands in each function of the file; of those to fill in, the portion."""
        found = {
            node.name: "".join(self.lines[node.lineno - 1 : node.end_lineno])
            for node in self.tree().body
            if isinstance(node, syntax.FUNCTIONS)
        }
        filled = {n: self.line(p.definition) + p.body for n, p in self.portions.items()}
        return found | filled

    def unfilled(self) -> set[str]:
        """Return the functions of the file that nobody has filled in."""
        found = (node for node in self.tree().body if isinstance(node, syntax.FUNCTIONS))
        return {node.name for node in found if syntax.is_unfilled(node)}

    def ungraded(self) -> list[str]:
        """Return what stands outside the markers, was not handed out, and is not graded."""
        inside = {line for portion in self.portions.values() for line in portion.lines}
        outside = [node.lineno for node in self._written() if node.lineno not in inside]
        return [printable(self.line(line))[:MAX_QUOTED_CHARACTERS] for line in outside]

    def _written(self) -> Iterator[ast.stmt]:
        """Give each statement of the file and of its functions, but what was handed out."""
        for node in self.tree().body:
            if isinstance(node, syntax.FUNCTIONS) and node.name in self.portions:
                yield from syntax.body(node)
            elif not is_handed_out(node):
                yield node

    def show_in_reports(self) -> None:
        """Let Python's own reports show these lines, even if the file is another by now."""
        linecache.cache[self.path] = (len(self.lines), None, self.lines, self.path)

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

    def assigning_line(self, name: str) -> int:
        """Return the last line outside the functions that gives a name its value."""
        outside = [node for node in self.tree().body if not isinstance(node, syntax.FUNCTIONS)]
        return next((node.lineno for node in outside[::-1] if syntax.stores(node, name)), 0)

    def is_in_loop(self, line: int) -> bool:
        """Tell whether a line is part of a loop."""
        return syntax.is_in_loop(self.tree(), line)


def is_handed_out(node: ast.stmt) -> bool:
    """Tell whether a statement outside the functions was handed out, or is graded as it is."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(ast.Constant()):
            return True
    return bool(DICTIONARIES & syntax.stored_names(node))


def text_of(data: bytes) -> str:
    """Return the text of a file as Python reads it, or else as an editor may have meant it."""
    with contextlib.suppress(SyntaxError, ValueError, LookupError):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    return decode(data)
