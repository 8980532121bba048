"""Draw a state machine definition: a layered picture of its own, in which frames hold branches.

definition ─chart→ what is drawn ─layers→ rows ─columns→ places ─layout→ shapes ─svg→ a file
"""

from local.picture.chart import Chart, read
from local.picture.layout import lay_out
from local.picture.svg import write

__all__ = ["Chart", "lay_out", "read", "write"]
