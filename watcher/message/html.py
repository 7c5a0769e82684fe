"""Turns HTML mail into the text a person would see; the one door to selectolax."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from watcher.message.model import Link

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

HTML_LIMIT = 512 * 1024  # characters; beyond it nobody has written by hand
DEPTH_LIMIT = 2_000
NODES_LIMIT = 60_000
LINKS_LIMIT = 200
RULE = "_" * 32
BULLET = "- "
SKIP, QUOTE, TIGHT = -1, 1, 2
# A line above a quotation: with a date or an address, or with a word for writing at its end.
ATTRIBUTION = re.compile(
    r"\d|@|(?:wrote|writes|schrieb|geschrieben|écrit|escribió|scrisse|scritto|escreveu|schreef|skrev|napisała?) ?:$"
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


UNNESTED = _names("br img hr meta link input area base col wbr p li td tr th option dt dd o:p")
OFF = _names("head style script title meta link template noscript svg object select option textarea button")
PARAGRAPHS = _names("p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre")
LINES = _names(
    "div tr table tbody li dt dd section article header footer main nav aside center form fieldset address figure"
)
PLAIN_INLINE = _names("b i u strong em small big sub sup tt code font o:p tbody thead wbr")
HIDDEN = ("display:none", "mso-hide:all", "visibility:hidden", "max-height:0", "font-size:0")
QUOTING = ("gmail_quote", "cite", "yahoo_quoted", "protonmail_quote", "moz-cite", "zmail_extra", "mail_quote")
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})")
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
BLANKS = re.compile(r"[ \t\r\n\f\xa0\u2000-\u200a\u3000]+")
INVISIBLE = re.compile(r"[\u200b-\u200f\u00ad\u034f\u2060\ufeff\u061c]+")


def to_text(source: str) -> str:
    """The readable text of an HTML part.

    Blocks are lines, paragraphs have a blank line between them, cells are separated by blanks, list items start with
    "- ", quotations carry "> " as in plain mail. What is hidden is left out.
    """
    source = source[:HTML_LIMIT].replace("\x00", "")
    if _is_too_deep(source):
        return _crude_text(source)
    root = _root(source)
    if root is None:
        return ""
    writer = _Writer()
    _write(root, writer)
    return writer.text()


def links_of(source: str) -> tuple[Link, ...]:
    """The hyperlinks of an HTML part in order, each address once with the first words it stands on."""
    if "href" not in source and "HREF" not in source:
        return ()
    source = source[:HTML_LIMIT].replace("\x00", "")
    root = None if _is_too_deep(source) else _root(source)
    if root is None:
        return ()
    found: dict[str, str] = {}
    for node in root.css("a[href]"):
        href = (node.attributes.get("href") or "").strip()
        if not href.lower().startswith(("http://", "https://", "mailto:", "tel:")):
            continue
        words = BLANKS.sub(" ", INVISIBLE.sub("", node.text())).strip()
        if not found.get(href):
            found[href] = words
        if len(found) >= LINKS_LIMIT:
            break
    return tuple(Link(href, words) for href, words in found.items())


def _root(source: str) -> LexborNode | None:
    from selectolax.lexbor import LexborHTMLParser

    if not source.strip():
        return None
    return LexborHTMLParser(source).body


def _is_too_deep(source: str) -> bool:
    """Whether elements nest so deep that parsing them takes seconds (it grows with the square of the depth)."""
    if source.count("<") < DEPTH_LIMIT:
        return False
    depth = deepest = 0
    for tag in TAG.finditer(source):
        if tag.group(2).lower() not in UNNESTED:
            depth = max(depth - 1, 0) if tag.group(1) else depth + 1
            deepest = max(deepest, depth)
    return deepest > DEPTH_LIMIT


def _crude_text(source: str) -> str:
    lines = (" ".join(line.split()) for line in unescape(ANY_TAG.sub("\n", source)).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


class _Writer:
    """Collects text as lines, collapsing blanks as a browser does."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now: list[str] = []
        self.quotes = 0
        self.blank = False  # a blank line is owed before the next words
        self.preformatted = 0

    def words(self, text: str) -> None:
        text = INVISIBLE.sub("", text)
        if self.preformatted:
            first, *rest = text.split("\n")
            self.now.append(first)
            for line in rest:
                self.end_line(keep=True)
                self.now.append(line)
            return
        if not self.now and "\xa0" in text and not text.strip():
            self.blank = bool(self.lines)  # how Word and others write a blank line
        text = BLANKS.sub(" ", text)
        if not self.now or self.now == [BULLET]:
            text = text.lstrip()
        elif text.startswith(" ") and self.now[-1].endswith(" "):
            text = text[1:]
        if text:
            self.now.append(text)

    def end_line(self, *, keep: bool = False) -> None:
        """End the line that is being written; an empty one counts only where `keep` says so (<br>)."""
        if self.now == [BULLET]:
            return  # the item's own first paragraph follows on the same line
        line = "".join(self.now).rstrip()
        self.now = []
        if not line and not keep:
            return
        prefix = "> " * self.quotes
        if self.blank and self.lines:
            self.lines.append(prefix.rstrip())
        self.blank = False
        self.lines.append((prefix + line).rstrip())

    def paragraph(self) -> None:
        if self.now == [BULLET]:
            return
        self.end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.blank = True

    def begin_quote(self) -> None:
        """The gap above a quotation is no part of it, and none is left below the line that introduces it."""
        if self.blank and not self.last().endswith(":"):
            self.lines.append(("> " * self.quotes).rstrip())
        self.blank = False
        self.quotes += 1

    def last(self) -> str:
        return "".join(self.now).rstrip() or (self.lines[-1] if self.lines else "")

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines) + "\n" if self.lines else ""


