# %% [markdown]
# # Denoising
#
# Damage digits on purpose, train a network to undo it, and measure it against filters, on
# noise it never saw, and by a reader.
#
# **The question:** can a network remove noise without ever being told what noise is?
#
# **You will**
# - damage digits in three ways and say in decibels how badly,
# - train a denoiser with fresh noise in every epoch,
# - compare it with three classical filters at their best settings,
# - find the noise on which it fails, and repair that,
# - see what skip connections let through, and when they defeat the code.
#
# **You need** {lesson:encode_decode}, {lesson:dense_keras} and {lesson:convolutional}.
#
# **Time** {time}.

# %%
import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

from aecourse import plots
from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import denoising as exercise
from aecourse.metrics import mse, psnr, sample_mse, ssim
from aecourse.models import dense_autoencoder, outputs
from aecourse.recipes.encode_decode import middle, noise_passed
from aecourse.session import expect, start
from aecourse.training import fit

import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(x_train, y_train), _ = load_digits()
(x_fit, _), (x_valid, _), (x_test, y_test) = split_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. Damage on purpose
#
# Whoever damages a picture has both versions of it: the clean x and the *corrupted* x̃. That
# makes any pile of clean pictures a training set. Three kinds of damage: a random number added
# to each pixel ({term:Gaussian noise}; sigma is its standard deviation), pixels that become
# black or white ({term:salt and pepper}), and a missing block.

# %%
ten = x_test[first_ten]
plots.show_images(
    {
        "clean x": ten,
        "Gaussian,\nsigma 0.5": add_gaussian_noise(ten, sigma=0.5, seed=seed),
        "salt and pepper,\n30 %": add_salt_and_pepper(ten, share=0.3, seed=seed),
        "block missing,\n10 × 10": mask_block(ten, size=10, seed=seed),
    },
    title="Noise hits every place a little, a missing block one place entirely",
)

# %% [markdown]
# Each row below the first damages the same ten digits in one way. The sum of pixel and noise
# is cut off at 0 and 1, since no pixel is blacker than black.
#
# ### Exercise 1: make noise
#
# Write Gaussian noise yourself, without `add_gaussian_noise`: `x` is an array of images, `rng`
# a NumPy `Generator` from which all random numbers are drawn. Return the damaged images,
# between 0 and 1, and leave `x` as it is.


# %% tags=["exercise"]
def my_noise(x, sigma, rng):
    return ...


# %% tags=["solution"]
def my_noise(x, sigma, rng):
    return np.clip(x + rng.normal(0, sigma, x.shape), 0, 1)


# %% tags=["nbval-check-output"]
exercise.noise.check(my_noise)

# %% [markdown]
# ### How bad is it?
#
# The {term:peak signal-to-noise ratio} (PSNR) is the MSE on a scale of *decibels* (dB): `10 ·
# log10(1 / MSE)` for pixels from 0 to 1. Higher is better; 10 dB more is a tenth of the MSE.
# The {term:structural similarity} (SSIM; Wang et al., 2004) compares brightness, contrast and
# pattern in small windows: 1 for equal pictures, about 0 for unrelated ones.
#
# What do 10, 15, 20 and 25 dB look like? Mix a clean digit with its noisy version, or with
# black paper, until the number is met.


# %%
def mixed(x, damaged, decibels):
    """On the way from x to its damaged version, the picture with this PSNR."""
    share = np.sqrt(10 ** (-decibels / 10) / sample_mse(x, damaged))
    return x + share.reshape(-1, 1, 1, 1) * (damaged - x)


very_noisy = add_gaussian_noise(ten, sigma=1.0, seed=seed)
levels = {d: mixed(ten, very_noisy, d) for d in (10, 15, 20, 25)}
rows = {f"noise, {d} dB\nSSIM {ssim(ten, y):.2f}": y for d, y in levels.items()}
pale = mixed(ten, 0 * ten, 15)
plots.show_images(
    {**rows, f"paler, 15 dB\nSSIM {ssim(ten, pale):.2f}": pale},
    title="10 dB is a storm, 20 dB light snow; SSIM forgives what is only pale",
)

# %% [markdown]
# The rows go from strong to weak noise; the last is only paler: as far from the clean digit as
# the second row by PSNR, closer by SSIM. No single number sees what you see: look at the
# pictures as well.

