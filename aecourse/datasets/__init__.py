"""The course's data: embedded real files, verified before use, all returned in one shape.

Every loader returns `(x_train, y_train), (x_test, y_test)`. Its default reads a file embedded in this package, or
simulates, and needs no network; where a fuller public set exists, the loader fetches it once into Keras's cache, or
reads a file of your own.
"""

from aecourse.datasets.digits import Split, load_digits
from aecourse.datasets.photos import load_photos
from aecourse.datasets.simulation import simulate_transactions
from aecourse.datasets.speech import SPEAKERS, SPEECH_RATE, load_speech
from aecourse.datasets.transactions import load_transactions
from aecourse.datasets.weights import load_weights

__all__ = [
    "SPEAKERS",
    "SPEECH_RATE",
    "Split",
    "load_digits",
    "load_photos",
    "load_speech",
    "load_transactions",
    "load_weights",
    "simulate_transactions",
]
