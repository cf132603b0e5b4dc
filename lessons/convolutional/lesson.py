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
# - compute a convolution by hand and count the weights that it saves,
# - enlarge a map in three ways, and see where a checkerboard comes from,
# - build the best 16-number autoencoder of the course so far, and take away two parts of its
#   recipe, one at a time,
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

# %%
seed = start(0)
(x_train, y_train), (x_test, y_test) = load_digits()
(x_fit, y_fit), (x_valid, y_valid), _ = split_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. A convolution by hand
#
# A dense layer gives every pixel its own weight. A {term:convolution} looks at the image
# through a small window, here 3 × 3 pixels. It has nine weights, which together are called its
# {term:kernel}. It multiplies each pixel in the window by its weight and adds the nine
# products. The sum is its answer at this place.
#
# ```text
#    window             kernel            products
# 0.0  0.2  0.9       −1   0   1       0.0   0   0.9
# 0.0  0.4  1.0   ×   −1   0   1   =   0.0   0   1.0    sum: 2.6
# 0.1  0.7  0.8       −1   0   1      −0.1   0   0.8
# ```
#
# The right column holds more ink than the left one, so the sum is large. In a window of equal
# pixels the products cancel, and the sum is 0.

# %%
window = np.array([[0.0, 0.2, 0.9], [0.0, 0.4, 1.0], [0.1, 0.7, 0.8]])
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
print(f"sum of the products: {(window * kernel).sum():.1f}")
print(f"in a window of equal pixels: {(np.full((3, 3), 0.7) * kernel).sum():.1f}")

# %% [markdown]
# Then the window moves on by one pixel, and the sum is computed again **with the same nine
# weights**. This is repeated at every place of the image.
#
# *Predict:* where in a digit will this kernel give a positive answer, and where a negative
# one?
#
# *Answer:* it is positive where ink begins on the way from left to right, and negative where
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


# %%
ten = x_test[first_ten]
sideways = (kernel / 3).astype("float32")  # a third: the answers lie between -1 and 1
left_right = np.stack([convolve(image, sideways) for image in ten[..., 0]])
up_down = np.stack([convolve(image, sideways.T) for image in ten[..., 0]])
plots.show_images(
    {"input x": ten, "left to right": left_right, "top to bottom": up_down},
    title="Nine weights find every edge of one direction, wherever it is",
)

# %% [markdown]
# The middle row is red where ink begins on the way from left to right, and blue where it ends.
# The bottom row shows the same from top to bottom. The kernel answers to a *change*, and it
# does so at every place.
#
# Keras computes the same numbers. And when the digit moves by four pixels, the answers move by
# four pixels, too.

# %%
import keras
from keras import layers, ops

by_keras = ops.convert_to_numpy(ops.conv(ten, sideways[:, :, None, None], padding="same"))
print(f"largest difference from Keras: {np.abs(by_keras[..., 0] - left_right).max():.1e}")
moved = np.stack([convolve(np.roll(image, 4, axis=1), sideways) for image in ten[..., 0]])

# %% tags=["nbval-check-output"]
expect("the nine products add up to 2.6", np.isclose((window * kernel).sum(), 2.6))
expect("Keras's convolution is this one", np.allclose(by_keras[..., 0], left_right, atol=1e-5))
expect(
    "move the digit by four pixels, and the answer moves by four pixels",
    np.allclose(moved[:, :, 5:27], np.roll(left_right, 4, axis=2)[:, :, 5:27], atol=1e-6),
)

# %% [markdown]
# A layer has many kernels. Each kernel gives one map of answers, which is called a
# {term:channel}, and each kernel looks at all channels of the layer before. At the end the
# layer adds one number, the *bias*, to all answers of a channel. Every channel that comes out
# has its own bias.
#
# For example, a layer leads from 1 to 16 channels with windows of 5 × 5. It holds 5 × 5 × 1 ×
# 16 weights and 16 biases.
#
# The {term:stride} is the length of the window's steps. With stride 2 the window moves by two
# pixels, so the maps that come out are half as high and half as wide.