# %% tags=["nbval-check-output"]
expect(
    "the pictures have the PSNR they were mixed for",
    all(abs(psnr(ten, y) - d) < 0.01 for d, y in levels.items()),
)
expect(
    "at 15 dB, the pale digits have an SSIM higher by 0.05 at least",
    ssim(ten, pale) > ssim(ten, levels[15]) + 0.05,
)

# %% [markdown]
# ### Exercise 2: write the PSNR
#
# Return one number **for each image**: `x` and `y` have shape `(n, 28, 28, 1)`, the result
# `(n,)`. Write it yourself, without the course's `psnr`.


# %% tags=["exercise"]
def my_psnr(x, y):
    return ...


# %% tags=["solution"]
def my_psnr(x, y):
    return -10 * np.log10(((x - y) ** 2).reshape(len(x), -1).mean(axis=1))


# %% tags=["nbval-check-output"]
exercise.decibels.check(my_psnr)

# %% [markdown]
# ## 2. What can be done without learning
#
# Three filters from before deep learning. The {term:median filter} replaces a pixel by the
# middle one of its neighbourhood; {term:total variation} looks for a picture close to x̃ that
# goes up and down as little as possible; {term:non-local means} averages patches that look
# alike. Each has a dial. It is turned on 100 *validation digits*; the test digits stay out of
# it.
#
# *Predict:* sigma is 0.5, doing nothing has between 9 and 10 dB. How far will the best filter
# get?
#
# *Answer:* to about 14 dB. Five decibels more are a third of the error.

# %% tags=["export"]
DIALS = {
    "median": (3, 5, 7),
    "total variation": (0.1, 0.2, 0.3, 0.5),
    "non-local means": (0.15, 0.2, 0.3, 0.4),
}


def classical(name, dial, x):
    """One filter at one setting, on images (n, 28, 28, 1)."""
    if name == "median":
        return median_filter(x, size=(1, dial, dial, 1))
    if name == "total variation":
        return np.stack([denoise_tv_chambolle(a, weight=dial, max_num_iter=50) for a in x])
    settings = {"h": dial, "patch_size": 3, "patch_distance": 5}
    return np.stack([denoise_nl_means(a[..., 0], **settings) for a in x])[..., None]


def best_classical(clean, noisy):
    """For each filter the setting with the highest PSNR on these images."""
    return {
        name: max(dials, key=lambda d, n=name: psnr(clean, classical(n, d, noisy)))
        for name, dials in DIALS.items()
    }


# %%
x_some = x_valid[:100]
best = best_classical(x_some, add_gaussian_noise(x_some, sigma=0.5, seed=seed + 1))
x_500 = x_test[:500]
noisy_500 = add_gaussian_noise(x_500, sigma=0.5, seed=seed + 2)
filtered = {name: classical(name, dial, noisy_500) for name, dial in best.items()}
for name, y in {"doing nothing": noisy_500, **filtered}.items():
    print(f"{name:16} {psnr(x_500, y):5.1f} dB   SSIM {ssim(x_500, y):.2f}   {best.get(name)}")

# %% [markdown]
# The last column is the dial's best setting. All numbers here are for the first 500 test
# digits, since some filters are slow.
#
# One thing handicaps the filters: cutting off at 0 makes noise on black paper grey on average,
# and no filter knows. So give them help: a straight line, `a · y + b`, fitted on training
# digits, that pulls grey back to black.


# %%
def with_line(y, clean, seen):
    """y, moved along the straight line that leads from what a filter saw closest to clean."""
    a, b = np.polyfit(seen.ravel(), clean.ravel(), 1)
    return np.clip(a * y + b, 0, 1).astype("float32")


clean = x_fit[:100]
noisy = add_gaussian_noise(clean, sigma=0.5, seed=seed + 3)
helped = {
    f"{name} + line": with_line(filtered[name], clean, classical(name, dial, noisy))
    for name, dial in best.items()
}
for name, y in helped.items():
    print(f"{name:22} {psnr(x_500, y):5.1f} dB   SSIM {ssim(x_500, y):.2f}")
plain_db = max(psnr(x_500, y) for y in filtered.values())
helped_db = max(psnr(x_500, y) for y in helped.values())

# %% tags=["nbval-check-output"]
expect(
    "every filter is better than doing nothing",
    min(psnr(x_500, y) for y in filtered.values()) > psnr(x_500, noisy_500),
)
expect("the line brings the best filter more than half a decibel", helped_db > plain_db + 0.5)

