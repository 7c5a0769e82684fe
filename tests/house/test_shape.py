"""The house keeps its shape: file sizes, first lines, and nothing that belongs to a workplace."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import resources
from pathlib import Path

import pytest

import watcher

PACKAGE = Path(str(resources.files(watcher)))
ROOT = PACKAGE.parent
MOST_LINES = 420  # about 350 is where to think of splitting
HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", r"deb\." + r"debian\.org"))
)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_short_and_says_why_it_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    assert (ast.get_docstring(ast.parse(text)) or "").strip()


def test_no_file_names_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in listed.stdout.splitlines()] or list(PACKAGE.rglob("*.*"))
    for file in files:
        if file.is_file() and file.suffix in {".py", ".toml", ".md", ".txt", ".yaml", ".j2", ""}:
            assert not HOSTS.search(file.read_text("utf-8", "replace")), file
