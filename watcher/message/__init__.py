"""Bytes to a message: headers, newest words, calendar parts."""

from watcher.message.parser import parse, parse_header, written_at

__all__ = ["parse", "parse_header", "written_at"]
