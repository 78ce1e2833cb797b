"""What conditions come to in a situation, as far as the assignment alone tells."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gui.tutor import syntax
from gui.tutor.assignment import MATCHES, Dictionaries, functions_of
from gui.tutor.causes.case import DICTIONARIES, Case, Finding, bracketed, side_of
from gui.tutor.causes.operators import decided_wrongly
from gui.tutor.rules import Situation, counts_as_true, shown, unmet


class UnknownValue(Exception):
    """What a piece of code comes to is not known."""


# In another situation a line may come to what Python stops at.
UNKNOWN = (UnknownValue, TypeError, RecursionError)


def unused(case: Case) -> Finding | None:
    """Find a function in which a key or a username that it received is nowhere used."""
    if not decided_wrongly(case):
        return None
    used = {part.id for part in case.parts if isinstance(part, ast.Name)}
    for name in ("key", "username"):
        if name in case.receives and name not in used:
            return case.told("unused", name=name)
    return None


def loop_never_began(case: Case) -> Finding | None:
    """Find a loop none of whose lines ran, although there was somebody to be found."""
    if not case.is_rule("wrong_result", "no_result") or case.did is None or not case.situation:
        return None
    dictionary = case.function.conditions[0].dictionary
    for part in case.parts if getattr(case.situation.before, dictionary) else ():
        match part:
            case ast.While(test) if case.did.values_of(test) == [False]:
                return case.told("loop_never_began", part, code=test)
            case ast.For(target, where) if case.did.came_by(where):
                if not case.did.came_by(target):
                    return case.told("loop_never_began", part, code=where)
    return None


def same_for_everybody(case: Case) -> Finding | None:
    """Find an answer that is the same for everybody, for want of a condition."""
    if not decided_wrongly(case) or case.is_rule("no_truth_value", "nothing_sent"):
        return None
    if any(isinstance(part, CONDITIONS) for part in case.parts):
        return None
    constant = any(
        isinstance(part, ast.Return) and isinstance(part.value, ast.Constant) for part in case.parts
    )
    return case.told("same_for_everybody") if case.function.sends or constant else None


def no_other_answer(case: Case) -> Finding | None:
    """Find a function that hands back the same in each of its `return`s."""
    if case.did is None or not case.function.answers or not case.is_rule("wrong_result"):
        return None
    returns = [
        part
        for part in syntax.in_this_function(case.definition.body)
        if isinstance(part, ast.Return)
    ]
    for part in returns:
        given = [part.value] if part.value else []
        if isinstance(part.value, ast.Name):
            stored = [node for node in case.parts if syntax.stores_itself(node, part.value.id)]
            given = case.given_to(part.value.id)
            given = given if len(given) == len(stored) else []
        if not given or not all(is_constant(value, case.did.returned) for value in given):
            return None
    result = case.did.returned
    return case.told("no_other_answer", result=result, other=not result)


def is_constant(node: ast.expr, value: object) -> bool:
    """Tell whether a piece of code is just a value, as it is written."""
    return isinstance(node, ast.Constant) and node.value is value


def true_in_the_end(case: Case) -> Finding | None:
    """Find an answer True after a loop that has found nothing."""
    if case.did is None or case.did.returned is not True or not case.is_rule("wrong_result"):
        return None
    match case.definition.body:
        case [*_, ast.For(orelse=[]) as loop, ast.Return(ast.Constant(True)) as last]:
            breaks = any(isinstance(part, ast.Break) for part in ast.walk(loop))
            if last.lineno == case.last_line and not breaks:
                return case.told("true_in_the_end", last)
    return None


def looks_nowhere(case: Case) -> Finding | None:
    """Find a function that looks into neither of the dictionaries, and asks no helper."""
    if not case.function.answers or not case.is_rule("wrong_result", "no_truth_value"):
        return None
    dictionary = case.function.conditions[0].dictionary
    if any(case.looks_into(part) for part in case.parts) or case.is_written(dictionary):
        return None
    return case.told("looks_nowhere", dictionary=dictionary)


CONDITIONS = (ast.If, ast.IfExp, ast.While, ast.For, ast.BoolOp, ast.Match, ast.Try, ast.Compare)


def of_any_client(case: Case) -> Finding | None:
    """Find a look whether anybody has the name, where it matters whether this client has it."""
    if case.function.conditions != (MATCHES,) or not decided_wrongly(case) or not case.situation:
        return None
    users, key, username = case.situation.before.users, case.situation.key, case.situation.username
    if username not in users.values() or users.get(key) == username:
        return None
    for part in case.deciding:
        match part:
            case ast.Call(ast.Name("username_exists")):
                return case.told("of_any_client", part, code=part)
            case ast.Compare(name, [ast.In() | ast.NotIn()], [where]) if case.is_username(
                name
            ) and side_of(where) == ("users", "values"):
                return case.told("of_any_client", part, code=part)
    return None


def opposite(case: Case) -> Finding | None:
    """Find a condition that comes to the opposite of what it should, whoever is asked about."""
    if case.situation is None:
        return None
    if not (decided_wrongly(case) or case.is_rule("refused_after_storing")):
        return None
    if case.function.answers:
        answers = [part.value for part in case.parts if isinstance(part, ast.Return)]
        if len(answers) == 1 and answers[0] and is_always(False, case, answers[0]):
            return case.told("opposite", answers[0], code=answers[0])
        if found := exchanged_answers(case):
            return found
        return case.told("all_opposite") if answers_always(case, agrees=False) else None
    if len(case.function.sends) == 2:
        granting, refusing = case.function.sends
        for part in case.parts:
            for due, sent in ((granting, refusing), (refusing, granting)):
                match part:
                    case ast.If(test, then, otherwise) if (
                        sends(then, sent)
                        and sends(otherwise, due)
                        and is_always(due == granting, case, test)
                    ):
                        return case.told("exchanged_branches", part, code=test, due=due, sent=sent)
    return None


def exchanged_answers(case: Case) -> Finding | None:
    """Find True and False handed back the wrong way round, after a condition that is right."""
    match syntax.body(case.definition):
        case [ast.If(test, [ast.Return(ast.Constant(bool(first)))], otherwise), *after]:
            match [*otherwise, *after]:
                case [ast.Return(ast.Constant(bool(last)))] if last is not first and is_always(
                    not first, case, test
                ):
                    return case.told("exchanged_answers", test, code=test, first=first, last=last)
    return None


FLIPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Each is tried in all situations.
MOST_FLIPPED = 8


def flipped(case: Case) -> Finding | None:
    """Find the one comparison with whose opposite the function would always answer rightly."""
    if case.situation is None or not case.function.answers or not decided_wrongly(case):
        return None
    found = [
        part
        for part in case.parts
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and type(part.ops[0]) in FLIPPED
    ]
    for part in found if len(found) <= MOST_FLIPPED else ():
        written = part.ops
        part.ops = [FLIPPED[type(written[0])]()]
        is_right = answers_always(case, agrees=True)
        part.ops = written
        if is_right:
            tests = [node.test for node in case.parts if isinstance(node, ast.If)]
            return case.told("flipped_branches" if part in tests else "flipped", part, code=part)
    return None


def answers_always(case: Case, agrees: bool) -> bool:
    """Tell whether a function would always answer rightly, or always the opposite."""
    try:
        return all(
            (answer_of(replace(case, situation=s), case.definition.body) is True)
            is ((unmet(case.function, s) is None) is agrees)
            for s in SITUATIONS
        )
    except UNKNOWN:
        return False


def answer_of(case: Case, block: list[ast.stmt]) -> bool | type[ast.stmt] | None:
    """Return what some statements hand back in a case's situation, None if nothing.

    For a `break` or a `continue` that they come to it is the class of that statement.

    Raises:
        UnknownValue: that cannot be told.
    """
    for statement in block:
        answer: bool | type[ast.stmt] | None = None
        match statement:
            case ast.If(test, then, otherwise):
                answer = answer_of(case, then if value_of(case, test) else otherwise)
            case ast.For(target, where, turn, after):
                for inside in turns_of(case, target, where):
                    answer = answer_of(inside, turn)
                    if answer in (True, False, ast.Break):
                        break
                if answer not in (True, False):
                    answer = None if answer is ast.Break else answer_of(case, after)
            case ast.Return(ast.expr() as value):
                return bool(value_of(case, value))
            case ast.Break() | ast.Continue():
                return type(statement)
            case ast.Expr(ast.Constant()) | ast.Pass():
                continue
            case ast.Assign([ast.Name()], _) if not case.bound:
                continue
            case _:
                raise UnknownValue
        if answer is not None:
            return answer
    return None


def turns_of(case: Case, target: ast.expr, where: ast.expr) -> Iterator[Case]:
    """Yield a case for each turn of a loop, in which the names of the loop hold their values.

    Raises:
        UnknownValue: what the loop goes through cannot be told.
    """
    for value in list(value_of(case, where)):
        match target, value:
            case ast.Name(name), _:
                yield replace(case, bound={**case.bound, name: value})
            case ast.Tuple([ast.Name(first), ast.Name(second)]), (one, other):
                yield replace(case, bound={**case.bound, first: one, second: other})
            case _:
                raise UnknownValue


def is_always(agrees: bool, case: Case, node: ast.AST) -> bool:
    """Tell whether a condition always is what decides rightly, or always the opposite of it."""
    try:
        return all(
            (bool(value_of(replace(case, situation=s), node)) is (unmet(case.function, s) is None))
            is agrees
            for s in SITUATIONS
        )
    except UNKNOWN:
        return False


def sends(block: list[ast.stmt], name: str) -> bool:
    """Tell whether some statements call a method of the handle."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == name
        for statement in block
        for part in ast.walk(statement)
    )


