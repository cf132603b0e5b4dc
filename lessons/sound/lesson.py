# %% [markdown]
# # Sound
#
# Take noise out of speech with a network that draws a mask on the spectrogram, against two
# classical filters, on voices and noises that it has never heard.
#
# **The question:** you can follow one voice in a crowd. Can a network learn to do that?
#
# **You will**
# - turn sound into a picture and back without losing anything,
# - mix speech and noise at a ratio you choose, and measure how much a filter gains,
# - compare a network with two classical filters at their best settings,
# - find out for which voices and noises it works,
# - measure what it does to speech that is clean already.
#
# **You need** {lesson:denoising}.
#
# **Time** {time}.

# %%
import itertools

import numpy as np
from pystoi import stoi

from aecourse import plots
from aecourse.corruption import babble, hum, mix_at_snr, siren, white_noise
from aecourse.datasets import load_low_voices, split_speech
from aecourse.exercises import sound as exercise
from aecourse.metrics import si_sdr
from aecourse.models import outputs
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

import keras  # isort: skip
from keras import layers, ops  # isort: skip

# %%
seed = start(0)
(x_fit, _), (x_valid, _), (x_test, speaker) = split_speech()
allison, others, crowd = (
    x_test[speaker == 0],
    x_test[(speaker == 1) | (speaker == 2)],
    x_test[speaker == 3],
)
print(f"two seconds each: {len(x_fit)} to train on, {len(x_valid)} to validate on")
print(f"to test on: {len(allison)} of the same voice, {len(others)} of two others")
print(f"for the crowd in the tests: {len(crowd)} of a fourth voice")

# %% [markdown]
# ## 1. Sound as a picture
#
# A sound x is a row of numbers, here 8,000 a second: `x: (16000,)` for two seconds. Cut the
# row into short *frames* of 256 samples that overlap by half. The {term:Fourier transform}
# tells which frequencies a frame holds: 129 numbers, from 0 to 4,000 Hz. All frames together
# are a {term:spectrogram}.
#
# `x: (16000,) → frames: (126, 256) → X: (126, 129)`

# %% [markdown]
# Each number in X is complex, so it has a real part and an imaginary part. The way back turns
# each frame into samples and adds the frames where they overlap. Each frame is multiplied by a
# *window*, half a sine wave, on the way there and on the way back. Where two frames overlap
# the squared windows add up to 1, because sin² + cos² = 1.

# %% tags=["export"]
HOP = 128
WINDOW = np.sin(np.pi * (np.arange(2 * HOP) + 0.5) / (2 * HOP)).astype("float32")


def spectrum(x):
    """Real and imaginary part, each (n, 126, 129), of sounds (n, 16000)."""
    steps = ops.reshape(ops.pad(x, ((0, 0), (HOP, HOP))), (-1, 127, HOP))
    return ops.rfft(ops.concatenate([steps[:, :-1], steps[:, 1:]], axis=-1) * WINDOW)


def wave(X):
    """The way back: sounds (n, 16000) from a real and an imaginary part."""
    frames = ops.irfft(X, 2 * HOP) * WINDOW
    return ops.reshape(frames[:, 1:, :HOP] + frames[:, :-1, HOP:], (-1, 16000))


# %%
one = x_valid[:1]
noisy_one = {
    "white noise": white_noise(1, 16000, seed=seed),
    "hum of the mains": hum(1, 16000, seed=seed),
    "babble of a crowd": babble(1, x_fit, seed=seed),
}
noisy_one = {name: mix_at_snr(one, z, snr=5, seed=seed) for name, z in noisy_one.items()}
plots.show_spectrograms(
    {"clean x": one[0], **{f"with {name}": x[0] for name, x in noisy_one.items()}},
    title="Speech has stripes and gaps, and each noise fills the gaps differently",
)

# %% [markdown]
# Time runs to the right and frequency upwards. Loud points are bright. Clean speech (top left)
# has stacks of stripes, the tones of a voice, with dark gaps between them. White noise (top
# right) fills everything evenly. Hum (bottom left) draws a band of lines at the bottom. Babble
# (bottom right) has stripes of its own. Listen to the four:

# %%
plots.listen({"clean x": one[0], **{f"with {name}": x[0] for name, x in noisy_one.items()}})

# %%
back = ops.convert_to_numpy(wave(spectrum(x_valid)))

# %% tags=["nbval-check-output"]
expect(
    "there and back, no sample moves by more than a millionth",
    abs(back - x_valid).max() < 1e-6,
)

