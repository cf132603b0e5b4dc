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
# - compare it with three classical filters and a linear rival, at their best settings,
# - find the noise on which it fails, and repair that,
# - see when a network copies, and what stops it.
#
# **You need** {lesson:encode_decode}, {lesson:dense_keras} and {lesson:convolutional}.
#
# **Time** {time}.

# %%
import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle
from sklearn.linear_model import Ridge

from aecourse import plots
from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import denoising as exercise
from aecourse.metrics import mse, psnr, sample_mse, ssim
from aecourse.models import dense_autoencoder, outputs
from aecourse.recipes.encode_decode import middle
from aecourse.session import expect, start
from aecourse.training import fit

# %%
import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(x_train, y_train), _ = load_digits()
(x_fit, _), (x_valid, _), (x_test, y_test) = split_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. Damage on purpose
#
# Whoever damages a picture has two versions of it: the clean x and the *corrupted* x̃. So any
# pile of clean pictures can become a training set. Here are three kinds of damage:
#
# - {term:Gaussian noise} adds a random number to each pixel. Sigma is the standard deviation
#   of these numbers.
# - {term:Salt and pepper} makes some pixels black or white.
# - A missing block sets a square of pixels to black.

# %%
ten = x_test[first_ten]
holes = mask_block(np.ones_like(ten), size=10, seed=seed) == 0
damages = {
    "clean x": ten,
    "Gaussian,\nsigma 0.5": add_gaussian_noise(ten, sigma=0.5, seed=seed),
    "salt and pepper,\n30 %": add_salt_and_pepper(ten, share=0.3, seed=seed),
    "block missing,\n10 × 10": mask_block(ten, size=10, seed=seed),
}
title = "Noise hits every place a little, a missing block one place entirely"
plots.outline(plots.show_images(damages, title=title), 3, holes)

# %% [markdown]
# Each row below the first damages the same ten digits in one way. In the last row a frame
# shows where the block is missing: a hole in black paper would not be seen. The sum of pixel
# and noise is cut off at 0 and 1, because no pixel is blacker than black.
#
# ### Exercise 1: make noise
#
# Write Gaussian noise yourself, without `add_gaussian_noise`. `x` is an array of images, and
# `rng` is a NumPy `Generator` from which all random numbers are drawn. Return the damaged
# images, between 0 and 1, and leave `x` as it is.


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
# The {term:peak signal-to-noise ratio} (PSNR) gives the MSE on a scale of *decibels* (dB). For
# pixels from 0 to 1 it is `10 · log10(1 / MSE)`. Higher is better, and 10 dB more mean a tenth
# of the MSE.
#
# The {term:structural similarity} (SSIM; Wang et al., 2004) compares brightness, contrast and
# pattern in small windows. It is 1 for equal pictures and about 0 for unrelated ones.
#
# What do 10, 15, 20 and 25 dB look like? To see it, mix a clean digit with its noisy version
# until the PSNR is reached. Then do the same with black paper in place of the noisy version.


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
    title="At 10 dB noise covers the digit, at 20 dB it is thin; SSIM forgives paleness",
)

# %% [markdown]
# The first four rows go from strong to weak noise. The last row is only paler. By PSNR it is
# as far from the clean digit as the second row, and by SSIM it is closer. No single number
# sees what you see, so look at the pictures as well.

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
# Return one number **for each image**: `x` and `y` have shape `(n, 28, 28, 1)`, and the result
# has shape `(n,)`. Write it yourself, without the course's `psnr`.


# %% tags=["exercise"]
def my_psnr(x, y):
    return ...


# %% tags=["solution"]
def my_psnr(x, y):
    return -10 * np.log10(((x - y) ** 2).reshape(len(x), -1).mean(axis=1))


# %% tags=["nbval-check-output"]
exercise.decibels.check(my_psnr)

