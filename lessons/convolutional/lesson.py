# %% [markdown]
# # Convolutional autoencoders
#
# One small filter, used at every place of an image: how a convolution works, what it assumes,
# and what that assumption is worth.
#
# **The question:** shuffle the pixels of all digits, all in the same way. You cannot read them
# any more. Does a network notice?
#
# **You will**
# - compute a convolution by hand and count what it saves,
# - go up again in three ways, and see where a checkerboard comes from,
# - build the best 16-number autoencoder of the course so far, and know what each part of its
#   recipe is for,
# - measure what the convolution's assumption is worth, and where it does not help.
#
# **You need** {lesson:dense_keras}.
#
# **Time** {time}.

# %%
import time

import numpy as np

from aecourse import plots
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import convolutional as exercise
from aecourse.metrics import mse
from aecourse.models import Autoencoder, conv_autoencoder, dense_autoencoder
from aecourse.recipes.dense_keras import RECIPES, train_dense
from aecourse.session import expect, start
from aecourse.training import fit

seed = start(0)
(x_train, y_train), (x_test, y_test) = load_digits()
(x_fit, y_fit), (x_valid, y_valid), _ = split_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. A convolution by hand
#
# A dense layer gives every pixel its own weight. A {term:convolution} looks through a small
# window, here 3 × 3 pixels, multiplies what it sees by nine weights, its {term:kernel}, and
# adds. Then it moves on by one pixel and does the same **with the same nine weights**.
#
# *Predict:* what does a kernel with −1 on its left, 0 in the middle and 1 on its right answer
# to?
#
# *Answer:* to a change from left to right. It is positive where ink begins and negative where
# ink ends.


# %%
def convolve(image, kernel):
    """The answers of a 3 × 3 kernel at every place of an image; around it stands paper."""
    height, width = image.shape
    padded = np.pad(image, 1)
    answers = np.zeros_like(image)
    for i in range(3):
        for j in range(3):
            answers += kernel[i, j] * padded[i : i + height, j : j + width]
    return answers


sideways = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], dtype="float32") / 3
ten = x_test[first_ten]
left_right = np.stack([convolve(image, sideways) for image in ten[..., 0]])
up_down = np.stack([convolve(image, sideways.T) for image in ten[..., 0]])
plots.show_images(
    {"input x": ten, "left to right": left_right, "top to bottom": up_down},
    title="Nine weights find every edge of one direction, wherever it is",
)

# %% [markdown]
# The middle row is red where ink begins on the way from left to right and blue where it ends;
# the bottom row does the same from top to bottom. The kernel answers to a *change*, and it
# does so at every place. Keras computes the same:

# %%
from keras import layers, ops

by_keras = ops.convert_to_numpy(ops.conv(ten, sideways[:, :, None, None], padding="same"))
print(f"largest difference from Keras: {np.abs(by_keras[..., 0] - left_right).max():.1e}")
moved = np.stack([convolve(np.roll(image, 4, axis=1), sideways) for image in ten[..., 0]])

# %% tags=["nbval-check-output"]
expect("Keras's convolution is this one", np.allclose(by_keras[..., 0], left_right, atol=1e-5))
expect(
    "move the digit by four pixels, and the answer moves by four pixels",
    np.allclose(moved[:, :, 5:27], np.roll(left_right, 4, axis=2)[:, :, 5:27], atol=1e-6),
)

# %% [markdown]
# A layer has many kernels, one {term:channel} of answers each, and each kernel looks at all
# channels of the layer before: from 1 to 16 channels with 5 × 5 windows takes 5 × 5 × 1 × 16
# weights and 16 shifts.
#
# {term:Stride} is the way down: with stride 2 the window moves by two pixels, so that height
# and width are halved.
#
# ### Exercise 1: what is saved? (warm-up)
#
# The next layer goes from 14 × 14 × 16 to 7 × 7 × 32, by a convolution with 3 × 3 windows and
# stride 2. How many weights and shifts does it hold, all together? And how many would a dense
# layer hold that takes and gives as many numbers?

# %% tags=["exercise"]
in_the_convolution = ...
in_the_dense_layer = ...

