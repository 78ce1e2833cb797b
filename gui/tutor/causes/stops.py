"""What an exception comes to in plain words: what Python could not do, with what.

Python's own words change with its version, so that only what all versions say is passed on.
"""

import ast
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from gui.tutor import syntax
from gui.tutor.assignment import (
    HANDLES,
    SENDERS,
    SERVER_FILE,
    Dictionaries,
    Function,
    functions_of,
)
from gui.tutor.causes.case import Finding
from gui.tutor.evidence import Raised
from gui.tutor.explanations import explain
from gui.tutor.rules import KINDS
from gui.tutor.slips import ENDS_OF_BLOCKS

# What Python says otherwise in one version than in another, as a pattern, and the form in which
# all are told, so that the same mistake has the same title everywhere.
ONE_FORM = (
    # until 3.10, until 3.11, until 3.12
    (r"^string indices must be integers, not '\w+'$", "string indices must be integers"),
    (r"^integer (division or )?modulo by zero$", "division by zero"),
    (
        r"^'(\w+)' is an invalid keyword argument for (\w+)\(\)$",
        r"\2() got an unexpected keyword argument '\1'",
    ),
    # until 3.10
    (
        r"^(local|free) variable '(\w+)' referenced before assignment",
        r"cannot access \1 variable '\2' where it is not associated with a value",
    ),
    # from 3.13 on
    (" and no __dict__ for setting new attributes$", ""),
    # from 3.14 on
    (r"^cannot use '\w+' as a (dict key|set element) \((.*)\)$", r"\2"),
    ("is not a container or iterable$", "is not iterable"),
    (r"^'(\w+)' object can't be awaited$", r"object \1 can't be used in 'await' expression"),
    (r" \(missed __\w+__ method\)$", ""),
    (r"^.* is not in list$", "list.index(x): x not in list"),
    (
        r"^cannot convert dictionary update sequence element #\d+ to a sequence$",
        "object is not iterable",
    ),
    (r"^(too many values to unpack) \(expected \d+.*\)$", r"\1"),
    # from 3.15 on
    (r"^.* argument after (\*\*?) must be", r"Value after \1 must be"),
)
NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")

OTHER_CONSTANTS = {
    "true": "True",
    "TRUE": "True",
    "false": "False",
    "FALSE": "False",
    "none": "None",
    "NONE": "None",
    "null": "None",
    "NULL": "None",
    "Null": "None",
    "nil": "None",
    "undefined": "None",
}
"""What other languages call three values, and what Python calls them."""


OTHER_PRINTS = ("console", "System", "echo", "printf", "println", "puts", "write", "writeln")
"""With what other languages show text."""


class Stop(NamedTuple):
    """An exception that ended a function.

    Parameters:
        file: the name of the file.
        name: the function that it came from.
        definition: its definition.
        receives: what it receives.
        handle: what it calls its handle, or "".
        methods: what the handle offers.
        functions: the functions that it could call by their names.
        variables: the other names that it could use.
    """

    error: Raised
    file: str
    name: str
    definition: syntax.Definition
    receives: list[str]
    handle: str
    methods: list[str]
    functions: list[str]
    variables: list[str]


def as_it_stopped(function: Function, error: Raised, tree: ast.Module) -> Finding:
    """Return what an exception comes to that ended a function, or one that it called."""
    file = function.file
    is_own = syntax.defines(tree, error.function) or error.function in functions_of(file)
    # A function inside a portion is part of that portion's function.
    name = error.function if is_own else syntax.defined_around(tree, error.line) or function.name
    if error.kind == "RecursionError":
        # In which function, and in which of its lines, no call had room any more is chance.
        for calling in (name, function.name):
            lines = syntax.calls_of_itself(syntax.definition(tree, calling))
            if lines and error.line not in lines:
                name, error = calling, error._replace(line=lines[0])
                break
    definition = syntax.definition(tree, name)
    receives = [argument.arg for argument in definition.args.args]
    handle = next((p for p in receives if p == HANDLES[file]), "")
    methods = [*SENDERS[file], *(["get_addr_key"] if handle == "server" else [])] if handle else []
    variables = [*receives, *sorted(syntax.stored_names(definition))]
    if handle != "client":
        variables += Dictionaries._fields
    functions = list(functions_of(file))
    stop = Stop(error, file, name, definition, receives, handle, methods, functions, variables)
    words = EXCEPTIONS[error.kind](stop) if error.kind in EXCEPTIONS else None
    said = f"{error.kind}: {error.message}".rstrip(": .")
    rule, values = words or (("raised" if is_raised(stop) else "stopped"), {"said": said})
    line = error.line or syntax.first_line(definition)
    return Finding(explain(rule, function=name, **values), name, line)


