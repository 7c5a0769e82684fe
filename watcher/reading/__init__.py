"""What a message says: labels, times, named days, names, each with the words it rests on."""

from watcher.reading.reader import read

__all__ = ["read"]