# %% tags=["solution"]
in_the_convolution = 3 * 3 * 16 * 32 + 32
in_the_dense_layer = (14 * 14 * 16) * (7 * 7 * 32) + 7 * 7 * 32

# %% tags=["nbval-check-output"]
exercise.count.check(in_the_convolution, in_the_dense_layer)

# %% [markdown]
# ## 2. Down and up again
#
# An autoencoder has to come back up. Here is the way of a classic one, layer by layer: two
# convolutions with stride 2, the code, and two layers that undo them.

# %%
shapes = [
    ("x", (28, 28, 1)),
    ("stride 2", (14, 14, 16)),
    ("stride 2 again", (7, 7, 32)),
    ("code", (16,)),
    ("dense", (7, 7, 32)),
    ("up", (14, 14, 16)),
    ("y", (28, 28, 1)),
]
plots.show_shapes(
    shapes, title="Fewer pixels and more channels on the way down, and back again"
)

# %% [markdown]
# Each box is as high as its maps and the wider the more channels it has. From 784 numbers the
# first convolution makes 14 × 14 × 16 = 3,136; only the code is small.
#
# How does one go up? A {term:transposed convolution} (also called deconvolution) turns the
# window around: each number stamps the kernel, times itself, onto the larger image, the next
# stamp two pixels further on. Where stamps overlap they add up. The other way is
# {term:upsampling}: repeat each pixel, then convolve.
#
# *Predict:* give both ways a map that is 1 everywhere, and kernels of ones. Which images come
# out even?
#
# *Answer:* the transposed convolution with a 4 × 4 kernel and the upsampled map, but for the
# rim. The 3 × 3 stamps leave a checkerboard.

# %%
flat = np.ones((1, 14, 14, 1), "float32")
ones = layers.Conv2DTranspose(1, 3, strides=2, padding="same", kernel_initializer="ones")
fours = layers.Conv2DTranspose(1, 4, strides=2, padding="same", kernel_initializer="ones")
after = layers.Conv2D(1, 3, padding="same", kernel_initializer="ones")
up = {
    "transposed 3 × 3": ones(flat),
    "transposed 4 × 4": fours(flat),
    "upsampled, 3 × 3": after(layers.UpSampling2D(2)(flat)),
}
up = {name: ops.convert_to_numpy(y) for name, y in up.items()}
plots.show_images(
    {"stamps": np.concatenate([y / y.max() for y in up.values()])},
    captions=list(up),
    title="A 3 × 3 stamp every two pixels overlaps unevenly: a checkerboard",
    scale=2,
)

# %% [markdown]
# Left: 2 does not divide 3, so some pixels get one stamp, some two, some four, and a
# checkerboard appears where nothing was. Middle: 2 divides 4, it is even. Right: upsampling
# and convolving is even, too (Odena, Dumoulin & Olah, 2016). Only the rim, where the image
# ends, differs. A network can learn to fight the pattern; better not to start with it.

# %%
inside = {name: y[0, 3:-3, 3:-3, 0] for name, y in up.items()}
print({name: sorted(set(values.ravel().tolist())) for name, values in inside.items()})

# %% tags=["nbval-check-output"]
expect(
    "transposed 3 × 3: uneven, 1, 2 and 4 stamps",
    set(inside["transposed 3 × 3"].ravel()) == {1, 2, 4},
)
expect("transposed 4 × 4: even", np.ptp(inside["transposed 4 × 4"]) == 0)
expect("upsampling and convolution: even", np.ptp(inside["upsampled, 3 × 3"]) == 0)

# %% [markdown]
# ### Exercise 2: stamp
#
# Write the transposed convolution for one map and one kernel, without padding: `h` is `(rows,
# columns)`, `kernel` is `(k, k)`, each number of `h` stamps `kernel` times itself, the stamp
# of `h[i, j]` begins at pixel `(stride * i, stride * j)`. The result is just large enough for
# the last stamp.


# %% tags=["exercise"]
def stamp(h, kernel, stride):
    return ...


