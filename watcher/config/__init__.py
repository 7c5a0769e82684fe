"""The one TOML file a user writes, read into the settings types of the floors, with every fault in it told at once."""

from watcher.config.loading import load
from watcher.config.model import (
    AccountSettings,
    Config,
    GmailAccount,
    ImapAccount,
    MaildirAccount,
    NotificationSettings,
)
from watcher.config.paths import config_path

__all__ = [
    "AccountSettings",
    "Config",
    "GmailAccount",
    "ImapAccount",
    "MaildirAccount",
    "NotificationSettings",
    "config_path",
    "load",
]
