"""Chromium and LibreOffice for the tests. Where one is missing its tests are left out, in CI they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from council_hms.models import User

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Otherwise LibreOffice believes the values that a workbook brings along, and proves nothing.
RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def path_of(*names: str, package: str) -> str:
    """Where a program is, under the first of its names that is found."""
    for name in names:
        if found := shutil.which(name):
            return found
    message = f"{names[0]} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run; ask it for a ``new_context()``."""
    path = path_of("chromium", "chromium-browser", "google-chrome", package="chromium")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of its own for each test, 1280 wide, nobody signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    """A page in the window."""
    return window.new_page()


def sign_in(page: Page, address: str, person: User) -> None:
    """Let a person be signed in in the page's window, without the form."""
    session = Client()
    session.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )


#: Level A and AA of WCAG 2.2 as axe knows them.
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, one line each."""
    found = Axe().run(page, options={"runOnly": WCAG_22_AA})
    return [
        f"{page.url} at {(page.viewport_size or {}).get('width')}: {fault['id']} {fault['nodes'][0]['target']}"
        for fault in found.response["violations"]
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


@pytest.fixture
def recalculated(tmp_path: Path) -> Callable[[Path], Path]:
    """Opens a workbook in LibreOffice, recalculates all of it and saves it: the path of the copy."""
    path = path_of("soffice", "libreoffice", package="libreoffice-calc-nogui")

    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS)

    def convert(workbook: Path) -> Path:
        folder = tmp_path / "recalculated"
        subprocess.run(
            [
                path,
                f"-env:UserInstallation=file://{tmp_path}/profile",  # two may run at once
                "--headless",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                str(folder),
                str(workbook),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return folder / f"{workbook.stem}.xlsx"

    return convert


@pytest.fixture
def saved_by_libreoffice(tmp_path: Path) -> Callable[[bytes, str], bytes]:
    """Gives a workbook's content in another format, as LibreOffice saves it: ``ods`` or ``xls``."""
    path = path_of("soffice", "libreoffice", package="libreoffice-calc-nogui")

    def convert(workbook: bytes, suffix: str) -> bytes:
        source = tmp_path / "given.xlsx"
        source.write_bytes(workbook)
        subprocess.run(
            [
                path,
                f"-env:UserInstallation=file://{tmp_path}/profile",
                "--headless",
                "--convert-to",
                suffix,
                "--outdir",
                str(tmp_path),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return (tmp_path / f"given.{suffix}").read_bytes()

    return convert
