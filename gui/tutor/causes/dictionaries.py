"""Causes in what is expected of a dictionary: what it gives is something else."""

import ast
import re

from gui.tutor import syntax
from gui.tutor.causes.case import DICTIONARIES, Case, Cause, Finding, side_of
from gui.tutor.causes.operators import decided_wrongly, in_doubt, not_stored
from gui.tutor.rules import KINDS

SIDES = {"keys": "its keys", "values": "its values", "items": "pairs of a key and its value"}
# What other kinds of values, or other languages, call something, and what Python has for it.
INSTEAD = {
    "asks_with_in": (
        "contains",
        "containsKey",
        "containsValue",
        "contains_key",
        "contains_value",
        "exists",
        "has",
        "has_key",
        "has_value",
        "hasOwnProperty",
        "include",
        "includes",
        "in_",
        "__has__",
    ),
    "stores_with_brackets": (
        "add",
        "append",
        "assign",
        "extend",
        "insert",
        "push",
        "put",
        "save",
        "set",
        "store",
    ),
    "looks_up_with_brackets": (
        "fetch",
        "find",
        "getItem",
        "getKey",
        "getOrDefault",
        "getValue",
        "get_key",
        "get_value",
        "index",
        "indexOf",
        "index_of",
        "lookup",
    ),
    "counts_with_len": ("length", "len", "size", "Length", "Count"),
    "compares_with_equals": ("equals", "equal", "equalsIgnoreCase", "is_equal", "isEqual", "eq"),
    "compares_with_empty": ("isEmpty", "is_empty", "empty", "isBlank", "isempty"),
}


def attribute(case: Case) -> Finding | None:
    """Find a name after a dot that belongs to other kinds of values, or is no attribute."""
    error = case.error
    if error is None or error.kind != "AttributeError" or not error.name:
        return None
    name, kind = error.name, KINDS.get(error.owner, "")
    looks = [p for p in case.failing if isinstance(p, ast.Attribute) and p.attr == name]
    owners = [part.value for part in looks]
    if not owners or not kind or error.owner in ("ServerHandle", "ClientHandle"):
        return None
    (owner, *_) = owners
    values = {"name": name, "kind": kind, "code": owner}
    for target, where in case.turns:
        dictionary, side = side_of(where)
        if dictionary and side != "items" and is_named(target, owner):
            return case.told(
                "entry_of_loop", owner, dictionary=dictionary, side=SIDES[side], **values
            )
    if isinstance(owner, ast.Name) and owner.id in ("server", "client"):
        return None
    is_side = error.owner in ("dict_keys", "dict_values", "dict_items")
    if error.owner.startswith("dict") or error.owner in ("str", "list", "set"):
        for rule, names in INSTEAD.items():
            # One side of a dictionary has no keys to look something up by.
            if name in names and not (is_side and rule == "looks_up_with_brackets"):
                return case.told(rule, owner, **values)
    is_called = any(isinstance(part, ast.Call) and part.func in looks for part in case.failing)
    names = (*case.receives, "key", "username", "name", "user")
    if error.owner == "dict" and name in names and not is_called:
        return case.told("dot_for_key", owner, **values)
    if is_side:
        return case.told("few_methods", owner, **values)
    if error.owner == "str" and is_entry(case, owner):
        return case.told("entry_is_text", owner, **values)
    if case.is_dictionary(owner) and case.seen.explanation.rule == "no_attribute":
        return case.told("dictionary_has", owner, **values)
    return None


def is_named(target: ast.expr, owner: ast.AST) -> bool:
    """Tell whether a loop's variable stands somewhere."""
    return isinstance(target, ast.Name) and isinstance(owner, ast.Name) and target.id == owner.id


def is_entry(case: Case, node: ast.AST) -> bool:
    """Tell whether a piece of code looks something up in one of the two dictionaries."""
    match node:
        case ast.Subscript(where) | ast.Call(ast.Attribute(where, "get")):
            return case.is_dictionary(where)
        case ast.Name(name):
            return any(
                is_entry(case, v) for v in case.given_to(name) if not isinstance(v, ast.Name)
            )
    return False


