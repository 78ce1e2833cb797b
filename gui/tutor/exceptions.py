"""What an exception in students' code comes to: a problem, at its place."""

import traceback
from collections.abc import Iterator
from types import FrameType

from gui.tutor import syntax
from gui.tutor.assignment import BY_NAME, Function
from gui.tutor.causes import Finding, why_it_hung, why_it_stopped
from gui.tutor.evidence import raised
from gui.tutor.explanations import Explanation, explain
from gui.tutor.portions import source_of
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.recorder import described
from gui.tutor.snapshot import class_name
from gui.tutor.source import Source
from gui.tutor.unreadable import Cause, why_unreadable
from gui.tutor.watchdog import BREAK_SECONDS, StuckLoop, StuckWait

# Enough for every message of Python's own.
MAX_MESSAGE_CHARACTERS = 300


def why_it_ended(error: BaseException, function: Function, source: Source) -> Finding:
    """Return why an exception ended a function, or what broke it off."""
    tree = source.tree()
    if isinstance(error, (StuckLoop, StuckWait)):
        name, line = loop_of(error, source)
        was_busy = isinstance(error, StuckLoop)
        return why_it_hung(function, tree, BREAK_SECONDS, name, line, was_busy)
    return why_it_stopped(function, raised(described(error, source.path)), tree)


def problem_of(found: Finding, source: Source, error: BaseException | None = None) -> Problem:
    """Return what was found in a file as a problem.

    Parameters:
        error: the exception that it came with, if it did.
    """
    line = found.line or syntax.first_line(syntax.definition(source.tree(), found.function))
    return Problem(
        Explanation(*map(printable, found.explanation)),
        source.file,
        found.function,
        line,
        source.line(line),
        "" if error is None else report(error, [source.path]),
        "" if error is None else report(error),
        around=source.around(line),
    )


def import_problem(error: BaseException, source: Source) -> Problem:
    """Return the problem that an exception is which came while the file ran from top to bottom."""
    said = f"{class_name(type(error))}: {message(error)}".rstrip(": .")
    frames = frames_in(source, error)
    line = frames[-1][1] if frames else 0
    return Problem(
        explain("stops_while_read", file=source.file, said=said),
        source.file,
        line=line,
        code=source.line(line),
        around=source.around(line),
        traceback=report(error, [source.path]),
        full_traceback=report(error),
    )


def unreadable_problem(error: Exception, source: Source, function: str = "") -> Problem:
    """Return the problem that Python cannot read something.

    Parameters:
        error: what it says.
        function: the one whose portion it cannot read; "" for what is around the portions.
    """
    text = source.reading.rest
    if function:
        portion = source.portions[function]
        text = source_of(BY_NAME[portion.function], portion)
    cause = why_unreadable(text) or Cause("stops_here", getattr(error, "lineno", 0) or 0)
    return Problem(
        cause.explanation(f"{function}()" if function else source.file),
        source.file,
        function,
        line=cause.line,
        code=marked(source.lines[cause.line - 1], cause.column) if cause.line else "",
        around=source.around(cause.line),
        traceback=report(error, [source.path]),
        full_traceback=report(error),
    )


def marked(line: str, column: int) -> str:
    """Return a line without the blanks around it, and a caret below a place in it."""
    before = printable(line[:column].expandtabs().lstrip())
    text = printable(line.expandtabs().strip())
    return f"{text}\n{' ' * len(before)}^"


def file_problems(source: Source) -> Iterator[Problem]:
    """Give what is wrong with a file as a whole."""
    reading = source.reading
    if unfit := unfit_file(source):
        yield Problem(explain(unfit, file=source.file), source.file)
    elif reading.error is not None:
        yield unreadable_problem(reading.error, source)
    for node in reading.doubles:
        first = source.portions[node.name].definition
        explanation = explain("second_definition", function=node.name, first=first)
        line, text = node.lineno, source.line(node.lineno)
        around = source.around(line)
        yield Problem(explanation, source.file, node.name, line, text, around=around)


def unfit_file(source: Source) -> str:
    """Return the name of the words for a file that is no text; "" for text, whatever it says."""
    if source.data is None:
        return "no_file"
    try:
        source.data.decode()
    except UnicodeDecodeError:
        # A first or second line may name another encoding (PEP 263), and Python reads it.
        return "" if b"coding" in b"".join(source.data.splitlines()[:2]) else "not_utf8"
    return "not_utf8" if b"\0" in source.data else ""


def loop_of(error: BaseException, source: Source) -> tuple[str, int]:
    """Return the function, and the line in it, of the innermost loop that an exception ended.

    Where there is no loop, it is the innermost function.
    """
    frames = [
        (frame.f_code.co_name, line)
        for frame, line in frames_in(source, error)
        if not frame.f_code.co_name.startswith("<")
    ]
    in_loops = [(name, line) for name, line in frames if source.is_in_loop(line)]
    return (in_loops or frames or [("", 0)])[-1]


def frames_in(source: Source, error: BaseException) -> list[tuple[FrameType, int]]:
    """Return the frames of an exception's traceback that run a file, with the line of each."""
    frames = traceback.walk_tb(error.__traceback__)
    return [(f, n) for f, n in frames if f.f_code.co_filename == source.path]


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
