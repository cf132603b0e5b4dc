# %% [markdown]
# # Encode, decode: h = f(x), y = g(h)
#
# A ZIP file gives back every bit. An autoencoder forgets on purpose, and here you build one
# from nothing but NumPy.
#
# **The question:** a handwritten digit has 784 pixels. How few numbers does it take to draw it
# again, and who decides what to forget?
#
# **You will**
# - measure where lossless compression stops,
# - write an encoder f, a decoder g and the loss,
# - derive a gradient by hand, check it, and train with it,
# - see an autoencoder reach PCA, then beat it,
# - see what a large code and a small one do to noise.
#
# **You need** Python, a little NumPy, and what a derivative is.
#
# **Time** {time}.

# %%
import bz2
import lzma
import zlib

import numpy as np

from aecourse import plots
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import encode_decode as exercise
from aecourse.session import expect, start

seed = start(0)

# %% [markdown]
# ## 1. Lossless compression stops at a limit
#
# A digit here is 28 × 28 pixels of one byte each, 784 bytes in all. A *lossless* method makes
# a file smaller and must give back every byte. Python brings three of them. `zlib` is the
# method inside ZIP and PNG. `bz2` and `lzma` are newer and stronger.
#
# *Predict:* how many bytes a digit will they need for 2,000 digits? Does it help to compress
# the best result once more?
#
# *Answer:* 162 bytes a digit with `zlib`, 142 with `bz2` and 141 with `lzma`, about a fifth.
# Compressing the result once more saves nothing.

# %%
(images, labels), (test_images, test_labels) = load_digits()
raw = np.round(test_images * 255).astype(np.uint8).tobytes()
packed = {"zlib": zlib.compress(raw, level=9), "bz2": bz2.compress(raw)}
packed["lzma"] = lzma.compress(raw)
packed["lzma, twice"] = lzma.compress(packed["lzma"])
bytes_a_digit = {name: len(data) / 2000 for name, data in packed.items()}
plots.show_bars(
    {"pixels": 784, **bytes_a_digit, "16 numbers of 4 bytes": 16 * 4},
    title="Three lossless methods keep about a fifth; forgetting goes further",
    y_label="bytes a digit",
    number_format="{:.0f}",
    colours=[plots.BLACK] + [plots.GREEN] * 4 + [plots.BLUE],
)

# %% [markdown]
# The bars show bytes a digit. The three methods remove what repeats, mostly the empty paper.
# What is left looks random to them, and a second pass finds nothing more. The last bar is the
# aim of this lesson: 16 numbers a digit, which cannot hold every bit.

# %% tags=["nbval-check-output"]
expect(
    "all three give back every byte",
    all(m.decompress(packed[m.__name__]) == raw for m in (zlib, bz2, lzma)),
)
expect("none needs less than 130 bytes a digit", min(bytes_a_digit.values()) > 130)
expect("a second pass saves nothing", len(packed["lzma, twice"]) >= len(packed["lzma"]))

# %% [markdown]
# ## 2. Two functions
#
# An {term:autoencoder} is a pair of functions. The {term:encoder} f turns an input x into a
# {term:code} h. The {term:decoder} g turns the code into a {term:reconstruction} y:
#
# `x: (784,) → h = f(x): (16,) → y = g(h): (784,)`
#
# Nothing says that f and g must be learned. Here is a pair made by hand. f cuts the digit into
# 4 × 4 blocks of 7 × 7 pixels and takes the average of each block. g fills each block with its
# average.
#
# *Predict:* will you recognise the digits?
#
# *Answer:* hardly any. You see where the ink is, but no strokes.

# %%
x_train, x_test = images.reshape(-1, 784), test_images.reshape(-1, 784)


def f_blocks(x):
    return x.reshape(-1, 4, 7, 4, 7).mean(axis=(2, 4)).reshape(-1, 16)


def g_blocks(h):
    return h.reshape(-1, 4, 4).repeat(7, axis=1).repeat(7, axis=2).reshape(-1, 784)