def in_one_form(error: Raised) -> Raised:
    """Return an exception as all versions of Python would describe it."""
    message = error.message
    for pattern, one_form in ONE_FORM:
        message = re.sub(pattern, one_form, message)
    # Where an attribute was to be stored, only the text says which.
    if error.kind == "AttributeError" and (found := NO_ATTRIBUTE.fullmatch(message)):
        owner, name = found.groups()
        return error._replace(message=message, name=name, owner=owner)
    return error._replace(message=message)


def is_raised(stop: Stop) -> bool:
    """Tell whether a `raise` of the function's own is where an exception came from."""
    return isinstance(syntax.statement_at(stop.definition, stop.error.line), ast.Raise)


def made_there(stop: Stop) -> set[str]:
    """Return the names that the line is only about to make, so that none was meant on it."""
    statement = syntax.statement_at(stop.definition, stop.error.line)
    return syntax.stored_names(statement) if statement is not None else set()


def only_end(name: str, known: Iterable[str]) -> str:
    """Return the one known name that has another as its last word, "" if none or several have."""
    ends = [whole for whole in known if whole.endswith(f"_{name}")]
    return ends[0] if len(ends) == 1 else ""


Words = tuple[str, dict[str, object]]


def no_name(stop: Stop) -> Words:
    """Explain a name that does not exist where it is used."""
    name = stop.error.name
    values: dict[str, object] = {"name": name, "handle": stop.handle}
    if name in stop.methods:
        return "name_of_handle", values
    if name in OTHER_CONSTANTS:
        return "name_of_constant", {**values, "meant": OTHER_CONSTANTS[name]}
    if name in ("self", "this"):
        return "name_of_class", values
    if name in ENDS_OF_BLOCKS:
        return "name_of_end", values
    if expected := functions_of(stop.file).get(stop.name):
        written = dict(zip(expected.parameters, stop.receives, strict=False))
        if name in written:
            return "received_by_another", {**values, "other": written[name]}
    if stop.handle and name in HANDLES.values():
        return "name_of_other_handle", values
    if name in OTHER_PRINTS:
        return "name_of_print", values
    if name in ("key", "username", "server", "client"):
        return "name_not_received", {**values, "received": received(stop)}
    if name in sys.stdlib_module_names:
        return "name_of_module", values
    if stop.handle == "client" and name in (*functions_of(SERVER_FILE), *Dictionaries._fields):
        return "name_of_server", {**values, "other": SERVER_FILE}
    is_called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(stop.definition)
    )
    made = made_there(stop)
    known = stop.functions if is_called else [*stop.functions, *stop.variables]
    known = [name for name in known if name not in made]
    if meant := nearest(name, [*known, *stop.methods]):
        if sign := of_another_script(name, meant):
            return "name_looks_alike", {**values, "meant": meant, "sign": sign}
        rule = "name_misspelt" if meant in known else "name_like_handle"
        return rule, {**values, "meant": meant}
    return ("name_of_function" if is_called else "name_unknown"), values


def of_another_script(name: str, meant: str) -> str:
    """Return the letter of a name that no Latin one is, where one was meant; "" if there is none.

    Parameters:
        meant: the name that was meant, which is longer or shorter if it does not look alike.
    """
    for sign, other in zip(name, meant, strict=False) if len(name) == len(meant) else ():
        if other.isascii() and not unicodedata.normalize("NFKD", sign)[0].isascii():
            return f"{unicodedata.name(sign, 'a sign').lower()} (U+{ord(sign):04X})"
    return ""


