"""A text as tokens and logical lines, as far as they can be told in one that is not Python.

Python's own tokenizer gives up at the first fault, and at another one in each version. This one
goes on to the end, and says alike on every version what it saw.
"""

import keyword
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

# Since 3.12 an f-string may hold its own quotes between { and } (PEP 701).
FIELDS_NEST = sys.version_info >= (3, 12)
PARTNERS = {"(": ")", "[": "]", "{": "}"}
TAB_COLUMNS = 8


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


SCANNER = re.compile(
    r"""
    (?P<blank> [ \t\f]+ | \\\r?\n | \#[^\r\n]* )
  | (?P<end> \r?\n | \r )
  | (?P<quote> [bBfFrRtTuU]{0,2} (?: \"{3} | '{3} | " | ' ) )
  | (?P<number> \.?\d [\w.]* (?: (?<=[eE]) [+-] \d+ )? )
  | (?P<name> [^\W\d]\w* )
  | (?P<open> [(\[{] )
  | (?P<close> [)\]}] )
  | (?P<operator> \*\*=? | //=? | >>=? | <<=? | === | !== | \.\.\. | && | \|\| | =[<>!](?!=)
                | <> | != | == | <= | >= | := | -> | [-+*/%@&|^]=? | [~<>=.,:;!] )
  | (?P<stray> . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Blank lines and comments, the blanks before what follows them, a word, and a sign.
BEGINNING = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n))*([ \t]*)(\w*)([^\r\n]?)")
# A line that begins with one of these words is a statement, inside of brackets, too.
BEGIN_STATEMENTS = word_set(
    "assert break class continue def del elif except finally global import nonlocal pass raise "
    "return try while with"
)
BEGIN_BLOCKS = word_set("if elif else for while def class try except finally with async match case")


class Token(NamedTuple):
    """A piece of a text.

    Parameters:
        kind: "name", "number", "string", "open string" (one whose end is missing), "operator",
            "open" and "close" (brackets), or "stray" (what Python has no use for).
        start: where it begins, counted in characters from the beginning of its logical line.
        line: the number of the line it begins in, from 1.
        column: where in this line it begins, from 0.
    """

    kind: str
    text: str
    start: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """Where it ends, as its start is counted."""
        return self.start + len(self.text)

    @property
    def ends_value(self) -> bool:
        """Whether a value may end with it."""
        is_value = self.kind in ("number", "string", "close")
        return is_value or (self.kind == "name" and is_value_word(self.text))

    @property
    def begins_value(self) -> bool:
        """Whether a value may begin with it."""
        return self.kind in ("number", "string", "open") or (
            self.kind == "name" and (is_value_word(self.text) or self.text in ("not", "await"))
        )


class Line(NamedTuple):
    """A logical line: as many lines as its brackets, its strings and its backslashes join.

    Parameters:
        indent: the blanks before it.
        text: from its first token to the end of its last.
        tokens: what it consists of, without comments.
        unclosed: the brackets that are open at its end.
        unmatched: the first bracket that closes what was not opened, and what was open there.
    """

    indent: str
    text: str
    tokens: list[Token]
    unclosed: list[Token]
    unmatched: tuple[Token, Token | None] | None = None

    @property
    def number(self) -> int:
        """The number of its first line, from 1."""
        return self.tokens[0].line

    @property
    def columns(self) -> int:
        """How far its indentation reaches, as Python counts it."""
        return len(self.indent.expandtabs(TAB_COLUMNS))

    @property
    def opens_block(self) -> bool:
        """Whether a block must follow."""
        return self.tokens[-1].text == ":"

    def changed(self, *changes: tuple[Token, str]) -> str:
        """Return its text with some tokens replaced."""
        text = self.text
        for token, new in sorted(changes, key=lambda change: -change[0].start):
            text = text[: token.start] + new + text[token.end :]
        return text

    def brackets(self) -> list[str]:
        """Return for each token the brackets that are open around it, the innermost last."""
        around, brackets = "", []
        for token in self.tokens:
            if token.kind == "close":
                around = around[:-1]
            brackets.append(around)
            if token.kind == "open":
                around += token.text
        return brackets

    def outside(self, text: str) -> list[Token]:
        """Return the tokens of this text that no bracket is around."""
        return [
            t
            for t, depth in zip(self.tokens, self.depths(), strict=True)
            if t.text == text and not depth
        ]

    def neighbours(self) -> Iterator[tuple[Token, Token, int]]:
        """Yield each token but the last, the one after it, and how many brackets are around it."""
        yield from zip(self.tokens, self.tokens[1:], self.depths(), strict=False)

    def depths(self) -> list[int]:
        """Return for each token how many brackets are open around it."""
        return list(map(len, self.brackets()))


def is_value_word(name: str) -> bool:
    """Tell whether a word can be a value: a name, or one of Python's own three."""
    return not keyword.iskeyword(name) or name in ("True", "False", "None")


def logical_lines(text: str, in_doubt_new: bool = False) -> Iterator[Line]:
    """Yield the logical lines of a text.

    Parameters:
        in_doubt_new: whether a line that looks like a statement begins a new logical line although
            a bracket is open: because that bracket may have been left open.
    """
    position, number, line_start = 0, 1, 0
    indent, start = "", 0
    tokens: list[Token] = []
    brackets: list[Token] = []
    unmatched: tuple[Token, Token | None] | None = None
    while position < len(text):
        found = SCANNER.match(text, position)
        assert found is not None, "the last alternative takes whatever there is"
        kind, end = str(found.lastgroup), found.end()
        if kind == "quote":
            end, is_whole = end_of_string(text, position, found[0])
            kind = "string" if is_whole else "open string"
        if kind == "end":
            is_cut = bool(tokens) and tokens[-1].kind == "open string"
            if tokens and (
                not brackets or is_cut or (in_doubt_new and is_statement(text, end, indent, tokens))
            ):
                open_brackets = [] if is_cut else brackets
                yield Line(
                    indent, text[start : tokens[-1].end + start], tokens, open_brackets, unmatched
                )
                tokens, brackets, unmatched = [], [], None
        elif kind != "blank":
            if not tokens:
                indent, start = text[line_start:position], position
            token = Token(kind, text[position:end], position - start, number, position - line_start)
            tokens.append(token)
            if kind == "open":
                brackets.append(token)
            elif kind == "close":
                opener = brackets.pop() if brackets else None
                if opener is None or PARTNERS[opener.text] != token.text:
                    unmatched = unmatched or (token, opener)
        for line_end in re.finditer(r"\r?\n|\r", text[position:end]):
            number, line_start = number + 1, position + line_end.end()
        position = end
    if tokens:
        yield Line(indent, text[start : tokens[-1].end + start], tokens, brackets, unmatched)


def is_statement(text: str, start: int, indent: str, before: list[Token]) -> bool:
    """Tell whether a line inside of an open bracket looks like a statement of its own.

    Parameters:
        text: all of it.
        start: where this line begins.
        indent: the blanks before the logical line that the bracket is in.
        before: the tokens of that logical line so far.
    """
    found = BEGINNING.match(text, start)
    assert found is not None, "every part of it may be empty"
    blanks, word, sign = found.groups()
    if not word and (not sign or sign in ")]}"):
        return False
    is_deeper = len(blanks.expandtabs(TAB_COLUMNS)) > len(indent.expandtabs(TAB_COLUMNS))
    is_header = before[0].text in BEGIN_BLOCKS and before[-1].text == ":"
    return word in BEGIN_STATEMENTS or is_header or not is_deeper


def end_of_string(text: str, start: int, quote: str) -> tuple[int, bool]:
    """Return where a string ends, and whether its closing quote is there.

    Parameters:
        quote: how it begins: the letters before the quote, and the quote.
    """
    letters = quote.rstrip("'\"").lower()
    closing = quote[len(letters) :]
    nests = FIELDS_NEST and ("f" in letters or "t" in letters)
    position, depth = start + len(quote), 0
    while position < len(text):
        sign = text[position]
        if nests and sign in "{}":
            if not depth and text[position + 1 : position + 2] == sign:
                position += 1
            else:
                depth = max(0, depth + (1 if sign == "{" else -1))
        elif depth and sign in "'\"":
            inner = sign * 3 if text.startswith(sign * 3, position) else sign
            position, is_whole = end_of_string(text, position, inner)
            if not is_whole:
                break
            continue
        elif sign == "\\":
            position += 1
        elif not depth and text.startswith(closing, position):
            return position + len(closing), True
        elif sign in "\r\n" and len(closing) == 1:
            break
        position += 1
    if nests:  # a field in it has no end: then the first quote of its kind ends it
        return end_of_string(text, start + len(letters), closing)
    return min(position, len(text)), False
