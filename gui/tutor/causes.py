"""Why something is wrong: what a function did, and what its text says, looked at together.

A cause speaks only where both agree. They are tried in the order of `CAUSES`; where none is
sure, what is wrong is told as it shows from outside.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gui.tutor import syntax
from gui.tutor.assignment import HANDLES, SENDERS, Dictionaries, Function, functions_of
from gui.tutor.evidence import Call, Evidence, Raised
from gui.tutor.explanations import Explanation, explain
from gui.tutor.rules import Fault, Situation, counts_as_true, fault, shown


class Finding(NamedTuple):
    """What is wrong, and where.

    Parameters:
        function: the name of the function that it is in.
        line: the line of the file, 0 if it is none of the function's.
    """

    explanation: Explanation
    function: str
    line: int


class Case(NamedTuple):
    """A call of a function that went wrong.

    Parameters:
        fault: what is wrong with it from outside.
        tree: the syntax tree of the file.
    """

    function: Function
    situation: Situation
    did: Evidence
    fault: Fault
    tree: ast.Module

    @property
    def definition(self) -> syntax.Definition:
        """The function's definition."""
        return syntax.definition(self.tree, self.function.name)

    def finding(self, rule: str, line: int, **values: object) -> Finding:
        """Return a finding in this function."""
        name = self.function.name
        return Finding(explain(rule, function=name, **values), name, line or self.did.line)


def judge(
    function: Function,
    situation: Situation,
    did: Evidence,
    tree: ast.Module,
    alone: bool = True,
) -> Finding | None:
    """Return what is wrong with what a function did, and why; None if nothing is.

    Parameters:
        tree: the syntax tree of the file that it is in.
        alone: whether nobody else changed the dictionaries meanwhile.
    """
    if did.error is not None:
        return why_it_stopped(function, did.error, tree)
    found = fault(function, situation, did, alone)
    if found is None:
        return helper_without_result(function, did, tree)
    case = Case(function, situation, did, found, tree)
    for cause in CAUSES:
        if finding := cause(case):
            return finding
    line = found.line
    if found.dictionary and not line:
        line = syntax.changing_line(case.definition, found.dictionary)
    if not function.sends and not line:
        line = syntax.idle_line(case.definition)
    return case.finding(found.rule, line, **found.values)


def dropped_message(function: Function, did: Evidence) -> Finding | None:
    """Return a message that was prepared and not sent, though the outcome is right."""
    for call in did.unsent:
        explanation = explain("forgotten_await", function=function.name, name=call.name)
        return Finding(explanation, function.name, call.line)
    return None


# --- causes -----------------------------------------------------------------------------

# What is wrong only because of what a helper did, or was asked.
OF_HELPERS = frozenset(
    [
        "registered_twice",
        "taken_name",
        "wrong_login",
        "wrong_registry",
        "refused_registration",
        "refused_login",
        "refused_registry",
        "refused_after_storing",
        "empty_promise",
        "replaced",
        "wrong_kind",
        "lost_entry",
        "foreign_entry",
        "unexpected_entry",
        "swapped",
        "wrong_value",
    ]
)


def empty(case: Case) -> Finding | None:
    """Find a function in which nothing stands between the markers."""
    return case.finding("empty", 0) if syntax.is_empty(case.definition) else None


def uses_yield(case: Case) -> Finding | None:
    """Find a function that hands values back with yield."""
    line = syntax.yields(case.definition)
    return case.finding("uses_yield", line) if line else None


def uncalled(case: Case) -> Finding | None:
    """Find a function that is named, and not called."""
    name, line = named_only(case.function, case.definition)
    return case.finding("uncalled", line, name=name) if name else None


def forgotten_await(case: Case) -> Finding | None:
    """Find a message that was prepared, and not sent."""
    return dropped_message(case.function, case.did)


