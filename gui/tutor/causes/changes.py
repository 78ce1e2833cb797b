"""Causes in what changes the dictionaries: where it should not, and where it does not."""

import ast
from typing import TypeGuard

from gui.tutor import syntax
from gui.tutor.assignment import functions_of
from gui.tutor.causes.case import Case, Cause, Finding

CHANGED = ("replaced", "unexpected_entry", "foreign_entry", "wrong_kind")


def takes_out(case: Case) -> Finding | None:
    """Find what takes an entry out of a dictionary, or out again."""
    if not case.is_rule("lost_entry", "not_stored") or case.fault is None:
        return None
    stored = [part.lineno for part in case.parts if stores_entry(part)]
    for part in case.parts:
        match part:
            case ast.Call(ast.Attribute(where, "pop" | "popitem" | "clear")) | ast.Delete(
                [ast.Subscript(where)]
            ) if is_meant(case, where) and ran(case, part):
                if case.is_rule("lost_entry") or any(line < part.lineno for line in stored):
                    return case.told("takes_out", part, code=part, dictionary=case.fault.dictionary)
    return None


def stores_to_look(case: Case) -> Finding | None:
    """Find what stores in a dictionary in a function that only looks."""
    if not case.function.answers or not case.is_rule(*CHANGED):
        return None
    for part in case.parts:
        match part:
            case ast.Call(ast.Attribute(where, "setdefault")):
                if is_meant(case, where) and ran(case, part):
                    return case.told("setdefault_stores", part)
            case ast.Assign([ast.Name() as where]):
                if case.is_rule("replaced") and is_meant(case, where):
                    return case.told("stores_to_look", part, code=where)
            case ast.Assign([ast.Subscript(where) as entry]):
                if is_meant(case, where) and ran(case, part):
                    return case.told("stores_to_look", part, code=entry)
    return None


def stores_entry(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """Tell whether a node is an entry that is given a value."""
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


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
                if helper is None or helper.sends or not ran(case, part):
                    continue
                if helper.stores not in ("", case.function.stores):
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
            case ast.Return(None) if part.lineno == case.last_line:
                return case.told("ends_before", part)
            case ast.Return(ast.expr() as value) if (
                part.lineno == case.last_line and not changes_something(case, value)
            ):
                return case.told("handed_back_only", part, code=value, dictionary=dictionary)
            case ast.Assign([ast.Name(name)], value) if (
                part.lineno == case.last_line
                and syntax.makes_local(case.definition, name)
                and not any(changes_something(case, other) for other in case.parts)
            ):
                return case.told("in_variable_only", part, name=name, dictionary=dictionary)
    return None


def changes_something(case: Case, node: ast.AST) -> bool:
    """Tell whether something in a piece of code may change a dictionary."""
    for part in ast.walk(node):
        match part:
            case ast.Subscript(where, _, ast.Store() | ast.Del()) if case.is_dictionary(where):
                return True
            case ast.Call(ast.Attribute(where)) if case.is_dictionary(where):
                return True
    return False


def stores_no_text(case: Case) -> Finding | None:
    """Find a key or a value that is no text, as far as was noted."""
    for part in case.parts if case.is_rule("wrong_kind") and not case.function.answers else ():
        match part:
            case ast.Assign([ast.Subscript(where, index)], value) | ast.Call(
                ast.Attribute(where, "setdefault"), [index, value]
            ) if case.is_dictionary(where):
                if is_no_text(case, index):
                    return case.told("key_no_text", part, code=index)
                if is_no_text(case, value):
                    return case.told("stores_no_text", part, code=value)
            case ast.Call(ast.Attribute(where, "setdefault"), [_]) if case.is_dictionary(where):
                return case.told("stores_none", part)
    return None


def is_no_text(case: Case, node: ast.expr) -> bool:
    """Tell whether a piece of code came to something else than a text."""
    if isinstance(node, ast.Constant):
        return type(node.value) is not str
    values = case.values_of(node)
    return bool(values) and type(values[-1]) is not str


def other_entry(case: Case) -> Finding | None:
    """Find the line that stores under another key, or something else than the username."""
    if not case.is_rule("foreign_entry", "wrong_value", "not_stored"):
        return None
    if case.situation is None or case.fault is None:
        return None
    for part in reversed(case.parts):
        match part:
            case ast.Assign([ast.Subscript(where, index)], value) if is_meant(case, where):
                keys, names = case.values_of(index), case.values_of(value)
                if not case.is_rule("wrong_value") and {*keys} - {case.situation.key}:
                    return case.told("under_other_key", part, code=index)
                if case.is_rule("wrong_value") and names and names[-1] != case.situation.username:
                    return case.told("wrong_value", part, **case.fault.values)
    return None


def changes_nowhere(case: Case) -> Finding | None:
    """Find a function that nowhere names the dictionary in which it should store."""
    if not case.is_rule("not_stored") or case.function.sends:
        return None
    if case.is_written(case.function.stores):
        return None
    return case.told("changes_nowhere", dictionary=case.function.stores)


CHANGES: tuple[Cause, ...] = (
    takes_out,
    stores_to_look,
    helper_of_other,
    stores_no_text,
    stored_nowhere,
)
