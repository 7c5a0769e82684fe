"""What `watcher setup` was told, and the config it makes of that."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from watcher.config.providers import IMAP, Provider
from watcher.errors import UsageError


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that a config of `setup` says. Texts that are empty are left out of it."""

    name: str
    addresses: tuple[str, ...]
    timezone: str
    account: str = "personal"
    provider: Provider = Provider(IMAP, "")  # noqa: RUF009 - frozen
    kind: str = "imap"
    path: str = ""
    user: str = ""
    host: str = ""
    port: int = 993
    tls: str = "tls"
    ca: str = ""
    endpoint: str = ""
    sign_in: str = ""
    client_id: str = ""
    password_command: str = ""
    holidays: str = ""
    pace: str = "standard"
    thank_yous: bool = True
    highlights: tuple[str, ...] = ()
    notify: bool = True
    not_before: str = ""


def text_of(answers: Answers) -> str:
    """The config as text."""
    account = [("name", answers.account, "yours to choose"), ("kind", answers.kind, "")]
    if answers.kind == "maildir":
        account.append(("path", answers.path, ""))
    else:
        account += [("user", answers.user, ""), ("host", answers.host, ""), ("ca", answers.ca, "")]
        account += [("sign_in", answers.sign_in, ""), ("client_id", answers.client_id, "your own, at Microsoft")]
        account += [
            ("endpoint", answers.endpoint, ""),
            ("password_command", answers.password_command, "prints the secret"),
        ]
    lines = [
        "# watcher's config, made by `watcher setup`. Change what you like; config.example.toml has every other key.",
        "# No secret ever stands in this file: `watcher login` keeps it in your keyring.",
        "",
        _line("pace", answers.pace, '"patient" and "brisk" wait longer and shorter, throughout'),
        "",
        "[you]",
        _line("name", answers.name, "as you sign"),
        _line("addresses", list(answers.addresses), "every address that you write from, and that people write to"),
        _line("timezone", answers.timezone),
        "",
        "[[accounts]]",
        *(_line(key, value, comment) for key, value, comment in account if value),
        *([_line("port", answers.port)] if answers.kind == "imap" and answers.port != 993 else []),
        *([_line("tls", answers.tls, "encrypted from its second word on")] if answers.tls != "tls" else []),
        "",
        "[calendar]",
        _line("holidays", answers.holidays, 'days nobody counts: "US", "DE-BY", "GB" (England), "GB-SCT"'),
        "",
        "[letters]",
        _line("highlights", list(answers.highlights), 'ends of "my experience with ...": ["moving payrolls"]'),
        "",
        "[follow_up]",
        *([] if answers.thank_yous else [_line("thank_you", "off", 'none after an interview; else "2 hours"')]),
        *(
            [f"not_before = {answers.not_before}  # silences that began before are left alone"]
            if answers.not_before
            else []
        ),
        "",
        "[notifications]",
        _line("desktop", answers.notify, "tell the desktop when a draft is ready or taken back"),
        "",
    ]
    return "\n".join(lines)


def _line(key: str, value: object, comment: str = "") -> str:
    written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    return f"{written:<53} # {comment}" if comment else written


def write(path: Path, answers: Answers, *, keep: bool = True) -> None:
    """Put the config in its place; what stood there is kept beside it, where `keep`. Raises UsageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if keep and path.exists():
            path.replace(path.with_name(f"{path.name}.old"))
        new = path.with_name(f"{path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text_of(answers))
        new.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).", "Check who owns its folder.") from error
