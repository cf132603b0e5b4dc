"""What `lessons/colour/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import warnings

import numpy as np
import scipy.sparse as sparse
from scipy.ndimage import distance_transform_edt, gaussian_gradient_magnitude
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree
from skimage.color import lab2rgb, rgb2gray, rgb2lab
from skimage.feature import canny
from skimage.morphology import skeletonize
from skimage.transform import resize

from aecourse.backend import keras
from aecourse.models import dense_autoencoder, outputs
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


SIDE = 256  # pixels of the longer side
REACH = 220  # about as far as a and b reach from one end to the other


def in_lab(photo, side=SIDE):
    """Lab of a photograph, so many pixels long, its sides divisible by 16."""
    share = side / max(photo.shape[:2])
    sides = [16 * max(1, round(share * n / 16)) for n in photo.shape[:2]]
    return rgb2lab(resize(photo, sides, anti_aliasing=True)).astype("float32")


def in_rgb(light, ab):
    """A picture of L (height, width) and of a and b (height, width, 2)."""
    with warnings.catch_warnings():  # some pairs of a and b are no colour of a screen
        warnings.simplefilter("ignore")
        return np.clip(lab2rgb(np.concatenate([light[..., None], ab], axis=-1)), 0, 1)


def chroma_psnr(ab, true):
    return float(-10 * np.log10(np.mean(np.square((ab - true) / REACH))))


def mean_by_lightness(labs):
    """For each of 25 steps of lightness the mean a and b of all pixels, (25, 2)."""
    pixels = np.concatenate([lab.reshape(-1, 3) for lab in labs])
    step = lightness_step(pixels[:, 0])
    often = np.maximum(np.bincount(step, minlength=25), 1)
    return np.stack([np.bincount(step, pixels[:, c], 25) / often for c in (1, 2)], axis=-1)


def lightness_step(light):
    return np.clip(light // 4, 0, 24).astype(int)


def classes_of(labs, step=15, rare=100):
    """The colours that occur, rounded to a grid of a and b, (classes, 2)."""
    ab = np.concatenate([lab[..., 1:].reshape(-1, 2) for lab in labs])
    centres, often = np.unique(np.round(ab / step), axis=0, return_counts=True)
    return step * centres[often >= rare].astype("float32")


WIDTHS = (24, 32, 48, 56)


def look(z, width, times=1):
    """3 × 3 convolutions, one after the other."""
    for _ in range(times):
        start = {"activation": "relu", "kernel_initializer": "he_normal"}
        z = layers.Conv2D(width, 3, padding="same", **start)(z)
    return z


def u_net(channels, answers, widths=WIDTHS, fine=True):
    """A U-Net of any even height and width; its answers as fine as x, or half as fine."""
    x = keras.Input((None, None, channels))
    z = layers.Conv2D(widths[0], 4, strides=2, padding="same", activation="relu")(x)
    z, finer = look(z, widths[0]), []
    for width in widths[1:]:
        finer.append(z)
        z = look(layers.MaxPooling2D()(z), width, 2)
    for width, same_size in zip(widths[-2::-1], finer[::-1], strict=True):
        z = layers.UpSampling2D(interpolation="bilinear")(z)
        z = layers.Concatenate()([z, same_size])
        z = look(layers.Conv2D(width, 1, activation="relu")(z), width)
    small = keras.initializers.VarianceScaling(0.1)
    z = layers.Conv2D(answers, 3, padding="same", kernel_initializer=small)(z)
    return keras.Model(x, layers.UpSampling2D(interpolation="bilinear")(z) if fine else z)


def crops(labs, n, size, rng):
    """n squares from anywhere in the photographs, half of them mirrored."""
    squares = np.empty((n, size, size, 3), "float32")
    for square in squares:
        lab = labs[rng.integers(len(labs))]
        top, left = (rng.integers(side - size + 1) for side in lab.shape[:2])
        piece = lab[top : top + size, left : left + size]
        square[:] = piece[:, :: rng.choice([-1, 1])]
    return squares


def from_scores(classes, z):
    return ops.mean(keras.losses.sparse_categorical_crossentropy(classes, z, from_logits=True))


def train_guesser(labs, centres, rng, steps):
    """A network from L to scores of the classes, for each second pixel of each second row."""
    x = crops(labs, 8 * steps, 96, rng)
    classes = cKDTree(centres).query(x[:, ::2, ::2, 1:])[1].astype("int32")
    network = u_net(1, len(centres), fine=False)
    rates = {"batch_size": 8, "learning_rate": 3e-3}
    fit(network, x[..., :1] / 50 - 1, classes, epochs=1, loss=from_scores, **rates)
    return network


def guess(network, centres, light, temperature):
    """a and b for L (n, height, width): the mean over the classes, at a temperature."""
    z = outputs(network, light[..., None] / 50 - 1) / temperature
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    ab = p / p.sum(axis=-1, keepdims=True) @ centres
    return ab.repeat(2, axis=1).repeat(2, axis=2)


def clicked(lab, k, rng):
    """Rows and columns of k pixels, (k, 2), and their a and b, (k, 2)."""
    spots = rng.choice(lab[..., 0].size, k, replace=False)
    places = np.stack(np.divmod(spots, lab.shape[1]), axis=-1)
    return places, lab[places[:, 0], places[:, 1], 1:]


def squared_distances(shape, places, every=1):
    """From each pixel (or each second one, …) to each click, (height, width, k)."""
    grid = np.mgrid[: shape[0] : every, : shape[1] : every].astype("float32")
    return np.square(grid[..., None] - places.T[:, None, None].astype("float32")).sum(axis=0)


def nearest(light, places, ab):
    return ab[squared_distances(light.shape, places).argmin(axis=-1)]


def soft(light, places, ab, alike=8, near=120, every=1):
    """A mean of the clicks by how alike their lightness is and how near they are."""
    unlike = light[::every, ::every, None] - light[places[:, 0], places[:, 1]]
    distance = squared_distances(light.shape, places, every)
    weight = np.exp(-np.square(unlike) / (2 * alike**2) - distance / (2 * near**2))
    return weight @ ab / (weight.sum(axis=-1, keepdims=True) + 0.001)


def neighbours(light, sharp=300, least=0.001):
    """Symmetric weights between each pixel and its four neighbours, a sparse matrix."""
    number = np.arange(light.size).reshape(light.shape)
    one = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    other = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    tone = light.ravel().astype(float) / 100
    weight = np.exp(-sharp * np.square(tone[one] - tone[other])) + least
    pairs = np.concatenate([one, other]), np.concatenate([other, one])
    return sparse.csr_matrix((np.tile(weight, 2), pairs), (light.size, light.size))


def walked(light, places, ab):
    """Each pixel the weighted mean of its neighbours; the clicks keep their colours."""
    weights = neighbours(light)
    spots = np.ravel_multi_index(places.T, light.shape)
    free = np.setdiff1d(np.arange(light.size), spots)
    system = sparse.diags(np.asarray(weights.sum(axis=1)).ravel()) - weights
    known = weights[free][:, spots] @ ab.astype(float)
    y = np.zeros((light.size, 2))
    solver = splu(system.tocsr()[free][:, free].tocsc(), permc_spec="MMD_AT_PLUS_A")
    y[spots], y[free] = ab, solver.solve(known)
    return y.reshape(*light.shape, 2)


def blended(light, places, ab):
    """The best of the rules: half soft, half walked."""
    return (soft(light, places, ab) + walked(light, places, ab)) / 2


FEATURES = 12
MANY = 40  # clicks in training


def apart(f, asked):
    """Squared distances of rows (n, pixels, features) and (n, k, features)."""
    both = ops.matmul(f, ops.transpose(asked, (0, 2, 1)))
    own = ops.sum(ops.square(f), axis=-1, keepdims=True)
    return own + ops.sum(ops.square(asked), axis=-1)[:, None] - 2 * both


def shares_of(f, where, real, nobody):
    """How much of each click a pixel takes, (n, pixels, k); what is not real gets nothing."""
    asked = ops.take_along_axis(f, where[..., None], axis=1)
    scores = 1e4 * (real[:, None] - 1) - apart(f, asked)
    return ops.softmax(ops.concatenate([scores, nobody - 5.0], axis=-1), axis=-1)[..., :-1]


def plain_features(picture):
    """Lightness, row and column, weighted at first as in the soft spread."""
    begin = keras.initializers.Constant(np.diag([4.0, 0.4, 0.4])[None, None])
    return layers.Conv2D(3, 1, use_bias=False, kernel_initializer=begin)(picture)


def spreader():
    """From a picture's six maps and its clicks to a and b of each pixel, (n, pixels, 2)."""
    maps, where = keras.Input((None, None, 6)), keras.Input((None,), dtype="int32")
    colours, real = keras.Input((None, 2)), keras.Input((None,))
    said = u_net(4, FEATURES + 3)(layers.Concatenate()([maps[..., :1], maps[..., 3:]]))
    f = layers.Concatenate()([said[..., :FEATURES], plain_features(maps[..., :3])])
    f = layers.Reshape((-1, FEATURES + 3))(f)
    nobody, more = said[..., FEATURES : FEATURES + 1], said[..., FEATURES + 1 :]
    shares = shares_of(f, where, real, layers.Reshape((-1, 1))(nobody))
    y = ops.matmul(shares, colours) + layers.Reshape((-1, 2))(more)
    return keras.Model([maps, where, colours, real], y)


