"""The machinery of exercises: three answers, hints, and an answer to whatever a learner passes."""

from __future__ import annotations

import decimal
import fractions
import html

import keras
import numpy as np
import pytest

from aecourse.exercises import validation
from aecourse.exercises.core import (
    RIGHT,
    Answer,
    Exercise,
    a_number,
    an_array,
    call,
    close,
    describe,
    drawn_apart,
    examples,
    exercise,
    recognise,
    recognise_each,
    wrong,
)
from aecourse.exercises.verdicts import NotAttemptedError, WrongError


@exercise("What are 3 pairs?", hints=("Count.", "2 + 2 + 2.", "Six."))
def pairs(n: object) -> str:
    if a_number(n, "n") == 3:
        wrong("3 is the number of pairs.")
    return "six it is." if close(n, 6) else wrong("count again.")


@exercise("Double an array, and give its size.", hints=("a", "b"))
def double(function: object, size: object) -> str:
    x = np.arange(3.0)
    if not close(an_array(call(function, x, name="double"), "the result of double", shape=(3,)), 2 * np.arange(3.0)):
        wrong("these are not the doubles.")
    if a_number(size, "size") != 3:
        wrong("size is another.")
    return "well done."


# -------------------------------------------------------------------------------------------------- the three answers


def test_correct_wrong_not_attempted() -> None:
    assert pairs.grade(6) == Answer("correct", "six it is.")
    assert pairs.grade(3) == Answer("wrong", "3 is the number of pairs.")
    assert pairs.grade(4) == Answer("wrong", "count again.")
    untouched = pairs.grade(...)
    assert untouched.kind == "not attempted"
    assert "What are 3 pairs?" in untouched.message
    assert "pairs.hint()" in untouched.message


def test_the_stub_is_recognised_as_value_as_function_and_among_others() -> None:
    assert double.grade(..., ...).kind == "not attempted"
    assert double.grade(lambda _: ..., 3).kind == "not attempted"
    one_left = double.grade(lambda x: 2 * x, ...)
    assert (one_left.kind, one_left.message) == ("wrong", "size is still the … of the stub.")
    half_done = double.grade(lambda x: x @ ..., 3)
    assert half_done.kind == "wrong"
    assert "Is a … of the stub still there?" in double.grade(lambda _: 2 * ..., 3).message
    assert double.grade(lambda x: 2 * x, 3).kind == "correct"


def test_check_prints_and_returns_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for answer, sign in ((6, "✓ correct: six it is."), (3, "✗ wrong: 3 is the number"), (..., "○ not attempted: ")):
        assert pairs.check(answer) is None
        assert capsys.readouterr().out.startswith(sign)


def test_an_answer_shows_itself_as_text_and_as_html() -> None:
    for kind, sign in (("correct", "✓"), ("wrong", "✗"), ("not attempted", "○"), ("hint", "→")):
        bundle = Answer(kind, "first\nsecond")._repr_mimebundle_()
        assert bundle["text/plain"] == f"{sign} {kind}: first\nsecond" == str(Answer(kind, "first\nsecond"))
        assert f"{sign} {kind}</strong> first<br>second" in bundle["text/html"]
        assert "background:#ffffff;color:#1a1a1a" in bundle["text/html"]


def test_code_in_a_message_looks_like_code_in_a_notebook() -> None:
    page = Answer("hint", "In `x < y` stands a `, and\nhere.")._repr_mimebundle_()["text/html"]
    assert "In <code>x &lt; y</code> stands a `, and<br>here." in page


def test_a_learners_text_cannot_become_markup() -> None:
    evil = "<img src=x onerror=alert(1)>&\"'"
    page = pairs.grade(evil)._repr_mimebundle_()["text/html"]
    assert "<img" not in page
    assert html.escape("<img src=x") in page
    page = double.grade(lambda _: 1 / 0 if False else exec("raise ValueError('<b>')"), 1)._repr_mimebundle_()
    assert "<b>" not in page["text/html"]
    assert "<b>" in page["text/plain"]