def unawaited_function(case: Case) -> Finding | None:
    """Find a function of the file that sends, and was called without await."""
    if case.did.sent or not case.function.sends:
        return None
    names = [name for name, other in functions_of(case.function.file).items() if other.sends]
    name, line = syntax.unawaited(case.definition, names)
    return case.finding("forgotten_await", line, name=name) if name else None


def helper_at_fault(case: Case) -> Finding | None:
    """Find a helper of the file that did not do what it should."""
    if finding := helper_without_result(case.function, case.did, case.tree):
        return finding
    if case.fault.rule not in OF_HELPERS:
        return None
    for helper, call in helpers(case.function, case.did):
        if call.did is None or call.before is None:
            continue
        situation = asked(helper, call)
        found = fault(helper, situation, call.did)
        # What an `if` takes for the right answer led nobody astray.
        if found and found.rule in ("no_truth_value", "no_result"):
            harmless = call.did._replace(returned=counts_as_true(call.did.returned))
            found = fault(helper, situation, harmless)
        if found:
            return judge(helper, situation, call.did, case.tree)
    return None


def wrong_argument(case: Case) -> Finding | None:
    """Find a helper that was asked about something else than this client and this username."""
    if case.fault.rule not in OF_HELPERS:
        return None
    given = {"key": case.situation.key, "username": case.situation.username}
    for helper, call in helpers(case.function, case.did):
        for parameter, value in zip(helper.parameters, call.arguments, strict=False):
            # No username is right where the request has none.
            if parameter in given and given[parameter] and value != given[parameter]:
                what = shown(value) if isinstance(value, str) else "something else"
                return case.finding(
                    "wrong_argument", call.line, name=call.name, shown=what, parameter=parameter
                )
    return None


def replaced(case: Case) -> Finding | None:
    """Find a dictionary that was replaced by another one."""
    for dictionary in case.did.rebound if case.fault.rule != "replaced" else ():
        line = syntax.changing_line(case.definition, dictionary)
        if line:
            other = "another dictionary"
            return case.finding("replaced", line, dictionary=dictionary, other=other)
    return None


def hands_back_none(case: Case) -> Finding | None:
    """Find a helper that answers with what it looked up, which is None."""
    if case.fault.rule == "no_result" and syntax.returns(case.definition, case.did.line):
        return case.finding("no_truth_value", 0, shown="None")
    return None


def early_return(case: Case) -> Finding | None:
    """Find a loop that returns in its first turn, whatever it finds."""
    line = syntax.early_return(case.definition) if case.function.answers else 0
    return case.finding("early_return", line) if line else None


def local_dictionary(case: Case) -> Finding | None:
    """Find a variable of the function that hides a dictionary."""
    for dictionary in Dictionaries._fields:
        if line := syntax.makes_local(case.definition, dictionary):
            return case.finding("local_dictionary", line, dictionary=dictionary)
    return None


Cause = Callable[[Case], Finding | None]
CAUSES: tuple[Cause, ...] = (
    empty,
    uses_yield,
    uncalled,
    unawaited_function,
    forgotten_await,
    wrong_argument,
    helper_at_fault,
    replaced,
    early_return,
    hands_back_none,
    local_dictionary,
)


def helper_without_result(function: Function, did: Evidence, tree: ast.Module) -> Finding | None:
    """Return what is wrong with a helper that gave None for an answer, if there is one."""
    for helper, call in helpers(function, did):
        if helper.answers and call.did and call.did.returned is None and not call.did.error:
            finding = judge(helper, asked(helper, call), call.did, tree)
            if finding and finding.explanation.rule != "no_truth_value":
                return finding
    return None


def helpers(function: Function, did: Evidence) -> Iterator[tuple[Function, Call]]:
    """Yield the calls of the file's other functions, each with the function."""
    others = functions_of(function.file)
    yield from ((others[call.name], call) for call in did.helped if call.name in others)