# %% [markdown]
# ## 2. How much noise, and how bad?
#
# The {term:signal-to-noise ratio} (SNR) compares powers, in decibels: `10 · log10(mean x² /
# mean noise²)`. At 0 dB speech and noise are equally strong. At 10 dB speech has ten times the
# power of the noise.
#
# ### Exercise 1: mix
#
# Scale `noise` so that `x + noise` has the SNR asked for, and return the sum. `x` and `noise`
# have shape `(samples,)`.


# %% tags=["exercise"]
def my_mix(x, noise, snr):
    return ...


# %% tags=["solution"]
def my_mix(x, noise, snr):
    gain = np.sqrt(np.mean(x**2) / np.mean(noise**2) / 10 ** (snr / 10))
    return x + gain * noise


# %% tags=["nbval-check-output"]
exercise.mix.check(my_mix)

# %% [markdown]
# A filter returns a sound y, and we want to know how much of y is the speech x. The
# {term:scale-invariant signal-to-distortion ratio} (SI-SDR; Le Roux et al., 2019) splits y in
# two: αx, the part that is a multiple of x, and the rest. With `α = ⟨x, y⟩ / ⟨x, x⟩`, it is
# `10 · log10(|αx|² / |αx − y|²)`. Turning the volume of y changes nothing. `⟨x, y⟩` is the sum
# of products, taken after the mean of each sound is subtracted.
#
# What do 0, 5, 10 and 20 dB look and sound like?

# %%
levels = {
    f"{d} dB": mix_at_snr(one, white_noise(1, 16000, seed=seed), snr=d, seed=seed)
    for d in (0, 5, 10, 20)
}
quiet = 0.1 * levels["5 dB"]
plots.show_spectrograms(
    {name: x[0] for name, x in levels.items()},
    title="0 dB leaves the loudest stripes, 20 dB most of them",
)

# %% [markdown]
# These are four spectrograms of the same words. At 0 dB a few bright stripes stand out of the
# noise. With each step more of the quiet ones appear. At 20 dB the gaps are nearly dark again.
# Listen to two of them:

# %%
plots.listen({name: levels[name][0] for name in ("0 dB", "10 dB")})

# %% tags=["nbval-check-output"]
expect(
    "for noise that knows nothing of the speech, SI-SDR is the SNR (within 0.3 dB)",
    all(abs(si_sdr(one, x) - int(name.split()[0])) < 0.3 for name, x in levels.items()),
)
expect(
    "a tenth of the volume: the same",
    abs(si_sdr(one, quiet) - si_sdr(one, levels["5 dB"])) < 0.01,
)

# %% [markdown]
# ### Exercise 2: write the SI-SDR
#
# Return one number **for each sound**: `x` and `y` have shape `(n, samples)`, the result
# `(n,)`. NumPy only.


# %% tags=["exercise"]
def my_si_sdr(x, y):
    return ...


# %% tags=["solution"]
def my_si_sdr(x, y):
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    alpha = (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)
    return 10 * np.log10(((alpha * x) ** 2).sum(axis=1) / ((alpha * x - y) ** 2).sum(axis=1))


# %% tags=["nbval-check-output"]
exercise.distortion.check(my_si_sdr)

# %% [markdown]
# ## 3. What can be done without learning
#
# Both classical filters multiply the spectrogram by a {term:mask}, a number for each point.
# It is 0 where there is noise and 1 where there is speech. To draw it they guess the noise
# from the quiet moments of each frequency, where nobody speaks. {term:Spectral subtraction}
# (Boll, 1979) subtracts the noise's power. The {term:Wiener filter} divides speech power by
# total power. It also looks at the frame before (Ephraim and Malah, 1984), so its mask
# flickers less.
#
# *Predict:* which of the two will the filters remove better, white noise or babble?
#
# *Answer:* white noise, which is always equally loud. A crowd changes all the time, so they
# remove little of it.

# %% tags=["export"]
DIALS = {
    "spectral subtraction": {"quiet": (0.35, 0.5), "times": (4, 6), "rest": (0, 0.1)},
    "Wiener filter": {"quiet": (0.35, 0.5), "times": (2, 4), "memory": (0.8, 0.9)},
}


def masked(X, mask):
    """The sound of a spectrogram times a mask, as a NumPy array."""
    mask = np.asarray(mask, dtype="float32")
    return ops.convert_to_numpy(wave((X[0] * mask, X[1] * mask)))


# %% tags=["export"]
def subtraction_mask(power, noise, rest):
    return np.sqrt(np.maximum(1 - noise / power, rest**2))


