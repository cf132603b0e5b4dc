"""Tests in a browser are skipped where there is none, unless AECOURSE_BROWSER=required says that there must be one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tools.browser import NoBrowserError, a_browser, installed_chromium


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
