"""Undoes the soft line breaks of format=flowed text (RFC 3676)."""

from __future__ import annotations

import re

QUOTES = re.compile(r"^(>*)")
SIGNATURE = "-- "


def unflow(text: str, *, delsp: bool = False) -> str:
    """`text` with lines that end in a blank joined to the next of the same quote depth; quotes as "> text".

    `delsp` says that the blank before a soft break is not part of the text (section 4.5).
    """
    out: list[list[str]] = []
    depth_before, open_line = 0, False
    for line in text.split("\n"):
        found = QUOTES.match(line)
        depth = len(found.group(1)) if found else 0
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        signature = content == SIGNATURE
        if open_line and depth == depth_before and not signature:
            if delsp:
                out[-1][-1] = out[-1][-1][:-1]
            out[-1].append(content)
        else:
            out.append([(">" * depth + " " if depth else "") + content])
        open_line = content.endswith(" ") and not signature
        depth_before = depth
    return "\n".join(map("".join, out))
