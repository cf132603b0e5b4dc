# %% [markdown]
# # Dense autoencoders in Keras
#
# The NumPy network in ten lines of Keras, taken apart and put to use: store codes today,
# decode them tomorrow.
#
# **The question:** it gives back what you put in. So what's the big deal?
#
# **You will**
# - build an autoencoder in Keras and prove that it is the one you wrote in NumPy,
# - use encoder and decoder apart: encode 2,000 digits, store the codes, decode them later,
# - compare deep with shallow, and two losses,
# - see the gap between training and test, and a case in which PCA wins,
# - search 8,000 digits by their codes.
#
# **You need** {lesson:encode_decode}.
#
# **Time** {time}.

# %%
import tempfile
from pathlib import Path

import numpy as np

from aecourse import models, plots
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import dense_keras as exercise
from aecourse.metrics import mse
from aecourse.models import dense_autoencoder, pca_reconstruct
from aecourse.session import expect, start
from aecourse.training import fit

seed = start(0)
(x_train, y_train), (x_test, y_test) = load_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. Ten lines
#
# `x: (784,) → (256,) → h: (16,) → (256,) → y: (784,)`
#
# A Keras model is written as the way of one sample: call a layer on what the layer before
# gave. Keras derives by itself the gradients of the table in {lesson:encode_decode}.

# %%
import keras
from keras import layers, ops

x = keras.Input((28, 28, 1))
z = layers.Flatten()(x)
z = layers.Dense(256, activation="relu")(z)
h = layers.Dense(16, name="code")(z)
z = layers.Dense(256, activation="relu")(h)
z = layers.Dense(784, activation="sigmoid")(z)
y = layers.Reshape((28, 28, 1))(z)
model = keras.Model(x, y)
model.compile(optimizer=keras.optimizers.SGD(10.0), loss="mse")
model.summary()

# %% [markdown]
# The table lists the layers, the shape that each gives (`None` is the batch) and its weights:
# a `Dense` layer from a to b numbers holds a matrix of a × b and b shifts.
#
# ## 2. It is the same network
#
# *Predict:* give NumPy the same weights. To how many digits will the two agree, in the output,
# and after one step of training?
#
# *Answer:* to about six digits, nearly all that these numbers hold. So it is the same network
# and the same step.


# %%
def numpy_forward(x, weights):
    """The NumPy network's forward pass; weights in Keras's order W, b, W, b, ..."""
    outputs = [x.reshape(len(x), -1)]
    for i in range(0, 8, 2):
        z = outputs[-1] @ weights[i] + weights[i + 1]
        outputs.append(1 / (1 + np.exp(-z)) if i == 6 else z if i == 2 else np.maximum(z, 0))
    return outputs