def _write(root: LexborNode, writer: _Writer) -> None:
    """Walk the tree with a stack of our own: hostile mail nests deeper than Python recurses."""
    stack: list[tuple[LexborNode | None, str, int]] = [(root.child, "", 0)]
    count = 0
    while stack:
        node, closing, kind = stack.pop()
        if node is None:
            _close(closing, kind, writer)
            continue
        count += 1
        if count > NODES_LIMIT:
            return
        following = node.next
        if following is not None:
            stack.append((following, "", 0))
        tag = node.tag
        if tag == "-text":
            writer.words(node.text_content or "")
            continue
        if tag in OFF or tag is None or tag.startswith(("-", "!", "_")):
            continue
        kind = _open(tag, node, writer)
        if kind == SKIP:
            continue
        stack.append((None, tag, kind))
        child = node.child
        if child is not None:
            stack.append((child, "", 0))


def _open(tag: str, node: LexborNode, writer: _Writer) -> int:
    """Begin an element and say what its end must know: QUOTE, TIGHT, 0, or SKIP where nothing of it is seen."""
    if tag == "br":
        writer.end_line(keep=True)
        return SKIP
    if tag == "hr":
        writer.end_line()
        writer.now.append(RULE)
        writer.end_line()
        return SKIP
    if tag in PLAIN_INLINE:
        return 0
    attributes = node.attributes
    if attributes and _hidden(attributes):
        return SKIP
    tight = tag in PARAGRAPHS and _tight(attributes)
    if tag in PARAGRAPHS and not tight:
        writer.paragraph()
    elif tag in LINES or tag in PARAGRAPHS:
        writer.end_line()
    if tag == "li":
        writer.end_line()
        writer.now = [BULLET]
    elif tag == "pre":
        writer.preformatted += 1
    elif tag == "blockquote" and _quotes(attributes, writer):
        writer.begin_quote()
        return QUOTE
    return TIGHT if tight else 0


def _close(tag: str, kind: int, writer: _Writer) -> None:
    if tag in ("td", "th"):
        writer.words(" ")
        return
    if tag in PARAGRAPHS and kind != TIGHT:
        writer.paragraph()
    elif tag in LINES or tag in PARAGRAPHS:
        writer.end_line()
    if tag == "pre":
        writer.preformatted -= 1
    if kind == QUOTE:
        writer.quotes -= 1


def _hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style:
        return False
    squeezed = style.replace(" ", "").lower()
    return any(mark in squeezed for mark in HIDDEN) and "font-size:0." not in squeezed


def _tight(attributes: dict[str, str | None]) -> bool:
    """Word writes every line as a paragraph without a gap, and blank lines as paragraphs of their own."""
    if not attributes:
        return False
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "mso" in (attributes.get("class") or "").lower() or "margin:0" in style


def _quotes(attributes: dict[str, str | None], writer: _Writer) -> bool:
    """A quotation says so, or follows a line such as "On 3 May Dana wrote:"; other block quotes are only indented, like
    the words that a network passes on ("You have a new message from Dana:")."""
    said = f"{attributes.get('class') or ''} {attributes.get('type') or ''}".lower()
    last = writer.last()
    return any(mark in said for mark in QUOTING) or (last.endswith(":") and bool(ATTRIBUTION.search(last)))