# --------------------------------------------------------------------------------------------------------------- hints


def test_hints_come_in_steps_and_the_last_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    fresh = Exercise("task", lambda: "", ("one", "two", "three"))
    for _ in range(5):
        fresh.hint()
    assert capsys.readouterr().out.splitlines() == [
        "→ hint: 1 of 3: one", "→ hint: 2 of 3: two", *["→ hint: 3 of 3: three"] * 3
    ]  # fmt: skip


@pytest.mark.parametrize("hints", [(), ("only one",), "a text"])
def test_fewer_than_two_hints_are_refused(hints: object) -> None:
    with pytest.raises(ValueError, match="hints must hold at least two"):
        Exercise("task", lambda: "", hints)
    with pytest.raises(ValueError, match="hints must hold at least two"):
        exercise("task", hints=hints)(lambda: "")


# ---------------------------------------------------------------------------------------------- the learner's own code


def raise_(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    ("function", "parts"),
    [
        (lambda _: undefined, ["NameError", "'undefined'", "spelled"]),  # noqa: F821
        (lambda _: 1 / 0, ["ZeroDivisionError", "divided by zero"]),
        (lambda x: x[7], ["IndexError", "past the end"]),
        (lambda x: x[0, 0], ["IndexError", "fewer axes than the index asks for"]),
        (lambda x: x.sum(axis=1), ["AxisError", "fewer axes than `axis` asks for"]),
        (lambda x: np.broadcast_to(x, (2, 3)).__setitem__(0, 1), ["ValueError", "make a copy of it first"]),
        (lambda x: 1 if x > 0 else 2, ["ValueError", "not an array"]),
        (lambda x: int("one"), ["ValueError: invalid literal for int() with base 10: 'one'"]),
        (lambda x: x.summe(), ["AttributeError", "check the spelling"]),
        (lambda x: {}["a"], ["KeyError", "print the keys"]),
        (lambda x: x ^ 2, ["TypeError", "Python's power is **, not ^."]),
        (lambda x: x(), ["TypeError", "followed by parentheses"]),
        (lambda x: x @ np.ones((2, 2)), ["ValueError", "print the shapes"]),
        (lambda: 1, ["TypeError", "too many or too few arguments"]),
        (lambda _: raise_(RuntimeError("the model said no")), ["RuntimeError: the model said no"]),
        (lambda _: raise_(AssertionError()), ["AssertionError"]),
        (lambda _: raise_(SystemExit(3)), ["SystemExit: 3"]),
    ],
)
def test_what_the_learners_code_raises_is_explained(function: object, parts: list[str]) -> None:
    answer = double.grade(function, 3)
    assert answer.kind == "wrong"
    for part in ("your code raised", *parts):
        assert part in answer.message


def test_endless_recursion_is_explained() -> None:
    def again(x: object) -> object:
        return again(x)

    assert "calls itself without an end" in double.grade(again, 3).message


def test_an_interrupt_is_an_answer() -> None:
    answer = double.grade(lambda _: raise_(KeyboardInterrupt()), 3)
    assert answer.kind == "wrong"
    assert "loop that never ends" in answer.message


def spoil_array(x: np.ndarray, *_: object) -> int:
    x[0] = -1
    return 1


def spoil_list(_: object, parts: list[np.ndarray], __: object) -> int:
    parts[0][:] = -1
    return 1


def spoil_dict(_: object, __: object, by_name: dict) -> None:
    by_name["v"] = 1


@pytest.mark.parametrize(("function", "argument"), [(spoil_array, "x"), (spoil_list, "parts"), (spoil_dict, "by_name")])
def test_call_notices_what_was_overwritten_and_passes_copies(function: object, argument: str) -> None:
    x, parts, by_name = np.zeros(3), [np.zeros(2)], {"w": np.zeros(2)}
    with pytest.raises(WrongError, match=rf"^spoil overwrites {argument}, which it was given: .*{argument}\.copy\(\)"):
        call(function, x, parts, by_name, name="spoil")
    assert (x.tolist(), len(parts), parts[0].tolist(), by_name["w"].tolist()) == ([0, 0, 0], 1, [0, 0], [0, 0])
    assert list(by_name) == ["w"]


