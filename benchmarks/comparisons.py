"""Everything that is compared, by name; each module of comparisons has a table `COMPARISONS` of its own."""

from benchmarks import digits, sound
from benchmarks.core import Comparison

COMPARISONS: dict[str, Comparison] = {**digits.COMPARISONS, **sound.COMPARISONS}
