"""Causes in the helpers that a handler calls: what they were asked, and what they did."""

import ast
from collections.abc import Iterator

from gui.tutor import syntax
from gui.tutor.assignment import Dictionaries, Function, functions_of
from gui.tutor.causes.case import Case, Finding
from gui.tutor.evidence import Call, Evidence
from gui.tutor.rules import (
    GRANTED_WRONGLY,
    REFUSED_WRONGLY,
    Situation,
    counts_as_true,
    shown,
)

# What is wrong only because of what a helper did, or was asked.
OF_HELPERS = frozenset(
    [
        *GRANTED_WRONGLY.values(),
        *REFUSED_WRONGLY.values(),
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


def called(function: Function, did: Evidence) -> Iterator[tuple[Function, Call]]:
    """Yield the calls of the file's other functions, each with the function."""
    others = functions_of(function.file)
    yield from ((others[call.name], call) for call in did.helped if call.name in others)


def misled(case: Case) -> Iterator[tuple[Function, Call]]:
    """Yield the calls of helpers that may have led a function astray, as far as they are known."""
    if case.did is not None and case.is_rule(*OF_HELPERS):
        for helper, call in called(case.function, case.did):
            if call.did is not None and call.before is not None:
                yield helper, call


def asked(helper: Function, call: Call) -> Situation:
    """Return the situation in which a helper was called."""
    given = dict(zip(helper.parameters, call.arguments, strict=False))
    before = Dictionaries(*(e if isinstance(e, dict) else {} for e in call.before or ({}, {})))
    return Situation(before, given.get("key", ""), given.get("username", ""))


def as_an_if_takes_it(did: Evidence) -> Evidence:
    """Return what a helper did, with True or False for an answer that an `if` takes for it."""
    return did._replace(returned=counts_as_true(did.returned))


def wrong_argument(case: Case) -> Finding | None:
    """Find a helper that was asked about something else than this client and this username."""
    if case.did is None or case.situation is None:
        return None
    if not case.is_rule(*OF_HELPERS, "wrong_result"):
        return None
    given = {"key": case.situation.key, "username": case.situation.username}
    for helper, call in called(case.function, case.did):
        for parameter, value in zip(helper.parameters, call.arguments, strict=False):
            if parameter in given and value != given[parameter]:
                others = [name for name in given if name != parameter and given[name] == value]
                # No username is right where the request has none; and a helper that asks others
                # may well ask them about somebody else.
                if not others and (not given[parameter] or case.is_rule("wrong_result")):
                    continue
                is_exchanged = bool(others) and len(helper.parameters) > 1
                rule = "exchanged_argument" if is_exchanged else "wrong_argument"
                received = " and ".join(helper.parameters)
                if len(helper.parameters) > 1:
                    received += ", in this order"
                values = {"parameter": parameter, "received": received, "shown": shown(value)}
                return case.told(rule, call.line, name=call.name, **values)
    return None


def stores_elsewhere(case: Case) -> Finding | None:
    """Find a helper that rightly changed the dictionary that this step leaves alone."""
    if case.did is None or case.fault is None or not case.is_rule("unexpected_entry"):
        return None
    for helper, call in called(case.function, case.did):
        if helper.stores == case.fault.dictionary:
            values = {"name": call.name, "dictionary": helper.stores}
            return case.told("helper_stores_elsewhere", call.line, **values)
    return None


def result_of_storing(case: Case) -> Finding | None:
    """Find a condition on what a helper hands back that only stores."""
    if case.did is None or case.fault is None:
        return None
    storing = [
        helper.name
        for helper, call in called(case.function, case.did)
        if helper.stores and (call.did is None or call.did.returned is None)
    ]
    for part in case.parts:
        match part:
            case ast.If(test) if all(value is None for value in case.did.values_of(test)):
                for value in case.meant_by(test):
                    match value:
                        case ast.Call(ast.Name(name)) if name in storing:
                            return case.told("result_of_storing", part, code=test, name=name)
    return None


def hands_back_none(case: Case) -> Finding | None:
    """Find a helper that answers with what it looked up, which is None."""
    if case.did is None or not case.is_rule("no_result"):
        return None
    for part in case.parts:
        match part:
            case ast.Return(value) if value is not None and syntax.spans(part, case.last_line):
                is_print = isinstance(value, ast.Call) and syntax.dotted(value.func) == "print"
                if not (is_print or (isinstance(value, ast.Constant) and value.value is None)):
                    return case.told("no_truth_value", part, shown="None")
    return None
