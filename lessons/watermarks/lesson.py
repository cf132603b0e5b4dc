# %% [markdown]
# # Watermarks
#
# Lay half-transparent marks over photographs, train a small network to lift them off, and see
# what it can read and what it must guess.
#
# **The question:** how much of the picture below a mark can a network bring back?
#
# **You will**
# - lay text and logos over photographs, and take them off again by arithmetic,
# - build a network of convolutions and skip connections for pictures of any size,
# - compare it with inpainting that is told where the mark lies,
# - try marks of a kind it never saw, and marks that nothing shines through,
# - give it photographs without any mark, which it should leave alone.
#
# **You need** {lesson:convolutional} and {lesson:denoising}.
#
# **Time** {time}.

# %%
import io

import numpy as np
from PIL import Image
from scipy.ndimage import grey_opening, label, maximum_filter
from skimage.restoration import inpaint_biharmonic

from aecourse import plots
from aecourse.corruption import add_watermark
from aecourse.datasets import load_patches, split_patches, split_photos
from aecourse.exercises import watermarks as exercise
from aecourse.metrics import mse
from aecourse.models import outputs
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

# %%
import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(x_train, _), _ = load_patches(size=48, stride=32)
_, _, (x_test, _) = split_patches(size=96)
_, _, (test_photos, _) = split_photos()

# %% tags=["export"]
WHITE = (1, 1, 1)
KNOWN = ("text", "logo")
UNSEEN = ("other text", "other logo")
OPACITY = (0.3, 0.8)  # from weak to strong

# %% [markdown]
# ## 1. A mark is a blend
#
# Eight colour photographs stand ready: five to train on and three to test on. One of the five,
# a cup of coffee, is kept for choosing settings. No photograph serves for both, because two
# pieces of one picture look too much alike for a fair test.
#
# Networks here learn on {term:patches}, which are small square pieces. They are 48 × 48 pixels
# where you train, and 96 × 96 for the weights that the course carries.
#
# A {term:watermark} is laid over a photograph to say whose it is. It is half transparent, so
# that both can be seen.

# %%
some = x_test[[1, 5, 9, 13, 18, 21]]
gaudy, _ = add_watermark(some, seed=seed + 1)
marked, mask = add_watermark(some, colour=WHITE, seed=seed + 1)
plots.show_photos(
    {"photograph x": some, "any colour": gaudy, "white: x̃": marked, "its mask a": mask},
    title="Text and logos, anywhere, at any angle, half transparent",
)

# %% [markdown]
# The first row shows six pieces of test photographs. Below are the same pieces with a coloured
# mark and with a white one. The last row is the mask of the white mark: black where there is
# no mark, and brighter where the mark is stronger. From here on marks are white, as most are.
# Section 5 comes back to colours.

# %% [markdown]
# In each pixel the mark has an {term:opacity} a, between 0 and 1, and a colour c:
#
# `x̃ = (1 − a) · x + a · c`
#
# Here a lies between 0.3 and 0.8 for each mark.
#
# ### Exercise 1: blend
#
# `x` are pictures `(n, height, width, 3)`, `c` a colour `(3,)`, `mask` holds a, `(n, height,
# width, 1)`. Return x̃.


# %% tags=["exercise"]
def my_blend(x, c, mask):
    return ...


# %% tags=["solution"]
def my_blend(x, c, mask):
    return (1 - mask) * x + mask * c


# %% tags=["nbval-check-output"]
exercise.blend.check(my_blend)

# %% [markdown]
# ### Exercise 2: and back
#
# Somebody tells you the colour and the mask. Return the x that was there before the mark. (No
# a is 1 here.)


# %% tags=["exercise"]
def my_unblend(marked, c, mask):
    return ...


# %% tags=["solution"]
def my_unblend(marked, c, mask):
    return (marked - mask * c) / (1 - mask)


# %% tags=["nbval-check-output"]
exercise.unblend.check(my_unblend)

# %% [markdown]
# So the light of the picture is still there, only weaker. What has to be found out is a and c.
# The way back divides by 1 − a, and that has a price. At a = 0.8 a mistake in x̃ becomes five
# times as large in x. At a = 1 it would divide by zero.