def wiener_mask(power, noise, memory):
    mask, speech = np.empty_like(power), 0
    for t in range(power.shape[1]):
        now = np.maximum(power[:, t] / noise[:, 0] - 1, 0)
        ratio = memory * speech / noise[:, 0] + (1 - memory) * now
        mask[:, t] = ratio / (1 + ratio)
        speech = mask[:, t] ** 2 * power[:, t]
    return mask


# %% tags=["export"]
def classical(name, dials, x):
    """One filter at one setting, on sounds (n, 16000)."""
    X = spectrum(x)
    power = sum(ops.convert_to_numpy(part) ** 2 for part in X) + 1e-10
    quiet, times, third = dials
    noise = times * np.quantile(power, quiet, axis=1, keepdims=True)
    mask = subtraction_mask if name == "spectral subtraction" else wiener_mask
    return masked(X, mask(power, noise, third))


# %% [markdown]
# Each filter has three dials. The first says how quiet a moment must be to count as noise. The
# second says how many times that noise is taken away. The third says how much always remains,
# or how far back the filter remembers. We choose them on validation speech with white noise
# and babble, at 0 and 5 dB.


# %% tags=["export"]
KINDS = ("white noise", "babble")


def noisy_versions(x, voices, rng, kinds=KINDS, levels=(0, 5)):
    """Noisy versions of the sounds x, by kind of noise and SNR; the crowd is made of `voices`."""
    sources = {
        "white noise": lambda: white_noise(len(x), 16000, seed=rng),
        "babble": lambda: babble(len(x), voices, seed=rng),
        "siren": lambda: siren(len(x), 16000, seed=rng),
    }
    return {
        (kind, snr): mix_at_snr(x, sources[kind](), snr=snr, seed=rng)
        for kind in kinds
        for snr in levels
    }


# %% tags=["export"]
def gains(x, noisy, clean_up):
    """For each noisy version, how many decibels of SI-SDR the function brings."""
    return {key: si_sdr(x, clean_up(z)) - si_sdr(x, z) for key, z in noisy.items()}


def mean_gain(x, noisy, clean_up):
    return float(np.mean([*gains(x, noisy, clean_up).values()]))


# %% tags=["export"]
def best_dials(name, x, noisy):
    settings = itertools.product(*DIALS[name].values())
    return max(
        settings, key=lambda dials: mean_gain(x, noisy, lambda z: classical(name, dials, z))
    )


# %%
valid_noisy = noisy_versions(x_valid, x_fit, np.random.default_rng(seed + 1))
best = {name: best_dials(name, x_valid, valid_noisy) for name in DIALS}


def clean_ups(best, *more):
    """Every method by its name: a function from noisy sounds to clean ones."""
    filters = {
        name: lambda x, name=name, dials=dials: classical(name, dials, x)
        for name, dials in best.items()
    }
    return {**filters, **dict(more)}


# %%
filters = clean_ups(best)
on_valid = {name: gains(x_valid, valid_noisy, f) for name, f in filters.items()}
wiener = on_valid["Wiener filter"]
for name, gained in on_valid.items():
    print(name, dict(zip(DIALS[name], best[name], strict=True)))
    print(
        "   " + ", ".join(f"{kind} {snr} dB: {db:+.1f}" for (kind, snr), db in gained.items())
    )

# %%
example = valid_noisy["babble", 5][:1]
plots.show_spectrograms(
    {
        "clean x": one[0],
        "babble at 5 dB": example[0],
        **{name: f(example)[0] for name, f in filters.items()},
    },
    title="The filters thin the babble out, and leave its stripes",
)

# %% [markdown]
# The top row shows the speech clean and with babble, the bottom row the two filters. The even
# background is gone. The louder stripes are left, those of the voice and those of the crowd
# alike. The quiet moments tell much about white noise, and little about a crowd.

# %% tags=["nbval-check-output"]
expect(
    "white noise at 0 dB: the Wiener filter gains more than 6 dB", wiener["white noise", 0] > 6
)
expect("babble at 0 dB: less than 3 dB", wiener["babble", 0] < 3)

# %% [markdown]
# ### Exercise 3: how far can a mask reach?
#
# Suppose somebody told you the power of the clean speech and of the noise at each point. A
# Wiener filter that knows both uses the {term:ideal ratio mask}: speech power over the sum of
# both powers. Write it. Where both powers are 0, return 0.


# %% tags=["exercise"]
def my_mask(speech_power, noise_power):
    return ...


# %% tags=["solution"]
def my_mask(speech_power, noise_power):
    return speech_power / np.maximum(speech_power + noise_power, 1e-12)


# %% tags=["nbval-check-output"]
exercise.ratio.check(my_mask)


# %%
def powers(x):
    return sum(ops.convert_to_numpy(part) ** 2 for part in spectrum(x))