def numpy_step(x, weights, rate):
    """One step of gradient descent on the MSE, as derived for the NumPy network."""
    outputs, new = numpy_forward(x, weights), list(weights)
    d = 2 * (outputs[4] - outputs[0]) / outputs[0].size * outputs[4] * (1 - outputs[4])
    for i in (6, 4, 2, 0):
        a = outputs[i // 2]
        new[i], new[i + 1] = weights[i] - rate * a.T @ d, weights[i + 1] - rate * d.sum(axis=0)
        d = (d @ weights[i].T) * (1 if i == 4 else a > 0)  # no bend at the code
    return new


# %%
batch, before = x_train[:100], model.get_weights()
y_keras = ops.convert_to_numpy(model(batch))
y_numpy = numpy_forward(batch, before)[-1].reshape(batch.shape)
by_numpy = numpy_step(batch, before, rate=10.0)
model.train_on_batch(batch, batch)
by_keras = model.get_weights()
moved = max(np.abs(k - b).max() for k, b in zip(by_keras, before, strict=True))
apart = max(np.abs(k - n).max() for k, n in zip(by_keras, by_numpy, strict=True))
print(f"largest difference of the outputs: {np.abs(y_keras - y_numpy).max():.1e}")
print(f"the step moved a weight by up to {moved:.1e}; the two disagree by at most {apart:.1e}")

# %% tags=["nbval-check-output"]
expect("same weights, same output (to 1 in 10,000)", np.abs(y_keras - y_numpy).max() < 1e-4)
expect("same gradient step (to 1 % of the longest move)", apart < 0.01 * moved)

# %% [markdown]
# Nothing was hidden: Keras does what you derived, faster and for any network.
#
# Training takes two calls. `compile` says how to step and what to make small. `fit` goes
# through the digits, batch by batch, as often as you ask. Input and target are the same
# digits.

# %%
plain = keras.models.clone_model(model)  # the same layers, with new weights
plain.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
losses = plain.fit(x_train, x_train, batch_size=100, epochs=3, verbose=0).history["loss"]
print("training MSE by epoch: " + ", ".join(f"{loss:.4f}" for loss in losses))

# %% [markdown]
# The loss falls with every epoch.
#
# ### Exercise 1: build your own
#
# Build a Keras model for these digits with a code of **32** numbers and one hidden layer of
# 128 on each side: 784 → 128 → 32 → 128 → 784. Input and output have shape `(28, 28, 1)`,
# outputs lie between 0 and 1, the code has no activation. You need not train it.

# %% tags=["exercise"]
my_model = ...

# %% tags=["solution"]
# A plain stack can also be written as a list; the way of section 1 is as good.
my_model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(32),
        layers.Dense(128, activation="relu"),
        layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28, 1)),
    ]
)

# %% tags=["nbval-check-output"]
exercise.build.check(my_model)

# %% [markdown]
# ## 3. Three things you can use apart
#
# From here on the package builds the network: `dense_autoencoder(16)` returns an `Autoencoder`
# made of two Keras models, `model.encoder` and `model.decoder`. Its hidden layers are
# normalised over the batch (Ioffe & Szegedy, 2015): each layer's numbers are brought to mean 0
# and spread 1, which lets training take longer steps. `fit` is Keras's own `fit` with Adam and
# a rate that falls to zero.

# %% tags=["export"]
# By the numbers in the code: the widths of the encoder's hidden layers, and the epochs.
RECIPES = {
    16: {"hidden": (384, 192), "epochs": 11},
    64: {"hidden": (512,), "epochs": 5},
}
TRAINING = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def train_dense(x, latent_dim, hidden, epochs, **options):
    """The course's dense autoencoder, trained on x; options replace TRAINING's in `fit`."""
    model = dense_autoencoder(latent_dim, hidden=hidden, input_shape=x.shape[1:])
    fit(model, x, epochs=epochs, **{**TRAINING, **options})
    return model


# %%
model_16 = train_dense(x_train, 16, **RECIPES[16], watch=x_test[first_ten])

# %% [markdown]
# The curve shows the loss by epoch; the two rows show ten test digits and what comes out. (The
# loss here is the binary cross-entropy; section 5 says why. Errors below are MSE, as before.)
#
# Widths, rate, batch size and epochs were chosen on 1,000 *validation digits* taken out of the
# training digits, never on the test digits: the best of many tries on them would look better
# than it is. (`python -m benchmarks.choose dense16` repeats the tries.)
#
# And with 64 numbers. Here one hidden layer is used, which is quicker.

# %%
model_64 = train_dense(x_train, 64, **RECIPES[64])
pca_16, pca_64 = pca_reconstruct(x_train, x_test, 16), pca_reconstruct(x_train, x_test, 64)
y_16, y_64 = model_16.reconstruct(x_test), model_64.reconstruct(x_test)
plots.show_images(
    {
        "input x": x_test[first_ten],
        f"PCA, 16\nMSE {mse(x_test, pca_16):.4f}": np.clip(pca_16[first_ten], 0, 1),
        f"784 → 16 → 784\nMSE {mse(x_test, y_16):.4f}": y_16[first_ten],
        f"PCA, 64\nMSE {mse(x_test, pca_64):.4f}": np.clip(pca_64[first_ten], 0, 1),
        f"784 → 64 → 784\nMSE {mse(x_test, y_64):.4f}": y_64[first_ten],
    },
    title="At 16 numbers PCA is far behind; at 64 it comes closer",
)

