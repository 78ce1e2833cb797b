"""The problems panel: what is wrong in students' code, the latest explained in full."""

import time
import tkinter
from collections.abc import Callable
from tkinter import font, ttk

from gui.text import clock
from gui.tutor.problem import Problem
from gui.windows.read_only_text import ReadOnlyText
from gui.windows.rows import Rows
from gui.windows.scrollbar import Scrollbar
from gui.windows.style import FAILURE, FAINT, digit_width, pixels, space

# What the button offers next, for each amount of traceback that is shown.
NO_TRACEBACK, STUDENTS_FRAMES, ALL_FRAMES = range(3)
OFFERS = ("Show traceback", "Show all of it", "Hide traceback")
# The list is beside the explanation where both have room, else above it.
WIDE_UNITS, LIST_UNITS = 76, 28
LISTED_ROWS = 3
LEAST_LINES = 5


class ProblemsPanel(ttk.Frame):
    """The explanation of one problem and, if there are several, a list to choose from.

    Parameters:
        changed: is called when the number of problems or the room that they need changes.
    """

    def __init__(self, parent: tkinter.Misc, changed: Callable[[], None]) -> None:
        super().__init__(parent)
        self._changed = changed
        self._problems: dict[str, Problem] = {}
        self._counts: dict[str, int] = {}
        self._times: dict[str, str] = {}
        self._items: dict[tuple[str, str], str] = {}
        self._shown_traceback = NO_TRACEBACK
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        heading = self._create_heading()
        heading.grid(columnspan=2, sticky="ew")
        space(heading, pady=(0, 0.5))
        # In this order: Tab goes from top to bottom.
        self._list_frame = self._create_list()
        self._create_explanation().grid(row=2, sticky="nsew")
        self.bind("<Configure>", self._arrange)
        self.bind("<<ThemeChanged>>", self._use_sizes)
        self._use_sizes()

    def _create_heading(self) -> ttk.Frame:
        heading = ttk.Frame(self)
        heading.columnconfigure(0, weight=1)
        self._title = ttk.Label(heading, style="Heading.TLabel")
        self._title.grid(sticky="w")
        self.traceback = ttk.Button(heading, command=self._show_more)
        self.copy = ttk.Button(heading, text="Copy", command=self._copy)
        self.remove = ttk.Button(heading, text="Clear", command=self.clear)
        for column, button in enumerate((self.traceback, self.copy, self.remove)):
            button.configure(style="Small.TButton", width=0)
            button.grid(row=0, column=1 + column)
            space(button, padx=(0.5, 0))
        return heading

    def _create_list(self) -> ttk.Frame:
        frame = ttk.Frame(self)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        self.list = Rows(frame, ("", ""), LISTED_ROWS)
        self.list.configure(selectmode="browse")
        self.list.grid(sticky="nsew")
        scrollbar = Scrollbar(frame, command=self.list.yview)
        scrollbar.grid(row=0, column=1, sticky="ns")
        self.list.configure(yscrollcommand=scrollbar.set)
        self.list.bind("<<TreeviewSelect>>", lambda _: self._show())
        return frame

    def _create_explanation(self) -> ttk.Frame:
        frame = ReadOnlyText(self, height=LEAST_LINES)
        self.text = frame.text
        self.text.tag_configure("title", font="TkHeadingFont")
        self.text.tag_configure("place", foreground=FAINT)
        self.text.tag_configure("code", font="TkFixedFont", foreground=FAILURE)
        self.text.tag_configure("traceback", font="TkFixedFont")
        return frame

    def _use_sizes(self, _: object = None) -> None:
        unit = digit_width()
        self.text.tag_configure("title", spacing3=unit // 4)
        self.text.tag_configure("place", spacing3=unit // 2)
        self.text.tag_configure("advice", spacing1=unit // 2)
        self.text.tag_configure("traceback", spacing1=unit // 4)
        self._arrange()

    def _arrange(self, _: object = None) -> None:
        """Put the list where it has room; with one problem there is none."""
        if len(self._problems) < 2:
            self._list_frame.grid_remove()
        elif self.winfo_width() >= pixels(WIDE_UNITS):
            self._list_frame.grid(row=2, column=1, sticky="nsew", pady=0)
            self._list_frame.grid(padx=(pixels(1), 0))
            self.columnconfigure(1, minsize=pixels(LIST_UNITS))
        else:
            self._list_frame.grid(row=1, column=0, sticky="nsew", padx=0)
            self._list_frame.grid(pady=(0, pixels(0.5)))
            self.columnconfigure(1, minsize=0)

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, problem: Problem) -> None:
        """Show a problem; one that was seen before is counted, and comes first again."""
        item = self._items.setdefault(problem.identity, f"problem {len(self._items)}")
        if not (item in self._problems and problem.ongoing):
            self._counts[item] = self._counts.get(item, 0) + 1
        self._problems[item] = problem
        self._times[item] = clock(int(time.time()))
        count = self._counts[item]
        self.list.put(item, (problem.explanation.title, f"×{count}" if count > 1 else ""), 0)
        self.list.move(item, "", 0)
        self._title.configure(text=f"Problems ({len(self)})" if len(self) > 1 else "Problem")
        self._arrange()
        if self.list.selection() == (item,):
            self._show()
        else:
            self.list.selection_set(item)
        self._changed()

    def clear(self) -> None:
        """Forget every problem."""
        for item in self._problems:
            self.list.take_away(item)
        for kept in (self._problems, self._counts, self._times, self._items):
            kept.clear()
        self._changed()

    def wanted_height(self) -> int:
        """Return the height, in pixels, at which the explanation needs no scrolling."""
        missing = int(self.text.tk.call(self.text, "count", "-ypixels", "1.0", "end"))
        frame = 2 * (int(self.text.cget("pady")) + int(self.text.cget("highlightthickness")))
        return self.winfo_height() - self.text.winfo_height() + missing + frame

    def _selected(self) -> str:
        selection = self.list.selection()
        return selection[0] if selection else ""

    def _show(self) -> None:
        item = self._selected()
        if not item:
            return
        problem, text = self._problems[item], self.text
        text.configure(state="normal")
        text.delete("1.0", "end")
        text.insert("end", f"{problem.explanation.title}\n", "title")
        text.insert("end", f"{problem.place}, at {self._times[item]}\n", "place")
        self._insert_code(problem.code)
        text.insert("end", f"{problem.explanation.advice}\n", "advice")
        traceback = ("", problem.traceback, problem.full_traceback)[self._shown_traceback]
        if traceback:
            text.mark_set("traceback", "end-1c")
            text.mark_gravity("traceback", "left")
            text.insert("end", f"{traceback}\n", "traceback")
        # A last empty line could be scrolled to, and there is nothing in it.
        text.delete("end-1c", "end")
        text.configure(state="disabled")
        if traceback:
            text.see("end")
            text.see("traceback")
        self.traceback.configure(text=OFFERS[self._shown_traceback])
        self.traceback.state(["!disabled" if problem.full_traceback else "disabled"])

    def _insert_code(self, code: str) -> None:
        """Insert code; what goes on below begins under the beginning of its line, or after it."""
        blank = font.nametofont("TkFixedFont").measure(" ")
        for line in code.splitlines():
            indent = len(line) - len(line.lstrip())
            tag = f"indented by {indent}"
            left = 4 * blank
            self.text.tag_configure(tag, lmargin1=left, lmargin2=left + (indent + 2) * blank)
            self.text.insert("end", f"{line}\n", ("code", tag))

    def _show_more(self) -> None:
        self._shown_traceback = (self._shown_traceback + 1) % len(OFFERS)
        self._show()

    def _copy(self) -> None:
        item = self._selected()
        if item:
            self.clipboard_clear()
            self.clipboard_append(self._problems[item].text)