# %% [markdown]
# ## 3. An autoencoder with a road around its code
#
# `x̃: (28, 28, 1) → windows: (7, 7, 64) → h: (128,) → (7, 7, 64) → y: (28, 28, 1)`
#
# A convolution, as in {lesson:convolutional}, looks through windows of 8 × 8 pixels at every
# fourth pixel, so that neighbours overlap by half, and turns each into 64 numbers. A code h of
# 128 sees the whole digit. Beside it a {term:skip connection} adds the windows to what the
# code has drawn: the code need not carry the exact place of every stroke. Two convolutions
# look at neighbouring windows; a last layer stamps 8 × 8 pixels for each, overlapping evenly,
# since 4 divides 8.


# %% tags=["export"]
CODE = 128  # numbers for the whole digit
MAPS = 64  # numbers for each window


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def denoiser(code=CODE, maps=MAPS, skip=True):
    x = keras.Input((28, 28, 1))
    look = layers.Conv2D(maps, 8, strides=4, padding="same", use_bias=False)
    windows = settle(look(x))
    h = settle(layers.Dense(code, use_bias=False)(layers.Flatten()(windows)))
    z = layers.Reshape((7, 7, maps))(layers.Dense(49 * maps, use_bias=False)(h))
    z = settle(layers.Add()([z, windows]) if skip else z)
    for _ in range(2):
        more = layers.Conv2D(maps, 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, more]))
    stamp = layers.Conv2DTranspose(1, 8, strides=4, padding="same", activation="sigmoid")
    return keras.Model(x, stamp(z))


# %% [markdown]
# Training is what you know, with one change: the network sees x̃ and is compared with x
# (Vincent et al., 2008). The damage is new in every epoch, so that there is no noise to learn
# by heart: `corrupt` is a function of a batch and a random generator. Where noise cannot be
# told from ink by one pixel, only knowing digits helps.


