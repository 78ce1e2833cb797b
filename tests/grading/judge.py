"""Judges what a function did: the one place where it is compared with what was expected."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gui.tutor import explanations
from gui.tutor.explanations import Explanation, Failure
from tests.grading import words
from tests.grading.assignment import BY_NAME, FUNCTIONS, MODULES, Function
from tests.grading.observations import Call, Entries, Observation, Raised, Value
from tests.grading.portions import Portion, StudentFile
from tests.grading.runner import BadSyntax, Died, Hung, Outcome
from tests.grading.scenarios import Scenario

# Longer portions are judged as all others; only no hints are sought in them.
LONGEST_HINTED_BODY = 5000
INDENTATION = ("IndentationError", "TabError")


class Finding(NamedTuple):
    """What is wrong with a function: the words, the line, and the situation if one matters."""

    explanation: Explanation
    line: int
    situation: str = ""

    def sentence(self, file: str) -> str:
        """Return everything in one line of text."""
        parts = [self.situation, self.explanation.title, self.explanation.advice]
        sentence = " ".join(filter(None, [*parts, f"({file}, line {self.line})"]))
        return "".join(c if c.isprintable() else "?" for c in sentence)


def judge(
    portion: Portion,
    student: StudentFile,
    scenarios: list[Scenario],
    outcomes: Mapping[int, Outcome],
) -> Finding | None:
    """Return what is wrong with a function, or None if it did all that it must.

    Parameters:
        portion: what the student wrote.
        student: the file around it.
        scenarios: what it was watched in, the most telling first.
        outcomes: what it did, by the number of the scenario; none after one that was its end.

    Raises:
        ValueError: nothing is wrong, yet something was not watched.
    """
    function = BY_NAME[portion.function]
    if is_empty(portion.body):
        return Finding(words.empty_portion(function.name), portion.line)
    found: list[tuple[int, int, Finding]] = []
    for number, outcome in sorted(outcomes.items()):
        finding = judge_outcome(function, portion, student, scenarios[number], outcome)
        if finding:
            urgent = isinstance(outcome, (BadSyntax, Hung, Died))
            found.append((0 if urgent else 1, number, finding))
    if not found:
        # What was not watched to its end has not earned anything.
        if len(outcomes) != len(scenarios):
            raise ValueError("a function without a fault was not watched to its end")
        return None
    finding = min(found, key=lambda item: item[:2])[2]
    last = portion.line + portion.body.count("\n")
    line = finding.line if portion.line < finding.line <= last else first_line(portion)
    return Finding(finding.explanation, line, finding.situation)


def judge_outcome(
    function: Function,
    portion: Portion,
    student: StudentFile,
    scenario: Scenario,
    outcome: Outcome,
) -> Finding | None:
    """Return what is wrong with what a function did in one scenario, if anything is."""
    name = function.name
    if isinstance(outcome, BadSyntax):
        explain = words.wrong_indent if outcome.kind in INDENTATION else words.unreadable_portion
        return Finding(explain(name, outcome.message), outcome.line)
    situation = described(function, scenario)
    if isinstance(outcome, Hung):
        line, in_loop = waiting_line(portion)
        explanation = words.did_not_finish(name, outcome.seconds, in_loop)
        return Finding(explanation, line, situation)
    if isinstance(outcome, Died):
        return Finding(words.ended_process(name), line_of(portion, r"exit|abort|kill"), situation)
    if outcome.error:
        explanation = explain_error(function, portion, student, outcome.error)
        line = outcome.error.line
        if outcome.error.kind == "TypeError" and (hint := hinted(function, portion)):
            explanation, line = hint
        if outcome.error.kind == "NotImplementedError":
            situation = ""
        return Finding(explanation, line, situation)
    if function.is_async:
        explained = judge_sending(function, scenario, outcome)
    elif function.stores:
        explained = judge_storing(function, scenario, outcome)
    else:
        explained = judge_answer(function, scenario, outcome)
    if explained is None:
        return None
    explanation, line = explained
    if hint := hinted(function, portion):
        explanation, line = hint
    return Finding(explanation, line or outcome.line, situation)


def described(function: Function, scenario: Scenario) -> str:
    """Return the situation of a scenario as a sentence."""
    if scenario.value is None:
        return scenario.situation
    dictionary = "active_users" if function.name == "logged_in" else "users"
    entries = dict(getattr(scenario, dictionary))
    called = ", ".join(map(repr, scenario.arguments))
    return f"{function.name}({called}) was called while {dictionary} was {entries}."


# --- helpers ----------------------------------------------------------------------------

Explained = tuple[Explanation, int]


def judge_answer(function: Function, scenario: Scenario, did: Observation) -> Explained | None:
    """Judge a helper that answers True or False."""
    name = function.name
    if changed := judge_dictionaries(function, scenario, did):
        return changed
    if did.value is None:
        return explanations.no_result(name), did.line
    if kind_of(did.value) == "generator":
        return explanations.uses_yield(name), did.line
    if not isinstance(did.value, bool):
        return words.no_truth_value(name, shown(did.value), kind_of(did.value)), did.line
    if did.value is not scenario.value:
        situation = explanations.SITUATIONS[name][0 if scenario.value else 1]
        return explanations.wrong_result(name, situation, did.value), did.line
    return None


def judge_storing(function: Function, scenario: Scenario, did: Observation) -> Explained | None:
    """Judge a helper that stores an entry."""
    name, dictionary = function.name, function.stores
    key, username = scenario.arguments
    now = as_dictionary(getattr(did, dictionary))
    if now is not None:
        if key not in now and now.get(username) == key:
            return explanations.swapped(name, dictionary), did.line
        if key not in now and dictionary in did.local:
            return explanations.local_dictionary(name, dictionary), did.line
        if key in now and now[key] != username and key not in dict(getattr(scenario, dictionary)):
            if not isinstance(now[key], str):
                return explanations.wrong_kind(name, dictionary), did.line
            stored = "its key" if now[key] == key else shown(now[key])
            return explanations.wrong_value(name, dictionary, stored), did.line
    if changed := judge_dictionaries(function, scenario, did):
        return changed
    return None


def judge_dictionaries(
    function: Function, scenario: Scenario, did: Observation
) -> Explained | None:
    """Judge what the dictionaries hold afterwards."""
    if function.file != "server_logic.py":
        return None
    name = function.name
    for dictionary in ("users", "active_users"):
        before = dict(getattr(scenario, dictionary))
        expected = dict(getattr(scenario, f"{dictionary}_after"))
        now = as_dictionary(getattr(did, dictionary))
        if now is None:
            kind = kind_of(getattr(did, dictionary))
            return explanations.replaced(name, dictionary, kind), did.line
        if now == expected:
            continue
        if dictionary in did.replaced and any(key not in now for key in before):
            return explanations.replaced(name, dictionary, "dictionary"), did.line
        if any(key not in now for key in before):
            return explanations.lost_entry(name, dictionary), did.line
        if any(now[key] != before[key] for key in before):
            return explanations.foreign_entry(name, dictionary), did.line
        if any(key not in expected for key in now):
            return explanations.unexpected_entry(name, dictionary), did.line
        return explanations.not_stored(name, dictionary), did.line
    return None


# --- what sends -------------------------------------------------------------------------


def judge_sending(function: Function, scenario: Scenario, did: Observation) -> Explained | None:
    """Judge a function that sends a message, or must send none."""
    name = function.name
    expected = scenario.sent
    is_client = function.file == "client_logic.py"
    if expected is None:
        if did.sent:
            return explanations.empty_sent(name), did.sent[0].line
        return judge_dictionaries(function, scenario, did)
    if not did.sent:
        if did.unsent:
            return explanations.forgotten_await(name, did.unsent[0].name), did.unsent[0].line
        no_message = explanations.nothing_sent if is_client else explanations.no_answer
        return no_message(name), did.line
    first = did.sent[0]
    if len(did.sent) > 1 or first.awaited > 1:
        second = did.sent[1:2] or did.sent
        if is_client:
            return explanations.sent_twice(name, second[0].name), second[0].line
        return explanations.two_answers(name, first.name, second[0].name), second[0].line
    if first.name not in function.answers:
        wrong = explanations.sent_wrong if is_client else explanations.wrong_answer
        return wrong(name, first.name), first.line
    if first.arguments and first.arguments != tuple(scenario.arguments):
        return judge_username(function, scenario, first), first.line
    if first.name != expected[0]:
        broken: Explained | None = (judge_decision(function, scenario, did), first.line)
    else:
        broken = judge_handler_storing(function, scenario, did)
    # A helper that was asked about something else explains more than what came of it.
    return broken and (wrong_argument(function, scenario, did) or broken)


def wrong_argument(function: Function, scenario: Scenario, did: Observation) -> Explained | None:
    """Explain a helper that was called with something else than it is meant for."""
    module = MODULES[function.file]
    right = {"key": scenario.key, "username": "".join(scenario.arguments)}
    for call in did.calls:
        parameters = {**module.lookups, **module.stores}.get(call.name, ([],))[0]
        for parameter, given in zip(parameters, call.arguments, strict=False):
            if call.double and given != right[parameter]:
                described = shown(given) if isinstance(given, str) else "something else"
                explain = explanations.wrong_argument
                return explain(function.name, call.name, parameter, described), call.line
    return None


def judge_username(function: Function, scenario: Scenario, sent: Call) -> Explanation:
    """Explain a message about something else than the username in question."""
    given = sent.arguments[0]
    if not isinstance(given, str):
        return words.not_sendable(function.name, sent.name, shown(given))
    if function.file == "client_logic.py":
        return explanations.sent_wrong_name(function.name, given, scenario.arguments[0])
    return explanations.wrong_name(function.name, given, scenario.arguments[0])


def judge_decision(function: Function, scenario: Scenario, did: Observation) -> Explanation:
    """Explain the wrong one of the two answers."""
    name = function.name
    users = dict(scenario.users)
    username = scenario.arguments[0] if scenario.arguments else ""
    sent = did.sent[0].name
    if sent == "registration_successful":
        if scenario.key in users:
            return explanations.registered_twice(name)
        return explanations.taken_name(name, username)
    if sent == "login_successful":
        return explanations.wrong_login(name, username, scenario.key in users)
    if sent == "send_registry":
        return explanations.wrong_registry(name)
    if sent == "registration_failed" and as_dictionary(did.users) != users:
        return explanations.refused_after_storing(name)
    return explanations.refused_wrongly(name, username)


def judge_handler_storing(
    function: Function, scenario: Scenario, did: Observation
) -> Explained | None:
    """Judge what a handler that answered rightly has left in the dictionaries."""
    name, dictionary = function.name, function.stores
    message = did.sent[0].name
    if dictionary:
        before = dict(getattr(scenario, dictionary))
        expected = dict(getattr(scenario, f"{dictionary}_after"))
        now = as_dictionary(getattr(did, dictionary))
        username = scenario.arguments[0]
        if now is not None and now != expected:
            if now == before:
                helper = "register_user" if dictionary == "users" else "log_in_client"
                return explanations.empty_promise(name, message, dictionary, helper), did.line
            if expected == before and message == "registration_failed":
                return explanations.refused_after_storing(name), did.line
            if now.get(username) == scenario.key:
                return explanations.swapped(name, dictionary), did.line
    return judge_dictionaries(function, scenario, did)


# --- exceptions -------------------------------------------------------------------------


def explain_error(
    function: Function, portion: Portion, student: StudentFile, error: Raised
) -> Explanation:
    """Explain an exception that ended a function."""
    name = error.name
    if error.owner == "async_generator":
        return explanations.uses_yield(function.name)
    if error.kind == "UnboundLocalError" and not name:
        name = next(iter(re.findall(r"'(\w+)'", error.message)), "")
    if error.kind == "NameError" and name in student.outside:
        return words.outside_markers(function.name, name)
    if error.kind == "EOFError":
        return words.waits_for_input(function.name)
    known = [other.name for other in FUNCTIONS if other.file == function.file]
    if function.file == "server_logic.py":
        known += ["users", "active_users"]
    return explanations.explain_exception(
        Failure(
            error.kind,
            error.message,
            function.name,
            line_text(portion, error.line),
            name,
            error.owner,
            known + re.findall(r"\b(\w+) *=(?!=)", portion.body),
            function.parameters,
        )
    )


# --- the text of a portion --------------------------------------------------------------


def is_empty(body: str) -> bool:
    """Tell whether a portion holds nothing but blanks, comments and `pass`."""
    lines = (line.partition("#")[0].strip() for line in body.splitlines())
    return all(line in ("", "pass", "...") for line in lines)


def first_line(portion: Portion) -> int:
    """Return the number of the first line that is neither blank nor a comment."""
    return line_of(portion, r"^\s*[^\s#]")


def line_of(portion: Portion, pattern: str) -> int:
    """Return the number of the first line that a pattern is found in, else of the first one."""
    for number, line in enumerate(portion.body.split("\n"), portion.line + 1):
        if re.search(pattern, line):
            return number
    return portion.line + 1


def line_text(portion: Portion, number: int) -> str:
    """Return the text of a line, "" if the portion does not have it."""
    lines = portion.body.split("\n")
    return lines[number - portion.line - 1] if 0 < number - portion.line <= len(lines) else ""


def waiting_line(portion: Portion) -> tuple[int, bool]:
    """Return the line that a function which did not finish is probably at, and if it loops."""
    for pattern, in_loop in ((r"^[ \t]*while\b", True), (r"\bsleep\b|\binput\b|\.wait\b", False)):
        if re.search(pattern, portion.body, re.MULTILINE):
            return line_of(portion, pattern), in_loop
    return line_of(portion, r"^[ \t]*(async )?for\b|^[ \t]*[^\s#]"), "for " in portion.body


def hinted(function: Function, portion: Portion) -> Explained | None:
    """Return words for what the text of a portion shows better than what it did."""
    if len(portion.body) > LONGEST_HINTED_BODY:
        return None
    from tests.grading import hints  # only where there is something to explain

    module, handle = MODULES[function.file], function.parameters[0]
    answering = [*module.lookups, *module.stores, f"{handle}.get_addr_key"]
    sending = [f"{handle}.{name}" for name in module.methods]
    answers = not function.is_async and not function.stores
    if answers and (line := hints.early_return(portion)):
        return explanations.early_return(function.name), line
    for written, line in hints.uncalled(portion, answering, sending):
        return words.uncalled(function.name, written), line
    return None


# --- values -----------------------------------------------------------------------------


def as_dictionary(entries: Entries) -> dict[str, Value] | None:
    """Return entries as a dictionary by key, or None if they are of no dictionary."""
    if not isinstance(entries, list):
        return None
    return {key if isinstance(key, str) else repr(key): value for key, value in entries}


def shown(value: Value) -> str:
    """Return how a value is shown in a sentence."""
    if isinstance(value, dict):
        return value["shown"] or f"an object of type {value['type']}"
    return repr(value)


def kind_of(value: Value) -> str:
    """Return the name of a value's type."""
    return str(value["type"]) if isinstance(value, dict) else type(value).__name__