# %% tags=["solution"]
def stamp(h, kernel, stride):
    (rows, columns), k = h.shape, len(kernel)
    image = np.zeros((stride * (rows - 1) + k, stride * (columns - 1) + k))
    for i in range(rows):
        for j in range(columns):
            image[stride * i : stride * i + k, stride * j : stride * j + k] += h[i, j] * kernel
    return image


# %% tags=["nbval-check-output"]
exercise.stamping.check(stamp)

# %% [markdown]
# ## 3. A network for two cores
#
# The first and last layers of the classic network work on many pixels with few channels: much
# to fetch, little to multiply, slow without a GPU. There is a shortcut. Cut the image into
# patches of 4 × 4 pixels and lay the 16 pixels of a patch behind each other as channels: 28 ×
# 28 × 1 becomes 7 × 7 × 16, nothing is lost. A 3 × 3 convolution there sees 12 × 12 pixels at
# once. On the way up the last convolution gives 16 channels, and they are laid back as 4 × 4
# pixels: the {term:sub-pixel convolution} of Shi and others (2016), the third way up.


# %%
def to_patches(x):
    """(n, 28, 28, 1) → (n, 7, 7, 16)."""
    z = layers.Reshape((7, 4, 7, 4))(x)
    return layers.Reshape((7, 7, 16))(layers.Permute((1, 3, 2, 4))(z))


def from_patches(z):
    """(n, 7, 7, 16) → (n, 28, 28, 1)."""
    z = layers.Permute((1, 3, 2, 4))(layers.Reshape((7, 7, 4, 4))(z))
    return layers.Reshape((28, 28, 1))(z)


def convolution(channels, activation="silu"):
    """3 × 3 places at once."""
    return layers.Conv2D(channels, 3, padding="same", activation=activation)


def normalised(width, z):
    """A dense layer, its outputs normalised over the batch."""
    z = layers.BatchNormalization(momentum=0.9)(layers.Dense(width, use_bias=False)(z))
    return layers.Activation("silu")(z)


# %%
import keras

x = keras.Input((28, 28, 1))
z = convolution(32)(to_patches(x))
z = normalised(160, layers.Flatten()(z))
encoder = keras.Model(x, layers.Dense(16)(z))

h = keras.Input((16,))
z = layers.Dense(7 * 7 * 32, activation="silu")(normalised(160, h))
z = convolution(32)(layers.Reshape((7, 7, 32))(z))
y = from_patches(convolution(16, "sigmoid")(z))
model = Autoencoder(encoder, keras.Model(h, y))

# %%
patches = [
    ("x", (28, 28, 1)),
    ("patches", (7, 7, 16)),
    ("3 × 3", (7, 7, 32)),
    ("dense", (160,)),
    ("code", (16,)),
    ("dense", (160,)),
    ("dense", (7, 7, 32)),
    ("3 × 3", (7, 7, 32)),
    ("3 × 3", (7, 7, 16)),
    ("y", (28, 28, 1)),
]
plots.show_shapes(patches, title="Patches first: all convolutions work on 7 × 7 places")

# %% [markdown]
# The boxes of maps are low and wide: few places, many channels; the two beside the code are
# vectors of 160 numbers. {term:SiLU}, z times its own sigmoid, is a ReLU without the corner.
# `conv_autoencoder(16)` of the package builds the same network.

# %% tags=["nbval-check-output"]
expect(
    "the package's network has the same size",
    conv_autoencoder(16).count_params() == model.count_params(),
)
expect(
    "patches and back gives the image again",
    np.array_equal(ops.convert_to_numpy(from_patches(to_patches(x_test[:5]))), x_test[:5]),
)

# %% [markdown]
# ## 4. What the assumption is worth
#
# A convolution assumes two things: what belongs together stands close together, and a stroke
# is a stroke wherever it is. To see what that is worth, take it away: shuffle the pixels of
# all images, all in the same way.
#
# *Predict:* one small convolutional and one dense network with equally many parameters,
# trained on 2,000 digits and on the same digits shuffled. Four errors: in which order?
#
# *Answer:* the convolution on digits has by far the lowest. The dense network has nearly the
# same error twice. The convolution on shuffled digits comes last.

# %%
rng = np.random.default_rng(seed)
shuffle = rng.permutation(784)