# %% [markdown]
# ## 2. What can be done without a network
#
# Here are three filters from before deep learning.
#
# - The {term:median filter} replaces a pixel by the middle value of its neighbourhood.
# - {term:Total variation} looks for a picture that is close to x̃ and goes up and down as
#   little as possible.
# - {term:Non-local means} averages patches that look alike.
#
# Each filter has a dial. It is turned to its best setting on 100 *validation digits*, so the
# test digits stay out of the choice.
#
# *Predict:* sigma is 0.5, and doing nothing reaches between 9 and 10 dB. How far will the best
# filter get?
#
# *Answer:* to about 14 dB. Five decibels more leave a third of the error.

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


# %% tags=["export"]
def best_classical(clean, noisy):
    """For each filter the setting with the highest PSNR on these images."""
    return {
        name: max(dials, key=lambda d, n=name: psnr(clean, classical(n, d, noisy)))
        for name, dials in DIALS.items()
    }


# %%
x_some, x_500 = x_valid[:100], x_test[:500]
noisy_some = add_gaussian_noise(x_some, sigma=0.5, seed=seed + 1)
noisy_500 = add_gaussian_noise(x_500, sigma=0.5, seed=seed + 2)
best = best_classical(x_some, noisy_some)
filtered = {name: classical(name, dial, noisy_500) for name, dial in best.items()}
for name, y in {"doing nothing": noisy_500, **filtered}.items():
    print(f"{name:16} {psnr(x_500, y):5.1f} dB   SSIM {ssim(x_500, y):.2f}   {best.get(name)}")

# %% [markdown]
# The last column is the best setting of the dial. All numbers are for the first 500 test
# digits, because some filters are slow.
#
# ### A rival that has seen digits
#
# The filters have never seen a digit. A network will have seen thousands. So here is a simple
# rival that learns, too. It is *linear*: each clean pixel is a weighted sum of all noisy
# pixels, plus a bias. The weights that fit the training digits best are found in one step, by
# *ridge regression*. It has a dial as well: a higher setting keeps the weights smaller.


# %% tags=["export"]
STIFFNESS = (10.0, 100.0, 1000.0)


def train_linear(clean, noisy, stiffness):
    """One weighted sum of all noisy pixels for each clean pixel."""
    return Ridge(stiffness).fit(noisy.reshape(len(noisy), -1), clean.reshape(len(clean), -1))


def by_linear(ridge, noisy):
    y = ridge.predict(noisy.reshape(len(noisy), -1)).reshape(noisy.shape)
    return np.clip(y, 0, 1).astype("float32")


# %%
noisy_fit = add_gaussian_noise(x_fit, sigma=0.5, seed=seed + 3)
ridges = [train_linear(x_fit, noisy_fit, stiffness) for stiffness in STIFFNESS]
linear = max(ridges, key=lambda ridge: psnr(x_some, by_linear(ridge, noisy_some)))
y_linear = by_linear(linear, noisy_500)
filter_db = max(psnr(x_500, y) for y in filtered.values())
linear_db = psnr(x_500, y_linear)
print(f"linear           {linear_db:5.1f} dB   SSIM {ssim(x_500, y_linear):.2f}")

# %% tags=["nbval-check-output"]
expect(
    "every filter is better than doing nothing",
    min(psnr(x_500, y) for y in filtered.values()) > psnr(x_500, noisy_500),
)
expect("the linear rival is 2 dB above the best filter", linear_db > filter_db + 2)

# %% [markdown]
# ## 3. A network with a way around its code
#
# ```text
#     28 × 28 × 1      7 × 7 × 64                      7 × 7 × 64         28 × 28 × 1
#          x̃ ─ look ─► windows ─────── skip ───────────► add ─ mix ─ stamp ─► y
#                         └────► h: 128 ────► drawing ────┘
# ```
#
# - *look*: a convolution with windows of 8 × 8 pixels at every fourth pixel, as in
#   {lesson:convolutional}. Neighbouring windows overlap by half. Each gives 64 numbers.
# - *h*: a code of 128 numbers that sees the whole digit.
# - *skip*: a {term:skip connection} adds the windows to what the code has drawn. So the code
#   need not carry the exact place of every stroke.
# - *mix*: two convolutions that look at neighbouring windows.
# - *stamp*: a transposed convolution. Each window stamps 8 × 8 pixels, four pixels apart, so
#   the stamps overlap evenly.


