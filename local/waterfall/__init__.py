"""The waterfall of an execution: which state took which milliseconds, in which branch.

`bars` computes it once, for the terminal (`local.demo`) and for the page that GET /turns/{trace_id} gives a browser;
`facts` finds what a chat turn said; `page` writes the HTML, which needs nothing else and runs no script.
"""

from local.waterfall.bars import Bar, bars, duration_ms, tasks
from local.waterfall.facts import Facts, facts
from local.waterfall.page import turns_page, waterfall_page

__all__ = ["Bar", "Facts", "bars", "duration_ms", "facts", "tasks", "turns_page", "waterfall_page"]
