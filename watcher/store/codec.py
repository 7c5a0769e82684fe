"""The one door to msgspec: values of the models to JSON text and back.

Everything the models are made of (dataclasses, StrEnum, frozenset, datetime, date, time, timedelta, Mapping) has its
JSON form there: instants as ISO 8601 with their offset, spans as ISO 8601 durations. A field that a later version adds
needs a default, then older records still decode.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from watcher.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Hashable

    import msgspec

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")


def scrub(text: str) -> str:
    """`text` without lone surrogates (undecodable bytes of a header), which neither JSON nor SQLite can hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def encode(value: object) -> str:
    """The JSON text of a value of the models, or of plain containers of such values."""
    import msgspec

    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_scrubbed(msgspec.to_builtins(value))).decode()


def laid_out(value: object) -> str:
    """The JSON text of plain values, laid out to be read: what `json.dumps` makes of it with an indent of two, which
    takes three times as long."""
    import msgspec

    return msgspec.json.format(encode(value), indent=2)


def fingerprint(value: object) -> str:
    """What tells a value of the models from every other, in whatever order its sets and mappings are."""
    import hashlib

    import msgspec

    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]


def decode(text: str, kind: type[T]) -> T:
    """The value of type `kind` that `encode` made `text` from. Raises StoreDamaged where it cannot be one."""
    import msgspec

    try:
        value: T = _decoder(cast("Hashable", kind)).decode(text)
    except msgspec.MsgspecError as error:
        raise StoreDamaged(
            f"A record of the database is no {kind.__name__} ({type(error).__name__}).",
            "Move the database away; the next scan makes a new one from your mailbox.",
        ) from error
    return value


@lru_cache(maxsize=64)
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    import msgspec

    return msgspec.json.Decoder(kind)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed(item) for item in value]
    return value
