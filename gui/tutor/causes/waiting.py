"""Causes around `await`: what waits, what does not, and what never comes."""

import ast
from collections.abc import Iterator

from gui.tutor import syntax
from gui.tutor.assignment import HANDLES, SENDERS, Function, functions_of
from gui.tutor.causes.case import Case, Cause, Finding
from gui.tutor.explanations import explain


def awaits_answer(case: Case) -> Finding | None:
    """Find an `await` before a call that answers at once."""
    if not (
        case.is_error("TypeError")
        and case.seen.explanation.rule in ("needless_await", "method_uncalled")
    ):
        return None
    for part in case.failing:
        match part:
            case ast.Await(ast.Call(ast.Name(name) | ast.Attribute(attr=name))):
                others = functions_of(case.function.file)
                if name == "get_addr_key" or (name in others and not others[name].sends):
                    return case.told("answers_at_once", part, name=name)
                if name == "print":
                    return case.told("answers_at_once", part, name=name)
            case ast.Await(ast.Constant(str()) as text):
                return case.told("code_in_quotes", part, code=text)
            case ast.Await(ast.Name(variable)) if variable in HANDLES.values():
                return case.told("handle_awaited", part, name=variable)
            case ast.Await(ast.Name(variable)):
                for value in case.given_to(variable):
                    if syntax.dotted(value).partition(".")[0] in HANDLES.values():
                        return case.told("uncalled", value, name=syntax.dotted(value))
    return None


def result_of_sending(case: Case) -> Finding | None:
    """Find what is expected of a call that sends, which gives nothing back."""
    if case.error is not None:
        is_of_none = case.is_error("AttributeError") and case.error.owner == "NoneType"
        used = case.failing if is_of_none or "NoneType" in case.error.message else []
    else:
        tests = [part.test for part in case.parts if isinstance(part, (ast.If, ast.While))]
        used = [part for test in tests if case.fault for part in ast.walk(test)]
    for part in used:
        if name := sent_by(case, part):
            return case.told("nothing_comes_back", part, code=part, name=name)
    return None


def sent_by(case: Case, node: ast.AST) -> str:
    """Return the method of the handle whose result a piece of code is, "" if it is none's."""
    values = [node]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        values += case.given_to(node.id)
    for value in values:
        match value:
            case ast.Await(ast.Call(ast.Attribute(ast.Name(owner), name))) if (
                owner in HANDLES.values() and name in SENDERS[case.function.file]
            ):
                return name
    return ""


def unawaited_function(case: Case) -> Finding | None:
    """Find a function of the file that sends, and was called without await."""
    if case.did is None or case.error is not None or case.did.sent or not case.function.sends:
        return None
    names = [name for name, other in functions_of(case.function.file).items() if other.sends]
    name, line = syntax.unawaited(case.definition, names)
    return case.told("forgotten_await", line, name=name) if name else None


def given_uncalled(case: Case) -> Finding | None:
    """Find a function of the handle that is given to asyncio, which takes what a call gives."""
    for part in case.failing if case.is_error("TypeError") else ():
        match part:
            case ast.Call() if last_name(part.func) in TAKE_CALLS and case.error:
                for given in senders_given(case, part.args):
                    return case.told("uncalled", given, name=syntax.dotted(given))
    return None


