"""Bytes to a message: headers, newest words, calendar parts."""