def shuffled(x):
    return x.reshape(-1, 784)[:, shuffle].reshape(-1, 28, 28, 1)


def train_on_few(model, x, rate):
    """Train on 2,000 digits; the model and the seconds it took."""
    began = time.perf_counter()
    loss = "binary_crossentropy"
    fit(model, x[:2000], epochs=6, batch_size=50, learning_rate=rate, loss=loss)
    return model, time.perf_counter() - began


plots.show_images(
    {"digit": x_test[first_ten], "shuffled": shuffled(x_test[first_ten])},
    title="Shuffled, all in the same way: nothing is lost, and nobody can read it",
)

# %% [markdown]
# Each shuffled image holds the same pixels as the digit above it. A dense layer, which has a
# weight for every pixel, can put them back in order by itself.

# %%
trained = {}
for data, images in (("digits", x_train), ("shuffled", shuffled(x_train))):
    small_conv = conv_autoencoder(16, filters=24, dense=128)
    trained["convolution", data] = train_on_few(small_conv, images, 8e-3)
    small_dense = dense_autoencoder(16, hidden=(180, 88))
    trained["dense", data] = train_on_few(small_dense, images, 6e-3)
tests = {"digits": x_test, "shuffled": shuffled(x_test)}
errors = {
    key: mse(tests[key[1]], net.reconstruct(tests[key[1]]))
    for key, (net, _) in trained.items()
}
sizes = [net.count_params() for net, _ in trained.values()]
for (name, data), (net, seconds) in trained.items():
    print(f"{name:12}{data:10}{net.count_params():>9,} parameters, {seconds:5.1f} s")
plots.show_bars(
    {f"{name}\n{data}": error for (name, data), error in errors.items()},
    title="Shuffled, the convolution has lost its lead; the dense network does not notice",
    y_label="test MSE, 16 numbers",
)

# %% [markdown]
# The bars show the error of both networks on digits and on shuffled digits. They have equally
# many parameters and see each digit six times; the dense one is quicker (seconds above;
# section 5 compares at equal seconds). On digits the convolution is far ahead. Shuffled, its
# assumption is wrong, and the lead is gone. The dense network assumes nothing and so has
# nothing to lose.

# %% tags=["nbval-check-output"]
expect("parameters differ by less than 1 %", max(sizes) < 1.01 * min(sizes))
expect(
    "on digits the convolution has the lower error, by 20 % at least",
    errors["convolution", "digits"] < 0.8 * errors["dense", "digits"],
)
expect(
    "shuffled, it is no better than the dense network",
    errors["convolution", "shuffled"] > 0.99 * errors["dense", "shuffled"],
)
expect(
    "the dense network's two errors differ by less than 5 %",
    abs(errors["dense", "digits"] / errors["dense", "shuffled"] - 1) < 0.05,
)

# %% [markdown]
# ### Two pixels to the right and down: where it loses
#
# A convolution follows a shift (section 1).
#
# *Predict:* shift the test digits by two pixels to the right and down. Who suffers: the dense
# network, the convolutional one, or both?
#
# *Answer:* both. Each error more than doubles.

# %%
away = np.roll(x_test, (2, 2), axis=(1, 2))
conv, dense = trained["convolution", "digits"][0], trained["dense", "digits"][0]
shifted = {
    "convolution\nas they are": errors["convolution", "digits"],
    "convolution\nshifted": mse(away, conv.reconstruct(away)),
    "dense\nas they are": errors["dense", "digits"],
    "dense\nshifted": mse(away, dense.reconstruct(away)),
}
plots.show_bars(
    shifted, title="Both suffer: the code knows places", y_label="test MSE, 16 numbers"
)

# %% [markdown]
# The bars stand in pairs: as they are and shifted, for each network. Both errors double, and
# more. Convolutions follow a shift, but between them and the code stands a dense layer, which
# has learned *where* digits are. Convolutional does not mean indifferent to place; for that,
# one trains with shifted digits.

# %% tags=["nbval-check-output"]
expect(
    "convolution: two pixels more than double the error",
    shifted["convolution\nshifted"] > 2 * shifted["convolution\nas they are"],
)
expect(
    "dense: two pixels more than double the error",
    shifted["dense\nshifted"] > 2 * shifted["dense\nas they are"],
)

