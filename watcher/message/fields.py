"""Splits a header block into the fields watcher reads and decodes them; cheap enough for a sweep of a whole mailbox.

mail-parser is not asked here: a first scan reads 50,000 header blocks of which most are thrown away at once.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from binascii import a2b_qp
from collections.abc import Mapping

from watcher.message.model import Address

BLOCK_LIMIT = 256 * 1024
FIELD_LIMIT = 16 * 1024
FIELDS_LIMIT = 500
WORD_LIMIT = 1_000  # encoded words in one field

# RFC 2047 section 2, with the language suffix of RFC 2231 section 5 allowed for.
ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)[ \t]+(?==\?)")
ADDRESS_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*"?)|(?P<angle><[^<>]*>?)|(?P<word>=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)|(?P<mark>[,;:()])|(?P<text>[^",;:()<=]+|=|>)'
)
ID = re.compile(r"<\s*([^<>\s]+)\s*>")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")

FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
ANY_FIELD = re.compile(rb"^[A-Za-z][A-Za-z0-9_-]{0,60}[ \t]*:", re.MULTILINE)

# RFC 5322 sections 2.2 and 2.2.3: a name, a colon, a value that goes on in lines that begin with a blank.
A_FIELD = re.compile(rb"\n([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)")

Fields = dict[str, list[bytes]]


def with_line_ends(data: bytes) -> bytes:
    """Old programs end lines with a carriage return alone; such data with line feeds, any other as it is."""
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def header_end(data: bytes) -> tuple[int, int]:
    """Where the header block ends and where the text begins (both the length of `data` where there is no text).

    Both are 0 where no line up to the first blank one is a field: text without a header.
    """
    end, start = blank_line(data)
    if end and not FIELD.match(data) and not ANY_FIELD.search(data, 0, end):
        return 0, 0
    return end, start


def blank_line(data: bytes) -> tuple[int, int]:
    """Where the lines before the first blank one end, and where that ends; both the length where there is none."""
    if data[:1] == b"\n":
        return 0, 1
    if data[:2] == b"\r\n":
        return 0, 2
    unix = data.find(b"\n\n")
    # The blank line of a file with network line ends may come long before the first stray "\n\n".
    network = data.find(b"\r\n\r\n", 0, unix + 4 if unix >= 0 else len(data))
    if network >= 0 and (unix < 0 or network < unix):
        return network + 2, network + 4
    if unix >= 0:
        return unix + 1, unix + 2
    return len(data), len(data)


def names(*wanted: str) -> dict[bytes, str]:
    """Field names (lower case) as `split` looks them up."""
    return {name.encode(): name for name in wanted}


def split(block: bytes, wanted: Mapping[bytes, str]) -> Fields:
    """The `wanted` fields of a header block by lower-case name, each with its values unfolded, topmost first.

    Lines that are no field are passed over; what is beyond the caps (256 kB a block, 16 kB a field, 500 fields) is cut
    off. Of References the end is kept, since that is the nearest mail.
    """
    block = with_line_ends(block[:BLOCK_LIMIT])
    found: Fields = {}
    for label, value in A_FIELD.findall(b"\n" + block)[:FIELDS_LIMIT]:
        name = wanted.get(label.lower())
        if name is not None:
            found.setdefault(name, []).append(_unfold(name, value))
    return found


def _unfold(name: str, value: bytes) -> bytes:
    if b"\n" in value:
        value = b" ".join([line.strip() for line in value.split(b"\n")])
    value = value.strip()
    if len(value) > FIELD_LIMIT:
        return value[-FIELD_LIMIT:] if name == "references" else value[:FIELD_LIMIT]
    return value


def text_of(value: bytes) -> str:
    """A field's value as text: encoded words decoded (RFC 2047), raw 8-bit characters guessed, controls off."""
    return decode_words(_characters(value))


