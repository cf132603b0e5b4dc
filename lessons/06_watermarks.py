# %% [markdown]
# # 06 · Watermarks
#
# Lay half-transparent marks over photographs, train a small network to lift them off, and see what it can know and what it must guess.
#
# **The question:** a mark lets part of the light through. How much of the picture below it can a network bring back?
#
# **You will**
# - lay text and logos over photographs, and take them off again by arithmetic,
# - build a network of convolutions and skip connections for pictures of any size,
# - compare it with inpainting that is told where the mark lies,
# - try marks of a kind it never saw, and marks that nothing shines through,
# - ask the same network for the colours of a grey photograph.
#
# **You need** [lesson 04](04_convolutional.ipynb) and [lesson 05](05_denoising.ipynb).
#
# **Time** {time}.

# %%
import numpy as np
from skimage.restoration import inpaint_biharmonic

from aecourse import plots
from aecourse.autoencoder import apply
from aecourse.corruption import add_watermark
from aecourse.datasets import load_photos
from aecourse.exercises import lesson06
from aecourse.session import expect, start
from aecourse.training import fit

import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(x_train, names), _ = load_photos(size=48, stride=12)
(photos, _), (test_photos, test_names) = load_photos(whole=True)
x_test = load_photos(size=96)[1][0]
x_fit, x_valid = x_train[names != "coffee"], x_train[names == "coffee"]

# %% [markdown]
# ## 1. A mark is a blend
#
# Eight colour photographs stand ready: five to train on (one of them, a cup of coffee, is for choosing), three to test on. No photograph is in
# both parts: two pieces of one picture are no strangers. Networks here learn on *patches*, pieces of 48 × 48 pixels.
#
# A *watermark* is laid over a photograph to say whose it is, half transparent so that both can be seen.

# %%
some = x_test[[1, 9, 20, 27, 33, 40]]
marked, mask = add_watermark(some, seed=seed + 1)
plots.show_images(
    {"photograph x": some, "marked x̃": marked, "mask a": mask},
    title="Text and logos, of any colour, size, angle and strength",
    scale=1.4,
)

# %% [markdown]
# Above six pieces of test photographs, below them the same with a mark, and the mask: black where there is no mark, the brighter the stronger it is.
#
# In each pixel the mark has an *opacity* a, between 0 and 1, and a colour c:
#
# `x̃ = (1 − a) · x + a · c`
#
# Here a lies between 0.3 and 0.8 for each mark.
#
# ### Exercise 1: blend
#
# `x` are pictures `(n, height, width, 3)`, `c` a colour `(3,)`, `mask` holds a, `(n, height, width, 1)`. Return x̃.


# %% tags=["exercise"]
def my_blend(x, c, mask):
    return ...


# %% tags=["solution"]
def my_blend(x, c, mask):
    return (1 - mask) * x + mask * c


# %% tags=["nbval-check-output"]
lesson06.blend.check(my_blend)

# %% [markdown]
# ### Exercise 2: and back
#
# Somebody tells you the colour and the mask. Return the x that was there before the mark. (No a is 1 here.)


# %% tags=["exercise"]
def my_unblend(marked, c, mask):
    return ...


# %% tags=["solution"]
def my_unblend(marked, c, mask):
    return (marked - mask * c) / (1 - mask)


# %% tags=["nbval-check-output"]
lesson06.unblend.check(my_unblend)

# %% [markdown]
# So the light of the picture is still there, only weaker. What has to be found out is a and c. The dividing has a price: at a = 0.8 a mistake of 1 % in x̃
# becomes one of 5 % in x, and at a = 1 nothing is left to divide.
#
# ## 2. Two rivals
#
# *Doing nothing* leaves the mark where it is. *Biharmonic inpainting* throws away what lies under the mark and continues the surroundings as smoothly as it
# can. It has to be told where the mark lies, and here it gets the true mask: help that nobody has in practice.
#
# How good a result is inside the mark and outside are two questions, so the PSNR (lesson 05) is taken of chosen pixels, all pictures together.


# %%
def decibels(x, y, where):
    """PSNR of the pixels chosen by `where`, (n, height, width, 1), in all pictures together."""
    return -10 * np.log10(np.mean(np.square(x - y)[np.broadcast_to(where, x.shape)]))


def inpaint(marked, mask):
    """What lies under the mask, drawn anew from what lies around it."""
    pairs = zip(marked, mask[..., 0] > 0, strict=True)
    return np.stack([inpaint_biharmonic(m, w, channel_axis=-1) for m, w in pairs])


inpainted = inpaint(marked, mask)
plots.show_images(
    {"photograph x": some, "marked x̃": marked, "inpainted,\ntrue mask": inpainted},
    title="Inpainting is smooth: what the mark covered is gone",
    scale=1.4,
)

