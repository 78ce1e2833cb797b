"""Causes in calls: a function that is not called, an answer that is dropped, an early end."""

import ast
import itertools
import re
from collections.abc import Iterator

from gui.tutor import syntax
from gui.tutor.assignment import HANDLES, SENDERS, functions_of
from gui.tutor.causes.case import Case, Cause, Finding, bracketed, side_of
from gui.tutor.causes.operators import decided_wrongly

# What shows when lines that should have run did not.
MISSING = ("no_result", "no_answer", "nothing_sent", "not_stored", "empty_promise")


def empty(case: Case) -> Finding | None:
    """Find a function in which nothing stands between the markers."""
    # Of a function inside a portion nothing is known: it was not handed out.
    is_known = syntax.defines(case.tree, case.function.name)
    return case.told("empty") if is_known and syntax.is_empty(case.definition) else None


def left_from_handout(case: Case) -> Finding | None:
    """Find the line of the handout that raises NotImplementedError among other lines."""
    if not case.is_error("NotImplementedError"):
        return None
    for part in syntax.body(case.definition):
        if not isinstance(part, ast.Raise) and not is_text(part):
            return case.told("left_from_handout")
    return None


def is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text or `...`, which do nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def uses_yield(case: Case) -> Finding | None:
    """Find a function that hands values back with yield."""
    line = syntax.yields(case.definition)
    is_stopped = case.error is not None and case.error.owner not in ("generator", "async_generator")
    return case.told("uses_yield", line) if line and not is_stopped else None


def inner_function(case: Case) -> Finding | None:
    """Find a function that is defined between the markers, and never called."""
    if not case.is_rule(*MISSING):
        return None
    used = {part.id for part in case.parts if isinstance(part, ast.Name)}
    for part in case.parts:
        if not isinstance(part, syntax.FUNCTIONS) or part is case.definition:
            continue
        # The name inside it is that of the function of the file.
        if part.name == case.seen.function:
            return case.told("begun_again", part, name=part.name)
        if part.name not in used:
            return case.told("inner_uncalled", part, name=part.name)
    return None


def inner_handed_back(case: Case) -> Finding | None:
    """Find a function of the portion's own that is handed back itself, not what it answers."""
    inner = {part.name for part in case.parts if isinstance(part, syntax.FUNCTIONS)}
    for part in case.parts if case.is_rule("no_truth_value") else ():
        match part:
            case ast.Return(ast.Name(name)) if part.lineno == case.last_line and (
                name in inner or any(isinstance(v, ast.Lambda) for v in case.given_to(name))
            ):
                return case.told("uncalled", part, name=name)
            case ast.Return(ast.Lambda()) if part.lineno == case.last_line:
                return case.told("lambda_uncalled", part)
    for part in case.parts if case.is_rule(*MISSING) else ():
        match part:
            case ast.Expr(ast.Lambda()) if part.lineno == case.last_line:
                return case.told("lambda_uncalled", part)
            case ast.Expr(ast.Name(name)) if part.lineno == case.last_line and name in inner:
                return case.told("uncalled", part, name=name)
    return None


def inner_answer_dropped(case: Case) -> Finding | None:
    """Find a function of the portion's own that is called, and whose answer goes nowhere."""
    if not case.is_rule(*MISSING):
        return None
    inner = {
        part.name: part
        for part in case.parts
        if isinstance(part, syntax.FUNCTIONS) and part is not case.definition
    }
    for part in case.parts:
        match part:
            case ast.Expr(ast.Call(ast.Name(name))) if name in inner:
                if isinstance(inner[name], ast.AsyncFunctionDef):
                    return case.told("inner_not_awaited", part, name=name)
                if case.is_rule("no_result"):
                    return case.told("answer_dropped", part, name=name)
    return None


def of_other_request(case: Case) -> Finding | None:
    """Find a call of a function of the file that belongs to another step."""
    if case.did is None or not case.is_rule(*ANSWERED_ELSEWHERE):
        return None
    others = [n for n, f in functions_of(case.function.file).items() if f is not case.function]
    called = [call.name for call in case.did.calls]
    for part in case.parts:
        match part:
            case ast.Expr(ast.Await(ast.Call(ast.Name(name)))) if name in others:
                if functions_of(case.function.file)[name].sends and (
                    name in called or case.did.came_by(part)
                ):
                    return case.told("of_other_request", part, name=name)
    return None


