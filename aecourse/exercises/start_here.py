"""The exercise of the first lesson: learn how an exercise answers."""

from __future__ import annotations

from aecourse.exercises.core import Drawn, a_number, close, exercise, recognise, wrong


def _slips(code: int) -> dict[str, object]:
    saved = 100 * (1 - code / 784)
    return {
        f"that is 784 · {code}: divide instead of multiplying.": 784 * code,
        "that is the difference; asked is how many times smaller, so divide.": 784 - code,
        "28 is one side of the digit; it has 28 × 28 = 784 pixels.": 28 / code,
        f"that compares the difference, {784 - code}, with {code}; compare the whole digit, 784, with {code}.": (
            784 - code
        )
        / code,
        f"{saved:.0f} % is what is saved; asked is how many times smaller the code is: divide 784 by {code}.": round(
            saved
        ),
    }


@exercise(
    "to say how many times smaller 16 is than 784",
    hints=(
        "How many codes of 16 numbers would fit into the 784 numbers of one digit?",
        "Divide: the numbers of the digit by the numbers of the code.",
        "784 / 16",
    ),
    drawn=Drawn("to say how many times smaller {code} is than 784", {"code": [*range(5, 16), *range(17, 100)]}),
)
def times_smaller(value: object, *, code: int = 16) -> str:
    """Compare the learner's number with 784 / 16, or with the size of a code that was drawn for them."""
    number = a_number(value, "times_smaller")
    if close(number, code / 784, tolerance=0.03):
        wrong(f"you divided the other way round: that is how much is kept. Divide 784 by {code}.")
    recognise(number, _slips(code))
    if not close(number, 784 / code):
        wrong(f"{code} numbers, {number:g} times over, are {code * number:g} numbers; a digit has 784.")
    times = f"{784 / code:.4g}"
    return f"784 / {code} = {times}, so {times} codes fit into one digit. That is how an exercise answers."
