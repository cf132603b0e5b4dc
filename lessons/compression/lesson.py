# %% [markdown]
# # Compression
#
# Write handwritten digits and photographs into small files with a code that pays for its own
# bits, and weigh the files against JPEG and what came after it.
#
# **The question:** everybody says that an autoencoder compresses. How many bytes does its file
# have?
#
# **You will**
# - count what a symbol costs in bits, and write a file of that size,
# - train a code of whole numbers, although rounding has no gradient,
# - trade bits against error with one number, λ,
# - turn a classical photo codec into a network, and train it past JPEG,
# - find out for which pictures that is a bad idea.
#
# **You need** {lesson:bottleneck} and {lesson:convolutional}.
#
# **Time** {time}.

# %%
import io
import math
import tempfile
import time
import zlib
from fractions import Fraction
from pathlib import Path

import constriction
import numpy as np
from PIL import Image, ImageDraw
from skimage import data

# %%
from aecourse import plots
from aecourse.applications.compression import compress_photo, decompress_photo
from aecourse.datasets import load_digits, split_photos
from aecourse.exercises import compression as exercise
from aecourse.files import read_images
from aecourse.metrics import psnr, ssim

# %%
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
(x_train, _), (x_test, _) = load_digits()
(fit_photos, _), _, (test_photos, names) = split_photos()
print(f"{len(x_train):,} digits to train on, {len(x_test):,} to write into a file")

# %% [markdown]
# ## 1. What a symbol costs
#
# A digit has 784 pixels, one byte each. A ZIP file finds what repeats in them and keeps every
# pixel as it is. {Lesson:encode_decode} showed that this stops at a limit. Where?


# %%
def as_bytes(x):
    return np.round(255 * x).astype(np.uint8).tobytes()


zipped = len(zlib.compress(as_bytes(x_test), level=9)) / len(x_test)
print(f"ZIP: {zipped:.0f} bytes a digit instead of 784")

# %% [markdown]
# There is a rule for how small (Shannon, 1948). A symbol of probability p can be written with
# `−log2 p` bits, and on average with no fewer. A fair coin costs 1 bit a throw. If heads come
# with probability 0.9, heads cost 0.15 bits and tails 3.3, and 0.47 on average. What is sure
# costs nothing.
#
# ### Exercise 1: count the bits
#
# `p[s]` is the probability of symbol s. Return how many bits the whole row `symbols` costs, as
# one number. NumPy only.


# %% tags=["exercise"]
def my_bits(symbols, p):
    return ...


# %% tags=["solution"]
def my_bits(symbols, p):
    return -np.log2(p[symbols]).sum()


# %% tags=["nbval-check-output"]
exercise.cost.check(my_bits)

# %% [markdown]
# So a file is small if somebody *guesses well* what comes next. ZIP guesses that a run of
# bytes seen before comes again.
#
# A code can do more, because it may also leave something out. The price is an error. From here
# on we look at both at once: bytes a digit, and the mean squared error of what comes back.

# %% [markdown]
# ## 2. A code of whole numbers
#
# The codes of {lesson:bottleneck} were floats, 32 bits each. A file wants whole numbers, and
# few of them often. So we round: `h → ŷ = round(h)`.
#
# *Predict:* what does training say to a network with rounding in its middle?
#
# *Answer:* nothing. Rounding is a staircase. Its slope is 0 wherever it has one, so no
# gradient comes through to the encoder.

# %%
h = np.linspace(-2.4, 2.4, 400)
rng = np.random.default_rng(seed)
noisy = h + rng.uniform(-0.5, 0.5, len(h))
print(f"mean squared error: rounding {np.mean((np.round(h) - h) ** 2):.3f}, ", end="")
print(f"noise {np.mean((noisy - h) ** 2):.3f}")
plots.show_curves(
    {"with noise of ±½": (h, noisy), "rounded": (h, np.round(h)), "as it is": (h, h)},
    title="Noise of ±½ is about as wrong as rounding, and follows the slope",
    x_label="h",
    y_label="what the decoder gets",
)

# %% [markdown]
# The staircase is what the file will hold. The jagged line lies around the straight one at
# about the same distance. So in training we add noise instead of rounding (Ballé, Laparra and
# Simoncelli, 2017). The decoder learns to live with an error of ±½, and the gradient is that
# of the straight line. In use the code is rounded.


# %% tags=["export"]
class Quantised(keras.Layer):
    """Whole numbers in use; in training the numbers with noise as large as rounding is."""

    def __init__(self, **options):
        super().__init__(**options)
        self.draws = keras.random.SeedGenerator(0)

    def call(self, h, training=False):
        if not training:
            return ops.round(h)
        return h + keras.random.uniform(ops.shape(h), -0.5, 0.5, seed=self.draws)


# %% [markdown]
# ### Exercise 2: round, and keep the gradient
#
# There is a second way: round on the way forward, and on the way back act as if nothing had
# happened. It is called {term:straight-through}. Write it with `keras.ops`.
# `ops.stop_gradient(z)` gives z, and its gradient is 0.


# %% tags=["exercise"]
def my_round(h):
    return ...


# %% tags=["solution"]
def my_round(h):
    return h + ops.stop_gradient(ops.round(h) - h)


# %% tags=["nbval-check-output"]
exercise.through.check(my_round)

# %% [markdown]
# ## 3. Bits plus λ times error
#
# Now the code learns to be cheap. For each of its 32 numbers the network keeps a distribution,
# a sum of three bumps whose places, widths and shares are trained. The bumps say how probable
# a whole number is, so they say what it costs. The loss is
#
# `L = bits + λ · squared error`
#
# and both parts are trained at once: the encoder moves to numbers that are cheap, and the
# bumps move to numbers that come often. A number that is not worth its bits becomes always 0,
# and then it costs nothing.


# %% tags=["export"]
def bump(away, width):
    """How much of a logistic bump lies within ±½ of a number so far away from its centre."""
    away = -ops.abs(away)  # on this side the difference keeps its digits
    return ops.sigmoid((away + 0.5) / width) - ops.sigmoid((away - 0.5) / width)


def probability(h, centre, log_width, share):
    """Of each number (n, numbers) of the code; it has three bumps (numbers, 3) of its own."""
    bumps = bump(h[..., None] - centre, ops.exp(log_width))
    return ops.sum(ops.softmax(share) * bumps, axis=-1)


# %% tags=["export"]
class Priced(keras.Layer):
    """Adds what the code costs to the loss, and passes it on."""

    def build(self, shape):
        bumps = (shape[-1], 3)
        wide = keras.initializers.RandomNormal(0, 2.0)
        self.centre = self.add_weight(shape=bumps, initializer=wide, name="centre")
        half = keras.initializers.Constant(0.5)
        self.log_width = self.add_weight(shape=bumps, initializer=half, name="log_width")
        self.share = self.add_weight(shape=bumps, initializer="zeros", name="share")

    def call(self, h):
        p = probability(h, self.centre, self.log_width, self.share)
        self.add_loss(ops.mean(ops.sum(-ops.log2(ops.maximum(p, 1e-9)), axis=-1)))
        return h


# %% [markdown]
# The rest is an autoencoder of dense layers as in {lesson:dense_keras}, with batch
# normalisation. It is wide, because only the code has to be small.
#
# `x: 784 → 512 → 256 → h: 32, rounded → 256 → 512 → y: 784`


# %% tags=["export"]
NUMBERS = 32