# %% [markdown]
# Each row gives the ten digits as one method returns them. The fewer the numbers, the more it
# matters that the network can bend.

# %% tags=["nbval-check-output"]
expect(
    "16 numbers: at most 0.45 × PCA's error", mse(x_test, y_16) < 0.45 * mse(x_test, pca_16)
)
expect(
    "64 numbers: at least 15 % below PCA's error",
    mse(x_test, y_64) < 0.85 * mse(x_test, pca_64),
)

# %% [markdown]
# ### Encode today, decode tomorrow
#
# The encoder runs once. The codes go into a file, the autoencoder into another, and the digits
# can be deleted.

# %%
folder = Path(tempfile.mkdtemp())
codes = model_16.encode(x_test)
np.save(folder / "codes.npy", codes.astype("float16"))  # 2 bytes a number are plenty
model_16.save(folder / "autoencoder.keras")
print(f"codes {codes.shape}: mean {codes.mean():.2f}, standard deviation {codes.std():.2f}")
stored = (folder / "codes.npy").stat().st_size
print(f"stored: {stored:,} bytes for 2,000 digits of 784 bytes each")

# %% [markdown]
# Tomorrow, in another notebook, perhaps on another machine:

# %%
tomorrow = models.load(folder / "autoencoder.keras")
y_tomorrow = tomorrow.decoder.predict(np.load(folder / "codes.npy"), verbose=0)
bytes_a_digit = {"pixels": 784, "64 numbers": 64 * 2, "16 numbers": 16 * 2}
plots.show_images(
    {"decoded today": y_16[first_ten], "decoded tomorrow": y_tomorrow[first_ten]},
    title="The codes are all the decoder needs",
)

# %% [markdown]
# Both rows show the same ten digits; the lower one was drawn from the file. In numbers 784 →
# 16 saves 98 %, in bytes 784 → 32 saves 96 %, since a pixel is one byte and a number of the
# code two. And to be fair: the decoder has to be stored as well, once.

# %%
decoder_bytes = 4 * model_16.decoder.count_params()
worth_it = decoder_bytes / (784 - 32)
print(f"the decoder holds {decoder_bytes:,} bytes: it pays from {worth_it:,.0f} digits on")

# %% tags=["nbval-check-output"]
expect(
    "the decoded digits differ by less than one grey level of 255 on average",
    np.abs(y_tomorrow - y_16).mean() < 1 / 255,
)
expect(
    "2,000 codes need less than a twentieth of the pixels' bytes",
    stored < 2000 * 784 / 20,
)
expect("the decoder pays for itself only beyond 2,000 digits", worth_it > 2000)

# %% [markdown]
# ### Exercise 2: split a model
#
# `whole` below is one Keras model, as in section 1, with a layer named `"code"`. Make two
# models of it: `my_encoder` from input to code, `my_decoder` from code to output, so that
# `my_decoder(my_encoder(x))` is `whole(x)`. The layers are shared, nothing is trained.
# (`whole.layers` lists the layers; a layer can be called on a new `keras.Input`.)


# %% tags=["export"]
def new_whole():
    """784 → 64 → 8 → 64 → 784, one model; the layer with 8 numbers is named "code"."""
    x = keras.Input((28, 28, 1))
    z = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    z = layers.Dense(8, name="code")(z)
    z = layers.Dense(64, activation="relu")(z)
    y = layers.Reshape((28, 28, 1))(layers.Dense(784, activation="sigmoid")(z))
    return keras.Model(x, y)


# %%
whole = new_whole()

# %% tags=["exercise"]
my_encoder = ...
my_decoder = ...

# %% tags=["solution"]
my_encoder = keras.Model(whole.input, whole.get_layer("code").output)
# The layers behind "code", on an input of their own.
my_decoder = keras.Sequential([keras.Input((8,)), *whole.layers[4:]])