# %% [markdown]
# ## 2. Three rivals
#
# *Doing nothing* leaves the mark where it is. {term:Biharmonic inpainting} throws away what
# lies under the mark and continues the surroundings as smoothly as it can. It has to be told
# where the mark lies. Here it gets the true mask, which nobody has in practice.
#
# A good result inside the mark and a good result outside are two questions. So the PSNR of
# {lesson:denoising} is taken over chosen pixels, of all pictures together.


# %% tags=["export"]
def decibels(x, y, where):
    """PSNR of the pixels chosen by `where`, (n, height, width, 1), in all pictures together."""
    return -10 * np.log10(np.mean(np.square(x - y)[np.broadcast_to(where, x.shape)]))


def inpaint(marked, mask):
    """What lies under the mask, drawn anew from what lies around it."""
    pairs = zip(marked, mask[..., 0] > 0, strict=True)
    return np.stack([inpaint_biharmonic(m, w, channel_axis=-1) for m, w in pairs])


# %%
inpainted = inpaint(marked, mask)
plots.show_photos(
    {"photograph x": some, "marked x̃": marked, "inpainted,\ntrue mask": inpainted},
    title="Inpainting is smooth: what the mark covered is gone",
)

# %% [markdown]
# In the third row the marks have vanished. Patterns and edges below them have vanished too,
# because inpainting does not look at what shines through.
#
# The next rival is told nothing. White light lifts all three colours of a pixel, while most
# things are dark in one of them: orange has little blue. So this rival looks at the darkest
# colour of each pixel. That clue is known from removing haze (He et al., 2009). Where a narrow
# stroke stands out in the darkest colour, there may be a mark. The function below asks how
# much opacity would explain it.


# %% tags=["export"]
def clue(x, size):
    """The opacity of white that would explain what stands out in the darkest colour."""
    dark = x.min(axis=-1, keepdims=True)
    # An opening takes away bright spots that are narrower than size.
    low = grey_opening(dark, size=(1, size, size, 1))
    return (dark - low) / (1.01 - low)


def by_hand(marked, size=17):
    a = np.clip(clue(marked, size), 0, 0.8)
    return np.clip((marked - a) / (1 - a), 0, 1)


# %%
clued = by_hand(marked)
plots.show_photos(
    {"marked x̃": marked, "the clue": np.clip(clue(marked, 17), 0, 1), "lifted by hand": clued},
    title="By hand: the marks pale, and so does every bright detail",
)

# %% [markdown]
# The middle row is the clue. It sees the marks, and it sees highlights, whiskers and window
# frames as well. In the last row all of them have been darkened.

# %% [markdown]
# ## 3. A network that looks through
#
# *Predict:* the denoiser of {lesson:denoising} drew the whole picture anew. Would you do that
# with a photograph of which nine tenths are fine?
#
# *Answer:* better not. What a network draws anew it draws a little worse, and most of this
# picture needs no change.
#
# Let the network say for each pixel how strong the mark is. That number is a. White is 1, so
# exercise 2 becomes `y = (x̃ − a) / (1 − a)`. The network may also add a small correction,
# because the division makes mistakes larger.
#
# Where the network says a = 0 and no correction, y is x̃. The difference that it draws is
# called the {term:residual}.


# %% tags=["export"]
def says(x, z):
    """For each pixel four numbers: the picture y and the opacity a."""
    to_pixels = layers.Conv2DTranspose(
        4, 2, strides=2, kernel_initializer="zeros", dtype="float32"
    )
    said = to_pixels(z)  # zeros at first, so that y begins as x
    a = keras.ops.tanh(said[..., :1])
    weaker = keras.ops.clip(a, 0, 0.85)
    y = (x - weaker) / (1 - weaker) + said[..., 1:]
    return layers.Concatenate(dtype="float32")([y, a])


# %%
plots.show_ladder(
    ["x̃: 48 × 48 × 3", "24 × 24 × 32", "12 × 12 × 64", "6 × 6 × 96", "3 × 3 × 128"],
    ["6 × 6 × 96", "12 × 12 × 64", "24 × 24 × 32", "y and a: 48 × 48 × 4"],
    title="Four steps down to coarse maps, four steps up, and ways straight across",
    skip="skip connection: added",
    around="x̃ itself, for the residual",
)