def dense_step(z, width):
    z = layers.Dense(width, use_bias=False)(z)
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def digit_codec():
    """The whole network, its encoder f, its decoder g, and its prices."""
    x, code = keras.Input((28, 28, 1)), keras.Input((NUMBERS,))
    wide = keras.initializers.VarianceScaling(4.0)
    z = dense_step(dense_step(layers.Flatten()(x), 512), 256)
    f = keras.Model(x, layers.Dense(NUMBERS, kernel_initializer=wide)(z))
    z = layers.Dense(784, activation="sigmoid")(dense_step(dense_step(code, 256), 512))
    g, prices = keras.Model(code, layers.Reshape((28, 28, 1))(z)), Priced()
    return keras.Model(x, g(prices(Quantised()(f(x))))), f, g, prices


# %% tags=["export"]
def train_digits(x, worth, epochs):
    """Encoder, decoder and prices, trained so that an error of 1 is worth so many bits."""
    model, *parts = digit_codec()

    def error(x, y):
        return worth * ops.mean(ops.sum(ops.square(x - y), axis=(1, 2, 3)))

    fit(model, x, epochs=epochs, batch_size=125, learning_rate=4e-3, loss=error)
    return parts


# %%
LAMBDA = 7
f, g, prices = train_digits(x_train, LAMBDA, epochs=20)


# %% [markdown]
# The prices make a table: for each of the 32 numbers, how often each whole number from −40 to
# 40 is expected. The table is itself in whole numbers, and you will see why.

# %% tags=["export"]
REACH = 40


def code_of_digits(f, x):
    h = f.predict(x, batch_size=500, verbose=0)
    return np.clip(np.round(h), -REACH, REACH).astype("int32")


def digits_of_code(g, y):
    """Digits in steps of 1/255, as a picture file would hold them."""
    x = g.predict(y.astype("float32"), batch_size=500, verbose=0)
    return np.round(255 * x) / np.float32(255)


def price_table(prices):
    """For each number of the code, how often each symbol comes in about a million."""
    y = np.repeat(np.arange(-REACH, REACH + 1.0)[:, None], NUMBERS, axis=1)
    p = probability(y.astype("float32"), prices.centre, prices.log_width, prices.share)
    return np.maximum(np.round(ops.convert_to_numpy(p).T * 2.0**20), 1).astype("int64")


# %% tags=["export"]
def ideal_bytes(y, table):
    """Bytes a digit that a perfect file would take: the sum of −log2 p."""
    p = table / table.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(y.shape[1]), y + REACH]).sum() / 8 / len(y)


def rate_and_error(f, g, prices, x):
    y = code_of_digits(f, x)
    error = float(np.mean((digits_of_code(g, y) - x) ** 2))
    return ideal_bytes(y, price_table(prices)), error


# %%
ours = rate_and_error(f, g, prices, x_test)
print(f"{ours[0]:.1f} bytes a digit, MSE {ours[1]:.4f}")
used = (code_of_digits(f, x_train).std(axis=0) > 0).sum()
print(f"{used} of {NUMBERS} numbers are in use")

# %% [markdown]
# What does λ do? Two more networks, with fewer epochs, say it. Beside them stands the rival of
# {lesson:encode_decode}, PCA. Its 64 numbers are rounded in steps, and each gets a table of
# how often each symbol came in the training. That is its best setting, an ideal file with no
# header. Larger steps make smaller files.


# %% tags=["export"]
def directions(x, keep):
    """The mean of rows (n, values) and the directions of largest spread, (values, keep)."""
    mean = x.mean(axis=0)
    _, axes = np.linalg.eigh((x - mean).T @ (x - mean))  # the last have the largest spread
    return mean, np.ascontiguousarray(axes[:, ::-1][:, :keep])


def pca_bytes(a_train, a_test):
    """Ideal bytes a digit for whole numbers; both (n, numbers)."""
    low = min(a_train.min(), a_test.min())
    total = 0
    for seen, asked in zip(a_train.T - low, a_test.T - low, strict=True):
        often = np.bincount(seen, minlength=max(seen.max(), asked.max()) + 1) + 0.1
        total -= np.log2(often / often.sum())[asked].mean()
    return total / 8


# %% tags=["export"]
def pca_curve(x_train, x_test, steps=(0.7, 1, 1.4, 2, 3), keep=64):
    """Bytes and MSE at each step of rounding."""
    x_train, x_test = (x.reshape(len(x), -1) for x in (x_train, x_test))
    mean, axes = directions(x_train, keep)
    points = []
    for step in steps:
        a_train, a_test = (
            np.round((x - mean) @ axes / step).astype(int) for x in (x_train, x_test)
        )
        y = np.clip(a_test * step @ axes.T + mean, 0, 1)
        points.append((pca_bytes(a_train, a_test), float(np.mean((y - x_test) ** 2))))
    return points


# %%
pca, by_lambda = pca_curve(x_train, x_test), {LAMBDA: ours}
for worth in (2, 20):
    parts = train_digits(x_train, worth, epochs=5)
    by_lambda[worth] = rate_and_error(*parts, x_test)
for worth, (rate, error) in sorted(by_lambda.items()):
    print(f"λ = {worth:2}: {rate:5.1f} bytes a digit, MSE {error:.4f}")

# %%
curves = {
    "PCA, ideal file": pca,
    "5 epochs, λ = 2 and 20": [by_lambda[2], by_lambda[20]],
    "20 epochs, λ = 7": [ours],
}
plots.show_curves(
    {name: tuple(zip(*points, strict=True)) for name, points in curves.items()},
    title="λ chooses a place, and the longer training lies far below PCA's curve",
    x_label="bytes a digit",
    y_label="MSE",
    marker="o",
)

# %% [markdown]
# PCA's curve falls: more bytes, less error. Such a picture is called a {term:rate–distortion
# curve}. The two networks of five epochs show what λ does: the larger one pays more bytes for
# less error. They are no better than PCA yet. The single point of the longer training lies far
# below PCA's curve.


# %% tags=["export"]
def bytes_at(curve, error):
    """Bytes at this MSE, between two points of a curve in logarithms; NaN outside."""
    size, mse = np.log(np.array(sorted(curve, key=lambda point: point[1]))).T
    return float(np.exp(np.interp(math.log(error), mse, size, np.nan, np.nan)))


# %%
pca_size = bytes_at(pca, ours[1])
print(f"at the network's error PCA needs {pca_size:.1f} bytes a digit, ", end="")
print(f"{pca_size / ours[0]:.2f} times as many")

# %% tags=["nbval-check-output"]
expect("a larger λ pays more bytes", by_lambda[20][0] > by_lambda[2][0])
expect("and gets less error for them", by_lambda[20][1] < by_lambda[2][1])
expect("at equal error PCA needs 1.6 times the bytes", pca_size > 1.6 * ours[0])

# %% [markdown]
# ### Exercise 3: a λ for a size that is asked
#
# Trainings with `lambdas` gave `sizes`, in bytes; both are NumPy arrays, from small to large.
# Which λ should be trained next, if `wanted` bytes are asked for? Between neighbours, log size
# is about a straight line over log λ.


# %% tags=["exercise"]
def my_lambda(wanted, lambdas, sizes):
    return ...


# %% tags=["solution"]
def my_lambda(wanted, lambdas, sizes):
    return np.exp(np.interp(np.log(wanted), np.log(sizes), np.log(lambdas)))