# %% tags=["export"]
CODE = 128  # numbers for the whole digit
MAPS = 64  # numbers for each window


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


# %% tags=["export"]
def denoiser(code=CODE, maps=MAPS, skip=True):
    x = keras.Input((28, 28, 1))
    look = layers.Conv2D(maps, 8, strides=4, padding="same", use_bias=False)
    windows = settle(look(x))  # 28 × 28 × 1 → 7 × 7 × 64
    h = settle(layers.Dense(code, use_bias=False)(layers.Flatten()(windows)))  # → 128
    drawing = layers.Dense(7 * 7 * maps, use_bias=False)(h)
    z = layers.Reshape((7, 7, maps))(drawing)  # → 7 × 7 × 64
    z = settle(layers.Add()([z, windows]) if skip else z)
    for _ in range(2):
        mix = layers.Conv2D(maps, 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, mix]))  # → 7 × 7 × 64
    stamp = layers.Conv2DTranspose(1, 8, strides=4, padding="same", activation="sigmoid")
    return keras.Model(x, stamp(z))  # → 28 × 28 × 1


# %% [markdown]
# Training is what you know, with one change. The network sees x̃, and its output is compared
# with x (Vincent et al., 2008).
#
# The noise is new in every epoch, so there is none to learn by heart. The function that makes
# it takes a batch and a random generator.


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
best_name = max(filtered, key=lambda name: psnr(x_500, filtered[name]))
cleaned = {
    "noisy x̃": noisy_500,
    best_name: filtered[best_name],
    "linear": y_linear,
    "network y": y_500,
}
rows = {f"{name}\n{psnr(x_500, y):.1f} dB": y[first_ten] for name, y in cleaned.items()}
plots.show_images(
    {"clean x": ten, **rows},
    title="The filter leaves grey patches, the linear rival blurs, the network draws strokes",
)

# %% [markdown]
# Rows from top: the clean digits, the noisy ones, the best filter, the linear rival, the
# network. Behind the filter grey patches are left between the strokes. The linear rival blurs
# the strokes and leaves pale clouds around them. The network draws whole strokes on black
# paper, and it draws them softer where it is in doubt.

# %%
decibels = {"doing\nnothing": noisy_500, **filtered, "linear": y_linear, "network": y_500}
decibels = {name: psnr(x_500, y) for name, y in decibels.items()}
plots.show_bars(
    decibels,
    title="The network is ahead of every filter, and of the linear rival",
    y_label="PSNR in dB, sigma 0.5",
    number_format="{:.1f}",
    colours=[plots.GREEN, *[plots.SKY] * 3, plots.PURPLE, plots.RED],
)

# %% [markdown]
# The bars show the mean PSNR of the same 500 digits. The linear rival already gets more than
# half of the way from the best filter to the network. It has seen digits, and the filters have
# not. The network can do more than weighted sums, and that brings the rest.

# %% tags=["nbval-check-output"]
expect("the network: 4.5 dB more than the best filter", decibels["network"] > filter_db + 4.5)
expect("and 1.5 dB more than the linear rival", decibels["network"] > linear_db + 1.5)
expect("its SSIM is higher too, by 0.1", ssim(x_500, y_500) > ssim(x_500, y_linear) + 0.1)

# %% [markdown]
# ## 4. Noise it was not trained for
#
# The network of section 3 has seen one strength, sigma 0.5. What if that is the wrong one?
# Take a smaller network, which is quicker to train, and show it weak noise only: sigma 0.2.
# Call it the *specialist*. Beside it stands a network of the same size that gets a new sigma,
# from 0 to 1, for every batch.
#
# *Predict:* which of the two is better at sigma 0.2, and which at sigma 1? And is either of
# them worse than doing nothing anywhere?
#
# *Answer:* the specialist is better at its own strength, the second in strong noise. In the
# faintest noise doing nothing beats both.


# %%
def weak(x, rng):
    return add_gaussian_noise(x, sigma=0.2, seed=rng)


def any_strength(x, rng):
    return add_gaussian_noise(x, sigma=rng.uniform(0, 1), seed=rng)


