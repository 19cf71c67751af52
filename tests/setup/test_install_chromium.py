"""Where there is no browser, `make test` installs one from npm, and says so before it does."""

import platform
import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tools import install_chromium

H264 = 'video/mp4; codecs="avc1.64001f, mp4a.40.2"'
CAN_PLAY = "type => document.createElement('video').canPlayType(type)"


@pytest.fixture
def no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser and without apt; its PATH is the folder that is returned."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(install_chromium, "ON_A_MAC", tmp_path / "none")
    monkeypatch.setattr(install_chromium, "DEBIAN", tmp_path / "none")
    monkeypatch.setattr(install_chromium, "FOLDER", tmp_path / "chromium")
    return programs


def test_chromium_from_npm_plays_the_clips(tmp_path: Path) -> None:
    if not install_chromium._runs_from_npm():
        pytest.skip("There is no Node with npm, or this is not Linux on x86-64.")
    folder = tmp_path / "chromium"

    install_chromium.install_from_npm(folder)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=folder / "launch", args=["--no-sandbox"]
        )
        assert browser.new_page().evaluate(CAN_PLAY, H264) == "probably"
        browser.close()
    shutil.rmtree(folder)


def test_without_a_way_to_install_chromium_the_message_says_what_to_install(
    no_browser: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install_chromium.main() == 0

    assert "apt-get install chromium" in capsys.readouterr().err


def test_the_command_prints_what_it_installs_and_why_it_fails(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("node", "npm"):
        program = no_browser / name
        program.write_text("#!/bin/sh\necho No registry answers. >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(sys, "platform", "linux")

    assert install_chromium.main() == 0

    printed = capsys.readouterr()
    assert "Installing Chromium from npm" in printed.out
    assert "could not be installed by npm: No registry answers." in printed.err
    assert not (no_browser.parent / "chromium").exists()