# %% [markdown]
# ### Exercise 1: what is saved? (warm-up)
#
# The next layer leads from 14 × 14 × 16 to 7 × 7 × 32, with windows of 3 × 3 and stride 2. How
# many weights and biases does it hold together? And how many would a dense layer hold that
# takes and gives as many numbers?

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
# The decoder has to make a large image from a small code. Here are the shapes of a classic
# convolutional autoencoder. Two convolutions with stride 2 lead down to the code, and the
# layers behind the code lead up again.

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
# A box is as high as its maps, and it is wider where there are more channels. The maps behind
# the first convolution are smaller than x, and yet they hold more numbers: 14 × 14 × 16 =
# 3,136 instead of 784. Only the code is small.
#
# There are two common ways up.
#
# - A {term:transposed convolution} (also called deconvolution) works like a set of stamps.
#   Each number of the small map stamps the kernel, times itself, onto the larger image. The
#   next stamp stands two pixels further on. Where stamps overlap, they add up.
# - {term:Upsampling} repeats each pixel. A convolution follows.

# %% [markdown]
# *Predict:* give both ways a map that is 1 everywhere, and kernels of ones. The transposed
# convolution is tried with 3 × 3 and with 4 × 4 weights. Which images come out even?
#
# *Answer:* the 4 × 4 stamps and the upsampled map, except at the rim. The 3 × 3 stamps leave a
# checkerboard.

# %%
flat = np.ones((1, 14, 14, 1), "float32")
options = {"padding": "same", "kernel_initializer": "ones"}
up = {
    "transposed 3 × 3": layers.Conv2DTranspose(1, 3, strides=2, **options)(flat),
    "transposed 4 × 4": layers.Conv2DTranspose(1, 4, strides=2, **options)(flat),
    "upsampled, 3 × 3": layers.Conv2D(1, 3, **options)(layers.UpSampling2D(2)(flat)),
}
up = {name: ops.convert_to_numpy(y) for name, y in up.items()}
plots.show_images(
    {"results": np.concatenate([y / y.max() for y in up.values()])},
    captions=list(up),
    title="A 3 × 3 stamp every two pixels overlaps unevenly: a checkerboard",
    scale=2,
)

# %% [markdown]
# On the left is a checkerboard, although the map was the same everywhere. The stamps are three
# pixels wide and two pixels apart, so some pixels get one stamp, some two and some four. In
# the middle the stamps are four pixels wide, and inside the image every pixel gets four of
# them. On the right, upsampling and a convolution give an even image, too (Odena, Dumoulin &
# Olah, 2016).
#
# A network can learn weights that hide the pattern. It is better not to start with it.

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
# Write the transposed convolution for one map and one kernel, without padding.
#
# - `h` has the shape `(rows, columns)`, and `kernel` has the shape `(k, k)`.
# - Each number of `h` stamps `kernel`, times itself.
# - The stamp of `h[i, j]` begins at pixel `(stride * i, stride * j)`.
# - The result is as large as the last stamp needs, and no larger.


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
# The first and the last layer of the classic network work on many pixels with few channels. A
# computer without a GPU is slow at that. There is a shortcut.
#
# Cut the image into patches of 4 × 4 pixels. Lay the 16 pixels of each patch behind each
# other, as 16 channels. So 28 × 28 × 1 becomes 7 × 7 × 16, and nothing is lost. A convolution
# with a window of 3 × 3 places now sees 12 × 12 pixels at once.

# %% [markdown]
# On the way up, the last convolution gives 16 channels, and they are laid out as 4 × 4 pixels
# again. This third way up is the {term:sub-pixel convolution} of Shi and others (2016).


# %%
def to_patches(x):
    """(n, 28, 28, 1) → (n, 7, 7, 16)."""
    z = layers.Reshape((7, 4, 7, 4))(x)
    return layers.Reshape((7, 7, 16))(layers.Permute((1, 3, 2, 4))(z))