ANSWERED_ELSEWHERE = (
    "no_answer",
    "nothing_sent",
    "sent_twice",
    "sent_wrong",
    "two_answers",
    "wrong_answer",
)


def own_for_handle(case: Case) -> Finding | None:
    """Find a function that calls itself where one of the handle's has the same name."""
    handle, own = HANDLES[case.function.file], case.definition.name
    is_meant = case.is_error("TypeError") and own in SENDERS[case.function.file]
    for part in case.failing if is_meant and case.seen.explanation.rule == "wrong_call" else ():
        match part:
            case ast.Call(ast.Name(name)) if name == own:
                return case.told("own_for_handle", part, name=name, handle=handle)
    return None


def uncalled(case: Case) -> Finding | None:
    """Find a function that is named, and not called."""
    if case.error is not None and not case.is_error("TypeError"):
        return None
    name, line = named_only(case)
    return case.told("uncalled", line, name=name) if name else None


def named_only(case: Case) -> tuple[str, int]:
    """Return a function of the file or the handle that is named and not called, and the line."""
    file = case.function.file
    handle = HANDLES[file]
    # A variable may have the name of a function.
    others = syntax.stored_names(case.definition)
    if case.did is not None:
        # What is handed on is called where it arrives, as a thread's work is.
        calls = (part for part in case.parts if isinstance(part, ast.Call))
        given = {syntax.dotted(value) for call in calls for value in call.args}
        others |= {call.name for call in case.did.helped if call.name in given}
    answering = [n for n, f in functions_of(file).items() if not f.sends and n not in others]
    sending = [f"{handle}.{name}" for name in SENDERS[file]]
    if handle == "server":
        answering.append(f"{handle}.get_addr_key")
    return syntax.uncalled(case.definition, answering, sending)


def method_uncalled(case: Case) -> Finding | None:
    """Find a method of a dictionary or a text that is named, and not called."""
    called = {id(part.func) for part in case.parts if isinstance(part, ast.Call)}
    for part in case.failing if case.is_error("TypeError", "AttributeError") else ():
        match part:
            case ast.Attribute(_, "values" | "keys" | "items" | "get" | "copy" as name) if (
                id(part) not in called
            ):
                return case.told("method_named_only", part, name=name, code=part)
    for part in case.deciding if decided_wrongly(case) else ():
        match part:
            case ast.Compare(left, _, others):
                for side in (left, *others):
                    for value in case.meant_by(side):
                        if isinstance(value, ast.Attribute) and value.attr in METHODS:
                            values = {"name": value.attr, "code": value}
                            return case.told("method_named_only", value, **values)
    return None


METHODS = ("values", "keys", "items", "get", "copy", "lower", "upper", "strip", "title", "casefold")


def ends_last(case: Case) -> Finding | None:
    """Find a `return` in `finally`, which takes the place of any other."""
    for part in case.parts if decided_wrongly(case) else ():
        match part:
            case ast.Try(finalbody=[*_, ast.Return() as last]):
                return case.told("ends_last", last)
    return None


def early_end(case: Case) -> Finding | None:
    """Find lines that never run, because the line before them ends the function or the loop."""
    if not case.is_rule(*MISSING, "two_answers") and not decided_wrongly(case):
        return None
    for block in every_block(case.definition):
        for statement, after in itertools.pairwise(block):
            is_last = statement.lineno == case.last_line or case.came_by(statement)
            if not is_last or is_text(after):
                continue
            match statement:
                case ast.Return() | ast.Break() | ast.Continue():
                    word = type(statement).__name__.lower()
                    return case.told("rest_never_runs", statement, word=word, line=after.lineno)
    return None


def every_block(definition: syntax.Definition) -> Iterator[list[ast.stmt]]:
    """Yield each block of statements of a function."""
    for part in ast.walk(definition):
        if isinstance(part, ast.stmt):
            yield from syntax.blocks(part)