def one(users: dict[str, str], *active: str) -> Situation:
    """Return a situation in which the client of key "0" and the username "ada" are in question.

    Parameters:
        users: those that have registered.
        active: the keys of those that are logged in.
    """
    return Situation(Dictionaries(users, {key: users[key] for key in active}), "0", "ada")


SITUATIONS = (
    one({}),
    one({"1": "grace"}, "1"),
    one({"1": "ada"}, "1"),
    one({"0": "ada", "1": "grace"}, "1"),
    one({"0": "ada", "1": "grace"}, "0"),
    one({"0": "grace", "1": "ada"}, "0", "1"),
    one({"0": "grace", "1": "ada"}),
)
"""Situations of which each is answered otherwise by some condition than by the right one."""


def came_to(case: Case) -> Finding | None:
    """Tell what the condition came to that led to the wrong message."""
    if case.situation is None or not decided_wrongly(case):
        return None
    tests = {
        id(part.test) for part in case.parts if isinstance(part, ast.If) and decides(case, part)
    }
    tests |= {id(part.value) for part in case.parts if isinstance(part, ast.Return)}
    for part in case.deciding:
        if id(part) not in tests:
            continue
        sides = joined(part)
        try:
            result = last_value(case, part)
            if sides:
                left, word, right = sides
                return case.told(
                    "joined",
                    part,
                    left=bracketed(left),
                    right=bracketed(right),
                    first=as_it_came(case, left),
                    second=as_it_came(case, right),
                    word=word,
                    result=result,
                )
            if case.function.sends:
                result = as_it_came(case, part)
                return case.told("came_to", part, code=bracketed(part), result=result)
        except UNKNOWN:
            return decided_by_one(case, part, *sides) if sides else None
    return None


