"""The threads of one application, folded to where it stands and whose move it is."""

from watcher.opportunity.folding import fold
from watcher.opportunity.identity import assign
from watcher.opportunity.joining import join

__all__ = ["assign", "fold", "join"]
