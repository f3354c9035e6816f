"""The installed Chromium, driven by Playwright, and axe-core; no browser is downloaded."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("MESOPLAN_CHROMIUM") or shutil.which("chromium") or ""
AXE = Path(
    os.environ.get("MESOPLAN_AXE") or Path(__file__).parents[2] / "node_modules" / "axe-core"
)
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_LEAF = re.compile(rb"/Type\s*/Page\b(?!s)")


def missing() -> str | None:
    """Say what is not installed, and how to install it."""
    if importlib.util.find_spec("playwright") is None:
        return "Playwright is missing: pip install playwright"
    if not CHROMIUM:
        return "Chromium is missing: apt-get install chromium, or set MESOPLAN_CHROMIUM"
    if not (AXE / "axe.min.js").is_file():
        return "axe-core is missing: npm install --no-save axe-core, or set MESOPLAN_AXE"
    return None


@contextmanager
def opened() -> Iterator[Browser]:
    """Start Chromium with a profile of its own, and stop it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not on every machine

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


def pages_in(pdf: bytes) -> int:
    """Count the pages of a PDF that Chromium wrote."""
    return len(_LEAF.findall(pdf))