def received(stop: Stop) -> str:
    """Return how it is told what a function receives."""
    return (
        f"only {' and '.join(stop.receives)}" if stop.receives else "nothing by a name of its own"
    )


def no_value(stop: Stop) -> Words:
    """Explain a local name that has no value yet."""
    quoted = stop.error.message.split("'")
    name = stop.error.name or (quoted[1] if len(quoted) > 1 else "")
    if name in Dictionaries._fields:
        return "local_dictionary", {"dictionary": name}
    if name in stop.functions:
        return "hidden_function", {"name": name}
    return "no_value_yet", {"name": name}


def no_attribute(stop: Stop) -> Words | None:
    """Explain something after a dot that is not there."""
    name, owner = stop.error.name, stop.error.owner
    values: dict[str, object] = {"name": name, "handle": stop.handle}
    if not name:  # what Python itself looked for: `with` did, until 3.10
        return ("no_with", {}) if stop.error.message in ENTERED else None
    if owner in ("ServerHandle", "ClientHandle"):
        values["handle"] = owner.removesuffix("Handle").lower()
        if name in stop.functions:
            return "function_of_file", values
        if name in stop.variables and name not in made_there(stop):
            return "own_name", values
        if meant := nearest(name, stop.methods) or only_end(name, stop.methods):
            return "handle_misspelt", {**values, "meant": meant}
        return "not_in_handle", values
    if owner not in KINDS:
        return None
    values["kind"] = KINDS[owner]
    if owner == "dict" and (meant := nearest(name, dir(dict))):
        return "method_misspelt", {**values, "meant": meant}
    return "no_attribute", values


# What Python says of values of the wrong kind: a pattern, and the rule for it. The groups are
# the names of the kinds, or what joins them.
WRONG_KINDS = (
    (
        r"unsupported operand type\(s\) for (?P<name>\S+?)( or .*)?: "
        r"'(?P<kind>\w+)' and '(?P<other>\w+)'",
        "not_together",
    ),
    (
        r"'(?P<name>[<>]=?)' not supported between instances of "
        r"'(?P<kind>\w+)' and '(?P<other>\w+)'",
        "not_compared",
    ),
    (r"can only concatenate str \(not \"(?P<kind>\w+)\"\) to str", "not_joined"),
    (r"'(?P<kind>\w+)' object is not subscriptable", "nothing_inside"),
    (r"'(?P<kind>\w+)' object does not support item assignment", "nothing_to_store_in"),
    (r"'(?P<kind>\w+)' object does not support item deletion", "nothing_inside"),
    (r"(argument of type )?'(?P<kind>\w+)'( object)? is not iterable", "nothing_to_look_through"),
    (r"cannot unpack non-iterable (?P<kind>\w+) object", "nothing_to_look_through"),
    (r"object of type '(?P<kind>\w+)' has no len\(\)", "no_length"),
    (
        r"'in <string>' requires string as left operand, not (?P<kind>\w+)",
        "looks_in_text",
    ),
    (r"string indices must be integers", "text_by_name"),
    (r"list indices must be integers or slices, not (?P<kind>\w+)", "list_by_name"),
    (r"'(?P<kind>\w+)' object cannot be interpreted as an integer", "no_number"),
    (r"bad operand type for unary (?P<name>\S+): '(?P<kind>\w+)'", "not_of_number"),
    (r"object (?P<kind>\w+) can't be used in 'await' expression", "needless_await"),
    (
        r"'async for' requires an object with __aiter__ method, got (?P<kind>\w+)",
        "no_async_for",
    ),
    (r"'(?P<kind>\w+)' object is not callable", "no_function"),
    (r"unhashable type: '(?P<kind>\w+)'", "no_key"),
)
ENTERED = ("__enter__", "__exit__", "__aenter__", "__aexit__")
# How Python tells of a call with too many or too few values.
WRONG_CALL = re.compile(
    r"positional argument|keyword argument|takes exactly|takes no|expected at (most|least)|"
    r"expected \d+ argument"
)