# %%
first_ten = np.array([np.flatnonzero(test_labels == digit)[0] for digit in range(10)])
x = x_test[first_ten]
h = f_blocks(x)
y = g_blocks(h)
plots.show_images(
    {"input x": x, "code h": h, "output y": y},
    title="Sixteen block averages keep where the ink is and lose the digit",
)

# %% [markdown]
# The top row shows ten digits. The middle row shows their 16 numbers as a 4 × 4 picture, and
# the bottom row what g makes of them. This is a code, but not a good one. The rest of this
# lesson looks for a better f and g **of the same size**.

# %% tags=["nbval-check-output"]
expect(
    "x has shape (10, 784), h (10, 16), y (10, 784)",
    (x.shape, h.shape, y.shape) == ((10, 784), (10, 16), (10, 784)),
)

# %% [markdown]
# ### Exercise 1: shapes (warm-up)
#
# The simplest encoder that can be learned is a matrix: `h = x @ W`. Take a batch `x` of 500
# digits, with shape `(500, 784)`, and a code of 32 numbers. What are the shapes of `W` and
# `h`?

# %% tags=["exercise"]
shape_of_W = ...
shape_of_h = ...

# %% tags=["solution"]
shape_of_W = (784, 32)
shape_of_h = (500, 32)

# %% tags=["nbval-check-output"]
exercise.shapes.check(shape_of_W, shape_of_h)

# %% [markdown]
# ## 3. The loss, and what its numbers look like
#
# To learn, we need one number that says how far y is from x. It is called the {term:loss} L.
# The usual loss is the {term:mean squared error} (MSE). Take the difference of each pixel,
# square it, and average over all pixels of all digits.
#
# ### Exercise 2: write the loss
#
# `x` and `y` are arrays of the same shape. Return one number.


# %% tags=["exercise"]
def my_loss(x, y):
    return ...


# %% tags=["solution"]
def my_loss(x, y):
    return np.mean((y - x) ** 2)


# %% tags=["nbval-check-output"]
exercise.loss.check(my_loss)

# %% [markdown]
# A number alone says little. Is 0.03 good? So look first at what such numbers mean.
# {term:Principal component analysis} (PCA) is the classic way to describe data with few
# numbers. It finds the directions in which the digits vary most, and keeps the first k of
# them. The more directions it keeps, the smaller its error becomes. The figure below uses PCA
# to draw the same digits at four errors.
#
# *Predict:* at which MSE can you no longer read the digits?
#
# *Answer:* around 0.03 it gets hard, though most can still be read. At 0.07 nothing is left to
# read.

# %%
mean = x_train.mean(axis=0)
directions = np.linalg.eigh(np.cov(x_train.T))[1][:, ::-1]  # columns, most important first
directions = directions.astype("float32")


def pca(x, k):
    """x with all but its first k principal components forgotten."""
    return mean + (x - mean) @ directions[:, :k] @ directions[:, :k].T


def mse(x, y):
    return float(np.mean((y - x) ** 2))


# %%
pca_errors = {
    k: mse(x_test, pca(x_test, k)) for k in (0, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 112, 128)
}
levels = {}
for target in (0.005, 0.01, 0.03, 0.07):
    k = min(pca_errors, key=lambda k: abs(pca_errors[k] - target))
    levels[f"MSE {pca_errors[k]:.3f}"] = np.clip(pca(x, k), 0, 1)
plots.show_images(
    {"input x": x, **levels},
    title="0.005 is nearly perfect, 0.03 is hard to read, 0.07 is always the same blur",
)

# %% [markdown]
# Each row shows the ten digits at one error. Around 0.005 you have to look twice to see a
# difference. At 0.01 the strokes are a little uneven. At 0.03 they are smeared, but most
# digits can be read. At 0.07 every digit has become the average digit. This is the error of a
# code with no numbers.

