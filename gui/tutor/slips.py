"""Why a logical line is not Python: the slips that beginners make, and how each is recognised.

A rule looks at the tokens and says what is wrong, and how the line would read if that were
mended. It is believed only where Python can read the mended line. So no rule has to be careful,
and what it says is so on every version of Python.
"""

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from gui.tutor.tokens import (
    BEGIN_BLOCKS,
    BEGIN_STATEMENTS,
    FIELDS_NEST,
    PARTNERS,
    Line,
    Token,
    logical_lines,
    word_set,
)

# Each guess is read by Python: so many characters take it some 30 ms, in which others wait.
MOST_CHARACTERS = 20_000
LONGEST_LINE_CHARACTERS = 1000

QUOTES = "“”„‟‘’‚‛«»‹›″′´`＂＇"
NEVER_PYTHON = {
    "&&": "and",
    "||": "or",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=<": "<=",
    "=!": "!=",
    "!": "not",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
}
WORDS_OF_OTHERS = {
    "elseif": "elif",
    "elsif": "elif",
    "function": "def",
    "func": "def",
    "fun": "def",
    "fn": "def",
    "foreach": "for",
    "catch": "except",
    "expect": "except",
    "throw": "raise",
    "delete": "del",
    "of": "in",
    "isin": "in",
    "notin": "not in",
    "not_in": "not in",
    "isnot": "is not",
    "define": "def",
    "otherwise": "else",
    "loop": "for",
    "include": "import",
    "using": "import",
    "switch": "match",
    "unless": "if not",
    "until": "while not",
    "equals": "==",
}
TYPES = word_set(
    "int str string String bool boolean Boolean char float double var let const auto dict list "
    "object Object void"
)
# Operators that need nothing before them.
MAY_STAND_BEFORE = word_set("* ** + - ~ not await lambda")
OPERATOR_WORDS = word_set("and or not in is await lambda if else")
AFTER_APOSTROPHES = word_set("s t d m re ve ll")
# What no statement begins with.
NEVER_FIRST = word_set("and as in is or")
# What no name is in code, and many words are in a sentence.
OF_SENTENCES = word_set(
    "already an are has have its must should the their these this that to we will with you your"
)
NEEDLESS = word_set("then do new each call set let begin public private static exists")
# With what other languages begin and end a block.
ENDS_OF_BLOCKS = word_set("end END endif fi done begin BEGIN")
ASSIGNING = re.compile(r"=|(?:[-+*/%@&|^]|//|\*\*)=")
LETTERS = "bBfFrRtTuU"
# What a page shows before a line: its number, or the sign of one that was added or taken out.
BEFORE_COPIED = re.compile(r"\d+[.:)|]?\s+(?=\S)|[-+] ?(?=[^\W\d])")
SHELL_PROMPT = re.compile(r"\$ |(PS )?[A-Z]:\\[^'\"]*>|[\w.-]+@[\w.-]+[: ~][^'\"]*[$#%] ")
SHELL_COMMANDS = word_set("python python3 py pip pip3 conda cd ls git sudo apt brew")


class Slip(NamedTuple):
    """What is wrong in a line.

    Parameters:
        rule: the name of its words.
        token: what to point at.
        mended: the line with it mended; None where it is wrong whatever stands around it.
        text: what is written.
        meant: what Python writes instead.
    """

    rule: str
    token: Token
    mended: str | None = None
    text: str = ""
    meant: str = ""


Rule = Callable[[Line], Iterator[Slip]]


def slip_in(line: Line) -> Slip | None:
    """Return what is wrong in a line that Python cannot read, None if that is not sure."""
    if len(line.text) > LONGEST_LINE_CHARACTERS:
        return None
    for rules in (SPECIAL_RULES, GENERAL_RULES):
        single = ((slip, slip) for slip in guesses(line, rules))
        found = first_right(single) or first_right(pairs_of_guesses(line, rules))
        if found:
            return found
    return None


def first_right(candidates: Iterator[tuple[Slip, Slip]]) -> Slip | None:
    """Return the first guess that is right, as long as looking is cheap.

    Parameters:
        candidates: guesses, each with the one that mends the whole line.
    """
    characters = 0
    for slip, whole in candidates:
        characters += len(whole.mended or "")
        if characters > MOST_CHARACTERS:
            return None
        if whole.mended is None or parses(whole.mended):
            return slip
    return None