# %% tags=["export"]
EPOCHS = 3
TRAINING = {"batch_size": 64, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def gaussian(x, rng):
    return add_gaussian_noise(x, sigma=0.5, seed=rng)


def train_denoiser(x, damage, epochs=EPOCHS, **sizes):
    """A network trained from damage(x, rng) back to x."""
    model = denoiser(**sizes)
    fit(model, x, corrupt=damage, epochs=epochs, **TRAINING)
    return model


def clean_up(model, x):
    return outputs(model, x)


# %%
model = train_denoiser(x_train, gaussian)

# %%
y_500 = clean_up(model, noisy_500)
y_db = psnr(x_500, y_500)
best_name = max(filtered, key=lambda name: psnr(x_500, filtered[name]))
best_help = max(helped, key=lambda name: psnr(x_500, helped[name]))
shown = {
    "clean x": x_500,
    "noisy x̃": noisy_500,
    best_name: filtered[best_name],
    best_help: helped[best_help],
    "network y": y_500,
}
plots.show_images(
    {
        f"{name}\n{psnr(x_500, y):.1f} dB" if y is not x_500 else name: y[first_ten]
        for name, y in shown.items()
    },
    title="The filters average neighbours; the network draws strokes",
)

# %% [markdown]
# Rows from top: clean, noisy, the best filter, the best with a line, the network. The filters
# leave clouds; the network draws whole strokes on black paper, softer where it is in doubt.

# %%
plots.show_bars(
    {
        "doing\nnothing": psnr(x_500, noisy_500),
        **{name: psnr(x_500, y) for name, y in filtered.items()},
        best_help: helped_db,
        "network": y_db,
    },
    title="The network is decibels ahead of every filter",
    y_label="PSNR in dB, sigma 0.5",
    number_format="{:.1f}",
)

# %% [markdown]
# The bars show the mean PSNR of the same 500 digits. The network knows something that no
# filter knows: what digits look like.

# %% tags=["nbval-check-output"]
expect("the network: 4.5 dB more than the best filter", y_db > plain_db + 4.5)
expect("and 3 dB more than the best filter with a line", y_db > helped_db + 3)
expect(
    "its SSIM is higher too, by 0.2 at least",
    ssim(x_500, y_500)
    > max(ssim(x_500, y) for y in (*filtered.values(), *helped.values())) + 0.2,
)

# %% [markdown]
# ## 4. Noise it was not trained for
#
# The network of section 3 has seen one strength, sigma 0.5. What if that was the wrong one?
# Take a smaller network, quicker to train, and show it weak noise only: sigma 0.2.
#
# *Predict:* what will it make of noise four times as strong?
#
# *Answer:* it takes part of it away. The network that was shown every strength takes away
# more.
#
# The fix to try, in a network of the same size: draw a new sigma from 0 to 1 for every batch.


# %%
def weak(x, rng):
    return add_gaussian_noise(x, sigma=0.2, seed=rng)


def any_strength(x, rng):
    return add_gaussian_noise(x, sigma=rng.uniform(0, 1), seed=rng)


specialist = train_denoiser(x_train, weak, epochs=1, code=64, maps=32)
ranged = train_denoiser(x_train, any_strength, epochs=1, code=64, maps=32)

# %%
sigmas = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
damaged = {s: add_gaussian_noise(x_500, sigma=s, seed=seed + 4) for s in sigmas}
weak_db = {s: psnr(x_500, clean_up(specialist, x)) for s, x in damaged.items()}
range_db = {s: psnr(x_500, clean_up(ranged, x)) for s, x in damaged.items()}
nothing_db = {s: psnr(x_500, x) for s, x in damaged.items()}
names = ("trained at 0.2", "trained from 0 to 1", "doing nothing")
plots.show_curves(
    {
        name: ([*values], [*values.values()])
        for name, values in zip(names, (weak_db, range_db, nothing_db), strict=True)
    },
    title="Trained on weak noise alone, it is lost in strong noise",
    x_label="sigma of the noise",
    y_label="PSNR in dB",
    marker="o",
)

# %% [markdown]
# Three falling curves, for weak noise on the left and strong on the right. On the left the
# specialist is ahead of the network that had to learn all strengths in the same time; to the
# right it falls steeply, and the other one holds out. Training over a range costs something
# where the specialist is at home, and pays where the noise is strong.

# %% tags=["nbval-check-output"]
expect("at sigma 0.2, its own, the specialist is better", weak_db[0.2] > range_db[0.2])
expect("at 0.8 the range is a decibel ahead", range_db[0.8] > weak_db[0.8] + 1)
expect("at 1.0 as well", range_db[1.0] > weak_db[1.0] + 1)

# %% [markdown]
# Now damage of another kind.
#
# *Predict:* section 3's network knows Gaussian noise and gets digits with salt and pepper, and
# digits with a block missing. Which will it mend?
#
# *Answer:* salt and pepper, for the most part. The holes stay open.

# %%
others = {
    "salt and pepper": add_salt_and_pepper(x_500, share=0.3, seed=seed + 5),
    "block missing": mask_block(x_500, size=10, seed=seed + 6),
}
mended = {name: clean_up(model, x) for name, x in others.items()}
left = {name: mse(x_500, mended[name]) / mse(x_500, x) for name, x in others.items()}
rows = {"clean x": x_500}
for name, x in others.items():
    rows[f"{name}\nMSE {mse(x_500, x):.3f}"] = x
    rows[f"network\nMSE {mse(x_500, mended[name]):.3f}"] = mended[name]
plots.show_images(
    {label: images[first_ten] for label, images in rows.items()},
    title="Salt and pepper resembles what it knows; a hole it leaves open",
)

# %% [markdown]
# The second and third row show salt and pepper and what the network makes of it, the last two
# the missing block. Nobody told it that black can mean "unknown": it keeps the hole, and a
# stroke that ends there ends. A network knows the damage it was trained on, and its near
# relations.

# %% tags=["nbval-check-output"]
expect(
    "salt and pepper: less than a third of the error is left", left["salt and pepper"] < 1 / 3
)
expect(
    "missing block: more than 80 % is left, or more than before", left["block missing"] > 0.8
)

# %% [markdown]
# ### Exercise 3: every strength at once
#
# `any_strength` draws one sigma a batch. Write a damage that draws one **for every image**,
# evenly from 0 to 1, new in each call. It takes a batch and a `Generator`, from which
# everything random is drawn; the result lies between 0 and 1.


# %% tags=["exercise"]
def my_corrupt(x, rng):
    return ...


# %% tags=["solution"]
def my_corrupt(x, rng):
    sigma = rng.uniform(0, 1, (len(x), 1, 1, 1))
    return np.clip(x + sigma * rng.normal(0, 1, x.shape), 0, 1)


# %% tags=["nbval-check-output"]
exercise.fresh.check(my_corrupt)

# %% [markdown]
# ## 5. Does it help somebody read?
#
# Decibels are not the point of cleaning a scan: reading it is. Here is a small *digit reader*,
# trained on clean digits with their labels. It gives ten numbers, one for each digit; the
# largest is its answer.
#
# *Predict:* it reads most clean digits. How many of the noisy ones? And of the denoised ones?
#
# *Answer:* between half and two thirds of the noisy ones, and more than nine in ten of the
# denoised ones.


# %% tags=["export"]
def train_reader(x, labels, damage=None):
    pixels = keras.Input((28, 28, 1))
    z = settle(layers.Conv2D(32, 4, strides=4, use_bias=False)(pixels))
    z = settle(layers.Conv2D(32, 3, padding="same", use_bias=False)(z))
    z = settle(layers.Dense(128, use_bias=False)(layers.Flatten()(z)))
    reader = keras.Model(pixels, layers.Dense(10, activation="softmax")(z))
    fit(
        reader,
        x,
        labels,
        corrupt=damage,
        epochs=4,
        batch_size=125,
        learning_rate=4e-3,
        loss="sparse_categorical_crossentropy",
    )
    return reader


def accuracy(reader, x, labels):
    return float(np.mean(clean_up(reader, x).argmax(axis=1) == labels))


# %%
reader = train_reader(x_train, y_train)
noisy_test = add_gaussian_noise(x_test, sigma=0.5, seed=seed + 7)
denoised_test = clean_up(model, noisy_test)
used_to_noise = train_reader(x_train, y_train, damage=gaussian)
median = classical("median", best["median"], noisy_test)
reads = {
    "clean": accuracy(reader, x_test, y_test),
    "noisy": accuracy(reader, noisy_test, y_test),
    "median": accuracy(reader, median, y_test),
    "denoised": accuracy(reader, denoised_test, y_test),
    "noisy, by a reader\ntrained on noise": accuracy(used_to_noise, noisy_test, y_test),
}
plots.show_bars(
    {name: 100 * share for name, share in reads.items()},
    title="The reader reads denoised digits nearly as well as clean ones",
    y_label="% of 2,000 test digits read",
    number_format="{:.1f}",
)

# %% [markdown]
# The bars show how many digits are read right: clean, noisy, after the median filter, after
# the network; the last is for a second reader of the same size that was trained on noisy
# digits and needs no denoiser. It is the honest rival: if you may retrain the reader, try that
# first. Denoising leaves the reader as it was, whoever it is.

# %% tags=["nbval-check-output"]
expect("denoised: at least 93 % are read", reads["denoised"] >= 0.93)
expect("10 points more than noisy, at least", reads["denoised"] > reads["noisy"] + 0.10)
expect("more than after the median filter", reads["denoised"] > reads["median"])
expect("denoising does not reach clean digits", reads["denoised"] < reads["clean"])
expect(
    "a reader trained on noise reads noisy digits far better, too: by 20 points",
    reads["noisy, by a reader\ntrained on noise"] > reads["noisy"] + 0.2,
)

# %% [markdown]
# And a warning. A denoiser never says "I cannot read this": it draws what is likely. These
# digits are read right before and wrong after denoising.

# %%
before, after = (clean_up(reader, x).argmax(axis=1) for x in (noisy_test, denoised_test))
turned = np.flatnonzero((before == y_test) & (after != y_test))
ten_turned = turned[:10]
plots.show_images(
    {
        "clean x": x_test[ten_turned],
        "noisy x̃": noisy_test[ten_turned],
        "network y": denoised_test[ten_turned],
    },
    captions=[f"{y_test[i]} → {after[i]}" for i in ten_turned],
    title="In doubt it draws what is likely, and that may be another digit",
)

# %% [markdown]
# Each column is a digit that the denoiser turned into another for the reader; below it the
# true digit and the one read. In medicine or in evidence, a drawn answer that looks clean is
# worse than a visible gap.

# %% tags=["nbval-check-output"]
expect("some digits that were read right are lost by denoising", len(turned) > 0)
expect(
    "ten times as many are won",
    np.sum((before != y_test) & (after == y_test)) > 10 * len(turned),
)

# %% [markdown]
# ## 6. What skip connections let through
#
# Section 4's range-trained network has a code of 64. Train it again without its skip
# connection.
#
# *Predict:* which will draw the sharper digits?
#
# *Answer:* the one with the skip connection. Without it, 64 numbers have to say where each
# stroke is.

# %%
no_skip = train_denoiser(x_train, any_strength, epochs=1, code=64, maps=32, skip=False)
skipped = {skip: clean_up(n, noisy_500) for skip, n in ((False, no_skip), (True, ranged))}
plots.show_images(
    {
        "noisy x̃": noisy_500[first_ten],
        f"no skip\n{psnr(x_500, skipped[False]):.1f} dB": skipped[False][first_ten],
        f"with skip\n{psnr(x_500, skipped[True]):.1f} dB": skipped[True][first_ten],
        "clean x": x_500[first_ten],
    },
    title="Without the skip connection all strokes must pass the code, and blur",
)

# %% [markdown]
# The second row was drawn from 64 numbers alone; in the third the skip connection brings the
# place of the strokes. For denoising that is welcome: the noise that comes along is removed by
# the convolutions behind it.
#
# Now take the noise away and use such a connection in an ordinary autoencoder: a code of 16,
# and the input itself set beside the decoder's drawing.
#
# *Predict:* the error will be low. What is in the code?
#
# *Answer:* nothing that is needed. With zeros in its place the digits look as before.

# %%
pixels = keras.Input((28, 28, 1))
inner = dense_autoencoder(16, hidden=(128,))
both = layers.Concatenate()([inner.decoder(inner.encoder(pixels)), pixels])
z = settle(layers.Conv2D(16, 1, use_bias=False)(both))  # pixel by pixel
leaky = keras.Model(pixels, layers.Conv2D(1, 1, activation="sigmoid")(z))
plain = dense_autoencoder(16, hidden=(128,))
for net in (leaky, plain):
    fit(
        net,
        x_train[:4000],
        epochs=4,
        batch_size=100,
        learning_rate=8e-3,
        loss="binary_crossentropy",
    )
with_code = {"no skip": plain.reconstruct(x_500), "skip": clean_up(leaky, x_500)}
for net in (inner, plain):  # now every digit gets the same code, 16 zeros
    weights = net.encoder.get_layer("code")
    weights.set_weights([np.zeros_like(w) for w in weights.get_weights()])
without_code = {"no skip": plain.reconstruct(x_500), "skip": clean_up(leaky, x_500)}

# %%
e_with = {name: mse(x_500, y) for name, y in with_code.items()}
e_without = {name: mse(x_500, y) for name, y in without_code.items()}
rows = {"input x": x_500}
for name in ("no skip", "skip"):
    rows[f"{name}\nMSE {e_with[name]:.4f}"] = with_code[name]
    rows[f"{name}, code = 0\nMSE {e_without[name]:.4f}"] = without_code[name]
plots.show_images(
    {label: images[first_ten] for label, images in rows.items()},
    title="With a skip around it, nobody needs the code",
)

# %% [markdown]
# Without a skip the code is all there is: set it to zero and every digit becomes the same
# smudge (third row). With a skip the digits stay (last row): the network copies its input, and
# the code is free to learn nothing. A skip connection defeats a bottleneck. Use it when you
# want the picture; leave it out when you want the code.

# %% tags=["nbval-check-output"]
expect(
    "denoising: the skip connection brings a decibel",
    psnr(x_500, skipped[True]) > psnr(x_500, skipped[False]) + 1,
)
expect("copying: the skip halves the error", e_with["skip"] < e_with["no skip"] / 2)
expect(
    "no skip: without its code the error is three times as large",
    e_without["no skip"] > 3 * e_with["no skip"],
)
expect(
    "skip: without its code it still beats the other with its code",
    e_without["skip"] < e_with["no skip"],
)

# %% [markdown]
# ## 7. The cure for the copy machine
#
# {Lesson:encode_decode} ended with an *overcomplete* code, 200 numbers for 100 pixels: it had
# room to copy, and copied noise as well. Nothing about its size changes now. Only the training
# does: once clean to clean, once noisy to clean.


# %% tags=["export"]
def train_overcomplete(x_train, damage=None):
    """100 pixels → 200 numbers → 100 pixels, trained from damage(x, rng) back to x."""
    x = keras.Input((10, 10, 1))
    h = layers.Dense(200, activation="relu")(layers.Flatten()(x))
    y = layers.Reshape((10, 10, 1))(layers.Dense(100, activation="sigmoid")(h))
    net = keras.Model(x, y)
    settings = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x_train, corrupt=damage, epochs=9, **settings)
    return net


