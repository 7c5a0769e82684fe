"""The letter: composed from an opportunity, rendered from templates, and its life in Drafts."""

from watcher.draft.composer import answering, compose

__all__ = ["answering", "compose"]
