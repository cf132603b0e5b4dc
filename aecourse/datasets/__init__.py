"""The course's data: embedded real files, verified before use, all returned in one shape.

Every loader returns `(x_train, y_train), (x_test, y_test)`. Its default reads a file embedded in this package, or
simulates, and needs no network; where a fuller public set exists, the loader fetches it once into Keras's cache, or
reads a file of your own. For each dataset a function `split_…` says what models are fitted on, what they are chosen on,
and what they are judged on.
"""

from aecourse.datasets.digits import Pair, Split, load_digits, split_digits
from aecourse.datasets.land import (
    MATERIALS,
    SATELLITE_BANDS,
    load_satellite,
    load_spectra,
    spectra_places,
    split_spectra,
    wavelengths,
)
from aecourse.datasets.pages import load_known_pages, load_readings, split_pages
from aecourse.datasets.patches import load_patches, split_patches
from aecourse.datasets.photos import load_photos, split_photos
from aecourse.datasets.simulation import simulate_transactions
from aecourse.datasets.speech import SPEAKERS, SPEECH_RATE, load_low_voices, load_speech, split_speech
from aecourse.datasets.texts import (
    Paper,
    Query,
    Sense,
    load_glosses,
    load_papers,
    load_word_pairs,
    split_glosses,
    wordnet_licence,
)
from aecourse.datasets.transactions import load_transactions, split_days

__all__ = [
    "MATERIALS",
    "SATELLITE_BANDS",
    "SPEAKERS",
    "SPEECH_RATE",
    "Pair",
    "Paper",
    "Query",
    "Sense",
    "Split",
    "load_digits",
    "load_glosses",
    "load_known_pages",
    "load_low_voices",
    "load_papers",
    "load_patches",
    "load_photos",
    "load_readings",
    "load_satellite",
    "load_spectra",
    "load_speech",
    "load_transactions",
    "load_word_pairs",
    "simulate_transactions",
    "spectra_places",
    "split_days",
    "split_digits",
    "split_glosses",
    "split_pages",
    "split_patches",
    "split_photos",
    "split_spectra",
    "split_speech",
    "wavelengths",
    "wordnet_licence",
]
