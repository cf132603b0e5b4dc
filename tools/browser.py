"""What browser tests and measurements share: an installed Chromium, a JupyterLab and a site of their own."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 60


class NoBrowserError(RuntimeError):
    """There is no Chromium or Chrome on this machine."""


def installed_chromium() -> str:
    """The path of an installed Chromium or Chrome; a `NoBrowserError` that says what to install without one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise NoBrowserError("this needs Chromium or Chrome on the PATH (Debian: apt install chromium)")
    return path


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    """A headless Chromium, driven by Playwright."""
    path = installed_chromium()
    root = getattr(os, "geteuid", lambda: 1)() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*CHROMIUM_FLAGS, *(["--no-sandbox"] if root else [])]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def a_lab(home: Path, folder: str | Path) -> Iterator[tuple[str, str]]:
    """Serve `folder` with JupyterLab, whatever this machine's settings; give its address and token."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    folders = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        command.append("--allow-root")
    environment = {**os.environ, **{name: str(place) for name, place in folders.items()}, "JUPYTER_TOKEN": token}
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address, log)
        yield address, token
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or stays silent."""
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            no_proxy.open(f"{address}/api", timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def at_rest(page: Page, place: str = "playground") -> None:
    """Wait until the playground in the element `place` has stopped and drawn its last step, which is a frame later."""
    page.wait_for_function(
        """place => {
          const element = document.getElementById(place);
          const { session } = element.playground;
          const drawn = element.querySelector(".aep-fact-step").textContent.replaceAll(",", "");
          return !session.running && !session.view.running && drawn === String(session.view.step);
        }""",
        arg=place,
    )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def a_site(folder: Path) -> Iterator[str]:
    """Serve a folder as any web server would, on this machine only; give its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