def asked(helper: Function, call: Call) -> Situation:
    """Return the situation in which a helper was called."""
    given = dict(zip(helper.parameters, call.arguments, strict=False))
    before = Dictionaries(*(e if isinstance(e, dict) else {} for e in call.before or ({}, {})))
    return Situation(before, given.get("key", ""), given.get("username", ""))


def named_only(function: Function, definition: syntax.Definition) -> tuple[str, int]:
    """Return a function of the file or the handle that is named and not called, and the line."""
    handle = HANDLES[function.file]
    answering = [name for name, other in functions_of(function.file).items() if not other.sends]
    sending = [f"{handle}.{name}" for name in SENDERS[function.file]]
    if function.file in SENDERS and handle == "server":
        answering.append(f"{handle}.get_addr_key")
    return syntax.uncalled(definition, answering, sending)


# --- exceptions -------------------------------------------------------------------------


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
    # from 3.15 on
    (r"^.* argument after (\*\*?) must be", r"Value after \1 must be"),
)


class Stop(NamedTuple):
    """An exception that ended a function.

    Parameters:
        name: the function that it came from.
        definition: its definition.
        receives: what it receives.
        handle: what it calls its handle, or "".
        methods: what the handle offers.
        known: the names that it could use.
    """

    error: Raised
    name: str
    function: Function
    definition: syntax.Definition
    receives: list[str]
    handle: str
    methods: list[str]
    known: list[str]


def why_it_stopped(function: Function, error: Raised, tree: ast.Module) -> Finding:
    """Return why an exception ended a function, or one that it called."""
    file = function.file
    name = error.function if syntax.defines(tree, error.function) else function.name
    definition = syntax.definition(tree, name)
    receives = [argument.arg for argument in definition.args.args]
    handle = next((p for p in receives if p == HANDLES[file]), "")
    methods = [*SENDERS[file], *(["get_addr_key"] if handle == "server" else [])] if handle else []
    known = [*functions_of(file), *receives, *sorted(syntax.stored_names(definition))]
    if handle != "client":
        known += Dictionaries._fields
    stop = Stop(error, name, function, definition, receives, handle, methods, known)
    line = error.line or syntax.first_line(definition)
    if syntax.yields(definition) and error.owner in ("generator", "async_generator"):
        return Finding(explain("uses_yield", function=name), name, syntax.yields(definition))
    if error.kind == "TypeError":
        written, named = named_only(functions_of(file).get(name, function), definition)
        if written:
            return Finding(explain("uncalled", function=name, name=written), name, named)
    message = error.message
    for pattern, one_form in ONE_FORM:
        message = re.sub(pattern, one_form, message)
    stop = stop._replace(error=error._replace(message=message))
    words = EXCEPTIONS[error.kind](stop) if error.kind in EXCEPTIONS else None
    said = f"{error.kind}: {message}".rstrip(": .")
    rule, values = words or ("stopped", {"said": said})
    return Finding(explain(rule, function=name, **values), name, line)


Words = tuple[str, dict[str, object]]


def no_name(stop: Stop) -> Words:
    """Explain a name that does not exist where it is used."""
    name = stop.error.name
    values: dict[str, object] = {"name": name, "handle": stop.handle}
    if name in stop.methods:
        return "name_of_handle", values
    if meant := nearest(name, stop.methods):
        return "name_like_handle", {**values, "meant": meant}
    if name in ("key", "username", "server", "client"):
        return "name_not_received", {**values, "received": " and ".join(stop.receives) or "nothing"}
    if name in ("true", "false", "none", "null"):
        return "name_of_constant", {**values, "meant": name.capitalize()}
    if meant := nearest(name, stop.known):
        return "name_misspelt", {**values, "meant": meant}
    return "name_unknown", values


def no_value(stop: Stop) -> Words:
    """Explain a local name that has no value yet."""
    quoted = stop.error.message.split("'")
    name = stop.error.name or (quoted[1] if len(quoted) > 1 else "")
    if name in Dictionaries._fields:
        return "local_dictionary", {"dictionary": name}
    return "no_value_yet", {"name": name}


