"""What an exception in students' code comes to: a problem, at its place."""

import traceback
from types import FrameType

from gui.tutor import syntax
from gui.tutor.assignment import Function
from gui.tutor.causes import Finding, why_it_hung, why_it_stopped
from gui.tutor.evidence import raised
from gui.tutor.explanations import Explanation, explain
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.recorder import described
from gui.tutor.snapshot import class_name
from gui.tutor.source import Source
from gui.tutor.watchdog import BREAK_SECONDS, StuckLoop, StuckWait

# Enough for every message of Python's own.
MAX_MESSAGE_CHARACTERS = 300


def why_it_ended(error: BaseException, function: Function, source: Source) -> Finding:
    """Return why an exception ended a function, or what broke it off."""
    tree = source.tree_to_explain()
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
    source.show_in_reports()
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
    source.show_in_reports()
    said = f"{class_name(type(error))}: {message(error)}".rstrip(": .")
    was_broken_off = isinstance(error, (StuckLoop, StuckWait))
    rule = "endless_start" if was_broken_off else "stops_while_read"
    frames = frames_in(source, error)
    line = frames[-1][1] if frames else 0
    return Problem(
        explain(rule, file=source.file, said=said),
        source.file,
        line=line,
        code=source.line(line),
        around=source.around(line),
        traceback=report(error, [source.path]),
        full_traceback=report(error),
    )


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
