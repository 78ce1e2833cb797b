"""A problem in students' code: what is told of it, and where it is."""

import ast
import linecache
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import TypeGuard

from gui.text import printable
from gui.tutor import explanations
from gui.tutor.explanations import Explanation, Failure

# Enough for every message of Python's own.
MAX_MESSAGE_CHARACTERS = 300

LOOPS = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


@dataclass(frozen=True)
class Problem:
    """One explanation, as a window or a console shows it.

    Parameters:
        explanation: the title, and what to try.
        file: the file's name, such as "server_logic.py".
        function: the function in it; "" where the file as a whole is meant.
        line: the line's number, from 1; 0 where no line is meant.
        code: the text of that line, and for a syntax error a caret below it.
        traceback: Python's own report, students' frames only.
        full_traceback: Python's own report, with everything.
        ongoing: whether it lasts still, and is told again as long as it does.
    """

    explanation: Explanation
    file: str
    function: str = ""
    line: int = 0
    code: str = ""
    traceback: str = ""
    full_traceback: str = ""
    ongoing: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two problems the same one, seen again: names and times may differ."""
        return self.place, self.explanation.advice

    @property
    def place(self) -> str:
        """Where it is, in words."""
        where = self.file
        if self.line:
            where += f", line {self.line}"
        if self.function:
            where += f", in {self.function}"
        return where

    @property
    def text(self) -> str:
        """Everything but the full traceback, as plain text."""
        parts = [self.explanation.title, self.place, indent(self.code), self.explanation.advice]
        return "\n".join(part for part in [*parts, self.traceback] if part)


def indent(code: str) -> str:
    """Return the text of some lines, set off from what is around them."""
    return "\n".join(f"    {line}" for line in code.splitlines())


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
        return Problem(explanation, self.file, function, line, self.line(line))

    def line(self, number: int) -> str:
        """Return the text of a line, without the blanks around it."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

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

    def is_in_loop(self, line: int) -> bool:
        """Tell whether a line is part of a loop."""
        return any(
            node.lineno <= line <= (node.end_lineno or line)
            for node in ast.walk(self.tree())
            if isinstance(node, LOOPS)
        )

    def frames(self, last: TracebackType | None) -> list[tuple[FrameType, int]]:
        """Return the frames of a traceback that run this file, with the line of each."""
        return [(f, n) for f, n in traceback.walk_tb(last) if f.f_code.co_filename == self.path]

    def problem_of(
        self, error: BaseException, function: CodeType | None, known: Mapping[str, object]
    ) -> Problem:
        """Return the problem that an exception is.

        Parameters:
            function: the function that was called, in case no frame of the file is left.
            known: the names of the module.
        """
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):
            error = error.__cause__  # Python dresses it up when it leaves an async function
        frames = self.frames(error.__traceback__)
        if type(error).__name__ == "StuckLoop":
            frames = [(f, n) for f, n in frames if self.is_in_loop(n)] or frames
        code, line = function, 0
        if frames:
            line = frames[-1][1]
            # A generator expression, say, is part of the function around it.
            named = [f.f_code for f, _ in frames if not f.f_code.co_name.startswith("<")]
            code = named[-1] if named else function
        owner = getattr(error, "obj", None)
        failure = Failure(
            kind=type(error).__name__,
            message=message(error),
            function=code.co_name if code else self.file,
            code=self.line(line),
            name=str(getattr(error, "name", None) or unbound_name(error)),
            owner=type(owner).__name__,
            known=[*(code.co_varnames if code else ()), *(n for n in known if n[0] != "_")],
            parameters=code.co_varnames[: code.co_argcount] if code else (),
        )
        problem = self.problem(explanations.explain_exception(failure), code, line)
        return replace(problem, traceback=report(error, [self.path]), full_traceback=report(error))

    def import_problem(self, error: BaseException) -> Problem:
        """Return the problem that an exception while the file was read is."""
        kind, said = type(error).__name__, message(error)
        line, code = 0, ""
        if isinstance(error, SyntaxError) and error.filename == self.path:
            said = error.msg
            line = error.lineno or 0
            text = (error.text or self.line(line)).rstrip("\n")
            blanks = len(text) - len(text.lstrip())
            caret = max(0, (error.offset or 1) - 1 - blanks)
            code = f"{text.strip()}\n{' ' * caret}^"
        elif frames := self.frames(error.__traceback__):
            line = frames[-1][1]
            code = self.line(line)
        return Problem(
            explanations.no_import(self.file, kind, said),
            self.file,
            line=line,
            code=code,
            traceback=report(error, [self.path]),
            full_traceback=report(error),
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


def unbound_name(error: BaseException) -> str:
    """Return the name in the message of an UnboundLocalError, which has it nowhere else."""
    return str(error).split("'")[1] if isinstance(error, UnboundLocalError) else ""


def message(error: BaseException) -> str:
    """Return what an exception says, fit to be shown."""
    try:
        return printable(str(error))[:MAX_MESSAGE_CHARACTERS]
    except Exception:  # its class is students' code, too
        return ""


def report(error: BaseException, only: list[str] | None = None) -> str:
    """Return Python's report of an exception, all of it or only the frames of some files."""
    summary = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = summary
    while part is not None and only is not None:
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if frame.filename in only]
        )
        part = part.__cause__ or part.__context__
    lines = "".join(summary.format()).rstrip().splitlines()
    return "\n".join(map(printable, lines))
