"""Causes in names: what a name is in this place, and which was meant."""

import ast
import re

from gui.tutor import syntax
from gui.tutor.assignment import SENDERS, SERVER_FILE, Dictionaries, functions_of
from gui.tutor.causes.case import Case, Cause, Finding, asks_for_key
from gui.tutor.causes.operators import decided_wrongly
from gui.tutor.rules import shown


def hidden_by_loop(case: Case) -> Finding | None:
    """Find a loop that gives what the function received another value in each turn."""
    if case.fault is None:
        return None
    for target, where in case.turns:
        for part in ast.walk(target):
            hides = isinstance(part, ast.Name) and part.id in case.receives
            if hides and not isinstance(where, (ast.List, ast.Tuple)):
                return case.told("hidden_by_loop", part, name=part, code=where)
    return None


def hidden_turn(case: Case) -> Finding | None:
    """Find a line in a loop that gives what the loop gives another value."""
    for part in case.parts if decided_wrongly(case) else ():
        match part:
            case ast.For(ast.Name(name), where, body):
                first = next((inner for inner in body if syntax.mentions(inner, name)), None)
                match first:
                    case ast.Assign([ast.Name(stored)], value) if (
                        stored == name and not syntax.mentions(value, name)
                    ):
                        values = {"name": name, "code": value, "where": where}
                        return case.told("hidden_turn", first, **values)
    return None


def inner_variable(case: Case) -> Finding | None:
    """Find an inner function that stores in a variable of its own, not in the one outside."""
    for part in case.parts if decided_wrongly(case) else ():
        if not isinstance(part, syntax.FUNCTIONS) or part is case.definition:
            continue
        inside = [*ast.walk(part)]
        for inner in inside:
            match inner:
                case ast.Assign([ast.Name(name)]) if syntax.makes_local(part, name):
                    if any(value not in inside for value in case.given_to(name)):
                        return case.told("inner_variable", inner, name=name, inner=part.name)
    return None


def captured(case: Case) -> Finding | None:
    """Find a `case` that gives a name a value, where what it holds was to be compared."""
    for part in case.parts if case.fault and case.did else ():
        match part:
            case ast.match_case(ast.MatchAs(None, str(name)) as pattern, None):
                if name in case.receives and case.did and case.did.came_by(pattern):
                    return case.told("captured", pattern.lineno, name=name)
    return None


def hidden_handle(case: Case) -> Finding | None:
    """Find a handle that was given another value, and is then used as the handle."""
    error = case.error
    if error is None or error.kind != "AttributeError":
        return None
    handles = [name for name in ("server", "client") if name in case.receives]
    for part in case.failing:
        match part:
            case ast.Attribute(ast.Name(name), attribute) if name in handles:
                stored = storing_line(case, name)
                if stored and attribute == error.name and error.owner not in HANDLE_KINDS:
                    return case.told("hidden_handle", part, name=name, line=stored)
    return None


HANDLE_KINDS = ("ServerHandle", "ClientHandle")


def storing_line(case: Case, name: str) -> int:
    """Return the first line that gives a name another value, 0 if none does."""
    lines = [
        part.lineno
        for part in case.parts
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
    ]
    return min(lines, default=0)


def hidden_function(case: Case) -> Finding | None:
    """Find a function's name that was given to a variable, and is then called."""
    error = case.error
    if error is None or error.kind not in ("TypeError", "UnboundLocalError"):
        return None
    for part in case.failing:
        match part:
            case ast.Call(ast.Name(name)) if not case.is_dictionary(part.func):
                if line := storing_line(case, name):
                    is_named = error.kind == "TypeError" or name in error.message
                    if is_named and name in (*functions_of(case.function.file), *BUILTINS):
                        return case.told("hidden_function", line, name=name)
    return None


BUILTINS = ("all", "any", "bool", "dict", "len", "list", "print", "set", "sorted", "str", "sum")


def quoted(case: Case) -> Finding | None:
    """Find a name in quotes, which make a text of it."""
    if case.error is not None and not case.is_error("KeyError"):
        return None
    known = {*case.receives, *Dictionaries._fields, *syntax.stored_names(case.definition)}
    for part in [*case.failing, *case.parts]:
        for text in used_texts(part):
            if text.value in known:
                return case.told("quoted", text, name=text.value)
            written = str(text.value)
            named = re.fullmatch(r"\{(\w+)\}|[%$]\{?(\w+)\}?", written)
            if named and (name := named[1] or named[2]) in known:
                return case.told("without_f", text, name=name, code=text)
            if re.fullmatch(r"(server|client)\.\w+(\(.*\))?", written):
                return case.told("code_in_quotes", text, code=text)
    return None


OWN = ("server", "client", *Dictionaries._fields)


