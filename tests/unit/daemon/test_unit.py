"""The systemd unit: right for every kind of installation, and nothing in it that systemd would not understand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.servers import program
from watcher.config import Config, load
from watcher.daemon.unit import command, unit, unit_path

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "My 100% Mail").mkdir()
    file = tmp_path / "config.toml"
    file.write_text(
        '[you]\nname = "Alex"\naddresses = ["alex@example.net"]\ntimezone = "UTC"\n'
        '[storage]\npath = "state/state.db"\n'
        '[[accounts]]\nname = "local"\nkind = "maildir"\npath = "My 100% Mail"\n'
        '[[accounts]]\nname = "far"\nkind = "imap"\nhost = "imap.example.net"\npassword_command = ["pass", "far"]\n'
    )
    return load(file, {"HOME": str(tmp_path)})


def lines(text: str, key: str) -> list[str]:
    return [line.removeprefix(key) for line in text.splitlines() if line.startswith(key)]


def test_the_unit_runs_this_installation_and_may_write_to_state_and_maildirs_alone(config: Config) -> None:
    text = unit(["/opt/my tools/watcher"], config, "/opt/my tools:/bin", named=False)
    folder = config.file.parent
    assert lines(text, "ExecStart=") == ['"/opt/my tools/watcher" run']
    assert lines(text, "Environment=") == ['"PATH=/opt/my tools:/bin"']
    assert lines(text, "ReadWritePaths=") == [
        f"-{folder}/state",
        f'"-{folder}/My 100%% Mail"',
        "-%h/.gnupg",
    ]


def test_a_config_elsewhere_is_named_in_the_unit(config: Config) -> None:
    text = unit(["/usr/bin/watcher"], replace(config, file=Path("/home/a$b/c.toml")), "", named=True)
    assert lines(text, "ExecStart=") == ["/usr/bin/watcher --config /home/a$$b/c.toml run"]


def test_without_confinement_all_the_rest_is_still_there(config: Config) -> None:
    text = unit(["/usr/bin/watcher"], config, "", named=False, confined=False)
    assert "PrivateUsers" not in text
    assert "ReadWritePaths" not in text
    assert lines(text, "Type=") == ["notify"]
    assert lines(text, "WantedBy=") == ["default.target"]


def test_each_setting_of_the_unit_is_explained() -> None:
    above = ""
    for line in (ROOT / "systemd" / "watcher.service").read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            assert above.startswith("#") or "=" in above or line.startswith("Description"), line
        above = line


def test_the_command_is_the_one_that_was_typed_else_the_one_beside_the_interpreter(tmp_path: Path) -> None:
    typed, beside = tmp_path / "bin" / "watcher", tmp_path / "venv" / "watcher"
    for file in (typed, beside):
        file.parent.mkdir()
        file.write_text("#!/bin/sh\n")
        file.chmod(0o700)
    assert command(str(typed), "/usr/bin/python3") == [str(typed)]
    assert command("/somewhere/watcher/__main__.py", str(tmp_path / "venv" / "python")) == [str(beside)]
    beside.unlink()
    python = str(tmp_path / "venv" / "python")
    assert command("/somewhere/watcher/__main__.py", python) == [python, "-m", "watcher"]


def test_the_unit_lies_where_the_manager_looks() -> None:
    assert unit_path({}, Path("/home/a")) == Path("/home/a/.config/systemd/user/watcher.service")
    assert unit_path({"XDG_CONFIG_HOME": "/c"}, Path("/home/a")) == Path("/c/systemd/user/watcher.service")


@pytest.mark.parametrize("confined", [True, False, None])
def test_systemd_finds_nothing_to_say_about_the_unit(config: Config, tmp_path: Path, confined: bool | None) -> None:
    analyze = program("systemd-analyze", "systemd")
    file = tmp_path / "watcher.service"
    if confined is None:  # as it ships
        shutil.copy(ROOT / "systemd" / "watcher.service", file)
    else:
        file.write_text(
            unit([sys.executable, "-m", "watcher"], config, os.environ["PATH"], named=True, confined=confined)
        )
    done = subprocess.run(
        [analyze, "verify", "--user", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_runs_from_tmp_gets_no_tmp_of_its_own_which_would_hide_it(config: Config) -> None:
    here = unit(["/tmp/checkout/.venv/bin/watcher"], config, "", named=False)
    assert lines(here, "PrivateTmp=") == []
    assert lines(here, "ProtectSystem=") == ["strict"]
