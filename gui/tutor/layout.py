"""What is wrong with a file as a whole: how it was saved, and what was handed out with it.

A program that loads the file and the self-check both ask here.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from gui.tutor import syntax
from gui.tutor.assignment import BY_NAME, HANDLES, Dictionaries, Function, functions_of
from gui.tutor.causes import nearest
from gui.tutor.exceptions import report
from gui.tutor.explanations import explain
from gui.tutor.portions import DEFINITION, MARKER, TRIPLE_QUOTES, Portion, is_utf16, source_of
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from gui.tutor.unreadable import Cause, why_unreadable

FORMATS = {
    "a web page": re.compile(rb"\s*<(!doctype|html)", re.IGNORECASE),
    "a notebook": re.compile(rb'\s*\{\s*"(cells|metadata|nbformat)"'),
    "a document of a word processor": re.compile(rb"\{\\rtf|PK\x03\x04"),
    "a document to be printed": re.compile(rb"%PDF-"),
}
LONGEST_BEGINNING = 200
# Of a file that is no text, more of the bytes than this one in as many are no signs of a text.
TEXT_BYTES = 20
# More names than anybody writes are not looked through for the one that was meant.
MOST_NAMES = 200


def flaws(source: Source) -> Iterator[Problem]:
    """Give what is wrong with a file as a whole, what hinders most first."""
    if source.data is None:
        yield no_file(source)
        return
    saved = list(badly_saved(source.data, source))
    yield from saved
    if source.functions and not source.portions:
        if not saved:
            yield none_found(source)
        return
    if source.reading.error is not None and not saved:
        yield unreadable_problem(source.reading.error, source)
    yield from second_definitions(source)
    yield from dict.fromkeys(bad_first_lines(source).values())
    yield from bad_markers(source)
    yield from missing_dictionaries(source)


def told(source: Source, rule: str, function: str = "", line: int = 0, **values: object) -> Problem:
    """Return what a rule says of a file, or of a function in it, at a line."""
    words = {"functions": f"{function}()", **values}
    explanation = explain(rule, file=source.file, function=function, **words)
    text, around = source.line(line), source.around(line)
    return Problem(explanation, source.file, function, line, text, around=around)


def none_found(source: Source) -> Problem:
    """Return why none of the functions is found in a file."""
    for node in source.tree().body:
        inside = [part for part in ast.walk(node) if isinstance(part, syntax.FUNCTIONS)]
        if any(part.name in source.functions for part in inside):
            if isinstance(node, ast.ClassDef):
                return told(source, "in_class", line=node.lineno, name=printable(node.name))
            return told(source, "in_block", line=node.lineno)
    names = source.definitions().keys()
    for other in HANDLES:
        if other != source.file and len(names & functions_of(other).keys()) > 1:
            return told(source, "other_file", other=other)
    reasons = why_missing(source, list(source.functions)).values()
    known = (reason for reason in reasons if reason.explanation.rule != "missing_function")
    return next(known, told(source, "no_functions"))


def not_graded(lines: list[str]) -> str:
    """Return the sentence that says of some lines that they earn nothing; "" for none."""
    if not lines:
        return ""
    more = f" (and {len(lines) - 1} more)" if lines[1:] else ""
    return f"Outside the markers, and so not graded: {lines[0]}{more}."


def listed(names: Collection[str], word: str) -> str:
    """Return the names of some functions as a sentence has them, with a word before the last."""
    *others, last = [f"{name}()" for name in names]
    return f"{', '.join(others)} {word} {last}" if others else last


# --- how it was saved -----------------------------------------------------------------------


def no_file(source: Source) -> Problem:
    """Return the problem that there is no file, and the other name that it may have."""
    path = Path(source.path)
    looks_alike = re.compile(
        rf"{path.stem.replace('_', '[-_ ]?')}.*\.py(\.txt)?|{path.stem}(\.txt)?", re.IGNORECASE
    )
    try:
        others = sorted(p.name for p in path.parent.iterdir() if looks_alike.fullmatch(p.name))
    except OSError:
        others = []
    if others:
        return told(source, "other_name", other=printable(others[0]))
    return told(source, "no_file")


def badly_saved(data: bytes, source: Source) -> Iterator[Problem]:
    """Give what is wrong with how a file was saved."""
    formats = (kind for kind, begins in FORMATS.items() if begins.match(data[:LONGEST_BEGINNING]))
    controls = sum(byte < 32 and byte not in b"\t\n\f\r" for byte in data)
    if is_utf16(data):
        yield told(source, "utf16")
    elif kind := next(formats, ""):
        yield told(source, "other_format", kind=kind)
    elif controls * TEXT_BYTES > len(data):
        yield told(source, "no_text")
    elif b"\0" in data:
        yield told(source, "nul", line=data.count(b"\n", 0, data.index(b"\0")) + 1)
    else:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            # A first or second line may name another encoding (PEP 263), and Python reads it.
            if b"coding" not in b"".join(data.splitlines()[:2]):
                yield told(source, "not_utf8", line=data.count(b"\n", 0, error.start) + 1)


# --- what Python cannot read ------------------------------------------------------------------


def unreadable_problem(error: Exception, source: Source, function: str = "") -> Problem:
    """Return the problem that Python cannot read something.

    Parameters:
        error: what it says.
        function: the one whose portion it cannot read; "" for what is around the portions.
    """
    if function:
        portion = source.portions[function]
        text, where = source_of(BY_NAME[portion.function], portion), f"{function}()"
    else:
        if broken := broken_frame(source):
            return broken
        text, where = source.reading.rest, source.file
    cause = why_unreadable(text) or Cause("stops_here", getattr(error, "lineno", 0) or 0)
    if not function:
        for name, portion in source.portions.items():
            if cause.line == portion.definition:
                function, where = name, f"the first line of {name}()"
            elif cause.line in portion.lines:
                function, where = name, f"{name}()"
    return Problem(
        cause.explanation(where),
        source.file,
        function,
        line=cause.line,
        code=cause.marked(source.lines[cause.line - 1]) if cause.line else "",
        around=source.around(cause.line),
        traceback=report(error, [source.path]),
        full_traceback=report(error),
    )


def broken_frame(source: Source) -> Problem | None:
    """Return what of a function that was handed out is broken, None if nothing seems to be."""
    first = min((portion.definition for portion in source.portions.values()), default=1)
    top = [line for line in source.lines[: first - 1] if line.strip()]
    if sum(len(TRIPLE_QUOTES.findall(line)) for line in top) % 2:
        rule = "top_end" if TRIPLE_QUOTES.match(top[0]) else "top_begin"
        return told(source, rule, line=source.lines.index(top[0]) + 1)
    for name, portion in source.portions.items():
        frame = source.lines[portion.definition : portion.line]
        quotes = [number for number, line in enumerate(frame) if TRIPLE_QUOTES.search(line)]
        if sum(len(TRIPLE_QUOTES.findall(line)) for line in frame) % 2:
            is_begun = not any(line.strip() for line in frame[: quotes[0]])
            rule = "docstring_end" if is_begun else "docstring_begin"
            return told(source, rule, name, portion.definition + 1)
        first_line = source.line(portion.definition)
        expected = BY_NAME[portion.function]
        if expected.is_async and first_line.startswith("def"):
            return told(source, "not_async", name, portion.definition)
    missing = [name for name in source.functions if name not in source.portions]
    lost = why_missing(source, missing).values()
    return next((problem for problem in lost if problem.explanation.rule in LOST_LINES), None)


LOST_LINES = ("not_at_margin", "first_line_gone")


def further_in(source: Source) -> dict[str, int]:
    """Return the names of functions that do not begin at the margin, each with its first line."""
    found: dict[str, int] = {}
    for number, line in enumerate(source.lines, 1):
        definition = DEFINITION.match(line)
        if definition and definition["indent"]:
            found.setdefault(definition["name"], number)
    return found


def without_first_line(source: Source) -> int:
    """Return the line of a marker above which no function begins, 0 if there is none."""
    has_end = True
    for number, line in enumerate(source.lines, 1):
        if DEFINITION.match(line):
            has_end = False
        elif marker := MARKER.fullmatch(line.rstrip("\n")):
            if marker["kind"].lower() == "start" and has_end:
                return number
            has_end = marker["kind"].lower() == "end"
    return 0


# --- what was handed out ----------------------------------------------------------------------


def bad_first_lines(source: Source) -> dict[str, Problem]:
    """Return what is wrong with functions that cannot be called as the program calls them."""
    befell: dict[tuple[str, str], list[syntax.Definition]] = {}
    for node in source.tree().body if source.reading.error is None else ():
        expected = source.functions.get(getattr(node, "name", ""))
        if expected is None or not isinstance(node, syntax.FUNCTIONS):
            continue
        if isinstance(node, ast.AsyncFunctionDef) is not expected.is_async:
            rule = "not_async" if expected.is_async else "async"
            befell.setdefault((rule, ""), []).append(node)
        elif expected.is_async and not takes(node.args, len(expected.parameters)):
            parameters = " and ".join(expected.parameters)
            befell.setdefault(("wrong_parameters", parameters), []).append(node)
        elif are_exchanged(node, expected, source.tree()):
            parameters = f"{' and '.join(expected.parameters)}, in this order"
            befell.setdefault(("wrong_parameters", parameters), []).append(node)
    found: dict[str, Problem] = {}
    for (rule, parameters), nodes in befell.items():
        lines = {node.name: node.lineno for node in nodes}
        found |= told_of_all(source, rule, lines, "and", parameters=parameters)
    return found


def told_of_all(
    source: Source, rule: str, lines: Mapping[str, int], word: str, **values: object
) -> dict[str, Problem]:
    """Return what a rule says of some functions, once of all of them, by their names.

    Parameters:
        lines: where it shows, by the names of the functions.
        word: what stands before the last of their names.
    """
    names = list(lines)
    function = names[0] if len(names) == 1 else ""
    functions = listed(names, word)
    problem = told(source, rule, function, lines[names[0]], functions=functions, **values)
    return dict.fromkeys(names, problem)


def are_exchanged(node: syntax.Definition, expected: Function, tree: ast.Module) -> bool:
    """Tell whether a function receives its values in another order than the file gives them."""
    names, right = [argument.arg for argument in node.args.args], [*expected.parameters]
    if names == right or {*names} != {*right}:
        return False
    calls = (call for call in ast.walk(tree) if isinstance(call, ast.Call))
    given = (call.args for call in calls if syntax.dotted(call.func) == expected.name)
    return expected.is_async or right in ([*map(syntax.dotted, values)] for values in given)


def takes(arguments: ast.arguments, count: int) -> bool:
    """Tell whether a function can be called with so many values, in their order."""
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    needs_names = len(arguments.kwonlyargs) > sum(d is not None for d in arguments.kw_defaults)
    return least <= count and (count <= most or arguments.vararg is not None) and not needs_names


def second_definitions(source: Source) -> Iterator[Problem]:
    """Give the functions that a file defines a second time."""
    doubles = {node.name: node.lineno for node in source.reading.doubles}
    if doubles and len(doubles) == len(source.functions):
        yield told(source, "second_copy", line=min(doubles.values()))
        return
    for name, line in doubles.items():
        first = source.portions[name].definition
        yield told(source, "second_definition", name, line, first=first)


def bad_markers(source: Source) -> Iterator[Problem]:
    """Give for each way in which markers are not as they were the functions that it befell."""
    befell: dict[str, list[Portion]] = {}
    for portion in source.portions.values():
        if not portion.is_marked:
            befell.setdefault(why_unmarked(source, portion), []).append(portion)
    for why, portions in befell.items():
        names = [portion.name for portion in portions]
        function, line = ("", 0) if len(names) > 1 else (names[0], portions[0].definition)
        is_all = function == "" and len(names) == len(source.functions)
        functions = "all functions" if is_all else listed(names, "and")
        yield told(source, "markers", function, line, functions=functions, why=why)


def why_unmarked(source: Source, portion: Portion) -> str:
    """Say how the markers of a portion differ from those that were handed out."""
    definitions = [other.definition for other in source.portions.values()]
    after = [line for line in definitions if line > portion.definition]
    last = min(after, default=len(source.lines) + 1)
    found = [
        marker["kind"].lower()
        for line in source.lines[portion.definition : last - 1]
        if (marker := MARKER.fullmatch(line.rstrip("\n")))
    ]
    starts, ends = found.count("start"), found.count("end")
    if not found:
        return "both are missing"
    if not starts or not ends:
        return f"the one with {'end' if starts else 'start'} is missing"
    return "one is there twice" if starts > 1 or ends > 1 else "the one with end comes first"


def missing_dictionaries(source: Source) -> Iterator[Problem]:
    """Give the dictionaries that a file does not begin with although its functions need them."""
    if source.reading.error is None and any(f.stores for f in source.functions.values()):
        body = source.tree().body
        for name in Dictionaries._fields:
            if not any(syntax.stores(node, name) for node in body if not is_definition(node)):
                yield told(source, "dictionary_gone", dictionary=name)
        for node in body:
            if makes_one_of_two(node):
                yield told(source, "one_dictionary", line=node.lineno)


def makes_one_of_two(node: ast.stmt) -> bool:
    """Tell whether a statement lets both names of the dictionaries lead to the same one."""
    names = {*Dictionaries._fields}
    match node:
        case ast.Assign([_, _, *_] as targets):
            return names <= {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.Assign([ast.Name(name)], ast.Name(other)):
            return {name, other} == names
        case ast.AnnAssign(ast.Name(name), _, ast.Name(other)):
            return {name, other} == names
    return False


def is_definition(node: ast.stmt) -> bool:
    """Tell whether a statement defines a function or a class."""
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def missing_functions(source: Source, missing: Collection[str]) -> dict[str, Problem]:
    """Return what is told of functions that a file does not have, by their names."""
    if missing and not source.portions:
        return dict.fromkeys(missing, next(flaws(source)))
    return why_missing(source, missing)


def why_missing(source: Source, missing: Collection[str]) -> dict[str, Problem]:
    """Return why a file does not have some functions, once for all that have the same reason."""
    others = {node.name: node for node in source.tree().body if isinstance(node, syntax.FUNCTIONS)}
    known = sorted(others.keys() - source.functions.keys())[:MOST_NAMES]
    indented = further_in(source) if missing else {}
    befell: dict[str, dict[str, int]] = {}
    meant: list[str] = []
    for name in missing:
        if other := nearest(name, known):
            meant.append(other)
            rule, line = "renamed", others[other].lineno
        elif name in indented:
            rule, line = "not_at_margin", indented[name]
        elif len(missing) == 1 and (line := without_first_line(source)):
            rule = "first_line_gone"
        else:
            rule, line = "missing_function", 0
        befell.setdefault(rule, {})[name] = line
    found: dict[str, Problem] = {}
    for rule, lines in befell.items():
        word = "or" if rule in ("renamed", "missing_function") else "and"
        found |= told_of_all(source, rule, lines, word, meant=listed(meant or [""], "or"))
    return found
