"""The problems panel: what is wrong in students' code, the latest explained in full."""

import itertools
import time
import tkinter
from collections.abc import Callable
from tkinter import font, ttk

from gui.text import clock
from gui.tutor.problem import INDENT, TEXT_CHARACTERS, Problem, Steps
from gui.windows.keys import RETURN_KEYS
from gui.windows.messages import Messages
from gui.windows.read_only_text import ReadOnlyText
from gui.windows.rows import Rows
from gui.windows.scrollbar import Scrollbar
from gui.windows.style import ACCENT, FAILURE, FAINT, digit_width, pixels, space

# What the button offers next: where no traceback is shown, students' frames of it, or all.
OFFERS = ("Show traceback", "Show all of it", "Hide traceback")
# The list is beside the explanation where both have room, else above it.
WIDE_UNITS = 76
LISTED_ROWS = 3
LEAST_LINES, MOST_LINES = 5, 24
# A text that is narrower than this folds the lines of the steps.
LEAST_COLUMNS = 40


class ProblemsPanel(ttk.Frame):
    """The explanation of one problem and, if there are several, a list to choose from.

    Parameters:
        changed: is called when the number of problems changes, or what is shown of one.
        messages: show the message that a problem has.
    """

    def __init__(
        self, parent: tkinter.Misc, changed: Callable[[], None], messages: Messages
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._changed = changed
        self._problems: dict[str, Problem] = {}
        self._counts: dict[str, int] = {}
        self._times: dict[str, str] = {}
        self._items: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count()
        self._shown_traceback = 0
        self._columns = TEXT_CHARACTERS
        self.rowconfigure(2, weight=1)
        heading = self._create_heading()
        heading.grid(columnspan=2, sticky="ew")
        space(heading, pady=(0, 0.5))
        self._list_frame = self._create_list()
        self._explanation = self._create_explanation()
        self._explanation.grid(row=2, sticky="nsew")
        self.bind("<Configure>", self._arrange)
        self.text.bind("<Configure>", self._arrange_steps)
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
        self.list.bind("<<TreeviewSelect>>", lambda _: self._show_another())
        return frame

    def _create_explanation(self) -> ttk.Frame:
        frame = ReadOnlyText(self, height=LEAST_LINES)
        self.text = frame.text
        self.text.tag_configure("title", font="TkHeadingFont")
        self.text.tag_configure("place", foreground=FAINT)
        self.text.tag_configure("code", font="TkFixedFont", foreground=FAILURE)
        self.text.tag_configure("around", font="TkFixedFont", foreground=FAINT)
        self.text.tag_configure("steps", font="TkFixedFont")
        self.text.tag_configure("traceback", font="TkFixedFont")
        self.text.tag_configure("link", foreground=ACCENT, underline=True)
        self.text.tag_bind("link", "<Button-1>", lambda _: self._show_message())
        for key in RETURN_KEYS:
            self.text.bind(key, lambda _: self._show_message())
        return frame

    def _use_sizes(self, _: object = None) -> None:
        unit = digit_width()
        self.text.tag_configure("title", spacing3=unit // 4)
        self.text.tag_configure("place", spacing3=unit // 2)
        self.text.tag_configure("advice", spacing1=unit // 2)
        self.text.tag_configure("heading", spacing1=unit // 2, spacing3=unit // 4)
        # What a narrow text folds goes on to the right of where phrases begin.
        blank = font.nametofont("TkFixedFont").measure(" ")
        self.text.tag_configure("steps", lmargin2=(INDENT + 2) * blank)
        self.text.tag_configure("traceback", spacing1=unit // 4)
        self._arrange()

    def _arrange(self, _: object = None) -> None:
        """Put the list where it has room; with one problem there is none."""
        is_beside = len(self) > 1 and self.winfo_width() >= pixels(WIDE_UNITS)
        if len(self) < 2:
            self._list_frame.grid_remove()
        elif is_beside:
            left = pixels(1)
            self._list_frame.grid(row=2, column=1, sticky="nsew", padx=(left, 0), pady=0)
            # Tab goes from top to bottom, and from left to right.
            self._list_frame.lift()
        else:
            below = pixels(0.5)
            self._list_frame.grid(row=1, column=0, sticky="nsew", padx=0, pady=(0, below))
            self._explanation.lift()
        group = "beside" if is_beside else ""
        self.columnconfigure(0, weight=2, uniform=group)
        self.columnconfigure(1, weight=int(is_beside), uniform=group)

    def _arrange_steps(self, _: object = None) -> None:
        """Lay the steps out anew where a line has more room, or less."""
        room = self.text.winfo_width() - 2 * (digit_width() + 2)
        columns = max(LEAST_COLUMNS, room // font.nametofont("TkFixedFont").measure(" "))
        if columns != self._columns:
            self._columns = columns
            self._show_another()

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, problem: Problem) -> None:
        """Show a problem; one that was seen before is counted, and comes first again."""
        item = self._items.setdefault(problem.identity, f"problem {next(self._numbers)}")
        is_new = item not in self._problems
        if is_new or not problem.ongoing:
            self._counts[item] = self._counts.get(item, 0) + 1
        self._problems[item] = problem
        self._times[item] = clock(int(time.time()))
        count = self._counts[item]
        self.list.put(item, (problem.explanation.title, f"×{count}" if count > 1 else ""))
        self.list.move(item, "", 0)
        self._show_number()
        if self.list.selection() == (item,):
            self._show()
        else:
            self.list.selection_set(item)
        if not problem.ongoing:
            # What is told now could not be while something held up the program.
            self.take_away(lambda other: other.ongoing)
        if is_new:
            self._changed()

    def has(self, problem: Problem) -> bool:
        """Tell whether a problem is among those shown."""
        return problem.identity in self._items

    def _show_number(self) -> None:
        self._title.configure(text=f"Problems ({len(self)})" if len(self) > 1 else "Problem")
        self._arrange()

    def clear(self) -> None:
        """Forget every problem."""
        self.take_away(lambda _: True)

    def take_away(self, ends: Callable[[Problem], bool]) -> None:
        """Forget some problems."""
        gone = [item for item, problem in self._problems.items() if ends(problem)]
        for item in gone:
            self.list.take_away(item)
            del self._items[self._problems.pop(item).identity]
            del self._counts[item], self._times[item]
        if gone:
            self._show_number()
            if self._problems and not self._selected():
                self.list.selection_set(self.list.get_children()[0])
            self._changed()

    def ask_for_room(self) -> bool:
        """Ask for the height at which the explanation needs no scrolling, within reason.

        Returns:
            Whether that is another one than before.
        """
        height = int(self.text.tk.call(self.text, "count", "-update", "-ypixels", "1.0", "end"))
        lines = -(-height // font.nametofont("TkDefaultFont").metrics("linespace"))
        wanted, before = max(LEAST_LINES, min(lines, MOST_LINES)), int(self.text.cget("height"))
        self.text.configure(height=wanted)
        return wanted != before

    def _selected(self) -> str:
        selection = self.list.selection()
        return selection[0] if selection else ""

    def _show_another(self) -> None:
        """Show what has other lines than what was shown, and may need other room."""
        self._show()
        if self._selected():
            self._changed()

    def _show(self) -> None:
        item = self._selected()
        if not item:
            return
        problem, text = self._problems[item], self.text
        text.configure(state="normal")
        text.delete("1.0", "end")
        text.insert("end", f"{problem.explanation.title}\n", "title")
        where = f"{problem.place}, at {self._times[item]}"
        who = f", for {problem.client}" if problem.client else ""
        text.insert("end", f"{where}{who}", "place")
        if self._messages.has(problem):
            text.insert("end", "  ", "place", "Show\u00a0message", ("place", "link"))
        text.insert("end", "\n", "place")
        self._insert_code(problem)
        text.insert("end", f"{problem.explanation.advice}\n", "advice")
        self._insert_steps(problem.steps)
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

    def _insert_code(self, problem: Problem) -> None:
        """Insert the lines that are meant, the one in question marked."""
        # The steps show what is around it: the lines that ran.
        if not problem.around or problem.steps.lines:
            for line in problem.code.splitlines():
                self._insert_line(" ", line, "code")
            return
        common = min(indentation(line) for _, line in problem.around if line)
        _, *carets = problem.code.splitlines() or [""]
        for number, line in problem.around:
            is_meant = number == problem.line
            tag = "code" if is_meant else "around"
            self._insert_line(f"{'>' if is_meant else ' '}{number:4} ", line[common:], tag)
            for caret in carets if is_meant else ():
                self._insert_line(" " * 6, " " * (indentation(line) - common) + caret, tag)

    def _insert_steps(self, steps: Steps) -> None:
        """Insert the lines that ran, with the values that decided."""
        if not steps.lines:
            return
        heading, *lines = steps.text(self._columns).splitlines()
        self.text.insert("end", f"{heading}\n", "heading")
        self.text.insert("end", "\n".join([*lines, ""]), "steps")

    def _insert_line(self, margin: str, line: str, tag: str) -> None:
        """Insert a line of code; what of it goes on below begins to the right of its beginning."""
        indent = len(margin) + indentation(line) + 2
        wrapped = f"indented by {indent}"
        blank = font.nametofont("TkFixedFont").measure(" ")
        self.text.tag_configure(wrapped, lmargin2=indent * blank)
        self.text.insert("end", f"{margin}{line}\n", (tag, wrapped))

    def choose(self, problem: Problem) -> None:
        """Show a problem that is among those shown, and let the keyboard be there."""
        item = self._items.get(problem.identity, "")
        if item in self._problems:
            self.list.selection_set(item)
            self.text.focus_set()

    def _show_message(self) -> str:
        if item := self._selected():
            self._messages.show(self._problems[item])
        return "break"

    def _show_more(self) -> None:
        self._shown_traceback = (self._shown_traceback + 1) % len(OFFERS)
        self._show()

    def _copy(self) -> None:
        item = self._selected()
        if item:
            self.clipboard_clear()
            self.clipboard_append(self._problems[item].text)


def indentation(line: str) -> int:
    """Return how many blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))
