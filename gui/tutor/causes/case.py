"""A call of a function that went wrong, as the causes look at it: its text, and what it did."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from gui.tutor import syntax
from gui.tutor.assignment import Dictionaries, Function, functions_of
from gui.tutor.evidence import Evidence, Raised, Value
from gui.tutor.explanations import Explanation, explain
from gui.tutor.rules import Fault, Situation

# Longer ones are no help in a sentence; the line itself stands beside it.
MAX_CODE_CHARACTERS = 60
DICTIONARIES = Dictionaries._fields


class Finding(NamedTuple):
    """What is wrong, and where.

    Parameters:
        function: the name of the function that it is in.
        line: the line of the file, 0 if it is none of the function's.
    """

    explanation: Explanation
    function: str
    line: int


@dataclass(frozen=True)
class Case:
    """A call of a function that went wrong.

    Parameters:
        function: the function of the assignment.
        tree: the syntax tree of the file.
        seen: what is told of it where no cause is sure.
        did: what it did, None if that is not known.
        situation: the one in which it was called, None if that is not known.
        fault: what is wrong with it from outside, None if an exception ended it.
        error: the exception that ended it, or None.
        bound: what some names hold, where it is tried what the function would do.
    """

    function: Function
    tree: ast.Module
    seen: Finding
    did: Evidence | None = None
    situation: Situation | None = None
    fault: Fault | None = None
    error: Raised | None = None
    bound: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def definition(self) -> syntax.Definition:
        """The definition of the function that it shows in."""
        return syntax.definition(self.tree, self.seen.function)

    @cached_property
    def owner(self) -> Function:
        """The function of the assignment that it shows in: the one called, or one it called."""
        return functions_of(self.function.file).get(self.seen.function, self.function)

    @cached_property
    def parts(self) -> list[ast.AST]:
        """Everything that stands in the function."""
        return list(ast.walk(self.definition))

    @cached_property
    def receives(self) -> list[str]:
        """The names of what the function receives."""
        return [argument.arg for argument in self.definition.args.args]

    def is_written(self, name: str) -> bool:
        """Tell whether a name stands in the function, as a name, in quotes or after a dot."""
        places = ("id", "attr", "value")
        return any(getattr(part, place, "") == name for part in self.parts for place in places)

    @cached_property
    def last_line(self) -> int:
        """The line that it came to: of the message, or the last that ran; 0 if unknown."""
        if self.error is not None:
            return self.error.line
        assert self.fault is not None
        return self.fault.line or (self.did.line if self.did else 0)

    @cached_property
    def deciding(self) -> list[ast.AST]:
        """All parts of the expressions that led to the last line, those of near lines first."""
        return [part for whole in self._expressions for part in ast.walk(whole)]

    @cached_property
    def _expressions(self) -> list[ast.expr]:
        return list(syntax.expressions_until(self.definition.body, self.last_line))[::-1]

    @cached_property
    def failing(self) -> list[ast.AST]:
        """All parts of the expressions of the line that an exception came from."""
        line = self.error.line if self.error else 0
        statement = syntax.statement_at(self.definition, line)
        own = [] if statement is None else syntax.own_expressions(statement)
        return [part for whole in own for part in ast.walk(whole)]

    def is_rule(self, *rules: str) -> bool:
        """Tell whether it shows from outside as one of some rules."""
        return self.fault is not None and self.fault.rule in rules

    def is_error(self, *kinds: str) -> bool:
        """Tell whether an exception of one of some kinds ended it."""
        return self.error is not None and self.error.kind in kinds

    def told(self, rule: str, at: ast.AST | int = 0, **values: object) -> Finding:
        """Return a cause that was found.

        Parameters:
            rule: the name of its words.
            at: where it is, a piece of code or a line; 0 for where it shows.
            values: what belongs in the words. Pieces of code are shown as they stand.
        """
        shown = {name: code(v) if isinstance(v, ast.AST) else v for name, v in values.items()}
        explanation, name, line = self.seen
        words = explain(rule, function=name, symptom=explanation.title, **shown)
        place = at if isinstance(at, int) else getattr(at, "lineno", 0)
        return Finding(words, name, place or line)

    # --- what came of a piece of code ---------------------------------------------------

    def values_of(self, node: ast.AST) -> list[Value]:
        """Return what an expression came to, each time, as far as was noted."""
        return self.did.values_of(node) if self.did else []

    def came_by(self, node: ast.AST) -> bool:
        """Tell whether it was noted that a statement ran, or a round of a loop began."""
        return self.did is not None and self.did.came_by(node)

    # --- what a piece of code gives -----------------------------------------------------

    def is_dictionary(self, node: ast.AST) -> bool:
        """Tell whether it is one of the two dictionaries, by its name."""
        return isinstance(node, ast.Name) and node.id in DICTIONARIES

    def is_username(self, node: ast.AST) -> bool:
        """Tell whether it is the username that the function received."""
        return isinstance(node, ast.Name) and node.id == "username" and "username" in self.receives

    def is_key(self, node: ast.AST) -> bool:
        """Tell whether it is the client's key, received or asked of the handle."""
        match node:
            case ast.Name(name) if name in self.receives:
                return name == "key"
            case ast.Name(name):
                return any(map(asks_for_key, self.given_to(name)))
        return asks_for_key(node)

    def given_to(self, name: str) -> list[ast.expr]:
        """Return what the function stores in a variable, in order."""
        return self._given.get(name, [])

    def meant_by(self, node: ast.expr) -> list[ast.expr]:
        """Return a piece of code, or what the function stores in it if it is a variable."""
        return self.given_to(node.id) if isinstance(node, ast.Name) else [node]

    @cached_property
    def _given(self) -> dict[str, list[ast.expr]]:
        found: dict[str, list[ast.expr]] = {}
        for part in self.parts:
            match part:
                case ast.Assign([ast.Name(name)], value) | ast.NamedExpr(ast.Name(name), value):
                    found.setdefault(name, []).append(value)
        return found

    @cached_property
    def turns(self) -> list[tuple[ast.expr, ast.expr]]:
        """What each loop of the function gives a value, and what it goes through."""
        return [
            (part.target, part.iter)
            for part in self.parts
            if isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension))
        ]

    def is_answer(self, node: ast.AST) -> bool:
        """Tell whether it is a call of a helper that answers True or False."""
        match node:
            case ast.Call(ast.Name(name)):
                helper = functions_of(self.function.file).get(name)
                return helper is not None and helper.answers
        return False

    def looks_into(self, node: ast.AST) -> list[tuple[str, str]]:
        """Return the dictionaries that it looks into, each after the helper that does, or ""."""
        match node:
            case ast.Name(name) if name in DICTIONARIES:
                return [("", name)]
            case ast.Call(ast.Name(name)) if self.is_answer(node):
                conditions = functions_of(self.function.file)[name].conditions
                return [(name, condition.dictionary) for condition in conditions]
        return []


