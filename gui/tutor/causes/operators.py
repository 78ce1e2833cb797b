"""Causes in conditions: what Python reads is otherwise than what was meant."""

import ast

from gui.tutor import syntax
from gui.tutor.assignment import MATCHES
from gui.tutor.causes.case import Case, Cause, Finding, side_of
from gui.tutor.rules import GRANTED_WRONGLY, REFUSED_WRONGLY

BITWISE = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}
IN = (ast.In, ast.NotIn)
EQUALITY = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
# Functions that only look at what is in their brackets, so that no comparison belongs there.
OF_ONE_VALUE = ("len", "str", "int")
# What shows when a condition was not answered as it should be.
UNDECIDED = (
    "wrong_result",
    "no_truth_value",
    *GRANTED_WRONGLY.values(),
    *REFUSED_WRONGLY.values(),
    "empty_sent",
    "nothing_sent",
)


def decided_wrongly(case: Case) -> bool:
    """Tell whether it shows that a condition came out otherwise than it should."""
    return case.is_rule(*UNDECIDED)


def in_doubt(case: Case, *kinds: str) -> list[ast.AST]:
    """Return the parts of the expressions that may have decided wrongly.

    Parameters:
        kinds: the exceptions that they may have led to instead.
    """
    if case.error is not None:
        return case.failing if case.error.kind in kinds else []
    return case.deciding if decided_wrongly(case) else []


def chained_comparison(case: Case) -> Finding | None:
    """Find `a in b == c`, which Python reads as `a in b and b == c`."""
    for part in in_doubt(case, "TypeError", "KeyError"):
        match part:
            case ast.Compare(left, [first, second], [middle, last]):
                ends = [node for node in (left, last) if isinstance(node, ast.Constant)]
                is_answer = any(node.value is True or node.value is False for node in ends)
                if not is_answer and not isinstance(first, IN) and not isinstance(second, IN):
                    continue
                return case.told(
                    "chained_with_answer" if is_answer else "chained",
                    part,
                    code=part,
                    first=ast.Compare(left, [first], [middle]),
                    second=ast.Compare(middle, [second], [last]),
                )
    return None


def bitwise(case: Case) -> Finding | None:
    """Find `&` and `|` where conditions are joined."""
    for part in in_doubt(case, "TypeError", "KeyError"):
        match part:
            case ast.Compare(left, _, others):
                for side in (left, *others):
                    if isinstance(side, ast.BinOp) and type(side.op) in BITWISE:
                        sign = BITWISE[type(side.op)]
                        return case.told("binds_first", part, sign=sign, code=side)
            case ast.BinOp(_, ast.BitAnd() | ast.BitOr() as op, right) if case.is_error("KeyError"):
                word = {ast.BitAnd: "and", ast.BitOr: "or"}[type(op)]
                stops = {"and": "False", "or": "True"}[word]
                return case.told(
                    "both_sides", part, sign=BITWISE[type(op)], word=word, stops=stops, code=right
                )
    return None


def looked_up_first(case: Case) -> Finding | None:
    """Find a key that is looked up before it is asked whether it is there."""
    for part in case.failing if case.is_error("KeyError") else ():
        match part:
            case ast.BoolOp(ast.And(), values):
                for number, value in enumerate(values):
                    if any(isinstance(inner, ast.Subscript) for inner in ast.walk(value)):
                        later = [v for v in values[number + 1 :] if asks_for_it(case, v)]
                        if later:
                            return case.told("looked_up_first", part, code=value, later=later[0])
                        break
            case ast.BoolOp(ast.Or(), [first, *_]) if asks_for_it(case, first, ast.In):
                return case.told("looked_up_else", part, code=first)
    return None


def asks_for_it(case: Case, node: ast.AST, *kinds: type[ast.cmpop]) -> bool:
    """Tell whether a condition asks whether a key is in a dictionary."""
    match node:
        case ast.Compare(_, [op], [where]):
            return isinstance(op, kinds or (ast.In, ast.NotIn)) and side_of(where)[1] == "keys"
    return case.is_answer(node)