# %% [markdown]
# Each step down halves height and width. On the coarsest maps a 3 × 3 convolution covers 48
# pixels of the picture, enough to tell a letter from a leaf. Each step up doubles the size.
#
# The green arrows are {term:skip connections}. They add the maps of the way down to the maps
# of the same size on the way up. A network of this shape is called a {term:U-Net} (Ronneberger
# et al., 2015). The orange arrow is the picture itself, which `says` needs for its division.
#
# First come the parts, then the network.


# %% tags=["export"]
LOOKS = {32: 2, 64: 2, 96: 2, 128: 3}  # channels of each size of maps: 3 × 3 convolutions


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def look_around(z, times):
    """What the neighbours say, added to what is there, several times."""
    for _ in range(times):
        more = layers.Conv2D(z.shape[-1], 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, more]))
    return z


# %% tags=["export"]
def way_down(z):
    """The maps after each step down, from the finest to the coarsest."""
    maps = []
    for channels, times in LOOKS.items():
        # 48 × 48 × 3 → 24 × 24 × 32 → 12 × 12 × 64 → 6 × 6 × 96 → 3 × 3 × 128
        z = settle(layers.Conv2D(channels, 2, strides=2, use_bias=False)(z))
        z = look_around(z, times)
        maps.append(z)
    return maps


# %% tags=["export"]
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


# %% [markdown]
# We lay the marks ourselves, so we know both x and a: everything the network should say. In
# {lesson:denoising} the clean picture was the only answer. The second answer helps here,
# because "there is a mark" is learned before "what was below it".


# %% tags=["export"]
def marks(x, rng):
    return add_watermark(x, kind=KNOWN, opacity=OPACITY, colour=WHITE, seed=rng)


def turned(x, rng, n):
    """n patches, each turned by a random number of quarter turns."""
    pick, turns = rng.integers(len(x), size=n), rng.integers(4, size=n)
    return np.stack([np.rot90(x[i], k) for i, k in zip(pick, turns, strict=True)])


# %% tags=["export"]
def train_lifter(x, rng, damage=marks, n=320, epochs=1, **options):
    """A network that takes off again what damage(x, rng) did to n patches."""
    clean = turned(x, rng, n)
    damaged, mask = damage(clean, rng)
    answers = np.concatenate([clean, mask], axis=-1)
    network = lifter(**options)
    rates = {"batch_size": 8, "learning_rate": 3e-3}
    fit(network, damaged, answers, epochs=epochs, loss="mse", **rates)
    return network


# %% tags=["export"]
def ask(network, x):
    """What the network says of the pictures, the mean of asking it in four positions."""
    said = 0
    for turns in range(4):
        answer = outputs(network, np.rot90(x, turns, (1, 2)))
        said = said + np.rot90(answer, -turns, (1, 2)) / 4
    return said


# %%
keras.utils.clear_session()  # memory is short: only the pictures are kept, not the network
begun = ask(train_lifter(x_train, np.random.default_rng(seed)), marked)[..., :3]
begun = np.clip(begun, 0, 1)

# %% [markdown]
# That was the beginning of a training. The course carries the weights that the same network
# had after nearly two hours. It saw more than half a million patches, all of them different,
# in changing colours and sizes. They came from four of the training photographs and 38
# pictures of other packages. The marks were those above, scribbles, blobs and small writing.
# Some patches had none, and some had been saved as JPEG (`lessons/watermarks/train.py`).

# %% [markdown]
# `ask` turns a picture four ways, asks each time, and takes the mean, so that mistakes which
# differ cancel out. Where the network sees less of a mark than `LEAST`, `lift` leaves the
# pixel as it is. The value 0.05 was chosen on the cup of coffee and five more photographs that
# the training did not use.


# %% tags=["export"]
LEAST = 0.05  # of opacity


def lift(network, marked):
    """What the network says where it sees a mark; elsewhere the pictures as they are."""
    said = ask(network, marked)
    return np.where(said[..., 3:] < LEAST, marked, np.clip(said[..., :3], 0, 1))


# %%
model = lifter()
model.set_weights(load_weights("lifter"))
lifted = lift(model, marked)
plots.show_photos(
    {
        "marked x̃": marked,
        "inpainted,\ntrue mask": inpainted,
        "begun": begun,
        "trained y": lifted,
        "photograph x": some,
        "y − x": (lifted - some).mean(axis=-1),
    },
    title="Told nothing, the trained network lifts the marks and keeps what shines through",
)

