"""Everything that is compared, by name; each module of comparisons has a table `COMPARISONS` of its own."""

from benchmarks import anomalies, digits, fraud, sound, watermarks
from benchmarks.core import Comparison

COMPARISONS: dict[str, Comparison] = {
    **digits.COMPARISONS,
    **watermarks.COMPARISONS,
    **anomalies.COMPARISONS,
    **fraud.COMPARISONS,
    **sound.COMPARISONS,
}