specialist = train_denoiser(x_train, weak, epochs=1, code=64, maps=32)
ranged = train_denoiser(x_train, any_strength, epochs=1, code=64, maps=32)

# %%
sigmas = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
damaged = [add_gaussian_noise(x_500, sigma=s, seed=seed + 4) for s in sigmas]
by_sigma = {
    "trained at 0.2": [psnr(x_500, clean_up(specialist, x)) for x in damaged],
    "trained from 0 to 1": [psnr(x_500, clean_up(ranged, x)) for x in damaged],
    "doing nothing": [psnr(x_500, x) for x in damaged],
}
plots.show_curves(
    {name: (sigmas, decibels) for name, decibels in by_sigma.items()},
    title="The specialist falls behind in strong noise; in faint noise, do nothing",
    x_label="sigma of the noise",
    y_label="PSNR in dB",
    marker="o",
)

# %% [markdown]
# The three curves fall from weak noise on the left to strong noise on the right. At sigma 1
# the specialist is still far better than doing nothing, and the network that saw all strengths
# is better still. At 0.2 the specialist is ahead, so training over a range has its price.
#
# On the very left doing nothing wins. There is little noise to be removed, and what the
# networks get wrong in drawing the digit weighs more.

# %%
a, b, nothing = (dict(zip(sigmas, values, strict=True)) for values in by_sigma.values())
print("sigma   at 0.2   0 to 1   nothing")
for s in sigmas:
    print(f"{s:5}{a[s]:9.1f}{b[s]:9.1f}{nothing[s]:10.1f} dB")

# %% tags=["nbval-check-output"]
expect("at sigma 0.2, its own, the specialist is better", a[0.2] > b[0.2])
expect("at 1.0 the range is a decibel ahead", b[1.0] > a[1.0] + 1)
expect("and even the specialist is 4 dB above doing nothing", a[1.0] > nothing[1.0] + 4)

# %% tags=["nbval-check-output"]
expect("at 0.05 doing nothing beats both", nothing[0.05] > max(a[0.05], b[0.05]) + 1)

# %% [markdown]
# Now damage of another kind.
#
# *Predict:* section 3's network knows Gaussian noise. It gets digits with salt and pepper, and
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
damages = {"clean x": ten}
for name, x in others.items():
    damages[f"{name}\nMSE {mse(x_500, x):.3f}"] = x[first_ten]
    damages[f"network\nMSE {mse(x_500, mended[name]):.3f}"] = mended[name][first_ten]
holes = mask_block(np.ones_like(x_500), size=10, seed=seed + 6)[first_ten] == 0

# %%
title = "Salt and pepper resembles what it knows, and is removed; holes stay open"
figure = plots.outline(plots.show_images(damages, title=title), 3, holes)
plots.outline(figure, 4, holes)

# %% [markdown]
# The second and third row show salt and pepper, and what the network makes of it. The last two
# rows show the missing blocks, framed, and what becomes of them. Nobody told the network that
# black can mean "unknown". So it keeps the hole, and a stroke that ends there stays cut.
#
# A network mends the damage that it was trained on, and damage that resembles it.

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
# `any_strength` draws one sigma for a whole batch. Write a function that draws one **for every
# image**, evenly from 0 to 1, anew in each call. It takes a batch and a `Generator`, from
# which all random numbers are drawn. It returns the damaged batch, between 0 and 1.


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
# A scan is cleaned so that it can be read. So decibels are not the whole story. Here is a
# small *digit reader*, trained on clean digits with their labels. It gives ten numbers, one
# for each digit, and the largest is its answer.
#
# *Predict:* it reads most clean digits. How many of the noisy ones will it read? And of the
# denoised ones?
#
# *Answer:* more than half of the noisy ones, and more than nine in ten of the denoised ones.


# %% tags=["export"]
def new_reader():
    pixels = keras.Input((28, 28, 1))
    look = layers.Conv2D(32, 4, strides=4, use_bias=False)
    z = settle(look(pixels))  # 28 × 28 × 1 → 7 × 7 × 32
    z = settle(layers.Conv2D(32, 3, padding="same", use_bias=False)(z))  # → 7 × 7 × 32
    z = settle(layers.Dense(128, use_bias=False)(layers.Flatten()(z)))  # → 128
    return keras.Model(pixels, layers.Dense(10, activation="softmax")(z))  # → 10


