"""The portions: where in a file stands what is between the markers of each function.

It is found by its lines, whatever else was done to the file: a file that Python cannot read has
portions, too.
"""

import re
from collections.abc import Collection
from itertools import pairwise
from keyword import iskeyword
from typing import NamedTuple

from gui.tutor.assignment import Function
from gui.tutor.tokens import logical_lines

# A marker is a whole comment line, with or without backticks, in any case.
MARKER = re.compile(
    r"(?P<indent>[ \t]*)#[ \t]*`?\*\*\*[ \t]*(?P<kind>start|end)[ \t]*\*\*\*`?[ \t]*", re.IGNORECASE
)
# Before it may stand a word too many, or one that is misspelt.
DEFINITION = re.compile(r"(?P<indent>[ \t]*)(?:\w+[ \t]+){0,2}def[ \t]+(?P<name>\w+)")
# What Python takes for the end of a line. `str.splitlines` knows more of them.
LINE_END = re.compile(r"\r\n|\r|\n")
IMPORT = re.compile(r"(?:import|from)[ \t]+[A-Za-z_][\w., \t]*")
# Longer portions are judged as all others; only their text is not looked at, which takes its time.
MAX_READ_CHARACTERS = 3000
TRIPLE_QUOTES = re.compile("\"\"\"|'''")


class Portion(NamedTuple):
    """What stands between the markers of one function.

    Parameters:
        function: the file's name without its ending, and the function's: "server_logic.registered".
        line: the number of the line before the first of the body, from 1.
        indent: how the lines of the function are indented.
        body: the text, its lines ended by newlines.
        definition: the number of the line that the function's definition begins in, from 1.
        is_marked: whether both markers are where they were handed out.
        parameters: what the student's first line calls what the function receives.
    """

    function: str
    line: int
    indent: str
    body: str
    definition: int = 0
    is_marked: bool = True
    parameters: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name alone."""
        return self.function.partition(".")[2]

    @property
    def lines(self) -> range:
        """The numbers of the lines of the body, from 1."""
        return range(self.line + 1, self.line + 1 + self.body.count("\n"))


def portions_in(lines: list[str], file_name: str, names: Collection[str]) -> dict[str, Portion]:
    """Return the portions of the functions of these names that a file has.

    Parameters:
        lines: the file, without the ends of its lines.
        file_name: its name, such as "server_logic.py".
    """
    module = file_name.removesuffix(".py")
    found: dict[str, Portion] = {}
    for name, first, last in definitions(lines, names) if names else ():
        start, end, is_marked = borders(lines, first, last)
        indent = indent_of(lines[first + 1 : start], lines[start:end])
        body = "".join(f"{line}\n" for line in lines[start:end])
        names_received = parameters_in("\n".join(lines[first:start]))
        found[name] = Portion(
            f"{module}.{name}", start, indent, body, first + 1, is_marked, names_received
        )
    return found


def source_of(function: Function, portion: Portion) -> str:
    """Return a function as it was handed out, with a student's portion in it.

    The definition and a docstring take the two lines before the body: so its lines have the
    numbers that they have in the student's file. What it receives has the names that the student
    gave it, if there are as many, and not the same ones in another order.
    """
    names = portion.parameters
    if len(names) != len(function.parameters) or {*names} == {*function.parameters}:
        names = function.parameters
    definition = f"{'async ' if function.is_async else ''}def {function.name}({', '.join(names)}):"
    padding = "\n" * max(portion.line - 2, 0)
    return f'{padding}{definition}\n{portion.indent}""\n{portion.body}'


def parameters_in(definition: str) -> tuple[str, ...]:
    """Return the names of what a function receives, () if its first line is not as it should be.

    Parameters:
        definition: a text that begins with that line.
    """
    line = next(logical_lines(definition, in_doubt_new=True))
    around = zip(line.tokens, line.tokens[1:], line.brackets()[1:], strict=False)
    names = [t.text for before, t, inside in around if inside == "(" and before.text in ("(", ",")]
    if all(name.isidentifier() and not iskeyword(name) for name in names):
        return tuple(dict.fromkeys(names))
    return ()


def decode(source: bytes) -> str:
    """Return the text of a file that an editor on some system has saved."""
    if is_utf16(source):
        marks = (b"\xff\xfe", b"\xfe\xff")
        order = "" if source.startswith(marks) else "-be" if source[:1] == b"\0" else "-le"
        return source.decode(f"utf-16{order}", errors="replace")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return source.decode("cp1252", errors="replace")


def is_utf16(source: bytes) -> bool:
    """Tell whether a file is saved as UTF-16: it says so, or every other byte of it is 0."""
    says_so = source.startswith((b"\xff\xfe", b"\xfe\xff"))
    return says_so or any(source[n::2].count(0) * 4 > len(source) for n in (0, 1))


def definitions(lines: list[str], names: Collection[str] = ()) -> list[tuple[str, int, int]]:
    """Return name, first line and the line after the last of each function at the margin.

    Of several with one name it is the one with the markers; what is defined after an end marker
    is no part of the function before it.

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
    others: list[int] = []
    followers = [kind for _, _, kind in events[1:]] + [None]
    before = [None] + [kind for _, _, kind in events]
    for (number, name, _), follower, kind in zip(events, followers, before, strict=False):
        if name and kind == "end":
            others.append(number)
        # Inside a portion somebody may define what has the name of another function:
        # the real one is followed by a start marker.
        if name and (not names or name in names) and name not in complete:
            if follower == "start":
                complete.add(name)
                starts[name] = number
            else:
                starts.setdefault(name, number)
    edges = sorted({*starts.values(), *others, len(lines)})
    return [
        (name, first, edges[edges.index(first) + 1])
        for name, first in sorted(starts.items(), key=lambda start: start[1])
    ]


def borders(lines: list[str], first: int, last: int) -> tuple[int, int, bool]:
    """Return where a function's portion starts and ends, and whether both markers say so."""
    kinds = [
        (marker["kind"].lower(), number)
        for number in range(first, last)
        if (marker := MARKER.fullmatch(lines[number]))
    ]
    for n, ((kind, above), (following, below)) in enumerate(pairwise(kinds), 1):
        # Between them stands the docstring of another function, whose first line is lost.
        if (kind, following) == ("end", "start") and any(
            map(TRIPLE_QUOTES.search, lines[above:below])
        ):
            kinds, last = kinds[:n], above
            break
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


def indent_of(above: list[str], body: list[str]) -> str:
    """Return how a function is indented: as its docstring is, or else its portion.

    Parameters:
        above: its lines between the first one and the portion.
        body: those of the portion.
    """
    docstrings = [line for line in above if line.lstrip().startswith(('"', "'"))]
    code = [line for line in body if line.partition("#")[0].strip()]
    for line in [*docstrings, *code]:
        return line[: len(line) - len(line.lstrip())] or "    "
    return "    "
