# %% [markdown]
# # Watermarks
#
# Lay half-transparent marks over photographs, train a small network to lift them off, and see
# what it can know and what it must guess.
#
# **The question:** a mark lets part of the light through. How much of the picture below it can
# a network bring back?
#
# **You will**
# - lay text and logos over photographs, and take them off again by arithmetic,
# - build a network of convolutions and skip connections for pictures of any size,
# - compare it with inpainting that is told where the mark lies,
# - try marks of a kind it never saw, and marks that nothing shines through,
# - ask the same network for the colours of a grey photograph.
#
# **You need** {lesson:convolutional} and {lesson:denoising}.
#
# **Time** {time}.

# %%
import numpy as np
from scipy.ndimage import grey_opening
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
# Eight colour photographs stand ready: five to train on (one of them, a cup of coffee, is for
# choosing), three to test on. No photograph is in both parts: two pieces of one picture are no
# strangers. Networks here learn on {term:patches}, small pieces: 48 × 48 pixels where you
# train them, 96 × 96 for the weights that the course carries.
#
# A {term:watermark} is laid over a photograph to say whose it is, half transparent so that
# both can be seen.

# %%
some = x_test[[1, 5, 9, 13, 18, 21]]
gaudy, _ = add_watermark(some, seed=seed + 1)
marked, mask = add_watermark(some, colour=WHITE, seed=seed + 1)
plots.show_photos(
    {"photograph x": some, "any colour": gaudy, "white: x̃": marked, "its mask a": mask},
    title="Text and logos, anywhere, at any angle, half transparent",
)

# %% [markdown]
# Above six pieces of test photographs; below them the same with a coloured mark, with a white
# one, and the white one's mask: black where there is no mark, the brighter the stronger it is.
# From here on marks are white, as most are; section 5 comes back to colours.
#
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
# The dividing has a price: at a = 0.8 a mistake of 1 % in x̃ becomes one of 5 % in x, and at a
# = 1 nothing is left to divide.
#
# ## 2. Three rivals
#
# *Doing nothing* leaves the mark where it is. {term:Biharmonic inpainting} throws away what
# lies under the mark and continues the surroundings as smoothly as it can. It has to be told
# where the mark lies, and here it gets the true mask: help that nobody has in practice.
#
# How good a result is inside the mark and outside are two questions, so the PSNR of
# {lesson:denoising} is taken of chosen pixels, all pictures together.


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
# In the third row the marks have vanished, and where they were, patterns and edges have
# vanished too: inpainting does not look at what shines through.
#
# Now a rival that is told nothing. White light lifts all three colours, and most things are
# dark in one of them: orange has little blue. So look at the darkest colour of each pixel (a
# clue known from removing haze; He et al., 2009). Where it stands out from its surroundings,
# as a stroke does, there may be a mark. How much opacity would explain it?


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
# In the middle the clue: it sees the marks, and it sees highlights, whiskers and window frames
# as well. In the last row they have all been darkened alike.
#
# ## 3. A network that looks through
#
# *Predict:* the denoiser of {lesson:denoising} put the whole picture through its layers and
# drew it anew. Would you do that with a photograph of which nine tenths are fine?
#
# *Answer:* better not. What a network draws anew it draws a little worse, and here most of the
# picture needs nothing.
#
# Better: let the network say, for each pixel, how strong the mark is (a). White is 1, so the
# arithmetic of exercise 2 lifts it: `y = (x̃ − a) / (1 − a)`. To that it may add a small
# correction, for where the dividing has a high price. Where it says 0 and 0, y is x̃. What it
# draws is only the difference, the {term:residual}.


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


# %% [markdown]
# Four times half the size, then back: on the coarsest maps a 3 × 3 convolution sees 48 pixels
# at once, as it must, to tell a letter from a leaf. On the way back up *skip connections* add
# the maps of the way down (a small {term:U-Net}; Ronneberger et al., 2015): the coarse maps
# say where a mark is, the fine ones where its edge runs. The picture itself goes around all of
# it.


