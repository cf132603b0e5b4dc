# %% [markdown]
# # Dense autoencoders in Keras
#
# The NumPy network in ten lines of Keras, taken apart and put to use: store codes today,
# decode them tomorrow.
#
# **The question:** an autoencoder gives back what you put in. So what's the big deal?
#
# **You will**
# - build an autoencoder in Keras and prove that it is the one you wrote in NumPy,
# - go from these ten lines to the course's package,
# - encode 2,000 digits, store the codes, and decode them later,
# - find where a network gains most over PCA, and where PCA wins,
# - search 8,000 digits by their codes.
#
# **You need** {lesson:encode_decode}.
#
# **Time** {time}.

# %%
import tempfile
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

from aecourse import models, plots
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import dense_keras as exercise
from aecourse.metrics import mse
from aecourse.models import dense_autoencoder, pca_reconstruct
from aecourse.recipes.encode_decode import backward, forward
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
# In Keras you write down the path of one digit through the layers. You call each layer on the
# output of the layer before. Keras then finds the gradients of all weights by itself.

# %%
import keras
from keras import layers, ops

x = keras.Input((28, 28, 1))
z = layers.Flatten()(x)  # 28 × 28 × 1 → 784
z = layers.Dense(256, activation="relu")(z)
h = layers.Dense(16, name="code")(z)
z = layers.Dense(256, activation="relu")(h)
z = layers.Dense(784, activation="sigmoid")(z)
y = layers.Reshape((28, 28, 1))(z)  # 784 → 28 × 28 × 1
model = keras.Model(x, y)
model.compile(optimizer=keras.optimizers.SGD(10.0), loss="mse")
model.summary()

# %% [markdown]
# The table lists the layers, the shape that each gives, and its weights. `None` stands for the
# number of digits in a batch. A `Dense` layer from a to b numbers holds a matrix of a × b
# numbers and b biases. `SGD` is the plain gradient descent of {lesson:encode_decode}.
#
# ### It is the same network
#
# `forward` and `backward` are imported from that lesson. They get the same weights and the
# same 100 digits as the Keras model.
#
# *Predict:* how closely will the two agree, in the output and after one step of training?
#
# *Answer:* to about six decimal places, which is nearly all that these numbers hold. So it is
# the same network and the same step.

# %%
batch, before = x_train[:100], model.get_weights()  # W, b, W, b, ...
bends = ("relu", "linear", "relu", "sigmoid")
in_numpy = [[W, b, bend] for W, b, bend in zip(before[::2], before[1::2], bends, strict=True)]
outputs = forward(batch.reshape(100, 784), in_numpy)
slopes = backward(outputs, in_numpy)
by_numpy = [weight - 10.0 * slope for weight, slope in zip(before, slopes, strict=True)]

y_keras = ops.convert_to_numpy(model(batch)).reshape(100, 784)
model.train_on_batch(batch, batch)  # one step
by_keras = model.get_weights()

# %%
y_apart = np.abs(y_keras - outputs[-1]).max()
moved = max(np.abs(k - b).max() for k, b in zip(by_keras, before, strict=True))
apart = max(np.abs(k - n).max() for k, n in zip(by_keras, by_numpy, strict=True))
print(f"largest difference of the outputs: {y_apart:.1e}")
print(f"the step moved a weight by up to {moved:.1e}, and the two differ by {apart:.1e}")

# %% tags=["nbval-check-output"]
expect("same weights, same output (to 1 in 10,000)", y_apart < 1e-4)
expect("same gradient step (to 1 % of the longest move)", apart < 0.01 * moved)

# %% [markdown]
# Keras does what you derived, faster and for any network.
#
# ### Training takes two calls
#
# `compile` sets the optimizer, which takes the steps, and the loss. `fit` goes through the
# digits, batch by batch, as many times as `epochs` says. The input and the *target*, which is
# what the output is compared with, are the same digits.

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
# 128 on each side: 784 → 128 → 32 → 128 → 784. Input and output have the shape `(28, 28, 1)`.
# The outputs lie between 0 and 1, and the code has no activation. You need not train it.

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
# ## 2. From ten lines to the package
#
# The lessons use the course's package instead of these lines. This section goes there in three
# steps.
#
# **Step 1: cut the network in two.** One Keras model leads from x to h, the encoder. Another
# leads from h to y, the decoder. `models.Autoencoder` joins the two, and each can still be
# used alone.