def from_patches(z):
    """(n, 7, 7, 16) → (n, 28, 28, 1)."""
    z = layers.Permute((1, 3, 2, 4))(layers.Reshape((7, 7, 4, 4))(z))
    return layers.Reshape((28, 28, 1))(z)


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
# The boxes of the maps are low and wide, since they have few places and many channels. The
# thin columns are vectors. Here is the same network in code, with the shape behind each layer.
#
# {term:SiLU} is the activation. It is z times its own sigmoid: a ReLU without the corner.
# Behind the two layers of 160 numbers stands batch normalisation, as in {lesson:dense_keras}.
# Section 5 will exchange the one and switch off the other.


# %%
def narrow(z, width, activation, norm):
    """A dense layer; with `norm` its numbers are normalised over the batch."""
    z = layers.Dense(width, use_bias=not norm)(z)
    z = layers.BatchNormalization(momentum=0.9)(z) if norm else z
    return layers.Activation(activation)(z)


def conv_encoder(filters, width, activation, norm):
    x = keras.Input((28, 28, 1))
    z = to_patches(x)  # 28 × 28 × 1 → 7 × 7 × 16
    z = layers.Conv2D(filters, 3, padding="same", activation=activation)(z)  # → 7 × 7 × 32
    z = narrow(layers.Flatten()(z), width, activation, norm)  # → 160
    return keras.Model(x, layers.Dense(16)(z))  # → 16


# %%
def conv_decoder(filters, width, activation, norm):
    h = keras.Input((16,))
    z = narrow(h, width, activation, norm)  # 16 → 160
    z = layers.Dense(7 * 7 * filters, activation=activation)(z)
    z = layers.Reshape((7, 7, filters))(z)  # → 7 × 7 × 32
    z = layers.Conv2D(filters, 3, padding="same", activation=activation)(z)  # → 7 × 7 × 32
    z = layers.Conv2D(16, 3, padding="same", activation="sigmoid")(z)  # → 7 × 7 × 16
    return keras.Model(h, from_patches(z))  # → 28 × 28 × 1


def network(filters=32, width=160, activation="silu", norm=True):
    settings = (filters, width, activation, norm)
    return Autoencoder(conv_encoder(*settings), conv_decoder(*settings))


# %% [markdown]
# `conv_autoencoder(16)` of the package builds the same network.

# %% tags=["nbval-check-output"]
expect(
    "the package's network has the same size",
    conv_autoencoder(16).count_params() == network().count_params(),
)
expect(
    "patches and back gives the image again",
    np.array_equal(ops.convert_to_numpy(from_patches(to_patches(x_test[:5]))), x_test[:5]),
)

# %% [markdown]
# ## 4. What the assumption is worth
#
# A convolution assumes two things. Pixels that belong together stand close together, and a
# stroke looks the same wherever it is. To see what that is worth, take it away: shuffle the
# pixels of all images, all in the same way.
#
# *Predict:* a small convolutional network and a dense one have equally many parameters. Both
# are trained on 2,000 digits, and once more on the same digits shuffled. In which order are
# the four errors?
#
# *Answer:* the convolution on digits has by far the lowest error. The dense network has nearly
# the same error twice. The convolution on shuffled digits is no better than the dense network.

# %%
rng = np.random.default_rng(seed)
shuffle = rng.permutation(784)


def shuffled(x):
    return x.reshape(-1, 784)[:, shuffle].reshape(-1, 28, 28, 1)


plots.show_images(
    {"digit": x_test[first_ten], "shuffled": shuffled(x_test[first_ten])},
    title="Shuffled, all in the same way: nothing is lost, and nobody can read it",
)

# %% [markdown]
# Each shuffled image holds the same pixels as the digit above it. A dense layer has its own
# weight for every pixel, so their order makes no difference to it.


# %%
def train_on_few(model, x, rate):
    """Train on 2,000 digits; the model and the seconds it took."""
    began = time.perf_counter()
    loss = "binary_crossentropy"
    fit(model, x[:2000], epochs=6, batch_size=50, learning_rate=rate, loss=loss)
    return model, time.perf_counter() - began


# %%
trained = {}
for data, images in (("digits", x_train), ("shuffled", shuffled(x_train))):
    trained["convolution", data] = train_on_few(network(24, 128), images, 8e-3)
    small_dense = dense_autoencoder(16, hidden=(180, 88))
    trained["dense", data] = train_on_few(small_dense, images, 6e-3)

