"""What is known of particular servers: abilities that they claim and do not have."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=16)
def distrusted(host: str) -> frozenset[str]:
    """The capabilities (in capitals) that the server at `host` offers and that are not to be relied on."""
    source = resources.files("watcher.knowledge").joinpath("providers.toml").read_text(encoding="utf-8")
    return frozenset(
        name.upper()
        for server in tomllib.loads(source)["server"]
        if any(host.lower() == known or host.lower().endswith(f".{known}") for known in server["hosts"])
        for name in server.get("distrust", ())
    )