def wrong_type(stop: Stop) -> Words | None:
    """Explain a value of the wrong kind."""
    message = stop.error.message
    if "send_message takes a message" in message:
        return "no_message", {}
    if "context manager protocol" in message:
        return "no_with", {}
    if WRONG_CALL.search(message):
        called = re.split(r"\(|\s+(?=expected|takes)", message)[0].rpartition(".")[2]
        amount = "fewer values than it needs"
        if not re.search(r"missing|at least", message):
            amount = "values it does not take"
        return "wrong_call", {"name": called, "amount": amount}
    for pattern, rule in WRONG_KINDS:
        if found := re.fullmatch(pattern, message):
            kinds = found.groupdict()
            values: dict[str, object] = {
                name: part if name == "name" else KINDS.get(part, f"something of type {part}")
                for name, part in kinds.items()
            }
            method = kinds.get("kind", "") in ("builtin_function_or_method", "method")
            return ("method_uncalled" if method else rule), values
    return None


def no_key(stop: Stop) -> Words:
    """Explain a key that is looked up and is not there."""
    if stop.error.message.startswith("slice("):  # until 3.11 a TypeError
        return "no_key", {"kind": KINDS["slice"]}
    return "missing_key", {}


def wrong_value(stop: Stop) -> Words | None:
    """Explain a value of the right kind that does not fit."""
    message = stop.error.message
    if "values to unpack" in message:
        return "unpacks", {}
    if found := re.match(r"\w+\.(index|remove)\(x\): ", message):
        return "not_found", {"name": found[1]}
    if message == "substring not found":
        return "not_found", {"name": "index"}
    if found := re.match(r"(max|min)\(\) .*\bempty\b", message):
        return "none_of_them", {"name": found[1]}
    if re.match(r"invalid literal for int\(\)|could not convert string to float", message):
        return "no_digits", {}
    return ("pairs_expected", {}) if "dictionary update sequence" in message else None


def wrong_time(stop: Stop) -> Words | None:
    """Explain a mistake that Python notices only as it happens."""
    message = stop.error.message
    if "changed size during iteration" in message or "keys changed during" in message:
        return "changed_in_loop", {}
    if "running event loop" in message or "already running" in message or "another loop" in message:
        return "runs_inside", {}
    return ("awaited_twice", {}) if "already awaited" in message else None


def rule_broken(stop: Stop) -> Words:
    """Explain a message that cannot be sent."""
    if stop.handle == "client" and "at least 1" in stop.error.message:
        return "empty_sent", {}
    return "breaks_a_rule", {"message": stop.error.message}


EXCEPTIONS: dict[str, Callable[[Stop], Words | None]] = {
    "NotImplementedError": lambda stop: ("not_filled_in", {}),
    "NameError": no_name,
    "UnboundLocalError": no_value,
    "AttributeError": no_attribute,
    "TypeError": wrong_type,
    "KeyError": no_key,
    "ValueError": wrong_value,
    "IndexError": lambda stop: ("no_such_number", {}),
    "StopIteration": lambda stop: ("nothing_next", {}),
    "SystemExit": lambda stop: ("asks_to_end", {}),
    "KeyboardInterrupt": lambda stop: ("asks_to_end", {}),
    "RecursionError": lambda stop: ("calls_itself", {}),
    "EOFError": lambda stop: ("waits_for_input", {}),
    "RuntimeError": wrong_time,
    "InvalidStateError": lambda stop: ("task_not_done", {}),
    "ProtocolError": rule_broken,
    "AssertionError": lambda stop: ("not_so", {}),
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" if none is near."""
    # Here, not above: it is hardly ever needed, and takes its time to import.
    import difflib

    known = list(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.65)
    # One that is written in another way only is nearer than any other.
    same = [other for other in known if in_one_way(other) == in_one_way(name)]
    return next(iter([*same, *near]), "")


def in_one_way(name: str) -> str:
    """Return a name with its words joined by underscores, as it is or was by capital letters."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()
