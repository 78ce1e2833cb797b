"""The portions: the places between the markers that students fill in."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gui.tutor.assignment import CLIENT_FILE, SERVER_FILE, functions_of
from gui.tutor.layout import missing_functions
from gui.tutor.portions import (
    DEFINITION,
    IMPORT,
    LINE_END,
    MARKER,
    Portion,
    borders,
    decode,
    definitions,
    portions_in,
)
from gui.tutor.problem import Problem
from gui.tutor.reading import UNREADABLE
from gui.tutor.source import Source
from tests.grading.one_at_a_time import one_at_a_time

FILES = (SERVER_FILE, CLIENT_FILE)

# UTF-8's, each byte read as one character.
BYTE_ORDER_MARK = "\xef\xbb\xbf"


class MarkerError(ValueError):
    """The markers of a file are not as they should be; the text says where."""


class StudentFile(NamedTuple):
    """One of the two files as handed in.

    Parameters:
        portions: by the name of the function, those that were found.
        imports: the import lines outside the markers.
        outside: the names that are defined outside the markers and are not of the assignment.
        remarks: what a person may want to look at.
        missing: why a function is not there, by its full name.
    """

    portions: dict[str, Portion]
    imports: tuple[str, ...] = ()
    outside: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()
    missing: Mapping[str, Problem] = MappingProxyType({})


# --- stripping --------------------------------------------------------------------------


def strip(source: bytes, file_name: str) -> bytes:
    """Return a file with each portion unfilled, and every other byte as it was.

    Parameters:
        source: the file's bytes.
        file_name: its name, for the text of an error.

    Raises:
        MarkerError: the markers are nested, unclosed, stray, indented differently, twice in
            a function, or missing; or what is left is not Python.
    """
    # Latin-1 turns each byte into one character, and back.
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source.decode("latin-1"))
    kept: list[str] = []
    name = indent = ""
    opened = 0
    filled: set[str] = set()
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(BYTE_ORDER_MARK).rstrip("\r\n")
        where = f"{file_name}, line {number}"
        marker = MARKER.fullmatch(text)
        definition = DEFINITION.match(text)
        if marker is None:
            if definition and not opened and definition["indent"] == "":
                name = definition["name"]
            elif not opened and text[:1].strip(" \t#") and not text.startswith(")"):
                name = ""
            if not opened:
                kept.append(line)
        elif marker["kind"].lower() == "start":
            if opened:
                raise MarkerError(f"{where}: a start marker inside the portion of line {opened}.")
            if not name or not marker["indent"]:
                raise MarkerError(f"{where}: a start marker outside every function.")
            if name in filled:
                raise MarkerError(f"{where}: a second portion in {name}().")
            opened, indent = number, marker["indent"]
            filled.add(name)
            end = line[len(text) :] or "\n"
            kept += [line, f'{indent}raise NotImplementedError("fill in {name}"){end}']
        else:
            if not opened:
                raise MarkerError(f"{where}: an end marker without a start marker.")
            if marker["indent"] != indent:
                raise MarkerError(f"{where}: indented differently than its start, line {opened}.")
            opened = 0
            kept.append(line)
    if opened:
        raise MarkerError(f"{file_name}, line {opened}: a start marker without an end marker.")
    if not filled:
        raise MarkerError(f"{file_name}, line 1: there is no marker in the file.")
    stripped = "".join(kept).encode("latin-1")
    try:
        compile(stripped, file_name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise MarkerError(f"{file_name}: what is left is not Python: {error}.") from None
    return stripped


@lru_cache
def skeletons(project: Path) -> Mapping[str, bytes]:
    """Return the two files unfilled: those kept beside this one, or made from the project's."""
    kept = Path(__file__).with_name("skeleton")
    if kept.is_dir():
        return {name: (kept / name).read_bytes() for name in FILES}
    return {name: strip((project / name).read_bytes(), name) for name in FILES}


# --- reading what was handed in ---------------------------------------------------------


@one_at_a_time
def read(source: bytes, skeleton: bytes, file_name: str) -> StudentFile:
    """Find the portions in what a student handed in, however it was changed around them.

    Parameters:
        source: the file as handed in.
        skeleton: the file as handed out.
        file_name: "server_logic.py" or "client_logic.py".
    """
    lines = LINE_END.split(decode(source))
    wanted = [name for name, _, _ in definitions(LINE_END.split(decode(skeleton)))]
    found = portions_in(lines, file_name, wanted)
    remarks = [f"{file_name}: {name}() is missing" for name in wanted if name not in found]
    try:
        source.decode()
    except UnicodeDecodeError:
        remarks.append(f"{file_name}: is not saved as UTF-8, so that Python cannot read it")
    inside: set[int] = set()
    for name, portion in found.items():
        if not portion.is_marked:
            remarks.append(f"{file_name}: the markers of {name}() are not as handed out")
        inside.update(portion.lines)
    outside = [line.rstrip() for number, line in enumerate(lines, 1) if number not in inside]
    remarks += differences(outside, unfilled(LINE_END.split(decode(skeleton))), file_name)
    defined = re.findall(
        r"^(?:(?:async )?def |class )?(\w+)(?= *[(:=])", "\n".join(outside), re.MULTILINE
    )
    return StudentFile(
        {portion.function: portion for portion in found.values()},
        imports_in(outside),
        frozenset(defined) - {*wanted, "users", "active_users"},
        tuple(remarks),
        why_missing(source, file_name, [name for name in wanted if name not in found]),
    )


def why_missing(source: bytes, file_name: str, missing: list[str]) -> dict[str, Problem]:
    """Return why functions are not in what a student handed in, by their full names."""
    if not missing:
        return {}
    functions = functions_of(file_name)
    whole = Source(Path(file_name), functions, source)
    found = missing_functions(whole, missing)
    return {functions[name].full_name: problem for name, problem in found.items()}


def imports_in(lines: list[str]) -> tuple[str, ...]:
    """Return the imports outside the functions: statements, however they are written."""
    try:
        tree = ast.parse("\n".join(lines))
    except UNREADABLE:
        without_remarks = (line.partition("#")[0].rstrip() for line in lines)
        return tuple(line for line in without_remarks if IMPORT.fullmatch(line))
    return tuple(map(ast.unparse, imports_of(tree)))


def imports_of(block: ast.AST) -> Iterator[ast.stmt]:
    """Yield the imports in a block of statements, also those under a try, an if or a with."""
    for statement in ast.iter_child_nodes(block):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield statement
        elif isinstance(statement, (ast.Try, ast.If, ast.With, ast.ExceptHandler)):
            yield from imports_of(statement)


def unfilled(lines: list[str]) -> list[str]:
    """Return the lines of the skeleton that are outside its portions."""
    inside: set[int] = set()
    for _, first, last in definitions(lines):
        start, end, _ = borders(lines, first, last)
        inside.update(range(start, end))
    return [line.rstrip() for number, line in enumerate(lines) if number not in inside]


def differences(outside: list[str], expected: list[str], file_name: str) -> Iterator[str]:
    """Say whether what is outside the markers was changed, blank lines aside."""
    if list(filter(None, outside)) != list(filter(None, expected)):
        yield f"{file_name}: changed outside the markers"
