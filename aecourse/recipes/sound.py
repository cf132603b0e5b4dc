"""What `lessons/sound/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import itertools

import numpy as np

from aecourse.backend import keras
from aecourse.corruption import babble, hum, mix_at_snr, siren, white_noise
from aecourse.metrics import si_sdr
from aecourse.models import outputs
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


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


DIALS = {
    "spectral subtraction": {"quiet": (0.35, 0.5), "times": (4, 6), "rest": (0, 0.1)},
    "Wiener filter": {"quiet": (0.35, 0.5), "times": (2, 4), "memory": (0.8, 0.9)},
}


def masked(X, mask):
    """The sound of a spectrogram times a mask, as a NumPy array."""
    mask = np.asarray(mask, dtype="float32")
    return ops.convert_to_numpy(wave((X[0] * mask, X[1] * mask)))


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


def classical(name, dials, x):
    """One filter at one setting, on sounds (n, 16000)."""
    X = spectrum(x)
    power = sum(ops.convert_to_numpy(part) ** 2 for part in X) + 1e-10
    quiet, times, third = dials
    noise = times * np.quantile(power, quiet, axis=1, keepdims=True)
    mask = subtraction_mask if name == "spectral subtraction" else wiener_mask
    return masked(X, mask(power, noise, third))


KINDS = ("white noise", "babble")


def noisy_versions(x, voices, rng, kinds=KINDS, levels=(0, 5)):
    """Noisy versions of the sounds x, by kind of noise and SNR; the crowd is made of `voices`."""
    sources = {
        "white noise": lambda: white_noise(len(x), 16000, seed=rng),
        "babble": lambda: babble(len(x), voices, seed=rng),
        "siren": lambda: siren(len(x), 16000, seed=rng),
    }
    return {(kind, snr): mix_at_snr(x, sources[kind](), snr=snr, seed=rng) for kind in kinds for snr in levels}


def gains(x, noisy, clean_up):
    """For each noisy version, how many decibels of SI-SDR the function brings."""
    return {key: si_sdr(x, clean_up(z)) - si_sdr(x, z) for key, z in noisy.items()}


def mean_gain(x, noisy, clean_up):
    return float(np.mean([*gains(x, noisy, clean_up).values()]))


def best_dials(name, x, noisy):
    settings = itertools.product(*DIALS[name].values())
    return max(settings, key=lambda dials: mean_gain(x, noisy, lambda z: classical(name, dials, z)))


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def down(z, maps, strides=2):
    return settle(layers.Conv2D(maps, 3, strides=strides, padding="same", use_bias=False)(z))


def up(z, beside):
    """Twice as high and wide, plus the maps of the way down, and one more convolution."""
    maps = beside.shape[-1]
    z = settle(layers.Conv2DTranspose(maps, 3, strides=2, padding="same", use_bias=False)(z))
    z = layers.Add()([z, beside])
    return layers.Add()([z, down(z, maps, strides=1)])


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


def denoiser(mask_network):
    x = keras.Input((16000,))
    real, imaginary = spectrum(x)
    power = real**2 + imaginary**2
    level = ops.maximum(ops.mean(power, axis=(1, 2), keepdims=True), 1e-30)  # silence has none
    picture = 0.3 * ops.log(power / level + 1e-4)
    mask = mask_network(picture)
    return keras.Model(x, wave((real * mask, imaginary * mask)))


def negative_si_sdr(x, y):
    alpha = ops.sum(x * y, axis=1, keepdims=True) / ops.sum(x * x, axis=1, keepdims=True)
    signal = ops.sum((alpha * x) ** 2, axis=1)
    return -10 * ops.log10(signal / (ops.sum((alpha * x - y) ** 2, axis=1) + 1e-6) + 1e-6)


def noise_pool(x, rng):
    """White noise, hum, and crowds made of the voices x: 360 noises to draw from."""
    return np.concatenate(
        [
            white_noise(100, 16000, seed=rng),
            hum(40, 16000, seed=rng),
            babble(220, x, seed=rng),
        ]
    )


def train_denoiser(x, pool, epochs, model=None, learning_rate=5e-3):
    """A network, new or given, trained to take noises of the pool out of the speech x."""
    model = model or denoiser(masker())

    def mix(x, rng):
        return mix_at_snr(x, pool, snr=rng.uniform(-5, 12, len(x)), seed=rng)

    settings = {"batch_size": 8, "learning_rate": learning_rate, "loss": negative_si_sdr}
    fit(model, x, corrupt=mix, epochs=epochs, **settings)
    return model


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


def columns(allison, others, crowd, rng):
    """Three tests: clean sounds and their noisy versions."""
    return {
        "new sentences": (allison, noisy_versions(allison, crowd, rng)),
        "new voices": (others, noisy_versions(others, crowd, rng)),
        "new noise": (allison, noisy_versions(allison, crowd, rng, kinds=("siren",))),
    }


def low_columns(real, who, june, carlo, crowd, rng):
    """The test of low voices: for each, clean sounds and their noisy versions."""
    voices = {
        "reader": real[who == 0],
        "commands": real[who == 1],
        "June slowed": at_speed(june, 0.6),
        "Carlo slowed": at_speed(carlo, 0.6),
    }
    return {name: (x, noisy_versions(x, crowd, rng)) for name, x in voices.items()}