# %% [markdown]
# **Step 2: normalise.** {term:Batch normalisation} (Ioffe & Szegedy, 2015) stands between the
# matrix of a hidden layer and its ReLU. It brings each number to mean 0 and spread 1 over the
# batch. Then it scales the number and adds a bias, and it learns both. So the matrix needs no
# bias of its own. With normalised numbers the training can take longer steps.


# %%
def normalised(z, width):
    z = layers.Dense(width, use_bias=False)(z)
    z = layers.BatchNormalization(momentum=0.9)(z)
    return layers.Activation("relu")(z)


x = keras.Input((28, 28, 1))
z = normalised(layers.Flatten()(x), 256)  # 28 × 28 × 1 → 784 → 256
encoder = keras.Model(x, layers.Dense(16)(z))  # 256 → 16
h = keras.Input((16,))
z = layers.Dense(784, activation="sigmoid")(normalised(h, 256))  # 16 → 256 → 784
decoder = keras.Model(h, layers.Reshape((28, 28, 1))(z))
by_hand = models.Autoencoder(encoder, decoder)

# %% [markdown]
# The package writes these lines for you. To prove it, give its network the same weights.

# %%
by_package = dense_autoencoder(16, hidden=(256,))
by_package.set_weights(by_hand.get_weights())
y_hand, y_package = by_hand.reconstruct(batch), by_package.reconstruct(batch)

# %% tags=["nbval-check-output"]
expect("same weights, same output", np.allclose(y_hand, y_package, atol=1e-5))

# %% [markdown]
# **Step 3: train.** Adam takes the steps, and their rate falls to zero along half a cosine.
# The loss is the *binary cross-entropy*, which section 4 explains. The package's `fit` does
# the same, and shows a curve and pictures if you ask for them.