def compared_with_text(case: Case) -> Finding | None:
    """Find an answer True or False that is compared with a text, or with None."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [op], [right]) if isinstance(op, EQUALITY):
                for answer, other in ((left, right), (right, left)):
                    if not (case.is_answer(answer) or isinstance(answer, ast.Compare)):
                        continue
                    match other:
                        case ast.Constant(str()):
                            return case.told("answer_and_text", part, code=answer, other=other)
                        case ast.Constant(None):
                            return case.told("answer_and_none", part, code=answer)
    return None


def text_and_true(case: Case) -> Finding | None:
    """Find a text compared with True or False, or a username with None or with a blank."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [op], [right]) if isinstance(op, EQUALITY):
                for text, other in ((left, right), (right, left)):
                    match other:
                        case ast.Constant(True | False) if is_text(case, text):
                            return case.told("text_and_true", part, code=text, other=other)
                        case (
                            ast.Constant(None | int()) | ast.List([]) | ast.Dict([]) | ast.Tuple([])
                        ) if case.is_username(text):
                            return case.told("text_and_none", part, code=text, other=other)
                        case ast.Constant(str(blank)) if blank.isspace() and case.is_username(text):
                            return case.told("blank_for_empty", part, code=other)
    return None


def came_to_answer(case: Case) -> Finding | None:
    """Find True or False that is compared with a text, as far as was noted."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [op], [right]) if isinstance(op, EQUALITY) and case.did:
                for answer, text in ((left, right), (right, left)):
                    answers, texts = case.did.values_of(answer), case.did.values_of(text)
                    if ({*map(type, answers)}, {*map(type, texts)}) == ({bool}, {str}):
                        return case.told("came_to_answer", part, code=answer, text=text)
    return None


def is_text(case: Case, node: ast.AST) -> bool:
    """Tell whether a piece of code gives a text: a key, a username, or what a dictionary holds."""
    match node:
        case ast.Subscript(where) | ast.Call(ast.Attribute(where, "get")):
            return case.is_dictionary(where)
        case ast.Name(name):
            for target, where in case.turns:
                side = side_of(where)[1]
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                names = [part.id for part in parts if isinstance(part, ast.Name)]
                if name in names and len(parts) == {"items": 2, "": 0}.get(side, 1):
                    return True
    return case.is_key(node) or case.is_username(node)


def compared_with_whole(case: Case) -> Finding | None:
    """Find one text that is compared with a whole dictionary, or with one side of it."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [op], [right]) if isinstance(op, EQUALITY):
                for text, whole in ((left, right), (right, left)):
                    if side_of(whole)[0] and not side_of(text)[0] and is_one(text):
                        one_client = case.function.conditions == (MATCHES,)
                        rule = "whole_for_entry" if one_client else "whole_dictionary"
                        return case.told(rule, part, code=text, whole=whole)
    return None


def is_one(node: ast.AST) -> bool:
    """Tell whether a piece of code gives one value, as far as can be seen."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, (ast.Name, ast.Subscript, ast.Call))


def identity(case: Case) -> Finding | None:
    """Find `is` between two texts."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(left, [ast.Is() | ast.IsNot()], [right]) if not (
                is_single(left) or is_single(right)
            ):
                return case.told("identity", part, code=part)
            case ast.Compare(
                ast.Call(ast.Name("len"), [one]), [ast.Eq()], [ast.Call(ast.Name("len"), [other])]
            ) if {type(v) for node in (one, other) for v in case.values_of(node)} == {str}:
                return case.told("only_lengths", part)
            case ast.Compare(ast.Call(ast.Name("id")), [_], [ast.Call(ast.Name("id"))]):
                return case.told("same_thing", part, code=part)
    return None


def is_single(node: ast.AST) -> bool:
    """Tell whether a piece of code gives True, False or None, which exist once each."""
    match node:
        case ast.Constant(True | False | None) | ast.Compare() | ast.Name("TRUE" | "FALSE"):
            return True
    return False


