"""The exercise of the first lesson: learn how an exercise answers."""

from __future__ import annotations

from aecourse.exercises.core import a_number, close, exercise, recognise, wrong

SLIPS = {
    "that is 784 · 16: divide instead of multiplying.": 784 * 16,
    "that is the difference; asked is how many times smaller, so divide.": 784 - 16,
    "28 is one side of the digit; it has 28 × 28 = 784 pixels.": 28 / 16,
    "that compares the difference, 768, with 16; compare the whole digit, 784, with 16.": (784 - 16) / 16,
    "98 % is what is saved; asked is how many times smaller the code is: divide 784 by 16.": 98,
}


@exercise(
    "to say how many times smaller 16 is than 784",
    hints=(
        "How many codes of 16 numbers would fit into the 784 numbers of one digit?",
        "Divide: the numbers of the digit by the numbers of the code.",
        "784 / 16",
    ),
)
def times_smaller(value: object) -> str:
    """Compare the learner's number with 784 / 16."""
    number = a_number(value, "times_smaller")
    if close(number, 16 / 784, tolerance=0.03):
        wrong("you divided the other way round: that is how much is kept. Divide 784 by 16.")
    recognise(number, SLIPS)
    if not close(number, 784 / 16):
        wrong(f"16 numbers, {number:g} times over, are {16 * number:g} numbers; a digit has 784.")
    return "784 / 16 = 49, so 49 codes fit into one digit. That is how an exercise answers."
