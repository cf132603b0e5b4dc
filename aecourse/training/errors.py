"""What a training says when Keras or its backend fail inside: their errors fill pages, in colours, with the code."""

from __future__ import annotations

import re

from aecourse.checks import first_words

LONG = 600  # letters


def in_our_words(error: Exception) -> Exception:
    """The error itself where it is short and plain; otherwise one that says what it means in a line."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    backends = ("tensorflow", "jax", "jaxlib")
    foreign = type(error).__module__.partition(".")[0] in backends
    pages = ("Exception encountered when calling", "Graph execution error", "in user code")
    if len(text) <= LONG and not foreign and not text.startswith(pages) and text == str(error).strip():
        return error
    words = f"the training failed inside the network or its loss: {_meaning(text)}"
    if "ResourceExhausted" in type(error).__name__ or "RESOURCE_EXHAUSTED" in text or "OOM" in text:
        return MemoryError(f"{words}. A smaller batch_size or network needs less memory")
    return TypeError(words) if isinstance(error, TypeError) else ValueError(words)


def _meaning(text: str) -> str:
    """The line that says what happened."""
    place = re.match(r"Exception encountered when calling ([^\n]{1,80}?)\.?\n", text)
    if place:
        rest = [line.strip() for line in text.splitlines()[1:] if line.strip()]
        if rest and rest[0].startswith(("in user code", "Exception encountered")):
            return f"in {place[1]}, {_meaning(chr(10).join(rest))}"
        return f"in {place[1]}, {first_words(ValueError(rest[0] if rest else ''))}"
    lines = [line.strip() for line in text.splitlines() if line.strip() and "[[{{node" not in line]
    if text.startswith("Graph execution error"):
        after = [line for line in lines if not line.startswith(("File ", "Detected at", "<stack traces", "Graph exec"))]
        return first_words(ValueError(after[-1] if after else "graph execution error"))
    if text.startswith("in user code"):
        said = [line for line in lines if re.match(r"\w*(Error|Exception)\b", line)]
        return first_words(ValueError(said[-1] if said else lines[-1]))
    return first_words(ValueError(text))
