# %% [markdown]
# # Sound
#
# Take noise out of speech with a network that draws a mask on the spectrogram, against two
# classical filters and three honest tests.
#
# **The question:** a voice in a crowd is still a voice to you; can a network be taught to hear
# it?
#
# **You will**
# - turn sound into a picture and back without losing anything,
# - mix speech and noise at a ratio you choose, and measure what is left of it,
# - compare a network with two classical filters at their best settings,
# - find out for which voices and noises it works, and where it does harm.
#
# **You need** {lesson:denoising}.
#
# **Time** {time}.

# %%
import itertools

import numpy as np

from aecourse import plots
from aecourse.corruption import babble, hum, mix_at_snr, siren, white_noise
from aecourse.datasets import split_speech
from aecourse.exercises import sound as exercise
from aecourse.metrics import si_sdr
from aecourse.models import outputs
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
(x_fit, _), (x_valid, _), (x_test, speaker) = split_speech()
allison, others, crowd = (
    x_test[speaker == 0],
    x_test[(speaker == 1) | (speaker == 2)],
    x_test[speaker == 3],
)
print(f"two seconds each: {len(x_fit)} to train on, {len(x_valid)} to validate on,")
print(
    f"to test on: {len(allison)} of the same voice, {len(others)} of two others, {len(crowd)} for the crowd"
)

# %% [markdown]
# ## 1. Sound as a picture
#
# A sound x is a row of numbers, here 8,000 a second: `x: (16000,)` for two seconds. Cut the
# row into short *frames* of 256 samples that overlap by half, and ask of each which
# frequencies it holds: the {term:Fourier transform} gives 129 numbers, from 0 to 4,000 Hz. The
# result is a {term:spectrogram}.
#
# `x: (16000,) → frames: (126, 256) → X: (126, 129)`
#
# Each number in X has a size and a direction (it is complex): a real part and an imaginary
# part. The way back turns each frame into samples and adds what overlaps. The window, half a
# sine wave, goes on twice, and sin² + cos² = 1.

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
    title="Speech is stripes and gaps; noise fills the gaps, each kind in its own way",
)

# %% [markdown]
# Time runs to the right, frequency upwards, loud is bright. Top left, clean speech: stacks of
# stripes (the tones of a voice) with dark gaps between. White noise (top right) fills
# everything evenly; hum (bottom left) draws a band of lines at the bottom; babble (bottom
# right) has stripes of its own. Listen:

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
# mean noise²)`. At 0 dB speech and noise are equally strong, at 10 dB speech has ten times the
# power.
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
# To judge a result y, ask the same of what is left: which part of y is a multiple of x, and
# which part is not? That is the {term:scale-invariant signal-to-distortion ratio} (SI-SDR; Le
# Roux et al., 2019). With `α = ⟨x, y⟩ / ⟨x, x⟩`, it is `10 · log10(|αx|² / |αx − y|²)`:
# turning the volume changes nothing. (`⟨x, y⟩` is the sum of products; both sounds first lose
# their mean.)
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
# Four spectrograms of the same words. At 0 dB a few bright stripes stand out of the noise;
# with each step more of the quiet ones appear, and at 20 dB the gaps are nearly dark again.
# Two of them to listen to:

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
# Both classical filters multiply the spectrogram by a {term:mask}: a number from 0 (noise,
# away with it) to 1 (speech, keep it) for each point. For that they must guess the noise: in
# the quiet moments of each frequency there is nothing else. {term:Spectral subtraction}
# (Boll, 1979) takes that power away. The {term:Wiener filter} divides speech by speech plus
# noise, and to judge the speech it also looks at the frame before (Ephraim and Malah, 1984):
# its mask flickers less.
#
# *Predict:* white noise and babble. Which one will they catch?
#
# *Answer:* white noise, which is the same at each moment. A crowd is not, and they take little
# of it away.

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
# Each filter has three dials: how quiet a moment counts as noise, how often the noise is taken
# away, and what remains or how far it remembers. They are turned on validation speech: white
# noise and babble, at 0 and 5 dB.


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
# Top: clean, and with babble. Bottom: the two filters. The even background is gone; what is
# left are the louder stripes, those of the voice and those of the crowd alike. White noise is
# the same at each moment, so the quiet moments tell all about it. A crowd is not.