# %%
m_train, m_test = (middle(x).reshape(-1, 10, 10, 1) for x in (x_train, x_test))
copier = train_overcomplete(m_train)
cured = train_overcomplete(m_train, lambda x, rng: add_gaussian_noise(x, sigma=0.3, seed=rng))

# %%
m_noisy = add_gaussian_noise(m_test, sigma=0.3, seed=seed + 8)
trained_on = {"clean": copier, "noisy": cured}
m_cleaned = {name: clean_up(net, m_noisy) for name, net in trained_on.items()}
passed = {
    name: noise_passed(lambda x, net=net: clean_up(net, x), m_test, m_noisy)
    for name, net in trained_on.items()
}
plots.show_images(
    {
        "noisy x̃": m_noisy[first_ten],
        **{
            f"trained on {name}\n{passed[name]:.2f} of noise": y[first_ten]
            for name, y in m_cleaned.items()
        },
        "clean x": m_test[first_ten],
    },
    title="The same 200 numbers: noise in training curbs the copying",
)

# %% [markdown]
# The second row passes the noise on; in the third, from a network of the same size, less of it
# is left. (The number is the correlation between noise in and change out.) To copy is of no
# use where input and target differ: the network has to learn what digits look like. A small
# code is one way to force that, noise is another, and they can be combined.

