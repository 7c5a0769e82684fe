"""Bytes to a message: headers, newest words, calendar parts."""

from watcher.message.header import TRAITS, parse_header, written_at
from watcher.message.parser import parse
from watcher.message.skimming import skim

__all__ = ["TRAITS", "parse", "parse_header", "skim", "written_at"]