def question(light, places, ab, most=0):
    """What the network is asked: six maps, and the clicks, in handy units."""
    (height, width), k = light.shape, len(places)
    far = np.sqrt(squared_distances(light.shape, places, 2).min(axis=-1, keepdims=True))
    coarse = np.concatenate([soft(light, places, ab / 50, every=2), far / 60], axis=-1)
    plain = np.stack([light / 50 - 1, *np.mgrid[:height, :width] / 60], axis=-1)
    maps = np.concatenate([plain, coarse.repeat(2, axis=0).repeat(2, axis=1)], axis=-1)
    where, real = np.zeros(max(k, most), "int32"), np.zeros(max(k, most), "float32")
    colours = np.zeros((max(k, most), 2), "float32")
    where[:k], real[:k], colours[:k] = places @ [width, 1], 1, ab / 50
    return maps.astype("float32"), where, colours, real


def spread_by(network, light, places, ab):
    """a and b of a picture, (height, width, 2), by a trained network."""
    y = network([part[None] for part in question(light, places, ab)])
    return 50 * ops.convert_to_numpy(y)[0].reshape(*light.shape, 2)


def questions(labs, rng, n=4, size=96):
    """n squares with clicks, 2 to 40 each, as inputs and answers, without an end."""
    while True:
        squares, asked = crops(labs, n, size, rng), []
        for lab in squares:
            k = round(np.exp(rng.uniform(np.log(2), np.log(MANY))))
            asked.append(question(lab[..., 0], *clicked(lab, k, rng), most=MANY))
        inputs = tuple(np.stack(part) for part in zip(*asked, strict=True))
        yield inputs, squares[..., 1:].reshape(n, -1, 2) / 50


