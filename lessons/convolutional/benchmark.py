"""The comparison of the convolutional network: beside PyImageSearch's, and beside the course's dense one."""

from __future__ import annotations

import time

from aecourse.backend import keras
from aecourse.recipes.convolutional import train_conv, twice
from aecourse.recipes.dense_keras import RECIPES, train_dense
from benchmarks import published
from benchmarks.core import Ask, SideBySide, Task, Train, Trained, of_keras


def convolutional(epochs: int) -> Train:
    """The lesson's network, trained for so many epochs."""
    return lambda task: of_keras(train_conv(task.x, epochs, task.rng))


def pyimagesearch(epochs: int) -> Train:
    """PyImageSearch's network, trained for so many epochs."""
    return lambda task: of_keras(published.pyimagesearch_conv(task.x, epochs=epochs))


def dense(epochs: int) -> Train:
    """The dense network of the course with 16 numbers, trained for so many epochs."""
    return lambda task: of_keras(train_dense(task.x, 16, **{**RECIPES[16], "epochs": epochs}))


def dense_with_copies(epochs: int) -> Train:
    """The same with the shifted digits of the convolutional network, which make an epoch twice as long."""
    return lambda task: of_keras(train_dense(twice(task.x, task.rng), 16, **{**RECIPES[16], "epochs": epochs}))


def dense_in_the_same_seconds(task: Task) -> Trained:
    """The dense network of the course, trained on shifted digits, too, and as long as the model before it."""

    def seconds(epochs: int) -> float:
        began = time.perf_counter()
        dense_with_copies(epochs)(task)
        return time.perf_counter() - began

    # Two trials tell the epochs' share from the preparation's, which a longer training pays only once.
    short, long = seconds(5), seconds(20)
    an_epoch = max((long - short) / 15, short / 200)  # on a busy machine the difference can be anything
    epochs = max(1, round(5 + (task.before[-1].seconds - short) / an_epoch))
    keras.utils.set_random_seed(task.seed)
    task.began = time.perf_counter()  # the trials above do not count
    return dense_with_copies(epochs)(task)


SHORT, LONG = "convolutional, 16 numbers, 3 epochs (lesson)", "convolutional, 16 numbers, 8 epochs (lesson)"
PYIMAGESEARCH, DENSE = "PyImageSearch, 16 numbers, 5 epochs", "dense, shifted digits too, in the same seconds"
COMPARISONS = {
    "conv16": SideBySide(
        {
            PYIMAGESEARCH: pyimagesearch(5),
            SHORT: convolutional(3),
            LONG: convolutional(8),
            DENSE: dense_in_the_same_seconds,  # the seconds of the model before it
        },
        (
            Ask(
                SHORT,
                "PyImageSearch's error in 0.3 × its seconds",
                lambda ours, theirs: ours.score <= theirs.score and ours.seconds <= 0.3 * theirs.seconds,
                beside=(PYIMAGESEARCH,),
                unlike=(DENSE,),
                seconds="compared",
            ),
            Ask(
                LONG,
                "0.8 × PyImageSearch's error in 0.6 × its seconds",
                lambda ours, theirs: ours.score <= 0.8 * theirs.score and ours.seconds <= 0.6 * theirs.seconds,
                beside=(PYIMAGESEARCH,),
                seconds="compared",
            ),
            Ask(
                LONG,
                "a lower error than the dense network in the same seconds, on the same shifted digits",
                lambda ours, dense: ours.score < dense.score,
                beside=(DENSE,),
                seconds="shown",
            ),
        ),
    )
}
