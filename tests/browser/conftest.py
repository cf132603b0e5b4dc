"""Tests in a browser are skipped where there is none, unless AECOURSE_BROWSER=required says that there must be one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.playground_page import ROOT, Visits
from tools.browser import NoBrowserError, a_browser, a_site, installed_chromium


@pytest.fixture(scope="session")
def chromium() -> str:
    try:
        return installed_chromium()
    except NoBrowserError as error:
        pytest.fail(str(error)) if os.environ.get("AECOURSE_BROWSER") == "required" else pytest.skip(str(error))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the playground's page, served from the repository."""
    with a_site(ROOT) as address:
        yield f"{address}/playground/index.html"


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visits]:
    """Opens the playground's page; fails at the end when it reported an error."""
    visits = Visits(browser, site)
    yield visits
    visits.end()