def train_spreader(labs, rng, steps):
    network = spreader()
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    network.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), loss="mse", jit_compile=False)
    network.fit(questions(labs, rng), steps_per_epoch=steps, epochs=1, verbose=0)
    return network


def spread_best(network, light, places, ab):
    """Half the network's, half the random walk's."""
    return (spread_by(network, light, places, ab) + walked(light, places, ab)) / 2


def edges(grey, blur=2, high=0.2, share=0.4):
    """Canny's edges, True and False; share of high is the threshold of weak ones."""
    return canny(grey, blur, low_threshold=share * high, high_threshold=high)


def f_score(found, true, tolerance=2):
    """Harmonic mean of precision and recall, with so many pixels' tolerance."""
    if not found.any() or not true.any():
        return 0.0
    p = (distance_transform_edt(~true)[found] <= tolerance).mean()
    r = (distance_transform_edt(~found)[true] <= tolerance).mean()
    return float(2 * p * r / max(p + r, 1e-9))


CANNY = {0.1: (2.0, 0.2, 0.7), 0.2: (2.5, 0.2, 0.7), 0.3: (3.0, 0.2, 0.7)}  # by noise


def noisy(grey, sigma, rng):
    return (grey + rng.normal(0, sigma, grey.shape)).astype("float32")


