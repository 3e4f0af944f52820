"""What make run and manage.py put around a command: its database, its role, its settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from council_hms import launch

CHECKOUT = Path(__file__).resolve().parents[2]
GIVEN = "postgresql://app:x@db.example/budgets"
OWNED = "postgresql://owner:x@db.example/budgets"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """An environment with a state folder and nothing else."""
    environment = {"COUNCIL_HMS_STATE": str(tmp_path / "state"), "PATH": os.environ["PATH"]}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(launch, "CHECKOUT", tmp_path)
    return environment


def test_given_database_is_used_and_nothing_is_started(
    bare: dict[str, str], tmp_path: Path
) -> None:
    bare["DATABASE_URL"] = GIVEN
    with launch.surroundings_of_command(["verify"]):
        assert bare["DATABASE_URL"] == GIVEN
        assert "SECRET_KEY" not in bare  # in earnest a key is given, not made up
    assert not (tmp_path / "state").exists()


def test_commands_that_change_tables_run_as_the_owner(bare: dict[str, str]) -> None:
    bare |= {"DATABASE_URL": GIVEN, "DATABASE_OWNER_URL": OWNED}
    with launch.surroundings_of_command(["migrate"]):
        assert bare["DATABASE_URL"] == OWNED
        assert bare["DATABASE_APP_ROLE"] == "app"


def test_env_file_names_the_database(bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"DATABASE_URL={GIVEN}\n")
    with launch.surroundings_of_command(["verify"]):
        assert bare["DATABASE_URL"] == GIVEN


@pytest.mark.parametrize("words", [[], ["check"], ["--version"], ["migrate", "--help"]])
def test_commands_that_touch_no_table_start_no_server(
    bare: dict[str, str], tmp_path: Path, words: list[str]
) -> None:
    with launch.surroundings_of_command(words):
        assert "DATABASE_URL" not in bare
    assert not (tmp_path / "state" / "postgres").exists()


def test_key_of_a_trial_copy_is_made_once_and_kept_private(
    bare: dict[str, str], tmp_path: Path
) -> None:
    launch.fill_in_for_trial()
    first = bare.pop("SECRET_KEY")
    launch.fill_in_for_trial()
    assert bare["SECRET_KEY"] == first
    assert len(first) >= 50
    assert (tmp_path / "state" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert bare["SECURE"] == "False"


def test_trial_copy_keeps_what_is_set(bare: dict[str, str]) -> None:
    bare |= {"SECRET_KEY": "mine", "SECURE": "True"}
    launch.fill_in_for_trial()
    assert (bare["SECRET_KEY"], bare["SECURE"]) == ("mine", "True")


def test_busy_port_gives_way_to_the_next_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        chosen = launch.free_port(port)
    assert chosen > port
    assert f"Port {port} is in use: taking {chosen}" in capsys.readouterr().err


def test_reset_never_touches_a_given_database(bare: dict[str, str]) -> None:
    bare["DATABASE_URL"] = GIVEN
    with pytest.raises(SystemExit, match="not ours to delete"):
        launch.reset()


def test_static_files_are_collected_again_when_one_changes(
    bare: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_text("a")
    assert not launch.static_files_are_current()
    (tmp_path / "staticfiles").mkdir()
    launch._static_mark().write_text(launch._static_sum())
    assert launch.static_files_are_current()
    (tmp_path / "static" / "site.css").write_text("ab")
    assert not launch.static_files_are_current()


def test_wrong_setting_stops_the_start_with_its_name() -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=CHECKOUT,
        env={"SECRET_KEY": "x", "SECURE": "yes", "DATABASE_URL": GIVEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert "SECURE is 'yes': set it to True or False" in answer.stderr
