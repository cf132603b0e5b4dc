"""How far a reconstruction is from its input: squared error, PSNR and SSIM for images, SI-SDR for sound."""

from __future__ import annotations

import numpy as np

from aecourse.checks import array, same_scale

FAR = 10.0  # noise and a network's worst outputs stay nearer to [0, 1]; bytes and 16 bits do not


def sample_mse(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean squared error of each sample, shape `(n,)`.

    Args:
        x: inputs, shape `(n, ...)`.
        y: reconstructions, the shape of `x`.

    Returns:
        For each sample the mean of (x − y)² over all of its values, in squared units of `x`.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ, there is no sample, values are masked, or one lies in [0, 1] and the other in 0
            to 255.

    Example:
        >>> sample_mse(np.zeros((2, 4)), np.ones((2, 4))).tolist()
        [1.0, 1.0]
    """
    x, y = _pair(x, y)
    same_scale(("x", "y"), x, y)
    # Bytes would wrap around: 1 − 2 = 255.
    difference = np.subtract(x, y, dtype=np.result_type(x, y, np.float32))
    return np.mean(np.square(difference).reshape(len(x), -1), axis=1)


def mse(x: np.ndarray, y: np.ndarray) -> float:
    """The mean squared error over all samples: the mean of `sample_mse`.

    Args:
        x: inputs, shape `(n, ...)`.
        y: reconstructions, the shape of `x`.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ, there is no sample, values are masked, or one lies in [0, 1] and the other in 0
            to 255.

    Example:
        >>> mse(np.zeros((2, 4)), np.full((2, 4), 0.5))
        0.25
    """
    return float(np.mean(sample_mse(x, y)))


def sample_psnr(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The peak signal-to-noise ratio of each sample in decibels, shape `(n,)`: 10 · log10(1 / MSE).

    Args:
        x: clean samples in [0, 1], shape `(n, ...)`.
        y: what is compared with them, the shape of `x`.

    Returns:
        For each sample its PSNR for values from 0 to 1; 10 dB more is a tenth of the MSE. Infinite where y is x.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ, there is no sample, values are masked, or `x` is not in [0, 1] (bytes, whole
            numbers, [-1, 1]), or `y` far from it.

    Example:
        >>> sample_psnr(np.zeros((1, 4)), np.full((1, 4), 0.1)).round(1).tolist()
        [20.0]
    """
    x, y = _in_unit_range(*_pair(x, y))
    with np.errstate(divide="ignore"):
        return -10 * np.log10(sample_mse(x, y))


def psnr(x: np.ndarray, y: np.ndarray) -> float:
    """The mean over the samples of `sample_psnr`, in decibels.

    Args:
        x: clean samples in [0, 1], shape `(n, ...)`.
        y: what is compared with them, the shape of `x`.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ, there is no sample, values are masked, or `x` is not in [0, 1] (bytes, whole
            numbers, [-1, 1]), or `y` far from it.

    Example:
        >>> round(psnr(np.zeros((2, 4)), np.full((2, 4), 0.1)), 1)
        20.0
    """
    return float(np.mean(sample_psnr(x, y)))


def ssim(x: np.ndarray, y: np.ndarray) -> float:
    """The mean structural similarity of images: 1 for equal ones, about 0 for unrelated ones.

    Args:
        x: clean images in [0, 1], shape `(n, height, width, channels)`, at least 7 pixels high and wide.
        y: what is compared with them, the shape of `x`.

    Returns:
        The mean over the images of scikit-image's `structural_similarity` with its 7 × 7 windows.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ, there is no image, an image is too small, values are masked, or `x` is not in
            [0, 1] (bytes, whole numbers, [-1, 1]), or `y` far from it.

    Source: Wang, Bovik, Sheikh & Simoncelli, *Image Quality Assessment: From Error Visibility to Structural
    Similarity*, 2004.

    Example:
        >>> x = np.random.default_rng(0).random((2, 28, 28, 1))
        >>> ssim(x, x)
        1.0
    """
    from skimage.metrics import structural_similarity

    x, y = array("x", x), array("y", y)
    if x.shape != y.shape or x.ndim != 4 or x.size == 0 or min(x.shape[1:3]) < 7:
        one = ": one image needs its batch axis, x[None]" if x.shape == y.shape and x.ndim == 3 else ""
        raise ValueError(
            "x and y must hold images of one shape (n, height, width, channels) with sides of 7 or more, "
            f"got {x.shape} and {y.shape}{one}"
        )
    x, y = _in_unit_range(x, y)
    pairs = zip(x, y, strict=True)
    return float(np.mean([structural_similarity(a, b, data_range=1.0, channel_axis=-1) for a, b in pairs]))


def sample_si_sdr(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The scale-invariant signal-to-distortion ratio of each sound in decibels, shape `(n,)`.

    The part of `y` that is a multiple of `x` is the signal, the rest is distortion: neither the loudness of `y` nor a
    constant offset counts.

    Args:
        x: clean sounds, shape `(n, samples)`.
        y: what is compared with them, the shape of `x`.

    Returns:
        10 · log10(|αx|² / |αx − y|²) with α = ⟨x, y⟩ / |x|², each sound without its mean. Infinite where y is a
        multiple of x.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ or are not `(n, samples)`, values are masked, a sound holds NaN or infinity, or is
            silent.

    Source: Le Roux, Wisdom, Erdogan & Hershey, *SDR – Half-Baked or Well Done?*, 2019.

    Example:
        >>> x = np.array([[1.0, -1.0, 1.0, -1.0]])
        >>> sample_si_sdr(x, 3 * x + [[1, 1, -1, -1]]).round(2).tolist()
        [9.54]
    """
    x, y = array("x", x), array("y", y)
    if x.shape != y.shape or x.ndim != 2 or x.size == 0:
        one = ": one sound needs its batch axis, x[None]" if x.shape == y.shape and x.ndim == 1 else ""
        raise ValueError(f"x and y must hold sounds of one shape (n, samples), got {x.shape} and {y.shape}{one}")
    for name, values in (("x", x), ("y", y)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds NaN or infinity: expected finite samples")
    x, y = (v.astype(np.float64) - v.mean(axis=1, keepdims=True, dtype=np.float64) for v in (x, y))
    for name, values in (("x", x), ("y", y)):
        if not values.any(axis=1).all():
            raise ValueError(
                f"{name}[{int(np.flatnonzero(~values.any(axis=1))[0])}] is silent: its ratio is not defined"
            )
    signal = np.sum(x * y, axis=1, keepdims=True) / np.sum(x * x, axis=1, keepdims=True) * x
    with np.errstate(divide="ignore"):
        return 10 * np.log10(np.sum(signal**2, axis=1) / np.sum((signal - y) ** 2, axis=1))


def si_sdr(x: np.ndarray, y: np.ndarray) -> float:
    """The mean over the sounds of `sample_si_sdr`, in decibels.

    Args:
        x: clean sounds, shape `(n, samples)`.
        y: what is compared with them, the shape of `x`.

    Raises:
        TypeError: one of the two is no NumPy array of numbers.
        ValueError: the shapes differ or are not `(n, samples)`, values are masked, a sound holds NaN or infinity, or is
            silent.

    Example:
        >>> x = np.array([[1.0, -1.0, 1.0, -1.0]])
        >>> round(si_sdr(x, x + [[0.1, 0.1, -0.1, -0.1]]), 1)
        20.0
    """
    return float(np.mean(sample_si_sdr(x, y)))


def _pair(x: object, y: object) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays of one shape with at least one sample."""
    x, y = array("x", x), array("y", y)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same shape, got {x.shape} and {y.shape}{_likely(x.shape, y.shape)}")
    if x.ndim == 0 or x.size == 0:
        raise ValueError(f"x must hold at least one sample, got shape {x.shape}")
    return x, y


def _likely(x: tuple[int, ...], y: tuple[int, ...]) -> str:
    """Why two shapes differ, as the end of a sentence, where that is plain."""
    for name, short, long in (("x", x, y), ("y", y, x)):
        if long == (*short, 1):
            return f": the channel axis of {name} is missing, {name}[..., None] adds it"
        if long[1:] == short:
            return f": is {name} one sample without its batch axis? {name}[None] adds it"
    if x[:1] == y[:1] and np.prod(x) == np.prod(y):
        return ": is one of them flattened? y.reshape(x.shape) makes them alike"
    return ""


def _in_unit_range(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as floats, if x lies in [0, 1] and y not far from it: a network's outputs, or noise, may pass the ends."""
    for name, values in (("x", x), ("y", y)):
        whole = values.dtype.kind in "iu"
        low, high = (0.0, 1.0) if name == "x" else (-FAR, FAR)
        if whole or not (values.min() >= low - 1e-3 and values.max() <= high + 1e-3):
            about = "whole numbers" if whole else "values"
            raise ValueError(
                f"{name} must be floats in [0, 1], got {about} from {float(values.min()):.3g} to "
                f"{float(values.max()):.3g}. {_to_unit_range(name, values)}"
            )
    if x.dtype.kind == "b" or y.dtype.kind == "b":
        x, y = x.astype(np.result_type(x, np.float32)), y.astype(np.result_type(y, np.float32))
    return x, y


def _to_unit_range(name: str, values: np.ndarray) -> str:
    if values.min() >= 0 and values.max() > 1.5:
        return f'Pixels as bytes: {name}.astype("float32") / 255'
    if values.dtype.kind in "iu":
        return f'{name}.astype("float32") helps where 1 is white'
    if values.min() >= -1.001 and values.max() <= 1.001:
        return f"Values in [-1, 1]: ({name} + 1) / 2"
    return f"np.clip({name}, 0, 1) cuts off what lies outside"