# %% tags=["nbval-check-output"]
exercise.between.check(my_lambda)

# %% [markdown]
# ## 4. From bits to bytes
#
# So far we have only *counted* bits. One number costs 1.3 bits, the next 0.2. How can a file
# hold 0.2 bits?
#
# {term:Arithmetic coding} writes all numbers of a row as one. It begins with the interval from
# 0 to 1. Each symbol keeps its share of the interval: a probable one a large piece, a rare one
# a small piece. At the end the interval is as wide as the product of all probabilities. A
# binary fraction that lies inside needs about −log2 of that width, which is the sum of all the
# bits.


# %% tags=["export"]
def narrowed(symbols, table):
    """The interval of a row of symbols, each from its own row of frequencies."""
    low, width = Fraction(0), Fraction(1)
    for s, row in zip(symbols.tolist(), table.tolist(), strict=True):
        low += width * Fraction(sum(row[:s]), sum(row))
        width *= Fraction(row[s], sum(row))
    return low, width


def shortest(low, width):
    """The shortest row of bits whose fraction, whatever follows, lies in the interval."""
    n = 0
    while math.ceil(low * 2**n) + 1 > (low + width) * 2**n:
        n += 1
    return f"{math.ceil(low * 2**n):0{n}b}"


# %% tags=["export"]
def symbols_of(bits, table):
    """The way back: in which piece the fraction lies, again and again."""
    point, symbols = Fraction(int(bits, 2), 2 ** len(bits)), []
    for row in table.tolist():
        ends, place = np.cumsum(row), math.floor(point * sum(row))
        s = int(np.searchsorted(ends, place, side="right"))
        symbols.append(s)
        point = (point * sum(row) - (int(ends[s]) - row[s])) / row[s]
    return np.array(symbols)


# %%
y_test, table = code_of_digits(f, x_test), price_table(prices)
one = y_test[0] + REACH  # symbols count from 0
bits = shortest(*narrowed(one, table))
counted = ideal_bytes(y_test[:1], table) * 8
print(f"counted {counted:.1f} bits, written {len(bits)}:\n{bits}")
print(f"the digit's numbers: {one - REACH}")

# %% tags=["nbval-check-output"]
expect("from the bits the same symbols come back", (symbols_of(bits, table) == one).all())
expect("at most two bits more than were counted", counted <= len(bits) <= counted + 2)

# %% [markdown]
# Fractions of thousands of digits are slow. The library `constriction` (Bamler, 2022) does the
# same with 32-bit numbers in a fraction of a second. It goes through our numbers one by one.
# For each it takes all 2,000 digits and the number's row of the table. Both sides need the
# *same* table, and a rounding error in one entry would spoil all that follows. That is why the
# table holds whole numbers.


# %% tags=["export"]
def models_of(table):
    """One distribution a number of the code, for constriction."""
    make = constriction.stream.model.Categorical
    return [make(row.astype("float64"), perfect=False) for row in table]


def written_digits(y, table):
    coder = constriction.stream.queue.RangeEncoder()
    for symbols, model in zip(y.T + REACH, models_of(table), strict=True):
        coder.encode(np.ascontiguousarray(symbols), model)
    return coder.get_compressed().astype("<u4").tobytes()


def read_digits_back(data, table, n):
    coder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, "<u4").astype("uint32"))
    return np.stack([coder.decode(model, n) for model in models_of(table)], axis=1) - REACH


# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "digits.bin"
    file.write_bytes(written_digits(y_test, table))
    size = file.stat().st_size / len(x_test)
    y_back = read_digits_back(file.read_bytes(), table, len(x_test))
x_back = digits_of_code(g, y_back)
mse_back = float(np.mean((x_back - x_test) ** 2))
print(f"{size:.2f} bytes a digit in the file, {ours[0]:.2f} counted, MSE {mse_back:.4f}")

# %% [markdown]
# Now the rivals. JPEG, WebP and AVIF get all 2,000 digits on one sheet, so that their headers
# cost nothing. Each is asked at several qualities, and its size is read off its curve at our
# error.


# %% tags=["export"]
def sheet(x):
    """2,000 digits as one picture of 40 rows of 50."""
    return x.reshape(40, 50, 28, 28).transpose(0, 2, 1, 3).reshape(40 * 28, 50 * 28)


def digits_of(sheet):
    return sheet.reshape(40, 28, 50, 28).transpose(0, 2, 1, 3).reshape(-1, 28, 28, 1)


def through(picture, form, **options):
    """How many bytes a picture file of this form has, and what comes back, in [0, 1]."""
    file = io.BytesIO()
    Image.fromarray(np.round(255 * picture).astype(np.uint8)).save(file, form, **options)
    mode = "RGB" if picture.ndim == 3 else "L"
    back = np.asarray(Image.open(file).convert(mode), dtype="float32") / np.float32(255)
    return len(file.getvalue()), back


# %% tags=["export"]
SHEETS = {"JPEG": (1, 3, 5, 7, 10, 14, 20), "WEBP": (0, 1, 2, 5), "AVIF": (1, 5, 10, 20)}
BEST = {
    "JPEG": {"optimize": True, "progressive": True},
    "WEBP": {"method": 6},
    "AVIF": {"speed": 8},
    "PNG": {"optimize": True},
}


def sheet_curve(x, form, qualities):
    """Bytes a digit and MSE of one sheet of digits at several qualities."""
    points = []
    for quality in qualities:
        size, back = through(sheet(x[..., 0]), form, quality=quality, **BEST[form])
        points.append((size / len(x), float(np.mean((digits_of(back) - x) ** 2))))
    return points


# %%
rivals = {form: sheet_curve(x_test, form, q) for form, q in SHEETS.items()}
for form, points in rivals.items():
    print(f"{form:5}" + "".join(f"  {b:5.1f} B {e:.4f}" for b, e in points))
png, _ = through(sheet(x_test[..., 0]), "PNG", **BEST["PNG"])

# %%
at_our_error = {
    "raw pixels": 784,
    "PNG": png / len(x_test),
    "ZIP": zipped,
    **{form: bytes_at(points, mse_back) for form, points in rivals.items()},
    "PCA, ideal": bytes_at(pca, mse_back),
    "our file": size,
}
lossy = {
    name: b for name, b in at_our_error.items() if name not in ("raw pixels", "PNG", "ZIP")
}
for name, b in at_our_error.items():
    if np.isfinite(b):
        print(f"{name:10} {b:6.1f} bytes a digit{'' if name in lossy else ', without error'}")

# %%
plots.show_bars(
    {name: b for name, b in lossy.items() if np.isfinite(b)},
    title="At equal error our file of digits is the smallest",
    y_label="bytes a digit",
    number_format="{:.1f}",
)

# %% [markdown]
# The bars show the files with errors as large as ours. WebP and AVIF make no file of so large
# an error. Their smallest are in the list above, with 28 bytes a digit and more.

# %%
shown = slice(0, 10)
plots.show_images(
    {
        "x": x_test[shown],
        "from the file": x_back[shown],
        "difference": (x_back - x_test)[shown],
    },
    title=f"{size:.1f} bytes a digit keep which digit it is, and smooth its pen",
)

# %% [markdown]
# The rows are digits, what came out of the file, and the differences. Those lie along the
# strokes.
#
# The comparison is not quite fair, and you should know where. Our network weighs megabytes,
# and whoever reads the file must have it. It has seen 8,000 digits, and JPEG none. It can
# write digits and nothing else.

