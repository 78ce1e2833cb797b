"""Causes in what changes the dictionaries: where it should not, and where it does not."""

import ast

from gui.tutor import syntax
from gui.tutor.assignment import functions_of
from gui.tutor.causes.case import Case, Cause, Finding

CHANGED = (
    "replaced",
    "not_stored",
    "lost_entry",
    "unexpected_entry",
    "foreign_entry",
    "wrong_kind",
)


def changes_to_look(case: Case) -> Finding | None:
    """Find what changes a dictionary in a function that only looks, or takes an entry out."""
    if not case.is_rule(*CHANGED) or case.fault is None:
        return None
    values = {"dictionary": case.fault.dictionary}
    is_lost = case.is_rule("lost_entry", "not_stored")
    for part in case.parts:
        match part:
            case ast.Call(ast.Attribute(where, "pop" | "popitem" | "clear")) if is_lost:
                if is_meant(case, where) and ran(case, part):
                    return case.told("takes_out", part, code=part, **values)
            case ast.Delete([ast.Subscript(where)]) if is_lost:
                if is_meant(case, where) and ran(case, part):
                    return case.told("takes_out", part, code=part, **values)
            case ast.Call(ast.Attribute(where, "setdefault")) if case.function.answers:
                if is_meant(case, where) and ran(case, part):
                    return case.told("setdefault_stores", part, code=part, **values)
            case ast.Assign([ast.Name() as where]) if case.function.answers:
                if case.is_rule("replaced") and is_meant(case, where):
                    return case.told("stores_to_look", part, code=where, **values)
            case ast.Assign([ast.Subscript(where) as entry]) if case.function.answers:
                if not is_lost and is_meant(case, where) and ran(case, part):
                    return case.told("stores_to_look", part, code=entry, **values)
    return None


def is_meant(case: Case, node: ast.AST) -> bool:
    """Tell whether it is the dictionary that was changed, or a variable for it."""
    assert case.fault is not None
    dictionary = case.fault.dictionary
    nodes = [node, *(case.given_to(node.id) if isinstance(node, ast.Name) else ())]
    return any(isinstance(node, ast.Name) and node.id == dictionary for node in nodes)


def ran(case: Case, node: ast.expr | ast.stmt) -> bool:
    """Tell whether a line ran, as far as is known."""
    statement = syntax.statement_at(case.definition, node.lineno)
    return not case.did or not case.did.steps or case.came_by(statement or node)


def helper_of_other(case: Case) -> Finding | None:
    """Find a call of the helper that stores in the other dictionary."""
    if not case.is_rule("not_stored"):
        return None
    for part in case.parts:
        match part:
            case ast.Call(ast.Name(name)):
                helper = functions_of(case.function.file).get(name)
                if helper and not helper.sends and helper.stores not in ("", case.function.stores):
                    values = {"name": name, "dictionary": helper.stores}
                    return case.told("helper_stores_elsewhere", part, **values)
    return None


def stored_nowhere(case: Case) -> Finding | None:
    """Find a value that is handed back, or kept in a variable, where it should be stored."""
    if not case.is_rule("not_stored"):
        return None
    dictionary = case.function.stores
    for part in case.parts:
        match part:
            case ast.Return(ast.expr() as value) if part.lineno == case.last_line:
                return case.told("handed_back_only", part, code=value, dictionary=dictionary)
            case ast.Assign([ast.Name(name)], value) if part.lineno == case.last_line:
                return case.told("in_variable_only", part, name=name, dictionary=dictionary)
    return None


def stores_no_text(case: Case) -> Finding | None:
    """Find a key or a value that is no text, as far as was noted."""
    for part in case.parts if case.is_rule("wrong_kind") else ():
        match part:
            case ast.Assign([ast.Subscript(where, index)], value) | ast.Call(
                ast.Attribute(where, "setdefault"), [index, value]
            ) if case.is_dictionary(where):
                if is_no_text(case, index):
                    return case.told("key_no_text", part, code=index)
                if is_no_text(case, value):
                    return case.told("stores_no_text", part, code=value)
    return None


def is_no_text(case: Case, node: ast.expr) -> bool:
    """Tell whether a piece of code came to something else than a text."""
    if isinstance(node, ast.Constant):
        return type(node.value) is not str
    values = case.values_of(node)
    return bool(values) and type(values[-1]) is not str


def other_entry(case: Case) -> Finding | None:
    """Find the line that stores under another key, or something else than the username."""
    if not case.is_rule("foreign_entry", "wrong_value") or case.situation is None or not case.fault:
        return None
    for part in reversed(case.parts):
        match part:
            case ast.Assign([ast.Subscript(where, index)], value) if is_meant(case, where):
                keys, names = case.values_of(index), case.values_of(value)
                if case.is_rule("foreign_entry") and {*keys} - {case.situation.key}:
                    return case.told("under_other_key", part, code=index)
                if case.is_rule("wrong_value") and names and names[-1] != case.situation.username:
                    return case.told("wrong_value", part, **case.fault.values)
    return None


def changes_nowhere(case: Case) -> Finding | None:
    """Find a function that nowhere names the dictionary in which it should store."""
    if not case.is_rule("not_stored") or case.function.sends:
        return None
    if syntax.mentions(case.definition, case.function.stores):
        return None
    return case.told("changes_nowhere", dictionary=case.function.stores)


CHANGES: tuple[Cause, ...] = (
    changes_to_look,
    helper_of_other,
    stores_no_text,
    stored_nowhere,
)
