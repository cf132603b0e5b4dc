"""Speech: two seconds each of 230 telephone announcements by four speakers, at 8 kHz."""

from __future__ import annotations

import io

import numpy as np

from aecourse.datasets import files
from aecourse.datasets.digits import Split

SPEECH_RATE = 8000  # samples a second
SPEAKERS = ("Allison", "June", "Carlo", "ivrvoice.ru")
_TEST = 24  # the last of the first speaker's recordings


def load_speech() -> Split:
    """Load two-second pieces of speech, from a file embedded in the package, with three speakers kept for the test.

    To train on, there are 176 pieces of one speaker, Allison; their order is random, so the last 24 serve as validation
    data. The test data hold 24 more pieces of hers and 10 each of three speakers who are nowhere else. Each piece comes
    from a recording of its own: no recording is on both sides, though some sentences share words.

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
    with np.load(io.BytesIO(files.embedded("speech.npz")), allow_pickle=False) as archive:
        codes, levels, speakers = archive["codes"], archive["levels"], archive["speakers"]
    x = (levels.astype(np.float32) / np.float32(32768))[codes]
    y = speakers.astype(np.int64)
    cut = int((y == 0).sum()) - _TEST
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