Cause = Callable[[Case], Finding | None]


def asks_for_key(node: ast.AST) -> bool:
    """Tell whether a piece of code asks the handle for the client's key."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_addr_key"


def code(node: ast.AST) -> str:
    """Return a piece of code as it is shown in a sentence."""
    # Python 3.10 has a blank before the colon of a lambda that receives nothing.
    return shortened(" ".join(ast.unparse(node).split()).replace("lambda :", "lambda:"))


def bracketed(node: ast.AST) -> str:
    """Return a condition as it is shown where a word such as is follows it."""
    is_one = isinstance(node, (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant))
    return code(node) if is_one else f"({code(node)})"


def shortened(text: str) -> str:
    """Return as much of a piece of code as is shown in a sentence."""
    return text if len(text) <= MAX_CODE_CHARACTERS else f"{text[: MAX_CODE_CHARACTERS - 1]}…"


def side_of(node: ast.AST) -> tuple[str, str]:
    """Return which dictionary, and which side of it, an expression goes through.

    The side is "keys", "values" or "items"; both are "" for anything else.
    """
    match node:
        case ast.Name(name) if name in DICTIONARIES:
            return name, "keys"
        case ast.Call(ast.Attribute(ast.Name(name), ("keys" | "values" | "items") as side)) if (
            name in DICTIONARIES
        ):
            return name, side
        case ast.Call(ast.Name("list" | "tuple" | "set" | "sorted" | "iter"), [inner]):
            return side_of(inner)
    return "", ""