# %% tags=["export"]
LOOKS = {32: 2, 64: 2, 96: 2, 128: 3}  # for each size of maps: channels, and looks around


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def look_around(z, times):
    """What the neighbours say, added to what is there, several times."""
    for _ in range(times):
        more = layers.Conv2D(z.shape[-1], 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, more]))
    return z


def lifter(skip=True):
    """A U-Net from pictures (n, height, width, 3) to y and a, (n, height, width, 4)."""
    x = keras.Input((None, None, 3))
    z, way_down = x, []
    for channels, times in LOOKS.items():
        z = settle(layers.Conv2D(channels, 2, strides=2, use_bias=False)(z))
        z = look_around(z, times)
        way_down.append(z)
    back = zip([*LOOKS.items()][-2::-1], way_down[-2::-1], strict=True)
    for (channels, times), same_size in back:
        z = layers.Conv2DTranspose(channels, 2, strides=2, use_bias=False)(z)
        z = look_around(settle(layers.Add()([z, same_size]) if skip else z), times)
    if not skip:  # below: the picture drawn anew
        return keras.Model(x, layers.Conv2DTranspose(4, 2, strides=2)(z))
    return keras.Model(x, says(x, z))


# %% [markdown]
# Whoever lays the mark knows both x and a: everything the network should say. In
# {lesson:denoising} the clean picture was the only answer. Here an answer about the mark
# helps: "there is a mark" can be learned before "what was below it".


# %% tags=["export"]
def marks(x, rng):
    return add_watermark(x, kind=KNOWN, opacity=OPACITY, colour=WHITE, seed=rng)


def turned(x, rng, n):
    """n patches, each turned by a random number of quarter turns."""
    pick, turns = rng.integers(len(x), size=n), rng.integers(4, size=n)
    return np.stack([np.rot90(x[i], k) for i, k in zip(pick, turns, strict=True)])


# %% tags=["export"]
def train_lifter(x, rng, damage=marks, n=640, epochs=2, skip=True):
    """A network that takes off again what damage(x, rng) did to n patches."""
    clean = turned(x, rng, n)
    damaged, mask = damage(clean, rng)
    answers = np.concatenate([clean, mask], axis=-1)
    network = lifter(skip)
    fit(
        network, damaged, answers, epochs=epochs, batch_size=16, learning_rate=3e-3, loss="mse"
    )
    return network


def lift(network, marked, least=0.05):
    """What the network says of the pictures, the mean of asking it in four positions."""
    said = 0
    for turns in range(4):
        answer = outputs(network, np.rot90(marked, turns, (1, 2)))
        said = said + np.rot90(answer, -turns, (1, 2)) / 4
    # Where it sees less than `least` of a mark, the picture stays as it is.
    return np.where(said[..., 3:] < least, marked, np.clip(said[..., :3], 0, 1))


# %%
# Only its pictures are kept, not the network: memory is short.
begun = lift(train_lifter(x_train, np.random.default_rng(seed)), marked)

# %% [markdown]
# That was the beginning of a training. The course carries the weights that the same network
# had after 38 minutes of it, on two cores: with more than 220,000 patches, none of them twice,
# in changing colours and sizes, of the training photographs but one and of 38 more from other
# packages, under the same marks and under random scribbles and blobs
# (`lessons/watermarks/train.py`). The threshold `least`, 0.05, below which a pixel stays as it
# is, was chosen on six photographs that it did not train on, the cup of coffee and five not
# among the 38.
#
# `lift` turns a picture four ways, asks each time, and takes the mean: mistakes that differ
# cancel out.

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
# Rows from top: marked, inpainted, the network after a few seconds, the network after 38
# minutes, the photograph, and the error of the trained network (white is none). Nobody told it
# where the marks are. Red and blue in the last row are what it missed: marks that it lifted in
# part (red), and places in them from which it took too much (blue).


# %% tags=["export"]
def compare(network, x, kinds, rng, opacity=OPACITY):
    """PSNR inside the marks for the rivals and the network, and outside for the network."""
    damaged, mask = add_watermark(x, kind=kinds, opacity=opacity, colour=WHITE, seed=rng)
    y, where = lift(network, damaged), mask > 0
    return {
        "doing nothing": decibels(x, damaged, where),
        "inpainting,\ntrue mask": decibels(x, inpaint(damaged, mask), where),
        "by hand": decibels(x, by_hand(damaged), where),
        "network": decibels(x, y, where),
        "by hand,\noutside": decibels(x, by_hand(damaged), ~where),
        "network,\noutside": decibels(x, y, ~where),
    }