def _characters(value: bytes) -> str:
    if value.isascii():
        text = value.decode("ascii")
    else:
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("cp1252", "replace")
    return text if text.isprintable() else CONTROL.sub(" ", text).strip()


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; one that cannot be decoded stays as it is.

    Neighbours of one charset are joined before decoding, since some programs split a character between two words.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    held, charset = b"", ""
    end = 0
    text = BETWEEN_WORDS.sub(r"\1", text)
    for count, found in enumerate(ENCODED_WORD.finditer(text)):
        content = _content(found.group(2), found.group(3)) if count < WORD_LIMIT else None
        if content is None:
            continue
        name = found.group(1).lower()
        if held and (name != charset or found.start() > end):
            out.append(decode(held, charset))
            held = b""
        out.append(text[end : found.start()])
        held, charset, end = held + content, name, found.end()
    out.append(decode(held, charset))
    out.append(text[end:])
    decoded = "".join(out)
    return decoded if decoded.isprintable() else CONTROL.sub(" ", decoded)


def _content(kind: str, word: str) -> bytes | None:
    try:
        if kind in "qQ":
            return a2b_qp(word.encode("ascii", "replace"), header=True)
        return b64decode(word.encode("ascii", "replace") + b"=" * (-len(word) % 4))
    except (Base64Error, ValueError):
        return None


def decode(content: bytes, charset: str) -> str:
    """`content` as text in `charset`, or in the likeliest other one where that fails or is unknown. Never raises."""
    if not content:
        return ""
    for name in (charset, "utf-8"):
        try:
            text = content.decode(name)
            text.encode("utf-8")  # some codecs make lone surrogates
        except (LookupError, UnicodeError, ValueError, TypeError):
            continue
        return text
    return content.decode("cp1252", "replace")


def addresses_of(value: bytes) -> tuple[Address, ...]:
    """The addresses of a From, To, Cc or Reply-To field (RFC 5322 section 3.4), in order, without empty groups.

    Tolerates what is often seen: names with a comma but no quotes, bare names, addresses in quotes.
    """
    text = _characters(value)
    if not any(mark in text for mark in ',;:()"'):
        one = _address(*_halves(text))
        return (one,) if one else ()
    found: list[Address] = []
    pending = ""  # the first half of a name with a comma in it
    for name, address in _entries(text):
        if not address and "@" not in name:
            pending = f"{pending}{name}, " if name else pending
            continue
        one = _address(f"{pending}{name}" if address else name, address)
        pending = ""
        if one:
            found.append(one)
    return tuple(found)


def _halves(text: str) -> tuple[str, str]:
    name, angle, rest = text.rpartition("<")
    return (name.strip(), rest.partition(">")[0]) if angle else (text.strip(), "")


def _entries(text: str) -> list[tuple[str, str]]:
    """The list cut at its commas: (name, what stood in angle brackets)."""
    entries: list[tuple[str, str]] = []
    name: list[str] = []
    address, comment, depth = "", "", 0
    for token in ADDRESS_TOKEN.finditer(text):
        kind, word = token.lastgroup, token.group()
        if word == "(" or (depth and word == ")"):
            depth += 1 if word == "(" else -1
        elif depth:
            comment = f"{comment} {word}".strip()
        elif kind == "mark" and word in ",;":
            entries.append((" ".join(name) or (comment if address else ""), address))
            name, address, comment = [], "", ""
        elif word == ":":
            name = []  # the name of a group (RFC 5322 section 3.4), or "mailto:"
        elif kind == "angle":
            address = word.strip("<>").strip() or address
        elif kind == "quoted":
            name.append(re.sub(r"\\(.)", r"\1", word.strip('"')).strip())
        elif word.strip():
            name.append(word.strip())
    if not address and len(name) == 1 and "@" in name[0] and comment:
        name, address = [comment], name[0]  # the old form: dana@acme.example (Dana Reyes)
    entries.append((" ".join(name) or (comment if address else ""), address))
    return entries


def _address(name: str, address: str) -> Address | None:
    if not address and "@" in name:
        name, address = "", name
    address = "".join(address.split()).strip("<>\"',").removeprefix("mailto:").lower()
    name = " ".join(decode_words(name).split())
    if len(name) > 1 and name[0] in "\"'" and name[-1] == name[0]:
        name = name[1:-1].strip()
    if not address and not name:
        return None
    return Address("" if name.lower() == address else name, address)


def ids_of(value: bytes) -> tuple[str, ...]:
    """The message ids of a Message-ID, In-Reply-To or References field, in order, each once, in angle brackets."""
    text = _characters(value)
    found = [f"<{one}>" for one in ID.findall(text)]
    if not found and text and " " not in text.strip():
        bare = text.strip().strip("<>")
        found = [f"<{bare}>"] if bare else []
    return tuple(dict.fromkeys(found))