def pairs_of_guesses(line: Line, rules: tuple[Rule, ...]) -> Iterator[tuple[Slip, Slip]]:
    """Yield what may be wrong in a line, together with what some rules find wrong besides."""
    for slip in guesses(line, SPECIAL_RULES):
        rest = next(logical_lines(slip.mended or ""), None)
        for other in guesses(rest, rules) if rest else ():
            yield slip, other


def guesses(line: Line, rules: tuple[Rule, ...]) -> Iterator[Slip]:
    """Yield everything that some rules find wrong in a line."""
    for rule in rules:
        yield from rule(line)


def parses(text: str) -> bool:
    """Tell whether Python can read a logical line, in a place where it may stand."""
    if not text:
        return False
    word = re.match(r"@|\w*", text)
    first = word[0] if word else ""
    whole = f"{text}\n  pass" if text.endswith(":") else text
    match first:
        case "elif" | "else":
            whole = f"if 1: pass\n{whole}"
        case "except" | "finally":
            whole = f"try: pass\n{whole}"
        case "try":
            whole = f"{whole}\nfinally: pass"
        case "case" if not is_python(text):  # it may be a name, too
            whole = f"match 1:\n {whole}"
        case "match" if text.endswith(":"):
            whole = f"{text}\n case 1: pass"
        case "@":
            whole = f"{text}\ndef f(): pass"
    return is_python(whole)


