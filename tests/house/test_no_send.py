"""It never sends: no module, no name and no verb for it anywhere in the package."""

from __future__ import annotations

import ast
from importlib import resources
from pathlib import Path

import watcher
from watcher.mailbox.base import Mailbox

PACKAGE = Path(str(resources.files(watcher)))
FORBIDDEN_MODULES = {"smtplib", "aiosmtplib", "smtpd", "nntplib"}
FORBIDDEN_NAMES = {"send_message", "sendmail", "SMTP", "SMTP_SSL", "messages_send", "drafts_send"}


def trees() -> list[tuple[Path, ast.AST]]:
    found = [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]
    assert len(found) > 20
    return found


def test_no_module_imports_anything_that_sends() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {name.split(".")[0] for name in names} & FORBIDDEN_MODULES, path


def test_no_call_sends_a_message() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in FORBIDDEN_NAMES, f"{path}:{node.lineno}"
                assert node.attr != "send" or "socket" in ast.unparse(node.value), f"{path}:{node.lineno}"


def test_no_mailbox_has_a_verb_for_sending() -> None:
    verbs = {name for name in vars(Mailbox) if not name.startswith("_")}
    assert verbs == {"open", "close", "folders", "sweep", "fetch", "drafts", "find", "place", "withdraw"}