def looked_up_in_text(case: Case) -> Finding | None:
    """Find `[ ]` after a key or a username, as if it were an entry with parts."""
    if not case.is_error("TypeError"):
        return None
    for part in case.failing:
        match part:
            case ast.Subscript(owner, index) if not isinstance(index, ast.Slice):
                if case.seen.explanation.rule not in ("text_by_name", "nothing_inside"):
                    continue
                for target, where in case.turns:
                    dictionary, side = side_of(where)
                    if dictionary and side != "items" and is_named(target, owner):
                        return case.told(
                            "part_of_loop",
                            part,
                            dictionary=dictionary,
                            side=SIDES[side],
                            code=owner,
                            index=index,
                        )
                if is_entry(case, owner):
                    return case.told("part_of_entry", part, code=owner, index=index)
    return None


def unpacked(case: Case) -> Finding | None:
    """Find several names for one text: a key, or what a loop through a dictionary gives."""
    if not case.is_error("ValueError", "TypeError"):
        return None
    if case.seen.explanation.rule not in ("unpacks", "nothing_to_look_through"):
        return None
    for part in case.parts:
        match part:
            case ast.Assign([ast.Tuple()], value) if syntax.spans(
                part, case.last_line
            ) and case.is_key(value):
                return case.told("key_taken_apart", part, code=value)
    for target, where in case.turns:
        dictionary, side = side_of(where)
        if isinstance(target, ast.Tuple) and dictionary and side != "items":
            return case.told(
                "pairs_of_loop", where, code=where, dictionary=dictionary, side=SIDES[side]
            )
    return None


def numbered(case: Case) -> Finding | None:
    """Find a number where a dictionary has keys."""
    if not case.is_error("KeyError", "TypeError", "IndexError"):
        return None
    assert case.error is not None
    numbers = {
        target.id
        for target, where in case.turns
        if isinstance(target, ast.Name)
        and isinstance(where, ast.Call)
        and isinstance(where.func, ast.Name)
        and where.func.id in ("range", "enumerate")
    }
    looks_for_number = re.fullmatch(r"-?\d+", case.error.message) is not None
    for part in case.failing:
        match part:
            case ast.Subscript(where, index):
                dictionary, _ = side_of(where)
                is_number = isinstance(index, ast.Constant) and isinstance(index.value, int)
                is_number = is_number or (isinstance(index, ast.Name) and index.id in numbers)
                if isinstance(where, ast.Name) and dictionary and (looks_for_number or is_number):
                    return case.told("no_numbers", part, code=part, dictionary=dictionary)
                is_side = any(side_of(value)[0] for value in case.meant_by(where))
                if case.seen.explanation.rule == "nothing_inside" and is_side:
                    return case.told("no_numbers_in_side", part, code=where)
    return None


def counted(case: Case) -> Finding | None:
    """Find `range` of a dictionary."""
    for part in case.failing if case.is_error("TypeError") else ():
        match part:
            case ast.Call(ast.Name("range"), [where, *_]) if side_of(where)[0]:
                return case.told("range_of_dictionary", part, code=where)
    return None


def wrong_side(case: Case) -> Finding | None:
    """Find a username that is looked for among the keys, or a key among the usernames."""
    for part in in_doubt(case, "KeyError"):
        match part:
            case ast.Compare(left, [ast.In() | ast.NotIn()], [right]):
                dictionary, side = side_of(right)
                if found := of_side(case, left, dictionary, side, part):
                    return found
            case ast.Compare(left, [ast.Eq() | ast.NotEq()], [right]):
                for text, other in ((left, right), (right, left)):
                    for target, where in case.turns:
                        found = of_turn(case, text, other, *side_of(where), part)
                        if is_named(target, other) and found:
                            return found
            case ast.Subscript(where, index) | ast.Call(
                ast.Attribute(where, "get"), [index, *_]
            ) if case.is_dictionary(where) and case.is_username(index):
                return case.told("looked_up_by_name", part, code=part, dictionary=where)
    return None


def of_side(
    case: Case, sought: ast.AST, dictionary: str, side: str, whole: ast.AST
) -> Finding | None:
    """Find something that is looked for on the other side of a dictionary."""
    values = {"dictionary": dictionary, "code": whole, "name": sought}
    if side == "keys" and case.is_username(sought):
        return case.told("name_among_keys", whole, **values)
    if side == "values" and case.is_key(sought):
        return case.told("key_among_names", whole, **values)
    match sought:
        case ast.Tuple([first, second]) if side == "items":
            if case.is_username(first) and case.is_key(second):
                return case.told("pair_exchanged", whole, dictionary=dictionary, code=sought)
        case ast.List([_, _]) if side == "items":
            return case.told("list_among_pairs", whole, **values)
        case ast.Tuple([_, _]) if side in ("keys", "values"):
            return case.told("pair_among_texts", whole, **{**values, "side": SIDES[side]})
        case _ if side == "items" and (case.is_key(sought) or case.is_username(sought)):
            return case.told("text_among_pairs", whole, **values)
    return None