def ideal(x, noisy):
    """What the ideal ratio mask makes of noisy sounds, if x is known."""
    speech, noise = powers(x), powers(noisy - x)
    return masked(spectrum(noisy), speech / (speech + noise + 1e-12))


ceiling = gains(x_valid, valid_noisy, lambda z: ideal(x_valid, z))
room = {key: ceiling[key] - wiener[key] for key in ceiling}
for key, gained in ceiling.items():
    print(f"{key[0]:12} {key[1]} dB   Wiener {wiener[key]:+5.1f}   ideal mask {gained:+5.1f}")

# %% [markdown]
# The ideal mask is no method, since it knows the answer. It shows how much better a mask could
# be than the filter's: much better with babble, and less so with white noise.

# %% tags=["nbval-check-output"]
expect("the ideal mask gains more than the filter everywhere", min(room.values()) > 0)
expect("with babble at 0 dB by more than 5 dB", room["babble", 0] > 5)
expect("with white noise by less", room["white noise", 0] < room["babble", 0])

# %% [markdown]
# ## 4. An autoencoder that draws the mask
#
# The network gets the noisy spectrogram as a picture of loudness, the logarithm of its power.
# It returns the mask. In between it works as in {lesson:denoising}. Strides shrink the picture
# to a code, and transposed convolutions enlarge it again. Skip connections carry over where
# things were. The code h has 16 moments with 256 numbers each, which see all frequencies at
# once. A second channel holds the mean loudness of each frequency, a first guess of the noise.
#
# `picture: (128, 128, 2) → (64, 32, 32) → (32, 16, 48) → (16, 8, 64) → h: (16, 256) → … →
# mask: (128, 128, 1)`


# %% tags=["export"]
def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


# %% tags=["export"]
def down(z, maps, strides=2):
    return settle(layers.Conv2D(maps, 3, strides=strides, padding="same", use_bias=False)(z))


def up(z, beside):
    """Twice as high and wide, plus the maps of the way down, and one more convolution."""
    maps = beside.shape[-1]
    z = settle(layers.Conv2DTranspose(maps, 3, strides=2, padding="same", use_bias=False)(z))
    z = layers.Add()([z, beside])
    return layers.Add()([z, down(z, maps, strides=1)])


# %% tags=["export"]
def two_channels(picture):
    """(126, 129) → (128, 128, 2): the loudness, and the mean loudness of each frequency."""
    z = ops.expand_dims(ops.pad(picture[:, :, :128], ((0, 0), (1, 1), (0, 0))), -1)
    mean = ops.mean(z, axis=1, keepdims=True)
    return ops.concatenate([z, ops.zeros_like(z) + mean], -1)


def through_code(smallest, code):
    """To the code h and back to the shape of `smallest`."""
    _, moments, rows, maps = smallest.shape
    z = layers.Reshape((moments, rows * maps))(smallest)  # → (16, 512)
    h = settle(layers.Conv1D(code, 3, padding="same", use_bias=False)(z))  # → (16, 256)
    z = settle(layers.Conv1D(rows * maps, 1, use_bias=False)(h))  # → (16, 512)
    return layers.Reshape((moments, rows, maps))(z)


# %% tags=["export"]
def masker(maps=(32, 48, 64), code=256):
    """From log power (126, 129) to a mask of the same shape."""
    picture = keras.Input((126, 129))
    patches = settle(  # → (64, 32, 32)
        layers.Conv2D(maps[0], (2, 4), strides=(2, 4), use_bias=False)(two_channels(picture))
    )
    smaller = down(patches, maps[1])  # → (32, 16, 48)
    smallest = down(smaller, maps[2])  # → (16, 8, 64)
    z = layers.Add()([smallest, through_code(smallest, code)])
    z = up(up(z, smaller), patches)  # → (64, 32, 32)
    mask = layers.Conv2DTranspose(1, (2, 4), strides=(2, 4), activation="sigmoid")(z)
    return keras.Model(picture, ops.pad(mask[:, 1:-1, :, 0], ((0, 0), (0, 0), (0, 1))))


# %% [markdown]
# The whole network leads from sound to sound. It makes the spectrogram, multiplies it by the
# mask, and turns it back into sound. So its loss can be what we want, the negative SI-SDR. The
# level of the sound is taken out first.
#
# Every epoch mixes each sentence with another noise, at -5 to 12 dB. One voice is little to
# learn from, and this one is high. Played slower, a voice becomes lower, so the network hears
# the same sentences at seven speeds, from 0.45 to 1.15.


