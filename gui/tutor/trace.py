"""What a call did as somebody reads it: the lines that ran, each with the values that decided.

It is made of evidence and the text of the file alone, and tells nothing of what should be.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gui.tutor import syntax
from gui.tutor.assignment import Function, functions_of
from gui.tutor.causes.helpers import asked
from gui.tutor.causes.stops import in_one_form
from gui.tutor.evidence import Call, Evidence, Place, Raised, Step, Thing, Value, place_of
from gui.tutor.printable import printable
from gui.tutor.problem import NO_STEPS, Line, Steps
from gui.tutor.recorder import FIRST_STEPS
from gui.tutor.rules import Situation, counts_as_true, fault

# The rules for portions in which nothing is written yet: nothing is to be seen of them.
WITHOUT_STEPS = ("not_filled_in", "empty")
# Of a loop the first rounds and the last one are shown, of a long run the first and last lines.
FIRST_ROUNDS = 2
FIRST_LINES, LAST_LINES = 16, 8
# So much of a line of code, and of a value, has room beside each other in a window.
CODE_CHARACTERS = 52
VALUE_CHARACTERS = 60
# Three clients are shown.
CONTAINER_CHARACTERS = 100
# In the place of a whole expression only a short value is easier to read than its text.
PUT_IN_CHARACTERS = 24
OMITTED = "…"
# Between what an expression came to one time and the next.
THEN = ", then "
# No line has as many.
MAX_COLUMN = 10**6
OPERATORS = (ast.BoolOp, ast.BinOp, ast.UnaryOp)
# What these come to helps to understand the statement that they are part of.
TELLING = (
    *(ast.Name, ast.Subscript, ast.Attribute, ast.Compare, ast.Call, ast.Await, ast.JoinedStr),
    *OPERATORS,
)
COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
SHOWN_TYPES = {
    "builtin_function_or_method": "a function",
    "function": "a function",
    "method": "a function",
    "type": "a class",
}


def trace(
    function: Function,
    situation: Situation,
    did: Evidence,
    tree: ast.Module,
    lines: Sequence[str],
) -> Steps:
    """Return the lines that ran in a call; none where they are not known.

    Parameters:
        tree: the syntax tree of the file that the function is in.
        lines: the text of that file.
    """
    if not did.steps:
        return NO_STEPS
    given = {"key": situation.key, "username": situation.username}
    reader = Reader(function, tree, lines)
    reader.known.update({n: shown(given[n]) for n in function.parameters if n in given})
    try:
        made = reader.read(did)
    except RecursionError:  # an expression that nests deeper than anybody reads
        return NO_STEPS
    if len(made) > FIRST_LINES + LAST_LINES:
        made[FIRST_LINES:-LAST_LINES] = [Line(0, OMITTED)]
    return Steps(heading(function, situation), tuple(made))


def heading(function: Function, situation: Situation) -> str:
    """Return whom a function was called for, in words."""
    whom = [f"for {shown(situation.username)}"] if "username" in function.parameters else []
    if key := situation.key:
        key = printable(key) if isinstance(key, str) else shown(key)
        whom.append(f"from {key}" if whom else f"for {key}")
    return f"What it did, {' '.join(whom)}:" if whom else "What it did:"


class Reader:
    """Reads what ran, with the text of the file at hand.

    Parameters:
        function: the one that was called.
        tree: the syntax tree of its file.
        lines: the text of that file.

    Attributes:
        known: what was told last of each name.
        raised: the kind of the last exception.
    """

    def __init__(self, function: Function, tree: ast.Module, lines: Sequence[str]) -> None:
        self.known: dict[str, str] = {}
        self.raised = ""
        self._helpers = functions_of(function.file)
        self._lines = [line.encode() for line in lines]
        # What a step can be at: a node, and what happens there.
        self._parts: dict[Place, tuple[Any, str]] = {}
        self._margins: dict[Place, int] = {}
        for definition in ast.walk(tree):
            if isinstance(definition, syntax.FUNCTIONS):
                for node in ast.walk(definition):
                    for part, what in parts_of(node):
                        self._parts.setdefault(place_of(part), (node, what))
                        self._margins.setdefault(place_of(part), definition.body[0].col_offset)

    def read(self, did: Evidence, margin: int = 0, is_outer: bool = True) -> list[Line]:
        """Return the lines that ran in a function.

        Parameters:
            margin: how far their text is indented.
            is_outer: whether it is the one that was called, not one that this one called.
        """
        made: list[Line] = []
        # The last line that is not a helper's.
        own = 0
        last: Step | None = None
        for step in self._shortened([s for s in did.steps if s.place in self._parts]):
            if step is None or (last and step.number > last.number + 1):
                made.append(Line(0, " " * margin + OMITTED))
                last = None
            if step is None:
                continue
            node, what = self._parts[step.place]
            # A loop begins in the line in which its first round does.
            goes_on = last is not None and self._parts[last.place] == (node, "statement")
            calls = [did.calls[number] for number in step.calls if number < len(did.calls)]
            rows = Phrases(self, step, calls).of(node, what)
            if goes_on and what in ("round", "ended"):
                made[own] = made[own]._replace(values=(*made[own].values, *rows))
            elif what != "ended":
                column = max(0, self._indent(node) - self._margins[step.place])
                column += 4 * step.depth + margin
                own = len(made)
                made.append(Line(start_of(node)[0], self._code(node, column), tuple(rows)))
                for call in calls if is_outer else ():
                    made += self._read_helper(call, column + 4)
            last = step
        # Of a run that was too long the end is not known.
        if (
            last
            and len(did.steps) == FIRST_STEPS
            and not last.place[0] <= did.line <= last.place[2]
        ):
            made.append(Line(0, " " * margin + OMITTED))
        return made

    def _read_helper(self, call: Call, margin: int) -> list[Line]:
        """Return the lines that ran in a helper, unless it did what the assignment says."""
        helper, did = self._helpers.get(call.name), call.did
        if helper is None or did is None:
            return []
        if did.error is None and fault(helper, asked(helper, call), did) is None:
            return []
        known, self.known = self.known, {}
        try:
            return self.read(did, margin, is_outer=False)
        finally:
            self.known = known

    def _shortened(self, steps: Sequence[Step]) -> Iterator[Step | None]:
        """Yield steps, and None where rounds of a loop are left out."""
        position = 0
        while position < len(steps):
            step = steps[position]
            node, what = self._parts[step.place]
            end = position + 1
            if what not in ("round", "asked"):
                yield step
                position = end
                continue
            starts = [position]
            while end < len(steps) and self._is_inside(steps[end], step, node):
                if (steps[end].place, steps[end].depth) == (step.place, step.depth):
                    starts.append(end)
                end += 1
            rounds = [steps[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
            # The last time that a condition is asked, no round follows.
            last = len(rounds) - (2 if what == "asked" else 1)
            for number, (first, *others) in enumerate(rounds):
                if number < FIRST_ROUNDS or number >= last:
                    yield first
                    yield from self._shortened(others)
                elif number == FIRST_ROUNDS:
                    yield None
            position = end

    def _is_inside(self, step: Step, begun: Step, loop: Any) -> bool:
        """Tell whether a step is part of a loop in which another one is."""
        if step.depth != begun.depth:
            return step.depth > begun.depth
        is_end = self._parts[step.place] == (loop, "ended")
        return not is_end and syntax.spans(loop, step.place[0])

    def _indent(self, node: Any) -> int:
        """Return how far a statement is indented."""
        line, column = start_of(node)
        text = self._lines[line - 1]
        indent = len(text) - len(text.lstrip())
        # What follows a colon in the same line stands below it here.
        return indent if column <= indent else indent + 4

    def _code(self, node: Any, column: int) -> str:
        """Return the text of a statement, or of what is before its block, indented."""
        line, begin = start_of(node)
        if end := header_end(node):
            text = self._text(line, begin, *self._after_colon(*end))
        elif hasattr(node, "body"):
            text = self._text(line, begin, line, MAX_COLUMN)
        else:
            text = self.text_of(node)
        return " " * column + cut(printable(text), max(20, CODE_CHARACTERS - column))

    def _after_colon(self, line: int, column: int) -> tuple[int, int]:
        """Return the place after the first colon that follows a place."""
        while (colon := self._lines[line - 1].find(b":", column)) < 0 and line < len(self._lines):
            line, column = line + 1, 0
        return line, colon + 1

    def text_of(self, node: ast.AST) -> str:
        """Return the text of a piece of code, in one line."""
        return self._text(*place_of(node))

    def _text(self, line: int, column: int, end_line: int, end_column: int) -> str:
        lines = self._lines[line - 1 : end_line] or [b""]
        lines[-1] = lines[-1][:end_column]
        lines[0] = lines[0][column:]
        return " ".join(line.decode(errors="replace").strip() for line in lines)


class Phrases:
    """Tells in short phrases what decided in a step.

    Parameters:
        reader: knows the text, and what was told before.
        calls: what the step called.
    """

    def __init__(self, reader: Reader, step: Step, calls: Sequence[Call]) -> None:
        self._reader = reader
        self._step = step
        self._messages = [call for call in calls if not call.is_helper]
        self._awaits = False
        self._rows: list[list[str]] = [[]]
        self._values: dict[Place, list[Value]] = {}
        for noted in step.values:
            self._values.setdefault(noted.place, []).append(noted.value)

    def of(self, node: Any, what: str) -> list[tuple[str, ...]]:
        """Return the phrases in rows.

        Parameters:
            node: what the step is at.
            what: what happened there.
        """
        self._awaits = any(isinstance(part, ast.Await) for part in ast.walk(node))
        if what == "round":
            for name in ast.walk(node.target):
                self.tell(name)
        elif what == "ended":
            self._say("there is nothing to go through")
        elif what == "caught":
            self._say(f"caught {self._reader.raised}".rstrip())
        elif what in ("statement", "asked", "chosen"):
            self._tell_statement(node)
        if self._step.raised is not None:
            self._reader.raised = self._step.raised.kind
            self._rows.append([f"raised {in_words(self._step.raised)}"])
        return [tuple(row) for row in self._rows if row]

    def _tell_statement(self, node: Any) -> None:
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                self._tell_condition(test)
            case ast.Assign(targets=[target], value=value):
                self._tell_assignment(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._tell_assignment(target, value)
            case ast.Return(value=ast.expr() as value):
                self.tell(value, is_wanted=True)
            case ast.Match(subject=value, cases=cases):
                self.tell(value, is_wanted=True)
                # They are asked before a pattern is chosen.
                for guard in (case.guard for case in cases if case.guard):
                    self._tell_condition(guard)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.AugAssign(value=value):
                self.tell(value)
            case ast.Expr(value=ast.Call() | ast.Await() as value) if self._is_none(value):
                # Most that is called for what it does gives None: no news.
                self._tell_parts(value)
            case ast.Assign(value=value) | ast.Expr(value=value):
                self.tell(value)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    self.tell(item.context_expr)
            case ast.Delete(targets=targets):
                for target in targets:
                    self._tell_parts(target)

    def _is_none(self, node: ast.expr) -> bool:
        return all(value is None for value in self._values.get(place_of(node), []))

    def _tell_condition(self, test: ast.expr) -> None:
        """Tell what a condition came to, and what Python takes that for."""
        self.tell(test, is_wanted=True)
        values = self._values.get(place_of(test), [])
        is_told = bool(self._rows[-1])
        if values and is_told and type(values[-1]) is not bool and is_countable(values[-1]):
            self._rows[-1][-1] += f", which counts as {str(counts_as_true(values[-1])).lower()}"

    def _tell_assignment(self, target: ast.expr, value: ast.expr) -> None:
        """Tell what a name or an entry is from now on."""
        if self._step.raised is not None:
            self.tell(value)
        elif isinstance(target, ast.Name):
            if isinstance(value, ast.Constant):
                self._reader.known[target.id] = shown(value.value)  # the text tells it
            else:
                self.tell(value, target.id, is_wanted=True)
        elif isinstance(target, ast.Subscript):
            self._tell_parts(value)
            entry = f"{self._reader.text_of(target.value)}[{self._put_in(target.slice)}]"
            self._say(f"{entry} is {self._put_in(value)}")
        else:
            self.tell(value, is_wanted=True)

    def tell(self, node: ast.AST, name: str = "", is_wanted: bool = False) -> None:
        """Tell what an expression came to, and its parts before it.

        Parameters:
            name: what it is called from now on; "" if it is not.
            is_wanted: whether it decides, so that it is told in any case.
        """
        if isinstance(node, ast.NamedExpr):
            self._tell_assignment(node.target, node.value)
            if name and (values := self._values.get(place_of(node))):
                self._name(name, values[-1])
            return
        self._tell_parts(node)
        if not hasattr(node, "end_lineno") or not (values := self._values.get(place_of(node))):
            return
        value = values[-1]
        if isinstance(value, Thing) and value.type == "coroutine" and self._messages:
            self._tell_message(self._messages.pop(0))
        elif is_telling(node, value) or (is_wanted and (not name or is_countable(value))):
            told = times([shown(value) for value in values])
            if isinstance(node, ast.Name) and not name:
                if self._reader.known.get(node.id) != told or is_wanted:
                    self._say(f"{node.id} is {told}")
                self._reader.known[node.id] = told
                return
            if isinstance(node, (ast.BoolOp, ast.BinOp)) and self._rows[-1]:
                self._rows.append([])
            self._say(f"{name or self._named(node)} is {told}")
        if name:
            self._reader.known[name] = shown(value)

    def _tell_parts(self, node: ast.AST) -> None:
        """Tell what the parts of an expression came to."""
        match node:
            case ast.Call(func=ast.Name()):
                parts: list[ast.AST] = [*node.args, *node.keywords]
            case ast.Call(func=ast.Attribute(value=owner)):
                # What a dictionary gives tells what is in it.
                is_told = any(map(is_container, self._values.get(place_of(node), [])))
                parts = [*([] if is_told else [owner]), *node.args, *node.keywords]
            case ast.Lambda() | ast.JoinedStr() | ast.Constant():
                parts = []
            case _ if isinstance(node, OPERATORS):
                parts = list(leaves(node))
            case _ if isinstance(node, COMPREHENSIONS):
                # Python begins with what is gone through.
                parts = [*node.generators, *ast.iter_child_nodes(node)]
                parts = list(dict.fromkeys(parts))
            case _:
                parts = list(ast.iter_child_nodes(node))
        for part in parts:
            self.tell(part)

    def _tell_message(self, call: Call) -> None:
        if not call.awaited:
            told = "made, not awaited"
        elif call.awaited > 1:
            told = f"sent {call.awaited} times"
        else:
            told = "sent" if self._awaits else "made, and sent later"
        self._say(told)

    def _name(self, name: str, value: Value) -> None:
        self._reader.known[name] = shown(value)
        self._say(f"{name} is {shown(value)}")

    def _say(self, phrase: str) -> None:
        self._rows[-1].append(printable(phrase))

    def _named(self, node: ast.AST) -> str:
        """Return how an expression is called in a phrase: what its parts came to is put in."""
        if isinstance(node, ast.Compare):
            return f"({cut(self._reader.text_of(node), CODE_CHARACTERS)})"
        if isinstance(node, ast.UnaryOp):
            return f"({self._put_in(node)})"
        if isinstance(node, OPERATORS):
            return cut(self._put_in(node), VALUE_CHARACTERS)
        return cut(self._reader.text_of(node), CODE_CHARACTERS)

    def _put_in(self, node: ast.expr) -> str:
        """Return the text of an expression with the values of its parts put in."""
        return ast.unparse(self._with_values(node))

    def _with_values(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.BoolOp(op=op):
                return ast.BoolOp(op, list(self._asked(node)))
            case ast.BinOp(left=left, op=operator, right=right):
                return ast.BinOp(self._with_values(left), operator, self._with_values(right))
            case ast.UnaryOp(op=sign, operand=operand):
                return ast.UnaryOp(sign, self._with_values(operand))
        values = self._values.get(place_of(node))
        is_one = values is not None and len(values) == 1 and not is_odd(values[0])
        text = shown(values[0]) if values and is_one else ""
        if not 0 < len(text) <= PUT_IN_CHARACTERS:
            text = self._reader.text_of(node)
        return ast.Name(text)

    def _asked(self, node: ast.BoolOp) -> Iterator[ast.expr]:
        """Yield what `and` or `or` has asked for, and a mark where it did not go on."""
        for number, part in enumerate(node.values):
            yield self._with_values(part)
            rest = node.values[number + 1 :]
            if rest and not any(place_of(other) in self._values for other in rest):
                values = self._values.get(place_of(part), [])
                decides = values and counts_as_true(values[-1]) is isinstance(node.op, ast.Or)
                # What a constant comes to is not noted.
                if decides or not isinstance(rest[0], ast.Constant):
                    yield ast.Name(OMITTED)
                    return


# --- the text -----------------------------------------------------------------------------


def parts_of(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield the nodes at which steps of a node are noted, and what happens there."""
    match node:
        case ast.While(test=test):
            yield test, "asked"
        case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
            yield node, "statement"
            yield target, "round"
            yield source, "ended"
        case ast.ExceptHandler():
            yield node, "caught"
        case ast.match_case(pattern=pattern):
            yield pattern, "chosen"
        case ast.stmt():
            yield node, "statement"


