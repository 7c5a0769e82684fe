"""Whether tests may do without a server program that is not installed here."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str, package: str, folder: str = "") -> str:
    """Where `name` lies, in `folder` where that is given. Without it tests are skipped, but where servers are required (CI) they fail."""
    found = shutil.which(name, path=folder or os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found:
        return found
    reason = f"{name} is not installed (Debian: apt-get install {package})"
    if os.environ.get("WATCHER_REQUIRE_SERVERS") == "1" or os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