# %%
x_thrice = np.concatenate([x_test] * 3)  # each piece with three marks
known = compare(model, x_thrice, KNOWN, np.random.default_rng(seed + 2))

# %%
plots.show_bars(
    known,
    title="Told nothing, the network beats inpainting that is told the place",
    y_label="PSNR in dB, test photographs",
    number_format="{:.1f}",
)

# %% [markdown]
# The first four bars are for pixels under a mark, the last two for all others, of 24 pieces of
# photographs that the network has never seen, each marked three times. Inside, the network is
# decibels ahead of the formula by hand, and outside it leaves far more alone. It is ahead of
# inpainting, too, which was spared the harder half, to find the mark: inpainting makes up what
# lies below a mark, the network reads it.

# %% tags=["nbval-check-output"]
expect(
    "inside the marks: 8 dB above doing nothing", known["network"] > known["doing nothing"] + 8
)
expect(
    "inside: 2 dB above inpainting that is told where the marks are",
    known["network"] > known["inpainting,\ntrue mask"] + 2,
)
expect("inside: 5 dB above the formula by hand", known["network"] > known["by hand"] + 5)
expect("outside: at least 38 dB, hardly a change", known["network,\noutside"] >= 38)
expect(
    "outside: 8 dB above the formula by hand",
    known["network,\noutside"] > known["by hand,\noutside"] + 8,
)

# %% [markdown]
# ### What the skips are for
#
# Once more a beginning, three times as long, without any way around the coarse maps: no skip
# connections, and the picture drawn anew from what they hold.
#
# *Predict:* which parts of the photograph will suffer, the marked ones or the others?
#
# *Answer:* all of them. Every edge has to pass the coarse maps, marked or not.

# %%
keras.utils.clear_session()  # frees what the training before has left
no_way_around = {"epochs": 6, "skip": False}
redrawn = lift(
    train_lifter(x_train, np.random.default_rng(seed), **no_way_around), marked, least=-np.inf
)
everywhere = mask >= 0
plots.show_photos(
    {"marked x̃": marked, "no way\naround": redrawn, "with skips": begun, "photograph x": some},
    title="Through the bottleneck alone everything blurs, marked or not",
)

# %% [markdown]
# The second row knows where it is light and where dark, and no more: every edge of every
# photograph would have to pass maps of a sixteenth of the size. In the third row, after a
# third of that training, the picture itself takes the road around, and the coarse maps are
# free for the one question: where is a mark?

# %% tags=["nbval-check-output"]
expect(
    "without any way around, the network does more harm than the mark",
    decibels(some, redrawn, everywhere) < decibels(some, marked, everywhere),
)
expect(
    "with skips and residual the whole is at least 2 dB better",
    decibels(some, begun, everywhere) > decibels(some, redrawn, everywhere) + 2,
)

# %% [markdown]
# ## 4. Whole photographs
#
# The network has learned on pieces of 96 × 96, and takes a photograph of any size whose sides
# are divisible by 16. Others are {term:padded}: a few rows and columns are added and cut off
# afterwards. `lift_photo` adds them below and on the right, mirrored.


# %% tags=["export"]
def lift_photo(network, photo):
    """A photograph of any size without its marks."""
    height, width = photo.shape[:2]
    sides = ((0, -height % 16), (0, -width % 16), (0, 0))
    return lift(network, np.pad(photo, sides, mode="reflect")[None])[0, :height, :width]


def mark_often(photo, rng, times=6):
    """A photograph with several marks, and where they are."""
    everywhere = np.zeros((1, *photo.shape[:2], 1), bool)
    x = photo[None]
    for _ in range(times):
        x, mask = add_watermark(
            x, kind="text", text="SAMPLE", opacity=0.5, colour=WHITE, seed=rng
        )
        everywhere |= mask > 0
    return x[0], everywhere