def wrapped_alone(case: Case) -> Finding | None:
    """Find a dictionary, or a side of it, in brackets that make a list of it alone."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(_, [ast.In() | ast.NotIn()], [right]):
                for whole in case.meant_by(right):
                    match whole:
                        case ast.List([inner]) | ast.Tuple([inner]) | ast.Set([inner]) if side_of(
                            inner
                        )[0]:
                            return case.told("wrapped_alone", part, code=whole, inner=inner)
    return None


def wrapped_text(case: Case) -> Finding | None:
    """Find one text in brackets that make a group of it, which is looked for among texts."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(
                ast.List([one]) | ast.Set([one]) as group, [ast.In() | ast.NotIn()], _
            ):
                if is_text(case, one):
                    return case.told("wrapped_text", part, code=group, inner=one)
    return None


def adds_nowhere(case: Case) -> Finding | None:
    """Find a line that works out a sum, and does not store it."""
    for part in case.parts if case.did and decided_wrongly(case) else ():
        match part:
            case ast.Expr(ast.BinOp(ast.Name(name), ast.Add() | ast.Sub(), _) as total):
                if case.did and case.did.came_by(part):
                    return case.told("adds_nowhere", part, code=total, name=name)
    return None


def always_true(case: Case) -> Finding | None:
    """Find a condition, or a side of `and` or `or`, that counts as true whatever happens."""
    for part in in_doubt(case):
        match part:
            case ast.BoolOp(op, sides):
                word = "and" if isinstance(op, ast.And) else "or"
                for side in sides:
                    if is_never_empty(case, side):
                        return case.told("side_alone", part, code=side, word=word)
    for statement in case.parts if decided_wrongly(case) else ():
        match statement:
            case ast.If(test) | ast.While(test) if test in case.deciding:
                match test:
                    case ast.Tuple([_, *_]) | ast.List([_, *_]):
                        return case.told("group_as_condition", test, code=test)
                    case ast.Constant(str(text)) if text:
                        return case.told("text_as_condition", test, code=test)
    return None


def collection_as_condition(case: Case) -> Finding | None:
    """Find a collection of answers that is taken for one answer."""
    for part in case.parts if decided_wrongly(case) else ():
        match part:
            case ast.If(test) | ast.IfExp(test) | ast.Call(ast.Name("bool"), [test]):
                match case.meant_by(test):
                    case [ast.Call(ast.Name("filter" | "map")) | ast.GeneratorExp()]:
                        return case.told("loop_as_condition", part, code=test)
                    case [ast.ListComp(ast.Compare(), [ast.comprehension(ifs=[])])]:
                        return case.told("answers_as_condition", part, code=test)
    return None


def every_one(case: Case) -> Finding | None:
    """Find `all` where one that is equal is enough."""
    for part in in_doubt(case):
        match part:
            case ast.Call(
                ast.Name("all"),
                [
                    ast.GeneratorExp(ast.Compare(_, [ast.Eq()]))
                    | ast.ListComp(ast.Compare(_, [ast.Eq()]))
                ],
            ):
                return case.told("every_one", part)
    return None


def nothing_compared(case: Case) -> Finding | None:
    """Find `any` or `all` of what counts as true in each turn."""
    for part in in_doubt(case):
        match part:
            case ast.Call(
                ast.Name("any" | "all" as name),
                [
                    ast.GeneratorExp(inner, [ast.comprehension(ifs=[])])
                    | ast.ListComp(inner, [ast.comprehension(ifs=[])])
                ],
            ) if is_never_empty(case, inner):
                return case.told("nothing_compared", part, name=name, code=inner)
    return None


def is_never_empty(case: Case, node: ast.AST) -> bool:
    """Tell whether a side of a condition is a text that is never empty, and no condition."""
    match node:
        case ast.Constant(str(text)):
            return bool(text)
        case ast.Name("server" | "client" as name):
            return name in case.receives
    in_server = "server" in case.receives or not case.function.sends
    return case.is_key(node) or (case.is_username(node) and in_server)