def is_python(text: str) -> bool:
    """Tell whether Python can read a text, wherever it stands."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# --- signs that Python has no use for -------------------------------------------------------


def odd_signs(line: Line) -> Iterator[Slip]:
    """Find what a word processor, a web page or a mathematician writes, and the invisible."""
    for token in line.tokens:
        sign = token.text
        if token.kind == "name" and not sign.isidentifier():
            yield Slip("stray", token)
        if token.kind != "stray":
            continue
        category = unicodedata.category(sign)
        if sign in QUOTES:
            yield Slip("curly_quote", token)
        elif category[0] in "CZ":
            name = unicodedata.name(sign, "control character").lower()
            yield Slip("invisible", token, text=f"{name} (U+{ord(sign):04X})")
        elif sign in NEVER_PYTHON:
            yield Slip("of_others", token, meant=NEVER_PYTHON[sign])
        elif (plain := unicodedata.normalize("NFKC", sign)).isascii() and plain != sign:
            yield Slip("of_others", token, None, f"{sign} (U+{ord(sign):04X})", plain)
        elif sign == "\\":
            yield Slip("backslash", token)


def pasted(line: Line) -> Iterator[Slip]:
    """Find what was copied along from a shell, a session, a notebook or a merge."""
    token, *rest = line.tokens
    if re.match(r"(<{7}|={7}|>{7}|\|{7})( |$)", line.text):
        yield Slip("merge_mark", token)
    elif re.match(r">>>|\.\.\. ?[\w\"']|(In|Out) ?\[\d*\] ?:", line.text):
        yield Slip("prompt", token, text=line.text.split(maxsplit=1)[0])
    elif token.text in ENDS_OF_BLOCKS and all(t.text in (";", "if", "for") for t in rest):
        yield Slip("end_of_block", token, text=line.text)
    elif token.text in ("%", "!") and rest:
        yield Slip("notebook_line", token, text=token.text)
    elif re.match(r"\*{3} *(start|end) *\*{3}", line.text, re.IGNORECASE):
        yield Slip("bare_marker", token, text=line.text)
    elif re.match(r"```|~~~|</?\w+>", line.text):
        yield Slip("copied_mark", token, text=line.text.split(maxsplit=1)[0])
    elif (mark := BEFORE_COPIED.match(line.text)) and parses(line.text[mark.end() :]):
        rule = "copied_mark" if token.kind == "number" else "one_too_many"
        yield Slip(rule, token, text=mark[0].strip())
    elif SHELL_PROMPT.match(line.text) or (
        token.text in SHELL_COMMANDS
        and rest
        and rest[0].kind in ("name", "operator")
        and not (rest[0].kind == "operator" and rest[0].text in ("=", ".", ",", ":", "=="))
    ):
        yield Slip("shell_command", token)


def comments_of_others(line: Line) -> Iterator[Slip]:
    """Find comments that begin as in other languages."""
    for i, token in enumerate(line.tokens):
        if token.text == "//" or line.text[token.start : token.start + 2] == "/*":
            before = line.text[: token.start].rstrip(" ;")
            yield Slip("of_others", token, before if i else None, line.text[token.start :][:2], "#")


def never_python(line: Line) -> Iterator[Slip]:
    """Find operators of other languages."""
    for _, token, after in triples(line):
        if token.text == "=>":
            stores = line.changed((token, "="))
            yield Slip("of_others", token, stores, meant="=")
            in_dictionary = line.changed((token, ":"))
            yield Slip("of_others", token, in_dictionary, meant=":")
            yield Slip("of_others", token, line.changed((token, ">=")), meant=">=")
            yield Slip("stray", token)
        elif (
            token.text in ("+", "-")
            and after
            and token.text == after.text == line.text[token.end :][:1]
        ):
            further = line.text[after.end :].lstrip()
            if not further or further[0] in ");]:,":
                yield Slip("of_others", token, text=token.text * 2, meant=f"{token.text}= 1")
        elif token.text == "!" and after and after.text == "=":
            yield Slip("split_operator", token, text="! =", meant="!=")
        elif token.text == "->":
            yield Slip("of_others", token, line.changed((token, ".")), meant="a point")
        elif token.text == "!" and not (after and (after.begins_value or after.text == "in")):
            yield Slip("stray", token)
        elif token.kind == "operator" and token.text in NEVER_PYTHON:
            yield Slip("of_others", token, meant=NEVER_PYTHON[token.text])
        elif token.kind == "stray":
            yield Slip("choice" if token.text == "?" else "stray", token)


# --- quotes and brackets --------------------------------------------------------------------


def quotes(line: Line) -> Iterator[Slip]:
    """Find texts that end too early, or not at all."""
    for i, token in enumerate(line.tokens):
        if is_apostrophe(line, i):
            yield Slip("sentence", line.tokens[i - 1])
        if is_cut(line, i):
            yield from inner_quotes(line, i)
        if token.kind == "open string":
            yield from open_string(line, i)
        elif token.kind == "string" and not is_python(token.text):
            yield odd_string(token)


def is_apostrophe(line: Line, i: int) -> bool:
    """Tell whether a text begins in the middle of words, as an apostrophe stands in a sentence."""
    before, token = line.tokens[i - 1], line.tokens[i]
    word = re.match(r"'([a-z]+) ", token.text)
    is_word = i > 0 and before.kind == "name" and not keyword.iskeyword(before.text)
    return is_word and before.end == token.start and bool(word and word[1] in AFTER_APOSTROPHES)


def is_cut(line: Line, i: int) -> bool:
    """Tell whether a text goes on directly after the quote that ends it."""
    token, *after = line.tokens[i : i + 2]
    goes_on = [t for t in after if t.start == token.end and t.kind in ("name", "number", "string")]
    return token.kind == "string" and bool(goes_on)


def quote_of(token: Token) -> tuple[str, str]:
    """Return the quote that a text begins with, and the one of the other kind."""
    return ('"', "'") if token.text.lstrip(LETTERS)[0] == '"' else ("'", '"')


def inner_quotes(line: Line, i: int) -> Iterator[Slip]:
    """Find out whether a text is ended by a quote inside of it."""
    token = line.tokens[i]
    quote, other = quote_of(token)
    if "\n" in token.text:
        yield Slip("open_text", token, text=quote * 3)
        return
    first, last = line.text.index(quote, token.start) + 1, line.text.rfind(quote)
    begins, inside, ends = line.text[:first], line.text[first:last], line.text[last:]
    marked = token._replace(column=token.column + len(token.text) - 1)
    if line.tokens[i + 1].text in AFTER_APOSTROPHES and token.text[-2:-1].isalpha():
        yield Slip("inner_quote", marked, None, quote)
    if not FIELDS_NEST and "f" in token.text.partition(quote)[0].lower():
        yield Slip("f_quotes", marked, begins + inside.replace(quote, other) + ends, quote, other)
    yield Slip("inner_quote", marked, begins + inside.replace(quote, "") + ends, quote)


def open_string(line: Line, i: int) -> Iterator[Slip]:
    """Find out why a text has no end."""
    token = line.tokens[i]
    quote, other = quote_of(token)
    if quote * 3 in token.text[:5]:
        yield Slip("open_text", token, text=quote * 3)
        return
    for earlier in range(i):
        if is_cut(line, earlier):
            yield from inner_quotes(line, earlier)
    if (place := token.text.rfind("\\" + quote)) > 0:
        mended = token.text[:place] + token.text[place + 1 :]
        marked = token._replace(column=token.column + place)
        yield Slip("backslash_quote", marked, line.changed((token, mended)), quote)
    for place, sign in enumerate(token.text):
        if sign in QUOTES:
            mended = token.text[:place] + quote + token.text[place + 1 :]
            marked = token._replace(column=token.column + place)
            yield Slip("curly_quote", marked, line.changed((token, mended)), sign)
    if (place := token.text.rfind(other)) > 0:
        mended = token.text[:place] + quote + token.text[place + 1 :]
        yield Slip("quotes_differ", token, line.changed((token, mended)), quote, other)
    yield Slip("open_quote", token, text=quote)


def odd_string(token: Token) -> Slip:
    """Say what is wrong with a string that has an end, and is none all the same."""
    letters = token.text.partition(quote_of(token)[0])[0].lower()
    if "".join(sorted(letters)) not in ("", "b", "r", "u", "f", "t", "br", "fr", "rt"):
        return Slip("string_letters", token, text=letters)
    if "f" not in letters and "t" not in letters:
        if "b" in letters:
            return Slip("bytes", token)
        found = re.search(r"\\[UuxN]", token.text)
        return Slip("escape", token, text=found[0] if found else "\\")
    text = re.sub(r"\{\{|\}\}", "", token.text)
    if re.search(r"\{\s*\}", text):
        return Slip("f_empty", token)
    if text.count("{") > text.count("}"):
        return Slip("f_open", token)
    if text.count("}") > text.count("{"):
        return Slip("f_closed", token)
    if not FIELDS_NEST and re.search(r"\{[^{}]*\\[^{}]*\}", text):
        return Slip("f_backslash", token)
    return Slip("f_field", token)


def brackets(line: Line) -> Iterator[Slip]:
    """Find brackets without their partners."""
    if line.unmatched:
        token, opener = line.unmatched
        if opener is None:
            yield Slip("never_opened", token)
        else:
            right = PARTNERS[opener.text]
            swapped = Slip("wrong_bracket", token, line.changed((token, right)), token.text, right)
            yield swapped
            below = [other for other in line.unclosed if PARTNERS[other.text] == token.text]
            if below:
                yield Slip("never_closed", opener, text=opener.text, meant=right)
            else:
                yield swapped._replace(mended=None)
    elif line.unclosed:
        token = line.unclosed[-1]
        yield Slip("never_closed", token, meant=PARTNERS[token.text])


def braces(line: Line) -> Iterator[Slip]:
    """Find blocks in braces, as other languages write them."""
    first = line.tokens[0]
    if first.text == "}":
        yield Slip("braces", first, text="}")
    for before, token, after in triples(line):
        ends_line = after is None or after.line > token.line
        if (
            token.text == "{"
            and ends_line
            and before
            and (before.text == "else" or before.ends_value)
            and (first.text in BEGIN_BLOCKS or first.text in WORDS_OF_OTHERS or first.text in TYPES)
        ):
            yield Slip("braces", token, text="{")


def numbers(line: Line) -> Iterator[Slip]:
    """Find numbers that are none."""
    for token in line.tokens:
        if token.kind == "number" and not is_python(token.text):
            mended = line.changed((token, "n"))
            if token.text.count(".") > 1:
                yield Slip("number_points", token)
            elif re.fullmatch(r"0[\d_]+", token.text):
                yield Slip("leading_zero", token, mended)
            else:
                yield Slip("digit_first", token, mended)


# --- blocks ---------------------------------------------------------------------------------


def headers(line: Line) -> Iterator[Slip]:
    """Find what is wrong with a line that begins a block."""
    first, last = line.tokens[0], line.tokens[-1]
    word = first.text
    second = line.tokens[1] if len(line.tokens) > 1 else None
    if word not in BEGIN_BLOCKS:
        return
    if last.text in ("and", "or"):
        yield Slip("ends_in_middle", last)
    if word in ("def", "class") and second and second.text in (":", "("):
        yield Slip("no_name", second, text=word)
    if word == "else" and second and second.text == "if":
        yield Slip("of_others", first, text="else if", meant="elif")
    if word in ("if", "elif", "while") and (second is None or second.text == ":"):
        yield Slip("no_condition", first)
    if word == "for":
        yield from loops(line)
    if word == "def" or (second and second.text == "def"):
        yield from definitions(line)
    if last.kind in ("operator", "stray"):
        if len(line.tokens) > 1 and line.tokens[-2].text == ":":
            yield Slip("one_too_many", last, line.changed((last, "")).rstrip())
        yield Slip("other_for_colon", last, line.changed((last, ":")))
    commas = line.outside(",")
    if word in ("if", "elif", "while") and commas:
        mended = line.changed(*((token, " and ") for token in commas))
        yield Slip("comma_in_condition", commas[0], mended)
    if last.text != ":":
        yield Slip("no_colon", last._replace(column=last.column + len(last.text)), f"{line.text}:")
    for token, after, depth in line.neighbours():
        begin, end = line.text[: after.start], line.text[after.start :]
        may_end = token.text in ("else", "try", "finally")
        if depth == 0 and (may_end or after.text in BEGIN_STATEMENTS or are_apart(token, after)):
            yield Slip("no_colon", after, f"{begin}: {end}")
        if depth == 0 and token.text == ":" and after.text in BEGIN_BLOCKS and parses(end):
            yield Slip("block_in_line", after, f"{begin}pass")
        if depth == 0 and after.text in ("else", "elif") and is_python(f"{begin}\n{end}"):
            yield Slip("else_in_line", after)
    if word == "else" and last.text == ":":
        yield Slip("else_condition", line.tokens[1], "else:")
    if word == "except" and any(token.text == "," for token in line.tokens):
        yield Slip("except_brackets", line.tokens[1], "except:")


def loops(line: Line) -> Iterator[Slip]:
    """Find what is wrong with the first line of a `for`."""
    if not any(token.text == "in" for token in line.tokens):
        for token in line.tokens:
            yield Slip("no_in", token, inserted(line, token, "in"))
        yield Slip("for_form", line.tokens[0])
        return
    second = line.tokens[1]
    if second.text == "(":
        bare = line.changed((second, ""), *closing(line, second, ""))
        yield Slip("one_too_many", second, bare)
    target, _, rest = line.text.removeprefix("for ").partition(" in ")
    if is_python(target) and not target.isidentifier():
        yield Slip("for_target", second, f"for n in {rest}", target)


def definitions(line: Line) -> Iterator[Slip]:
    """Find what is wrong with the first line of a function."""
    at = next(i for i, token in enumerate(line.tokens) if token.text == "def") + 1
    after = line.tokens[at:]
    opening = next((token for token in after if token.text == "("), None)
    if opening is None:
        for token in after[1:]:
            rest = line.text[token.start :].rstrip(":")
            yield Slip("def_brackets", token, inserted(line, token, "()"))
            yield Slip("def_brackets", token, f"{line.text[: token.start]}({rest}):")
        return
    before, name = line.text[: after[0].start], line.text[after[0].start : opening.start].strip()
    for end, _ in closing(line, opening, ""):
        yield Slip("parameters", opening, f"{before}{name}(){line.text[end.end :]}")
    yield Slip("def_name", after[0], f"{before}n{line.text[opening.start :]}", text=name)


# --- words ----------------------------------------------------------------------------------


def words(line: Line) -> Iterator[Slip]:
    """Find words that Python does not have, or has in another place."""
    for before, token, after in triples(line):
        word = token.text
        if token.kind != "name":
            continue
        without = inserted(line, token, "", skip=True)
        if word in WORDS_OF_OTHERS:
            meant = WORDS_OF_OTHERS[word]
            is_sure = before is None and word in ("elseif", "elsif")
            mended = None if is_sure else line.changed((token, meant))
            yield Slip("of_others", token, mended, meant=meant)
        is_first = before is None or before.text in ("for", "(", "if")
        if word in TYPES and is_first and after and after.kind == "name":
            yield Slip("declared", token, without)
            pairs = pairwise(line.tokens)
            types = [one for one, name in pairs if one.text in TYPES and name.kind == "name"]
            yield Slip("declared", token, line.changed(*((one, "") for one in types)))
        if word in NEEDLESS:
            yield Slip("needless_word", token, without)
        if word == "async" and after and after.text in BEGIN_BLOCKS:
            yield Slip("one_too_many", token, without)
        elif word == "async" and after and after.kind == "name":
            yield Slip("async_for_await", token, line.changed((token, "await")))
        if keyword.iskeyword(word) and not token.ends_value and after and after.text == ".":
            yield Slip("point_after_word", after, line.changed((after, " ")), text=word)
        if word == "await" and before and before.text == ".":
            yield Slip("await_place", token, without)
        if word == "print" and after and after.begins_value and after.text != "(":
            rest = line.text[after.start :]
            yield Slip("print_brackets", token, f"{line.text[: token.start]}print({rest})")
        if word == "is" and after and after.text in ("in", "not"):
            yield Slip("is_in", token, without)
        if after and (word, after.text) in (("in", "not"), ("not", "is")):
            swapped = line.changed((token, after.text), (after, word))
            yield Slip("word_order", token, swapped, f"{word} {after.text}", f"{after.text} {word}")
        if word == "not" and before:
            if before.ends_value and after:
                yield Slip("not_without_in", token, inserted(line, after, "in"))
            if before.kind == "operator":
                yield Slip("not_place", token, without, text=before.text)
        if word.lower() != word and keyword.iskeyword(word.lower()):
            yield Slip("capital", token, line.changed((token, word.lower())), meant=word.lower())
        if word == "return" and after and after.text == "=":
            yield Slip("return_equals", after, line.changed((after, "")))
        elif (
            keyword.iskeyword(word)
            and not token.ends_value
            and not (before and before.ends_value)
            and after
            and after.text == "="
        ):
            yield Slip("keyword_as_name", token, line.changed((token, "n")))
    yield from half_choices(line)
    yield from misspelt(line)


def half_choices(line: Line) -> Iterator[Slip]:
    """Find an `if` inside of a line that has no `else`, and an `else` that has no `if`."""
    for i, token in enumerate(line.tokens):
        if i and token.text == "else":
            yield Slip("else_alone", token, line.changed((token, "if n else")))
        if i and token.text == "if":
            yield Slip("half_choice", token, f"{line.text} else n")
            for later in line.tokens[i + 1 :]:
                yield Slip("half_choice", token, inserted(line, later, "else n"))


def misspelt(line: Line) -> Iterator[Slip]:
    """Find words of Python's that differ by a letter from what is written."""
    for i, token in enumerate(line.tokens):
        may_be = not keyword.iskeyword(token.text) or (not i and token.text in NEVER_FIRST)
        if token.kind == "name" and len(token.text) > 1 and may_be:
            for word in keyword.kwlist:
                if word != token.text and differ_by_one(word, token.text):
                    yield Slip("misspelt", token, line.changed((token, word)), meant=word)