# %%
cat, china = test_photos[:2]
rng = np.random.default_rng(seed + 4)
whole, where = zip(*(mark_often(photo, rng) for photo in (cat, china)), strict=True)
free = [lift_photo(model, photo) for photo in whole]
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
# The middles of two photographs, a cat and a pagoda, with six times SAMPLE; below them the
# network's version. Look for what it missed: a little is left where marks overlap, and where
# the photograph itself is bright.

# %% tags=["nbval-check-output"]
expect("on both photographs the error of the marked pixels is at least halved", min(gains) > 3)

# %% [markdown]
# ### Exercise 3: pad
#
# At the rim a network sees the neighbours on one side only. Pad so that the photograph stands
# **in the middle**: `photo` is `(height, width, 3)`; add rows above and below and columns on
# both sides, mirrored (`mode="reflect"`), up to the next multiples. Where their number is odd,
# the one more goes below or to the right. What fits already stays as it is.


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
# It has learned on sans-serif letters, on discs, rings, squares, triangles, crosses and bars,
# and on scribbles and blobs. Now serif letters, stars, hearts, crescents and spirals.
#
# *Predict:* did it learn letters, or what a blend looks like?
#
# *Answer:* above all what a blend of white looks like. Other shapes cost it a part of the
# gain, other colours nearly all of it.

# %%
unseen = compare(model, x_thrice, UNSEEN, np.random.default_rng(seed + 3))
any_colour, any_mask = add_watermark(x_thrice, kind=KNOWN, opacity=OPACITY, seed=seed + 2)
other_colours = {
    name: decibels(x_thrice, y, any_mask > 0)
    for name, y in {"doing nothing": any_colour, "network": lift(model, any_colour)}.items()
}

# %%
gain = {
    name: result["network"] - result["doing nothing"]
    for name, result in (
        ("known", known),
        ("other shapes", unseen),
        ("other colours", other_colours),
    )
}
plots.show_bars(
    gain,
    title="Other shapes it lifts too, less well; other colours it does not know",
    y_label="gain over doing nothing, dB",
    number_format="{:.1f}",
)

# %% [markdown]
# Three bars, the decibels gained inside the marks: for known marks, for white marks of other
# shapes, and for known shapes in any colour. Most of the gain stays with shapes it never saw:
# above all it learned what white light over a photograph looks like. A red mark is another
# thing to it. Inpainting does not care for shapes; is it ahead now?

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
# ## 6. Where it loses
#
# *Predict:* what happens to both methods as the opacity goes to 1, beyond the 0.8 of the
# training?
#
# *Answer:* inpainting stays where it is, since it never looks below the mark. The network
# falls far behind it: at 1 there is nothing to read.

# %%
opacities = (0.2, 0.4, 0.6, 0.8, 1.0)
by_opacity = {
    a: compare(model, x_test, KNOWN, np.random.default_rng(seed + 5), opacity=a)
    for a in opacities
}
opaque, half = by_opacity[1.0], by_opacity[0.4]
plots.show_curves(
    {
        name.replace("\n", " "): (opacities, [by_opacity[a][name] for a in opacities])
        for name in ("doing nothing", "inpainting,\ntrue mask", "network")
    },
    title="As long as enough shines through the network is ahead; then inpainting",
    x_label="opacity of the mark",
    y_label="PSNR inside, in dB",
    marker="o",
)

# %% [markdown]
# Three curves over the opacity. Doing nothing falls; inpainting is flat, as it never looks
# below the mark; the network is ahead of it as long as enough shines through, and falls
# steeply beyond what it was trained on. At opacity 1 the light of the picture is gone. Who
# draws something there guesses, and a smooth guess with the true mask is the better one.

# %% tags=["nbval-check-output"]
expect(
    "at opacity 1 inpainting is 10 dB ahead",
    opaque["inpainting,\ntrue mask"] > opaque["network"] + 10,
)
expect("at opacity 0.4 the network is ahead", half["network"] > half["inpainting,\ntrue mask"])

