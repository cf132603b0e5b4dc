"""nbval compares what is shown: a display that is empty in the end, as a bar that is gone, is stored in no notebook."""

from __future__ import annotations

from typing import Any

from nbval.plugin import IPyNbCell

compare_all = IPyNbCell.compare_outputs


def shows(output: Any) -> bool:
    """Whether an output is a text, an error, or a display that holds something; the build keeps no others."""
    return "data" not in output or any(str(value).strip() for value in output["data"].values())


def compare_shown(self: IPyNbCell, test: list[Any], ref: list[Any], skip_compare: Any = None) -> bool:
    return compare_all(self, [output for output in test if shows(output)], ref, skip_compare)


IPyNbCell.compare_outputs = compare_shown