# %%
rate = keras.optimizers.schedules.CosineDecay(8e-3, decay_steps=3 * len(x_train) // 125)
by_hand.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy")
by_hand.fit(x_train, x_train, batch_size=125, epochs=3, verbose=0)

options = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
by_package = dense_autoencoder(16, hidden=(256,))
fit(by_package, x_train, epochs=3, **options)

# %%
walked = {
    "the ten lines": mse(x_test, plain.predict(x_test, verbose=0)),
    "steps 1 to 3 by hand": mse(x_test, by_hand.reconstruct(x_test)),
    "the package": mse(x_test, by_package.reconstruct(x_test)),
}
plain_error, hand_error, package_error = walked.values()
plots.show_bars(
    walked,
    title="By hand or by the package, the training reaches the same error",
    y_label="test MSE, 16 numbers,\nafter 3 epochs",
    colours=[plots.BLUE] * 3,
)

# %% [markdown]
# The bars show the error on the test digits after three epochs. With normalised numbers, a
# falling rate and the other loss, the network reaches a lower error in as many epochs. The
# difference between the last two bars is chance.

# %% tags=["nbval-check-output"]
expect(
    "by hand and by the package agree within 8 %", abs(package_error / hand_error - 1) < 0.08
)
expect(
    "both have less than 0.9 × the error of the ten lines",
    max(package_error, hand_error) < 0.9 * plain_error,
)

# %% [markdown]
# ### The course's network
#
# From here on the network with 16 numbers has two hidden layers on each side, and trains for
# eleven epochs. Widths, rate, batch size and epochs were chosen on 1,000 validation digits,
# which were taken out of the training digits. (`python -m benchmarks.choose dense16` repeats
# the trials.)

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
# The curve shows the loss by epoch. The two rows show ten test digits and what comes out.
#
# ## 3. Encode today, decode tomorrow
#
# The encoder runs once. The codes go into one file and the autoencoder into another, and then
# the digits can be deleted.

# %%
folder = Path(tempfile.mkdtemp())
codes = model_16.encode(x_test)
np.save(folder / "codes.npy", codes.astype("float16"))  # 2 bytes a number are enough
model_16.save(folder / "autoencoder.keras")
stored = (folder / "codes.npy").stat().st_size
print(f"codes {codes.shape}: {stored:,} bytes for 2,000 digits of 784 bytes each")

# %% [markdown]
# Tomorrow, in another notebook and perhaps on another machine, the two files are enough.

# %%
tomorrow = models.load(folder / "autoencoder.keras")
y_tomorrow = tomorrow.decoder.predict(np.load(folder / "codes.npy"), verbose=0)
y_16 = model_16.reconstruct(x_test)
plots.show_images(
    {"decoded today": y_16[first_ten], "decoded tomorrow": y_tomorrow[first_ten]},
    title="The codes are all the decoder needs",
)

# %% [markdown]
# Both rows show the same ten digits. The lower row was drawn from the files. Going from 784
# numbers to 16 saves 98 % of the numbers. In bytes it saves 96 %, since a pixel takes one byte
# and a number of the code two. The decoder has to be stored as well, once.

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
# models of it. `my_encoder` leads from the input to the code, and `my_decoder` from the code
# to the output. Then `my_decoder(my_encoder(x))` is `whole(x)`. The layers are shared, and
# nothing is trained. (`whole.layers` lists the layers. A layer can be called on a new
# `keras.Input`.)


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
# ## 4. Two losses
#
# The MSE looks only at the difference between x and y. The {term:binary cross-entropy} (BCE)
# reads a pixel x between 0 and 1 as "ink with probability x". Its loss for the answer y is
# `−(x log y + (1 − x) log(1 − y))`. How large is each loss for one pixel of ink, x = 1?

# %%
answers = np.linspace(0.01, 0.99, 99)
plots.show_curves(
    {"BCE": (answers, -np.log(answers)), "MSE": (answers, (1 - answers) ** 2)},
    title="BCE grows far larger where the network is sure and wrong",
    x_label="the network's answer y, where x = 1 is right",
    y_label="loss of that pixel",
)

# %% [markdown]
# Both curves fall to 0 at the right answer, y = 1. Towards y = 0 the network is sure and
# wrong, and there BCE grows without limit. For paper, x = 0, the picture is mirrored.

# %% [markdown]
# The slope matters more than the height. Let z be the number before the sigmoid. Then the
# slope of BCE for z is y − x. The slope of the MSE is 2 (y − x) · y (1 − y), and the factor y
# (1 − y) is nearly 0 when y is near 0 or 1. So where the network is sure and wrong, it learns
# slowly from the MSE.
#
# One warning: for a grey pixel the BCE is not 0 even if y = x. Compare BCEs with each other,
# never with an MSE.

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
# *Predict:* train a network with 64 numbers twice for five epochs, once with each loss. The
# judge is the MSE on the test digits. Who wins: the network that was trained for it, or the
# one that was not?
#
# *Answer:* the one that was not. In five epochs BCE reaches the lower MSE, and is well ahead
# of PCA. The network that was trained with the MSE is not.

# %%
model_64 = train_dense(x_train, 64, **RECIPES[64])
mse_64 = train_dense(x_train, 64, **RECIPES[64], loss="mse", learning_rate=4e-3)
pca_64, y_64 = pca_reconstruct(x_train, x_test, 64), model_64.reconstruct(x_test)
by_loss = {
    "trained with BCE": mse(x_test, y_64),
    "trained with MSE": mse(x_test, mse_64.reconstruct(x_test)),
    "PCA": mse(x_test, pca_64),
}
plots.show_bars(
    by_loss,
    title="In five epochs BCE reaches the lower MSE",
    y_label="test MSE, 64 numbers",
    colours=[plots.BLUE, plots.ORANGE, plots.GREEN],
)

# %% [markdown]
# The bars show the test MSE of the same network, trained for five epochs with each loss, and
# of PCA. The learning rate of each loss was chosen on validation digits.

# %% tags=["nbval-check-output"]
expect(
    "BCE reaches an MSE at least 15 % below the one reached with MSE",
    by_loss["trained with BCE"] < 0.85 * by_loss["trained with MSE"],
)
expect(
    "trained with BCE, its error is more than a tenth below PCA's",
    by_loss["trained with BCE"] < 0.9 * by_loss["PCA"],
)
expect("trained with MSE, it is not", by_loss["trained with MSE"] > 0.9 * by_loss["PCA"])

# %% [markdown]
# ### Exercise 4: write the loss
#
# Write BCE with `keras.ops` (`ops.log`, `ops.mean`), averaged over everything. You get `x` and
# `y`, and y lies strictly between 0 and 1.


# %% tags=["exercise"]
def my_bce(x, y):
    return ...


# %% tags=["solution"]
def my_bce(x, y):
    return -ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y))


# %% tags=["nbval-check-output"]
exercise.bce.check(my_bce)

# %% [markdown]
# ## 5. Against PCA: where bending gains, and where it loses
#
# Let PCA and the network of section 2, trained for three epochs, keep equally many numbers.
#
# *Predict:* with 1, 4, 16 and 64 numbers, where will the network be furthest ahead?
#
# *Answer:* at 16. With one number it gains next to nothing, and at 64 PCA is ahead.