# %% tags=["nbval-check-output"]
expect(
    "white noise at 0 dB: the Wiener filter gains more than 6 dB", wiener["white noise", 0] > 6
)
expect("babble at 0 dB: less than 3 dB", wiener["babble", 0] < 3)

# %% [markdown]
# ### Exercise 3: how far can a mask reach?
#
# Suppose somebody told you the power of the clean speech and of the noise at each point. Write
# the {term:ideal ratio mask}, which is what a Wiener filter would use that guesses nothing:
# speech power over the sum of both powers. Where there is neither, return 0.


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
# The ideal mask is no method, since it knows the answer. It shows how much room is left: with
# babble there is much between it and the filter, with white noise less.

# %% tags=["nbval-check-output"]
expect("the ideal mask gains more than the filter everywhere", min(room.values()) > 0)
expect("with babble at 0 dB by more than 5 dB", room["babble", 0] > 5)
expect("with white noise by less", room["white noise", 0] < room["babble", 0])

# %% [markdown]
# ## 4. An autoencoder that draws the mask
#
# The noisy spectrogram goes in as a picture of loudness (the logarithm of its power); the mask
# comes out. In between stands what you know from {lesson:denoising}: strides shrink the
# picture to a code, transposed convolutions enlarge it, and skip connections carry the places.
# The code h has 16 moments; in each, 256 numbers see all frequencies at once. Each point also
# gets the mean loudness of its frequency, which is how a filter would guess the noise.
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
    """Twice as high and wide, plus what stood there on the way down, and one more look around."""
    maps = beside.shape[-1]
    z = settle(layers.Conv2DTranspose(maps, 3, strides=2, padding="same", use_bias=False)(z))
    z = layers.Add()([z, beside])
    return layers.Add()([z, down(z, maps, strides=1)])


# %% tags=["export"]
def masker(maps=(32, 48, 64), code=256):
    """From log power (126, 129) to a mask of the same shape."""
    picture = keras.Input((126, 129))
    z = ops.expand_dims(ops.pad(picture[:, :, :128], ((0, 0), (1, 1), (0, 0))), -1)
    z = ops.concatenate([z, ops.zeros_like(z) + ops.mean(z, axis=1, keepdims=True)], -1)
    patches = settle(layers.Conv2D(maps[0], (2, 4), strides=(2, 4), use_bias=False)(z))
    smaller = down(patches, maps[1])
    smallest = down(smaller, maps[2])
    moments = layers.Reshape((16, 8 * maps[2]))(smallest)
    h = settle(layers.Conv1D(code, 3, padding="same", use_bias=False)(moments))
    z = settle(layers.Conv1D(8 * maps[2], 1, use_bias=False)(h))
    z = layers.Add()([smallest, layers.Reshape((16, 8, maps[2]))(z)])
    z = up(up(z, smaller), patches)
    mask = layers.Conv2DTranspose(1, (2, 4), strides=(2, 4), activation="sigmoid")(z)
    return keras.Model(picture, ops.pad(mask[:, 1:-1, :, 0], ((0, 0), (0, 0), (0, 1))))


# %% [markdown]
# Around it goes the way there and back, so that the whole network leads from sound to sound,
# and the loss can be what we want: as much SI-SDR as possible. The level is taken out first.
# Every epoch mixes anew, with another noise, from -5 to 12 dB. Since one voice is little to
# learn voices from, it speaks at three speeds: slower is lower, faster is higher.


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
def train_denoiser(x, pool, epochs):
    """A network trained to take noises of the pool out of the speech x."""
    model = denoiser(masker())

    def mix(x, rng):
        return mix_at_snr(x, pool, snr=rng.uniform(-5, 12, len(x)), seed=rng)

    settings = {"batch_size": 8, "learning_rate": 5e-3, "loss": negative_si_sdr}
    fit(model, x, corrupt=mix, epochs=epochs, **settings)
    return model


# %% tags=["export"]
def remove_noise(model, x):
    return outputs(model, x)


