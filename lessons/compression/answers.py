"""Answers to the lesson on compression: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


def entropy(p):
    return -(p * np.log2(p)).sum()


def one_by_one(symbols, p):
    bits = 0.0
    for s in symbols:
        bits += np.log2(1 / p[s])
    return bits


def straight(h):
    return h + ops.stop_gradient(ops.round(h) - h)


class Through(keras.layers.Layer):
    def call(self, h):
        return h - ops.stop_gradient(h) + ops.stop_gradient(ops.round(h))


def interpolated(wanted, lambdas, sizes):
    i = np.searchsorted(sizes, wanted) - 1
    share = np.log(wanted / sizes[i]) / np.log(sizes[i + 1] / sizes[i])
    return lambdas[i] ** (1 - share) * lambdas[i + 1] ** share


def rounded(h):
    return np.clip(np.round(h), -40, 40).astype(int)


def losses(x, y, decode, prices, worth):
    bits = prices[np.arange(y.shape[1]), y + 40].sum(axis=1)
    return bits + worth * np.square(decode(y) - x).sum(axis=(1, 2, 3))


def searched(x, h, decode, prices, worth, moves=(-1, 1)):
    y = rounded(h)
    best = losses(x, y, decode, prices, worth)
    for k in range(y.shape[1]):
        for move in moves:
            other = y.copy()
            other[:, k] = np.clip(other[:, k] + move, -40, 40)
            now = losses(x, other, decode, prices, worth)
            y[now < best] = other[now < best]
            best = np.minimum(now, best)
    return y


def other_side(x, h, decode, prices, worth):
    """Only the second-nearest whole number is tried, and the search goes round twice."""
    y = rounded(h)
    for _ in range(2):
        for k in range(y.shape[1]):
            near, far = np.floor(h[:, k]).astype(int), np.ceil(h[:, k]).astype(int)
            other = y.copy()
            other[:, k] = np.clip(near + far - y[:, k], -40, 40)
            better = losses(x, other, decode, prices, worth) < losses(x, y, decode, prices, worth)
            y = np.where(better[:, None], other, y)
    return y


def without_worth(x, h, decode, prices, worth):
    return searched(x, h, decode, prices, 0.2)


REFUSED = {
    "cost": [
        (
            lambda: (lambda s, p: -np.log(p[s]).sum(),),
            "that is the natural logarithm, so the unit is not the bit: np.log2.",
        ),
        (
            lambda: (lambda s, p: np.log2(p[s]).sum(),),
            "the sign is turned: the logarithm of a probability is negative, and a cost is -np.log2(p).",
        ),
        (
            lambda: (lambda s, p: -np.log2(p[s]).mean(),),
            "that is the mean cost of a symbol. Asked is the cost of the whole row: the sum.",
        ),
        (
            lambda: (lambda s, p: -np.log2(p[s]),),
            "my_bits must return one number for the whole row, and returns one for each symbol: add them up.",
        ),
        (
            lambda: (lambda s, p: entropy(p),),
            "that is the entropy of p, what a symbol costs on average where p is right. Asked is this row: p[symbols].",
        ),
        (
            lambda: (lambda s, p: len(s) * entropy(p),),
            "that is the entropy of p times the length. This row need not come as p says: look up p[symbols].",
        ),
        (
            lambda: (lambda s, p: -(p[s] * np.log2(p[s])).sum(),),
            "that weighs each symbol by its probability once more: a symbol that came has come.",
        ),
        (
            lambda: (lambda s, p: np.ceil(-np.log2(p[s])).sum(),),
            "each symbol's bits are rounded up. One arithmetic code for the whole row need not do that.",
        ),
        (
            lambda: (lambda s, p: 8 * len(s),),
            "my_bits gives something else here.\ns = [0, 0, 1]\np = [0.5, 0.25, 0.25]\nexpected: 4\ngot: 24",
        ),
    ],
    "through": [
        (
            lambda: (ops.round,),
            "the values are right, and no gradient comes through: act on the way back as if nothing had happened.",
        ),
        (
            lambda: (lambda h: ops.stop_gradient(h + ops.round(h) - h),),
            "the values are right, and no gradient comes through: act on the way back as if nothing had happened.",
        ),
        (lambda: (lambda h: h,), "that is h as it came: nothing is rounded on the way forward."),
        (
            lambda: (lambda h: ops.floor(h) + (h - ops.stop_gradient(h)),),
            "that rounds down. The nearest whole number is asked for: ops.round.",
        ),
        (
            lambda: (lambda h: ops.stop_gradient(ops.round(h) - h),),
            "that is what rounding adds: add h.",
        ),
        (
            lambda: (lambda h: h - ops.stop_gradient(ops.round(h) - h),),
            "it goes the wrong way from h: add ops.round(h) - h.",
        ),
        (
            lambda: (lambda h: h + keras.random.uniform(ops.shape(h), -0.5, 0.5),),
            "the values are near h and are no whole numbers: is that the noise of the training? Round on the way forward.",
        ),
        (
            lambda: (lambda h: 2 * h + ops.stop_gradient(ops.round(h) - 2 * h),),
            "the values are right, and the gradient is 2 on average where it should be 1: h itself must be in the sum, "
            "once, outside ops.stop_gradient.",
        ),
    ],
    "between": [
        (
            lambda: (lambda w, lambdas, sizes: np.interp(w, sizes, lambdas),),
            "that is a straight line in sizes and λ themselves: take the logarithms of both first.",
        ),
        (
            lambda: (lambda w, lambdas, sizes: np.interp(np.log(w), np.log(sizes), np.log(lambdas)),),
            "the logarithm of λ came back: np.exp of it is λ.",
        ),
        (
            lambda: (lambda w, lambdas, sizes: np.exp(np.interp(np.log(w), np.log(lambdas), np.log(sizes))),),
            "sizes and lambdas have changed places: np.interp(x, xp, fp) takes the known values, the sizes, first.",
        ),
        (
            lambda: (lambda w, lambdas, sizes: lambdas[np.abs(sizes - w).argmin()],),
            "that is the λ of the nearest size. Between two of them lies a better one.",
        ),
        (
            lambda: (lambda w, lambdas, sizes: np.interp(np.log(w), np.log(sizes), lambdas),),
            "only the sizes are taken as logarithms: those of λ belong into np.interp, too, np.exp around it.",
        ),
        (
            lambda: (lambda w, lambdas, sizes: w,),
            "my_lambda gives something else here. The answer lies on a line in logarithms.\nw = 4\n"
            "lambdas = [1, 4]\nsizes = [2, 8]\nexpected: 2\ngot: 4",
        ),
    ],
    "search": [
        (
            lambda: (lambda x, h, decode, prices, worth: np.round(h),),
            "that costs what rounding costs: … bytes and an error of … a digit became … bytes and …. 4 % fewer bytes are "
            "asked.",
        ),
        (
            lambda: (lambda x, h, decode, prices, worth: h,),
            "some numbers of the code are not whole: only whole numbers can be written.",
        ),
        (
            lambda: (lambda x, h, decode, prices, worth: np.zeros(h.shape, int),),
            "all numbers are 0: that is cheap, and no digit is left. …",
        ),
        (
            lambda: (lambda x, h, decode, prices, worth: (np.sign(h) * np.floor(np.abs(h) + 0.4)).astype(int),),
            "… bytes and an error of … a digit became … bytes and …; 4 % fewer bytes with no larger error are asked. The "
            "error must not grow: a change has to lower bits + worth · error, digit by digit.",
        ),
        (
            lambda: (without_worth,),
            "… The error must not grow: a change has to lower bits + worth · error, digit by digit.",
        ),
        (
            lambda: (lambda x, h, decode, prices, worth: decode(np.round(h)),),
            "my_search(x, h, decode, prices, worth) must have shape (40, 32), and has shape (40, 28, 28, 1).",
        ),
        (
            lambda: (lambda x, h, decode, prices, worth: np.round(h * 30),),
            "whole numbers from -40 to 40 are asked for, and yours reach ….",
        ),
    ],
}

ACCEPTED = {
    "cost": [lambda: (one_by_one,), lambda: (lambda s, p: np.log2(1 / np.asarray(p)[s]).sum(),)],
    "through": [
        lambda: (lambda h: ops.round(ops.stop_gradient(h)) + h - ops.stop_gradient(h),),
        lambda: (Through(),),
    ],
    "between": [
        lambda: (interpolated,),
        lambda: (lambda w, lambdas, sizes: 2 ** np.interp(np.log2(w), np.log2(sizes), np.log2(lambdas)),),
    ],
    "search": [lambda: (searched,), lambda: (other_side,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "cost": [
        lambda signs: (lambda s, p: -np.log2(p[s]).sum() / np.log2(signs),),
        lambda signs: (lambda s, p: -sum(np.log(p[one]) for one in s) / np.log(signs),),
    ]
}