# %% tags=["nbval-check-output"]
exercise.split.check(my_encoder, my_decoder, whole=whole)

# %% [markdown]
# ### Exercise 3: save and load
#
# Save `whole` into a file of Keras's own format (its name ends in `.keras`) in `folder`, and
# load it again from there. The loaded model must be a second model with the same answers.

# %% tags=["exercise"]
my_path = ...
my_loaded = ...

# %% tags=["solution"]
my_path = folder / "whole.keras"
whole.save(my_path)
my_loaded = keras.saving.load_model(my_path)

# %% tags=["nbval-check-output"]
exercise.reload.check(my_path, my_loaded, whole=whole, folder=folder)

# %% [markdown]
# ## 4. Deep against shallow
#
# *Predict:* the code keeps its 16 numbers. Without hidden layers an autoencoder is PCA, as you
# saw in {lesson:encode_decode}. What does one hidden layer on each side bring, and what a
# second? All see every digit eleven times.
#
# *Answer:* one layer brings less than half of PCA's error. A second one takes a little more
# off.

# %%
model_one = train_dense(x_train, 16, (384,), epochs=RECIPES[16]["epochs"])
test_errors = {
    "none (PCA)": mse(x_test, pca_16),
    "one: 384": mse(x_test, model_one.reconstruct(x_test)),
    "two: 384, 192": mse(x_test, y_16),
}
plots.show_bars(
    test_errors,
    title="The first hidden layer brings most, the second a little more",
    y_label="test MSE, 16 numbers",
)

# %% [markdown]
# The bars show the test error by hidden layers on each side. One layer leaves PCA far behind,
# a second gains again.

# %% tags=["nbval-check-output"]
expect(
    "one hidden layer: less than 0.6 × PCA's error",
    test_errors["one: 384"] < 0.6 * test_errors["none (PCA)"],
)
expect("two: better than one", test_errors["two: 384, 192"] < test_errors["one: 384"])
expect(
    "the first layer brings more than the second",
    test_errors["none (PCA)"] - test_errors["one: 384"]
    > test_errors["one: 384"] - test_errors["two: 384, 192"],
)

# %% [markdown]
# ## 5. Two losses
#
# The MSE treats every difference alike. The {term:binary cross-entropy} (BCE) reads a pixel x
# between 0 and 1 as "ink with probability x" and asks how surprised y is: `−(x log y + (1 − x)
# log(1 − y))`. Look at what each charges for one ink and one paper pixel:

# %%
answers = np.linspace(0.01, 0.99, 99)
plots.show_curves(
    {
        "BCE, pixel is ink (x = 1)": (answers, -np.log(answers)),
        "MSE, pixel is ink (x = 1)": (answers, (1 - answers) ** 2),
        "BCE, pixel is paper (x = 0)": (answers, -np.log(1 - answers)),
        "MSE, pixel is paper (x = 0)": (answers, answers**2),
    },
    title="BCE charges far more for being sure and wrong",
    x_label="the network's answer y",
    y_label="loss of that pixel",
)

# %% [markdown]
# Two curves fall towards y = 1 and two rise from y = 0; BCE climbs without limit where the
# answer is sure and wrong. There its slope is steep, and the sigmoid's flat ends do not stop
# the learning: with z the number before the sigmoid, d BCE / dz is y − x, d MSE / dz is 2 (y −
# x) · y (1 − y), nearly 0 when y is near 0 or 1.
#
# The BCE of grey pixels never reaches 0, not even for y = x: compare its values with each
# other, never with an MSE.

# %%
slope_bce, slope_mse = 0.99 - 0, 2 * (0.99 - 0) * 0.99 * 0.01
grey = -(0.5 * np.log(0.5) + 0.5 * np.log(0.5))
print(
    f"sure (y = 0.99) and wrong (x = 0): slope of BCE {slope_bce:.2f}, of MSE {slope_mse:.4f}"
)
print(f"a perfectly reconstructed grey pixel (x = y = 0.5) still has a BCE of {grey:.2f}")