# %%
sizes = (1, 4, 16, 64)
nets = {k: train_dense(x_train, k, (256,), epochs=3) for k in (1, 4, 64)}
nets[16] = by_package
pca_outputs = {k: pca_reconstruct(x_train, x_test, k) for k in sizes}
pca_error = {k: mse(x_test, pca_outputs[k]) for k in sizes}
net_error = {k: mse(x_test, nets[k].reconstruct(x_test)) for k in sizes}
gain = {k: 100 * (1 - net_error[k] / pca_error[k]) for k in sizes}
plots.show_bars(
    {f"{k} number{'s' * (k > 1)}": gain[k] for k in sizes},
    title="Bending gains most around 16 numbers, little at 1, and loses at 64",
    y_label="error below PCA's, in %",
    number_format="{:.0f}",
    colours=[plots.BLUE] * 4,
)

# %% [markdown]
# The bars show by how many percent the network's test error lies below PCA's. Where a bar goes
# below 0, PCA is ahead. With one number there is little to bend. With 64 numbers PCA's flat
# plane already holds most of a digit, and three epochs are too few for the network to do
# better.

# %% tags=["nbval-check-output"]
expect("the gain grows from 1 to 4 to 16 numbers", gain[1] < gain[4] < gain[16])
expect("it is below 7 % with 1 number and above 30 % with 16", gain[1] < 7 and gain[16] > 30)
expect("with 64 numbers PCA is ahead", gain[64] < 0)

# %% [markdown]
# Longer training helps. Here are the course's recipes for 16 and 64 numbers.

# %%
plots.show_images(
    {
        "input x": x_test[first_ten],
        f"PCA, 16\nMSE {pca_error[16]:.4f}": np.clip(pca_outputs[16][first_ten], 0, 1),
        f"network, 16\nMSE {mse(x_test, y_16):.4f}": y_16[first_ten],
        f"PCA, 64\nMSE {pca_error[64]:.4f}": np.clip(pca_outputs[64][first_ten], 0, 1),
        f"network, 64\nMSE {mse(x_test, y_64):.4f}": y_64[first_ten],
    },
    title="Trained for longer, the network is far ahead at 16, and ahead at 64, too",
)

# %% [markdown]
# Each row shows the ten digits as one method returns them. The MSE beside it is that of all
# test digits.

# %% tags=["nbval-check-output"]
expect("16 numbers: at most 0.45 × PCA's error", mse(x_test, y_16) < 0.45 * pca_error[16])
expect("64 numbers: at most 0.85 × PCA's error", mse(x_test, y_64) < 0.85 * pca_error[64])

# %% [markdown]
# ### With 300 digits
#
# So far there were 8,000 digits to learn from. The network has seen them, and it has not seen
# the test digits. The difference between the two errors is the {term:generalisation gap}.
#
# *Predict:* how large is it with 8,000 digits? And with 300 digits, who wins at 64 numbers:
# PCA or the network?
#
# *Answer:* with 8,000 digits the test error is a little higher. With 300 it is more than twice
# the training error, and PCA wins.

# %%
few = x_train[:300]
few_model = dense_autoencoder(64, hidden=(512,))
fit(few_model, few, epochs=25, batch_size=50, learning_rate=5e-3, loss="binary_crossentropy")
gap = {
    "network, training\n8,000 digits": mse(x_train, model_64.reconstruct(x_train)),
    "network, test\n8,000 digits": mse(x_test, y_64),
    "PCA, test\n8,000 digits": by_loss["PCA"],
    "network, training\n300 digits": mse(few, few_model.reconstruct(few)),
    "network, test\n300 digits": mse(x_test, few_model.reconstruct(x_test)),
    "PCA, test\n300 digits": mse(x_test, pca_reconstruct(few, x_test, 64)),
}

# %%
seen, unseen, _, few_seen, few_unseen, few_pca = gap.values()
plots.show_bars(
    gap,
    title="With 300 digits the network learns them by heart, and PCA wins",
    y_label="MSE, 64 numbers",
    colours=[plots.SKY, plots.BLUE, plots.GREEN] * 2,
)

# %% [markdown]
# The bars show the training and the test error of the network and the test error of PCA, first
# with 8,000 digits and then with 300. With 300 the training error says little about new
# digits. PCA cannot bend, so it has less to learn, and it is ahead.

