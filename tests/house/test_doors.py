"""Each third-party library has one door: a single module (or folder) that imports it."""

from __future__ import annotations

import ast
import sys
from importlib import resources
from pathlib import Path

import watcher

PACKAGE = Path(str(resources.files(watcher)))
DOORS = {
    "apscheduler": ("daemon/ticks.py",),
    "dns": ("mailbox/discovery.py",),
    "googleapiclient": ("mailbox/gmail_wire.py",),
    "holidays": ("workdays.py", "config/places.py"),
    "httplib2": ("mailbox/gmail_wire.py",),
    "icalendar": ("reading/invitation.py",),
    "imapclient": ("mailbox/",),
    "jinja2": ("draft/render.py",),
    "keyring": ("mailbox/credentials.py",),
    "mailparser": ("message/parser.py",),
    "msal": ("mailbox/microsoft.py",),
    "msgspec": ("store/codec.py",),
    "platformdirs": ("config/paths.py",),
    "rich": ("cli/",),
    "selectolax": ("message/html.py",),
    "tomli": ("knowledge/loader.py",),
    "tzlocal": ("config/places.py",),
}


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names - set(sys.stdlib_module_names) - {"watcher"}


def test_a_library_is_imported_at_its_door_alone() -> None:
    used = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE).as_posix()
        for library in imports(path):
            assert where.startswith(DOORS.get(library, ())), f"{where} imports {library}"
            used.add(library)
    assert used == set(DOORS)
