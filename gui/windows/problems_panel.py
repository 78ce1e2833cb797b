"""The problems panel: what is wrong in students' code, the latest explained in full."""

import tkinter
from tkinter import ttk

from gui.tutor.problem import Problem, indent
from gui.windows.read_only_text import ReadOnlyText

# What the button offers next, for each amount of traceback that is shown.
NO_TRACEBACK, STUDENTS_FRAMES, ALL_FRAMES = range(3)
OFFERS = ("Show traceback", "Show all of it", "Hide traceback")


class ProblemsPanel(ttk.Frame):
    """A list of problems, the latest first, and the explanation of the one selected."""

    def __init__(self, parent: tkinter.Misc, unit: int) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._problems: dict[tuple[str, str], Problem] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._items: dict[str, tuple[str, str]] = {}
        self._shown_traceback = NO_TRACEBACK
        self._create_heading(unit).grid(sticky="ew", pady=(0, unit // 2))
        body = ttk.PanedWindow(self, orient="horizontal")
        body.grid(sticky="nsew")
        body.add(self._create_explanation(body, unit), weight=1)
        body.add(self._create_list(body, unit), weight=0)

    def _create_heading(self, unit: int) -> ttk.Frame:
        heading = ttk.Frame(self)
        heading.columnconfigure(0, weight=1)
        ttk.Label(heading, text="Problems", style="Heading.TLabel").grid(sticky="w")
        self.traceback = ttk.Button(heading, command=self._show_more)
        self.traceback.grid(row=0, column=1, padx=unit)
        self.copy = ttk.Button(heading, text="Copy", command=self._copy)
        self.copy.grid(row=0, column=2)
        return heading

    def _create_explanation(self, parent: tkinter.Misc, unit: int) -> ttk.Frame:
        frame = ReadOnlyText(parent, unit, width=48)
        self.text = frame.text
        self.text.tag_configure("title", font="TkHeadingFont", spacing3=unit // 2)
        self.text.tag_configure("place", foreground="#6b7280", spacing3=unit // 2)
        self.text.tag_configure("code", font="TkFixedFont", foreground="#b91c1c")
        self.text.tag_configure("advice", spacing1=unit // 2)
        self.text.tag_configure("traceback", font="TkFixedFont", spacing1=unit)
        return frame

    def _create_list(self, parent: tkinter.Misc, unit: int) -> ttk.Frame:
        frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        self.list = ttk.Treeview(
            frame, columns=("count",), show="tree", selectmode="browse", height=1
        )
        self.list.column("#0", width=24 * unit)
        self.list.column("count", width=5 * unit, stretch=False, anchor="e")
        self.list.grid(sticky="nsew")
        scrollbar = ttk.Scrollbar(frame, command=self.list.yview)
        scrollbar.grid(row=0, column=1, sticky="ns")
        self.list.configure(yscrollcommand=scrollbar.set)
        self.list.bind("<<TreeviewSelect>>", lambda _: self._show())
        return frame

    def add(self, problem: Problem) -> None:
        """Show a problem; one that was seen before is counted, and comes first again."""
        identity = problem.identity
        known = identity in self._problems
        self._problems[identity] = problem
        if not (known and problem.ongoing):
            self._counts[identity] = self._counts.get(identity, 0) + 1
        item = next((i for i, listed in self._items.items() if listed == identity), "")
        if item:
            self.list.move(item, "", 0)
        else:
            item = self.list.insert("", 0)
            self._items[item] = identity
        count = self._counts[identity]
        self.list.item(
            item, text=problem.explanation.title, values=(f"×{count}" if count > 1 else "",)
        )
        if self.list.selection() == (item,):
            self._show()
        else:
            self.list.selection_set(item)

    def _selected(self) -> Problem | None:
        selection = self.list.selection()
        return self._problems[self._items[selection[0]]] if selection else None

    def _show(self) -> None:
        problem = self._selected()
        if problem is None:
            return
        traceback = {
            NO_TRACEBACK: "",
            STUDENTS_FRAMES: problem.traceback,
            ALL_FRAMES: problem.full_traceback,
        }[self._shown_traceback]
        pieces = {
            "title": problem.explanation.title,
            "place": problem.place,
            "code": indent(problem.code),
            "advice": problem.explanation.advice,
            "traceback": traceback,
        }
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for tag, piece in pieces.items():
            if piece:
                self.text.insert("end", f"{piece}\n", tag)
        self.text.configure(state="disabled")
        self.traceback.configure(text=OFFERS[self._shown_traceback])
        self.traceback.state(["!disabled" if problem.full_traceback else "disabled"])

    def _show_more(self) -> None:
        self._shown_traceback = (self._shown_traceback + 1) % len(OFFERS)
        self._show()

    def _copy(self) -> None:
        problem = self._selected()
        if problem is not None:
            self.clipboard_clear()
            self.clipboard_append(problem.text)