# %% tags=["nbval-check-output"]
expect(
    "300 digits: the test error is more than twice the training error",
    few_unseen > 2 * few_seen,
)
expect("8,000 digits: it is less than 1.6 times as large", unseen < 1.6 * seen)
expect("with 300 digits and 64 numbers PCA beats the network", few_pca < few_unseen)

# %% [markdown]
# ## 6. So what's the big deal?
#
# You had the output before, so it cannot be the point. The point is the code. Nobody told the
# network which digit is which, and yet digits that look alike get codes that lie close
# together. So take a test digit, find the nearest of 8,000 codes, and look at the picture that
# belongs to it. PCA's numbers can be searched, too, and so can the pixels themselves.
#
# *Predict:* which of the three finds the right kind of digit most often?
#
# *Answer:* all three do it about equally often.


# %%
def nearest(queries, pool):
    """For each query the index of the nearest row of the pool."""
    distances = (queries**2).sum(1)[:, None] - 2 * queries @ pool.T + (pool**2).sum(1)
    return distances.argmin(axis=1)


flat_train, flat_test = x_train.reshape(-1, 784), x_test.reshape(-1, 784)
pca = PCA(24, random_state=0).fit(flat_train)
p_train, p_test = pca.transform(flat_train), pca.transform(flat_test)
found = {
    "code,\n16 numbers": nearest(codes, model_16.encode(x_train)),
    "PCA,\n16 numbers": nearest(p_test[:, :16], p_train[:, :16]),
    "PCA,\n24 numbers": nearest(p_test, p_train),
    "784 pixels": nearest(flat_test, flat_train),
}

# %%
right = {name: np.mean(y_train[i] == y_test) for name, i in found.items()}
by_code, by_pca_16, by_pca_24, by_pixel = right.values()
for name, share in right.items():
    print(f"{name.replace(chr(10), ' ')}: {share:.1%} of 2,000 searches find the right kind")
plots.show_images(
    {"looking for": x_test[first_ten]} | {n: x_train[i[first_ten]] for n, i in found.items()},
    title="The code, PCA and the pixels find much the same digits",
)

# %% [markdown]
# Below each digit stands what each search finds. Sixteen numbers search about as well as 784
# pixels, and that holds for PCA's numbers, too. So the search alone is no reason to train a
# network.
#
# PCA's 16 numbers do not give the digit back as well: in section 5 their error was more than
# twice as large. One short description that can be searched *and* drawn is what the network
# adds. {Lesson:bottleneck} puts the code to more tests, such as sorting and learning from few
# labels.

# %% tags=["nbval-check-output"]
expect(
    "a search by code finds the right kind in more than 93 % of cases, within 2 points of "
    "the pixels",
    by_code > 0.93 and abs(by_code - by_pixel) < 0.02,
)
expect("PCA's 16 numbers come within 2 points of the pixels, too", by_pca_16 > by_pixel - 0.02)
expect("PCA's 24 numbers find at least as many as the pixels", by_pca_24 >= by_pixel)

# %% [markdown]
# ### Exercise 5: 32 numbers on a budget (stretch)
#
# Write `my_training(x)`. It takes digits, trains an autoencoder with a code of **32** numbers
# on them, and returns it as an `Autoencoder`. The network of section 4 has over 800,000
# weights. Yours may have at most **250,000**, and its MSE has to stay below **0.0105**. PCA
# has more than 0.016.
#
# Try it on `x_fit`, and look at the validation digits `x_valid` as often as you like. The
# check hands your function 7,000 digits of its own, mirrored, and measures on 1,000 others. A
# network in plain Keras is as good: `models.Autoencoder(encoder, decoder)` makes an
# `Autoencoder` of its two parts.

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
# - Sixteen stored numbers are enough to draw a digit tomorrow.
# - Bending gains most around 16 numbers. With one number it gains little. At 64 PCA wins
#   against a short training, and with 300 digits, too.
# - Sixteen numbers search as well as 784 pixels. PCA's do so, too, but they draw worse.
#
# **Where this is used.** Search in large collections, and files: {lesson:compression} writes
# them.

# %% [markdown]
# **Read on.**
#
# - Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data with neural
#   networks* (2006).
# - Sergey Ioffe and Christian Szegedy, *Batch normalization: accelerating deep network
#   training by reducing internal covariate shift* (2015).
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, *Deep learning*, chapter 14 (2016).
