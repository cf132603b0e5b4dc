"""What `lessons/compression/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import io
import math
from fractions import Fraction

import constriction
import numpy as np
from PIL import Image

from aecourse.backend import keras
from aecourse.metrics import psnr
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


class Quantised(keras.Layer):
    """Whole numbers in use; in training the numbers with noise as large as rounding is."""

    def __init__(self, **options):
        super().__init__(**options)
        self.draws = keras.random.SeedGenerator(0)

    def call(self, h, training=False):
        if not training:
            return ops.round(h)
        return h + keras.random.uniform(ops.shape(h), -0.5, 0.5, seed=self.draws)


def bump(away, width):
    """How much of a logistic bump lies within ±½ of a number so far away from its centre."""
    away = -ops.abs(away)  # on this side the difference keeps its digits
    return ops.sigmoid((away + 0.5) / width) - ops.sigmoid((away - 0.5) / width)


def probability(h, centre, log_width, share):
    """Of each number (n, numbers) of the code; it has three bumps (numbers, 3) of its own."""
    bumps = bump(h[..., None] - centre, ops.exp(log_width))
    return ops.sum(ops.softmax(share) * bumps, axis=-1)


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


def train_digits(x, worth, epochs):
    """Encoder, decoder and prices, trained so that an error of 1 is worth so many bits."""
    model, *parts = digit_codec()

    def error(x, y):
        return worth * ops.mean(ops.sum(ops.square(x - y), axis=(1, 2, 3)))

    fit(model, x, epochs=epochs, batch_size=125, learning_rate=4e-3, loss=error)
    return parts


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


def ideal_bytes(y, table):
    """Bytes a digit that a perfect file would take: the sum of −log2 p."""
    p = table / table.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(y.shape[1]), y + REACH]).sum() / 8 / len(y)


def rate_and_error(f, g, prices, x):
    y = code_of_digits(f, x)
    error = float(np.mean((digits_of_code(g, y) - x) ** 2))
    return ideal_bytes(y, price_table(prices)), error


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


def pca_curve(x_train, x_test, steps=(0.7, 1, 1.4, 2, 3), keep=64):
    """Bytes and MSE at each step of rounding."""
    x_train, x_test = (x.reshape(len(x), -1) for x in (x_train, x_test))
    mean, axes = directions(x_train, keep)
    points = []
    for step in steps:
        a_train, a_test = (np.round((x - mean) @ axes / step).astype(int) for x in (x_train, x_test))
        y = np.clip(a_test * step @ axes.T + mean, 0, 1)
        points.append((pca_bytes(a_train, a_test), float(np.mean((y - x_test) ** 2))))
    return points


def bytes_at(curve, error):
    """Bytes at this MSE, between two points of a curve in logarithms; NaN outside."""
    size, mse = np.log(np.array(sorted(curve, key=lambda point: point[1]))).T
    return float(np.exp(np.interp(math.log(error), mse, size, np.nan, np.nan)))


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


def symbols_of(bits, table):
    """The way back: in which piece the fraction lies, again and again."""
    point, symbols = Fraction(int(bits, 2), 2 ** len(bits)), []
    for row in table.tolist():
        ends, place = np.cumsum(row), math.floor(point * sum(row))
        s = int(np.searchsorted(ends, place, side="right"))
        symbols.append(s)
        point = (point * sum(row) - (int(ends[s]) - row[s])) / row[s]
    return np.array(symbols)


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


def blocks(x):
    """Pictures (n, 8h, 8w, 3) in [0, 1] as blocks (n, h, w, 192) with values in [-2, 2]."""
    n, height, width, _ = x.shape
    x = (4 * x - 2).reshape(n, height // 8, 8, width // 8, 8, 3).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(n, height // 8, width // 8, 192).astype("float32")


def pixels(b):
    n, h, w, _ = b.shape
    x = b.reshape(n, h, w, 8, 8, 3).transpose(0, 1, 3, 2, 4, 5).reshape(n, 8 * h, 8 * w, 3)
    return np.clip((x + 2) / 4, 0, 1)


KEPT = 96  # numbers of a block


def seen(z, maps):
    """What 3 × 3 neighbouring blocks say."""
    return layers.LeakyReLU(0.25)(layers.Conv2D(maps, 3, padding="same")(z))


def silent(maps):
    return layers.Conv2D(maps, 1, kernel_initializer="zeros")


def refined(z, maps):
    """z and a correction, which is zero at first."""
    return layers.Add()([z, silent(z.shape[-1])(seen(z, maps))])


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


PASSES = 4  # of guessing, before the guess that counts


def as_read(y, step, quality, guess):
    """Nearly what a reader will have of the code y, which is in steps; what comes is not."""
    v = StraightThrough()(y) * step
    for _ in range(PASSES):
        mean = ops.stop_gradient(guess([ops.stop_gradient(v), quality])[0])
        v = mean + StraightThrough()(y - mean / step) * step
    return v


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


def empty_codec():
    """A codec to load weights into."""
    return photo_codec(np.zeros((192, KEPT), "float32"), np.ones(KEPT))


def codec_of(b):
    """A codec that is nothing but the PCA of these blocks."""
    b = b.reshape(-1, 192)  # grey is 0, so no mean is taken out
    _, axes = np.linalg.eigh(b.T @ b)
    axes = np.ascontiguousarray(axes[:, ::-1][:, :KEPT])
    return photo_codec(axes, (b @ axes).std(axis=0))


def crops(photos, n, rng, side=96):
    """Squares from anywhere in the photographs, some of them mirrored."""
    cut = []
    for i in rng.integers(len(photos), size=n):
        top, left = (rng.integers(s - side + 1) for s in photos[i].shape[:2])
        square = photos[i][top : top + side, left : left + side]
        cut.append(square[:, :: rng.choice([-1, 1])])
    return np.stack(cut)


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


FINE = 1024  # parts of one
AWAY, FAR = 31, 4096  # symbols with a place each way; values for one that lies further away
MOST = FAR // 4 - 1  # steps of the code and of a guess: what was missed is one of those
PARTS, WIDTHS = 16, 8  # of a step, for guesses; rows of the table for a factor e of width


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


def waves(h, w):
    """Rows and columns of the blocks that can be read at once, from the first to the last."""
    row, column = (index.ravel() for index in np.indices((h, w)))
    order = np.argsort(column + 2 * row, kind="stable")
    ends = np.flatnonzero(np.diff((column + 2 * row)[order])) + 1
    return [(row[k], column[k]) for k in np.split(order, ends)]


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


HEADER = 13  # bytes: what the file is, quality, height and width, and a checksum


def weighed(codec, x, quality):
    """Bytes of the photograph's file, and what comes back, in steps of 1/255."""
    height, width, _ = x.shape
    full = np.pad(x, ((0, -height % 8), (0, -width % 8), (0, 0)), mode="edge")
    w = whole_guesser(codec, quality)
    data, v = to_bytes(w, code_of(codec, w, full, quality))
    back = picture_of(codec, v)[:height, :width]
    return len(data) + HEADER, np.round(255 * back) / np.float32(255)


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


def our_curve(codec, x, qualities=(0, 16, 32, 48)):
    """Bytes and PSNR of a photograph at qualities in 16ths."""
    files = [weighed(codec, x, quality) for quality in qualities]
    return [(size, psnr(x[None], back[None])) for size, back in files]


def times(rival_curves, our_curves):
    """For each quality, the rival's bytes over ours at equal PSNR: geometric mean."""
    pairs = zip(rival_curves, our_curves, strict=True)
    logs = [[math.log(bytes_at_psnr(rival, db) / size) for size, db in ours] for rival, ours in pairs]
    known = np.isfinite(logs)
    total = np.where(known, logs, 0).sum(axis=0)
    return np.exp(total / np.where(known.any(axis=0), known.sum(axis=0), np.nan))