# %% [markdown]
# In the third row the marks have vanished, and where they were, patterns and edges have vanished too: inpainting does not look at what shines through.
#
# ## 3. A network that looks through
#
# *Predict:* lesson 05's denoiser put the whole picture through its layers and drew it anew. Would you do that with a photograph of which nine
# tenths are fine?
#
# Better: let the network say, for each pixel, how strong the mark is (a) and what light it adds (a · c). Then the arithmetic of exercise 2 lifts it:
# `y = (x̃ − a·c) / (1 − a)`. Where it says 0 and 0, y is x̃. What it draws is only the difference, the *residual*.


# %%
def block(z, maps, strides=1):
    z = layers.Conv2D(maps, 3, strides=strides, padding="same", use_bias=False)(z)
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def larger(z, maps):
    return layers.Conv2DTranspose(maps, 2, strides=2, use_bias=False)(z)


def says(z, x, skip):
    """For each pixel seven numbers: the picture y, the opacity a, the light a · c that the mark adds."""
    a = 0.85 * layers.Conv2D(1, 3, padding="same", activation="sigmoid")(z)
    light = layers.Conv2D(3, 3, padding="same")(z)
    drawn = layers.Conv2D(3, 3, padding="same")
    return layers.Concatenate()([(x - light) / (1 - a) if skip else drawn(z), a, light])


# %% [markdown]
# Each step down halves height and width; there a 3 × 3 convolution sees twice as far, which it must, to tell a letter from a leaf. Steps up bring back the size.
# *Skip connections* set the maps of the way down beside those of the way up (a *U-Net*; Ronneberger et al., 2015): the coarse maps know what it is, the fine
# ones where its edge runs. There are convolutions only, no layer with a fixed size: the network takes pictures of any size divisible by 8.


# %%
def lifter(maps=(16, 32, 64), skip=True):
    x = keras.Input((None, None, 3))
    z, way_down = x, []
    for m in maps:
        z = block(block(z, m, strides=2), m)
        way_down.append(z)
    for m, same_size in zip(maps[-2::-1], way_down[-2::-1], strict=True):
        z = larger(z, m)
        z = block(layers.Concatenate()([z, same_size]) if skip else z, m)
    z = larger(z, 8)
    return keras.Model(x, says(layers.Concatenate()([z, x]) if skip else z, x, skip))


# %% [markdown]
# Whoever lays the mark knows x, a and c: everything the network should say. (In lesson 05 the clean picture was the only answer. Here an answer about the mark
# makes learning far quicker: "there is a mark" can be learned before "what was below it".)


# %%
def marks(x, rng):
    return add_watermark(x, kind=("text", "logo"), opacity=(0.3, 0.8), seed=rng)


def train_lifter(x, rng, damage=marks, epochs=3, **sizes):
    """A network that takes what damage(x, rng) did off again; each patch is damaged once."""
    damaged, mask = damage(x, rng)
    answers = np.concatenate([x, mask, damaged - (1 - mask) * x], axis=-1)
    model = lifter(**sizes)
    fit(model, damaged, answers, epochs=epochs, batch_size=16, learning_rate=4e-3, loss="mse")
    return model


def lift(model, marked):
    """The pictures y that the network says."""
    said = apply(model, marked, name="marked", batch_size=20)
    return np.clip(said[..., :3], 0, 1)


model = train_lifter(x_train, np.random.default_rng(seed))

# %%
lifted = lift(model, marked)
plots.show_images(
    {
        "marked x̃": marked,
        "inpainted,\ntrue mask": inpainted,
        "network y": lifted,
        "photograph x": some,
        "y − x": lifted - some,
    },
    title="The network finds the mark by itself and keeps what shines through",
    scale=1.4,
)

# %% [markdown]
# Rows from top: marked, inpainted, the network's picture, the photograph, and the network's error (white is none). Nobody told the network where
# the marks are. What is left are thin outlines and a shade where a letter stood.


# %%
def compare(x, kinds, rng, opacity=(0.3, 0.8)):
    """PSNR inside the marks for the rivals and the network, and outside for the network."""
    damaged, mask = add_watermark(x, kind=kinds, opacity=opacity, seed=rng)
    y, where = lift(model, damaged), mask > 0
    return {
        "doing nothing": decibels(x, damaged, where),
        "inpainting,\ntrue mask": decibels(x, inpaint(damaged, mask), where),
        "network": decibels(x, y, where),
        "network,\noutside": decibels(x, y, ~where),
    }


known = compare(x_test, ("text", "logo"), np.random.default_rng(seed + 2))
unseen = compare(x_test, ("other text", "other logo"), np.random.default_rng(seed + 3))

# %%
plots.show_bars(
    known,
    title="Inside the marks the network is ahead; outside it changes next to nothing",
    y_label="PSNR in dB, test photographs",
    number_format="{:.1f}",
)

# %% [markdown]
# The first three bars are for pixels under a mark, the last for all others, of 72 pieces of photographs that the network has never seen.