# %%
tests = {"digits": x_test, "shuffled": shuffled(x_test)}
errors = {
    key: mse(tests[key[1]], net.reconstruct(tests[key[1]]))
    for key, (net, _) in trained.items()
}
for (name, data), (net, seconds) in trained.items():
    print(f"{name:12}{data:10}{net.count_params():>9,} parameters, {seconds:5.1f} s")
plots.show_bars(
    {f"{name}\n{data}": error for (name, data), error in errors.items()},
    title="Shuffled, the convolution has lost its lead; the dense network does not notice",
    y_label="test MSE, 16 numbers",
    colours=[plots.BLUE, plots.ORANGE] * 2,
)

# %% [markdown]
# The left pair of bars is for digits, the right pair for shuffled digits. Blue is the
# convolution, orange the dense network. Both have equally many parameters and see each digit
# six times. (The dense network needs fewer seconds. Section 5 compares at equal seconds.)
#
# On digits the convolution is far ahead. On shuffled digits its assumption is wrong, and its
# lead is gone. The dense network assumes nothing about places, so it has nothing to lose.

# %% tags=["nbval-check-output"]
expect(
    "on digits the convolution has the lower error, by 20 % at least",
    errors["convolution", "digits"] < 0.8 * errors["dense", "digits"],
)
expect(
    "shuffled, it is no better than the dense network",
    errors["convolution", "shuffled"] > 0.99 * errors["dense", "shuffled"],
)
expect(
    "the dense network's two errors differ by less than a tenth",
    abs(errors["dense", "digits"] / errors["dense", "shuffled"] - 1) < 0.1,
)

# %% [markdown]
# ### Two pixels to the right and down: where it loses
#
# In section 1, the answers of a convolution moved with the digit.
#
# *Predict:* shift the test digits by two pixels to the right and down. Whose error grows: that
# of the dense network, of the convolutional one, or of both?
#
# *Answer:* of both. Each error more than doubles.

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
    shifted,
    title="A shift of two pixels harms both networks",
    y_label="test MSE, 16 numbers",
    colours=[plots.BLUE] * 2 + [plots.ORANGE] * 2,
)

# %% [markdown]
# In each pair the left bar is for the digits as they are, and the right bar for the shifted
# ones. Both errors more than double. The convolutions do follow the shift. But between them
# and the code stands a dense layer, and it has learned *where* digits usually are. So this
# convolutional autoencoder depends on places, too.

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
# Here is the recipe. Its numbers were chosen on the 1,000 validation digits. (`python -m
# benchmarks.choose conv16 conv16_plain` repeats the trials.)
#
# - *Batch normalisation* allows long steps. Only the two narrow layers beside the code have
#   it. On the wide maps it would take too long.
# - *SiLU* has a slope nearly everywhere, so hardly any weight stops learning.
# - The *schedule* lets the rate fall to zero along half a cosine. Long steps come first, and
#   short ones follow.
# - *Small batches* give more steps for the same digits.
# - *Shifted copies*: each digit is in the training data twice, as it is and moved by one
#   pixel.


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
# ### One part at a time
#
# Does a part help? To see that, take it away and train again, with everything else as it was.
# Here this is done with two parts, and to save time with the small network and the 2,000
# digits of section 4.
#
# *Predict:* what happens to the error without batch normalisation? And with ReLU in place of
# SiLU?
#
# *Answer:* it grows in both cases.

# %%
variants = {
    "as in section 4": trained["convolution", "digits"][0],
    "without batch normalisation": train_on_few(network(24, 128, norm=False), x_train, 8e-3)[
        0
    ],
    "with ReLU, without SiLU": train_on_few(network(24, 128, "relu"), x_train, 8e-3)[0],
}
by_part = {name: mse(x_test, net.reconstruct(x_test)) for name, net in variants.items()}
plots.show_bars(
    by_part,
    title="Without batch normalisation or without SiLU the error is higher",
    y_label="test MSE, 16 numbers",
    colours=[plots.BLUE] * 3,
)

# %% [markdown]
# The left bar is the network of section 4. In each of the other two one part is missing, and
# the error is higher.

