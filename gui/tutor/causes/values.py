"""Causes in what the pieces of a line turned out to be, as far as was noted while it ran."""

import ast
import contextlib
import itertools
from collections.abc import Collection, Iterator, Sequence

from gui.tutor.causes.case import Case, Cause, Finding
from gui.tutor.causes.operators import EQUALITY, in_doubt, is_text, not_stored
from gui.tutor.evidence import Thing, Value

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
INTO_LETTERS = ("list", "set", "sorted", "tuple")
COLLECTIONS = ("dict", "dict_items", "dict_keys", "dict_values", "list", "set", "tuple")
# What is never equal to a text.
NO_TEXT = (*COLLECTIONS, "bytes", "float", "int")
STORED_WRONGLY = ("wrong_value", "foreign_entry", "unexpected_entry")


def two_kinds(case: Case) -> Finding | None:
    """Find a username that was compared with keys, or looked for among them, or the other way."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [op], [right]) if isinstance(op, EQUALITY):
                if are(case, left, COLLECTIONS) and are(case, right, COLLECTIONS):
                    return case.told("all_the_same", part, left=left, right=right)
                for text, whole in ((left, right), (right, left)):
                    if are(case, whole, COLLECTIONS) and is_answer(text):
                        return case.told("several_and_true", part, code=whole, other=text)
                    if are(case, whole, COLLECTIONS) and is_one_text(case, text):
                        return case.told("whole_dictionary", part, code=text, whole=whole)
                sides = {kind_of(case, case.values_of(side)): side for side in (left, right)}
                if {*sides} == {"key", "username"}:
                    return case.told("two_kinds", part, code=sides["key"], name=sides["username"])
            case ast.Compare(left, [ast.In() | ast.NotIn()], [right]):
                sought, among = (
                    kind_of(case, case.values_of(left)),
                    kind_of(case, held(case, right)),
                )
                if {sought, among} == {"key", "username"}:
                    rule = "name_among_others" if among == "key" else "key_among_others"
                    return case.told(rule, part, name=left, whole=right)
    return None


def is_answer(node: ast.AST) -> bool:
    """Tell whether a piece of code is True or False, as it is written."""
    return isinstance(node, ast.Constant) and type(node.value) is bool


def is_one_text(case: Case, node: ast.AST) -> bool:
    """Tell whether a piece of code came to a text each time."""
    return {*map(type, case.values_of(node))} == {str}


def are(case: Case, node: ast.AST, types: Collection[str]) -> bool:
    """Tell whether a piece of code came to something of one of some types each time."""
    values = case.values_of(node)
    return bool(values) and all(isinstance(v, Thing) and v.type in types for v in values)


def kind_of(case: Case, values: Sequence[Value]) -> str:
    """Return what all of some values are, "key" or "username"; "" if neither, or not sure."""
    if case.situation is None or not values:
        return ""
    before, key, username = case.situation
    keys = texts([key, *before.users, *before.active_users])
    names = texts([username, *before.users.values(), *before.active_users.values()])
    for kind, these, others in (("key", keys, names), ("username", names, keys)):
        if all(type(value) is str and value in these - others for value in values):
            return kind
    return ""


def texts(values: Sequence[Value]) -> set[str]:
    """Return those of some values that are texts."""
    return {value for value in values if type(value) is str}


def held(case: Case, node: ast.AST) -> list[Value]:
    """Return what `in` looks through in a collection, as far as is known."""
    noted = case.values_of(node)
    if noted and isinstance(noted[-1], Thing):
        with contextlib.suppress(ValueError, SyntaxError, TypeError):
            found = ast.literal_eval(noted[-1].shown.replace(", …", ""))
            return list(found) if isinstance(found, (dict, list, set, tuple)) else []
    return []


def answer_among_texts(case: Case) -> Finding | None:
    """Find True or False that is looked for among texts."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [ast.In() | ast.NotIn()], [right]):
                answers, whole = case.values_of(left), held(case, right)
                if {*map(type, whole)} == {str} and {*map(type, answers)} == {bool}:
                    return case.told("answer_among_texts", part, code=left, whole=right)
                if {*map(type, whole)} == {str} and are(case, left, NO_TEXT):
                    return case.told("no_text_among_texts", part, code=left, whole=right)
    return None


# --- a text that is another one -----------------------------------------------------------


def another_text(case: Case) -> Finding | None:
    """Find a text made of the key or of a username, which is used in its place, and is another."""
    for part in used_as_texts(case):
        for made in [*given(case, part), part]:
            if (name := made_of(case, made)) and differ(case, made, name):
                return case.told("another_text", made, code=made, name=name)
    return None


def used_as_texts(case: Case) -> Iterator[ast.expr]:
    """Yield what is compared, looked for, looked up or stored, where that went wrong."""
    for part in in_doubt(case, "KeyError"):
        match part:
            case ast.Compare(left, _, others):
                for side in (left, *others):
                    for node in [*given(case, side), side]:
                        yield node.elt if isinstance(node, COMPREHENSIONS) else node
            case ast.Subscript(where, index) | ast.Call(ast.Attribute(where, "get"), [index, *_]):
                if case.is_dictionary(where):
                    yield index
    for part in case.parts if not_stored(case) or case.is_rule(*STORED_WRONGLY) else ():
        match part:
            case ast.Assign([ast.Subscript(where, index)], value) | ast.AnnAssign(
                ast.Subscript(where, index), _, ast.expr() as value
            ) if case.is_dictionary(where):
                yield from (index, value)
            case ast.Call(ast.Attribute(where, "setdefault"), [index, value]):
                if case.is_dictionary(where):
                    yield from (index, value)
            case ast.Dict(keys, values):
                yield from (node for node in (*keys, *values) if node is not None)


