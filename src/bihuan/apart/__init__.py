"""Work on things that others made, in a process of its own with limits of time and memory.

A file can make its reader abort, run for ever or take all memory. So whoever opens one calls `run(function, ...)`: the
function runs in a fork of a small clean process, and whatever becomes of it is told by a sentence. The way back is JSON
and files, never pickles: what was read must not be able to act on the caller.
"""

from bihuan.apart.client import Stopped, run, warm
from bihuan.apart.limits import Limits, command_limits, look_limits, reading_limits
from bihuan.apart.talk import Talk

__all__ = ["Limits", "Stopped", "Talk", "command_limits", "look_limits", "reading_limits", "run", "warm"]