# %% tags=["nbval-check-output"]
expect(
    "where the network is sure and wrong, BCE's slope is 50 times MSE's",
    slope_bce > 50 * slope_mse,
)
expect("the BCE of a perfect grey pixel is not 0", grey > 0.6)

# %% [markdown]
# *Predict:* train the 64-number network of section 3 once more, with the MSE as its loss. The
# judge is the MSE on the test digits. Who wins: the network that was trained for it, or the
# one that was not?
#
# *Answer:* the one that was not. In five epochs BCE reaches the lower MSE, and the network
# that was trained with the MSE stays behind PCA.

# %%
mse_64 = train_dense(x_train, 64, **RECIPES[64], loss="mse")
by_loss = {
    "PCA": mse(x_test, pca_64),
    "trained with MSE": mse(x_test, mse_64.reconstruct(x_test)),
    "trained with BCE": mse(x_test, y_64),
}
plots.show_bars(
    by_loss,
    title="In a short training BCE reaches the lower MSE",
    y_label="test MSE, 64 numbers",
)

# %% [markdown]
# The bars show the MSE of the same network after the same five epochs with two losses, beside
# PCA. BCE's slope does not fade, so its steps get further: in so short a training that decides
# whether the network beats PCA at all.

# %% tags=["nbval-check-output"]
expect(
    "BCE reaches an MSE at least 15 % below the one reached with MSE",
    by_loss["trained with BCE"] < 0.85 * by_loss["trained with MSE"],
)
expect("trained with MSE, it does not reach PCA", by_loss["trained with MSE"] > by_loss["PCA"])

# %% [markdown]
# ### Exercise 4: write the loss
#
# Write BCE with `keras.ops` (`ops.log`, `ops.mean`), averaged over everything. You get `x` and
# `y`, y strictly between 0 and 1.


# %% tags=["exercise"]
def my_bce(x, y):
    return ...


# %% tags=["solution"]
def my_bce(x, y):
    return -ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y))


# %% tags=["nbval-check-output"]
exercise.bce.check(my_bce)

# %% [markdown]
# ## 6. Training and test; and where PCA wins
#
# The network has seen the training digits, not the test digits. The difference between the two
# errors is the {term:generalisation gap}.
#
# *Predict:* how large is it with 8,000 digits? And with 300 digits, who wins at 64 numbers:
# PCA or the network?
#
# *Answer:* with 8,000 digits the test error is less than a fifth higher. With 300 it is nearly
# four times the training error, and PCA wins.

# %%
few = x_train[:300]
few_model = dense_autoencoder(64, hidden=(512,))
fit(few_model, few, epochs=25, batch_size=50, learning_rate=5e-3, loss="binary_crossentropy")
gap = {
    "8,000 digits": {
        "training": mse(x_train, model_64.reconstruct(x_train)),
        "test": mse(x_test, y_64),
    },
    "300 digits": {
        "training": mse(few, few_model.reconstruct(few)),
        "test": mse(x_test, few_model.reconstruct(x_test)),
    },
}

# %%
bars = {f"{part}\n{size}": gap[size][part] for size in gap for part in gap[size]}
few_pca = mse(x_test, pca_reconstruct(few, x_test, 64))
plots.show_bars(
    {**bars, "PCA, test\n300 digits": few_pca},
    title="With 300 digits the network learns them by heart, and PCA wins",
    y_label="MSE, 64 numbers",
)

# %% [markdown]
# The bars show training and test error for much and for little data, and PCA's test error
# last. With 8,000 digits the gap is small. With 300 the training error says nothing about new
# digits, and PCA, which cannot bend and so has less to learn, is ahead. A small data set is
# PCA's home ground.

# %% tags=["nbval-check-output"]
expect(
    "300 digits: the test error is more than twice the training error",
    gap["300 digits"]["test"] > 2 * gap["300 digits"]["training"],
)
expect(
    "the gap is smaller with 8,000",
    gap["8,000 digits"]["test"] / gap["8,000 digits"]["training"] < 1.6,
)
expect(
    "with 300 digits and 64 numbers PCA beats the network", few_pca < gap["300 digits"]["test"]
)