def in_grey(photo):
    """Lightness in [0, 1] without colour, its sides divisible by 16."""
    high, wide = (side // 16 * 16 for side in photo.shape[:2])
    return rgb2gray(photo[:high, :wide]).astype("float32")


def seen(x):
    """Pictures (n, height, width), and how steep they are after two blurs, (…, 3)."""
    steep = [[gaussian_gradient_magnitude(one, blur) for one in x] for blur in (1.5, 2.5)]
    return np.stack([x, *(10 * np.stack(one) for one in steep)], axis=-1).astype("float32")


def edge_squares(photos, n, rng, size=96):
    """Noisy squares, and their clean edges, three pixels wide; (n, size, size, 1) both."""
    greys = [in_grey(photo) for photo in photos]
    wide = [distance_transform_edt(~edges(grey)) < 1.5 for grey in greys]
    both = [np.stack([g, w, g], axis=-1).astype("float32") for g, w in zip(greys, wide, strict=True)]
    squares = crops(both, n, size, rng)
    sigma = rng.uniform(0.03, 0.33, (n, 1, 1, 1))
    return seen(noisy(squares[..., :1], sigma, rng)[..., 0]), squares[..., 1:2]


def edge_error(true, z):
    """Cross-entropy in which an edge counts twice, as edges are rare."""
    each = ops.maximum(z, 0) - z * true + ops.log1p(ops.exp(-ops.abs(z)))
    return ops.mean((1 + true) * each)


def train_edges(photos, rng, steps):
    network = u_net(3, 1)
    x, y = edge_squares(photos, 8 * steps, rng)
    fit(network, x, y, epochs=1, batch_size=8, learning_rate=3e-3, loss=edge_error)
    return network


def edges_by(network, grey, sure):
    """The network's edges, thinned to lines one pixel wide."""
    return skeletonize(outputs(network, seen(grey[None]))[0, ..., 0] > sure)


def surest(network, photos, sigma, rng):
    """From which score on an edge is believed: what gives the best F on photographs."""
    greys = [in_grey(photo) for photo in photos]
    given = [seen(noisy(grey, sigma, rng)[None]) for grey in greys]
    scores = [outputs(network, x)[0, ..., 0] for x in given]

    def mean_f(sure):
        pairs = zip(scores, greys, strict=True)
        return np.mean([f_score(skeletonize(z > sure), edges(grey)) for z, grey in pairs])

    return max(np.linspace(-3, 1, 9), key=mean_f)


def slopes(x):
    """Differences of neighbours, down and to the right, of (n, height, width, 1)."""
    return x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]


def with_slopes(weight, error="mse"):
    """A loss: the mean error, and so many times that of the slopes."""

    def loss(x, y):
        pairs = zip(slopes(x), slopes(y), strict=True)
        steep = sum(ops.mean(ops.square(a - b)) for a, b in pairs)
        if error == "mse":
            return ops.mean(ops.square(x - y)) + weight * steep
        return ops.mean(keras.losses.binary_crossentropy(x, y)) + weight * steep

    return loss


def train_sixteen(x, weight, epochs, error="mse"):
    """The course's network of 16 numbers, with or without slopes in its loss."""
    model = dense_autoencoder(16, hidden=(384, 192))
    rate = 4e-3 if error == "mse" else 8e-3
    fit(
        model,
        x,
        epochs=epochs,
        batch_size=125,
        learning_rate=rate,
        loss=with_slopes(weight, error),
    )
    return model
