"""Where things lie by default: the config and the state, as the XDG base directory specification has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def config_path(environ: Mapping[str, str]) -> Path:
    """The config file's default place: `watcher/config.toml` in the user's config folder."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config") / "watcher" / "config.toml"


def state_path(environ: Mapping[str, str]) -> Path:
    """The database's default place: `watcher/state.db` in the user's state folder."""
    return _folder(environ, "XDG_STATE_HOME", ".local/state") / "watcher" / "state.db"


def resolve(text: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """A path as a person writes it: `~` is the user's home, anything relative begins at `folder`."""
    home = environ.get("HOME")
    if home and (text == "~" or text.startswith("~/")):
        return Path(home, text[2:])
    return folder / text


def _folder(environ: Mapping[str, str], variable: str, under_home: str) -> Path:
    """The folder a variable names, else the usual one under HOME. The specification has relative ones ignored."""
    named = environ.get(variable, "")
    if named.startswith("/"):
        return Path(named)
    if home := environ.get("HOME"):
        return Path(home, under_home)
    from platformdirs import user_config_path, user_state_path

    return user_config_path() if variable == "XDG_CONFIG_HOME" else user_state_path()
