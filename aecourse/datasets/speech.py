"""Speech: two seconds each of 230 telephone announcements by four speakers, at 8 kHz."""

from __future__ import annotations

import numpy as np

from aecourse.datasets.digits import Pair, Split
from aecourse.datasets.embedded import arrays

SPEECH_RATE = 8000  # samples a second
SPEAKERS = ("Allison", "June", "Carlo", "ivrvoice.ru")
_TEST = 24  # the last of the first speaker's recordings; as many before them are to choose on


def load_speech() -> Split:
    """Load two-second pieces of speech, from a file embedded in the package, with three speakers kept for the test.

    To train on, there are 176 pieces of one speaker, Allison; their order is random, and `split_speech`
    takes the last 24 apart, to choose on. The test data hold 24 more pieces of hers and 10 each of three speakers who
    are nowhere else. Each piece comes from a recording of its own: no recording is on both sides, though some sentences
    share words.

    Returns:
        `(x_train, y_train), (x_test, y_test)`. Sounds are float32 with shape `(n, 16000)`, in [-1, 1]: 2 seconds at
        8000 samples a second, at the level they were recorded. `y` is int64 with shape `(n,)` and names the speaker: 0
        Allison (English), 1 June (French), 2 Carlo (Italian), 3 the woman of ivrvoice.ru (Russian). All of `y_train`
        is 0.

    Raises:
        FileNotFoundError: The embedded file is missing.
        ValueError: The embedded file is damaged.

    Source: The core sounds of Asterisk, read by Allison Smith and June Wallack (CC BY-SA 3.0), Carlo Flora and the
    voice of ivrvoice.ru (CC BY 3.0). `aecourse/data/sources.toml` says how the embedded file was made.

    Example:
        >>> from aecourse.datasets import load_speech
        >>> (x_train, y_train), (x_test, y_test) = load_speech()
        >>> x_train.shape, x_test.shape, np.bincount(y_test).tolist()
        ((176, 16000), (54, 16000), [24, 10, 10, 10])
    """
    x, y = _pieces("speech.npz")
    cut = int((y == 0).sum()) - _TEST
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def split_speech() -> tuple[Pair, Pair, Pair]:
    """Load the speech in three parts: to fit models on, to choose among them, and to judge the chosen one.

    Returns:
        `(x_fit, y_fit), (x_valid, y_valid), (x_test, y_test)`, each as in `load_speech`: 152 and 24 pieces of Allison,
        and the 54 test pieces.

    Example:
        >>> [len(x) for x, _ in split_speech()]
        [152, 24, 54]
    """
    (x, y), test = load_speech()
    return (x[:-_TEST], y[:-_TEST]), (x[-_TEST:], y[-_TEST:]), test


def load_low_voices() -> Pair:
    """Load two-second pieces of speech by low voices, to judge on: no voice of `load_speech` is among them.

    Returns:
        `(x, y)`: sounds as in `load_speech`, shape `(14, 16000)`, and int64 with shape `(14,)`: 0 the reader of a book,
        about 96 hertz (9 pieces), 1 the short recordings that a speech recogniser is tested on, about 114 (5).

    Raises:
        FileNotFoundError: The embedded file is missing.
        ValueError: The embedded file is damaged.

    Source: The test data of pocketsphinx (BSD-2-Clause), among them *Sense and Sensibility* as read for LibriVox
    (public domain). `aecourse/data/sources.toml` says how the embedded file was made.

    Example:
        >>> x, y = load_low_voices()
        >>> x.shape, np.bincount(y).tolist()
        ((14, 16000), [9, 5])
    """
    return _pieces("low_voices.npz")


def _pieces(name: str) -> Pair:
    """The sounds of an embedded file, and who speaks."""
    stored = arrays(name)
    levels = stored["levels"].astype(np.float32) / np.float32(32768)
    return levels[stored["codes"]], stored["speakers"].astype(np.int64)