# %% tags=["export"]
def denoiser(mask_network):
    x = keras.Input((16000,))
    real, imaginary = spectrum(x)
    power = real**2 + imaginary**2
    level = ops.maximum(ops.mean(power, axis=(1, 2), keepdims=True), 1e-30)  # silence has none
    picture = 0.3 * ops.log(power / level + 1e-4)
    mask = mask_network(picture)
    return keras.Model(x, wave((real * mask, imaginary * mask)))


# %% tags=["export"]
def negative_si_sdr(x, y):
    alpha = ops.sum(x * y, axis=1, keepdims=True) / ops.sum(x * x, axis=1, keepdims=True)
    signal = ops.sum((alpha * x) ** 2, axis=1)
    return -10 * ops.log10(signal / (ops.sum((alpha * x - y) ** 2, axis=1) + 1e-6) + 1e-6)


# %% tags=["export"]
def noise_pool(x, rng):
    """White noise, hum, and crowds made of the voices x: 360 noises to draw from."""
    return np.concatenate(
        [
            white_noise(100, 16000, seed=rng),
            hum(40, 16000, seed=rng),
            babble(220, x, seed=rng),
        ]
    )


# %% tags=["export"]
def train_denoiser(x, pool, epochs, model=None, learning_rate=5e-3):
    """A network, new or given, trained to take noises of the pool out of the speech x."""
    model = model or denoiser(masker())

    def mix(x, rng):
        return mix_at_snr(x, pool, snr=rng.uniform(-5, 12, len(x)), seed=rng)

    settings = {"batch_size": 8, "learning_rate": learning_rate, "loss": negative_si_sdr}
    fit(model, x, corrupt=mix, epochs=epochs, **settings)
    return model


# %% tags=["export"]
def remove_noise(model, x):
    return outputs(model, x)


def at_speed(x, factor):
    """Sounds played slower (below 1) or faster; a faster one starts again at its end."""
    times = np.arange(16000)
    played = [np.interp(times * factor, times, sound, period=16000) for sound in x]
    return np.stack(played).astype("float32")


SPEEDS = (0.45, 0.55, 0.65, 0.8, 0.9, 1.0, 1.15)


def trained(x, rng, epochs, speeds=SPEEDS, **more):
    """The network of this lesson, from the speech x at several speeds."""
    x = np.concatenate([at_speed(x, speed) for speed in speeds])
    return train_denoiser(x, noise_pool(x, rng), epochs, **more)


# %%
beginner = trained(x_fit, np.random.default_rng(seed + 3), epochs=1)

# %% [markdown]
# One epoch is a beginning. The course carries the weights that the same function reached after
# 12 epochs (`lessons/sound/train.py` trains them). The next cell loads them.

# %%
model = denoiser(masker())
model.set_weights(load_weights("denoiser"))
begun = gains(x_valid, valid_noisy, lambda z: remove_noise(beginner, z))
learned = gains(x_valid, valid_noisy, lambda z: remove_noise(model, z))
for key, gained in learned.items():
    print(
        f"{key[0]:12} {key[1]} dB   Wiener {wiener[key]:+5.1f}   begun {begun[key]:+5.1f}   "
        f"trained {gained:+5.1f}   ideal mask {ceiling[key]:+5.1f}"
    )

# %% [markdown]
# *Predict:* in the training, the crowd was made of the speaker's own sentences. Will the
# network keep one voice and remove the crowd, or keep all voices?
#
# *Answer:* it removes more of the crowd than the filter does, but far less than the ideal mask
# would.

# %%
cleaned = remove_noise(model, example)
steps = {
    "clean x": one[0],
    "noisy x̃, babble at 5 dB": example[0],
    "Wiener filter": filters["Wiener filter"](example)[0],
    "network y": cleaned[0],
}
plots.show_spectrograms(steps, title="The network darkens the gaps more than the filter")

# %% [markdown]
# The top row shows the speech clean and with babble, the bottom row the Wiener filter and the
# network. The network's gaps are darker, and more of the crowd's stripes are gone. Some quiet
# speech is gone, too. Listen in the same order:

# %%
plots.listen(steps)

# %% tags=["nbval-check-output"]
expect(
    "babble at 0 dB, all validation speech: a decibel above the Wiener filter",
    learned["babble", 0] > wiener["babble", 0] + 1,
)
expect(
    "white noise at 0 dB: above it by half a decibel",
    learned["white noise", 0] > wiener["white noise", 0] + 0.5,
)
expect(
    "the ideal mask is still ahead everywhere",
    min(ceiling[k] - learned[k] for k in ceiling) > 0,
)