def at_speed(x, factor):
    """Sounds played slower (below 1) or faster; what is missing at the end is taken from the beginning."""
    times = np.arange(16000)
    played = [np.interp(times * factor, times, sound, period=16000) for sound in x]
    return np.stack(played).astype("float32")


def trained(x, rng, epochs):
    """The network of this lesson, from the speech x at three speeds."""
    x = np.concatenate([x, at_speed(x, 0.87), at_speed(x, 1.15)])
    return train_denoiser(x, noise_pool(x, rng), epochs)


# %%
beginner = trained(x_fit, np.random.default_rng(seed + 3), epochs=2)

# %% [markdown]
# Two epochs are a beginning. The course carries the weights that the same function had brought
# after 30 epochs, three minutes on two cores (`lessons/sound/train.py`):

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
# *Predict:* the network has heard her in a crowd made of her own sentences. Will it lift one
# voice out of a crowd, or keep all of them?
#
# *Answer:* it keeps the louder voice, and more of the crowd goes than with the filter. Where
# both are as loud, it cannot tell them apart.

# %%
cleaned = remove_noise(model, example)
steps = {
    "clean x": one[0],
    "noisy x̃, babble at 5 dB": example[0],
    "Wiener filter": filters["Wiener filter"](example)[0],
    "network y": cleaned[0],
}
plots.show_spectrograms(steps, title="The network keeps the louder voice and darkens the gaps")

# %% [markdown]
# Top: clean, and with babble. Bottom: the Wiener filter and the network. The network's gaps
# are darker, and more of the crowd's stripes are gone; some quiet speech went with them. Where
# the crowd is as loud as the voice, neither of them can tell. Listen in the same order:

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
# ## 5. Three honest columns
#
# So far, all was validation speech. Now the test, once: new sentences of the voice that was
# trained on, two voices that were not, and a noise that was not, a siren. The crowd is made of
# a fourth voice, used for nothing else.
#
# *Predict:* in which column does the network lose its lead?
#
# *Answer:* in the last: a new noise leaves little of its gain. With new voices the lead
# shrinks, too.


# %% tags=["export"]
def columns(allison, others, crowd, rng):
    """The three tests: clean sounds and their noisy versions."""
    return {
        "new sentences": (allison, noisy_versions(allison, crowd, rng)),
        "new voices": (others, noisy_versions(others, crowd, rng)),
        "new noise": (allison, noisy_versions(allison, crowd, rng, kinds=("siren",))),
    }


# %%
methods = clean_ups(best, ("network", lambda x: remove_noise(model, x)))
result = {
    column: {name: gains(x, noisy, f) for name, f in methods.items()}
    for column, (x, noisy) in columns(
        allison, others, crowd, np.random.default_rng(seed + 4)
    ).items()
}
for column, by_name in result.items():
    print(column)
    for name, gained in by_name.items():
        figures = "   ".join(
            f"{kind} {snr} dB: {db:+5.1f}" for (kind, snr), db in gained.items()
        )
        print(f"   {name:20} {figures}")

# %%
means = {
    column: {name: float(np.mean([*gained.values()])) for name, gained in by_name.items()}
    for column, by_name in result.items()
}
same, new_voice, new_noise = means.values()
plots.show_bars(
    {
        f"{column}:\n{name}": by_name[name]
        for column, by_name in means.items()
        for name in ("Wiener filter", "network")
    },
    title="Ahead on new sentences and on new voices; a new noise passes through",
    y_label="SI-SDR gained, dB",
    number_format="{:.1f}",
)

# %% [markdown]
# Three pairs of bars: the Wiener filter, the better of the two filters, and the network. With
# noises it has met, the network is ahead, most of all for the voice it knows; with the siren
# nobody gains much. It has learned what speech looks like among three noises, and a glide that
# no training showed looks more like a voice than like them.

# %% tags=["nbval-check-output"]
expect(
    "for both, the Wiener filter is the better filter",
    all(g["Wiener filter"] > g["spectral subtraction"] for g in (same, new_voice)),
)
expect(
    "new sentences: the network gains a decibel more",
    same["network"] > same["Wiener filter"] + 1,
)
expect("new voices: it gains more", new_voice["network"] > new_voice["Wiener filter"])
expect("but less than for the voice it knows", new_voice["network"] < same["network"])
expect(
    "new noise: less than half of its gain is left", new_noise["network"] < same["network"] / 2
)
expect("the filter gains less than 1 dB there", new_noise["Wiener filter"] < 1)

