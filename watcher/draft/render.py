"""Letters from templates: the one door to jinja2. Facts go in as data; nothing from mail is ever a template."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from watcher.errors import KnowledgeError, Problem

if TYPE_CHECKING:
    from jinja2 import Template

_PLACE = "<letter>"  # the file name that jinja2 gives to a template's code in tracebacks


def draw(seed: str, what: object, count: int) -> int:
    """A number below `count` that is the same for the same seed and purpose."""
    mark = hashlib.sha256(f"{seed}\0{what}".encode()).digest()
    return int.from_bytes(mark[:8], "big") % count


def chooser(seed: str) -> Callable[..., str]:
    """`one_of(*wordings)` for a template: the nth call picks by a digest of `seed` and n, so that a letter is the same
    each time it is composed and differs from user to user sentence by sentence."""
    calls = 0

    def one_of(*wordings: str) -> str:
        nonlocal calls
        calls += 1
        if not wordings:
            raise ValueError("one_of() needs at least one wording")
        return wordings[draw(seed, calls, len(wordings))]

    return one_of


def render(name: str, sources: Mapping[str, str], facts: Mapping[str, Any], seed: str) -> str:
    """The paragraphs of the letter `name`, separated by blank lines.

    Raises KnowledgeError with line and, where it can be told, column if the template is faulty, asks for a fact that
    does not exist, or makes an empty letter.
    """
    fault, text = attempt(name, sources[name], facts, seed)
    if fault is not None:
        raise KnowledgeError([fault])
    return text


def attempt(name: str, source: str, facts: Mapping[str, Any], seed: str) -> tuple[Problem | None, str]:
    """The fault of a template, or the letter that it makes of `facts`."""
    from jinja2 import TemplateSyntaxError, UndefinedError

    source = re.sub(r"\r\n?", "\n", source)
    try:
        text = _tidy(_template(source).render({**facts, "one_of": chooser(seed)}))
    except TemplateSyntaxError as fault:
        message = _sentence(fault.message or "is no template")
        column = _column_of_name(source, fault.lineno, message) if " named " in message else _column_of_syntax(source)
        return _problem(name, fault.lineno, column, message), ""
    except UndefinedError as fault:
        message = _sentence(fault.message or "asks for something that is not there")
        line = _line_of(fault)
        return _problem(name, line, _column_of_name(source, line, message), message), ""
    except Exception as fault:  # a template can raise whatever an expression can
        line = _line_of(fault)
        return _problem(
            name, line, _column_of_name(source, line, ""), _sentence(f"{type(fault).__name__}: {fault}")
        ), ""
    if not text:
        return _problem(name, 1, 1, "makes an empty letter."), ""
    return None, text


def load_ahead() -> None:
    """Load what rendering takes now, and not with the first letter."""
    import jinja2.sandbox  # noqa: F401


def forget() -> None:
    """Let go of the templates that were compiled."""
    import jinja2

    _template.cache_clear()
    jinja2.clear_caches()


@lru_cache(maxsize=16)
def _template(source: str) -> Template:
    """A compiled template; kept, since a letter is drawn several times and a language's letters are few."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    code = environment.compile(source, filename=_PLACE)
    return environment.template_class.from_code(environment, code, dict(environment.globals))


def _problem(name: str, line: int | None, column: int | None, message: str) -> Problem:
    return Problem(name, line, "", message, column=column)


def _line_of(fault: BaseException) -> int | None:
    """The template's line that an error came from: the deepest frame of its code."""
    line, trace = None, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _PLACE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _sentence(message: str) -> str:
    return message if message.endswith((".", "?", "!")) else f"{message}."


def _column_of_name(source: str, line: int | None, message: str) -> int | None:
    """Where a name that a message quotes stands in its line, else where the line's first expression begins; 1 for the
    first character."""
    lines = source.split("\n")
    if line is None or line > len(lines):
        return None
    for name in reversed(re.findall(r"'([^']+)'", message)):
        found = re.search(rf"\b{re.escape(name)}\b", lines[line - 1])
        if found:
            return found.start() + 1
    found = re.search(r"\{[{%]", lines[line - 1])
    return found.start() + 1 if found else 1


def _column_of_syntax(source: str) -> int | None:
    """Where a template stops being one, 1 for the first character: the last token that the parser has taken.

    jinja2 tells the line alone; so the tokens that it takes are counted, and found again in the text.
    """
    from jinja2 import Environment, TemplateSyntaxError
    from jinja2.ext import Extension
    from jinja2.lexer import Token, TokenStream

    taken = 0

    class Counter(Extension):
        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            nonlocal taken
            for token in stream:
                taken += 1
                yield token

    places: list[int] = []
    environment = Environment(extensions=[Counter], autoescape=True)
    with suppress(TemplateSyntaxError):
        environment.parse(source)
    at = 0
    try:
        for _, kind, value in environment.lexer.tokeniter(source, None):
            at = max(source.find(value, at), at)
            if kind not in _UNCOUNTED:
                places.append(at)
            at += len(value)
    except TemplateSyntaxError:  # what stands here is no token at all
        places.append(at + len(source[at:]) - len(source[at:].lstrip()))
        taken = len(places)
    place = places[min(max(taken, 1), len(places)) - 1] if places else 0
    return place - (source.rfind("\n", 0, place) + 1) + 1


_UNCOUNTED = frozenset(
    ("comment_begin", "comment", "comment_end", "whitespace", "linecomment_begin", "linecomment_end", "linecomment")
)


def _tidy(text: str) -> str:
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(part for part in paragraphs if part)
