"""What several test files share: a live Jupyter kernel."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

LONG_EXAMPLES = re.compile(r"^aecourse\.(applications|datasets|training)\.")

os.environ["AECOURSE_RECORD"] = "off"  # what tests solve is nobody's record


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The examples of functions that need a network, a large table or an engine are no quick tests."""
    for item in items:
        if isinstance(item, pytest.DoctestItem) and LONG_EXAMPLES.search(item.name):
            item.add_marker(pytest.mark.slow)


@dataclass
class Kernel:
    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str, interrupt_when: Callable[[str], bool] = lambda _: False) -> tuple[str, str]:
        """Run a cell; press the stop button once, when a printed or displayed text satisfies `interrupt_when`.

        Returns the cell's status ("ok" or "error") and all the text that it printed and displayed.
        """
        texts: list[str] = []
        pressed = False

        def listen(message: dict) -> None:
            nonlocal pressed
            content = message["content"]
            text = content.get("text") or content.get("data", {}).get("text/plain", "")
            texts.append("\n".join(content["traceback"]) if "traceback" in content else text)
            if not pressed and interrupt_when(text):
                pressed = True
                self.manager.interrupt_kernel()

        reply = self.client.execute_interactive(code, output_hook=listen, timeout=90)
        return reply["content"]["status"], "\n".join(filter(None, texts))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=90)
    yield Kernel(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
