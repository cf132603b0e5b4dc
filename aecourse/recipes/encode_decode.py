"""What `lessons/encode_decode/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np

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


def new_network(sizes, activations, rng):
    """Layers with random weights (He et al., 2015) and biases of zero."""
    network = []
    for a, b, activation in zip(sizes[:-1], sizes[1:], activations, strict=True):
        W = rng.normal(0, np.sqrt(2 / a), (a, b)).astype("float32")
        network.append([W, np.zeros(b, "float32"), activation])
    return network


def forward(x, layers):
    """What every layer gives: [x, ..., h, ..., y]."""
    outputs = [x]
    for W, b, activation in layers:
        outputs.append(ACTIVATION[activation](outputs[-1] @ W + b))
    return outputs


def backward(outputs, layers):
    """The slopes of the MSE for each W and b, in the order W, b, W, b, ..."""
    x, y = outputs[0], outputs[-1]
    d = 2 * (y - x) / x.size
    slopes = []
    for a, out, (W, _, activation) in zip(outputs[-2::-1], outputs[:0:-1], layers[::-1], strict=True):
        d = d * SLOPE[activation](out)
        slopes = [a.T @ d, d.sum(axis=0), *slopes]
        d = d @ W.T
    return slopes


def adam(weights, slopes, m, v, t, rate):
    """Step t (from 1), in place. The corrected rate makes up for averages that start at 0."""
    rate = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    for w, s, m_w, v_w in zip(weights, slopes, m, v, strict=True):
        m_w += 0.1 * (s - m_w)
        v_w += 0.001 * (s * s - v_w)
        w -= rate * m_w / (np.sqrt(v_w) + 1e-7)


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


HIDDEN = 256  # numbers in the layers before and behind the code
EPOCHS = 12
RATE = 8e-3


def numpy_autoencoder(x, code_size, hidden, epochs, rng, rate=RATE):
    """784 → hidden → code → hidden → 784, trained on x."""
    size = x.shape[1]
    layers = new_network([size, hidden, code_size, hidden, size], ["relu", "linear", "relu", "sigmoid"], rng)
    train(layers, x, epochs, rate, rng)
    return layers


def middle(x):
    """The middle of each digit, 10 × 10 pixels after averaging 2 × 2 blocks: (n, 100)."""
    pixels = x.reshape(-1, 28, 28)[:, 4:24, 4:24]
    return pixels.reshape(-1, 10, 2, 10, 2).mean(axis=(2, 4)).reshape(-1, 100)


def noise_passed(reconstruct, clean, noisy):
    """The correlation of the noise put in and the change that comes out."""
    change = reconstruct(noisy) - reconstruct(clean)
    return float(np.corrcoef((noisy - clean).ravel(), change.ravel())[0, 1])