def accuracy(reader, x, labels):
    return float(np.mean(clean_up(reader, x).argmax(axis=1) == labels))


# %% tags=["export"]
def train_reader(x, labels, damage=None, epochs=4):
    """A reader trained on damage(x, rng), or on x itself."""
    reader = new_reader()
    options = {"batch_size": 125, "learning_rate": 4e-3}
    loss = "sparse_categorical_crossentropy"
    fit(reader, x, labels, corrupt=damage, epochs=epochs, loss=loss, **options)
    return reader


# %% [markdown]
# There is a rival. If you may train the reader anew, train it on noisy digits, and it needs no
# denoiser. Noise makes its task harder, so it gets eight epochs instead of four.
#
# *Predict:* which will read more, the first reader behind the denoiser or the second reader
# alone?
#
# *Answer:* both read about equally many.

# %%
reader = train_reader(x_train, y_train)
used_to_noise = train_reader(x_train, y_train, damage=gaussian, epochs=8)

# %%
noisy_test = add_gaussian_noise(x_test, sigma=0.5, seed=seed + 7)
denoised_test = clean_up(model, noisy_test)
median = classical("median", best["median"], noisy_test)
reads = {
    "clean": accuracy(reader, x_test, y_test),
    "noisy": accuracy(reader, noisy_test, y_test),
    "median": accuracy(reader, median, y_test),
    "denoised": accuracy(reader, denoised_test, y_test),
    "noisy, by a reader\ntrained on noise": accuracy(used_to_noise, noisy_test, y_test),
}

# %%
plots.show_bars(
    {name: 100 * share for name, share in reads.items()},
    title="Denoised digits are read far better; a reader trained on noise needs no help",
    y_label="% of 2,000 test digits read",
    number_format="{:.1f}",
    colours=[plots.BLACK, plots.GREEN, plots.SKY, plots.RED, plots.YELLOW],
)

# %% [markdown]
# The bars show how many digits are read right. The first four are for the first reader, with
# clean digits, with noisy ones, after the median filter, and after the network. The last bar
# is for the reader that was trained on noise and needs no denoiser.
#
# Here the denoiser gains nothing. If you may train the reader anew, do that. The denoiser
# helps where you cannot: with a reader that is bought, built in, or human.

# %% tags=["nbval-check-output"]
expect("denoised: at least 93 % are read", reads["denoised"] >= 0.93)
expect("10 points more than noisy, at least", reads["denoised"] > reads["noisy"] + 0.10)
expect("more than after the median filter", reads["denoised"] > reads["median"])

# %% tags=["nbval-check-output"]
expect(
    "the reader trained on noise is less than 2 points behind, without a denoiser",
    reads["noisy, by a reader\ntrained on noise"] > reads["denoised"] - 0.02,
)

# %% [markdown]
# There is a danger, too. A denoiser never says "I cannot read this". It draws what is likely.
# The following digits were read right before denoising, and wrong after it.

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
# Each column is a digit that the denoiser turned into another one for the reader. Below it
# stand the true digit and the digit that was read. In medicine or in court, a drawn answer
# that looks clean is worse than a visible gap.

# %% tags=["nbval-check-output"]
expect("some digits that were read right are lost by denoising", len(turned) > 0)
expect(
    "ten times as many are won",
    np.sum((before != y_test) & (after == y_test)) > 10 * len(turned),
)

# %% [markdown]
# ## 6. What lets a network copy, and what stops it
#
# Section 4's second network, trained from 0 to 1, has a code of 64. Train it again without its
# skip connection.
#
# *Predict:* which of the two will draw the sharper digits?
#
# *Answer:* the one with the skip connection. Without it, 64 numbers have to say where each
# stroke is.