def used_texts(part: ast.AST) -> list[ast.Constant]:
    """Return the texts that a piece of code looks up, compares, stores or gives a function."""
    match part:
        case ast.Subscript(_, index):
            found = [index]
        case ast.Compare(left, _, others):
            found = [left, *others]
        case ast.Call(ast.Attribute(ast.Name(name)), arguments) if name in OWN:
            found = arguments
        case ast.Call(ast.Name(name), arguments) if name in functions_of(SERVER_FILE):
            found = arguments
        case ast.Assign([ast.Name("key" | "username") | ast.Subscript()], value):
            found = [value]
        case _:
            found = []
    # An f-string that holds one plain text is that text.
    plain = [
        n.values[0] if isinstance(n, ast.JoinedStr) and len(n.values) == 1 else n for n in found
    ]
    return [n for n in plain if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def key_by_another_name(case: Case) -> Finding | None:
    """Find the name key where the client's key was stored under another name."""
    if not case.is_error("NameError") or case.error is None or case.error.name != "key":
        return None
    for part in case.parts:
        match part:
            case ast.Assign([ast.Name(name)], value) if (
                asks_for_key(value) and part.lineno < case.last_line
            ):
                return case.told("key_by_another_name", name="key", variable=name, line=part.lineno)
    return None


def remark_of_others(case: Case) -> Finding | None:
    """Find // in a line that Python cannot work out: other languages begin a remark with it."""
    for part in case.failing if case.is_error("NameError", "TypeError") else ():
        match part:
            case ast.BinOp(_, ast.FloorDiv(), right) if case.error and (
                syntax.mentions(right, case.error.name) or "//" in case.error.message
            ):
                return case.told("remark_of_others", part)
    return None


def given_another_value(case: Case) -> Finding | None:
    """Find a line that gives what the function received another value."""
    if case.fault is None or (case.fault.rule not in ANOTHER_NAME and not decided_wrongly(case)):
        return None
    for part in case.parts:
        match part:
            case ast.Assign(targets, value):
                stored = {target.id for target in targets if isinstance(target, ast.Name)}
                for name in ("key", "username"):
                    if name not in stored or name not in case.receives:
                        continue
                    if not is_harmless(case, name, value):
                        return case.told("given_another_value", part, name=name, code=value)
    return None


ANOTHER_NAME = (
    *("wrong_name", "sent_wrong_name", "no_username", "wrong_argument", "wrong_value"),
    *("not_stored", "foreign_entry"),
)


def is_harmless(case: Case, name: str, value: ast.expr) -> bool:
    """Tell whether a new value may well be the old one, such as without the blanks around it."""
    uses_itself = syntax.mentions(value, name)
    return uses_itself and not case.is_rule("wrong_name", "sent_wrong_name")


def changed_on_its_way(case: Case) -> Finding | None:
    """Find a message with something else than the username as it is."""
    if case.fault is None or case.fault.rule not in (
        "wrong_name",
        "sent_wrong_name",
        "no_username",
    ):
        return None
    for part in case.parts:
        match part:
            case ast.Call(ast.Attribute(ast.Name("server" | "client"), name), [given]) if (
                name in SENDERS[case.function.file] and part.lineno == case.last_line
            ):
                if isinstance(given, ast.Name) and given.id == "username":
                    continue
                if isinstance(given, ast.Constant):
                    return case.told("sent_constant", part, code=given)
                value = case.fault.values.get("sent", case.fault.values.get("shown"))
                if isinstance(value, str) and "sent" in case.fault.values:
                    value = shown(value)
                return case.told("changed_on_its_way", part, code=given, shown=value)
    return None


def local_dictionary(case: Case) -> Finding | None:
    """Find a variable of the function that hides a dictionary."""
    for dictionary in Dictionaries._fields:
        line = syntax.makes_local(case.definition, dictionary)
        if not line:
            continue
        if case.error is not None:
            quotes_it = case.is_error("UnboundLocalError") and dictionary in case.error.message
            if not quotes_it:
                continue
        for part in case.parts:
            match part:
                case ast.AugAssign(ast.Name(name), op) if name == dictionary:
                    sign = {ast.BitOr: "|=", ast.Add: "+="}.get(type(op), "=")
                    return case.told("changed_locally", part, dictionary=dictionary, sign=sign)
        rule = "local_to_look" if case.function.answers else "local_dictionary"
        return case.told(rule, line, dictionary=dictionary)
    return None


NAMES: tuple[Cause, ...] = (
    remark_of_others,
    hidden_by_loop,
    hidden_turn,
    inner_variable,
    captured,
    hidden_handle,
    hidden_function,
    quoted,
    key_by_another_name,
    changed_on_its_way,
    given_another_value,
)