# %% [markdown]
# ## 6. Where it does harm
#
# What if there is hardly any noise? Trained from -5 to 12 dB, the network has seen no clean
# telephone line.
#
# *Predict:* speech at 30 dB, nearly clean, goes through the network. Better, the same, or
# worse?
#
# *Answer:* worse. More speech than noise is taken away, and the Wiener filter does the same.

# %%
LEVELS = (-5, 0, 10, 20, 25, 30)
at_levels = noisy_versions(
    allison, crowd, np.random.default_rng(seed + 5), ("white noise",), LEVELS
)
curves = {
    name: (LEVELS, [*gains(allison, at_levels, methods[name]).values()])
    for name in ("Wiener filter", "network")
}
gained_at = {name: dict(zip(*curve, strict=True)) for name, curve in curves.items()}
plots.show_curves(
    {**curves, "doing nothing": (LEVELS, [0] * len(LEVELS))},
    title="The cleaner the speech, the smaller the gain; in the end it is a loss",
    x_label="SNR before, dB (white noise)",
    y_label="SI-SDR gained, dB",
    marker="o",
)

# %% [markdown]
# Two falling curves, and doing nothing as a straight line at zero. On the left both gain much;
# to the right both fall, and at 30 dB both are below zero: they take away more speech than
# noise. A mask cannot know that nothing needs to be done, unless it has seen such speech.
# Whoever builds one in asks first how noisy it is.

# %% tags=["nbval-check-output"]
expect("at 0 dB the network gains more than 7 dB", gained_at["network"][0] > 7)
expect("at 30 dB it loses", gained_at["network"][30] < 0)
expect("so does the Wiener filter", gained_at["Wiener filter"][30] < 0)

# %% [markdown]
# ### Exercise 4: take the siren out, and unlearn nothing (stretch)
#
# Nothing is wrong with the network: nobody showed it a siren. A network that hears only
# sirens, though, gets worse at white noise. Write the training of one that does both. At 0 dB
# it has to gain at least **6 dB** with a siren and **8 dB** with white noise.
#
# The check calls `my_training` with speech, shape `(n, 16000)`, and listens to what comes
# back: a Keras model from `(16000,)` to `(16000,)`, or a function of noisy sounds. It plays
# all speech backwards and makes noises of its own, so that it judges by sounds that nobody
# could train on. Keep the training short, some ten seconds: `load_weights("denoiser")` is a
# good place to begin.

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

    def mix(x, rng):
        return mix_at_snr(x, pool, snr=rng.uniform(-5, 12, len(x)), seed=rng)

    settings = {"batch_size": 8, "learning_rate": 2e-3, "loss": negative_si_sdr}
    fit(model, x, corrupt=mix, epochs=2, **settings)
    return model


# %% tags=["nbval-check-output"]
exercise.wail.check(my_training)

# %% [markdown]
# ## What you saw
#
# - A spectrogram is a picture of sound, and leads back to it without loss.
# - A mask on it removes noise; where the noise stays the same, quiet moments are enough to
#   draw one.
# - A network that has seen speech and noise draws a better one, also for voices it never
#   heard.
# - A noise of another kind passes through until it stands in the training.
# - On clean speech any of them does harm.
#
# **Where this is used.** Telephone and video calls, hearing aids, and speech recognition in
# noise; where minutes of training become thousands of hours.
#
# **Read on.** Steven Boll, *Suppression of acoustic noise in speech using spectral
# subtraction* (1979). Yariv Ephraim and David Malah, *Speech enhancement using a minimum
# mean-square error short-time spectral amplitude estimator* (1984). Xugang Lu, Yu Tsao,
# Shigeki Matsuda and Chiori Hori, *Speech enhancement based on deep denoising autoencoder*
# (2013). Jonathan Le Roux, Scott Wisdom, Hakan Erdogan and John Hershey, *SDR – half-baked or
# well done?* (2019).
