"""Why Python cannot read a text: the first thing in it that is wrong, and where.

Python says it in other words in each version, and often at another place than where it went
wrong. So the text is looked at here: line by line how they stand below each other, each line by
itself (`slips.py`), and then what may stand only in some places.
"""

import ast
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from gui.tutor.explanations import Explanation, explain
from gui.tutor.printable import printable, shorter
from gui.tutor.slips import EARLY_RULES, Slip, parses, slip_in
from gui.tutor.tokens import Line, Token, logical_lines

# What is written is quoted in a title.
LONGEST_TEXT_CHARACTERS = 40
# After these nothing can be said of how the line's first word fits those before it.
OF_ONE_WORD = ("misspelt", "capital", "keyword_as_name", "of_others", "braces")
PARTNERS = {
    "elif": ("if", "elif"),
    "else": ("if", "elif", "for", "while", "except", "async"),
    "except": ("try", "except"),
    "finally": ("try", "except", "else"),
    "case": ("match", "case"),
}


class Cause(NamedTuple):
    """Why Python cannot read a text.

    Parameters:
        rule: the name of its words.
        line: the number of the line, from 1; 0 if none is known.
        column: the place in it that is marked, from 0.
        text: what is written there.
        meant: what Python writes instead, or what else the words name.
    """

    rule: str
    line: int
    column: int = 0
    text: str = ""
    meant: str = ""

    def explanation(self, where: str) -> Explanation:
        """Return its words.

        Parameters:
            where: what Python cannot read: a function, as "login_client()", or a file.
        """
        words = explain(self.rule, where=where, text=self.text, meant=self.meant)
        return Explanation(*map(printable, words))

    def marked(self, line: str) -> str:
        """Return the line that it is in, without the blanks around it, and a caret below it."""
        # Not every blank is shown as one: the others may be what is marked.
        before = printable(line[: self.column].expandtabs().lstrip(" "))
        text = printable(line.rstrip("\r\n").expandtabs().strip(" "))
        return f"{text}\n{' ' * len(before)}^"


