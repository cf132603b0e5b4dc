"""The course's data: embedded real files, verified before use, all returned in one shape.

Every loader returns `(x_train, y_train), (x_test, y_test)`. Its default reads a file embedded in this package and
needs no network; where a fuller public set exists, the loader fetches it once into Keras's cache, or reads a file of
your own.
"""

from aecourse.datasets.digits import Split, load_digits
from aecourse.datasets.speech import SPEAKERS, SPEECH_RATE, load_speech

__all__ = ["SPEAKERS", "SPEECH_RATE", "Split", "load_digits", "load_speech"]