# %% [markdown]
# ## 5. Other voices, other noises
#
# So far, all was validation speech. Now come the tests, on which nothing was chosen: new
# sentences of the voice that the network was trained on, two other high voices, low voices,
# and a new noise, a siren. A fourth voice, used for nothing else, makes the crowd.
#
# *Predict:* where does the network lose its lead over the filter?
#
# *Answer:* with the new noise, of which it removes little. With voices that it has never heard
# its lead is smaller than with the one it knows.


# %% tags=["export"]
def columns(allison, others, crowd, rng):
    """Three tests: clean sounds and their noisy versions."""
    return {
        "new sentences": (allison, noisy_versions(allison, crowd, rng)),
        "new voices": (others, noisy_versions(others, crowd, rng)),
        "new noise": (allison, noisy_versions(allison, crowd, rng, kinds=("siren",))),
    }


# %% [markdown]
# Two of the low voices are real: a man who reads a novel, at about 96 Hz, and short commands
# to a computer, at about 114 Hz. Two are high voices of this course, slowed to 60 %.


# %% tags=["export"]
def low_columns(real, who, june, carlo, crowd, rng):
    """The test of low voices: for each, clean sounds and their noisy versions."""
    voices = {
        "reader": real[who == 0],
        "commands": real[who == 1],
        "June slowed": at_speed(june, 0.6),
        "Carlo slowed": at_speed(carlo, 0.6),
    }
    return {name: (x, noisy_versions(x, crowd, rng)) for name, x in voices.items()}


# %%
methods = clean_ups(best, ("network", lambda x: remove_noise(model, x)))
rng = np.random.default_rng(seed + 4)
tests = columns(allison, others, crowd, rng)
june, carlo = (x_test[speaker == who] for who in (1, 2))
lows = low_columns(*load_low_voices(), june, carlo, crowd, rng)
means = {
    column: {name: mean_gain(x, noisy, f) for name, f in methods.items()}
    for column, (x, noisy) in {**tests, **lows}.items()
}
means["low voices"] = {
    name: float(np.mean([means[voice][name] for voice in lows])) for name in methods
}
for column, by_name in means.items():
    figures = "   ".join(f"{name} {db:+.1f}" for name, db in by_name.items())
    print(f"{column:14} {figures}")

# %%
shown = ("new sentences", "new voices", "low voices", "new noise")
plots.show_bars(
    {
        f"{column}:\n{name}": means[column][name]
        for column in shown
        for name in ("Wiener filter", "network")
    },
    title="The network leads for high and low voices; a new noise gets through",
    y_label="SI-SDR gained, dB",
    number_format="{:.1f}",
    colours=[plots.ORANGE, plots.BLUE] * 4,
)

# %% [markdown]
# Each pair of bars shows the Wiener filter, the better of the two filters, and the network.
# With the noises that it was trained on, the network leads for high voices and for low ones.
# Among high voices its lead is larger for the one that it knows. Among low voices it is
# smallest for the short commands. With the siren neither of the two gains much. No training
# showed it a tone that glides, and such a tone looks more like a voice than like the noises
# that it knows.

# %%
same, new_voice, low, new_noise = (means[column] for column in shown)
lead = {column: by["network"] - by["Wiener filter"] for column, by in means.items()}
for column, db in lead.items():
    print(f"{column:14} the network leads by {db:+.1f} dB")

# %% tags=["nbval-check-output"]
expect(
    "for all voices, the Wiener filter is the better filter",
    all(g["Wiener filter"] > g["spectral subtraction"] for g in (same, new_voice, low)),
)
expect("new sentences: the network gains 1.5 dB more", lead["new sentences"] > 1.5)
expect(
    "new voices: it gains more, but less than for the voice it knows",
    0.5 < lead["new voices"] < lead["new sentences"],
)

# %% tags=["nbval-check-output"]
expect("low voices: on average it gains 1.5 dB more", lead["low voices"] > 1.5)
expect("each of the four: half a decibel more", min(lead[v] for v in lows) > 0.5)
expect(
    "new noise: less than half of its gain is left", new_noise["network"] < same["network"] / 2
)

# %% [markdown]
# SI-SDR compares samples. Do listeners understand more words, too? {term:STOI} (*short-time
# objective intelligibility*, Taal et al., 2011) estimates that. It compares how the loudness
# of 15 bands of frequency rises and falls in x and in y, and 100 % means alike. No method here
# was trained on it.


# %%
def understood(x, y):
    """The mean STOI of sounds y beside the clean x, in percent."""
    pairs = zip(x, y, strict=True)
    return 100 * float(np.mean([stoi(clean, heard, 8000) for clean, heard in pairs]))