# %% tags=["nbval-check-output"]
expect(
    "the average digit, a code of no numbers, has an MSE between 0.06 and 0.075",
    0.06 < pca_errors[0] < 0.075,
)
expect(
    "16 block averages are worse than 16 PCA numbers",
    mse(x_test, g_blocks(f_blocks(x_test))) > 1.3 * pca_errors[16],
)

# %% [markdown]
# ## 4. Training: the best f and g
#
# {term:Training} means to look, among all f and g of one form, for the pair with the smallest
# loss:
#
# $$\hat f, \hat g = \arg\min_{f,\,g}\; L\big(x,\; g(f(x))\big).$$
#
# Take the simplest form, two matrices: `h = x @ W_f` and `y = h @ W_g`. Often a {term:bias} is
# added, a number for each pixel that does not depend on the input: `y = h @ W_g + b`. Here we
# subtract the average digit first, and then no bias is needed.

# %% [markdown]
# To make L smaller, ask of each number in both matrices how L changes when that number grows a
# little. The answer is its *slope*, and all slopes together are the {term:gradient}.

# %% [markdown]
# ### One pixel, by hand
#
# Suppose that a digit had only one pixel, x = 1. Its code is one number, h = 2, and the
# decoder has one weight, W = 0.3. So y = h · W = 0.6, and L = (y − x)² = 0.16. How does L
# change when W grows? That is the slope of L *for* W.
#
# First, call the slope of L for y `d_y`. The slope of (y − x)² is 2 (y − x), so `d_y` is −0.8.
# Second, when W grows a little, y grows h = 2 times as much.

# %% [markdown]
# The {term:chain rule} says: multiply the slopes along the way. So the slope of L for W is
# `d_y` · h = −1.6.
#
# Try it with W = 0.31. Then y = 0.62 and L = 0.1444. L has fallen by 0.0156, which is nearly
# 1.6 × 0.01.

# %% [markdown]
# ### All pixels
#
# Now `d_y` is an array of the shape of y. It holds the slope of L for each entry of y. `d_h`,
# `d_W_f` and `d_W_g` are the same for h and the two matrices. One thing is new: where an entry
# acts on L in several ways, the chain rule adds up the slopes of all these ways. There are n
# digits. In the table, k counts digits, i counts pixels, and j counts the numbers of the code:
#
# | step | shape | why |
# |---|---|---|
# | `d_y = 2 * (y - x) / x.size` | (n, 784) | L is the sum of all (y − x)², divided by how many there are |
# | `d_W_g = h.T @ d_y` | (16, 784) | y[k, i] is the sum over j of h[k, j] · W_g[j, i]. So W_g[j, i] moves pixel i of every digit k by h[k, j]. Chain rule: multiply by d_y[k, i], add up over k |
# | `d_h = d_y @ W_g.T` | (n, 16) | In the same sum h[k, j] moves every pixel i by W_g[j, i]. Chain rule: multiply by d_y[k, i], add up over i |
# | `d_W_f = x.T @ d_h` | (784, 16) | `h = x @ W_f` is a product like `y = h @ W_g`: the second line, with x for h and d_h for d_y |


# %%
def gradients(x, W_f, W_g):
    """The slope of the MSE for each entry of W_f and W_g."""
    h = x @ W_f
    y = h @ W_g
    d_y = 2 * (y - x) / x.size
    d_h = d_y @ W_g.T
    return x.T @ d_h, h.T @ d_y


# %% [markdown]
# Is the derivation right? Never trust a gradient that was not checked. Move one entry by a
# tiny ε, see by how much the loss changes, and divide that by ε. This {term:finite difference}
# needs no derivation, so it can judge ours.