def differ_by_one(one: str, other: str) -> bool:
    """Tell whether a letter too many, too few, wrong, or exchanged is all that two words differ."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    one, other = one[start:], other[start:]
    return (
        other in (one[1:], one[:1])
        or one[1:] in (other, other[1:])
        or (one == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:]))
    )


# --- = ----------------------------------------------------------------------------------------


def assignments(line: Line) -> Iterator[Slip]:
    """Find = where none may stand, and := in place of another."""
    first = line.tokens[0]
    equals = [token for token in line.tokens if token.text == "="]
    outer = line.outside("=")
    compared = line.changed(*((token, "==") for token in equals))
    if equals and first.text in ("if", "elif", "while", "assert"):
        yield Slip("equals_in_condition", (outer or equals)[0], compared)
    if outer and first.text == "return":
        yield Slip("equals_in_return", outer[0], compared)
    yield from targets(line)
    for (before, token, after), around in zip(triples(line), line.brackets(), strict=True):
        if token.text == ":=":
            if not around and first.text not in BEGIN_BLOCKS:
                yield Slip("walrus", token, line.changed((token, "=")))
            yield Slip("walrus_target", token, line.changed((token, "==")))
        if token.text != "=" or not around:
            continue
        is_named = before and before.kind == "name" and not keyword.iskeyword(before.text)
        if before and is_named and after and "," in line.text[after.start :]:
            yield Slip("order_in_call", before, line.changed((before, ""), (token, "")))
        if around.endswith("{"):
            same = [(other, ":") for other in equals if other not in outer]
            yield Slip("equals_in_dictionary", token, line.changed(*same))
        else:
            yield Slip("equals_in_brackets", token, line.changed((token, "==")))


def targets(line: Line) -> Iterator[Slip]:
    """Find what stands before = and cannot be given a value."""
    start = 0
    for token, depth in zip(line.tokens, line.depths(), strict=True):
        if depth == 0 and ASSIGNING.fullmatch(token.text):
            target = line.text[start : token.start].strip()
            if rule := target_rule(target):
                mended = f"{line.text[:start]} n {line.text[token.start :]}".strip()
                yield Slip(rule, token if start else line.tokens[0], mended, target)
            start = token.end


def target_rule(target: str) -> str:
    """Return the rule for what stands before =, "" if it may stand there, or is not Python."""
    try:
        tree = ast.parse(target, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    match tree:
        case ast.Call():
            return "target_call"
        case ast.Constant() | ast.JoinedStr() | ast.Dict() | ast.Set():
            return "target_value"
        case ast.BinOp(ast.Name(), ast.Sub(), ast.Name()):
            return "target_hyphen"
        case (
            ast.Name()
            | ast.Attribute()
            | ast.Subscript()
            | ast.Tuple()
            | ast.List()
            | ast.Starred()
        ):
            return ""
    return "target_other"


# --- between the values -----------------------------------------------------------------------


def operators(line: Line) -> Iterator[Slip]:
    """Find operators in two pieces, and a colon that ends a line without need."""
    last = line.tokens[-1]
    if last.text == ":" and line.tokens[0].text not in BEGIN_BLOCKS:
        yield Slip("needless_colon", last, line.changed((last, "")))
    for token, after in pairwise(line.tokens):
        joined = token.text + after.text
        if token.kind == after.kind == "operator" and after.start > token.end and joined != ":=":
            mended = line.text[: token.start] + joined + line.text[after.end :]
            written = line.text[token.start : after.end]
            yield Slip("split_operator", token, mended, written, joined)


def separators(line: Line) -> Iterator[Slip]:
    """Find one of , : ; in place of another, and brackets that miss what belongs in them."""
    inside = line.brackets()
    for (before, token, after), around in zip(triples(line), inside, strict=True):
        sign, in_braces = token.text, around.endswith("{")
        same = [t for t, other in zip(line.tokens, inside, strict=True) if other and t.text == sign]
        if sign == "." and after and after.text in ("(", "["):
            yield Slip("point_before_bracket", token, line.changed((token, "")), meant=after.text)
        if sign == "[" and after and after.text == "]":
            yield Slip("empty_index", token, inserted(line, after, "n"))
        if sign == "[" and before and before.ends_value:
            round_ones = line.changed((token, "("), *closing(line, token, ")"))
            yield Slip("square_for_round", token, round_ones)
        if sign == "{" and before and before.ends_value:
            square_ones = line.changed((token, "["), *closing(line, token, "]"))
            yield Slip("braces_for_square", token, square_ones)
        if sign == "," and (
            before is None or before.kind == "open" or before.text == "," or after is None
        ):
            yield Slip("needless_comma", token, line.changed((token, "")))
        if in_braces and after and after.text in (",", "}") and (sign == ":" or token.ends_value):
            yield Slip("no_value", token, inserted(line, after, "n" if sign == ":" else ": n"))
        if around and sign in (";", ":") and not (in_braces and sign == ":"):
            rule = "other_for_comma" if sign == ";" else "colon_in_brackets"
            yield Slip(rule, token, line.changed((token, ",")))
            yield Slip(rule, token, line.changed(*((t, ",") for t in same)))


def closing(line: Line, opener: Token, new: str) -> list[tuple[Token, str]]:
    """Return the change of a bracket's partner into another one."""
    at = line.tokens.index(opener)
    depths = line.depths()
    for token, depth in zip(line.tokens[at + 1 :], depths[at + 1 :], strict=True):
        if token.kind == "close" and depth == depths[at]:
            return [(token, new)]
    return []