# %%
heard = {}
listened = {"doing nothing": lambda x: x, **methods}
del listened["spectral subtraction"]
for kind in KINDS:
    print(f"{kind} at 0 dB, STOI")
    for column in ("new sentences", "reader", "commands"):
        x, noisy = {**tests, **lows}[column]
        row = {name: understood(x, f(noisy[kind, 0])) for name, f in listened.items()}
        print(
            f"   {column:14}",
            "   ".join(f"{name} {percent:.0f} %" for name, percent in row.items()),
        )
        heard[kind, column] = row

# %% [markdown]
# In white noise the network makes all three voices easier to understand. In babble it helps
# the low voices much less, although SI-SDR says that much of the crowd is gone. What the mask
# takes from the crowd it also takes from the quiet parts of the voice. More decibels are not
# always as many more words.

# %%
easier = {place: row["network"] - row["doing nothing"] for place, row in heard.items()}

# %% tags=["nbval-check-output"]
expect(
    "white noise: the network raises STOI for each voice",
    all(points > 1 for (kind, _), points in easier.items() if kind == "white noise"),
)
expect(
    "babble: for both low voices by less than 0.6 of what it is in white noise",
    all(
        easier["babble", voice] < 0.6 * easier["white noise", voice]
        for voice in ("reader", "commands")
    ),
)

# %% [markdown]
# ## 6. Where it does harm
#
# What if there is hardly any noise? The network was trained at -5 to 12 dB, so it has never
# met clean speech.
#
# *Predict:* speech at 30 dB is nearly clean. Will the network make it better, leave it as it
# is, or make it worse?
#
# *Answer:* worse. It takes away more speech than noise, and so does the Wiener filter.

# %%
LEVELS = (-5, 0, 10, 20, 25, 30)
at_levels = noisy_versions(
    allison, crowd, np.random.default_rng(seed + 5), ("white noise",), LEVELS
)
curves = {
    name: (LEVELS, [*gains(allison, at_levels, methods[name]).values()])
    for name in ("network", "Wiener filter")
}
gained_at = {name: dict(zip(*curve, strict=True)) for name, curve in curves.items()}
for name, by_level in gained_at.items():
    print(f"{name:14}", "  ".join(f"{snr} dB: {db:+.1f}" for snr, db in by_level.items()))

# %%
plots.show_curves(
    {**curves, "doing nothing": (LEVELS, [0] * len(LEVELS))},
    title="The cleaner the speech, the smaller the gain; in the end it is a loss",
    x_label="SNR before, dB (white noise)",
    y_label="SI-SDR gained, dB",
    marker="o",
)

# %% [markdown]
# Both curves fall from left to right, and doing nothing is a flat line at zero. On the left
# both methods gain much. At 20 dB they still gain a little. At 30 dB both lose about as much,
# because they take away more speech than noise. So measure how noisy a sound is before you
# give it to such a network.

# %% tags=["nbval-check-output"]
expect("at 0 dB the network gains more than 7 dB", gained_at["network"][0] > 7)
expect("at 20 dB it still gains", gained_at["network"][20] > 0)
expect(
    "at 30 dB both lose more than 3 dB",
    max(gained_at["network"][30], gained_at["Wiener filter"][30]) < -3,
)

# %% [markdown]
# ### Exercise 4: take the siren out, and unlearn nothing (stretch)
#
# The network fails with the siren because no training showed it one. If you train it on sirens
# only, it gets worse at white noise. Write a training for both. At 0 dB the network must gain
# at least **6 dB** with a siren and **8 dB** with white noise.
#
# The check calls `my_training` with speech, shape `(n, 16000)`. It expects back a Keras model
# from `(16000,)` to `(16000,)`, or a function of noisy sounds. It plays all speech backwards
# and makes its own noises, so nobody can train on the sounds that it judges by. Keep the
# training short: ten seconds are enough if you start from `load_weights("denoiser")`.

# %%
siren_valid = noisy_versions(x_valid, x_fit, np.random.default_rng(seed + 6), ("siren",), (0,))
for name, f in methods.items():
    print(f"{name:20} {mean_gain(x_valid, siren_valid, f):+.1f} dB")


# %% tags=["exercise"]
def my_training(x):
    return ...


# %% tags=["solution"]
def my_training(x):
    # What the network has learned, and both noises in one pool.
    model = denoiser(masker())
    model.set_weights(load_weights("denoiser"))
    pool = np.concatenate([siren(200, 16000, seed=1), white_noise(100, 16000, seed=2)])
    return train_denoiser(x, pool, epochs=2, model=model, learning_rate=2e-3)


# %% tags=["nbval-check-output"]
exercise.wail.check(my_training)