def walrus(case: Case) -> Finding | None:
    """Find `:=` that stores the answer of a whole condition."""
    for part in case.parts:
        match part:
            case ast.NamedExpr(ast.Name(name), ast.Compare() | ast.BoolOp() as value):
                if name in ("key", "username") or is_given_on(case, name):
                    return case.told("stores_condition", part, name=name, code=value)
    return None


def is_given_on(case: Case, name: str) -> bool:
    """Tell whether a variable is used as a key, or given to a function."""
    for part in case.parts:
        match part:
            case ast.Subscript(_, ast.Name(used)) if used == name:
                return True
            case ast.Call(_, arguments) if any(
                isinstance(a, ast.Name) and a.id == name for a in arguments
            ):
                return True
    return False


def closed_too_late(case: Case) -> Finding | None:
    """Find a call in whose brackets a whole condition stands, where one value belongs."""
    for part in [
        *in_doubt(case, "TypeError"),
        *(case.parts if case.is_rule("wrong_argument") else ()),
    ]:
        match part:
            case ast.Call(ast.Name(name), [*_, ast.Compare() | ast.BoolOp() as inner]) if (
                name in OF_ONE_VALUE and not case.is_rule("no_truth_value")
            ) or case.is_answer(part):
                return case.told("closed_too_late", part, name=name, code=inner)
            case ast.Call(ast.Attribute(owner, "get"), [ast.Compare() | ast.BoolOp() as inner]) if (
                case.is_dictionary(owner)
            ):
                return case.told("closed_too_late", part, name="get", code=inner)
    return None


def inverted_bits(case: Case) -> Finding | None:
    """Find `~` where `not` was meant."""
    for part in in_doubt(case, "TypeError"):
        match part:
            case ast.UnaryOp(ast.Invert(), inner):
                return case.told("inverted_bits", part, code=inner)
    return None


def part_of_text(case: Case) -> Finding | None:
    """Find a text that is looked for in another text, of which it may be a part."""
    if not case.is_rule(*GRANTED_RESULTS) or case.did is None or case.did.returned is False:
        return None
    for part in case.deciding:
        match part:
            case ast.Compare(left, [ast.In() | ast.NotIn()], [right]) if is_joined(case, right):
                return case.told("part_of_text", part, code=left, whole=right)
            case ast.Call(ast.Attribute(ast.Name("re"), ("match" | "search") as name)):
                return case.told("part_by_method", part, name=name)
            case ast.Call(
                ast.Attribute(text, ("startswith" | "endswith" | "find" | "count") as name)
            ):
                if name.endswith("with") or is_joined(case, text):
                    return case.told("part_by_method", part, name=name)
    return None


GRANTED_RESULTS = ("wrong_result", *GRANTED_WRONGLY.values(), "refused_registration")


def is_joined(case: Case, node: ast.AST) -> bool:
    """Tell whether a piece of code gives one text, in which others may be parts."""
    if (values := case.values_of(node)) and all(type(value) is str for value in values):
        return True
    match node:
        case ast.Call(ast.Attribute(ast.Constant(str()), "join")) | ast.JoinedStr():
            return True
        case ast.Call(ast.Name("str" | "repr")):
            return True
        case ast.Subscript(where) | ast.Call(ast.Attribute(where, "get")):
            return case.is_dictionary(where)
        case ast.Name(name):
            values = [v for v in case.given_to(name) if not isinstance(v, ast.Name)]
            if any(is_joined(case, value) for value in values):
                return True
            return any(
                isinstance(target, ast.Name) and target.id == name and side_of(where)[0]
                for target, where in case.turns
            )
    return False


def compares_with_itself(case: Case) -> Finding | None:
    """Find a comparison of a variable with itself."""
    for part in in_doubt(case):
        match part:
            case ast.Compare(ast.Name(left), [op], [ast.Name(right)]) if left == right:
                if isinstance(op, EQUALITY):
                    return case.told("with_itself", part, name=left)
    return None