def answer_dropped(case: Case) -> Finding | None:
    """Find a helper that is called, and whose answer goes nowhere."""
    shows = decided_wrongly(case) or case.is_rule(*MISSING, "two_answers")
    if not (shows or case.is_error("KeyError")):
        return None
    for part in case.parts:
        match part:
            case ast.Expr(ast.Call(ast.Name(name)) as call) if case.is_answer(call):
                return case.told("answer_dropped", part, name=name)
            case ast.Assign([ast.Name(variable)], ast.Call(ast.Name(name)) as call) if (
                case.is_answer(call) and not is_read(case, variable)
            ):
                return case.told("answer_kept", part, name=name, variable=variable)
    return None


def is_read(case: Case, name: str) -> bool:
    """Tell whether the value of a variable is used somewhere."""
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
        for part in case.parts
    )


def early_return(case: Case) -> Finding | None:
    """Find a loop that returns in its first turn, whatever it finds."""
    if case.fault is None or not case.function.answers:
        return None
    line = syntax.early_return(case.definition)
    return case.told("early_return", line) if line else None


def nothing_back(case: Case) -> Finding | None:
    """Find where an answer is worked out, or shown, and not handed back."""
    if not case.is_rule("no_result"):
        return None
    for part in case.parts:
        match part:
            case ast.Return(ast.Call(ast.Name("print"))):
                return case.told("returns_print", part)
            case ast.Expr(ast.Call(ast.Name("print"), [_, *_])) if part.lineno == case.last_line:
                return case.told("printed", part)
            case ast.Assign([ast.Name(name)], _) if not is_read(case, name) and (
                part.lineno == case.last_line
            ):
                return case.told("kept", part, name=name)
            case ast.Try([*_, ast.Expr() | ast.Assign() as last]) if last.lineno == case.last_line:
                return case.told("after_try", part)
            case ast.Expr() if syntax.does_nothing(part) and part.lineno == case.last_line:
                return case.told("worked_out_only", part, code=part.value)
            case ast.Return(None | ast.Constant(None)) if part.lineno == case.last_line:
                return case.told("returns_nothing", part, code=part)
    return None


def went_past(case: Case) -> Finding | None:
    """Find a condition that was not met, or a loop that was through, with nothing to do then."""
    if not case.is_rule(*MISSING) or case.did is None:
        return None
    for part in case.parts:
        match part:
            case ast.If(test, _, []) | ast.While(test) if part.lineno == case.did.line:
                return case.told("no_else", part, code=bracketed(test))
            case ast.Match(subject, cases) if syntax.spans(part, case.did.line):
                if not any(case.did.came_by(one.pattern) for one in cases):
                    return case.told("no_case_fits", part, code=subject)
            case ast.For(_, where) if part.lineno == case.did.line:
                dictionary, _ = side_of(where)
                before = case.situation.before if case.situation else None
                if dictionary and before and not getattr(before, dictionary):
                    return case.told("loop_over_nothing", part, code=where)
                return case.told("after_loop", part)
            case ast.Pass() | ast.Return(None) if part.lineno == case.did.line:
                if case.is_rule("no_answer", "nothing_sent"):
                    return case.told("ends_here", part)
                if isinstance(part, ast.Pass):
                    return case.told("holds_place", part, code=part)
            case ast.Expr(ast.Constant(value)) if value is ... and part.lineno == case.last_line:
                return case.told("holds_place", part, code=part)
    return None


def answer_in_quotes(case: Case) -> Finding | None:
    """Find True or False in quotes, where the answer is handed back."""
    for part in case.parts if case.is_rule("no_truth_value") else ():
        match part:
            case ast.Return(ast.Constant(str(text)) as value) if text.lower() in ("true", "false"):
                return case.told("answer_in_quotes", part, code=value)
    return None


