"""Whether nothing that a function does outlasts its call, as its text alone shows.

Such functions can run in one process, one after the other: none finds anything of another one.
Most right ones are such. What is here is what they are made of; whatever else there may be in a
text, is not gone into: that function has a process of its own.
"""

import ast
import builtins

from gui.tutor.assignment import SENDERS, Dictionaries, Function, functions_of

PARTS = (
    *(ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.arguments, ast.arg),
    *(ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Return, ast.Pass),
    *(ast.If, ast.For, ast.Break, ast.Continue, ast.Try, ast.ExceptHandler, ast.Global),
    *(ast.Await, ast.Call, ast.keyword),
    *(ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.NamedExpr),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Subscript, ast.Slice, ast.Starred),
    *(ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Attribute, ast.Name),
    *(ast.expr_context, ast.boolop, ast.unaryop, ast.operator, ast.cmpop),
)
# They make something, or look at it; what they call is what they are given.
BUILTINS = (
    *("all", "any", "bool", "dict", "enumerate", "filter", "float", "int", "isinstance", "len"),
    *("list", "map", "max", "min", "next", "print", "range", "repr", "reversed", "set", "sorted"),
    *("str", "sum", "tuple", "zip"),
    *("Exception", "AttributeError", "KeyError", "LookupError", "TypeError", "ValueError"),
)
# A format may name an attribute.
METHODS = {
    name for kind in (str, dict, list, set, tuple) for name in dir(kind) if name[0] != "_"
} - {"format", "format_map"}


def is_plain(function: Function, tree: ast.Module) -> bool:
    """Tell whether nothing that a function does outlasts its call.

    Parameters:
        tree: its syntax tree; no more of its file may run with it.
    """
    nodes = list(ast.walk(tree))
    if len(tree.body) != 1 or not all(isinstance(node, PARTS) for node in nodes):
        return False
    if sum(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in nodes) != 1:
        return False
    known = {*functions_of(function.file), *Dictionaries._fields, *BUILTINS}
    for node in nodes:
        match node:
            # What is around a function is made anew for each call.
            case ast.Global(names) if not {*names} <= {*Dictionaries._fields}:
                return False
            case ast.Name(name, ast.Store()) | ast.arg(name) | ast.ExceptHandler(_, str(name)):
                known.add(name)
    # What a comprehension calls so is something else outside of it.
    known -= {"__builtins__", *dir(builtins)} - {*BUILTINS}
    methods = {*METHODS, *SENDERS[function.file], "get_addr_key"}
    return all(
        node.id in known
        if isinstance(node, ast.Name)
        else isinstance(node.ctx, ast.Load) and node.attr in methods
        for node in nodes
        if isinstance(node, (ast.Name, ast.Attribute))
    )
