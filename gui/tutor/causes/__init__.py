"""Why something is wrong: what a function did, and what its text says, looked at together.

A cause speaks only where both agree. They are tried in the order of `CAUSES`; where none is
sure, what is wrong is told as it shows from outside.
"""

import ast

from gui.tutor import syntax
from gui.tutor.assignment import Function
from gui.tutor.causes import calls, conditions, helpers, names, waiting
from gui.tutor.causes.case import Case, Cause, Finding
from gui.tutor.causes.changes import CHANGES, changes_nowhere, other_entry
from gui.tutor.causes.dictionaries import DICTIONARY, looked_up_blindly
from gui.tutor.causes.operators import OPERATORS, comma, walrus
from gui.tutor.causes.stops import as_it_stopped, in_one_form, nearest
from gui.tutor.causes.values import VALUES
from gui.tutor.causes.waiting import why_it_hung
from gui.tutor.evidence import Evidence, Raised
from gui.tutor.explanations import explain
from gui.tutor.rules import Fault, Situation, fault

__all__ = ["Finding", "dropped_message", "judge", "nearest", "why_it_hung", "why_it_stopped"]


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
        return why_it_stopped(function, did.error, tree, did, situation)
    found = fault(function, situation, did, alone)
    if found is None:
        return other_step_taken(function, did) or helper_without_result(function, did, tree)
    seen = as_it_shows(function, found, did, tree)
    return why(Case(function, tree, seen, did, situation, found))


def as_it_shows(function: Function, found: Fault, did: Evidence, tree: ast.Module) -> Finding:
    """Return what is wrong with what a function did, as it shows from outside."""
    definition, line = syntax.definition(tree, function.name), found.line
    if found.dictionary and not line:
        line = syntax.changing_line(definition, found.dictionary)
    if not function.sends and not line and found.rule in ("no_result", "not_stored"):
        line = syntax.idle_line(definition)
    explanation = explain(found.rule, function=function.name, **found.values)
    return Finding(explanation, function.name, line or did.line)


def why_it_stopped(
    function: Function,
    error: Raised,
    tree: ast.Module,
    did: Evidence | None = None,
    situation: Situation | None = None,
) -> Finding:
    """Return why an exception ended a function, or one that it called.

    Parameters:
        did, situation: what the function did, and where, as far as it is known.
    """
    error = in_one_form(error)
    seen = as_it_stopped(function, error, tree)
    return why(Case(function, tree, seen, did, situation, error=error))


def why(case: Case) -> Finding:
    """Return the first cause that is sure, or what is told where none is."""
    return next(filter(None, (cause(case) for cause in CAUSES)), case.seen)


def dropped_message(function: Function, did: Evidence, tree: ast.Module) -> Finding | None:
    """Return a message that was prepared and not sent, though the outcome is right."""
    kept = syntax.kept_for_await(syntax.definition(tree, function.name))
    for call in did.unsent:
        # One of several that were prepared, each to be sent in some case.
        if did.sent and call.line in kept:
            continue
        explanation = explain("forgotten_await", function=function.name, name=call.name)
        return Finding(explanation, function.name, call.line)
    return None


# --- helpers ----------------------------------------------------------------------------


def helper_without_result(function: Function, did: Evidence, tree: ast.Module) -> Finding | None:
    """Return what is wrong with a helper that gave None for an answer, if there is one."""
    for helper, call in helpers.called(function, did):
        if helper.answers and call.did and call.did.returned is None and not call.did.error:
            finding = judge(helper, helpers.asked(helper, call), call.did, tree)
            if finding and finding.explanation.rule != "no_truth_value":
                return finding
    return None


def other_step_taken(function: Function, did: Evidence) -> Finding | None:
    """Return that a function called one of another step: at a grader that sends nothing."""
    for other, call in helpers.called(function, did):
        if other.sends and other.name != function.name:
            explanation = explain("of_other_request", function=function.name, name=other.name)
            return Finding(explanation, function.name, call.line)
    return None


def helper_at_fault(case: Case) -> Finding | None:
    """Find a helper of the file that did not do what it should."""
    if case.did is None or case.fault is None:
        return None
    if finding := helper_without_result(case.function, case.did, case.tree):
        return finding
    for helper, call in helpers.misled(case):
        situation, did = helpers.asked(helper, call), call.did
        assert did is not None
        found = fault(helper, situation, did)
        # What an `if` takes for the right answer led nobody astray.
        if found and found.rule in ("no_truth_value", "no_result"):
            found = fault(helper, situation, helpers.as_an_if_takes_it(did))
        if found:
            return judge(helper, situation, did, case.tree)
    return None


# --- the order --------------------------------------------------------------------------


def forgotten_await(case: Case) -> Finding | None:
    """Find a message that was prepared, and not sent."""
    if case.did is None or case.error is not None:
        return None
    return dropped_message(case.function, case.did, case.tree)


def swallowed(case: Case) -> Finding | None:
    """Find an exception that was caught, and kept the rest from running."""
    error = case.did.swallowed if case.did else None
    if error is None or case.fault is None:
        return None
    if error.kind not in SLIPS and not case.is_rule(*calls.MISSING):
        return None
    found = why_it_stopped(case.function, error, case.tree)
    if found.explanation.rule == "raised":
        return None
    title, advice, _ = found.explanation
    return case.told("swallowed", found.line, title=title, advice=advice)


# Exceptions that nobody means to catch.
SLIPS = ("AttributeError", "ImportError", "NameError", "TypeError", "UnboundLocalError")

CAUSES: tuple[Cause, ...] = (
    # What is not there, or never runs.
    calls.empty,
    calls.left_from_handout,
    calls.uses_yield,
    *calls.CALLS_FIRST,
    calls.uncalled,
    waiting.unawaited_function,
    waiting.called_elsewhere,
    forgotten_await,
    swallowed,
    # What is something else than its name says.
    comma,
    walrus,
    *names.NAMES,
    helpers.wrong_argument,
    # What another function did.
    helper_at_fault,
    calls.early_return,
    # What is read otherwise than it was meant.
    *OPERATORS,
    *DICTIONARY,
    *waiting.WAITING,
    helpers.stores_elsewhere,
    helpers.result_of_storing,
    helpers.hands_back_none,
    names.local_dictionary,
    *CHANGES,
    *calls.CALLS,
    # What came of the values, of the conditions, and of a look-up.
    *VALUES,
    conditions.loop_never_began,
    conditions.same_for_everybody,
    conditions.no_other_answer,
    conditions.unused,
    conditions.looks_nowhere,
    conditions.of_any_client,
    conditions.opposite,
    conditions.flipped,
    conditions.true_in_the_end,
    conditions.came_to,
    conditions.came_by_except,
    looked_up_blindly,
    other_entry,
    changes_nowhere,
)
"""The causes in the order in which they are tried: those that explain others come first."""