# %% tags=["nbval-check-output"]
expect(
    "trained on clean, it passes the noise (correlation above 0.65)", passed["clean"] > 0.65
)
expect("trained on noisy, at least 0.1 less", passed["noisy"] < passed["clean"] - 0.1)
expect(
    "and the result is at least 1 dB closer to the clean digit",
    psnr(m_test, m_cleaned["noisy"]) > psnr(m_test, m_cleaned["clean"]) + 1,
)

# %% [markdown]
# ### Exercise 4: fill the holes (stretch)
#
# The network of section 3 left the holes open. Write a function that trains one that fills
# them, on the digits `x` that it is given, and returns it: any Keras model from `(28, 28, 1)`
# to `(28, 28, 1)`. The check trains with your function on 7,000 digits of its own, digits in a
# mirror, and cuts blocks of 10 × 10 out of 1,000 others. At most **half of the error** (MSE)
# of doing nothing may be left. To try out your ideas, call it yourself with `x_fit` and
# measure on `x_holes`.

# %%
x_holes = mask_block(x_valid, size=10, seed=seed + 9)
print(f"doing nothing: MSE {mse(x_valid, x_holes):.4f}")


# %% tags=["exercise"]
def train_filler(x):
    return ...


# %% tags=["solution"]
# A smaller network, the same training, another damage.
def train_filler(x):
    def hole(x, rng):
        return mask_block(x, size=10, seed=rng)

    return train_denoiser(x, hole, epochs=4, code=64, maps=32)


# %% tags=["nbval-check-output"]
exercise.holes.check(train_filler)

# %% [markdown]
# ## What you saw
#
# - Clean pictures and damage of your own are all the supervision that a denoiser needs.
# - At sigma 0.5 the network is more than 4.5 dB ahead of three filters at their best, and a
#   reader profits.
# - Trained on weak noise it is lost in strong; a range of strengths mends that. Holes need a
#   training of their own.
# - A skip connection carries the strokes around the code; where nothing else stops copying, it
#   makes the code useless.
# - Noise in training helps even a code that is too large.
#
# **Where this is used.** Cleaning scans before reading them, low-light photographs, medical
# images (with care: see section 5); and diffusion models, which are denoisers for every
# strength of noise.
#
# **Read on.** Pascal Vincent, Hugo Larochelle, Yoshua Bengio and Pierre-Antoine Manzagol,
# *Extracting and composing robust features with denoising autoencoders* (2008). Olaf
# Ronneberger, Philipp Fischer and Thomas Brox, *U-Net: convolutional networks for biomedical
# image segmentation* (2015). Zhou Wang, Alan Bovik, Hamid Sheikh and Eero Simoncelli, *Image
# quality assessment: from error visibility to structural similarity* (2004).