def decided_by_one(
    case: Case, part: ast.AST, left: ast.expr, word: str, right: ast.expr
) -> Finding | None:
    """Tell of `and` or `or` that its left side decided alone, if it did."""
    first = case.values_of(left)
    if word not in ("and", "or") or not first or case.values_of(right):
        return None
    if not case.function.answers or counts_as_true(first[-1]) is not (word == "or"):
        return None
    values = {"left": left, "right": right, "word": word, "first": as_it_came(case, left)}
    return case.told("decided_by_one", part, **values)


def came_by_except(case: Case) -> Finding | None:
    """Tell what was caught where the wrong message is sent below an `except`."""
    if case.did is None or not (case.function.sends and decided_wrongly(case)):
        return None
    raising = [step for step in case.did.steps if step.raised and not step.depth]
    for part in case.parts if raising else ():
        if isinstance(part, ast.ExceptHandler) and syntax.any_spans(part.body, case.last_line):
            last = raising[-1]
            kind = last.raised.kind if last.raised else ""
            return case.told("came_by_except", part.lineno, kind=kind, line=last.place[0])
    return None


def decides(case: Case, part: ast.If) -> bool:
    """Tell whether a condition has a say in whether the last line runs, or in what is so there."""
    return syntax.spans(part, case.last_line) or any(
        isinstance(inner, (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Assign))
        for inner in ast.walk(part)
    )


def came_out(case: Case, node: ast.AST) -> bool:
    """Return what a condition came to: as it was noted, or as it must have been.

    Raises:
        UnknownValue: neither is known.
    """
    noted = case.did.values_of(node) if case.did else []
    return counts_as_true(noted[-1]) if noted else bool(value_of(case, node))