# %% [markdown]
# From top to bottom you see the marked pieces, the inpainted ones, the network after a few
# seconds, the trained network, the photograph, and the error of the trained network.
# Nobody told it where the marks are. In the last row white is no error. Red is light of the
# mark that is left, and blue is where it took too much away.


# %% tags=["export"]
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


# %%
x_twice = np.concatenate([x_test] * 2)  # each piece with two marks
known, outside = compare(model, x_twice, KNOWN, np.random.default_rng(seed + 2))
plots.show_bars(
    known,
    title="Told nothing, the network beats inpainting that is told the place",
    y_label="PSNR inside the marks, dB",
    number_format="{:.1f}",
)

# %%
print("outside:", ", ".join(f"{name} {value:.1f} dB" for name, value in outside.items()))

# %% [markdown]
# The bars are for the pixels under a mark, in 24 pieces of photographs that the network has
# never seen, each marked twice. The network is ahead of the formula by hand. It is also ahead
# of inpainting, which did not have to find the marks: inpainting makes up what lies below a
# mark, and the network reads it.
#
# The printed line is for all other pixels. The network changes them far less than the formula
# does. Section 6 asks whether that is little enough.

# %% tags=["nbval-check-output"]
expect(
    "inside the marks: 8 dB above doing nothing", known["network"] > known["doing nothing"] + 8
)
expect(
    "inside: 2 dB above inpainting that is told where the marks are",
    known["network"] > known["inpainting,\ntrue mask"] + 2,
)
expect("outside: 8 dB above the formula by hand", outside["network"] > outside["by hand"] + 8)

# %% [markdown]
# ### What the skips and the residual are for
#
# Three more networks are trained as long as the beginning above, 40 steps each. The first has
# no skip connections, the green arrows. The second has no residual, the orange arrow, and
# draws the picture anew from its maps. The third has neither.
#
# *Predict:* which of the three spoil the photograph?
#
# *Answer:* the two without the residual. Everything they show has to come out of their maps.
# The other still has the picture itself.

# %%
parts = {
    "no skips": {"skip": False},
    "no residual": {"residual": False},
    "neither": {"skip": False, "residual": False},
}
rows = {"both": begun}
for name, options in parts.items():
    keras.utils.clear_session()
    smaller = train_lifter(x_train, np.random.default_rng(seed), **options)
    rows[name] = np.clip(ask(smaller, marked)[..., :3], 0, 1)


# %%
def edges_kept(x, y, where):
    """Correlation of the steps from pixel to pixel in x and in y, chosen by `where`."""
    chosen = np.broadcast_to(where[:, :, 1:], x[:, :, 1:].shape)
    return np.corrcoef(np.diff(x, axis=2)[chosen], np.diff(y, axis=2)[chosen])[0, 1]


kept = {name: edges_kept(some, y, mask == 0) for name, y in rows.items()}
print(", ".join(f"{name} {share:.2f}" for name, share in kept.items()))
plots.show_photos(
    {"marked x̃": marked, **rows, "photograph x": some},
    title="Without the residual the picture is blurred, and without skips, too, it is gone",
)

# %% [markdown]
# After 40 steps none of the four networks lifts marks well, and colours are off. The printed
# numbers look beside the marks, where nothing should change. They are the correlation of steps
# from pixel to pixel before and after: 1 where every edge is kept, 0 where none is.
#
# With the residual the edges stay, with skips or without, because the picture itself goes
# around the maps. Take the residual away from either network, and they are lost. So it is the
# residual that leaves the rest alone. 40 steps are too few to say what the skips add.

# %% tags=["nbval-check-output"]
expect(
    "with skips, the residual lifts the edges' correlation from below 0.25 to above 0.5",
    kept["no residual"] < 0.25 and kept["both"] > 0.5,
)
expect(
    "without skips it does so, too",
    kept["neither"] < 0.25 and kept["no skips"] > 0.5,
)

# %% [markdown]
# ## 4. Whole photographs
#
# The network has learned on pieces of 96 × 96. It takes photographs of any size whose sides
# are divisible by 16, because it halves them four times. Other photographs are {term:padded}:
# a few rows and columns are added, and cut off afterwards. `lift_whole` adds mirrored ones
# below and on the right.