def test_call_notices_a_pandas_table_that_was_overwritten() -> None:
    pd = pytest.importorskip("pandas")

    def sort(table: object) -> object:
        table.sort_values("a", inplace=True)  # type: ignore[attr-defined]
        return table

    table = pd.DataFrame({"a": [2.0, 1.0, np.nan]})
    with pytest.raises(WrongError, match="sort overwrites table"):
        call(sort, table, name="sort")
    assert call(lambda table: table.sort_values("a"), table, name="sort")["a"].tolist()[:2] == [1, 2]


def test_call_leaves_what_holds_nan_and_generators_alone() -> None:
    x, rng = np.array([np.nan, 1.0]), np.random.default_rng()
    assert call(lambda x, rng: rng.random() + x[1], x, rng, name="f") > 0
    assert call(lambda text: text, np.array(["a", None], dtype=object), name="f").tolist() == ["a", None]


def test_call_ends_the_check_without_a_function_or_an_answer() -> None:
    with pytest.raises(WrongError, match=r"f must be a function, and is 3 \(int\)"):
        call(3, name="f")
    with pytest.raises(WrongError, match="f must be a function, and is the class int"):
        call(int, name="f")
    with pytest.raises(WrongError, match="f returns nothing"):
        call(lambda: None, name="f")
    with pytest.raises(NotAttemptedError):
        call(lambda: ..., name="f")


# ------------------------------------------------------------------------------------------------- numbers and arrays

TENSOR = keras.ops.convert_to_tensor([1.0, 2.0])


@pytest.mark.parametrize(
    "value",
    [4, 4.0, np.float32(4), np.int64(4), np.array(4), np.array([[4.0]]), [4], keras.ops.convert_to_tensor(4.0),
     keras.Variable(4.0), fractions.Fraction(4), decimal.Decimal(4), np.array([4], dtype=object)],
)  # fmt: skip
def test_numbers_of_every_kind(value: object) -> None:
    number = a_number(value, "n")
    assert number == 4.0
    assert type(number) is float


@pytest.mark.parametrize("value", [[1, 2], (1.0, 2.0), np.array([1, 2]), TENSOR, [fractions.Fraction(1), 2]])
def test_arrays_of_every_kind(value: object) -> None:
    array = an_array(value, "a", shape=(2,))
    assert array.tolist() == [1, 2]
    assert type(array) is np.ndarray
    assert close(value, [1, 2])


def test_pandas_is_read_as_arrays() -> None:
    pd = pytest.importorskip("pandas")
    for values in (pd.Series([1, 2]), pd.Series([1, 2], index=[5, 3]), pd.Series([1, 2], dtype="Float64")):
        assert an_array(values, "a", shape=(2,)).tolist() == [1, 2]
    assert an_array(pd.DataFrame({"a": [1], "b": [2]}), "a", shape=(1, 2)).tolist() == [[1, 2]]


def test_truth_values_count_as_numbers_where_a_mask_is_asked_for() -> None:
    mask = np.array([True, False])
    assert an_array(mask, "mask", shape=(2,), truth=True).tolist() == [1, 0]
    with pytest.raises(WrongError, match="mask must be an array of numbers, and holds True and False"):
        an_array(mask, "mask", shape=(2,))


class Hostile:
    """Raises whatever it is asked."""

    def _no(self, *_: object, **__: object) -> object:
        raise RuntimeError("no")

    __eq__ = __repr__ = __str__ = __array__ = __len__ = __bool__ = __float__ = __iter__ = __getitem__ = _no  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("no")


class Liar(Hostile):
    """Answers, and wrongly."""

    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]

    def __array__(self, *_: object, **__: object) -> str:  # type: ignore[override]
        return "an array"


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


