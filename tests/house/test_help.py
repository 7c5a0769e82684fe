"""What the help says, the README says too, and every command that either names exists."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from watcher.cli.arguments import parser
from watcher.config.loading import examine

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> Mapping[str, argparse.ArgumentParser]:
    (action,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    found: Mapping[str, argparse.ArgumentParser] = action.choices
    return found


def helps() -> dict[str, str]:
    (action,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    return {choice.dest: choice.help or "" for choice in action._choices_actions}


def test_every_command_stands_in_the_help_and_in_the_readme_in_the_same_words() -> None:
    table = dict(re.findall(r"^\| `watcher (\w+)` \| (.+?) \|$", README, re.MULTILINE))
    assert table == helps()
    assert set(table) == set(commands())


def test_the_readme_names_no_command_or_option_that_is_not_there() -> None:
    known = commands()
    for name in re.findall(
        r"\bwatcher ([a-z]+)\b(?= |`|$)", "\n".join(re.findall(r"^watcher .*$|`watcher [^`]*`", README, re.M))
    ):
        assert name in known, name
    for name, option in re.findall(r"watcher (\w+) (--[\w-]+)", README):
        if name in known:
            assert option in known[name].format_help()


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_help_of_a_command_fits_a_terminal_and_explains_each_option(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = commands()[name].format_help()
    assert max(map(len, text.splitlines())) <= 80
    for action in commands()[name]._actions:
        assert action.help


def test_the_example_config_of_the_readme_loads(tmp_path: Path) -> None:
    (tmp_path / "Mail").mkdir()
    blocks = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    text = "\n".join(blocks)
    tomllib.loads(text)
    config, faults = examine(text, tmp_path / "config.toml", {"HOME": str(tmp_path)})
    assert not faults.problems
    assert [account.name for account in config.accounts] == ["personal", "local"]