# %%
no_skip = train_denoiser(x_train, any_strength, epochs=1, code=64, maps=32, skip=False)
y_no_skip, y_skip = clean_up(no_skip, noisy_500), clean_up(ranged, noisy_500)
plots.show_images(
    {
        "noisy x̃": noisy_500[first_ten],
        f"no skip\n{psnr(x_500, y_no_skip):.1f} dB": y_no_skip[first_ten],
        f"with skip\n{psnr(x_500, y_skip):.1f} dB": y_skip[first_ten],
        "clean x": ten,
    },
    title="Without the skip connection all strokes must pass the code, and blur",
)

# %% [markdown]
# The second row was drawn from 64 numbers alone. In the third row the skip connection brings
# the place of the strokes. It brings noise, too, and the convolutions behind it remove that.
# For denoising a skip connection is welcome.
#
# Now take the noise away, and use such a connection in an ordinary autoencoder. It has a code
# of 16, and the input itself is set beside the decoder's drawing.
#
# ```text
# x ─┬─► encoder ─► h: 16 ─► decoder ─► drawing ─┐
#    └──────────────── skip ─────────────────────┴─► both, pixel by pixel ─► y
# ```
#
# *Predict:* the error will be low. What is in the code?
#
# *Answer:* nothing that is needed. With zeros in its place the digits look as before.

# %%
pixels = keras.Input((28, 28, 1))
inner = dense_autoencoder(16, hidden=(128,))
drawing = inner.decoder(inner.encoder(pixels))  # 28 × 28 × 1 → 16 → 28 × 28 × 1
both = layers.Concatenate()([drawing, pixels])  # → 28 × 28 × 2
z = settle(layers.Conv2D(16, 1, use_bias=False)(both))  # → 28 × 28 × 16, pixel by pixel
leaky = keras.Model(pixels, layers.Conv2D(1, 1, activation="sigmoid")(z))  # → 28 × 28 × 1
plain = dense_autoencoder(16, hidden=(128,))
options = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
for net in (leaky, plain):
    fit(net, x_train[:4000], epochs=4, **options)

# %% [markdown]
# Now every digit gets the same code, sixteen zeros: the weights of the layer that computes the
# code are set to zero.

# %%
with_code = {"no skip": plain.reconstruct(x_500), "skip": clean_up(leaky, x_500)}
for net in (inner, plain):
    weights = net.encoder.get_layer("code")
    weights.set_weights([np.zeros_like(w) for w in weights.get_weights()])
without_code = {"no skip": plain.reconstruct(x_500), "skip": clean_up(leaky, x_500)}

# %%
e_with = {name: mse(x_500, y) for name, y in with_code.items()}
e_without = {name: mse(x_500, y) for name, y in without_code.items()}
skips = {"input x": ten}
for name in ("no skip", "skip"):
    skips[f"{name}\nMSE {e_with[name]:.4f}"] = with_code[name][first_ten]
    skips[f"{name}, code = 0\nMSE {e_without[name]:.4f}"] = without_code[name][first_ten]
plots.show_images(skips, title="With a skip around it, the code is not needed")

# %% [markdown]
# Without a skip connection everything depends on the code. With zeros in the code every digit
# becomes the same smudge (third row). With a skip connection the digits stay (last row). The
# network copies its input, and its code may be empty.
#
# So a skip connection can make a bottleneck useless. Use one when you want the picture. Leave
# it out when you want the code.

# %% tags=["nbval-check-output"]
expect(
    "denoising: the skip connection brings a decibel",
    psnr(x_500, y_skip) > psnr(x_500, y_no_skip) + 1,
)
expect("copying: the skip halves the error", e_with["skip"] < e_with["no skip"] / 2)

# %% tags=["nbval-check-output"]
expect(
    "no skip: without its code the error is three times as large",
    e_without["no skip"] > 3 * e_with["no skip"],
)
expect(
    "skip: without its code it still beats the other with its code",
    e_without["skip"] < e_with["no skip"],
)

# %% [markdown]
# ### What keeps a large code from copying
#
# In {lesson:encode_decode} there was an *overcomplete* code, 200 numbers for 100 pixels. It
# has room to copy, and to copy noise as well. There are two ideas against that: a smaller
# code, or noise in training.
#
# *Predict:* three networks clean noisy digits. One has 200 numbers and is trained from clean
# to clean. One has 16 numbers and the same training. One has 200 numbers and is trained from
# noisy to clean. Which comes closest to the clean digits?
#
# *Answer:* the last one. The small code comes last of the three.