def given(case: Case, node: ast.expr) -> list[ast.expr]:
    """Return what the function stores in a variable, nothing for any other piece of code."""
    return case.given_to(node.id) if isinstance(node, ast.Name) else []


def made_of(case: Case, node: ast.expr) -> ast.expr | None:
    """Return the key or the username that a piece of code makes another text of."""
    if not isinstance(node, (ast.Call, ast.Subscript, ast.BinOp, ast.JoinedStr)):
        return None
    if is_text(case, node) or case.is_answer(node):
        return None
    for part in itertools.islice(ast.walk(node), 1, None):
        if not isinstance(part, ast.expr):
            continue
        found = [part] if is_text(case, part) else (made_of(case, v) for v in given(case, part))
        if text := next(filter(None, found), None):
            return text
    return None


def differ(case: Case, made: ast.expr, text: ast.expr) -> bool:
    """Tell whether a text turned out to be another one than that of which it is made."""
    values, own = case.values_of(made), case.values_of(text)
    # What stands in an f-string is not noted.
    if not own and case.situation is not None and isinstance(made, ast.JoinedStr):
        own = [case.situation.key if case.is_key(text) else case.situation.username]
    return bool(values and own) and type(values[-1]) is str and values[-1] != own[-1]


def into_letters(case: Case) -> Finding | None:
    """Find a key or a username that is taken apart into its letters."""
    for part in in_doubt(case):
        match part:
            case ast.Call(ast.Name(name), [text]) if name in INTO_LETTERS and is_text(case, text):
                return case.told("into_letters", part, code=part, name=text)
    for target, where in case.turns if in_doubt(case) or case.is_rule("no_result") else ():
        if (case.is_key(where) or case.is_username(where)) and case.came_by(target):
            return case.told("loop_through_letters", where, code=where)
    return None


# --- numbers ------------------------------------------------------------------------------


def number_compared(case: Case) -> Finding | None:
    """Find something that was counted, and compared with another number than it should be."""
    for part in in_doubt(case) if case.is_rule("wrong_result") else ():
        match part:
            case ast.Compare(left, [_], [right]) if counts(left, right):
                match case.values_of(left), case.values_of(part):
                    case [*_, Thing("int", shown)], [*_, result]:
                        values = {"left": left, "shown": shown, "result": result}
                        return case.told("number_compared", part, code=part, **values)
    return None


def counts(left: ast.expr, right: ast.expr) -> bool:
    """Tell whether a comparison seems to be one of how many there are, not of a counter."""
    match left, right:
        case _, ast.Constant(value):
            return type(value) is int
        case ast.Call(ast.Name("len" | "sum") | ast.Attribute(attr="count")), _:
            return True
    return False


def leaves_out(case: Case) -> Finding | None:
    """Find a loop through numbers or a slice that leaves out the one that was sought."""
    if not case.is_rule("wrong_result", "no_result") or not case.situation:
        return None
    before, key, username = case.situation
    (condition,) = case.function.conditions
    entries = getattr(before, condition.dictionary)
    sought = [*entries] if "key" in condition.sides else [*entries.values()]
    wanted = key if "key" in condition.sides else username
    if wanted not in sought:
        return None
    place = sought.index(wanted)
    for part in case.parts:
        match part:
            case ast.While(ast.Compare(ast.Name(name), [ast.Lt() | ast.LtE()], [_])):
                match case.given_to(name):
                    case [ast.Constant(int() as first) as start, *_] if place < first:
                        if is_place(case, name):
                            return case.told("leaves_out_first", start, code=f"{name} = {first}")
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds) as where) if is_place(
                case, name
            ):
                match bounds:
                    case [ast.Constant(int() as first), _, *_] if place < first:
                        return case.told("leaves_out_first", where, code=where)
                    case [*_, ast.BinOp(ast.Call(), ast.Sub(), ast.Constant(int() as left))]:
                        if place >= len(sought) - left:
                            return case.told("leaves_out_last", where, code=where)
            case ast.For(iter=ast.Subscript(_, ast.Slice(lower, upper)) as where):
                match lower, upper:
                    case ast.Constant(int() as first), None if place < first:
                        return case.told("leaves_out_first", where, code=where)
                    case None, ast.UnaryOp(ast.USub(), ast.Constant(int() as left)):
                        if place >= len(sought) - left:
                            return case.told("leaves_out_last", where, code=where)
    return None


def is_place(case: Case, name: str) -> bool:
    """Tell whether a variable is a number with which something is looked up, just as it is."""
    return any(
        isinstance(part, ast.Subscript)
        and isinstance(part.slice, ast.Name)
        and part.slice.id == name
        for part in case.parts
    )


VALUES: tuple[Cause, ...] = (
    leaves_out,
    two_kinds,
    into_letters,
    answer_among_texts,
    another_text,
    number_compared,
)