def neighbours(line: Line) -> Iterator[Slip]:
    """Find two values with nothing between them."""
    plain = [t.kind == "name" and t.ends_value for t in line.tokens]
    if len(line.tokens) > 2 and all(plain):
        yield Slip("sentence", line.tokens[0])
    # So does a heading begin, such as somebody's name.
    is_heading = line.text[0].isupper() and all(
        is_plain or token.kind == "number" or token.text in (",", ".", ":", "/")
        for token, is_plain in zip(line.tokens, plain, strict=True)
    )
    for (token, after), both in zip(pairwise(line.tokens), pairwise(plain), strict=True):
        if all(both) and (is_heading or {token.text, after.text} & OF_SENTENCES):
            yield Slip("sentence", token)
    # Two texts side by side are one.
    pairs = [
        (token, after)
        for token, after in pairwise(line.tokens)
        if are_apart(token, after) and not token.kind == after.kind == "string"
    ]
    if len(pairs) > 1 and pairs[0][0].text != "print":
        apart = line.changed(*((after, f", {after.text}") for _, after in pairs))
        yield Slip("nothing_between", pairs[0][1], apart, pairs[0][0].text, pairs[0][1].text)
    for token, after, depth in line.neighbours():
        begin, end = line.text[: after.start].rstrip(" ;\n\t\\"), line.text[after.start :]
        if depth == 0 and after.line > token.line and parses(end):
            yield Slip("backslash_joins", token, begin)
        if token.text == "else" and after.text == line.tokens[0].text == "return":
            yield Slip("return_again", after, line.changed((after, "")))
        if depth == 0 and after.text in BEGIN_STATEMENTS and parses(end):
            yield Slip("two_statements", after, begin)
        if not are_apart(token, after):
            continue
        further = line.text[after.end :].lstrip()
        is_stored = re.match(r"=(?!=)", further)
        is_gone_through = line.tokens[0].text == "for" and re.match(r"in\b", further)
        if token.kind == after.kind == "name" and (is_stored or is_gone_through):
            joined = f"{line.text[: token.start]}{token.text}_{end}"
            yield Slip("blank_in_name", token, joined, f"{token.text} {after.text}")
        if depth == 0 and "=" in [t.text for t in line.tokens if t.start > after.start]:
            yield Slip("two_statements", after, begin if parses(end) else "")
        for mended in (
            f"{begin}, {end}",
            f"{begin} + {end}",
            f"{begin} = {end}",
            f"{begin} in {end}",
            f"{begin}({end})",
        ):
            yield Slip("nothing_between", after, mended, token.text, after.text)


