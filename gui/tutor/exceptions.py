"""What an exception in students' code comes to: a problem, at its place."""

import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType

from gui.tutor import explanations
from gui.tutor.explanations import Explanation, Failure
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from protocol import printable

# Enough for every message of Python's own.
MAX_MESSAGE_CHARACTERS = 300


def problem_of(
    error: BaseException, function: CodeType | None, known: Mapping[str, object], source: Source
) -> Problem:
    """Return the problem that an exception is.

    Parameters:
        function: the function that was called, in case no frame of the file is left.
        known: the names of the module.
        source: the file.
    """
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):
        error = error.__cause__  # Python dresses it up when it leaves an async function
    frames = frames_in(source, error)
    if type(error).__name__ == "StuckLoop":
        frames = [(f, n) for f, n in frames if source.is_in_loop(n)] or frames
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
        function=code.co_name if code else source.file,
        code=source.line(line),
        name=str(getattr(error, "name", None) or unbound_name(error)),
        owner=type(owner).__name__,
        known=[*(code.co_varnames if code else ()), *(n for n in known if n[0] != "_")],
        parameters=code.co_varnames[: code.co_argcount] if code else (),
    )
    problem = source.problem(explanations.explain_exception(failure), code, line)
    return replace(problem, traceback=report(error, [source.path]), full_traceback=report(error))


def import_problem(error: BaseException, source: Source) -> Problem:
    """Return the problem that an exception is which came while the file was read."""
    kind, said = type(error).__name__, message(error)
    line, code = 0, ""
    unfit = unfit_file(source)
    if type(error) is ModuleNotFoundError and f"{error.name}.py" == source.file:
        unfit = explanations.no_file(source.file)
    if unfit is not None:
        return Problem(unfit, source.file)
    if isinstance(error, SyntaxError) and error.filename == source.path:
        said = error.msg
        line = error.lineno or 0
        text = (error.text or source.line(line)).rstrip("\n")
        blanks = len(text) - len(text.lstrip())
        caret = max(0, (error.offset or 1) - 1 - blanks)
        code = f"{text.strip()}\n{' ' * caret}^"
    elif frames := frames_in(source, error):
        line = frames[-1][1]
        code = source.line(line)
    explanation = explanations.no_import(source.file, kind, said)
    if isinstance(error, SyntaxError) and not line:
        explanation = explanations.no_place(source.file, said)
    return Problem(
        explanation,
        source.file,
        line=line,
        code=code,
        traceback=report(error, [source.path]),
        full_traceback=report(error),
    )


def unfit_file(source: Source) -> Explanation | None:
    """Say why a file can't be read as text; None if it can, whatever stands in it."""
    try:
        text = Path(source.path).read_bytes()
        text.decode()
    except OSError:
        return explanations.no_file(source.file)
    except UnicodeDecodeError:
        # A first or second line may name another encoding (PEP 263), and Python reads it.
        return (
            None
            if b"coding" in b"".join(text.splitlines()[:2])
            else explanations.not_utf8(source.file)
        )
    return explanations.not_utf8(source.file) if b"\0" in text else None


def frames_in(source: Source, error: BaseException) -> list[tuple[FrameType, int]]:
    """Return the frames of an exception's traceback that run a file, with the line of each."""
    frames = traceback.walk_tb(error.__traceback__)
    return [(f, n) for f, n in frames if f.f_code.co_filename == source.path]


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
