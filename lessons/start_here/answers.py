"""Likely mistakes, each with a piece of the answer that it gets, and other right answers."""

REFUSED = {
    "times_smaller": [
        (lambda: (16 / 784,), "other way round"),
        (lambda: (768,), "difference"),
        (lambda: (1.75,), "28 × 28"),
        (lambda: (50,), "800"),
        (lambda: ("49",), "must be a number"),
    ],
}

ACCEPTED = {
    "times_smaller": [lambda: (49,), lambda: (28 * 28 // 16,), lambda: (1 / (16 / 784),)],
}
