"""Letters from templates: the one door to jinja2. Facts go in as data; nothing from mail is ever a template."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from watcher.errors import KnowledgeError, Problem


def chooser(seed: str) -> Callable[..., str]:
    """`one_of(*wordings)` for a template: the nth call picks by a digest of `seed` and n, so that a letter is the same
    each time it is composed and differs from user to user sentence by sentence."""
    calls = 0

    def one_of(*wordings: str) -> str:
        nonlocal calls
        calls += 1
        mark = hashlib.sha256(f"{seed}\0{calls}".encode()).digest()
        return wordings[int.from_bytes(mark[:8], "big") % len(wordings)]

    return one_of


def render(name: str, sources: Mapping[str, str], facts: Mapping[str, Any], seed: str) -> str:
    """The paragraphs of the letter `name`, separated by blank lines.

    Raises KnowledgeError with the line where the template is faulty or asks for a fact that does not exist.
    """
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    try:
        template = environment.from_string(sources[name])
        text = template.render({**facts, "one_of": chooser(seed)})
    except TemplateSyntaxError as fault:
        raise KnowledgeError([Problem(name, fault.lineno, "", fault.message or "not a template")]) from fault
    except TemplateError as fault:
        raise KnowledgeError([Problem(name, None, "", str(fault))]) from fault
    return _tidy(text)


def _tidy(text: str) -> str:
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(part for part in paragraphs if part)
