"""Likely mistakes in lesson 00 and a piece of the answer to each."""

WRONG = {
    "times_smaller": [
        (lambda: (16 / 784,), "other way round"),
        (lambda: (768,), "difference"),
        (lambda: (1.75,), "28 × 28"),
        (lambda: (50,), "800"),
        (lambda: ("49",), "must be a number"),
    ],
}