NO_NUMBERS = [
    "4", b"4", True, np.True_, None, 4j, [1, [2, 3]], [None], [..., ...], {}, {"a": 1}, {1, 2}, object(), int, len,
    np.array([1, None]), np.array(["a"]), np.array([True]), np.datetime64("2020"), 10**400, (i for i in range(3)),
    Hostile(), Liar(), [Hostile()], Hostile, np.zeros(2, "V4"),
]  # fmt: skip


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda v: type(v).__name__)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(WrongError, match=r"^n must be a number, and (is|holds|still holds) "):
        a_number(value, "n")
    with pytest.raises(WrongError, match=r"^a must be an array of numbers, and (is|holds|still holds) "):
        an_array(value, "a", shape=(2,))
    assert close(value, 4) is False


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("4", "is the text '4': leave out the quotes."),
        ("four", "is the text 'four'."),
        (True, "is True, a truth value."),
        ([1, [2, 3]], "is a list whose rows are not equally long."),
        ([1, ...], "still holds a … of the stub."),
        (len, "is a function. Call it: its name, followed by parentheses."),
        (np.array([True]), "holds True and False. The numbers themselves are asked for."),
        (None, "is None (NoneType)."),
        (object(), "is an object."),
        (int, "is the class int."),
        (4j, "is 4j (complex)."),
    ],
)
def test_what_is_no_number_is_refused_by_name(value: object, said: str) -> None:
    with pytest.raises(WrongError) as caught:
        a_number(value, "n")
    assert str(caught.value) == f"n must be a number, and {said}"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, [1.0, np.nan], np.array([np.inf, 1])])
def test_nan_and_infinity_are_refused(value: object) -> None:
    with pytest.raises(WrongError, match="holds NaN or infinity"):
        a_number(value, "n")
    with pytest.raises(WrongError, match="holds NaN or infinity"):
        an_array(value, "a", shape=(2,))
    assert close(value, np.ones(np.shape(value))) is False


def test_the_wrong_shape_is_named() -> None:
    for value in ([1, 2], np.zeros((2, 2)), []):
        with pytest.raises(WrongError, match="n must be one number, and is"):
            a_number(value, "n")
    for value, shape in ((3, "()"), ([1, 2, 3], "(3,)"), (np.zeros((2, 1)), "(2, 1)"), ([], "(0,)")):
        with pytest.raises(WrongError) as caught:
            an_array(value, "a", shape=(2,))
        assert str(caught.value) == f"a must have shape (2,), and has shape {shape}."


def test_close_is_relative_to_what_is_expected() -> None:
    assert close(1000.9, 1000)
    assert not close(1001.1, 1000)
    assert close(1.05, 1, tolerance=0.1)
    assert close(0, 0)
    assert not close(1e-6, 0)
    assert close(np.array([1e-9, 1.0]), [0, 1])
    assert not close([1, 2], [1, 2, 3])
    assert not close([1, 1], 1)
    assert close([], [])


# ------------------------------------------------------------------------------------ slips, drawn apart and recognised


def slips(x: np.ndarray, factor: float) -> dict[str, object]:
    return {RIGHT: factor * x, "that is the sum.": factor + x, "that is x itself.": x}


def test_arguments_are_drawn_until_slips_show() -> None:
    for _ in range(50):
        x, factor = drawn_apart(lambda rng: (rng.integers(0, 3, 2), rng.integers(1, 3)), slips)
        assert factor != 1
        assert x.any()
        assert not close(factor + x, factor * x)
    with pytest.raises(RuntimeError, match="alike on whatever is drawn"):
        drawn_apart(lambda rng: (rng.random(3), 1.0), slips)


def test_a_slip_is_recognised_and_the_right_answer_is_none() -> None:
    answers = slips(np.array([1.0, 3.0]), 2.0)
    for message, value in answers.items():
        if message == RIGHT:
            recognise(value, answers)
        else:
            with pytest.raises(WrongError, match=message):
                recognise(value, answers)
    with pytest.raises(WrongError, match="clipped"):
        recognise([0.0, 1.0], {"clipped": np.array([-1.0, 2.0])}, clipped=True)