# %% tags=["export"]
def train_overcomplete(x_train, damage=None, code=200):
    """100 pixels → 200 numbers → 100 pixels, trained from damage(x, rng) back to x."""
    x = keras.Input((10, 10, 1))
    h = layers.Dense(code, activation="relu")(layers.Flatten()(x))
    y = layers.Reshape((10, 10, 1))(layers.Dense(100, activation="sigmoid")(h))
    net = keras.Model(x, y)
    settings = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x_train, corrupt=damage, epochs=9, **settings)
    return net


# %%
m_train, m_test = (middle(x).reshape(-1, 10, 10, 1) for x in (x_train, x_test))


def faint(x, rng):
    return add_gaussian_noise(x, sigma=0.3, seed=rng)


nets = {
    "200, trained\non clean": train_overcomplete(m_train),
    "16, trained\non clean": train_overcomplete(m_train, code=16),
    "200, trained\non noisy": train_overcomplete(m_train, faint),
}

# %%
m_noisy = faint(m_test, seed + 8)
m_cleaned = {name: clean_up(net, m_noisy) for name, net in nets.items()}
ridge = train_linear(m_train, faint(m_train, seed + 10), 1.0)
m_cleaned["linear"] = by_linear(ridge, m_noisy)
m_error = {name: mse(m_test, y) for name, y in m_cleaned.items()}
faint_rows = {
    f"{name}\nMSE {m_error[name]:.3f}": y[first_ten] for name, y in m_cleaned.items()
}
noisy_row = {f"noisy x̃\nMSE {mse(m_test, m_noisy):.3f}": m_noisy[first_ten]}
plots.show_images(
    {**noisy_row, **faint_rows, "clean x": m_test[first_ten]},
    title="A small code turns noise into other strokes; noise in training removes more",
)

# %% [markdown]
# The label of each row says how far it is from the clean digits. Even the large code that was
# trained on clean digits takes some noise away. The small code does not help: it leaves more
# error, because it draws noise as strokes. Trained on noisy digits, the large code comes
# closest, a little closer than the linear rival. Where input and target differ, copying is of
# no use, so the network has to learn what digits look like.
#
# Training on noise has a price, which the next lines check: on clean digits this network is
# less exact.

# %%
clean_error = {name: mse(m_test, clean_up(net, m_test)) for name, net in nets.items()}
on_clean, small, on_noisy = nets

# %% tags=["nbval-check-output"]
expect("a small code leaves more error than a large one", m_error[small] > m_error[on_clean])
expect(
    "noise in training leaves 10 % less error than training on clean digits",
    m_error[on_noisy] < 0.9 * m_error[on_clean],
)
expect("and less than the linear rival", m_error[on_noisy] < m_error["linear"])

# %% tags=["nbval-check-output"]
expect(
    "the price: on clean digits its error is more than twice as large",
    clean_error[on_noisy] > 2 * clean_error[on_clean],
)

# %% [markdown]
# ### Exercise 4: fill the holes (stretch)
#
# The network of section 3 left the holes open. Write a function that trains one that fills
# them, on the digits `x` that it is given, and returns it. It may be any Keras model from
# `(28, 28, 1)` to `(28, 28, 1)`.
#
# The check trains with your function on 7,000 digits of its own, mirrored, and cuts blocks of
# 10 × 10 out of 1,000 others. At most **half of the error** (MSE) of doing nothing may be
# left. To try out your ideas, call your function with `x_fit` and measure on `x_holes`.

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
# ## Now yours
#
# Write digits on a sheet, five in a row, photograph it, and cut it into fields. The photograph
# below looks like one taken in dim light. It was made for this course from ten test digits:
# grey paper, dark ink, grain, lying on its side with an EXIF entry that says so. `read_digits`
# finds the ink and brings it into MNIST's form.
#
# `clean_digits` of `aecourse.applications.denoising` brings a network with it. It is a small
# one, with a code of 16, trained on noise of every strength, on salt and pepper, and on small
# holes. Where it would change a digit hardly more than clean ones, it is held back.

