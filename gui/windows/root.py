"""The root window: there at once, of its final look and size, and empty."""

import sys
import tkinter
from tkinter import font, ttk

# In widths of a digit, the unit of all distances.
WIDTH, HEIGHT = 84, 64


def open_root(title: str) -> tkinter.Tk | None:
    """Show an empty window; return None where there is no display."""
    if sys.platform == "win32":
        import ctypes

        # Otherwise Windows draws small and enlarges the picture. 1 is
        # PROCESS_SYSTEM_DPI_AWARE; it must be said before the first window.
        ctypes.windll.shcore.SetProcessDpiAwareness(1)
    try:
        root = tkinter.Tk()
    except tkinter.TclError:
        return None
    root.title(title)
    use_style(root)
    width = min(WIDTH * digit_width(), root.winfo_screenwidth())
    height = min(HEIGHT * digit_width(), root.winfo_screenheight())
    root.geometry(f"{width}x{height}")
    # Not `update`: a key that is pressed already waits until there is a field for it.
    root.update_idletasks()
    return root


def digit_width() -> int:
    """Return the unit of all distances, the width of a digit, in pixels."""
    return font.nametofont("TkDefaultFont").measure("0")


def use_style(root: tkinter.Tk) -> None:
    """Set the look of both windows."""
    unit = digit_width()
    style = ttk.Style(root)
    if root.tk.call("tk", "windowingsystem") == "x11":
        use_light_theme(style)
    root.configure(background=style.lookup(".", "background"))
    style.configure("Heading.TLabel", font="TkHeadingFont")
    style.configure("Success.TLabel", foreground="#15803d")
    style.configure("Failure.TLabel", foreground="#b91c1c")
    style.configure("TButton", padding=(unit, unit // 2))
    line_height = font.nametofont("TkDefaultFont").metrics("linespace")
    style.configure("Treeview", rowheight=int(line_height * 1.4), indent=0)


def use_light_theme(style: ttk.Style) -> None:
    """Make X11's themes, which look like the 1990s, as light as those of other systems."""
    paper, ink, line, accent = "#f6f6f7", "#1c1c1e", "#c8c8ce", "#1d4ed8"
    style.theme_use("clam")
    style.configure(".", background=paper, lightcolor=paper, darkcolor=paper, troughcolor=paper)
    style.configure(".", foreground=ink, bordercolor=line, fieldbackground="white")
    style.configure(".", selectbackground=accent, selectforeground="white")
    style.configure("TButton", background="white", lightcolor="white", darkcolor="white")
    style.map("TButton", background=[("disabled", paper), ("active", "#e8eefc")])
    style.map("TButton", bordercolor=[("focus", accent)], foreground=[("disabled", "#8e8e93")])
    style.map("TEntry", bordercolor=[("focus", accent)], lightcolor=[("focus", accent)])
    style.configure("Treeview", background="white")
    style.map("Treeview", background=[("selected", "#dbe6fd")], foreground=[("selected", ink)])
    style.configure("Treeview.Heading", background=paper, relief="flat", padding=3)
    style.configure("TScrollbar", background="#dcdce0", arrowcolor="#6b7280", gripcount=0)