def question_in_quotes(case: Case) -> Finding | None:
    """Find a condition in quotes, where its answer is handed back."""
    for part in case.parts if case.is_rule("no_truth_value") else ():
        match part:
            case ast.Return(ast.JoinedStr() | ast.Call(ast.Name("str" | "repr")) as value) if (
                case.did and case.did.returned in ("True", "False")
            ):
                return case.told("answer_made_text", part, code=value)
            case ast.Return(ast.Constant(str(text)) as value) if part.lineno == case.last_line:
                if re.search(r"\w (==|!=|in|not in|is|and|or) \w|\(.*\)", text):
                    return case.told("question_in_quotes", part, code=value)
    return None


def returned_to_nobody(case: Case) -> Finding | None:
    """Find a handler that hands back a value where an answer should be sent."""
    if not case.is_rule("no_answer", "nothing_sent"):
        return None
    for part in case.parts:
        match part:
            case ast.Return(value) if value is not None and part.lineno == case.last_line:
                return case.told("returned_to_nobody", part, code=value)
            case ast.Expr(ast.Call(ast.Name("print"))) if part.lineno == case.last_line:
                return case.told("shown_here_only", part)
    return None


def other_exception(case: Case) -> Finding | None:
    """Find an `except` that names another exception than the one that came."""
    for part in case.parts if case.is_error("KeyError") else ():
        match part:
            case ast.Try(body, [ast.ExceptHandler(ast.Name(caught)) as handler]) if (
                any(syntax.spans(statement, case.last_line) for statement in body)
                and caught in OTHER_EXCEPTIONS
            ):
                return case.told("other_exception", handler, caught=caught, line=case.last_line)
    return None


# Exceptions that are not raised where a key is not there.
OTHER_EXCEPTIONS = ("AttributeError", "IndexError", "NameError", "TypeError", "ValueError")


def two_branches(case: Case) -> Finding | None:
    """Find two answers of which the second one was no other branch of the first one's `if`."""
    if not case.is_rule("two_answers", "sent_twice") or case.did is None:
        return None
    lines = [call.line for call in case.did.sent]
    if len(lines) < 2:
        return None
    first, second = lines[:2]
    if not (first and second):  # a task sent it
        plain = (part for part in case.parts if isinstance(part, (ast.Expr, ast.Assign)))
        return next(filter(None, (both_in_line(case, part) for part in plain)), None)
    statement = syntax.statement_at(case.definition, first)
    if statement is syntax.statement_at(case.definition, second):
        return both_in_line(case, statement)
    for call in case.did.sent[:2]:
        if call.name not in case.function.sends:
            return case.told("of_another_step", call.line, name=call.name)
    for part in case.parts:
        if isinstance(part, ast.If) and part.lineno > first and syntax.spans(part, second):
            return case.told("asks_again", second, first=first, second=part.lineno)
        if isinstance(part, ast.Try):
            caught = [statement for handler in part.handlers for statement in handler.body]
            if syntax.any_spans(part.body, first) and syntax.any_spans(caught, second):
                return case.told("goes_on_caught", second, first=first)
            tried = [*part.body, *caught, *part.orelse]
            if syntax.any_spans(tried, first) and syntax.any_spans(part.finalbody, second):
                return case.told("goes_on_finally", second, first=first)
    return case.told("goes_on", second, first=first, second=second)


def both_in_line(case: Case, statement: ast.stmt | None) -> Finding | None:
    """Find a statement that sends two messages, each by a call of its own."""
    own = [] if statement is None else syntax.own_expressions(statement)
    calls = [part for whole in own for part in ast.walk(whole) if isinstance(part, ast.Call)]
    names = [getattr(call.func, "attr", "") for call in calls]
    sent = [name for name in names if name in SENDERS[case.function.file]]
    both = {call.name for call in case.did.sent} if case.did else set()
    is_sure = statement and len(sent) > 1 and both <= {*sent}
    return case.told("both_in_line", statement) if statement and is_sure else None


CALLS_FIRST: tuple[Cause, ...] = (
    of_other_request,
    inner_function,
    inner_handed_back,
    inner_answer_dropped,
    early_end,
    ends_last,
    method_uncalled,
)
CALLS: tuple[Cause, ...] = (
    other_exception,
    own_for_handle,
    answer_dropped,
    nothing_back,
    answer_in_quotes,
    question_in_quotes,
    returned_to_nobody,
    went_past,
    two_branches,
)