# %% [markdown]
# ## 7. So what's the big deal?
#
# The output is not. The code is. Nobody told the network which digit is which, yet digits that
# look alike get codes that lie close together. Take a digit, find the nearest of 8,000 codes,
# and look at the picture behind it.


# %%
def nearest(queries, pool):
    """For each query the index of the nearest row of the pool."""
    distances = (queries**2).sum(1)[:, None] - 2 * queries @ pool.T + (pool**2).sum(1)
    return distances.argmin(axis=1)


pool_codes, query_codes = model_16.encode(x_train), model_16.encode(x_test)
by_code = nearest(query_codes, pool_codes)
by_pixel = nearest(x_test.reshape(-1, 784), x_train.reshape(-1, 784))
plots.show_images(
    {
        "looking for": x_test[first_ten],
        "nearest code": x_train[by_code[first_ten]],
        "nearest pixels": x_train[by_pixel[first_ten]],
    },
    title="A search among 16 numbers finds the right digit nearly as often",
)

# %% [markdown]
# Below each digit: what the codes find, and what the pixels find. How often is it the same
# kind of digit?

# %%
found = {
    "16 numbers": np.mean(y_train[by_code] == y_test),
    "784 pixels": np.mean(y_train[by_pixel] == y_test),
}
for name, share in found.items():
    print(f"{name}: {share:.1%} of 2,000 searches find the right kind of digit")

# %% tags=["nbval-check-output"]
expect(
    "a search by code finds the right kind of digit in more than 92 % of cases",
    found["16 numbers"] > 0.92,
)
expect(
    "that is within 3 points of a search by pixels, with 2 % of the numbers",
    abs(found["16 numbers"] - found["784 pixels"]) < 0.03,
)

# %% [markdown]
# That is what the encoder is good for: a description made without labels, small enough to
# store, to search and to learn from.
#
# ### Exercise 5: 32 numbers on a budget (stretch)
#
# Write `my_training(x)`. It takes digits, trains an autoencoder with a code of **32** numbers
# on them, and returns it as an `Autoencoder`. The network of section 3 has over 800,000
# weights; yours may have at most **250,000**, and its MSE has to stay below **0.0105**. PCA
# has more than 0.016.
#
# Try it on `x_fit`, and look at the *validation digits* `x_valid` as often as you like. The
# check hands your function 7,000 digits of its own, mirrored, and measures on 1,000 others. A
# network of your own, compiled and fitted in plain Keras, is as good:
# `models.Autoencoder(encoder, decoder)` makes an `Autoencoder` of its two parts.

# %%
(x_fit, y_fit), (x_valid, y_valid), _ = split_digits()
print(f"PCA, 32 numbers: {mse(x_valid, pca_reconstruct(x_fit, x_valid, 32)):.4f}")


# %% tags=["exercise"]
def my_training(x):
    return ...


# %% tags=["solution"]
def my_training(x):
    # 128 is about as wide as the weights allow; being narrow, it is trained for longer.
    return train_dense(x, 32, (128,), epochs=12)


# %% tags=["nbval-check-output"]
exercise.thirty_two.check(my_training)

# %% [markdown]
# ## What you saw
#
# - Keras's network and the one in NumPy are the same: outputs and gradient step agree.
# - Encoder, code and decoder live apart: 16 stored numbers are enough to draw a digit
#   tomorrow.
# - The deeper network has less than half of PCA's error at 16 numbers; at 64 PCA comes closer,
#   and with 300 digits it wins.
# - The code describes the digit: a search by 16 numbers is nearly as good as one by 784
#   pixels.
#
# **Where this is used.** Search in large collections, features where labels are rare, learned
# compression.
#
# **Read on.** Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data
# with neural networks* (2006). Sergey Ioffe and Christian Szegedy, *Batch normalization:
# accelerating deep network training by reducing internal covariate shift* (2015). Ian
# Goodfellow, Yoshua Bengio and Aaron Courville, *Deep learning*, chapter 14 (2016).
