"""Damage done on purpose: pure functions that take an array and a seed and return a damaged copy.

`seed` is a whole number, or a NumPy `Generator` that moves on with each call (fresh damage in every epoch of a
training). The input stays as it is.
"""

from aecourse.corruption.images import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.corruption.pages import scan_badly
from aecourse.corruption.sound import babble, hum, mix_at_snr, siren, white_noise
from aecourse.corruption.watermarks import add_watermark

__all__ = [
    "add_gaussian_noise",
    "add_salt_and_pepper",
    "add_watermark",
    "babble",
    "hum",
    "mask_block",
    "mix_at_snr",
    "scan_badly",
    "siren",
    "white_noise",
]
