"""The log: every message sent and received, in a text that scrolls."""

import tkinter
from collections.abc import Iterable
from tkinter import font, ttk

from gui.bridge import LogLine
from gui.text import log_text
from gui.windows.read_only_text import ReadOnlyText
from gui.windows.search_bar import SearchBar
from gui.windows.style import ACCENT, FAINT, SUCCESS, space

# Some hours of a class; many more would make a text widget slow.
MAX_LINES = 2000
# So many are in sight even in the smallest window.
LEAST_LINES = 4
# A longer line would fill the window: all but its beginning is folded away.
MAX_LINE_CHARACTERS, BEGINNING_CHARACTERS = 400, 240

COLOURS = {"time": FAINT, "→": ACCENT, "←": SUCCESS, "fold": ACCENT}


class Log(ttk.Frame):
    """A text that follows its end unless scrolled up, and can be selected, copied and searched.

    Parameters:
        names: the username of each peer that has one, by its address; others may change it.
    """

    def __init__(self, parent: tkinter.Misc, names: dict[str, str]) -> None:
        super().__init__(parent)
        self.names = names
        self.search_bar: SearchBar | None = None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        heading = self._create_heading()
        heading.grid(sticky="ew")
        space(heading, pady=(0, 0.5))
        body = ReadOnlyText(self, font="TkFixedFont", height=LEAST_LINES)
        body.grid(row=1, sticky="nsew")
        self.text, self._scrollbar = body.text, body.scrollbar
        # A text that becomes lower keeps its first line in sight; here the last one matters.
        self.text.bind("<Configure>", self._resized)
        self.text.configure(yscrollcommand=self._scrolled)
        self._at_end = True
        for tag, colour in COLOURS.items():
            self.text.tag_configure(tag, foreground=colour)
        for arrow in "→←":
            self.text.tag_configure(arrow, font="TkHeadingFont")
        self.text.tag_configure("folded", elide=True)
        self.text.tag_configure("fold", underline=True)
        self.text.tag_bind("fold", "<Button-1>", self._unfold)
        self.text.bind("<space>", self._unfold_all)
        self.text.bind("<<Copy>>", self._copy)
        self._use_sizes()
        self.bind("<<ThemeChanged>>", self._use_sizes)

    def _create_heading(self) -> ttk.Frame:
        heading = ttk.Frame(self)
        heading.columnconfigure(0, weight=1)
        legend = ttk.Label(heading, text="→ sent  ← received", style="Faint.TLabel")
        legend.grid(sticky="w")
        for column, (text, command) in enumerate({"Find": self.find, "Clear": self.clear}.items()):
            button = ttk.Button(heading, text=text, command=command, style="Small.TButton", width=0)
            button.grid(row=0, column=1 + column)
            space(button, padx=(0.5, 0))
        return heading

    def _use_sizes(self, _: object = None) -> None:
        """Let a line that goes on below begin where its message does, if there is room."""
        fixed, bold = font.nametofont("TkFixedFont"), font.nametofont("TkHeadingFont")
        indent = fixed.measure("00:00:00  ") + bold.measure("→")
        if self.text.winfo_width() < 5 * indent:
            indent = fixed.measure("  ")
        self.text.tag_configure("line", lmargin2=indent)

    def append(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end, all in one go, and drop the oldest past `MAX_LINES`."""
        pieces: list[str | tuple[str, ...]] = []
        for line in lines:
            pieces += self._pieces(line)
        if not pieces:
            return
        follow = self.text.yview()[1] == 1.0
        self.text.configure(state="normal")
        self.text.insert("end", *pieces)  # type: ignore[arg-type]  # typeshed lets one text and its tags follow
        excess = int(self.text.index("end-1c").split(".")[0]) - 1 - MAX_LINES
        if excess > 0:
            self.text.delete("1.0", f"{excess + 1}.0")
        self.text.configure(state="disabled")
        if follow:
            self.text.see("end")

    def _pieces(self, line: LogLine) -> list[str | tuple[str, ...]]:
        """Return a line as texts, each followed by its tags."""
        clock, arrow, peer, message = log_text(line).split(" ", maxsplit=3)
        if name := self.names.get(line.peer):
            peer = f"{peer} {name}"
        pieces: list[str | tuple[str, ...]] = [f"{clock} ", ("line", "time")]
        pieces += [arrow, ("line", arrow)]
        if len(message) <= MAX_LINE_CHARACTERS:
            return [*pieces, f" {peer} {message}\n", ("line",)]
        beginning, rest = message[:BEGINNING_CHARACTERS], message[BEGINNING_CHARACTERS:]
        pieces += [f" {peer} {beginning}", ("line",), rest, ("line", "rest", "folded")]
        return [*pieces, f" … {len(rest):,} more characters", ("line", "fold"), "\n", ("line",)]

    def clear(self) -> None:
        """Drop every line."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.configure(state="disabled")

    def find(self) -> None:
        """Let somebody search."""
        if self.search_bar is None:
            self.search_bar = SearchBar(self, self.text)
        self.search_bar.grid(row=2, sticky="ew")
        self.search_bar.open()

    def _unfold(self, _: object) -> None:
        """Unfold the line that was clicked on, or fold it again."""
        rest = self.text.tag_nextrange("rest", "current linestart")
        if "folded" in self.text.tag_names(rest[0]):  # type: ignore[misc]  # what was clicked on has this tag, so there is a range
            self.text.tag_remove("folded", *rest)
        else:
            self.text.tag_add("folded", *rest)

    def _unfold_all(self, _: object) -> str:
        """Unfold every line that is long, or fold all of them again."""
        is_folded = self.text.tag_cget("folded", "elide") in ("1", "True", True)
        self.text.tag_configure("folded", elide=not is_folded)
        self._stay_at_end()
        return "break"

    def _copy(self, _: object) -> str:
        """Copy what is selected as it was sent, without what tells that a line is folded."""
        if not self.text.tag_ranges("sel"):
            return "break"
        first, last = self.text.index("sel.first"), self.text.index("sel.last")
        kept = []
        # What tells how much is folded away was never sent.
        while mark := self.text.tag_nextrange("fold", first, last):
            start, end = mark
            kept.append(self.text.get(first, start))
            first = end
        if self.text.compare(first, "<", last):
            kept.append(self.text.get(first, last))
        self.clipboard_clear()
        self.clipboard_append("".join(kept))
        return "break"

    def _scrolled(self, first: float, last: float) -> None:
        self._scrollbar.set(first, last)
        self._at_end = float(last) == 1.0

    def _resized(self, _: object) -> None:
        self._use_sizes()
        self._stay_at_end()

    def _stay_at_end(self) -> None:
        if self._at_end:
            self.text.see("end")
