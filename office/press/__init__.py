"""How anything of ours gets onto paper: the press, its one face, lines broken by ourselves. Pure: no Django, no clock.

`press().pdf(paper)` prints, `preview_png` shows, `bundled` puts many into one. Two packages use it, each for its own
kind of paper: letters and invoices. Only `office.press.printing`, which the child imports, knows WeasyPrint.
"""

from office.press.bundle import bundled
from office.press.press import Paper, Press, Rendered, press
from office.press.preview import preview_png

__all__ = ["Paper", "Press", "Rendered", "bundled", "press", "preview_png"]