def as_it_came(case: Case, node: ast.AST) -> str:
    """Return how what a condition came to is told: an answer, or a value that counts as one.

    Raises:
        UnknownValue: what it came to is not known.
    """
    answer, value = came_out(case, node), last_value(case, node)
    return value if value == str(answer) else f"{value}, which counts as {str(answer).lower()}"


def last_value(case: Case, node: ast.AST) -> str:
    """Return how the value that a condition came to is told.

    Raises:
        UnknownValue: it is not known.
    """
    noted = case.did.values_of(node) if case.did else []
    return shown(noted[-1]) if noted else str(came_out(case, node))


def joined(node: ast.AST) -> tuple[ast.expr, str, ast.expr] | None:
    """Return the two sides of a condition and what joins them, None if nothing does."""
    match node:
        case ast.BoolOp(op, [left, right]):
            return left, "and" if isinstance(op, ast.And) else "or", right
        case ast.BinOp(left, (ast.BitAnd() | ast.BitOr()) as op, right):
            return left, "&" if isinstance(op, ast.BitAnd) else "|", right
    return None


def value_of(case: Case, node: ast.AST) -> Any:
    """Return what a piece of code comes to in a case's situation, before anything is stored.

    Raises:
        UnknownValue: that cannot be told.
    """
    assert case.situation is not None
    if isinstance(node, ast.Name) and node.id in case.bound:
        return case.bound[node.id]
    if case.is_key(node):
        return case.situation.key
    if case.is_username(node):
        return case.situation.username
    dictionary, side = side_of(node)
    if dictionary and not isinstance(node, ast.Name):
        return list(getattr(getattr(case.situation.before, dictionary), side)())
    match node:
        case ast.Name(name) if dictionary:
            return getattr(case.situation.before, name)
        case ast.Constant(True | False | None | str() as constant):
            return constant
        case ast.UnaryOp(ast.Not(), inner):
            return not value_of(case, inner)
        case ast.BoolOp(ast.And(), sides):
            return all(value_of(case, side) for side in sides)
        case ast.BoolOp(ast.Or(), sides):
            return any(value_of(case, side) for side in sides)
        case ast.Call(ast.Name(name), arguments, []) if case.is_answer(node):
            helper = functions_of(case.function.file)[name]
            values = [value_of(case, argument) for argument in arguments]
            if len(values) == len(helper.parameters):
                given = dict(zip(helper.parameters, values, strict=True))
                return all(c.is_met(case.situation.before, **given) for c in helper.conditions)
        case ast.IfExp(test, then, otherwise):
            return value_of(case, then if value_of(case, test) else otherwise)
        case ast.Call(
            ast.Name("any" | "all" as name),
            [
                ast.GeneratorExp(inner, [ast.comprehension(target, where, [])])
                | ast.ListComp(inner, [ast.comprehension(target, where, [])])
            ],
        ):
            answers = [bool(value_of(turn, inner)) for turn in turns_of(case, target, where)]
            return any(answers) if name == "any" else all(answers)
        case ast.BinOp(left, ast.BitAnd(), right):
            return bool(value_of(case, left)) & bool(value_of(case, right))
        case ast.BinOp(left, ast.BitOr(), right):
            return bool(value_of(case, left)) | bool(value_of(case, right))
        case ast.Compare(left, [op], [right]):
            return compared(op, value_of(case, left), value_of(case, right))
        case ast.Call(ast.Attribute(ast.Name(name), "get"), [index]) if name in DICTIONARIES:
            return getattr(case.situation.before, name).get(value_of(case, index))
        case ast.Subscript(ast.Name(name), index) if name in DICTIONARIES:
            entries, key = getattr(case.situation.before, name), value_of(case, index)
            if key in entries:
                return entries[key]
        case ast.Name(name) if len(values := case.given_to(name)) == 1:
            if not isinstance(values[0], ast.Name):
                return value_of(case, values[0])
    raise UnknownValue


def compared(op: ast.cmpop, left: Any, right: Any) -> bool:
    """Return what a comparison comes to.

    Raises:
        UnknownValue: that cannot be told.
    """
    match op:
        case ast.Eq():
            return bool(left == right)
        case ast.NotEq():
            return bool(left != right)
        case ast.Is() if left is None or right is None:
            return left is right
        case ast.IsNot() if left is None or right is None:
            return left is not right
        case ast.In() if isinstance(right, (dict, list)):
            return left in right
        case ast.NotIn() if isinstance(right, (dict, list)):
            return left not in right
    raise UnknownValue