# %% [markdown]
# A whole photograph also shows more around each pixel. `is_mark` wants some pixels side by
# side in which the network is sure of a mark. What lies close to them belongs to the mark as
# soon as the network sees at least a little of it there: the soft rims of letters. Canny's
# edge detector decides alike, and calls it {term:hysteresis}.
#
# The three further numbers were chosen like `LEAST`, so that unmarked photographs change
# little and marks are still lifted. Section 6 looks at what that brings.


# %% tags=["export"]
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


# %% tags=["export"]
def lift_whole(network, photo):
    """A photograph of any size without its marks."""
    height, width = photo.shape[:2]
    sides = ((0, -height % 16), (0, -width % 16), (0, 0))
    x = np.pad(photo, sides, mode="reflect")[None]
    said = ask(network, x)
    y = np.where(is_mark(said[..., 3:]), np.clip(said[..., :3], 0, 1), x)
    return y[0, :height, :width]


# %% tags=["export"]
def mark_often(photo, rng, times=6):
    """A photograph with several marks, and where they are."""
    x, everywhere = photo[None], np.zeros((1, *photo.shape[:2], 1), bool)
    sample = {"kind": "text", "text": "SAMPLE", "opacity": 0.5, "colour": WHITE}
    for _ in range(times):
        x, mask = add_watermark(x, **sample, seed=rng)
        everywhere |= mask > 0
    return x[0], everywhere


# %%
cat, china = test_photos[:2]
rng = np.random.default_rng(seed + 4)
whole, where = zip(*(mark_often(photo, rng) for photo in (cat, china)), strict=True)
free = [lift_whole(model, photo) for photo in whole]
gains = [
    decibels(x[None], y[None], w) - decibels(x[None], m[None], w)
    for x, y, m, w in zip((cat, china), free, whole, where, strict=True)
]

# %%
shown = {"marked x̃": whole, "network y": free}
plots.show_photos(
    {name: np.stack([photo[:264, 68:332] for photo in two]) for name, two in shown.items()},
    title="Trained on pieces, used on the whole: most of the writing is gone",
    scale=4,
)

# %% [markdown]
# These are the middles of two photographs, a cat and a pagoda, with SAMPLE written six times.
# Below them stands the network's version. Look for what it missed: something is left where
# marks overlap, and where the photograph itself is bright.

# %% tags=["nbval-check-output"]
expect("on both photographs the error of the marked pixels is at least halved", min(gains) > 3)

# %% [markdown]
# ### Exercise 3: pad
#
# At the rim a network sees neighbours on one side only. Pad so that the photograph stands **in
# the middle**. `photo` has shape `(height, width, 3)`. Add rows above and below and columns on
# both sides, mirrored (`mode="reflect"`), up to the next multiples of `multiple`. Where their
# number is odd, the extra one goes below or to the right. What fits already stays as it is.


# %% tags=["exercise"]
def my_pad(photo, multiple):
    return ...


