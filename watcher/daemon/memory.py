"""Gives back what a pass has taken: a service one forgets holds little while it waits."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from functools import cache

from watcher.cycle.forgetting import forget
from watcher.daemon import ticks
from watcher.draft import render

LOOKS = (20_000, 20, 50)  # a pass makes many things and few circles: to look for these less often makes it faster


def load_ahead() -> None:
    """Load now what the first pass would load while all mail is in memory: what stays for good must not lie scattered
    among what goes, else neither is given back."""
    import hmac  # noqa: F401 - for the Message-IDs of letters

    gc.set_threshold(*LOOKS)
    render.load_ahead()
    ticks.load_ahead()


def give_back() -> None:
    """Forget what was kept for the pass alone, let go of what lies in circles, and give free pages to the system, which
    the C library does not do by itself for those between pages in use (malloc_trim(3))."""
    forget()
    _forget_of_python()
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # what is left stays: the next pass need not go through it each time that Python looks for circles
    _trim()(0)


def _forget_of_python() -> None:
    """What Python itself remembers of a pass: a few bytes each, which lie anywhere in what the pass had taken, and
    memory is given back in whole megabytes only. `re` keeps the text of every pattern, and types keep each name that C
    code looked for in them (`utcoffset`, of every instant that was compared)."""
    re.purge()
    clear: Callable[[], object] = getattr(sys, "_clear_internal_caches", sys._clear_type_cache)  # its name from 3.13 on
    clear()


@cache
def _trim() -> Callable[[int], object]:
    """glibc's malloc_trim; where there is another C library, nothing is done."""
    try:
        import ctypes

        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (ImportError, OSError, AttributeError, MemoryError):  # the last where memory may not be made executable
        return bool
    return found