# %% [markdown]
# ## Now yours
#
# Take a recording of your own, WAV or FLAC, of any length, rate and number of channels. The
# one below looks like one from a phone: FLAC, stereo, 44,100 samples a second. It was made for
# this course from a reader and a computed fan. No training has heard either of them.
#
# `clean_sound` of `aecourse.applications.sound` cuts it into overlapping pieces and gives them
# to the network. Then it looks at what the network took out. What stays in the pauses is
# noise. What comes and goes with the voice is speech, and it is put back. So a good recording
# is left nearly as it was.

# %%
import tempfile  # isort: skip
from pathlib import Path  # isort: skip

from aecourse.applications.sound import clean_sound  # isort: skip
from aecourse.datasets.embedded import DATA  # isort: skip
from aecourse.files import read_sound, save_sound  # isort: skip

mine = DATA / "yours" / "recording.flac"  # your own: Path("my recording.wav")
recorded, rate = read_sound(mine)  # its channels averaged, at 8,000 samples a second
my_clean = clean_sound(recorded, rate)
saved = save_sound(my_clean, Path(tempfile.mkdtemp()) / "cleaned.wav", rate=rate)
print(f"{mine.name}, {len(recorded) / rate:.1f} s, is saved as {saved.name}")

# %%
louder = 0.5 / np.abs(recorded).max()  # phones record softly
begin = slice(0, 3 * rate // 2)  # a second and a half of it
heard_mine = {"recorded": louder * recorded[begin], "cleaned": louder * my_clean[begin]}
plots.show_spectrograms(
    heard_mine, title="The fan goes, and the faintest parts of the speech go with it"
)

# %%
plots.listen(heard_mine)

# %% [markdown]
# Left: the recording. The fan lies over everything, strongest at the bottom, and swells a
# little more than once a second. Right: between the words it is gone. Where somebody speaks,
# the stripes of the voice are left, and the faintest of them are not.
#
# This recording was made, so the speech in it is known and can be compared. Nearly clean
# speech, at 30 dB, is the other test.

# %%
told = np.concatenate(load_low_voices()[0][[6, 7]])
gained_mine = si_sdr(told[None], my_clean[None]) - si_sdr(told[None], recorded[None])
good = at_levels["white noise", 30]
kept = clean_sound(good.ravel(), rate).reshape(good.shape)  # all sentences as one recording
lost = si_sdr(allison, good) - si_sdr(allison, kept)
print(f"the fan: {gained_mine:+.1f} dB; speech at 30 dB: {-lost:+.1f} dB")

# %% tags=["nbval-check-output"]
expect("an unheard voice, an unheard noise: at least a decibel is gained", gained_mine > 1)
expect("speech at 30 dB loses less than half a decibel", lost < 0.5)
expect("the network alone loses more than two", gained_at["network"][30] < -2)

# %% [markdown]
# With your own file, change the first line, and give `save_sound` a place that you keep. To
# have both channels and the full rate back, read it with `soundfile.read`. Then what lies
# above 4,000 Hz stays as far as it is taken for good, and goes where there is noise.
#
# It cannot do everything. Music, sirens, clicks and a second voice come and go as speech does,
# and stay. Echo stays. Where the noise is as loud as the voice, words are lost with it. And it
# was trained on one voice: listen to what it does to yours.

# %% [markdown]
# ## What you saw
#
# - A spectrogram is a picture of sound, and leads back to it without loss.
# - A mask on it removes noise.
# - A network that has heard one voice at seven speeds draws a better mask, also for the high
#   and low voices tested here.
# - A new kind of noise gets through, until the training has it.
# - The network and the filter both harm speech that is nearly clean, unless somebody looks at
#   what they take out.
#
# **Where this is used.** Telephone and video calls, hearing aids, and speech recognition in
# noise. Networks for that learn from hours of speech of many voices.

# %% [markdown]
# **Read on.** Steven Boll, *Suppression of acoustic noise in speech using spectral
# subtraction* (1979). Yariv Ephraim and David Malah, *Speech enhancement using a minimum
# mean-square error short-time spectral amplitude estimator* (1984). Cees Taal, Richard
# Hendriks, Richard Heusdens and Jesper Jensen, *An algorithm for intelligibility prediction of
# time–frequency weighted noisy speech* (2011). Xugang Lu, Yu Tsao, Shigeki Matsuda and Chiori
# Hori, *Speech enhancement based on deep denoising autoencoder* (2013). Jonathan Le Roux,
# Scott Wisdom, Hakan Erdogan and John Hershey, *SDR – half-baked or well done?* (2019).