# %% tags=["nbval-check-output"]
expect("the symbols in the file are those that were written", (y_back == y_test).all())
expect("the file has at most 2 % more bytes than were counted", size < 1.02 * ours[0])
expect("at equal error JPEG needs more than 4 times the bytes", lossy["JPEG"] > 4 * size)

# %% [markdown]
# ## 5. A photo codec that starts as a classical one
#
# A minute does not teach a network what JPEG knows, so we give it that knowledge. JPEG cuts a
# picture into blocks of 8 × 8, turns each into wavy patterns, and rounds. The patterns are
# nearly the PCA of such blocks. Ours begins as exactly that: the PCA of blocks of 8 × 8 × 3 =
# 192 numbers, 96 of which are kept. Beside it stand small convolutions over neighbouring
# blocks, whose last layer is zero at first. Training starts there.
#
# `x: (h, w, 3) → blocks: (h/8, w/8, 192) → code: (h/8, w/8, 96) → … → y: (h, w, 3)`


# %% tags=["export"]
def blocks(x):
    """Pictures (n, 8h, 8w, 3) in [0, 1] as blocks (n, h, w, 192) with values in [-2, 2]."""
    n, height, width, _ = x.shape
    x = (4 * x - 2).reshape(n, height // 8, 8, width // 8, 8, 3).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(n, height // 8, width // 8, 192).astype("float32")


def pixels(b):
    n, h, w, _ = b.shape
    x = b.reshape(n, h, w, 8, 8, 3).transpose(0, 1, 3, 2, 4, 5).reshape(n, 8 * h, 8 * w, 3)
    return np.clip((x + 2) / 4, 0, 1)


# %% tags=["export"]
KEPT = 96  # numbers of a block


def seen(z, maps):
    """What 3 × 3 neighbouring blocks say."""
    return layers.LeakyReLU(0.25)(layers.Conv2D(maps, 3, padding="same")(z))


def silent(maps):
    return layers.Conv2D(maps, 1, kernel_initializer="zeros")


def refined(z, maps):
    """z and a correction, which is zero at first."""
    return layers.Add()([z, silent(z.shape[-1])(seen(z, maps))])


# %% tags=["export"]
def block_encoder(axes):
    b = keras.Input((None, None, 192))
    pca = layers.Conv2D(KEPT, 1, use_bias=False)
    f = keras.Model(b, refined(refined(pca(b), 96), 64), name="block_encoder")
    pca.set_weights([axes[None, None]])
    return f


def block_decoder(axes):
    v = keras.Input((None, None, KEPT))
    pca, z = layers.Conv2D(192, 1, use_bias=False), seen(v, 128)
    for _ in range(3):
        z = refined(z, 64)
    g = keras.Model(v, layers.Add()([pca(v), silent(192)(z)]), name="block_decoder")
    pca.set_weights([axes.T[None, None]])
    return g


# %% [markdown]
# Most of the work is *guessing*. When a block is read, the blocks to its left and above it are
# known already. A small network takes four of them and says for each of the 96 numbers where
# it probably lies and how sure that is: the mean and the width of one bump. The 96 numbers
# come in four groups, and each group is also told those before it.
#
# `four blocks: 4 · 96 → 160 → mean and width: 2 · (6, 18, 28 or 44)`

# %% tags=["export"]
STEPS = np.array([[2.0], [1.12], [0.64], [0.36]])  # of rounding, for four qualities
QUALITIES, GROUPS, HIDDEN = len(STEPS), (6, 18, 28, 44), 160


def told(v):
    """Of each block four that are read before it: left, above left, above, above right."""
    v = layers.ZeroPadding2D(((1, 0), (1, 1)))(v)
    four = [v[:, 1:, :-2], v[:, :-1, :-2], v[:, :-1, 1:-1], v[:, :-1, 2:]]
    return layers.Concatenate()(four)


def linear(units, name, start="glorot_uniform"):
    return layers.Dense(units, use_bias=False, kernel_initializer=start, name=name)


def rows(start, name):
    """A row of numbers for each quality, which training may change."""
    values = keras.initializers.Constant(np.asarray(start, "float32"))
    return linear(np.shape(start)[1], name, values)


# %% tags=["export"]
def guesser(log_width):
    """From the code's blocks and a quality to each number's mean, and log width in steps."""
    v, quality = keras.Input((None, None, KEPT)), keras.Input((1, 1, QUALITIES))
    around, end, means, widths = linear(HIDDEN, "around")(told(v)), 0, [], []
    for i, size in enumerate(GROUPS):
        z = layers.Add()([around, linear(HIDDEN, f"quality{i}", "zeros")(quality)])
        if i:
            z = layers.Add()([z, linear(HIDDEN, f"before{i}")(v[..., :end])])
        out = linear(2 * size, f"out{i}", "zeros")(layers.LeakyReLU(0.25)(z))
        means, widths, end = [*means, out[..., :size]], [*widths, out[..., size:]], end + size
    base = rows(log_width, "log_width")(quality)
    widths = layers.Add()([layers.Concatenate()(widths), base])
    return keras.Model([v, quality], [layers.Concatenate()(means), widths], name="guesser")


# %% [markdown]
# One network serves four qualities. Each has a row of 96 *gains*, by which the code is
# multiplied before it is rounded, and a row of steps for the way back. A quality between two
# mixes their rows. In training the pictures of a batch take turns.
#
# What is rounded is *what the guess missed*. Say a number of the code is 7.3, counted in
# steps, and the guess is 6.6. The file holds `round(7.3 − 6.6) = 1`, and the reader has 7.6.
# Where the guess is good the file holds zeros, which cost next to nothing. This is
# {term:predictive coding}, patented for telephone and television in 1952 (Cutler).


# %% tags=["export"]
class InTurn(keras.Layer):
    """The quality of each picture of a batch: 0, 1, 2, 3, 0, …, as one of four."""

    def call(self, b):
        quality = ops.arange(ops.shape(b)[0]) % QUALITIES
        return ops.one_hot(quality, QUALITIES)[:, None, None]

    def compute_output_shape(self, shape):
        return (shape[0], 1, 1, QUALITIES)


class StraightThrough(keras.Layer):
    def call(self, y):
        return y + ops.stop_gradient(ops.round(y) - y)


# %% [markdown]
# The guess looks at neighbours that were read in the same way: guessed, and mended by what was
# missed. A reader goes from block to block. Training has all blocks at once and comes close by
# repetition: it guesses from the rounded code, then from what that guess leads to, and so on.
# The decoder gets whole steps straight through, as in exercise 2, and the bits are counted
# with noise.


# %% tags=["export"]
PASSES = 4  # of guessing, before the guess that counts


def as_read(y, step, quality, guess):
    """Nearly what a reader will have of the code y, which is in steps; what comes is not."""
    v = StraightThrough()(y) * step
    for _ in range(PASSES):
        mean = ops.stop_gradient(guess([ops.stop_gradient(v), quality])[0])
        v = mean + StraightThrough()(y - mean / step) * step
    return v


# %% tags=["export"]
WORTH = (7 / STEPS[:, 0] ** 2.6).astype("float32")  # λ: bits a pixel for an error of 1
EVEN = WORTH**-0.35  # else the training would work for the highest quality only
NARROWEST, WIDEST = -3.0, 4.5  # of the log widths


class PhotoPrices(keras.Layer):
    """Adds the bits a pixel of each picture, times EVEN, to the loss; passes the code on."""

    def call(self, v, missed, log_width, quality):
        width = ops.exp(ops.clip(log_width, NARROWEST, WIDEST))
        bits = -ops.log2(ops.maximum(bump(missed, width), 1e-9))
        share = ops.sum(quality[:, 0, 0] * EVEN, axis=-1) / 64
        self.add_loss(ops.mean(share * ops.mean(ops.sum(bits, axis=-1), axis=(1, 2))))
        return v


# %% tags=["export"]
def photo_codec(axes, spread):
    """The network in training, from blocks to blocks, each picture at the quality in turn."""
    b, one = keras.Input((None, None, 192)), np.ones((1, KEPT))
    quality = InTurn()(b)
    gain = ops.exp(rows(-np.log(STEPS) * one, "log_gain")(quality))
    step = ops.exp(rows(np.log(STEPS) * one, "log_step")(quality))
    y = block_encoder(axes)(b) * gain
    guess = guesser(np.log(np.maximum(0.6 * spread / STEPS, 0.1)))
    mean, log_width = guess([as_read(y, step, quality, guess), quality])
    missed = y - mean / step
    v = mean + StraightThrough()(missed) * step
    v = PhotoPrices()(v, Quantised()(missed), log_width, quality)
    return keras.Model(b, block_decoder(axes)(v))


# %% tags=["export"]
def empty_codec():
    """A codec to load weights into."""
    return photo_codec(np.zeros((192, KEPT), "float32"), np.ones(KEPT))


def codec_of(b):
    """A codec that is nothing but the PCA of these blocks."""
    b = b.reshape(-1, 192)  # grey is 0, so no mean is taken out
    _, axes = np.linalg.eigh(b.T @ b)
    axes = np.ascontiguousarray(axes[:, ::-1][:, :KEPT])
    return photo_codec(axes, (b @ axes).std(axis=0))


# %% tags=["export"]
def crops(photos, n, rng, side=96):
    """Squares from anywhere in the photographs, some of them mirrored."""
    cut = []
    for i in rng.integers(len(photos), size=n):
        top, left = (rng.integers(s - side + 1) for s in photos[i].shape[:2])
        square = photos[i][top : top + side, left : left + side]
        cut.append(square[:, :: rng.choice([-1, 1])])
    return np.stack(cut)


# %% tags=["export"]
def photo_error(b, y):
    worth = ops.take(WORTH * EVEN, ops.arange(ops.shape(b)[0]) % QUALITIES)
    return ops.mean(worth * ops.mean(ops.square(b - y), axis=(1, 2, 3)))


def train_photos(photos, rng, steps, rate=1.5e-3, batch=16):
    """A codec that begins as PCA and is trained for so many steps, gently at first."""
    b = blocks(crops(photos, batch * min(steps, 100), rng))
    codec, again, gently = codec_of(b), max(1, steps // 100), steps // 6
    rates = keras.optimizers.schedules.CosineDecay(
        rate / gently, steps - gently, warmup_target=rate, warmup_steps=gently
    )
    fit(codec, b, epochs=again, batch_size=batch, learning_rate=rates, loss=photo_error)
    return codec


# %% [markdown]
# ### A file that every machine reads alike
#
# The reader must guess *exactly* as the writer did. If one of them computes 0.4999 and the
# other 0.5001, it reads another symbol, and everything after it is noise (Ballé, Johnston and
# Minnen, 2019). Floats differ between machines and libraries. So the file's guesses are made
# in whole numbers: the weights are rounded to 1024ths, every sum of products is exact, the
# mean is counted in sixteenths, and the width chooses a row of a table. Only the decoder works
# with floats, because its small errors do not spread.


# %% tags=["export"]
FINE = 1024  # parts of one
AWAY, FAR = 31, 4096  # symbols with a place each way; values for one that lies further away
MOST = FAR // 4 - 1  # steps of the code and of a guess: what was missed is one of those
PARTS, WIDTHS = 16, 8  # of a step, for guesses; rows of the table for a factor e of width


# %% tags=["export"]
def photo_table():
    """Frequencies of the symbols -31 … 31 and of all others: a row for each width."""
    width = np.exp(np.arange(NARROWEST, WIDEST + 0.01, 1 / WIDTHS))[:, None]
    away = np.abs(np.arange(-AWAY, AWAY + 1))
    p = 1 / (1 + np.exp((away - 0.5) / width)) - 1 / (1 + np.exp((away + 0.5) / width))
    others = np.maximum(1 - p.sum(axis=-1, keepdims=True), 0)
    return np.maximum(np.round(np.concatenate([p, others], -1) * 2**20), 1).astype("float32")


def between_rows(given, quality):
    """The row of a quality, 0 to 3 in 16ths: whole numbers between those of two given rows."""
    low = min(quality // 16, QUALITIES - 2)
    share = quality - 16 * low
    return np.floor((given[low] * (16 - share) + given[low + 1] * share) / 16)


# %% tags=["export"]
def whole(model, layer, parts=FINE):
    """A layer's weights as whole numbers, in doubles: sums of them are exact below 2**53."""
    return np.round(model.get_layer(layer).get_weights()[0].astype("float64") * parts)


def whole_guesser(codec, quality):
    """All that reading needs at one quality, 0 to 3 in 16ths, as whole numbers."""
    g, groups = codec.get_layer("guesser"), range(len(GROUPS))
    step = np.exp(codec.get_layer("log_step").get_weights()[0].astype("float64"))
    return {
        "step": between_rows(np.round(step * FINE), quality),
        "around": whole(g, "around"),
        "quality": [between_rows(whole(g, f"quality{i}", FINE**2), quality) for i in groups],
        "before": [whole(g, f"before{i}") if i else None for i in groups],
        "out": [whole(g, f"out{i}") for i in groups],
        "log_width": between_rows(whole(g, "log_width", FINE**2), quality),
    }


# %% tags=["export"]
def guessed(w, i, around, here):
    """Of the numbers of group i: means in 16ths of a step and rows of the table, all whole."""
    start, size = sum(GROUPS[:i]), GROUPS[i]
    z = around + w["quality"][i] * PARTS
    if i:
        z = z + here[:, :start] @ w["before"][i]
    z = np.floor(z / FINE / PARTS)
    out = np.maximum(z, np.floor(z / 4)) @ w["out"][i]
    mean = out[:, :size] * PARTS / (w["step"][start : start + size] * FINE)
    log_width = (out[:, size:] + w["log_width"][start : start + size]) / FINE**2
    row = np.clip((log_width - NARROWEST) * WIDTHS + 0.5, 0, (WIDEST - NARROWEST) * WIDTHS)
    return np.clip(np.floor(mean + 0.5), -MOST * PARTS, MOST * PARTS), row.astype(int)


# %% [markdown]
# A block needs its neighbours to the left and above. Blocks that need nothing of each other
# are read together, as a *wave*: each row lags two blocks behind the row above. So a
# photograph of 50 × 38 blocks takes 124 waves, not one turn for each of 1,900 blocks.


# %% tags=["export"]
def waves(h, w):
    """Rows and columns of the blocks that can be read at once, from the first to the last."""
    row, column = (index.ravel() for index in np.indices((h, w)))
    order = np.argsort(column + 2 * row, kind="stable")
    ends = np.flatnonzero(np.diff((column + 2 * row)[order])) + 1
    return [(row[k], column[k]) for k in np.split(order, ends)]


# %% tags=["export"]
def in_waves(w, shape, each):
    """The code as read, (h, w, 96), in 1 / (FINE · PARTS); each says what a guess missed."""
    table, v = photo_table(), np.zeros((shape[0] + 1, shape[1] + 2, KEPT))  # with a rim of 0
    for r, c in waves(*shape[:2]):
        known = np.concatenate([v[r + 1, c], v[r, c], v[r, c + 1], v[r, c + 2]], axis=-1)
        around, here, end = known @ w["around"], np.zeros((len(r), KEPT)), 0
        for i, size in enumerate(GROUPS):
            start, end = end, end + size
            mean, row = guessed(w, i, around, here)
            frequencies = table[row].reshape(-1, 2 * AWAY + 2)
            missed = each((r, c, slice(start, end)), mean, frequencies)
            here[:, start:end] = (mean + PARTS * missed) * w["step"][start:end]
        v[r + 1, c + 1] = here
    return v[1:, 1:-1]


# %% tags=["export"]
MODELS = constriction.stream.model


def to_bytes(w, y):
    """The code y (h, w, 96), in steps, as bytes, and what a reader will have of it."""
    coder = constriction.stream.queue.RangeEncoder()

    def each(where, mean, frequencies):
        missed = np.round(y[where] - mean / PARTS).astype("int32")
        row = missed.ravel()
        far = np.abs(row) > AWAY
        symbols = np.where(far, AWAY + 1, row) + AWAY
        coder.encode(symbols, MODELS.Categorical(perfect=False), frequencies)
        if far.any():
            coder.encode(row[far] + FAR // 2, MODELS.Uniform(FAR))
        return missed

    v = in_waves(w, y.shape, each)
    return coder.get_compressed().astype("<u4").tobytes(), v


# %% tags=["export"]
def from_bytes(w, data, shape):
    """What a reader has of the code, as in `to_bytes`; shape is (h, w), in blocks."""
    coder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, "<u4").astype("uint32"))

    def each(where, mean, frequencies):
        row = coder.decode(MODELS.Categorical(perfect=False), frequencies) - AWAY
        far = row > AWAY
        if far.any():
            row[far] = coder.decode(MODELS.Uniform(FAR), int(far.sum())) - FAR // 2
        return row.reshape(mean.shape)

    return in_waves(w, shape, each)


# %% tags=["export"]
def code_of(codec, w, x, quality):
    """The code of a photograph (8h, 8w, 3), (h, w, 96), in steps, before it is rounded."""
    logs = sum(codec.get_layer(n).get_weights()[0] for n in ("log_gain", "log_step"))
    low = min(quality // 16, QUALITIES - 2)
    share = quality / 16 - low
    there_and_back = np.exp((1 - share) * logs[low] + share * logs[low + 1])
    a = codec.get_layer("block_encoder")(blocks(x[None]))
    y = ops.convert_to_numpy(a)[0] * (there_and_back * FINE / w["step"]).astype("float32")
    return np.clip(y, -MOST, MOST)


def picture_of(codec, v):
    v = (v / (FINE * PARTS)).astype("float32")
    return pixels(ops.convert_to_numpy(codec.get_layer("block_decoder")(v[None])))[0]


# %% tags=["export"]
HEADER = 13  # bytes: what the file is, quality, height and width, and a checksum


def weighed(codec, x, quality):
    """Bytes of the photograph's file, and what comes back, in steps of 1/255."""
    height, width, _ = x.shape
    full = np.pad(x, ((0, -height % 8), (0, -width % 8), (0, 0)), mode="edge")
    w = whole_guesser(codec, quality)
    data, v = to_bytes(w, code_of(codec, w, full, quality))
    back = picture_of(codec, v)[:height, :width]
    return len(data) + HEADER, np.round(255 * back) / np.float32(255)


# %% tags=["export"]
SETTINGS = {
    "JPEG": (3, 6, 10, 15, 20, 26, 33, 40, 50, 60, 70, 80, 88, 94),
    "WEBP": (0, 6, 14, 26, 42, 60, 76, 90),
    "AVIF": (8, 20, 32, 45, 58, 70),
}
PATIENT = BEST | {"AVIF": {"speed": 4, "subsampling": "4:4:4"}}  # slower, all colours


def rival_curve(x, form):
    """Bytes and PSNR of a photograph at the qualities of a picture format."""
    files = [through(x, form, quality=quality, **PATIENT[form]) for quality in SETTINGS[form]]
    return [(size, psnr(x[None], back[None])) for size, back in files]


def bytes_at_psnr(curve, decibels):
    """Bytes at this PSNR, between two points of a curve in logarithms; NaN outside."""
    sizes, at = np.array(sorted(curve, key=lambda point: point[1])).T
    return float(np.exp(np.interp(decibels, at, np.log(sizes), np.nan, np.nan)))


# %% tags=["export"]
def our_curve(codec, x, qualities=(0, 16, 32, 48)):
    """Bytes and PSNR of a photograph at qualities in 16ths."""
    files = [weighed(codec, x, quality) for quality in qualities]
    return [(size, psnr(x[None], back[None])) for size, back in files]


def times(rival_curves, our_curves):
    """For each quality, the rival's bytes over ours at equal PSNR: geometric mean."""
    pairs = zip(rival_curves, our_curves, strict=True)
    logs = [
        [math.log(bytes_at_psnr(rival, db) / size) for size, db in ours]
        for rival, ours in pairs
    ]
    known = np.isfinite(logs)
    total = np.where(known, logs, 0).sum(axis=0)
    return np.exp(total / np.where(known.any(axis=0), known.sum(axis=0), np.nan))


# %% [markdown]
# *Predict:* before any training, the codec is PCA of blocks with guesses that know nothing of
# the neighbours. Will JPEG's files be larger or smaller at equal error?
#
# *Answer:* smaller. JPEG has been polished for thirty years, and PCA of blocks alone is no
# match for it. Sixty steps of training on four photographs already help at the lowest quality,
# where guessing matters most.

# %%
rng = np.random.default_rng(seed)
plain = codec_of(blocks(crops(fit_photos, 400, rng)))
begun = train_photos(fit_photos, rng, steps=60, rate=1e-3)
curves = {form: [rival_curve(x, form) for x in test_photos] for form in SETTINGS}
curves["PCA of blocks"] = [our_curve(plain, x) for x in test_photos]
curves["60 steps"] = [our_curve(begun, x) for x in test_photos]
for name in ("PCA of blocks", "60 steps"):
    ratios = times(curves["JPEG"], curves[name])
    print(f"{name:14} JPEG's bytes / ours:", "  ".join(f"{r:.2f}" for r in ratios))

# %%
jpeg_by_plain = times(curves["JPEG"], curves["PCA of blocks"])
jpeg_by_begun = times(curves["JPEG"], curves["60 steps"])

# %% tags=["nbval-check-output"]
expect("before training, JPEG's files are smaller at each quality", max(jpeg_by_plain) < 1)
expect(
    "sixty steps make ours smaller at the lowest quality",
    jpeg_by_begun[0] > jpeg_by_plain[0] * 1.05,
)

# %% [markdown]
# ## 6. What a longer training brings, and what it does not
#
# What do 1,000 steps on the same four photographs bring, each with half as many squares,
# instead of 60? That takes more than a minute, so the curve is stored here. To train it, with
# one pass of guessing to save time, run `python -m benchmarks compression_begun`. The course
# also carries weights that were trained for longer, on 115 more pictures of many kinds
# (`lessons/compression/train.py`). None of the three test photographs was among them. But one
# choice followed from their figures with an earlier network: more pictures of fine texture.

# %%
codec = empty_codec()
codec.set_weights(load_weights("codec"))
began = time.perf_counter()
curves["trained"] = [our_curve(codec, x) for x in test_photos]
seconds = (time.perf_counter() - began) / 12
for form in SETTINGS:
    ratios = times(curves[form], curves["trained"])
    print(f"{form:5} bytes / ours:", "  ".join(f"{r:.2f}" for r in ratios))
print(f"{seconds:.1f} seconds to write and draw a photograph once")

# %% [markdown]
# What does a file of the trained codec hold? We write the cat, read it back, and ask the
# guessing network once more what it had guessed.

# %%
cat = test_photos[0]
w = whole_guesser(codec, 16)
in_file, v = to_bytes(w, code_of(codec, w, cat[:264], 16))
v_back = from_bytes(w, in_file, v.shape[:2])
code = (v / (FINE * PARTS))[None].astype("float32")
guess, _ = codec.get_layer("guesser")([code, np.eye(4, dtype="float32")[None, None, 1:2]])
missed = code - ops.convert_to_numpy(guess)
zeros = np.mean(np.abs(missed[0]) < w["step"] / FINE / 2)
print(f"{v.size:,} numbers in {len(in_file):,} bytes: {zeros:.0%} of what was missed is 0")
by_left = code[..., 0] - np.pad(code[..., 0], ((0, 0), (0, 0), (1, 0)))[..., :-1]
print(f"first number, standard deviation: {code[..., 0].std():.2f}, ", end="")
print(
    f"missed by the network {missed[..., 0].std():.2f}, by the left block {by_left.std():.2f}"
)

# %%
first = np.concatenate([code, guess, missed])[..., 0]  # of the 96 numbers of each block
plots.show_images(
    {"the first number": first / np.abs(first).max()},
    captions=("code", "guess", "missed"),
    title="The guesses know most of the cat, and the file holds what they missed",
    scale=2.4,
)

# %% [markdown]
# Each point is a block, red where its first number is above 0 and blue where it is below. At
# the left is the code, which is nearly the brightness of the blocks. In the middle is what the
# network guesses from the blocks read before. At the right is the difference, which is all
# that the file tells. Whoever guesses that a block is like the one at its left misses
# more than twice as far, as the numbers above say.

# %% tags=["nbval-check-output"]
expect("the reader has what the writer had, number for number", (v_back == v).all())
expect(
    "what was missed spreads less than half as far as the code",
    first[2].std() < first[0].std() / 2,
)
expect(
    "and less than half as far as if the left block were the guess",
    missed[..., 0].std() < by_left.std() / 2,
)

# %%
area = np.mean([x.shape[0] * x.shape[1] for x in test_photos])


def mean_curve(of_photos):
    """Mean bits a pixel and mean PSNR of the photographs, setting by setting."""
    size, db = np.mean(of_photos, axis=0).T
    near = (size * 8 / area < 1.3) & (db < 36)
    return size[near] * 8 / area, db[near]


stored = (0.147, 0.299, 0.606, 1.199), (25.12, 27.52, 30.13, 32.90)
drawn = {name: mean_curve(c) for name, c in curves.items()} | {"1,000 steps, stored": stored}
plots.show_curves(
    drawn,
    title="Trained, the codec leaves JPEG and WebP behind; AVIF leads as files grow",
    x_label="bits a pixel",
    y_label="PSNR, dB (mean of three photographs)",
    marker="o",
)

# %% [markdown]
# Higher is better, and further left is smaller. PCA of blocks lies below JPEG. After 1,000
# steps the codec has overtaken JPEG, most of all at the left, where files are small. The
# trained codec lies far above both.
#
# WebP and AVIF grew out of video codecs. WebP lies below the trained codec. AVIF is level with
# it at the left and ahead as files grow. It was asked for all colours and for patience, and
# with still more patience it gains a few per cent. Decibels are one measure only. Look at
# pieces of files of about the same size:


# %%
def jpeg_of_size(x, size):
    """The smallest JPEG that is not smaller than so many bytes."""
    files = [through(x, "JPEG", quality=q, **BEST["JPEG"]) for q in range(1, 60)]
    return min(files, key=lambda file: (file[0] < size, file[0]))


pairs, likeness = [], []
for name, x in zip(names, test_photos, strict=True):
    spent, back = weighed(codec, x, 16)
    jpeg_size, jpeg = jpeg_of_size(x, spent)
    pairs.append((x, jpeg, back))
    likeness.append([ssim(x[None], y[None]) for y in (jpeg, back)])
    print(f"{name:8} JPEG {jpeg_size:,} bytes, SSIM {likeness[-1][0]:.2f}", end="; ")
    print(f"ours {spent:,} bytes, SSIM {likeness[-1][1]:.2f}")

# %%
corners = ((60, 130), (100, 150), (60, 120))
pieces = [
    [y[top : top + 128, left : left + 128] for y in three]
    for three, (top, left) in zip(pairs, corners, strict=True)
]
plots.show_photos(
    dict(zip(("photograph", "JPEG", "ours"), np.swapaxes(pieces, 0, 1), strict=True)),
    title="With as many bytes JPEG shows its blocks, and ours is blurred",
    scale=2.4,
)

# %% [markdown]
# The first row shows pieces of the three test photographs. JPEG, in the second row, breaks
# into blocks and bands. Ours, in the third row, is smooth: edges stay in place and textures
# are gone. It was trained for squared error, and what it cannot know it leaves flat. The JPEGs
# of cat and rocket are larger than ours, as JPEG cannot make them smaller.

# %%
cat_size, cat_back = weighed(codec, cat, 18)
print(f"{cat.size:,} bytes of pixels, {cat_size:,} bytes in the file")
plots.show_photos(
    {"photograph": cat[None], "from its file": cat_back[None]},
    title=f"A whole photograph in {cat_size / 1000:.1f} kB",
    scale=5,
)

# %% [markdown]
# Above is the photograph, below what comes back from less than a hundredth of its bytes. Eyes,
# nose, stripes and a few whiskers are there. The fine fur is gone, and what was white has
# faint clouds of colour: an error of less than half a step is not mended by the next block.

# %%
jpeg_by_ours = times(curves["JPEG"], curves["trained"])
jpeg_ssim, ours_ssim = np.mean(likeness, axis=0)
print(f"SSIM at equal bytes, mean of three: JPEG {jpeg_ssim:.2f}, ours {ours_ssim:.2f}")

# %% tags=["nbval-check-output"]
expect(
    "the cat's file has less than a hundredth of its pixels' bytes", 100 * cat_size < cat.size
)
expect("at the lowest quality JPEG needs more than twice the bytes", jpeg_by_ours[0] > 2)
expect("at each quality JPEG needs more", min(jpeg_by_ours) > 1)
expect("and so does WebP", np.nanmin(times(curves["WEBP"], curves["trained"])) > 1)
expect(
    "at the highest quality AVIF needs fewer than ours",
    times(curves["AVIF"], curves["trained"])[-1] < 1,
)
expect("at equal bytes ours has the higher SSIM, on average", ours_ssim > jpeg_ssim)

# %% [markdown]
# ### Where it loses
#
# *Predict:* a screenshot has a white page, a few colours and sharp letters. Will our codec or
# PNG make the smaller file?
#
# *Answer:* PNG, without any error. Ours has seen photographs only, and every sharp edge
# surprises it.

# %%
page = Image.new("RGB", (400, 300), "white")
draw = ImageDraw.Draw(page)
for i in range(12):
    draw.text((20, 20 + 18 * i), "A line of text costs a picture codec dearly.", fill="black")
draw.rectangle((290, 20, 380, 110), outline="navy", width=3)
draw.ellipse((290, 130, 380, 220), fill="darkorange")
page = np.asarray(page, dtype="float32") / np.float32(255)
png_size, _ = through(page, "PNG", **BEST["PNG"])
page_size, page_back = weighed(codec, page, 48)
page_psnr = psnr(page[None], page_back[None])
print(f"drawing: PNG {png_size} bytes without error, ours {page_size} at {page_psnr:.0f} dB")

# %%
finest = [max(db for _, db in curve) for curve in curves["trained"]]
avif = [through(x, "AVIF", quality=95, **BEST["AVIF"]) for x in test_photos]
for name, db, x, (spent, back) in zip(names, finest, test_photos, avif, strict=True):
    print(
        f"{name:8} ours at best {db:.1f} dB; "
        f"AVIF {psnr(x[None], back[None]):.1f} dB, {spent} bytes"
    )
plots.show_photos(
    {"drawing": page[None, :150, 10:210], "ours": page_back[None, :150, 10:210]},
    title="Letters get specks: the codec has never seen a page",
    scale=4,
)

# %% tags=["nbval-check-output"]
expect("the drawing: PNG is smaller, and has no error", png_size < page_size)
expect("our best quality stays below 40 dB on each photograph", max(finest) < 40)

# %% [markdown]
# Above, in the drawing, letters are sharp. Below, coloured specks surround them. And no
# setting of ours comes near to lossless: that belongs to PNG and AVIF. It also takes a good
# part of a second where JPEG takes a few thousandths.
#
# The best do what ours cannot. VVC, the video standard H.266, tries thousands of ways to cut
# and to predict each block. Cool-chic (Ladune et al., 2023) and C3 (Kim et al., 2024) fit a
# tiny decoder to *each picture* and send it along: 629 weights in the first Cool-chic. C3
# reaches VVC on photographs with fewer than 3,000 multiplications a pixel. Writing one picture
# takes them minutes.

# %% [markdown]
# ### Exercise 4: cheaper numbers (stretch)
#
# `round(h)` is the nearest code, but not always the best: the number next to it may cost 2
# bits less and add little error. Look for better numbers. Nothing is trained again, so the
# reader's side stays as it is.
#
# `h` is the code before rounding, `(n, numbers)`, `decode(y)` gives digits, and `prices[k, y +
# 40]` are the bits of whole number y at place k. Return whole numbers from −40 to 40 that take
# at least **4 %** fewer bytes than `round(h)`, with no larger error. What a squared error of 1
# is worth in bits says `worth`. The check brings a codec of its own.


# %% tags=["exercise"]
def my_search(x, h, decode, prices, worth):
    return ...


# %% tags=["solution"]
def my_search(x, h, decode, prices, worth):
    def loss(y):
        bits = prices[np.arange(y.shape[1]), y + 40].sum(axis=1)
        return bits + worth * np.square(decode(y) - x).sum(axis=(1, 2, 3))

    y = np.clip(np.round(h), -40, 40).astype(int)
    best = loss(y)
    for k in range(y.shape[1]):
        for move in (-1, 1):
            other = y.copy()
            other[:, k] = np.clip(y[:, k] + move, -40, 40)
            now = loss(other)
            better = now < best
            y[better], best[better] = other[better], now[better]
    return y


# %% tags=["nbval-check-output"]
exercise.search.check(my_search)

# %% [markdown]
# ## Now yours
#
# Here is a photograph as a phone stores it: a JPEG that lies on its side, with a note which
# way is up. `read_images` turns it. Put your own file in the place of `phone.jpg`.

# %%
folder = tempfile.TemporaryDirectory()
phone, ours_file = Path(folder.name) / "phone.jpg", Path(folder.name) / "photo.aec"
note = Image.Exif()
note[0x0112] = 6  # "turn it a quarter to the right"
sideways = Image.fromarray(np.rot90(data.coffee()).copy())
sideways.save(phone, quality=92, exif=note)

# %%
(photo,) = read_images(phone).images
ours_file.write_bytes(compress_photo(photo, quality=1.5))
back = decompress_photo(ours_file.read_bytes())
score = ssim(photo[None], back[None])
jpegs = [through(photo, "JPEG", quality=q, **BEST["JPEG"]) for q in range(2, 60, 2)]
alike = next(size for size, y in jpegs if ssim(photo[None], y[None]) >= score)
small = ours_file.stat().st_size
print(f"phone.jpg {phone.stat().st_size:,} bytes, photo.aec {small:,} bytes, SSIM {score:.2f}")
print(f"as a JPEG of the same SSIM: {alike:,} bytes")
plots.show_photos(
    {"phone.jpg": photo[None, 60:260, 150:450], "photo.aec": back[None, 60:260, 150:450]},
    title=f"A file of {small:,} bytes keeps the cup and loses the grain",
    scale=4,
)

# %% [markdown]
# Above is a piece of the phone's photograph, below the same piece from our file. Write
# `quality=0` for the smallest file and `quality=3` for the least error. A `Path` of your own
# in the place of the temporary folder keeps the file.
#
# Do not throw the original away. Nobody but this course reads `.aec`, what was smoothed does
# not come back, and text in the picture suffers most. A photograph of 12 megapixels takes a
# few seconds each way.

# %% tags=["nbval-check-output"]
expect("the file has less than a sixth of the phone's bytes", small < phone.stat().st_size / 6)
expect("a JPEG of equal SSIM is larger", alike > small)

# %% [markdown]
# ## What you saw
#
# - A file can be as small as its symbols are well guessed, and an arithmetic coder writes it.
# - Noise instead of rounding lets a code of whole numbers be trained, and λ trades its bytes
#   against its error.
# - Digits take a fraction of JPEG's bytes at equal error, by a network that knows only digits.
# - A codec that starts as PCA of blocks and looks at its neighbours beats JPEG on photographs.
# - It loses near lossless, on drawings, and in speed.

# %% [markdown]
# **Where this is used.** JPEG AI (2025) is a standard of this kind. Such codes carry speech in
# calls at a few kilobits, and many generators of pictures work on them.

# %% [markdown]
# **Read on.** Claude Shannon, *A mathematical theory of communication* (1948). Johannes Ballé,
# Valero Laparra and Eero Simoncelli, *End-to-end optimized image compression* (2017). Johannes
# Ballé et al., *Variational image compression with a scale hyperprior* (2018). David Minnen,
# Johannes Ballé and George Toderici, *Joint autoregressive and hierarchical priors for learned
# image compression* (2018). Johannes Ballé, Nick Johnston and David Minnen, *Integer networks
# for data compression with latent-variable models* (2019). Robert Bamler, *Understanding
# entropy coding with asymmetric numeral systems* (2022). Théo Ladune et al., *COOL-CHIC:
# coordinate-based low complexity hierarchical image codec* (2023). Hyunjik Kim et al., *C3:
# high-performance and low-complexity neural compression from a single image or video* (2024).
