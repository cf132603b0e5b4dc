"""What `lessons/watermarks/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import io

import numpy as np
from PIL import Image
from scipy.ndimage import grey_opening, label, maximum_filter
from skimage.restoration import inpaint_biharmonic

from aecourse.backend import keras
from aecourse.corruption import add_watermark
from aecourse.models import outputs
from aecourse.training import fit

layers = keras.layers


WHITE = (1, 1, 1)
KNOWN = ("text", "logo")
UNSEEN = ("other text", "other logo")
OPACITY = (0.3, 0.8)  # from weak to strong


def decibels(x, y, where):
    """PSNR of the pixels chosen by `where`, (n, height, width, 1), in all pictures together."""
    return -10 * np.log10(np.mean(np.square(x - y)[np.broadcast_to(where, x.shape)]))


def inpaint(marked, mask):
    """What lies under the mask, drawn anew from what lies around it."""
    pairs = zip(marked, mask[..., 0] > 0, strict=True)
    return np.stack([inpaint_biharmonic(m, w, channel_axis=-1) for m, w in pairs])


def clue(x, size):
    """The opacity of white that would explain what stands out in the darkest colour."""
    dark = x.min(axis=-1, keepdims=True)
    # An opening takes away bright spots that are narrower than size.
    low = grey_opening(dark, size=(1, size, size, 1))
    return (dark - low) / (1.01 - low)


def by_hand(marked, size=17):
    a = np.clip(clue(marked, size), 0, 0.8)
    return np.clip((marked - a) / (1 - a), 0, 1)


def says(x, z):
    """For each pixel four numbers: the picture y and the opacity a."""
    to_pixels = layers.Conv2DTranspose(4, 2, strides=2, kernel_initializer="zeros", dtype="float32")
    said = to_pixels(z)  # zeros at first, so that y begins as x
    a = keras.ops.tanh(said[..., :1])
    weaker = keras.ops.clip(a, 0, 0.85)
    y = (x - weaker) / (1 - weaker) + said[..., 1:]
    return layers.Concatenate(dtype="float32")([y, a])


LOOKS = {32: 2, 64: 2, 96: 2, 128: 3}  # channels of each size of maps: 3 × 3 convolutions


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def look_around(z, times):
    """What the neighbours say, added to what is there, several times."""
    for _ in range(times):
        more = layers.Conv2D(z.shape[-1], 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, more]))
    return z


def way_down(z):
    """The maps after each step down, from the finest to the coarsest."""
    maps = []
    for channels, times in LOOKS.items():
        # 48 × 48 × 3 → 24 × 24 × 32 → 12 × 12 × 64 → 6 × 6 × 96 → 3 × 3 × 128
        z = settle(layers.Conv2D(channels, 2, strides=2, use_bias=False)(z))
        z = look_around(z, times)
        maps.append(z)
    return maps


def lifter(skip=True, residual=True):
    """A U-Net from pictures (n, height, width, 3) to y and a, (n, height, width, 4)."""
    x = keras.Input((None, None, 3))
    *finer, z = way_down(x)
    back = zip([*LOOKS.items()][-2::-1], finer[::-1], strict=True)
    for (channels, times), same_size in back:
        # 3 × 3 × 128 → 6 × 6 × 96 → 12 × 12 × 64 → 24 × 24 × 32
        z = layers.Conv2DTranspose(channels, 2, strides=2, use_bias=False)(z)
        z = look_around(settle(layers.Add()([z, same_size]) if skip else z), times)
    if not residual:  # the picture is drawn anew
        return keras.Model(x, layers.Conv2DTranspose(4, 2, strides=2)(z))
    return keras.Model(x, says(x, z))  # 24 × 24 × 32 → 48 × 48 × 4


def marks(x, rng):
    return add_watermark(x, kind=KNOWN, opacity=OPACITY, colour=WHITE, seed=rng)


def turned(x, rng, n):
    """n patches, each turned by a random number of quarter turns."""
    pick, turns = rng.integers(len(x), size=n), rng.integers(4, size=n)
    return np.stack([np.rot90(x[i], k) for i, k in zip(pick, turns, strict=True)])


def train_lifter(x, rng, damage=marks, n=320, epochs=1, **options):
    """A network that takes off again what damage(x, rng) did to n patches."""
    clean = turned(x, rng, n)
    damaged, mask = damage(clean, rng)
    answers = np.concatenate([clean, mask], axis=-1)
    network = lifter(**options)
    rates = {"batch_size": 8, "learning_rate": 3e-3}
    fit(network, damaged, answers, epochs=epochs, loss="mse", **rates)
    return network


def ask(network, x):
    """What the network says of the pictures, the mean of asking it in four positions."""
    said = 0
    for turns in range(4):
        answer = outputs(network, np.rot90(x, turns, (1, 2)))
        said = said + np.rot90(answer, -turns, (1, 2)) / 4
    return said


LEAST = 0.05  # of opacity


def lift(network, marked):
    """What the network says where it sees a mark; elsewhere the pictures as they are."""
    said = ask(network, marked)
    return np.where(said[..., 3:] < LEAST, marked, np.clip(said[..., :3], 0, 1))


def compare(network, x, kinds, rng, opacity=OPACITY):
    """PSNR inside the marks for the rivals and the network, and outside for two of them."""
    damaged, mask = add_watermark(x, kind=kinds, opacity=opacity, colour=WHITE, seed=rng)
    results = {
        "doing nothing": damaged,
        "inpainting,\ntrue mask": inpaint(damaged, mask),
        "network": lift(network, damaged),
        "by hand": by_hand(damaged),
    }
    inside = {name: decibels(x, y, mask > 0) for name, y in results.items()}
    outside = {name: decibels(x, results[name], mask == 0) for name in ("network", "by hand")}
    return inside, outside


SURE = 0.25  # of opacity
ENOUGH = 6  # so many pixels side by side have to be sure,
NEAR = 6  # and so many pixels far they vouch for others


def is_mark(a):
    """Where the opacities a, (n, height, width, 1), are those of marks."""
    near = np.zeros((3, 3, 3))
    near[1] = 1  # all eight neighbours, but none in another picture
    regions, number = label(a[..., 0] >= SURE, near)
    size = np.bincount(regions.ravel(), minlength=number + 1)
    sure = (size >= ENOUGH)[regions] & (regions > 0)
    close = maximum_filter(sure, (1, 2 * NEAR + 1, 2 * NEAR + 1))
    return (close & (a[..., 0] >= LEAST))[..., None]


def lift_whole(network, photo):
    """A photograph of any size without its marks."""
    height, width = photo.shape[:2]
    sides = ((0, -height % 16), (0, -width % 16), (0, 0))
    x = np.pad(photo, sides, mode="reflect")[None]
    said = ask(network, x)
    y = np.where(is_mark(said[..., 3:]), np.clip(said[..., :3], 0, 1), x)
    return y[0, :height, :width]


def mark_often(photo, rng, times=6):
    """A photograph with several marks, and where they are."""
    x, everywhere = photo[None], np.zeros((1, *photo.shape[:2], 1), bool)
    sample = {"kind": "text", "text": "SAMPLE", "opacity": 0.5, "colour": WHITE}
    for _ in range(times):
        x, mask = add_watermark(x, **sample, seed=rng)
        everywhere |= mask > 0
    return x[0], everywhere


def through_jpeg(x, quality, **options):
    """What comes back from a JPEG file of each picture."""
    back = []
    for picture in np.round(255 * np.clip(x, 0, 1)).astype("uint8"):
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=quality, **options)
        back.append(np.asarray(Image.open(file)))
    return np.stack(back).astype("float32") / np.float32(255)


def stamped(x, rng):
    black = (0, 0, 0)
    return add_watermark(x, kind="text", text="SAMPLE", colour=black, opacity=0.6, size=24, seed=rng)