# %% tags=["solution"]
def my_pad(photo, multiple):
    missing = [-side % multiple for side in photo.shape[:2]]
    sides = [(n // 2, n - n // 2) for n in missing]
    return np.pad(photo, (*sides, (0, 0)), mode="reflect")


# %% tags=["nbval-check-output"]
exercise.padding.check(my_pad)

# %% [markdown]
# ## 5. Marks it never saw
#
# The network has learned on sans-serif letters, on discs, rings, squares, triangles, crosses
# and bars, and on scribbles and blobs. Now it meets serif letters, stars, hearts, crescents
# and spirals.
#
# *Predict:* did it learn letters, or what a blend looks like?
#
# *Answer:* above all it learned what a blend of white looks like. Other shapes cost a part of
# the gain. Other colours cost nearly all of it.

# %%
unseen, _ = compare(model, x_twice, UNSEEN, np.random.default_rng(seed + 3))
gaudy, gaudy_mask = add_watermark(x_test, kind=KNOWN, opacity=OPACITY, seed=seed + 2)
lifted_gaudy = lift(model, gaudy)
gain = {
    "known": known["network"] - known["doing nothing"],
    "other shapes": unseen["network"] - unseen["doing nothing"],
    "other colours": decibels(x_test, lifted_gaudy, gaudy_mask > 0)
    - decibels(x_test, gaudy, gaudy_mask > 0),
}

# %%
plots.show_bars(
    gain,
    title="It lifts other shapes, too, but hardly any other colour",
    y_label="gain over doing nothing, dB",
    number_format="{:.1f}",
)

# %% [markdown]
# The bars are the decibels gained inside the marks: for known marks, for white marks of other
# shapes, and for known shapes in any colour. Most of the gain stays with shapes that it never
# saw. The network learned how white light changes a photograph, and a red mark changes it in
# another way.
#
# Shapes make no difference to inpainting. Is it ahead now?

# %%
told = unseen["inpainting,\ntrue mask"]
print(f"other shapes: network {unseen['network']:.1f} dB, inpainting {told:.1f} dB")

# %% tags=["nbval-check-output"]
expect("other shapes: at least 8 dB are gained", gain["other shapes"] > 8)
expect(
    "other shapes: at most 1 dB behind inpainting that is told the place",
    unseen["network"] > told - 1,
)
expect(
    "other colours: not half of that gain", gain["other colours"] < gain["other shapes"] / 2
)

# %% [markdown]
# ### Saved as JPEG
#
# Marked pictures mostly come as JPEG files. JPEG cuts a picture into blocks of 8 × 8 pixels
# and rounds the waves in each, the more coarsely the lower its quality. In the training four
# in ten pieces went through that, once they were marked.
#
# *Predict:* what costs more, the rounding of the photograph, or that of what shines through
# the mark?
#
# *Answer:* the latter. Below a mark of opacity a, a step of the photograph is only 1 − a as
# high. Rounding takes it for nothing sooner, and the division by 1 − a makes what is wrong
# larger.


# %% tags=["export"]
def through_jpeg(x, quality, **options):
    """What comes back from a JPEG file of each picture."""
    back = []
    for picture in np.round(255 * np.clip(x, 0, 1)).astype("uint8"):
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=quality, **options)
        back.append(np.asarray(Image.open(file)))
    return np.stack(back).astype("float32") / np.float32(255)


# %%
given, laid = marks(x_twice, np.random.default_rng(seed + 7))
qualities = (95, 75, 50)
jpegs = [through_jpeg(given, quality) for quality in qualities]
pictures = {
    "no mark, only JPEG": [through_jpeg(x_twice, quality) for quality in qualities],
    "network": [lift(model, jpeg) for jpeg in jpegs],
    "doing nothing": jpegs,
}
by_quality = {
    name: np.array([decibels(x_twice, y, laid > 0) for y in three])
    for name, three in pictures.items()
}
whole_file = decibels(x_twice, lift(model, given), laid > 0)
for name in ("doing nothing", "no mark, only JPEG"):
    print(f"{name}:", ", ".join(f"{value:.1f}" for value in by_quality[name]), "dB")

# %%
plots.show_bars(
    {"not saved": whole_file}
    | {
        f"JPEG at {q}": value
        for q, value in zip(qualities, by_quality["network"], strict=True)
    },
    title="A mark that went through JPEG comes off a little less well",
    y_label="PSNR inside the marks, dB",
    number_format="{:.1f}",
    colours=[plots.BLUE] * 4,
)

# %% [markdown]
# The bars are the network's. The printed lines are the marked files as they are, and what JPEG
# does to photographs without a mark in the same pixels: three qualities each.

# %% tags=["nbval-check-output"]
gained = by_quality["network"] - by_quality["doing nothing"]
expect("after JPEG at 75 more than 8 dB are gained", gained[1] > 8)
expect("the lower the quality, the less is gained", gained[0] > gained[1] > gained[2])

# %% [markdown]
# ### Exercise 4: a black stamp (stretch)
#
# Black takes light away and adds none: `x̃ = (1 − a) · x`. The network knows only white, and
# leaves the black mark in place.
#
# Write a function from marked pictures to lifted ones. It should lift SAMPLE in black, opacity
# 0.6. At most a **third of the error** (MSE) of doing nothing may be left, on the cup of
# coffee and on the test photographs. You may train a network of your own on `x_fit`, but there
# is a way without training.


# %% tags=["export"]
def stamped(x, rng):
    black = (0, 0, 0)
    return add_watermark(
        x, kind="text", text="SAMPLE", colour=black, opacity=0.6, size=24, seed=rng
    )


# %%
(x_fit, _), (x_valid, _), _ = split_patches(size=48, stride=32)
x_stamped, _ = stamped(x_valid, np.random.default_rng(seed + 6))
print(f"doing nothing: MSE {mse(x_valid, x_stamped):.4f}")
print(f"the network for white marks: MSE {mse(x_valid, lift(model, x_stamped)):.4f}")


# %% tags=["exercise"]
def my_lifter(marked):
    return ...


# %% tags=["solution"]
# In the negative of a photograph, black is white.
def my_lifter(marked):
    return 1 - lift(model, 1 - marked)


# %% tags=["nbval-check-output"]
exercise.stamp.check(my_lifter)

# %% [markdown]
# ## 6. Where it loses
#
# *Predict:* what happens to the network and to inpainting as the opacity goes to 1? The
# training stopped at 0.8.
#
# *Answer:* inpainting stays where it is, since it never looks below the mark. The network
# falls far behind it, because at 1 there is nothing to read.

# %%
opacities, curves = (0.2, 0.4, 0.6, 0.8, 1.0), {}
for a in opacities:
    rng = np.random.default_rng(seed + 5)
    found, _ = compare(model, x_test[::2], KNOWN, rng, opacity=a)
    for name in ("doing nothing", "inpainting,\ntrue mask", "network"):
        curves.setdefault(name.replace("\n", " "), []).append(found[name])
plots.show_curves(
    {name: (opacities, values) for name, values in curves.items()},
    title="The network is ahead as long as enough shines through",
    x_label="opacity of the mark",
    y_label="PSNR inside, in dB",
    marker="o",
)

# %% [markdown]
# The curve of doing nothing falls with the opacity. That of inpainting is nearly flat. The
# network is ahead as long as enough shines through, and falls steeply beyond the opacities of
# its training. At opacity 1 the light of the picture is gone. Any method can only guess there,
# and a smooth guess with the true mask is the better one.

# %% tags=["nbval-check-output"]
behind = np.subtract(curves["inpainting, true mask"], curves["network"])
expect("at opacity 1 inpainting is 10 dB ahead", behind[-1] > 10)
expect("at opacity 0.4 the network is ahead", behind[1] < 0)

# %% [markdown]
# ### A photograph without a mark
#
# *Predict:* you give the network three photographs without any mark. How much of them will it
# change if each pixel is judged alone, by `LEAST`? Does it help to ask for pixels nearby of
# which the network is sure?
#
# *Answer:* alone, some, because pale and narrow things look a little like a mark. The network
# is sure of few of them. So hysteresis helps. It does not help where the network is wrong and
# sure.

# %%
x = np.stack([photo[:256, :384] for photo in test_photos])  # divisible by 16: nothing to pad
said = ask(model, x)
y, a = np.clip(said[..., :3], 0, 1), said[..., 3:]
unmarked = {
    "pixels alone": np.where(a < LEAST, x, y),
    "hysteresis": np.where(is_mark(a), y, x),
}
plots.show_photos(
    {"photograph x": x}
    | {f"{name}:\ny − x, 3 times": 3 * (z - x).mean(axis=-1) for name, z in unmarked.items()},
    title="There is no mark here; what the network changes all the same",
    scale=3,
)

# %%
everywhere = np.ones((1, *x.shape[1:3], 1), bool)
changed = {}
for name, z in unmarked.items():
    with np.errstate(divide="ignore"):  # what did not change at all has no error
        found = [decibels(x[[i]], z[[i]], everywhere) for i in range(3)]
    changed[name] = (np.abs(z - x).max(axis=-1) > 2 / 255).mean(axis=(1, 2))
    three = zip(("cat", "pagoda", "rocket"), found, changed[name], strict=True)
    print(
        f"{name}: " + "; ".join(f"{who} {db:.1f} dB, {c:.1%} changed" for who, db, c in three)
    )

# %% [markdown]
# Blue is light that was taken away though it belonged to the picture, and red is light that
# was added. A pixel counts as changed if one of its colours moved by more than 2 of 255 steps.
# With hysteresis the cat and the rocket stay exactly as they were, so their PSNR is infinite.
# In a few places of the pagoda the network is wrong and sure.

# %% [markdown]
# Hysteresis has a price: a mark of which the network is not sure stays. On the photographs
# that the numbers were chosen on, that cost 0.1 dB inside larger marks, 0.1 dB inside marks
# that JPEG had compressed, and 0.3 of the 10.3 dB that were gained on writing in 12 points.
# Doing nothing would be perfect here, so look at a result before you keep it.

# %% tags=["nbval-check-output"]
less = changed["hysteresis"] / changed["pixels alone"]
expect("on each unmarked photograph it changes at most half as many pixels", max(less) < 0.5)
expect("the pagoda is not left quite alone", changed["hysteresis"][1] > 0)

# %% [markdown]
# ### May I?
#
# A mark says whose picture it is. You may take it off your own photograph, if its clean file
# is lost, or off a scan if its owner asks you to. That is restoring.
#
# Taking it off a picture that somebody sells or signs, to use it without asking, is not. In
# many countries the law forbids it twice, as copying and as removing the notice. Ask, or buy,
# or take a picture whose licence lets you.
#
# If you mark your own pictures, remember the curves above. What shines through can be brought
# back, and what is opaque cannot.

# %% [markdown]
# ## Now yours
#
# Your own photograph takes four lines. The course carries one to try them on, a JPEG file that
# lies on its side, as phones save them. It is the pagoda of the test photographs, and code
# laid two white marks over it: a large one, and a line of writing in 12 points.
#
# `lift_photo` asks the carried network as `ask` does, in tiles that overlap and fade into one
# another, so that twelve megapixels fit into memory. Then `is_mark` decides.

# %% [markdown]
# *Predict:* JPEG has changed the pixels around each letter. Will both marks come off?
#
# *Answer:* the large one nearly. Of the small one a part stays: its strokes are little more
# than a pixel wide, and JPEG has blurred them with their neighbours.

# %%
import tempfile  # isort: skip
from importlib.resources import files  # isort: skip
from pathlib import Path  # isort: skip

from aecourse.applications.watermarks import lift_photo  # isort: skip
from aecourse.files import read_images, save_images  # isort: skip

path = files("aecourse") / "data" / "yours" / "photograph.jpg"  # your own: "holiday.jpg"
mine = read_images(path).images[0]
cleaned = lift_photo(mine)
folder = tempfile.TemporaryDirectory()  # your own: a place where you find it again
saved = save_images(cleaned, Path(folder.name) / "cleaned.png")

# %%
plots.show_photos(
    {"as it came": mine[None], "cleaned": cleaned[None]},
    title="The large mark is nearly gone; of the small writing a part is left",
    scale=5,
)

# %%
covered = (
    np.abs(mine - china).max(axis=-1, keepdims=True)[None] > 0.1
)  # code laid it, so we know
before, after = (decibels(china[None], z[None], covered) for z in (mine, cleaned))
untouched = (cleaned == mine).all(axis=-1).mean()
print(f"under the marks: {before:.1f} dB before, {after:.1f} dB after")
print(f"{untouched:.0%} of the pixels are as they came")

# %% tags=["nbval-check-output"]
expect("a JPEG file: under the marks 7 dB are gained", after > before + 7)
expect("nine tenths of the pixels are left exactly as they were", untouched > 0.9)

# %% [markdown]
# For a folder, loop over `read_images("my photographs").images`. What it cannot do: marks that
# are opaque or coloured, writing smaller than here, and letters much higher than 60 pixels
# (make the photograph smaller first). The more a file was compressed, the less is gained.

# %% [markdown]
# ## What you saw
#
# - A half-transparent mark weakens the light of a picture and adds its own. Arithmetic undoes
#   that, once colour and opacity are found.
# - A network that finds them keeps what shines through. Trained long enough, it beats
#   inpainting that is told the true place.
# - A residual leaves alone what is in order. Without it the whole picture is drawn anew, and
#   blurred, even with skip connections.
# - It works on whole photographs and on shapes it never saw, but not on colours it never saw.
# - It loses where nothing shines through. Where there is no mark, asking for sure pixels
#   nearby leaves most of it alone, but not all.

# %% [markdown]
# **Where this is used.** The same ideas restore scans with stamps and date prints, old films,
# and photographs with reflections or haze. They also test how well a watermark protects.
#
# **Read on.** Kaiming He, Jian Sun and Xiaoou Tang, *Single image haze removal using dark
# channel prior* (2009). Tali Dekel, Michael Rubinstein, Ce Liu and William Freeman, *On the
# effectiveness of visible watermarks* (2017). Olaf Ronneberger, Philipp Fischer and Thomas
# Brox, *U-Net: convolutional networks for biomedical image segmentation* (2015).