def colon_for_equals(case: Case) -> Finding | None:
    """Find a colon where something should be stored."""
    for part in case.parts:
        match part:
            case ast.AnnAssign(target, noted, None) if not names_a_kind(noted):
                is_entry = isinstance(target, ast.Subscript)
                name = target.id if isinstance(target, ast.Name) else ""
                unset = case.error is not None and case.error.name == name != ""
                if (is_entry and not_stored(case)) or unset or case.is_rule("no_result"):
                    return case.told("colon_stores_nothing", part, code=target)
    return None


def names_a_kind(node: ast.expr) -> bool:
    """Tell whether what stands after a colon is the name of a kind of values, as in a hint."""
    return isinstance(node, ast.Name) and node.id in ("bool", "str", "int", "dict", "list", "set")


def not_stored(case: Case) -> bool:
    """Tell whether it shows that an entry is missing."""
    return case.is_rule("not_stored", "empty_promise", "no_answer", "refused_registry")


def compared_for_stored(case: Case) -> Finding | None:
    """Find `==` in a statement of its own, where something should be stored."""
    for part in case.parts:
        match part:
            case ast.Expr(ast.Compare(left, [ast.Eq()], [_])):
                here = case.error is not None and syntax.spans(part, case.error.line)
                if here or not_stored(case) or decided_wrongly(case):
                    return case.told("compared", part, code=left)
    return None


def adds_to_nothing(case: Case) -> Finding | None:
    """Find `+=` on an entry that is not there yet."""
    for part in case.parts if case.is_error("KeyError") else ():
        match part:
            case ast.AugAssign(ast.Subscript(where) as entry, ast.Add()) if case.is_dictionary(
                where
            ) and syntax.spans(part, case.last_line):
                return case.told("adds_to_nothing", part, code=entry)
    return None


def sign_for_equals(case: Case) -> Finding | None:
    """Find `=+` and the like, which Python reads as `=` and a sign."""
    for part in case.parts if case.is_error("TypeError") else ():
        match part:
            case ast.Assign(_, ast.UnaryOp(ast.UAdd() | ast.USub() as op, value)) if syntax.spans(
                part, case.last_line
            ):
                sign = "+" if isinstance(op, ast.UAdd) else "-"
                return case.told("sign_for_equals", part, sign=sign, code=value)
    return None


def comma(case: Case) -> Finding | None:
    """Find a comma that makes a group of what stands before it."""
    for part in case.parts:
        match part:
            case ast.Assign([target], ast.Tuple([value])) if not isinstance(target, ast.Tuple):
                return case.told("comma_at_end", part, code=value)
            case ast.Return(ast.Tuple([value])):
                return case.told("comma_at_end", part, code=value)
            case ast.Assign([ast.Subscript(where)], ast.Tuple([_, _, *_]) as value) if (
                case.is_dictionary(where)
            ):
                return case.told("comma_between", part, code=value)
            case ast.Return(ast.Tuple([_, _, *_]) as value) if case.function.answers:
                return case.told("comma_between", part, code=value)
    return None


def sign_first(case: Case) -> Finding | None:
    """Find `n =+ 1`, which stores +1."""
    for part in case.parts if case.fault else ():
        match part:
            case ast.Assign([ast.Name(name)], ast.UnaryOp(ast.UAdd()) as value):
                return case.told("sign_first", part, name=name, code=value)
    return None


OPERATORS: tuple[Cause, ...] = (
    comma,
    walrus,
    closed_too_late,
    bitwise,
    chained_comparison,
    looked_up_first,
    inverted_bits,
    compared_with_text,
    text_and_true,
    came_to_answer,
    compared_with_whole,
    wrapped_alone,
    wrapped_text,
    identity,
    compares_with_itself,
    always_true,
    collection_as_condition,
    every_one,
    nothing_compared,
    part_of_text,
    colon_for_equals,
    compared_for_stored,
    sign_for_equals,
    adds_to_nothing,
    sign_first,
    adds_nowhere,
)