# %% [markdown]
# ## 5. The best 16 numbers so far
#
# The recipe; its numbers were chosen on the 1,000 validation digits (`python -m
# benchmarks.choose conv16 conv16_plain` repeats the trials):
#
# - *Batch normalisation*, as in {lesson:dense_keras}, lets the steps be long: Adam at 0.008.
#   Here only the two narrow layers beside the code have it: on the wide maps it takes long.
# - *SiLU* (section 3) has a slope nearly everywhere, so that hardly a unit stops learning.
# - The *schedule*: the rate falls to zero along half a cosine. Long steps find the valley,
#   short ones its floor.
# - *Batches* of 100: smaller ones give more steps for the same digits, larger ones use the
#   processor better.
# - *More data from the same digits*: each digit twice, as it is and shifted by one pixel. The
#   network cannot learn 7,000 digits by heart if half of them move.


# %% tags=["export"]
EPOCHS = 4
TRAINING = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def twice(x, rng):
    """The images, and the images shifted by one pixel, each in a random direction."""
    moves = np.array([(0, 1), (0, -1), (1, 0), (-1, 0)])[rng.integers(0, 4, len(x))]
    return np.concatenate([x, [np.roll(a, m, (0, 1)) for a, m in zip(x, moves, strict=True)]])


def train_conv(x, epochs, rng, **options):
    """The course's convolutional autoencoder: 16 numbers, each digit seen twice an epoch."""
    model = conv_autoencoder(16)
    fit(model, twice(x, rng), epochs=epochs, **{**TRAINING, **options})
    return model


# %% [markdown]
# To be fair, look at errors against *seconds*, not epochs. This Keras *callback* is called
# after every epoch and measures the validation error; measuring does not count as training.


# %%
class ErrorBySeconds(keras.callbacks.Callback):
    """After every epoch: the seconds of training so far, and the validation error."""

    def __init__(self):
        super().__init__()
        self.seconds, self.errors = [0.0], [0.07]

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(self.seconds[-1] + time.perf_counter() - self.began)
        self.errors.append(mse(x_valid, self.model.reconstruct(x_valid)))


# %%
by_conv, by_dense = ErrorBySeconds(), ErrorBySeconds()
best = train_conv(x_fit, EPOCHS, rng, callbacks=[by_conv])
rival = train_dense(x_fit, 16, **RECIPES[16], callbacks=[by_dense])

# %%
plots.show_curves(
    {
        "convolution": (by_conv.seconds[1:], by_conv.errors[1:]),
        "dense (384, 192)": (by_dense.seconds[1:], by_dense.errors[1:]),
    },
    title="The convolution ends lower",
    x_label="seconds of training",
    y_label="validation MSE",
    marker="o",
)

# %% [markdown]
# Two falling curves, a point an epoch; the first epoch of each includes the time that Keras
# takes to prepare. An epoch of the convolution is longer, it sees every digit twice, and
# brings more. It ends below the dense network.
#
# More would give more: the figure in the [README](../README.md) shows complete trainings of
# both networks, and in its table, where all training digits are used, 8 epochs instead of 3
# bring the convolution's error down by nearly a fifth.

# %%
y_best, y_rival = best.reconstruct(x_test), rival.reconstruct(x_test)
plots.show_images(
    {
        "input x": x_test[first_ten],
        f"dense\nMSE {mse(x_test, y_rival):.4f}": y_rival[first_ten],
        f"convolution\nMSE {mse(x_test, y_best):.4f}": y_best[first_ten],
    },
    title="The best 16 numbers of the course so far",
)

# %% [markdown]
# Below each digit: what the dense and what the convolutional network make of it. The
# differences are in the details: the ends of strokes, small loops.

# %% tags=["nbval-check-output"]
expect(
    "the convolution ends below the dense network",
    mse(x_test, y_best) < 0.97 * mse(x_test, y_rival),
)

# %% [markdown]
# ## 6. Look inside
#
# The first convolution has 32 kernels of 3 × 3 places with 16 pixels each: laid out again they
# are pictures of 12 × 12 pixels, and one can look at what each kernel looks for.