def senders_given(case: Case, values: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield which of some arguments are functions of the handle that send, not called."""
    for value in values:
        owner, _, name = syntax.dotted(value).rpartition(".")
        if owner in HANDLES.values() and name in SENDERS[case.function.file]:
            yield value


def last_name(node: ast.expr) -> str:
    """Return what stands after the last dot of a name."""
    return syntax.dotted(node).rpartition(".")[2]


TAKE_CALLS = ("create_task", "ensure_future", "gather", "run", "shield", "wait", "wait_for")


def with_for_async(case: Case) -> Finding | None:
    """Find a `with` for something of asyncio's that has to be waited for."""
    statement = syntax.statement_at(case.definition, case.error.line if case.error else 0)
    if case.seen.explanation.rule != "no_with" or not isinstance(statement, ast.With):
        return None
    for item in statement.items:
        entered = item.context_expr
        for value in case.meant_by(entered):
            if isinstance(value, ast.Call) and last_name(value.func) in (
                "BoundedSemaphore",
                "Condition",
                "Lock",
                "Semaphore",
                "timeout",
            ):
                return case.told("with_for_async", statement, code=entered)
    return None


STARTERS = (
    "Process",
    "Thread",
    "Timer",
    "call_later",
    "call_soon",
    "run_in_executor",
    "start_new_thread",
    "submit",
    "to_thread",
)
"""What calls a function that it is given, somewhere else or later on, and awaits nothing."""


def called_elsewhere(case: Case) -> Finding | None:
    """Find a function of the handle that is given to something that does not await it."""
    no_room = case.error is not None and case.error.message == "can't start new thread"
    if not (no_room or case.is_rule("no_answer", "nothing_sent")):
        return None
    for part in case.parts:
        match part:
            case ast.Call(func, arguments, keywords) if last_name(func) in STARTERS:
                values = [*arguments, *(keyword.value for keyword in keywords)]
                for given in senders_given(case, values):
                    return case.told("called_elsewhere", given, code=func, name=last_name(given))
    return None


def not_awaited(case: Case) -> Finding | None:
    """Find a call that sends, and is used as if it had been awaited."""
    error = case.error
    if error is None or "coroutine" not in (error.owner, *error.message.split("'")):
        return None
    names = [f"{HANDLES[case.function.file]}.{name}" for name in SENDERS[case.function.file]]
    names += [name for name, other in functions_of(case.function.file).items() if other.sends]
    name, line = syntax.unawaited(case.definition, names)
    return case.told("not_awaited", line, name=name) if name else None


def answers_in_loop(case: Case) -> Finding | None:
    """Find an answer that a loop gives again in each turn."""
    if not case.is_rule("two_answers", "sent_twice") or case.did is None:
        return None
    lines = [call.line for call in case.did.sent]
    for part in case.parts:
        if isinstance(part, (ast.While, ast.For, ast.AsyncFor)):
            inside = [line for line in lines if line and syntax.spans(part, line)]
            if len(inside) > 1:
                return case.told("answers_in_loop", part, line=inside[0])
    return None


WAITING: tuple[Cause, ...] = (
    awaits_answer,
    given_uncalled,
    with_for_async,
    not_awaited,
    result_of_sending,
    answers_in_loop,
)


# --- what did not finish ----------------------------------------------------------------


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
    if again := held_already(definition):
        return Finding(explain("held_already", function=where, seconds=seconds), where, again)
    loop = syntax.endless_loop(definition, line)
    waiting = syntax.waiting(definition)
    if not (loop or waiting) and (again := next(iter(syntax.calls_of_itself(definition)), 0)):
        return Finding(explain("calls_itself", function=where), where, again)
    if loop or was_busy:
        rule, line = why_a_loop_goes_on(function, definition, loop), loop or line
    else:
        rule = "endless_wait"
    line = line or loop or waiting or syntax.first_line(definition)
    code = waits_for(definition, line)
    if rule == "endless_wait" and code.endswith("sleep"):
        rule = "endless_sleep"
    elif rule == "endless_wait" and code == "input":
        rule = "waits_for_input"
    words = explain(rule, function=where, seconds=seconds, code=code)
    return Finding(words, where, line)


def why_a_loop_goes_on(function: Function, definition: syntax.Definition, line: int) -> str:
    """Return the name of the words for a loop that does not end."""
    for part in ast.walk(definition):
        if isinstance(part, ast.While) and part.lineno == line:
            names = {f"{HANDLES[function.file]}.{name}" for name in function.sends}
            return "sends_in_endless_loop" if always_sends(part.body, names) else "endless_loop"
    return "endless_loop"


def always_sends(block: list[ast.stmt], names: set[str]) -> bool:
    """Tell whether some statements call one of some functions, on each way through them."""
    for statement in block:
        if any(isinstance(part, ast.Continue) for part in ast.walk(statement)):
            return False
        match statement:
            case ast.If(_, then, otherwise):
                if always_sends(then, names) and always_sends(otherwise, names):
                    return True
            case ast.Expr() | ast.Assign():
                calls = (n.func for n in ast.walk(statement) if isinstance(n, ast.Call))
                if names & {*map(syntax.dotted, calls)}:
                    return True
    return False


def waits_for(definition: syntax.Definition, line: int) -> str:
    """Return what is called in a line and waits, "" if nothing is."""
    for part in ast.walk(definition):
        if isinstance(part, ast.Call) and part.lineno == line:
            name = syntax.dotted(part.func)
            if name.rpartition(".")[2] in syntax.WAITS:
                return name
    return ""


def held_already(definition: syntax.Definition) -> int:
    """Return the line that asks for a lock which the function holds, 0 if none does."""
    parts = list(ast.walk(definition))
    for outer in parts:
        for lock in locks_of(outer):
            later: list[ast.AST] = []
            if isinstance(outer, (ast.With, ast.AsyncWith)):
                later = [part for statement in outer.body for part in ast.walk(statement)]
            elif not any(releases(part, lock) for part in parts):
                later = [part for part in parts if comes_after(part, outer)]
            for inner in later:
                if lock in locks_of(inner):
                    return getattr(inner, "lineno", 0)
    return 0


def locks_of(node: ast.AST) -> list[str]:
    """Return the locks that a piece of code asks for."""
    match node:
        case ast.AsyncWith(items) | ast.With(items):
            return [ast.dump(item.context_expr) for item in items]
        case ast.Call(ast.Attribute(lock, "acquire")):
            return [ast.dump(lock)]
    return []


def releases(node: ast.AST, lock: str) -> bool:
    """Tell whether a piece of code gives a lock back."""
    match node:
        case ast.Call(ast.Attribute(released, "release")):
            return ast.dump(released) == lock
    return False


def comes_after(node: ast.AST, other: ast.AST) -> bool:
    """Tell whether a piece of code stands in a later line than another."""
    return getattr(node, "lineno", 0) > getattr(other, "lineno", 0)
