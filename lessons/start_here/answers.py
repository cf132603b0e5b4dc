"""Wrong answers, each with what the learner reads, and right ones."""

REFUSED = {
    "times_smaller": [
        (lambda: (16 / 784,), "you divided the other way round: that is how much is kept. Divide 784 by 16."),
        (lambda: (0.02,), "you divided the other way round: that is how much is kept. Divide 784 by 16."),
        (lambda: (784 * 16,), "that is 784 · 16: divide instead of multiplying."),
        (lambda: (768,), "that is the difference; asked is how many times smaller, so divide."),
        (lambda: (1.75,), "28 is one side of the digit; it has 28 × 28 = 784 pixels."),
        (
            lambda: (768 / 16,),
            "that compares the difference, 768, with 16; compare the whole digit, 784, with 16.",
        ),
        (
            lambda: (98,),
            "98 % is what is saved; asked is how many times smaller the code is: divide 784 by 16.",
        ),
        (lambda: (50,), "16 numbers, 50 times over, are 800 numbers; a digit has 784."),
        (lambda: ("49",), "times_smaller must be a number, and is the text '49': leave out the quotes."),
        (lambda: ("49 times",), "times_smaller must be a number, and is the text '49 times'."),
        (lambda: (True,), "times_smaller must be a number, and is True, a truth value."),
        (lambda: ((784, 16),), "times_smaller must be one number, and is (784, 16) (tuple)."),
        (
            lambda: (lambda: 784 / 16,),
            "times_smaller must be a number, and is a function. Call it: its name, followed by parentheses.",
        ),
        (lambda: (float("inf"),), "times_smaller holds NaN or infinity. Is something divided by zero?"),
    ],
}

ACCEPTED = {
    "times_smaller": [
        lambda: (49,),
        lambda: (28 * 28 // 16,),
        lambda: (1 / (16 / 784),),
        lambda: ([49.0],),
    ],
}

# Right where the numbers are drawn for a student.
OWN = {"times_smaller": [lambda code: (784 / code,), lambda code: (round(784 / code, 2),)]}