def no_attribute(stop: Stop) -> Words | None:
    """Explain something after a dot that is not there."""
    name, owner = stop.error.name, stop.error.owner
    values: dict[str, object] = {"name": name, "handle": stop.handle}
    if not name:  # what Python itself looked for: `with` did, until 3.10
        return None
    if owner in ("ServerHandle", "ClientHandle"):
        values["handle"] = owner.removesuffix("Handle").lower()
        if name in stop.known:
            return "function_of_file", values
        if meant := nearest(name, stop.methods):
            return "handle_misspelt", {**values, "meant": meant}
        return "not_in_handle", values
    if owner == "dict":
        if name in ("append", "add", "insert", "push", "extend"):
            return "method_of_others", values
        if meant := nearest(name, dir(dict)):
            return "method_misspelt", {**values, "meant": meant}
        return "no_such_method", values
    return ("attribute_of_none", values) if owner == "NoneType" else None


def wrong_type(stop: Stop) -> Words | None:
    """Explain a value of the wrong kind."""
    message = stop.error.message
    values: dict[str, object] = {"message": message}
    if "await" in message and ("used in" in message or "be awaited" in message):
        return ("method_uncalled" if "method" in message else "needless_await"), values
    if "method" in message and ("not iterable" in message or "subscriptable" in message):
        return "method_uncalled", values
    if "positional argument" in message or "keyword argument" in message:
        called = message.partition("(")[0].rpartition(".")[2]
        amount = "fewer values than it needs" if "missing" in message else "values it does not take"
        return "wrong_call", {"name": called, "amount": amount}
    if "send_message takes a message" in message:
        return "no_message", values
    if "not callable" in message:
        return "no_function", values
    if "unhashable" in message:
        return "no_key", values
    return ("not_awaited", values) if "coroutine" in message else None


def no_key(stop: Stop) -> Words:
    """Explain a key that is looked up and is not there."""
    if stop.error.message.startswith("slice("):  # until 3.11 a TypeError
        return "no_key", {"message": "unhashable type: 'slice'"}
    compares = syntax.compares(stop.definition, stop.error.line)
    return ("compared" if compares else "missing_key"), {}


def wrong_time(stop: Stop) -> Words | None:
    """Explain a mistake that Python notices only as it happens."""
    if "changed size during iteration" in stop.error.message:
        return "changed_in_loop", {}
    return ("awaited_twice", {}) if "already awaited" in stop.error.message else None


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
    "SystemExit": lambda stop: ("asks_to_end", {}),
    "KeyboardInterrupt": lambda stop: ("asks_to_end", {}),
    "RecursionError": lambda stop: ("calls_itself", {}),
    "EOFError": lambda stop: ("waits_for_input", {}),
    "RuntimeError": wrong_time,
    "ProtocolError": rule_broken,
    "AssertionError": lambda stop: ("not_so", {}),
}


def why_it_hung(
    function: Function,
    tree: ast.Module,
    seconds: float,
    name: str = "",
    line: int = 0,
    was_busy: bool = False,
) -> Finding:
    """Return why a function did not finish, as far as its text tells.

    Parameters:
        seconds: after how long it was broken off.
        name, line: the function that it had called, or itself, and the line that it was at; as
            far as they are known.
        was_busy: whether it is known that it did not only wait.
    """
    where = name if syntax.defines(tree, name) else function.name
    definition = syntax.definition(tree, where)
    loop = syntax.endless_loop(definition, line)
    line = line or loop or syntax.waiting(definition) or syntax.first_line(definition)
    rule = "endless_loop" if loop or was_busy else "endless_wait"
    return Finding(explain(rule, function=where, seconds=seconds), where, line)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" if none is near."""
    # Here, not above: it is hardly ever needed, and takes its time to import.
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.65)), "")