# %% tags=["nbval-check-output"]
expect(
    "without batch normalisation the error is 10 % higher, at least",
    by_part["without batch normalisation"] > 1.1 * by_part["as in section 4"],
)
expect(
    "with ReLU in place of SiLU as well",
    by_part["with ReLU, without SiLU"] > 1.1 * by_part["as in section 4"],
)

# %% [markdown]
# ### The same training data for both
#
# Now take the full recipe. The shifted copies could help a dense network as well, so it gets
# them, too. And to be fair, look at errors against *seconds*, not epochs. This Keras
# *callback* is called after every epoch and measures the validation error. Measuring does not
# count as training.


# %%
class ErrorBySeconds(keras.callbacks.Callback):
    """After every epoch: the seconds of training so far, and the validation error."""

    def __init__(self):
        super().__init__()
        self.seconds, self.errors = [0.0], []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(self.seconds[-1] + time.perf_counter() - self.began)
        self.errors.append(mse(x_valid, self.model.reconstruct(x_valid)))


# %%
by_conv, by_dense = ErrorBySeconds(), ErrorBySeconds()
best = train_conv(x_fit, EPOCHS, rng, callbacks=[by_conv])
for_dense = {**RECIPES[16], "epochs": 11}  # of twice as many digits
rival = train_dense(twice(x_fit, rng), 16, **for_dense, callbacks=[by_dense])

# %%
plots.show_curves(
    {
        "convolution": (by_conv.seconds[1:], by_conv.errors),
        "dense (384, 192)": (by_dense.seconds[1:], by_dense.errors),
    },
    title="With the same shifted digits the dense network catches up",
    x_label="seconds of training",
    y_label="validation MSE",
    marker="o",
)

# %% [markdown]
# Each curve has a point after every epoch. The first epoch includes the time that Keras takes
# to prepare. An epoch of the convolution takes longer, and it lowers the error more. The dense
# network makes up for it with more epochs. In the end both errors are nearly the same.
#
# So with the same shifted copies the convolution has no lead here. The table in the
# [README](../README.md) compares both networks in longer trainings of equally many seconds.

# %%
y_best, y_rival = best.reconstruct(x_test), rival.reconstruct(x_test)
plots.show_images(
    {
        "input x": x_test[first_ten],
        f"dense\nMSE {mse(x_test, y_rival):.4f}": y_rival[first_ten],
        f"convolution\nMSE {mse(x_test, y_best):.4f}": y_best[first_ten],
    },
    title="From 16 numbers both draw the digits nearly alike",
)

# %% [markdown]
# Below each digit stands what the dense network makes of it, and then what the convolutional
# one makes of it. The differences are small. Look at the ends of strokes and at small loops.

# %% tags=["nbval-check-output"]
expect(
    "with the same shifted digits the two errors differ by less than 8 %",
    abs(mse(x_test, y_best) / mse(x_test, y_rival) - 1) < 0.08,
)

# %% [markdown]
# ## 6. Look inside
#
# The first convolution has 32 kernels. Each has weights for 3 × 3 places with 16 pixels each.
# Laid out again, these weights are a picture of 12 × 12 pixels. It shows what the kernel looks
# for.

# %%
first = next(layer for layer in best.encoder.layers if isinstance(layer, layers.Conv2D))
# rows and columns of places, rows and columns of pixels in a patch, kernels
weights = first.get_weights()[0].reshape(3, 3, 4, 4, 32)
kernels = weights.transpose(4, 0, 2, 1, 3).reshape(32, 12, 12)
strongest = np.argsort(-np.abs(kernels).sum(axis=(1, 2)))[:10]
maps = keras.Model(best.encoder.input, first.output)
seven = x_test[first_ten[7]][None]
answers = ops.convert_to_numpy(maps(seven))[0].transpose(2, 0, 1)[strongest]

# %%
scaled = lambda a: a / np.abs(a).max()
plots.show_images(
    {"kernels": scaled(kernels[strongest]), "their answers to a 7": scaled(answers)},
    title="Kernels answer to different parts of the same 7, some hardly at all",
    captions=[f"no. {i}" for i in strongest],
)