# %%
rng = np.random.default_rng(seed)
small = x_train[:20].astype("float64") - mean
W_f, W_g = rng.normal(0, 0.1, (784, 16)), rng.normal(0, 0.1, (16, 784))
d_W_f, d_W_g = gradients(small, W_f, W_g)
loss_of = lambda W_f, W_g: np.mean((small @ W_f @ W_g - small) ** 2)
step = np.zeros_like(W_f)
step[400, 3] = 1e-5
by_difference = (loss_of(W_f + step, W_g) - loss_of(W_f - step, W_g)) / 2e-5
decoder_difference = (loss_of(W_f, W_g + step.T) - loss_of(W_f, W_g - step.T)) / 2e-5
print(f"encoder: derived {d_W_f[400, 3]:.8f}, measured {by_difference:.8f}")
print(f"decoder: derived {d_W_g[3, 400]:.8f}, measured {decoder_difference:.8f}")

# %% tags=["nbval-check-output"]
expect(
    "the encoder's derived slope agrees with the measured one",
    np.isclose(d_W_f[400, 3], by_difference, rtol=1e-4),
)
expect("the decoder's too", np.isclose(d_W_g[3, 400], decoder_difference, rtol=1e-4))

# %% [markdown]
# ### Exercise 3: one gradient of your own
#
# Give the decoder a bias after all: `y = h @ W_g + b`, with `b` of shape `(784,)`. You get
# `d_y` of shape `(n, 784)`, the slope of the loss for each entry of y. Return the slope for
# each entry of `b`. The check measures it with finite differences.


# %% tags=["exercise"]
def bias_gradient(d_y):
    return ...


# %% tags=["solution"]
def bias_gradient(d_y):
    # b_i is added to pixel i of every digit, so the slopes of that pixel add up.
    return d_y.sum(axis=0)


# %% tags=["nbval-check-output"]
exercise.gradient.check(bias_gradient)

# %% [markdown]
# {term:Gradient descent} repeats three steps. Take 100 digits, a {term:minibatch}. Compute the
# gradient. Move both matrices a little against it. The *learning rate* says how far. One pass
# through all digits is an {term:epoch}. Towards the end the steps get shorter, so that the
# training settles. (The MSE averages over 784 pixels, so its slopes are small. That is why the
# learning rate below can be as large as 24.)
#
# *Predict:* the two matrices start at random. How close will they come to PCA?
#
# *Answer:* as close as can be. The error falls to PCA's and no further.