# %%
import tempfile  # isort: skip
from pathlib import Path  # isort: skip

from PIL import Image  # isort: skip

from aecourse.applications.denoising import clean_digits  # isort: skip
from aecourse.datasets.embedded import DATA  # isort: skip
from aecourse.files import read_digits, read_images, save_images  # isort: skip

# %%
photo = DATA / "yours" / "handwriting.jpg"  # your own: Path("my digits.jpg")
fields = read_images(photo, patches=64, grey=True).images  # the pixels of a field
mine, _ = read_digits([Image.fromarray(np.uint8(255 * field[..., 0])) for field in fields])
my_clean = clean_digits(mine)
saved = save_images(my_clean, Path(tempfile.mkdtemp()) / "cleaned")
print(f"{photo.name}: {len(saved)} digits, {saved[0].name} to {saved[-1].name}")

# %%
plots.show_images(
    {"photographed": fields, "as MNIST has it": mine, "cleaned": my_clean},
    title="Grain becomes ragged strokes and specks; the network smooths and fades them",
)

# %% [markdown]
# Top: the fields of the photograph. Middle: what `read_digits` finds in them. The grain frays
# the strokes and leaves specks beside the later digits. Bottom: the strokes are smooth again.
# Most specks are paler, and some are still there.
#
# Nobody knows the clean version of a photograph. So here is what it does to digits whose clean
# version is known, in weak noise, in none, and in strong noise.

# %%
for sigma in (0, 0.05, 0.2, 0.5):
    x_sigma = add_gaussian_noise(x_500, sigma=sigma, seed=seed + 11)
    noise, rest = mse(x_500, x_sigma), mse(x_500, clean_digits(x_sigma))
    print(f"sigma {sigma:4}: MSE {noise:.4f} before, {rest:.4f} after")

# %%
faint_500, strong_500 = (
    add_gaussian_noise(x_500, sigma=s, seed=seed + 12) for s in (0.05, 0.2)
)
faint_left = mse(x_500, clean_digits(faint_500)) / mse(x_500, faint_500)

# %% tags=["nbval-check-output"]
expect("clean digits stay: MSE below 0.0005", mse(x_500, clean_digits(x_500)) < 0.0005)
expect("at 0.05, where section 4's networks did harm, it does none", faint_left < 1)
expect(
    "at 0.2 it is ahead of section 4's specialist",
    psnr(x_500, clean_digits(strong_500)) > psnr(x_500, clean_up(specialist, strong_500)),
)

# %% [markdown]
# With your own photograph, change its name and the pixels of a field. For one digit a picture,
# `read_digits("my digits")` reads a whole folder.
#
# It cannot read what is not there. A stroke that the photograph lost comes back as something
# likely, and a 7 may become a 2. It knows digits only: letters turn into digits.

# %% [markdown]
# ## What you saw
#
# - Clean pictures and damage of your own are all that a denoiser needs to be trained.
# - At sigma 0.5 the network is more than 4.5 dB ahead of three filters, and 1.5 dB ahead of a
#   linear rival. In the faintest noise doing nothing beats both small networks.
# - A reader reads denoised digits far better than noisy ones. A reader trained on noise reads
#   as many without a denoiser.
# - Where a skip connection lets the input through, the code may be empty.
# - Noise in training keeps a large code from copying noise. A small code leaves more error.

# %% [markdown]
# **Where this is used.** Cleaning scans, low-light photographs, medical images (with care: see
# section 5). Diffusion models are denoisers for every strength of noise.

# %% [markdown]
# **Read on.**
#
# - Pascal Vincent, Hugo Larochelle, Yoshua Bengio and Pierre-Antoine Manzagol, *Extracting and
#   composing robust features with denoising autoencoders* (2008).
# - Olaf Ronneberger, Philipp Fischer and Thomas Brox, *U-Net: convolutional networks for
#   biomedical image segmentation* (2015).
# - Zhou Wang, Alan Bovik, Hamid Sheikh and Eero Simoncelli, *Image quality assessment: from
#   error visibility to structural similarity* (2004).
