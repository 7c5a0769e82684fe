"""What watcher remembers: facts, and what was concluded from them, in SQLite."""

from watcher.store.store import Store

__all__ = ["Store"]