# %% [markdown]
# The top row shows ten kernels, red where they want ink and blue where they want paper. The
# bottom row shows their answers at 7 × 7 places to the same 7. Red means a strong answer. Pale
# blue is a little below zero, which SiLU allows. Some kernels answer to one part of the 7, and
# some hardly at all.
#
# And what does a number of the code mean? Look at the digits for which it is smallest and
# largest.

# %%
codes = best.encode(x_test)
unit = int(codes.std(axis=0).argmax())
order = codes[:, unit].argsort()
plots.show_images(
    {"least of it": x_test[order[:10]], "most of it": x_test[order[-10:]]},
    title="One number of the code: the digits at its two ends look different",
)

# %% [markdown]
# The rows show the ten digits with the lowest values of one number, and the ten with the
# highest. It is easy to see a meaning in ten digits. So measure how alike they are. The
# *variance* of the pixels is 0 for equal images. Take it for the 50 digits at each end, and
# for 50 random digits.
#
# And there is a control. Mix all 16 numbers at random into new ones, and do the same with
# those.


# %%
def variance(chosen):
    """The variance of each pixel over these test digits, averaged over the pixels."""
    return float(x_test[chosen].var(axis=0).mean())


def ends(values):
    """For each column: the variance where digits are more alike, and at the other end."""
    orders = values.argsort(axis=0).T
    return np.sort([[variance(o[:50]), variance(o[-50:])] for o in orders], axis=1)


# %%
alike, other = ends(codes).mean(axis=0)
mix_alike, mix_other = ends(codes @ rng.normal(size=(16, 100))).mean(axis=0)
at_random = np.mean([variance(rng.permutation(len(x_test))[:50]) for _ in range(20)])
print(f"16 numbers of the code:   {alike:.3f} at one end, {other:.3f} at the other")
print(f"100 mixtures of them:     {mix_alike:.3f} at one end, {mix_other:.3f} at the other")
print(f"50 random digits:         {at_random:.3f}")

# %% [markdown]
# At one end of a number the digits are more alike than random digits. At the other end they
# are nearly as varied as random ones. And the mixtures do as well as the numbers themselves.
# So a single number means no more here than a random mixture of all. Nobody told the network
# to give it a meaning.

# %% tags=["nbval-check-output"]
expect("at one end digits are more alike than random ones, by 20 %", alike < 0.8 * at_random)
expect("at the other end they are less alike, by 15 %", other > 1.15 * alike)
expect("random mixtures do as well, within 10 %", abs(mix_alike / alike - 1) < 0.1)

# %% [markdown]
# ### Exercise 3: small (stretch)
#
# Sharing weights saves weights. Write a function that makes an autoencoder with **16** numbers
# in its code and at most **150,000** parameters, trains it on the digits `x` that it is given,
# and returns it. (The network above has more than 500,000.)
#
# The check trains with your function on 7,000 digits of its own, mirrored, and measures on
# 1,000 others. An error below **0.0150** is asked. To try out your ideas, call your function
# with `x_fit` and measure on `x_valid`.


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
# - A convolution is one small kernel that is used everywhere. Its answers move with the digit.
# - With as many parameters it beats the dense network on digits. On shuffled pixels its
#   assumption is wrong, and its lead is gone.
# - Given the same shifted digits and more epochs, the dense network catches up.
# - A shift by two pixels harms both networks: the code knows places.
# - At one end of a number of the code digits are more alike, but a random mixture of the
#   numbers does as well.
#
# **Where this is used.** Nearly every autoencoder of images: codecs, cleaning, the first stage
# of image generators.

# %% [markdown]
# **Read on.**
#
# - Jonathan Masci, Ueli Meier, Dan Cireşan and Jürgen Schmidhuber, *Stacked convolutional
#   auto-encoders for hierarchical feature extraction* (2011).
# - Augustus Odena, Vincent Dumoulin and Chris Olah, *Deconvolution and checkerboard artifacts*
#   (2016).
# - Wenzhe Shi and others, *Real-time single image and video super-resolution using an
#   efficient sub-pixel convolutional neural network* (2016).