def of_turn(
    case: Case, sought: ast.AST, turn: ast.AST, dictionary: str, side: str, whole: ast.AST
) -> Finding | None:
    """Find something that is compared with what a loop gives of the other side."""
    values = {"dictionary": dictionary, "code": turn, "name": sought}
    if side == "keys" and case.is_username(sought):
        return case.told("name_and_key", whole, **values)
    if side == "values" and case.is_key(sought):
        return case.told("key_and_name", whole, **values)
    if side == "items" and (case.is_key(sought) or case.is_username(sought)):
        return case.told("text_and_pair", whole, **values)
    return None


def other_dictionary(case: Case) -> Finding | None:
    """Find a function that looks into the other dictionary alone."""
    if not decided_wrongly(case) and not (case.owner.answers and case.is_error("KeyError")):
        return None
    wanted = {condition.dictionary for condition in case.owner.conditions}
    asked = {dictionary for part in case.parts for _, dictionary in case.looks_into(part)}
    if wanted & asked:
        return None
    for part in case.failing or case.deciding:
        for name, dictionary in case.looks_into(part):
            rule = "other_helper" if name else "other_dictionary"
            return case.told(rule, part, name=name, dictionary=dictionary)
    return None


ELSEWHERE = ("not_stored", "unexpected_entry", "foreign_entry")


def stores_elsewhere(case: Case) -> Finding | None:
    """Find a function that stores in the other dictionary alone."""
    if case.function.sends or not case.function.stores or not case.is_rule(*ELSEWHERE):
        return None
    stored = [
        part.value
        for part in case.parts
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store)
    ]
    names = [where.id for where in stored if isinstance(where, ast.Name)]
    if names and set(names) <= {*DICTIONARIES} - {case.function.stores}:
        return case.told("stores_elsewhere", stored[0], dictionary=names[0])
    return None


def looked_up_blindly(case: Case) -> Finding | None:
    """Find a look-up with [ ] of a key that may not be there."""
    for part in case.failing if case.is_error("KeyError") else ():
        if case.did and isinstance(part, ast.Subscript) and not is_missing(case, part):
            continue
        match part:
            case ast.Attribute(ast.Subscript(where) as entry, name) if case.is_dictionary(
                where
            ) and not hasattr(str, name):
                return case.told("nothing_below", part, code=entry, dictionary=where)
            case ast.Subscript(ast.Subscript(where) as entry, ast.Constant(str())) if (
                case.is_dictionary(where)
            ):
                return case.told("nothing_below", part, code=entry, dictionary=where)
            case ast.Subscript(where) if not case.owner.sends and case.owner.stores:
                statement = syntax.statement_at(case.definition, case.last_line)
                if isinstance(statement, (ast.Return, ast.Expr)) and case.is_dictionary(where):
                    return case.told("looks_only", part, code=part)
            case ast.Subscript(ast.Name() as where):
                return case.told("looked_up_blindly", part, code=part, dictionary=where)
    return None


def is_missing(case: Case, part: ast.Subscript) -> bool:
    """Tell whether the key that is looked up may be the one that is not there."""
    assert case.error is not None
    keys = case.values_of(part.slice)
    return not keys or repr(keys[-1]) == case.error.message


def anybody(case: Case) -> Finding | None:
    """Find a condition that asks only whether a dictionary is empty."""
    if not decided_wrongly(case):
        return None
    # Where this client is asked for as well, it may be right to ask for anybody.
    if any(case.is_key(part) or case.is_username(part) for part in case.deciding):
        return None
    tests = [part.test for part in case.parts if isinstance(part, ast.If)]
    for part in [*case.deciding, *(test for test in tests if test in case.deciding)]:
        match part:
            case ast.Compare(ast.Call(ast.Name("len"), [where]), [_], [_]) | ast.Call(
                ast.Name("bool" | "any" | "len"), [where]
            ) if side_of(where)[0]:
                return case.told("anybody", part, code=part, dictionary=side_of(where)[0])
            case ast.Name() if part in tests and case.is_dictionary(part):
                return case.told("anybody", part, code=part, dictionary=part)
    return None