def test_a_slip_that_shows_once_may_be_chance_and_is_passed_over() -> None:
    drawn = [slips(np.array([1.0, 3.0]), factor) for factor in (2.0, 3.0)]
    by_chance = list(drawn[0].values())[1], np.zeros(2)
    recognise_each(by_chance, drawn)
    with pytest.raises(WrongError, match="that is the sum"):
        recognise_each([list(answers.values())[1] for answers in drawn], drawn)


def picky(x: np.ndarray) -> np.ndarray:
    return 3 * x.reshape(10, 10).reshape(100)


def test_the_smallest_example_that_is_wrong_is_shown() -> None:
    def triple(x: np.ndarray) -> np.ndarray:
        return 3 * x

    large = np.arange(100.0)
    cases = [((np.zeros(1),), np.zeros(1)), ((np.array([1.0, 2.5]),), np.array([2.0, 5.0])), ((large,), 2 * large)]
    with pytest.raises(WrongError) as caught:
        examples(triple, cases, name="double")
    assert str(caught.value).splitlines() == [
        "double gives something else here.", "x = [1, 2.5]", "expected: [2, 5]", "got: [3, 7.5]"
    ]  # fmt: skip
    assert picky(large).size == 100
    with pytest.raises(WrongError, match="the first difference is at"):
        examples(picky, cases, name="double")
    with pytest.raises(WrongError) as caught:
        examples(lambda x: np.where(x < 50, 2 * x, x), cases, name="double", advice="Halve it.")
    assert str(caught.value).splitlines() == [
        "double gives something else here. Halve it.", "x = an array of shape (100,)",
        "expected: an array of shape (100,)", "got: an array of shape (100,)",
        "the first difference is at [50]: expected 100, got 50",
    ]  # fmt: skip


def test_numbers_that_differ_in_a_late_digit_are_shown_to_differ() -> None:
    with pytest.raises(WrongError, match=r"\nexpected: 1234.5\ngot: 1234$"):
        examples(lambda x: x, [((1234,), 1234.5)], name="same")


def test_a_check_without_what_its_lesson_hands_over_says_so() -> None:
    def nearest(mine: object, *, known: object, new: object) -> str:
        return f"{mine} {known} {new}"

    answer = Exercise("find", nearest, ("one", "two")).grade(1, known=2)
    assert str(answer) == "✗ wrong: the check needs new=… as well, as in the lesson's own cell: run that one."


# -------------------------------------------------------------------------------------------------- trained for a check


def judged(function: object) -> str:
    predict = validation.train(function, name="my_training", flat=True)
    return validation.judge(
        lambda x: float(np.mean((predict(x.reshape(-1, 784)) - x.reshape(-1, 784)) ** 2)),
        name="my_training", target=0.04, advice="Keep more directions.",
    )  # fmt: skip


def by_directions(x: np.ndarray, k: int) -> object:
    mean = x.mean(axis=0)
    directions = np.linalg.eigh(np.cov(x.T))[1][:, -k:].astype("float32")
    return lambda z: mean + (z - mean) @ directions @ directions.T


@pytest.mark.slow
def test_a_training_is_handed_digits_and_judged_on_others() -> None:
    assert judged(lambda x: by_directions(x, 8)).endswith("on the test digits")
    assert judged(lambda x: by_directions(x, 8)) == judged(lambda x: by_directions(x, 8))
    with pytest.raises(WrongError, match=r"of 0\.0\d+ on the digits that were kept back; below 0\.04 is asked. Keep"):
        judged(lambda x: by_directions(x, 2))