# %%
def train_linear(x, code_size, epochs, learning_rate, rng):
    """Gradient descent on both matrices; also the loss after every epoch."""
    W_f = rng.normal(0, 0.05, (784, code_size)).astype("float32")
    W_g = rng.normal(0, 0.05, (code_size, 784)).astype("float32")
    losses = []
    for epoch in range(epochs):
        rate = learning_rate * (1 + np.cos(np.pi * epoch / epochs)) / 2
        for batch in np.split(rng.permutation(len(x)), len(x) // 100):
            d_W_f, d_W_g = gradients(x[batch], W_f, W_g)
            W_f -= rate * d_W_f
            W_g -= rate * d_W_g
        losses.append(mse(x, x @ W_f @ W_g))
    return W_f, W_g, losses


# %%
W_f, W_g, losses = train_linear(x_train - mean, 16, 30, 24.0, rng)
linear_error = mse(x_test - mean, (x_test - mean) @ W_f @ W_g)
plots.show_curves(
    {"linear autoencoder": losses, "PCA, 16 numbers": [mse(x_train, pca(x_train, 16))] * 30},
    title="Gradient descent finds PCA's error and stops there",
    x_label="epoch",
    y_label="training MSE",
)

# %% [markdown]
# The solid line falls to the dashed one and no further. Baldi and Hornik (1989) proved why.
# The loss of a linear autoencoder has no valley beside its lowest one, and there its matrices
# span the same 16-dimensional plane as PCA's 16 directions. We can measure that, too. The
# {term:principal angles} say how two planes lie to each other. When the planes are the same,
# the cosines of these angles are all 1.

# %%
basis = np.linalg.qr(W_g.T)[0]
cosines = np.linalg.svd(directions[:, :16].T @ basis, compute_uv=False)
print(f"test MSE: linear autoencoder {linear_error:.5f}, PCA {pca_errors[16]:.5f}")
print(f"smallest cosine between the two planes: {cosines.min():.4f}")

# %% tags=["nbval-check-output"]
expect(
    "the linear autoencoder comes within 1 % of PCA's error",
    linear_error < 1.01 * pca_errors[16],
)
expect(
    "it is not better than PCA on the training digits",
    losses[-1] > 0.9999 * mse(x_train, pca(x_train, 16)),
)
expect("it spans the same plane: all cosines above 0.98", cosines.min() > 0.98)

# %% [markdown]
# ## 5. Bends make the difference
#
# A matrix can only rotate, stretch and flatten, and digits do not lie on a flat plane. So let
# f and g bend. A {term:layer} is a matrix, a bias, and then an {term:activation}, a function
# with a bend in it. The activation {term:ReLU} sets negative values to 0. The {term:sigmoid}
# at the end keeps pixels between 0 and 1. The code's layer has no bend.
#
# `x: (784,) → (256,) → h: (16,) → (256,) → y: (784,)`
#
# Below, each layer is a list `[W, b, activation]`, and a network is a list of layers. For the
# gradient we also need the slope of each activation. It can be computed from the output a.

# %% tags=["export"]
ACTIVATION = {
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
SLOPE = {
    "relu": lambda a: a > 0,
    "linear": np.ones_like,
    "sigmoid": lambda a: a * (1 - a),
}


# %% tags=["export"]
def new_network(sizes, activations, rng):
    """Layers with random weights (He et al., 2015) and biases of zero."""
    network = []
    for a, b, activation in zip(sizes[:-1], sizes[1:], activations, strict=True):
        W = rng.normal(0, np.sqrt(2 / a), (a, b)).astype("float32")
        network.append([W, np.zeros(b, "float32"), activation])
    return network


# %% tags=["export"]
def forward(x, layers):
    """What every layer gives: [x, ..., h, ..., y]."""
    outputs = [x]
    for W, b, activation in layers:
        outputs.append(ACTIVATION[activation](outputs[-1] @ W + b))
    return outputs


# %% [markdown]
# The gradient is the table of section 4 once more, layer by layer from the end. `d` is the
# slope of L for the output of a layer. The chain rule brings one more factor, the slope of the
# activation. Then follow the slopes for W and b, and `d` for the layer before.


# %% tags=["export"]
def backward(outputs, layers):
    """The slopes of the MSE for each W and b, in the order W, b, W, b, ..."""
    x, y = outputs[0], outputs[-1]
    d = 2 * (y - x) / x.size
    slopes = []
    for a, out, (W, _, activation) in zip(
        outputs[-2::-1], outputs[:0:-1], layers[::-1], strict=True
    ):
        d = d * SLOPE[activation](out)
        slopes = [a.T @ d, d.sum(axis=0), *slopes]
        d = d @ W.T
    return slopes


# %% [markdown]
# Plain gradient descent multiplies every slope by the same rate. {term:Adam} (Kingma &
# Ba, 2015) keeps two running averages for each weight. One is m, the average of its
# slope. The other is v, the average of its slope squared. Each step is the rate times m /
# √v, so weights with small slopes move about as far as the others.


# %% tags=["export"]
def adam(weights, slopes, m, v, t, rate):
    """Step t (from 1), in place. The corrected rate makes up for averages that start at 0."""
    rate = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    for w, s, m_w, v_w in zip(weights, slopes, m, v, strict=True):
        m_w += 0.1 * (s - m_w)
        v_w += 0.001 * (s * s - v_w)
        w -= rate * m_w / (np.sqrt(v_w) + 1e-7)


# %% tags=["export"]
def train(layers, x, epochs, rate, rng):
    """Train in place with Adam on minibatches of 100; the rate falls to 0."""
    weights = [w for W, b, _ in layers for w in (W, b)]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps, t = epochs * (len(x) // 100), 0
    for _ in range(epochs):
        for batch in np.split(rng.permutation(len(x)), len(x) // 100):
            t += 1
            slopes = backward(forward(x[batch], layers), layers)
            adam(weights, slopes, m, v, t, rate * (1 + np.cos(np.pi * t / steps)) / 2)


# %% [markdown]
# Width, rate and epochs had to be chosen. They were tried on 1,000 {term:validation digits},
# which were taken out of the training digits for that purpose. Had they been chosen on the
# test digits, the test error would look better than it is. (`python -m benchmarks.choose
# numpy16` repeats the trials.)
#
# *Predict:* the code has 16 numbers as before. Will the bends take half of PCA's error away,
# or only a few percent?
#
# *Answer:* nearly half, from 0.027 to 0.015.

# %% tags=["export"]
HIDDEN = 256  # numbers in the layers before and behind the code
EPOCHS = 12
RATE = 8e-3


def numpy_autoencoder(x, code_size, hidden, epochs, rng, rate=RATE):
    """784 → hidden → code → hidden → 784, trained on x."""
    size = x.shape[1]
    layers = new_network(
        [size, hidden, code_size, hidden, size], ["relu", "linear", "relu", "sigmoid"], rng
    )
    train(layers, x, epochs, rate, rng)
    return layers


# %%
network = numpy_autoencoder(x_train, 16, HIDDEN, EPOCHS, rng)
y_test = forward(x_test, network)[-1]
network_error = mse(x_test, y_test)
plots.show_images(
    {
        "input x": x,
        f"PCA\nMSE {pca_errors[16]:.4f}": np.clip(pca(x, 16), 0, 1),
        f"autoencoder\nMSE {network_error:.4f}": y_test[first_ten],
    },
    title="With the same 16 numbers, a network that bends beats PCA",
)

# %% [markdown]
# The middle row is PCA. There are grey clouds around the strokes, because a sum of fixed
# pictures cannot move a stroke. The bottom row is the autoencoder. Its background is clean and
# its strokes are sharper. Here and there it draws a digit in a more usual way than its writer
# did.

# %% tags=["nbval-check-output"]
expect(
    "with 16 numbers the NumPy autoencoder has at most 0.6 × PCA's error",
    network_error < 0.6 * pca_errors[16],
)

# %% [markdown]
# ### Exercise 4: what is saved?
#
# 784 numbers go in, 16 are kept. Which share of the numbers is saved? Give it as a number
# between 0 and 1.

# %% tags=["exercise"]
saved = ...

# %% tags=["solution"]
saved = 1 - 16 / 784

# %% tags=["nbval-check-output"]
exercise.compression.check(saved)

# %% [markdown]
# ### Where it loses
#
# *Predict:* give the network what it never saw, digits with black and white exchanged. What
# will it draw? What will `zlib` do with them?
#
# *Answer:* the network draws scrawls that have nothing to do with the digits. `zlib` gives
# back every byte.

# %%
inverted = 1 - x_test
y_inverted = forward(inverted, network)[-1]
inverted_raw = np.round(inverted * 255).astype(np.uint8).tobytes()
plots.show_images(
    {"inverted x": inverted[first_ten], "output y": y_inverted[first_ten]},
    title="The network cannot draw digits with black and white exchanged",
)

# %% [markdown]
# The top row shows inverted digits. The bottom row shows what the network makes of them, and
# it is nothing like them. The network has learned to draw these digits, not pictures in
# general. `zlib` gives back every byte of both. So when every bit counts, or when any picture
# may come, use a ZIP file.

# %% tags=["nbval-check-output"]
expect(
    "inverted digits cost the autoencoder more than ten times its error",
    mse(inverted, y_inverted) > 10 * network_error,
)
expect(
    "zlib gives back every byte of them",
    zlib.decompress(zlib.compress(inverted_raw)) == inverted_raw,
)

# %% [markdown]
# ## 6. A large code, a small code, and noise
#
# A code smaller than the input is {term:undercomplete}. The network has to choose what to
# keep. A code larger than the input is {term:overcomplete}, and need not choose. Take the
# middle of each digit, 10 × 10 pixels after averaging blocks of 2 × 2. Give these 100 numbers
# once a code of 200, and once a code of 16.

# %% [markdown]
# *Predict:* now add noise to the input of both. What will come out of the large code, what out
# of the small one? Which output is nearer to the clean digit?
#
# *Answer:* the large code copies much of the noise. The small code cannot copy it, and draws
# wrong strokes instead. The output of the large code is nearer to the clean digit.


# %% tags=["export"]
def middle(x):
    """The middle of each digit, 10 × 10 pixels after averaging 2 × 2 blocks: (n, 100)."""
    pixels = x.reshape(-1, 28, 28)[:, 4:24, 4:24]
    return pixels.reshape(-1, 10, 2, 10, 2).mean(axis=(2, 4)).reshape(-1, 100)


# %%
m_train, m_test = middle(x_train), middle(x_test)
small = numpy_autoencoder(m_train, 16, 200, 6, rng)  # 100 → 200 → 16 → 200 → 100
large = new_network([100, 200, 100], ["relu", "sigmoid"], rng)  # 100 → 200 → 100
train(large, m_train, 20, 6e-3, rng)

# %%
noisy = np.clip(m_test + rng.normal(0, 0.3, m_test.shape), 0, 1).astype("float32")
answers = {
    "noisy input": noisy,
    "200 numbers": forward(noisy, large)[-1],
    "16 numbers": forward(noisy, small)[-1],
}
plots.show_images(
    {name: a[first_ten] for name, a in answers.items()} | {"clean digit": m_test[first_ten]},
    title="The large code copies noise; the small one draws wrong strokes",
)

# %% [markdown]
# With 200 numbers (second row) much of the noise comes through. With 16 (third row) every
# output looks like a drawing, but not always like the digit in the last row.
#
# Two numbers tell more. One is the MSE between the output and the clean digit. The other is
# how often a *reader* is right. It finds the nearest of the 8,000 clean training digits and
# takes its label. The control is to do nothing and to read the noisy input itself.


# %%
def read(x):
    """The label of the nearest clean training digit, for each row of x."""
    distances = (m_train**2).sum(axis=1) - 2 * x @ m_train.T
    return labels[distances.argmin(axis=1)]


to_clean = {name: mse(m_test, a) for name, a in answers.items()}
read_right = {name: 100 * np.mean(read(a) == test_labels) for name, a in answers.items()}
for name, share in read_right.items():
    print(f"{name}: {share:.1f} % of 2,000 digits are read right")
plots.show_bars(
    to_clean,
    title="With 16 numbers the error is nearly that of doing nothing",
    y_label="MSE to the clean digit",
    colours=[plots.BLACK, plots.PURPLE, plots.BLUE],
)

# %% [markdown]
# The bars show the error to the clean digit. The output of the large code is nearer to it than
# the noisy input. The output of the small code is hardly nearer than the input, and it is read
# wrong more often. The large code does not help the reader either.

# %% tags=["nbval-check-output"]
expect(
    "the large code has less than three quarters of the noisy input's error",
    to_clean["200 numbers"] < 0.75 * to_clean["noisy input"],
)
expect(
    "the small code has more than four fifths of it",
    to_clean["16 numbers"] > 0.8 * to_clean["noisy input"],
)
expect(
    "the reader gains less than a point from the large code and loses over 4 by the small one",
    read_right["200 numbers"] < read_right["noisy input"] + 1
    and read_right["16 numbers"] < read_right["noisy input"] - 4,
)

# %% [markdown]
# A third number can mislead. It is the correlation between the noise that goes in and the
# change that comes out.


# %% tags=["export"]
def noise_passed(reconstruct, clean, noisy):
    """The correlation of the noise put in and the change that comes out."""
    change = reconstruct(noisy) - reconstruct(clean)
    return float(np.corrcoef((noisy - clean).ravel(), change.ravel())[0, 1])


# %%
networks = {"200 numbers": large, "16 numbers": small}
error, passed = {}, {}
for name, net in networks.items():
    error[name] = mse(m_test, forward(m_test, net)[-1])
    passed[name] = noise_passed(lambda a, net=net: forward(a, net)[-1], m_test, noisy)
    print(
        f"{name}: MSE on clean digits {error[name]:.4f}, "
        f"correlation of noise in and change out {passed[name]:.2f}"
    )

# %% [markdown]
# The small code has the lower correlation, and yet its output is farther from the clean digit.
# Where noise went in, something else comes out, and that is often a wrong stroke. So a low
# correlation does not mean that little noise gets through.

# %% tags=["nbval-check-output"]
expect(
    "the small code's correlation is less than two thirds of the large code's",
    passed["16 numbers"] < passed["200 numbers"] * 2 / 3,
)
expect(
    "on clean digits the large code has less than a third of the small code's error",
    error["200 numbers"] < error["16 numbers"] / 3,
)

# %% [markdown]
# Two things follow. The large code has the smallest error on clean digits and copies noise, so
# a small error alone does not show that a network knows digits. And a small code alone does
# not remove noise. {Lesson:denoising} trains a network to do that.


# %% [markdown]
# ### Exercise 5: a training loop of your own (stretch)
#
# Write `my_training(x)`. It takes digits of shape `(n, 784)` and trains a network with a code
# of **8** numbers on them. Write the loop yourself, with `forward`, `backward` and `adam`. The
# function returns the layers, and a list with the training loss of each epoch.
#
# Try it on `x_fit`, and look at the error on the validation digits `x_valid` as often as you
# like. The check hands your function 7,000 digits of its own and measures the MSE on 1,000
# others. All of them are mirrored, so a network that was trained on other digits does not
# pass. Bring the MSE below **0.0235**. PCA with 8 numbers stays above 0.03.

# %%
(fit_images, _), (valid_images, _), _ = split_digits()
x_fit, x_valid = fit_images.reshape(-1, 784), valid_images.reshape(-1, 784)
print(f"PCA, 8 numbers: {mse(x_valid, pca(x_valid, 8)):.4f}")


# %% tags=["exercise"]
def my_training(x):
    return ...


# %% tags=["solution"]
def my_training(x):
    rng, epochs, t, losses = np.random.default_rng(seed), 14, 0, []
    layers = new_network([784, 256, 8, 256, 784], ["relu", "linear", "relu", "sigmoid"], rng)
    weights = [w for W, b, _ in layers for w in (W, b)]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps = epochs * (len(x) // 100)
    for _ in range(epochs):
        for batch in np.split(rng.permutation(len(x)), len(x) // 100):
            t += 1
            rate = RATE * (1 + np.cos(np.pi * t / steps)) / 2
            adam(weights, backward(forward(x[batch], layers), layers), m, v, t, rate)
        losses.append(mse(x, forward(x, layers)[-1]))
    return layers, losses


# %% tags=["nbval-check-output"]
exercise.eight.check(my_training)

# %% [markdown]
# ## What you saw
#
# - Three lossless methods keep about a fifth of the bytes. Sixteen numbers need less, because
#   they may forget.
# - An autoencoder is two functions, and training looks for the pair with the smallest L.
# - A linear one finds PCA's plane. One that bends has little more than half of PCA's error.
# - It draws what it was trained on, and inverted digits not at all.
# - A large code copies noise, and a small one turns it into wrong strokes.
#
# **Where this is used.** Image and video codecs ({lesson:compression} writes files), search by
# similarity, cleaning, and finding what does not fit build on these two functions.

# %% [markdown]
# **Read on.**
#
# - Pierre Baldi and Kurt Hornik, *Neural networks and principal component analysis: learning
#   from examples without local minima* (1989).
# - Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data with neural
#   networks* (2006).
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, *Delving deep into rectifiers*
#   (2015).
# - Diederik Kingma and Jimmy Ba, *Adam: a method for stochastic optimization* (2015).