def default(case: Case) -> Finding | None:
    """Find a look-up whose default passes for an entry."""
    if case.situation is None or not decided_wrongly(case):
        return None
    for part in case.deciding:
        match part:
            case ast.Compare(
                ast.Call(ast.Attribute(where, "get"), [_, given]) as asked,
                [ast.NotEq() | ast.IsNot()],
                [ast.Constant(None)],
            ) if case.is_dictionary(where) and None not in case.values_of(asked):
                return case.told("default_for_none", part, code=asked, given=given)
            case ast.Compare(left, [ast.Eq() | ast.NotEq()], [right]):
                for look, other in ((left, right), (right, left)):
                    match look:
                        case ast.Call(
                            ast.Attribute(where, "get" | "setdefault" | "pop"), [_, given]
                        ) if case.is_dictionary(where) and ast.dump(given) == ast.dump(other):
                            return case.told("default_passes", part, code=look, given=given)
    return None


def copied(case: Case) -> Finding | None:
    """Find an entry that is stored in a copy."""
    if not not_stored(case):
        return None
    for part in case.parts:
        match part:
            case ast.Assign([ast.Name(name)], value) if dictionary := copy_of(value):
                if name not in ("users", "active_users"):
                    return case.told("copied", part, name=name, dictionary=dictionary)
            case ast.Return(value) | ast.Expr(value) if value and (dictionary := copy_of(value)):
                return case.told("new_one", part, code=value, dictionary=dictionary)
    return None


def value_for_answer(case: Case) -> Finding | None:
    """Find what was looked up, or a list of what was found, handed back for an answer."""
    for part in case.parts if case.is_rule("no_truth_value", "no_result") else ():
        match part:
            case ast.Return(value) if value and part.lineno == case.last_line:
                given = case.given_to(value.id) if isinstance(value, ast.Name) else []
                match given[0] if len(given) == 1 else value:
                    case ast.Call(ast.Attribute(where, "get")) if case.is_dictionary(where):
                        return case.told("looked_up_for_answer", part, code=value)
                    case ast.Subscript(where) if case.is_dictionary(where):
                        return case.told("entry_for_answer", part, code=value)
                    case ast.ListComp() | ast.SetComp() | ast.DictComp():
                        return case.told("collected_for_answer", part, code=value)
                    case ast.GeneratorExp() | ast.Call(ast.Name("filter" | "map")):
                        return case.told("way_for_answer", part, code=value)
    return None


def copy_of(node: ast.AST) -> str:
    """Return the dictionary of which a piece of code makes a copy, "" if it makes none."""
    match node:
        case ast.Call(
            ast.Attribute(ast.Name("users" | "active_users" as name), "copy" | "fromkeys")
        ):
            return name
        case ast.Call(
            ast.Name("dict" | "copy" | "deepcopy") | ast.Attribute(attr="copy" | "deepcopy"),
            [ast.Name("users" | "active_users" as name)],
        ):
            return name
        case ast.Dict(keys, values) if None in keys:
            dictionary, _ = side_of(values[keys.index(None)])
            return dictionary
        case ast.BinOp(ast.Name("users" | "active_users" as name), ast.BitOr(), _):
            return name
    return ""


def looks_only(case: Case) -> Finding | None:
    """Find a look-up in a statement of its own, where something should be stored."""
    if not not_stored(case):
        return None
    for part in case.parts:
        match part:
            case ast.Expr(ast.Call(ast.Attribute(where, "get" as name))) if case.is_dictionary(
                where
            ):
                return case.told("looks_only", part, code=part, name=name)
    return None


def updated(case: Case) -> Finding | None:
    """Find `update` with something else than a dictionary."""
    for part in case.parts:
        match part:
            case ast.Call(ast.Attribute(where, "update"), arguments, keywords) if (
                case.is_dictionary(where)
            ):
                failed = case.is_error("TypeError", "ValueError") and syntax.spans(
                    part, case.last_line
                )
                words = [keyword.arg for keyword in keywords]
                if set(words) & {"key", "username"} and (failed or case.fault is not None):
                    return case.told("keyword_as_key", part, name=words[0])
                if failed and any(isinstance(a, ast.Set) for a in arguments):
                    return case.told("set_for_dictionary", part, code=arguments[0])
                if failed:
                    return case.told("update_takes", part, dictionary=where)
    return None


