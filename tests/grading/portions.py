"""The portions: the places between the markers that students fill in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from gui.tutor.assignment import CLIENT_FILE, SERVER_FILE, Function

FILES = (SERVER_FILE, CLIENT_FILE)

# A marker is a whole comment line, with or without backticks, in any case.
MARKER = re.compile(
    r"(?P<indent>[ \t]*)#[ \t]*`?\*\*\*[ \t]*(?P<kind>start|end)[ \t]*\*\*\*`?[ \t]*", re.IGNORECASE
)
DEFINITION = re.compile(r"(?P<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+(?P<name>\w+)")
# What Python takes for the end of a line. `str.splitlines` knows more of them.
LINE_END = re.compile(r"\r\n|\r|\n")
IMPORT = re.compile(r"(?:import|from)[ \t]+[A-Za-z_][\w., \t]*")
TRIPLE_QUOTES = re.compile("\"\"\"|'''")


# UTF-8's, each byte read as one character.
BYTE_ORDER_MARK = "\xef\xbb\xbf"


class MarkerError(ValueError):
    """The markers of a file are not as they should be; the text says where."""


class Portion(NamedTuple):
    """What stands between the markers of one function.

    Parameters:
        function: the file's name without its ending, and the function's: "server_logic.registered".
        line: the number of the line before the first of the body, from 1.
        indent: how the lines of the function are indented.
        body: the text, its lines ended by newlines.
    """

    function: str
    line: int
    indent: str
    body: str

    @property
    def name(self) -> str:
        """The function's name alone."""
        return self.function.partition(".")[2]


class StudentFile(NamedTuple):
    """One of the two files as handed in.

    Parameters:
        portions: by the name of the function, those that were found.
        imports: the import lines outside the markers.
        outside: the names that are defined outside the markers and are not of the assignment.
        remarks: what a person may want to look at.
    """

    portions: dict[str, Portion]
    imports: tuple[str, ...] = ()
    outside: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


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


def source_of(function: Function, portion: Portion) -> str:
    """Return a function as it was handed out, with a student's portion in it.

    The definition and a docstring take the two lines before the body: so its lines have the
    numbers that they have in the student's file.
    """
    parameters = ", ".join(function.parameters)
    definition = f"{'async ' if function.is_async else ''}def {function.name}({parameters}):"
    padding = "\n" * max(portion.line - 2, 0)
    return f'{padding}{definition}\n{portion.indent}""\n{portion.body}'


# --- reading what was handed in ---------------------------------------------------------


def decode(source: bytes) -> str:
    """Return the text of a file that an editor on some system has saved."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return source.decode("utf-16", errors="replace")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return source.decode("cp1252", errors="replace")


def read(source: bytes, skeleton: bytes, file_name: str) -> StudentFile:
    """Find the portions in what a student handed in, however it was changed around them.

    Parameters:
        source: the file as handed in.
        skeleton: the file as handed out.
        file_name: "server_logic.py" or "client_logic.py".
    """
    module = file_name.removesuffix(".py")
    lines = LINE_END.split(decode(source))
    expected = definitions(LINE_END.split(decode(skeleton)))
    wanted = [name for name, _, _ in expected]
    found = definitions(lines, wanted)
    portions: dict[str, Portion] = {}
    missing = set(wanted) - {name for name, _, _ in found}
    remarks = [f"{file_name}: {name}() is missing" for name in wanted if name in missing]
    inside: set[int] = set()
    for name, first, last in found:
        start, end, complete = borders(lines, first, last)
        if not complete:
            remarks.append(f"{file_name}: the markers of {name}() are not as handed out")
        function = f"{module}.{name}"
        body = "".join(f"{line}\n" for line in lines[start:end])
        portions[function] = Portion(function, start, indent_of(lines[first + 1 : last]), body)
        inside.update(range(start, end))
    outside = [line.rstrip() for number, line in enumerate(lines) if number not in inside]
    remarks += differences(outside, unfilled(LINE_END.split(decode(skeleton))), file_name)
    defined = re.findall(
        r"^(?:(?:async )?def |class )?(\w+)(?= *[(:=])", "\n".join(outside), re.MULTILINE
    )
    return StudentFile(
        portions,
        tuple(line for line in outside if IMPORT.fullmatch(line)),
        frozenset(defined) - {*wanted, "users", "active_users"},
        tuple(remarks),
    )


def definitions(lines: list[str], names: Iterable[str] = ()) -> list[tuple[str, int, int]]:
    """Return name, first line and the line after the last of each function at the margin.

    Parameters:
        lines: the file.
        names: the functions to look for, each once; all there are if none is named.
    """
    events = [
        (number, definition and definition["name"], marker and marker["kind"].lower())
        for number, line in enumerate(lines)
        for definition, marker in [(DEFINITION.match(line), MARKER.fullmatch(line))]
        if marker or (definition and not definition["indent"])
    ]
    starts: dict[str, int] = {}
    complete: set[str] = set()
    followers = [kind for _, _, kind in events[1:]] + [None]
    for (number, name, _), follower in zip(events, followers, strict=False):
        # Inside a portion somebody may define what has the name of another function:
        # the real one is followed by a start marker.
        if name and (not names or name in names) and name not in complete:
            if follower == "start":
                complete.add(name)
                starts[name] = number
            else:
                starts.setdefault(name, number)
    ordered = sorted(starts.items(), key=lambda start: start[1])
    ends = [number for _, number in ordered[1:]] + [len(lines)]
    return [(name, first, end) for (name, first), end in zip(ordered, ends, strict=False)]


def borders(lines: list[str], first: int, last: int) -> tuple[int, int, bool]:
    """Return where a function's portion starts and ends, and whether both markers say so."""
    kinds = [
        (marker["kind"].lower(), number)
        for number in range(first, last)
        if (marker := MARKER.fullmatch(lines[number]))
    ]
    starts = [number for kind, number in kinds if kind == "start"]
    ends = [number for kind, number in kinds if kind == "end"]
    start = starts[0] + 1 if starts else after_docstring(lines, first, last)
    end = next((number for number in reversed(ends) if number >= start), last)
    return start, end, len(starts) == len(ends) == 1 and starts[0] < ends[0]


def after_docstring(lines: list[str], first: int, last: int) -> int:
    """Return the number of the first line of a function after its definition and docstring."""
    quotes = 0
    for number in range(first, last):
        quotes += len(TRIPLE_QUOTES.findall(lines[number]))
        if quotes >= 2:
            return number + 1
    return min(first + 1, last)


def indent_of(lines: list[str]) -> str:
    """Return how the first line that is not blank is indented."""
    for line in lines:
        if line.strip():
            return line[: len(line) - len(line.lstrip())] or "    "
    return "    "


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