# %% [markdown]
# ## 7. Colour from grey
#
# The same network, the same few seconds of training, another damage: the photograph without
# its colours. Three numbers a pixel are asked for, and one is given.
#
# *Predict:* which colours can it know?
#
# *Answer:* none for certain: one number does not say which three it came from. It paints what
# it has seen most.


# %% tags=["export"]
def grey(x, rng):
    """The brightness alone, three times; there is no mark, so the mask is 0."""
    shade = (x @ np.float32([0.299, 0.587, 0.114]))[..., None]
    return np.repeat(shade, 3, axis=-1), np.zeros_like(shade)


# %%
keras.utils.clear_session()
painter = train_lifter(x_train, np.random.default_rng(seed), damage=grey)
shades, _ = grey(some, None)
coloured = lift(painter, shades, least=-np.inf)
plots.show_photos(
    {"grey x̃": shades, "network y": coloured, "photograph x": some},
    title="It paints in the colours of the photographs that it knows",
)

# %% [markdown]
# The second row wears the red and orange of the training photographs: a cup, a retina, an
# astronaut's suit. The sky and the cat's fur get it alike. What the grey picture tells,
# brightness and shape, is kept; the colour is a guess, and after so short a training worse
# than none.


# %% tags=["export"]
def split_error(x, y):
    """The squared error in brightness, and the rest: the error in colour."""
    (a, _), (b, _) = grey(x, None), grey(y, None)
    return np.mean((a - b) ** 2), np.mean(((x - a) - (y - b)) ** 2)


# %%
all_grey, _ = grey(x_test, None)
brightness, colour = split_error(x_test, lift(painter, all_grey, least=-np.inf))
_, no_colour = split_error(x_test, all_grey)
print(
    f"squared error in brightness {brightness:.6f}, in colour {colour:.5f}; left grey {no_colour:.5f}"
)

# %% tags=["nbval-check-output"]
expect("its error in colour is three times its error in brightness", colour > 3 * brightness)
expect(
    "painted, its colours are further off than if it had been left grey", colour > no_colour
)

# %% [markdown]
# A painted photograph can look right and be wrong. Tell those who see it that the colours were
# guessed.
#
# ## 8. May I?
#
# A mark says whose picture it is. Taking it off your own photograph, of which the clean file
# is lost, or off a scan whose owner asked you to, is restoring. Taking it off a picture that
# somebody sells or signs, to use it without asking, is not: in most countries the law forbids
# it twice, as copying and as removing the notice. Ask, or buy, or take a picture whose licence
# lets you. And if you mark your own: section 6 says what holds. What shines through can be
# brought back.
#
# ### Exercise 4: a black stamp (stretch)
#
# Black takes light away and adds none: `x̃ = (1 − a) · x`. The network knows only white and
# leaves it. Write a function from marked pictures to lifted ones that lifts SAMPLE in black,
# opacity 0.6. At most a **third of the error** (MSE) of doing nothing may be left, on the cup
# of coffee and on the test photographs as well. You may train a network of your own for it, on
# `x_fit`; but there is a way without.


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
# ## What you saw
#
# - A half-transparent mark weakens the light of a picture and adds its own: arithmetic undoes
#   it, once colour and opacity are found.
# - A network that finds them keeps what shines through. After seconds of training it has
#   begun; after 38 minutes it beats inpainting that is told the true place.
# - Skip connections and a residual leave alone what is in order; through the bottleneck alone
#   everything blurs.
# - Trained on pieces, it works on whole photographs and on shapes it never saw, but not on
#   colours it never saw.
# - What is gone is guessed: under opaque marks and in the colours of a grey photograph.
#
# **Where this is used.** Restoring scans with stamps and date prints, removing reflections and
# haze, old films; and, on the other side, testing how well a watermark protects.
#
# **Read on.** Kaiming He, Jian Sun and Xiaoou Tang, *Single image haze removal using dark
# channel prior* (2009). Tali Dekel, Michael Rubinstein, Ce Liu and William Freeman, *On the
# effectiveness of visible watermarks* (2017). Olaf Ronneberger, Philipp Fischer and Thomas
# Brox, *U-Net: convolutional networks for biomedical image segmentation* (2015). Richard
# Zhang, Phillip Isola and Alexei Efros, *Colorful image colorization* (2016).