def set_stored(case: Case) -> Finding | None:
    """Find curly brackets that make a set, or a list, where one text should be stored."""
    if not case.is_rule("wrong_kind", "replaced", "empty_promise", "not_stored"):
        return None
    # What only looks should store nothing at all.
    if case.function.answers:
        return None
    for part in case.parts:
        match part:
            case ast.Assign(
                [ast.Subscript(where, index)],
                ast.Constant(bool() | int() | float() | None) as value,
            ) if case.is_dictionary(where) and case.is_key(index) and case.is_rule("wrong_kind"):
                return case.told("stores_no_text", part, code=value)
            case ast.Assign([target], value):
                is_entry = isinstance(target, ast.Subscript) and case.is_dictionary(target.value)
                match value:
                    case ast.Set([_, _, *_]) if case.is_dictionary(target):
                        return case.told("set_for_dictionary", part, code=value)
                    case ast.Set() | ast.List() | ast.Dict() | ast.ListComp() if is_entry:
                        kind = {ast.Set: "a set", ast.Dict: "a dictionary"}.get(
                            type(value), "a list"
                        )
                        return case.told("stores_collection", part, code=value, kind=kind)
                    case _ if is_entry and case.is_dictionary(value):
                        return case.told(
                            "stores_collection", part, code=value, kind="a whole dictionary"
                        )
    return None


def key_of_several(case: Case) -> Finding | None:
    """Find a comma in `[ ]`, or brackets in them, which make another key."""
    for part in [*case.failing, *(case.parts if case.fault else ())]:
        match part:
            case ast.Subscript(where, index) if case.is_dictionary(where):
                match index:
                    case ast.Tuple([_, _, *_]):
                        return case.told("key_of_several", part, code=where)
                    case ast.List() | ast.Set() | ast.Dict() if case.error is not None:
                        return case.told("key_in_brackets", part, code=index)
    return None


def called(case: Case) -> Finding | None:
    """Find a dictionary that is called with ( )."""
    for part in case.failing if case.is_error("TypeError") else ():
        match part:
            case ast.Call(where) if case.is_dictionary(where):
                return case.told("called_dictionary", part, dictionary=where)
    return None


def first_difference(case: Case) -> Finding | None:
    """Find a loop that answers no at the first entry that is another one."""
    if not (case.function.answers and decided_wrongly(case)):
        return None
    for part in case.parts:
        match part:
            case ast.For(_, _, [ast.If(ast.Compare(_, [ast.NotEq()], [_]), [ast.Return(value)])]):
                if isinstance(value, ast.Constant) and value.value is False:
                    return case.told("first_difference", part)
    return None


def last_turn(case: Case) -> Finding | None:
    """Find a loop in which each turn overwrites the answer of the turn before."""
    if not (case.function.answers and decided_wrongly(case)):
        return None
    for part in case.parts:
        match part:
            case ast.For(_, _, [ast.If(_, then, otherwise)]) if otherwise:
                names = [only_name(branch) for branch in (then, otherwise)]
                if names[0] and names[0] == names[1]:
                    return case.told("last_turn", part, name=names[0])
            case ast.For(_, _, [ast.Assign([ast.Name(name)], ast.Compare())]):
                return case.told("last_turn", part, name=name)
            case ast.For(ast.Name(turn), _, [ast.Assign([ast.Name(name)], ast.Name(given))]):
                if given == turn:
                    return case.told("last_turn", part, name=name)
    return None


def only_name(branch: list[ast.stmt]) -> str:
    """Return the variable that a branch stores something in, if it does nothing else."""
    match branch:
        case [ast.Assign([ast.Name(name)])]:
            return name
    return ""


DICTIONARY: tuple[Cause, ...] = (
    attribute,
    looked_up_in_text,
    unpacked,
    numbered,
    counted,
    called,
    key_of_several,
    wrong_side,
    default,
    first_difference,
    last_turn,
    other_dictionary,
    anybody,
    copied,
    value_for_answer,
    looks_only,
    updated,
    set_stored,
    stores_elsewhere,
)