def why_unreadable(text: str) -> Cause | None:
    """Return why Python cannot read a text, None if it can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "", "exec", dont_inherit=True)
        except SyntaxError as error:
            found = of_lines(text) or of_places(text)
            return found or Cause("not_here", error.lineno or 0, max(0, (error.offset or 1) - 1))
        except ValueError:  # NUL, before 3.12
            return of_lines(text) or Cause("stops_somewhere", 0)
        except (RecursionError, MemoryError, OverflowError):
            return Cause("nests_too_deep", 0)
    return None


def of_lines(text: str) -> Cause | None:
    """Return the first line that Python cannot read where it stands; None if there is none."""
    for in_doubt_new in (False, True):
        found = next(problems(list(logical_lines(text, in_doubt_new))), None)
        if found is None:
            return None
        line, cause = found
        # Several lines may be one only because a bracket was left open.
        if in_doubt_new or not (line.unclosed or line.unmatched or "\n" in line.text):
            return cause or stopped_in(line)
    return None


def problems(lines: list[Line]) -> Iterator[tuple[Line, Cause | None]]:
    """Yield each line that cannot be read where it stands, and why if that is sure."""
    blocks = Blocks()
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        can_be_read = parses(line.text)
        if below and below.tokens[0].text in ("and", "or") and below.columns > line.columns:
            yield below, at(below, "begins_in_middle")
        for rule in () if can_be_read else EARLY_RULES:
            for slip in rule(line):
                yield line, cause_of(slip)
        if found := blocks.misfit(line):
            yield line, found
        in_line = None if can_be_read else slip_in(line)
        is_other_word = in_line is not None and in_line.rule in OF_ONE_WORD
        if not is_other_word and (found := blocks.without_partner(line)):
            yield line, found
        if not can_be_read:
            yield line, in_line and cause_of(in_line)
        blocks.add(line)
    if found := blocks.end():
        yield lines[-1], found


def cause_of(slip: Slip) -> Cause:
    """Return a slip in a line as the cause that it is."""
    token = slip.token
    text, meant = shortened(slip.text or token.text), shortened(slip.meant)
    text = "the point" if text == "." else text
    return Cause(slip.rule, token.line, token.column, text, meant)


def shortened(text: str) -> str:
    """Return a piece of code in one line, cut if it is long."""
    return shorter(" ".join(text.split()), LONGEST_TEXT_CHARACTERS)


def stopped_in(line: Line) -> Cause:
    """Return the cause that is told of a line in which no rule is sure."""
    try:
        ast.parse(line.text)
    except SyntaxError as error:
        number, column = error.lineno or 1, (error.offset or 1) - 1
        if number == 1:
            return Cause("stops_here", line.number, max(0, column) + len(line.indent))
    except (ValueError, RecursionError, MemoryError):
        pass
    return Cause("stops_here", line.number, len(line.indent))


class Level(NamedTuple):
    """How far the lines of a block are indented: with tabs of 8 columns, and of 1."""

    columns: int
    narrow: int


class Blocks:
    """The blocks that are open, while the lines of a text are gone through."""

    def __init__(self) -> None:
        self._levels = [Level(0, 0)]
        self._last: list[Line | None] = [None]
        self._previous: Line | None = None
        self._function = ""
        """The name of the function that the text is, "" if it is something else."""

    def misfit(self, line: Line) -> Cause | None:
        """Return why a line cannot stand where it does, None if it can."""
        level = Level(line.columns, len(line.indent))
        previous = self._previous
        found = None
        if any(self._disagree(level, other) for other in self._levels):
            return at(line, "tabs_and_spaces")
        if previous and previous.opens_block:
            if level.columns <= self._levels[-1].columns:
                return self._no_block(line, previous)
            if previous.tokens[0].text == "match" and line.tokens[0].text != "case":
                return at(line, "no_case")
            self._levels.append(level)
            self._last.append(None)
        elif level.columns > self._levels[-1].columns:
            if previous and not previous.columns and self._function:
                return at(previous, "left_function")
            return at(line, "too_deep_in", meant=str(previous.number) if previous else "")
        while level.columns < self._levels[-1].columns:
            found = found or self._ended()
            self._levels.pop()
            self._last.pop()
        if level.columns != self._levels[-1].columns:
            return at(line, "fits_no_line")
        return found

    def add(self, line: Line) -> None:
        """Take a line for the last one."""
        if self._previous is None:
            self._function = defined(line)
        self._previous = self._last[-1] = line

    def end(self) -> Cause | None:
        """Return what is missing at the end of the text, None if nothing is."""
        if self._previous and self._previous.opens_block:
            return at(self._previous, "no_block")
        while self._last:
            if found := self._ended():
                return found
            self._last.pop()
        return None

    @staticmethod
    def _disagree(one: Level, other: Level) -> bool:
        columns, narrow = one.columns - other.columns, one.narrow - other.narrow
        return (columns > 0) != (narrow > 0) or (columns < 0) != (narrow < 0)

    def _no_block(self, line: Line, header: Line) -> Cause:
        word = line.tokens[0].text
        stands_alone = word not in PARTNERS or (word, header.tokens[0].text) == ("case", "match")
        if line.columns == self._levels[-1].columns and stands_alone:
            if self._function and defined(header) == self._function and header.indent:
                return at(header, "begun_in_itself", self._function)
            word = "def" if defined(header) else header.tokens[0].text
            return at(line, "not_indented", word, str(header.number))
        return at(header, "no_block")

    def _ended(self) -> Cause | None:
        """Return what is missing at the end of the innermost block, None if nothing is."""
        last = self._last[-1]
        if last and last.tokens[0].text == "try":
            return at(last, "try_alone")
        return None

    def without_partner(self, line: Line) -> Cause | None:
        """Return why a line cannot follow the one before it in its block, None if it can."""
        word, last = line.tokens[0].text, self._last[-1]
        if word == "case" and last is None:  # the first one of its match
            return None
        before = last.tokens[0].text if last else ""
        if before == "try" and word not in ("except", "finally"):
            return self._ended()
        is_header = word in PARTNERS and (word != "case" or line.opens_block)
        if is_header and before not in PARTNERS[word]:
            return at(line, "no_partner", word, PARTNERS[word][0])
        return None


def defined(line: Line) -> str:
    """Return the name of the function that a line begins to define, "" if it defines none."""
    words = [token.text for token in line.tokens[:3] if token.text != "async"]
    return words[1] if words[0] == "def" and len(words) > 1 else ""


def at(line: Line, rule: str, text: str = "", meant: str = "") -> Cause:
    """Return a cause at the first token of a line."""
    token: Token = line.tokens[0]
    return Cause(rule, token.line, token.column, text or token.text, meant)


# --- what may stand in some places only -----------------------------------------------------


def of_places(text: str) -> Cause | None:
    """Return what stands in a place where it may not, None if nothing is found."""
    try:
        tree = ast.parse(text)
        return next(misplaced(tree, None, False), None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | None


def misplaced(node: ast.AST, scope: Scope, in_loop: bool) -> Iterator[Cause]:
    """Yield what stands in a place where it may not.

    Parameters:
        scope: the innermost function or class that the node is in.
        in_loop: whether it is in a loop of that one.
    """
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Return() if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield place(child, "outside_function", type(child).__name__.lower())
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith() if not isinstance(
                scope, ast.AsyncFunctionDef
            ):
                is_inside = isinstance(scope, (ast.FunctionDef, ast.Lambda))
                word = {ast.AsyncFor: "async for", ast.AsyncWith: "async with"}.get(type(child))
                rule = "await_outside" if is_inside else "outside_function"
                yield place(child, rule, word or "await")
            case ast.Yield() | ast.YieldFrom() if scope is None:
                yield place(child, "outside_function", "yield")
            case ast.Call(keywords=keywords) if double := repeated([k.arg for k in keywords]):
                yield place(child, "given_twice", double)
            case ast.arguments() if double := repeated(parameters(child)):
                found = child.args[0] if child.args else child.kwonlyargs[0]
                yield place(found, "given_twice", double)
            case ast.Break() | ast.Continue() if not in_loop:
                yield place(child, "no_loop", type(child).__name__.lower())
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from global_words(child, names, scope)
            case ast.Match(cases=[*cases, _]) if pattern := first_for_all(cases):
                yield place(pattern, "takes_all", pattern.name or "_")
            case ast.ImportFrom(names=[ast.alias(name="*")]) if scope is not None:
                yield place(child, "import_star")
            case _:
                pass
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from misplaced(child, child, False)
        else:
            is_loop = isinstance(child, (ast.For, ast.AsyncFor, ast.While))
            yield from misplaced(child, scope, in_loop or is_loop)


def first_for_all(cases: list[ast.match_case]) -> ast.MatchAs | None:
    """Return the first pattern of some cases that takes whatever comes, None if none does."""
    for case in cases:
        match case:
            case ast.match_case(ast.MatchAs(None) as pattern, None):
                return pattern
    return None


def parameters(arguments: ast.arguments) -> list[str | None]:
    """Return the names of what a function receives."""
    rest = [part for part in (arguments.vararg, arguments.kwarg) if part]
    parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]
    return [part.arg for part in parts]


def repeated(names: list[str | None]) -> str:
    """Return the first name that is there twice, "" if none is."""
    return next((name for i, name in enumerate(names) if name and name in names[:i]), "")


def global_words(
    node: ast.Global | ast.Nonlocal, names: list[str], scope: Scope
) -> Iterator[Cause]:
    """Yield what is wrong with a line that says which names are those of the file."""
    word = type(node).__name__.lower()
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = parameters(scope.args)
        for name in names:
            if name in arguments:
                yield place(node, "global_parameter", name, word)
            elif any(
                isinstance(part, ast.Name) and part.id == name and part.lineno < node.lineno
                for part in ast.walk(scope)
            ):
                yield place(node, "global_late", name, word)
    if isinstance(node, ast.Nonlocal):
        yield place(node, "nonlocal_unknown", ", ".join(names))


def place(
    node: ast.expr | ast.stmt | ast.arg | ast.pattern, rule: str, text: str = "", meant: str = ""
) -> Cause:
    """Return a cause at the beginning of a node."""
    return Cause(rule, node.lineno, node.col_offset, text, meant)