def are_apart(token: Token, after: Token) -> bool:
    """Tell whether two tokens are values with nothing between them."""
    return token.ends_value and after.begins_value and after.text not in ("(", "[")


def sentences(line: Line) -> Iterator[Slip]:
    """Find words side by side, as in a sentence."""
    plain = [t.kind == "name" and not keyword.iskeyword(t.text) for t in line.tokens]
    places = [i for i, both in enumerate(pairwise(plain)) if all(both)]
    if len(places) > 1:
        yield Slip("sentence", line.tokens[places[0]])


def keywords(line: Line) -> Iterator[Slip]:
    """Find words of Python's own that are used as names."""
    for before, token, after in triples(line):
        begins = before is None and after is not None and after.begins_value
        if after is None and token.text in OPERATOR_WORDS:
            continue
        if keyword.iskeyword(token.text) and not token.ends_value and not begins:
            same = [(other, "n") for other in line.tokens if other.text == token.text]
            yield Slip("keyword_as_name", token, line.changed(*same))


def lone_operators(line: Line) -> Iterator[Slip]:
    """Find operators that miss what they join, or are one too many."""
    needless = []
    for before, token, after in triples(line):
        if token.kind != "operator" and token.text not in OPERATOR_WORDS:
            continue
        one_less = Slip("one_too_many", token, inserted(line, token, "", skip=True))
        if after and after.text == token.text:
            yield one_less
        if after is None or not after.begins_value:
            ended = f"{line.text[: token.end]} n {line.text[token.end :]}".strip()
            yield Slip("nothing_after", token, ended)
        if not (before and before.ends_value) and token.text not in MAY_STAND_BEFORE:
            yield Slip("nothing_before", token, inserted(line, token, "n"))
        needless.append(one_less)
    yield from needless