@pytest.mark.slow
def test_a_network_that_was_trained_on_the_lessons_digits_gives_itself_away() -> None:
    of_the_lesson = by_directions(validation.split_digits()[0][0].reshape(-1, 784), 8)
    with pytest.raises(WrongError, match=r"trained on the lesson's digits: train on the argument of my_training"):
        judged(lambda _: of_the_lesson)
    with pytest.raises(WrongError, match=r"my_training must be a function, and is .*\. The check trains with it"):
        judged([1, 2])


def test_what_is_no_autoencoder_is_named_and_the_way_to_one_is_shown() -> None:
    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(4)(keras.layers.Dense(2)(x)))
    with pytest.raises(WrongError, match=r"Autoencoder\(encoder, decoder\) makes one .* meet in the 2 numbers"):
        validation.an_autoencoder(model, "my_model", code=2)
    with pytest.raises(WrongError, match=r"is what fit returns, the history of the losses"):
        validation.a_model(keras.callbacks.History(), "my_model")
    with pytest.raises(WrongError, match=r"start it with keras.Input"):
        validation.a_model(keras.Sequential([keras.layers.Dense(2)]), "my_model")
    parts = keras.Model(x, keras.layers.Dense(3)(x)), keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    with pytest.raises(WrongError, match=r"must hold 2 numbers, shape \(2,\), and has shape \(3,\)"):
        validation.an_autoencoder(validation.Autoencoder(*parts), "my_model", code=2)
    with pytest.raises(WrongError, match=r"must take inputs of shape \(28, 28, 1\), and takes \(4,\)"):
        validation.an_autoencoder(validation.Autoencoder(*parts), "my_model", code=3)
    autoencoder = validation.an_autoencoder(validation.Autoencoder(*parts), "my_model", code=3, takes=None)
    assert autoencoder.encoder is parts[0]


def test_describe_is_short() -> None:
    assert describe(np.zeros((3, 4))) == "an array of shape (3, 4)"
    assert describe("four") == "'four' (str)"
    assert len(describe(list(range(1000)))) < 80
    assert describe(Hostile()) == "something that cannot be printed"
    assert describe(len) == describe(lambda: 1) == "a function"
    assert describe(True) == "True, a truth value"
    assert describe(TENSOR).endswith("of shape (2,)")


STRANGE = [*NO_NUMBERS, np.nan, [], np.zeros((2, 0)), Hostile, UnprintableError(), lambda: None, type, NotImplemented]


@pytest.mark.parametrize("value", STRANGE, ids=lambda v: type(v).__name__)
def test_grade_has_an_answer_for_whatever_is_passed(value: object) -> None:
    answers = [
        pairs.grade(value),
        double.grade(value, 3),
        double.grade(lambda x: 2 * x, value),
        double.grade(lambda _: value, 3),
        double.grade(lambda _: raise_(UnprintableError()), value),
        double.grade(value),
        double.grade(value, value, value),
    ]
    for answer in answers:
        assert answer.kind == "wrong"
        assert answer.message
        assert answer._repr_mimebundle_()["text/html"]


# ---------------------------------------------------------------------------------------------------------- in a kernel


@pytest.mark.slow
def test_an_endless_loop_can_be_stopped_and_is_answered(kernel) -> None:
    setup = """
from aecourse.exercises.core import Exercise, call, wrong
endless = Exercise("task", lambda f: str(call(f, name="f")), ("one", "two"))
def learner():
    print("looping", flush=True)
    while True:
        pass
"""
    assert kernel.run(setup) == ("ok", "")
    status, text = kernel.run("endless.check(learner)", interrupt_when=lambda text: "looping" in text)
    assert status == "ok", text
    assert "✗ wrong: you stopped the check while your code was running" in text
    assert kernel.run("endless.check(lambda: 'done')") == ("ok", "✓ correct: done")
    status, text = kernel.run("endless.check(lambda: 1 / 0)")
    assert status == "ok"
    assert "ZeroDivisionError" in text
    assert "It happened in line 1 of your cell: endless.check(lambda: 1 / 0)" in text
    assert kernel.run("endless.hint()") == ("ok", "→ hint: 1 of 2: one")