# %%
first = next(layer for layer in best.encoder.layers if isinstance(layer, layers.Conv2D))
weights = first.get_weights()[0].reshape(
    3, 3, 4, 4, 32
)  # rows, columns, pixels in a patch, kernel
kernels = weights.transpose(4, 0, 2, 1, 3).reshape(32, 12, 12)
strongest = np.argsort(-np.abs(kernels).sum(axis=(1, 2)))[:10]
maps = keras.Model(best.encoder.input, first.output)
seven = x_test[first_ten[7]][None]
answers = ops.convert_to_numpy(maps(seven))[0].transpose(2, 0, 1)[strongest]
scaled = lambda a: a / np.abs(a).max()
plots.show_images(
    {"kernels": scaled(kernels[strongest]), "their answers to a 7": scaled(answers)},
    title="Kernels answer to different parts of the same 7, some hardly at all",
    captions=[f"no. {i}" for i in strongest],
)

# %% [markdown]
# Top: ten kernels, red where they want ink and blue where they want paper. Bottom: their
# answers at 7 × 7 places to the same 7, red for yes, pale blue for no: SiLU lets a no be a
# little below zero. Some answer to one part of it, some hardly at all.
#
# And a number of the code? Look at the digits that have most and least of it.

# %%
codes = best.encode(x_test)
unit = int(codes.std(axis=0).argmax())
order = codes[:, unit].argsort()
plots.show_images(
    {"least of it": x_test[order[:10]], "most of it": x_test[order[-10:]]},
    title="One number of the code: the digits at its two ends look different",
)

# %% [markdown]
# The two rows show the ten digits with the lowest and the ten with the highest value of one
# number. Within a row they are alike, between the rows they are not; but nobody told the
# network to give each number a *meaning*, and most share theirs with others.

# %%
ends = [x_test[order[:50]].reshape(50, -1), x_test[order[-50:]].reshape(50, -1)]
within = np.mean([np.var(end, axis=0).mean() for end in ends])
print(
    f"variance within the ends {within:.4f}, "
    f"of all test digits {x_test.var(axis=0).mean():.4f}"
)

# %% tags=["nbval-check-output"]
expect(
    "digits at one end of a number are more alike than digits are",
    within < x_test.var(axis=0).mean(),
)

# %% [markdown]
# ### Exercise 3: small (stretch)
#
# Sharing weights saves weights. Write a function that makes an autoencoder with **16** numbers
# and at most **150,000** parameters, trains it on the digits `x` that it is given, and returns
# it. (The network above has more than 500,000.) The check trains with your function on 7,000
# digits of its own, digits in a mirror, and measures on 1,000 others: an error below
# **0.0150** is asked. To try out your ideas, call it yourself with `x_fit` and measure on
# `x_valid`.


# %% tags=["exercise"]
def train_small(x):
    return ...


# %% tags=["solution"]
def train_small(x):
    model = conv_autoencoder(16, filters=16, dense=64)
    fit(model, x, epochs=6, batch_size=50, learning_rate=8e-3, loss="binary_crossentropy")
    return model


# %% tags=["nbval-check-output"]
exercise.small.check(train_small)

# %% [markdown]
# ## What you saw
#
# - A convolution is one small kernel used everywhere; stride goes down, three ways go up, one
#   of them with a checkerboard.
# - It assumes that neighbours belong together. On shuffled pixels that is wrong, and its lead
#   over a dense network is gone.
# - With as many parameters it beats the dense network on digits.
# - A shift by two pixels hurts both: the code knows places.
#
# **Where this is used.** Nearly every autoencoder of images: codecs, cleaning, the first stage
# of image generators.
#
# **Read on.** Jonathan Masci, Ueli Meier, Dan Cireşan and Jürgen Schmidhuber, *Stacked
# convolutional auto-encoders for hierarchical feature extraction* (2011). Augustus Odena,
# Vincent Dumoulin and Chris Olah, *Deconvolution and checkerboard artifacts* (2016). Wenzhe
# Shi and others, *Real-time single image and video super-resolution using an efficient
# sub-pixel convolutional neural network* (2016).