def statements(line: Line) -> Iterator[Slip]:
    """Say of statements with a form of their own that this is not it."""
    first = line.tokens[0]
    is_stored = len(line.tokens) > 1 and line.tokens[1].text == "="
    if first.text in ("import", "from") and not is_stored:
        yield Slip("import_form", first)
    if first.text in ("global", "nonlocal"):
        yield Slip("global_form", first, text=first.text)
    if first.text == "del":
        yield Slip("del_form", first)


# --- tools ------------------------------------------------------------------------------------


def triples(line: Line) -> Iterator[tuple[Token | None, Token, Token | None]]:
    """Yield each token with the one before and the one after it."""
    around = [None, *line.tokens, None]
    yield from zip(around, line.tokens, around[2:], strict=False)


def inserted(line: Line, token: Token, new: str, skip: bool = False) -> str:
    """Return a line's text with something put in before a token, or in its place."""
    rest = line.text[token.end if skip else token.start :]
    return f"{line.text[: token.start]} {new} {rest}".strip()


EARLY_RULES: tuple[Rule, ...] = (pasted, odd_signs)
SPECIAL_RULES: tuple[Rule, ...] = (
    *EARLY_RULES,
    comments_of_others,
    braces,
    quotes,
    never_python,
    brackets,
    numbers,
    headers,
    words,
    assignments,
    operators,
    separators,
    neighbours,
    statements,
    sentences,
)
"""In this order: what is wrong whatever stands around it first, then from the special to the
general."""
GENERAL_RULES: tuple[Rule, ...] = (lone_operators, keywords)
"""They fit most lines: asked where no special rule is right, not even with a second one."""
