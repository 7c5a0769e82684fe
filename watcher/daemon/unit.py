"""The systemd unit for this installation: the unit that ships with watcher, with the command and the folders put in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from watcher.config import Config, ImapAccount, MaildirAccount

NAME = "watcher.service"
COMMAND = "ExecStart="
PATH = "Environment=PATH="
FOLDERS = "ReadWritePaths="
OWN_TMP = "PrivateTmp="
SHARED_TMP = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (looked at, not written to)
CONFINED = "# --- what it may not do"
INSTALL = "[Install]"


def unit_path(environ: Mapping[str, str], home: Path) -> Path:
    """Where a user's own units lie."""
    named = environ.get("XDG_CONFIG_HOME", "")
    return (Path(named) if named.startswith("/") else home / ".config") / "systemd" / "user" / NAME


def command(argv0: str, executable: str) -> list[str]:
    """The command that is watcher, in a pip, pipx, uv or checkout install: the program that was typed, else the one
    beside the interpreter, else the interpreter itself."""
    typed = shutil.which(argv0) if argv0 else None
    if typed and Path(typed).name == "watcher":
        return [str(Path(typed).absolute())]
    beside = Path(executable).parent / "watcher"
    if os.access(beside, os.X_OK):
        return [str(beside)]
    return [executable, "-m", "watcher"]


def unit(command: Sequence[str], config: Config, path: str, *, named: bool, confined: bool = True) -> str:
    """The text of the unit. `path` is where programs are looked for ("" where that is not known); `named` says that the
    config does not lie where it is looked for by default; without `confined` nothing is kept from it."""
    words = [*command, *(["--config", str(config.file.absolute())] if named else []), "run"]
    needed = [Path(command[0]).absolute(), Path(__file__).absolute(), config.file.absolute(), *_folders(config)]
    in_tmp = any(path.is_relative_to(shared) for path in needed for shared in SHARED_TMP)
    lines = []
    kept = True
    for line in resources.files("watcher.daemon").joinpath(NAME).read_text(encoding="utf-8").splitlines():
        kept = (kept and (confined or not line.startswith(CONFINED))) or line == INSTALL
        if not kept or (line.startswith(OWN_TMP) and in_tmp):  # a /tmp of its own would hide what it runs on
            continue
        if line.startswith(COMMAND):
            lines.append(COMMAND + " ".join(_quoted(word, command=True) for word in words))
        elif line.startswith(PATH) and path:
            lines.append(f"Environment={_quoted(f'PATH={path}')}")
        elif line.startswith(FOLDERS):
            lines += [f"{FOLDERS}{_quoted('-' + str(folder))}" for folder in _folders(config)]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _folders(config: Config) -> list[Path]:
    """What it must be able to write to: its state, and Maildirs. A password command may need GnuPG's folder."""
    folders = [config.storage.parent.absolute()]
    for account in config.accounts:
        if isinstance(account, MaildirAccount):
            folders.append(account.path.absolute())
        elif isinstance(account, ImapAccount) and account.password_command:
            folders.append(Path("%h/.gnupg"))
    return list(dict.fromkeys(folders))


def _quoted(word: str, *, command: bool = False) -> str:
    """A word as systemd reads it (systemd.syntax(7), systemd.service(5))."""
    if not word.startswith("-%h/"):
        word = word.replace("%", "%%")
    if command:
        word = word.replace("$", "$$")
    if any(char in word for char in " \t\"'\\;"):
        escaped = word.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return word