def start_of(node: Any) -> tuple[int, int]:
    """Return where a statement begins: its line and column; of a `case`, where its line does."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, 0
    return node.lineno, node.col_offset


def header_end(node: Any) -> Any:
    """Return where the text of a statement ends that has a block; None if its line tells it."""
    part: ast.AST
    match node:
        case ast.If(test=part) | ast.While(test=part) | ast.Match(subject=part):
            pass
        case ast.For(iter=part) | ast.AsyncFor(iter=part):
            pass
        case ast.With(items=[*_, item]) | ast.AsyncWith(items=[*_, item]):
            part = item.optional_vars or item.context_expr
        case ast.match_case(pattern=pattern, guard=guard):
            part = guard or pattern
        case ast.ExceptHandler(type=ast.expr() as part):
            pass
        case ast.ExceptHandler():
            return node.lineno, node.col_offset
        case _:
            return None
    return place_of(part)[2:]


def leaves(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what the operators of an expression join."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, OPERATORS):
            yield from leaves(part)
        else:
            yield part


# --- values -------------------------------------------------------------------------------


def is_odd(value: Value) -> bool:
    """Tell whether nothing is known of a value but its type."""
    return isinstance(value, Thing) and not value.shown


def is_container(value: Value) -> bool:
    """Tell whether a value holds others."""
    return isinstance(value, Thing) and value.shown[:1] in ("[", "(", "{")


def is_telling(node: ast.AST, value: Value) -> bool:
    """Tell whether it helps to know what a part of a statement came to."""
    return isinstance(node, TELLING) and not is_odd(value)


def is_countable(value: Value) -> bool:
    """Tell whether it is known what an `if` makes of a value."""
    return not is_odd(value) or value.type in SHOWN_TYPES


def shown(value: Value) -> str:
    """Return how a value is shown in a phrase."""
    if not isinstance(value, Thing):
        text = repr(value)
    else:
        text = value.shown or SHOWN_TYPES.get(value.type) or f"something of type {value.type}"
    text = printable(text)
    if is_container(value):
        if len(text) <= CONTAINER_CHARACTERS:
            return text
        entries, _, _ = text[:CONTAINER_CHARACTERS].rpartition(", ")
        return f"{entries or text[0]}, {OMITTED}{text[-1]}"
    return cut(text, VALUE_CHARACTERS)


def times(values: Sequence[str]) -> str:
    """Return what an expression came to, one time after the other."""
    if len(values) > 3:
        values = [*values[:2], OMITTED, values[-1]]
    return THEN.join(values)


def in_words(error: Raised) -> str:
    """Return an exception as Python tells it, without what differs from run to run."""
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", in_one_form(error).message)
    return printable(f"{error.kind}: {message}".rstrip(": "))


def cut(text: str, most: int) -> str:
    """Return a text of so many characters at most, its middle left out if it is longer."""
    if len(text) <= most:
        return text
    last = (most - 3) // 3
    return f"{text[: most - 3 - last].rstrip()} {OMITTED} {text[-last:].lstrip()}"
