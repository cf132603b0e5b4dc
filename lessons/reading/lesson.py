# %% [markdown]
# # Reading
#
# Clean a bad scan so that an OCR engine reads it, and judge the cleaning by what is read, not
# by how it looks.
#
# **The question:** a network makes a stained page look clean. Does anybody read it better?
#
# **You will**
# - let a real engine read scans, and count the characters that it gets wrong,
# - clean pages by hand: divide out the shade, smooth, set a threshold,
# - train a network for scans, and use one that was trained for longer,
# - see pixels and reading disagree,
# - clean a phone's picture of a page, and save it as text and as a PDF.
#
# **You need** {lesson:denoising} and {lesson:watermarks}.
#
# **Time** {time}.

# %%
import re

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.ndimage import gaussian_filter, rotate

from aecourse import plots
from aecourse.applications.reading import has_engine, read_page
from aecourse.corruption import scan_badly
from aecourse.datasets import load_readings, split_pages
from aecourse.exercises import reading as exercise
from aecourse.metrics import psnr
from aecourse.models import outputs
from aecourse.recipes.watermarks import look_around, settle
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

# %%
import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(x_fit, _), (x_valid, valid_texts), (x_test, test_texts) = split_pages()
stored = load_readings()
here = (
    "tesseract reads here" if has_engine() else "no tesseract here: stored readings are shown"
)
print(here)

# %% [markdown]
# ## 1. A page, and what a scanner makes of it
#
# Sixty pages stand ready. Their text explains words and comes from WordNet. Forty are to train
# on, set in eight typefaces. Eight in two other typefaces are to choose on. Twelve are to
# judge on, in four typefaces and with text that nothing here was trained on.
#
# `scan_badly` does to a page what age, cups and a scanner do. The ink fades and runs, the
# paper has shade and fibre, the other side shows through, cups leave rings, and the scanner
# adds noise, dust and the blocks of a JPEG file.

# %%
scans = scan_badly(x_test, seed=seed + 7)
x, texts = x_test[:4], test_texts[:4]  # one page of each typeface
part = (slice(4), slice(0, 180), slice(0, 190))
plots.show_photos(
    {"page x": x_test[part], "scan x̃": scans[part]},
    title="The same four pages, printed and scanned",
    scale=2,
)

# %% [markdown]
# Each column is one page in a typeface of its own. You can still read most of the lower row.
#
# {term:Optical character recognition} (OCR) turns a picture of text into text. The engine here
# is *tesseract*, a program of its own: it finds lines, and a network that has seen a great
# many fonts reads each line. Where it is not installed, this lesson shows what it once read.
# Then the texts belong to seed 0, and everything else runs as usual.


# %%
def read(name, pages):
    """What the engine reads on each page, as one line; without an engine what is stored."""
    if not has_engine():
        return stored[name]
    return [" ".join(read_page(page[..., 0], block=True).split()) for page in pages]


said = {"page x": read("page x", x), "scan x̃": read("scan x̃", scans[:4])}

# %%
print("printed:", texts[1][:150])
print("read on the page:", said["page x"][1][:150])
print("read on the scan:", said["scan x̃"][1][:150])

# %% [markdown]
# ## 2. How wrong is a text?
#
# Compare `form` with `from`. Letter by letter, two of four differ. Now compare `a form` with
# `form`: letter by letter everything differs, though only two characters are too many.
#
# The {term:edit distance} counts better (Levenshtein, 1966). It is the least number of steps
# that lead from one text to the other, where a step replaces, drops or adds one character.
# From `a form` to `form` it takes 2. Divided by the number of characters that are really
# there, it is the {term:character error rate}. It can exceed 1, if much is read that is not
# there.

# %% [markdown]
# ### Exercise 1: the character error rate
#
# `read` and `truth` are texts. Return the edit distance divided by the number of characters of
# `truth`. `Levenshtein.distance` of `rapidfuzz` is imported above; writing it yourself, row by
# row, takes six lines.


# %% tags=["exercise"]
def my_error_rate(read, truth):
    return ...


# %% tags=["solution"]
def my_error_rate(read, truth):
    row = list(range(len(truth) + 1))
    for i, letter in enumerate(read, start=1):
        before, row[0] = row[0], i
        for j, wanted in enumerate(truth, start=1):
            steps = min(before + (letter != wanted), row[j] + 1, row[j - 1] + 1)
            before, row[j] = row[j], steps
    return row[-1] / len(truth)


# %% tags=["nbval-check-output"]
exercise.error_rate.check(my_error_rate)


# %% tags=["export"]
def wrong_characters(read, truth):
    """The character error rate of several pages together."""
    return sum(map(Levenshtein.distance, read, truth)) / sum(map(len, truth))


def words_found(read, truth):
    """The share of the words of the pages that stand somewhere in what was read."""
    both = zip(read, truth, strict=True)
    pairs = [(re.findall(r"\w+", t), {*re.findall(r"\w+", r)}) for r, t in both]
    return np.mean([word in found for words, found in pairs for word in words])


# %%
for name, lines in said.items():
    wrong, found = wrong_characters(lines, texts), words_found(lines, texts)
    print(f"{name}: {wrong:.1%} of the characters wrong, {found:.1%} of the words found")

# %% tags=["nbval-check-output"]
expect(
    "clean pages: less than one character in 50 is wrong",
    wrong_characters(said["page x"], texts) < 0.02,
)
expect("scans: more than 30 in 100 are wrong", wrong_characters(said["scan x̃"], texts) > 0.3)

# %% [markdown]
# The clean pages show that the engine knows these typefaces. On the scans it looks for lines
# in stains, and reads letters where there are none.

# %% [markdown]
# ## 3. Rivals by hand
#
# *Dividing out the shade:* bare paper would be white in even light. So estimate the light of
# the paper around each pixel, and divide by it.
#
# ### Exercise 2: divide out the shade
#
# `page` and `light` have the shape `(n, height, width, 1)`. `light` is what bare paper would
# show there. Return the page as it would look on white paper in even light. Where light is
# below 0.1 divide by 0.1, and let nothing be brighter than 1.


# %% tags=["exercise"]
def my_flat(page, light):
    return ...


# %% tags=["solution"]
def my_flat(page, light):
    return np.minimum(page / np.maximum(light, 0.1), 1)


# %% tags=["nbval-check-output"]
exercise.shade.check(my_flat)

# %% [markdown]
# Nobody tells us the light. The function below smooths a little against noise. Then it fills
# the letters: whatever is darker than the middle of the page counts as the middle. What is
# left, smoothed over 20 pixels, is taken for the light.


# %% tags=["export"]
def without_shade(x, blur=0.8, wide=20):
    """Pages (n, height, width, 1), a little blurred, divided by the light of their paper."""
    soft = gaussian_filter(x, (0, blur, blur, 0))
    # Ink is darker than paper: what is below the middle counts as the middle.
    bright = np.maximum(soft, np.median(soft, axis=(1, 2, 3), keepdims=True))
    return np.clip(soft / np.maximum(gaussian_filter(bright, (0, wide, wide, 0)), 0.1), 0, 1)


# %%
flat = without_shade(scans)
said["shade divided out"] = read("shade divided out", flat[:4])
plots.show_photos(
    {"scan x̃": scans[part], "shade\ndivided out": flat[part]},
    title="By hand: the light is even, and the noise is still there",
    scale=2,
)

# %% [markdown]
# *Predict:* which of these is read best? Median filter, non-local means, the engine's own
# thresholds (Otsu's, one for the page, and Sauvola's, one for each place), or the shade
# divided out?
#
# *Answer:* all but one take away a third to half of the mistakes, non-local means the most.
# They keep strokes, and the engine's own threshold does the rest. Otsu's, one for the whole
# page, helps nothing: it turns every shadow into ink.
#
# Each got its best setting on the eight pages to choose on. Their readings of the twelve test
# pages are stored, since that search takes minutes (`make bench NAME=reading`).


# %%
def scores(names):
    """Characters wrong on the twelve test pages, from stored readings, with an interval."""
    rng, found = np.random.default_rng(0), {}
    for name in names:
        steps = np.array([*map(Levenshtein.distance, stored[f"12: {name}"], test_texts)])
        sizes = np.array([*map(len, test_texts)])
        again = rng.integers(12, size=(2000, 12))  # twelve pages drawn from the twelve
        low, high = np.quantile(steps[again].sum(1) / sizes[again].sum(1), (0.025, 0.975))
        found[name] = 100 * steps.sum() / sizes.sum()
        print(
            f"{name:20} {found[name]:5.1f} % wrong, between {low:.0%} and {high:.0%} on others"
        )
    return found


# %%
FILTERS = (
    "nothing",
    "Otsu",
    "median filter",
    "non-local means",
    "Sauvola",
    "shade divided out",
)
by_hand = scores(FILTERS)

# %% [markdown]
# The interval says how far the mean could move if other pages had been drawn. It is wide,
# because a bad page costs five times as much as a good one.

# %% [markdown]
# ## 4. A network for scans
#
# *Predict:* the network of {lesson:watermarks} said only what to change. Would you do that
# here as well?
#
# *Answer:* no. On a bad scan there is no pixel that is right. The network draws the whole page
# anew, and says for each pixel how white it is, a number between 0 and 1.
#
# It gets two views of the scan: as it came, and with the shade divided out. What a filter does
# well need not be learned again. The loss is binary cross-entropy.

# %%
plots.show_ladder(
    ["two views: 96 × 96 × 2", "48 × 48 × 32", "24 × 24 × 64", "12 × 12 × 96"],
    ["24 × 24 × 64", "48 × 48 × 32", "y: 96 × 96 × 1"],
    title="Three steps down, three steps up, and ways straight across",
    skip="skip connection: added",
)

# %% [markdown]
# This is the U-Net of {lesson:watermarks}, one step shorter. On the coarsest maps a pixel
# stands for 8 × 8 of the page, about the size of an `x`. The convolutions there see whole
# words. `settle` and `look_around` are that lesson's own.


# %% tags=["export"]
def two_views(x):
    """What the network sees: the page as it came, and without its shade."""
    return np.concatenate([x, without_shade(x)], axis=-1).astype("float32")


# %% tags=["export"]
def reader():
    """A U-Net from two views (n, height, width, 2) to clean pages (n, height, width, 1)."""
    x = keras.Input((None, None, 2))
    # 96 × 96 × 2 → 48 × 48 × 32 → 24 × 24 × 64 → 12 × 12 × 96
    fine = layers.Conv2D(32, 4, strides=2, padding="same", activation="relu")(x)
    middle = look_around(settle(layers.Conv2D(64, 2, strides=2, use_bias=False)(fine)), 2)
    coarse = look_around(settle(layers.Conv2D(96, 2, strides=2, use_bias=False)(middle)), 3)
    # 12 × 12 × 96 → 24 × 24 × 64 → 48 × 48 × 32 → 96 × 96 × 1
    up = layers.Conv2DTranspose(64, 2, strides=2, use_bias=False)(coarse)
    z = look_around(settle(layers.Add()([up, middle])), 1)
    z = layers.Add()([layers.Conv2DTranspose(32, 2, strides=2)(z), fine])
    z = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.Activation("relu")(z))
    y = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid")(z)
    return keras.Model(x, y)


# %% tags=["export"]
def pieces(views, x, n, rng, size=96):
    """n squares from anywhere: of what the network sees, and of the clean pages."""
    places = rng.integers((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1), size=(n, 3))
    cut = [(i, slice(top, top + size), slice(left, left + size)) for i, top, left in places]
    return np.stack([views[c] for c in cut]), np.stack([x[c] for c in cut])


def train_reader(x, steps, rng):
    """A network that has seen 8 pieces of damaged pages in each step."""
    given, wanted = pieces(two_views(scan_badly(x, seed=rng)), x, 8 * steps, rng)
    network = reader()
    rates = {"batch_size": 8, "learning_rate": 4e-3}
    fit(network, given, wanted, epochs=1, loss="binary_crossentropy", **rates)
    return network


# %% [markdown]
# The network shrinks a page in steps of two pixels, so it says something else of a page that
# is moved by one. Neither is better, but their mean is. So each page goes through five times,
# moved by a few pixels and moved back (Timofte et al., 2016, do so with turned pictures).


# %% tags=["export"]
MOVES = ((0, 0), (1, 3), (3, 6), (5, 1), (6, 5))


def five_times(network, views):
    """The mean of what a network draws of moved views (n, height, width, 2), moved back."""
    padded = np.pad(views, ((0, 0), (8, 8), (8, 8), (0, 0)), mode="reflect")
    drawn = [
        np.roll(outputs(network, np.roll(padded, move, (1, 2))), np.negative(move), (1, 2))
        for move in MOVES
    ]
    return np.mean(drawn, axis=0)[:, 8:-8, 8:-8]


def cleaned(network, x):
    """Clean pages for scans (n, height, width, 1), whose sides are multiples of 8."""
    return five_times(network, two_views(x))


# %%
keras.utils.clear_session()
beginner = train_reader(x_fit, 110, np.random.default_rng(seed))
begun = cleaned(beginner, scans)
said["15 s of training"] = read("begun", begun[:4])

# %% [markdown]
# That was a beginning, about fifteen seconds. The course carries weights of the same network
# that learned for longer, from pages that are set for it alone: 300 free fonts in several
# sizes, with damage from hardly any to worse (`lessons/reading/train.py`). The four typefaces
# here were not among them.

# %%
model = reader()
model.set_weights(load_weights("restorer"))
y = cleaned(model, scans)
said["network y"] = read("network y", y[:4])

# %% [markdown]
# Are five views worth their time? Beside them the control: each page through the same network
# once.

# %%
once = outputs(model, two_views(scans))
print(f"PSNR: {psnr(x, once[:4]):.2f} dB once, {psnr(x, y[:4]):.2f} dB five times")

# %% tags=["nbval-check-output"]
expect("five views are nearer to the page than one", psnr(x, y[:4]) > psnr(x, once[:4]))

# %% [markdown]
# The engine agrees: `python -m benchmarks reading` has it read twelve pages of each kind. Seen
# once, 9.9% of the characters are wrong, seen five times 8.3%.

# %%
plots.show_photos(
    {
        "scan x̃": scans[part],
        "15 s of\ntraining": begun[part],
        "network y": y[part],
        "page x": x_test[part],
    },
    title="The network draws the pages anew; where nothing was left it guesses strokes",
    scale=2,
)

# %% [markdown]
# From top to bottom: the scan, the network after fifteen seconds, the carried network, and the
# page. The shade is gone in both, and so are the rings, except for a grey rest here and there
# in the beginner's pages. The beginner's strokes are blurred and break.

# %%
wrong = {name: 100 * wrong_characters(lines, texts) for name, lines in said.items()}
plots.show_bars(
    {
        name: wrong[name]
        for name in ("scan x̃", "shade divided out", "15 s of training", "network y")
    },
    title="What counts: the carried network's pages are read with the fewest mistakes",
    y_label="characters wrong, four pages, %",
    number_format="{:.0f}",
)

# %% [markdown]
# Four pages are few. For the twelve test pages, readings of the network are stored, too. The
# row *40 seconds* is the same network after forty seconds of this training instead of fifteen.

# %%
OURS = ("40 seconds", "network")
learned = scores(OURS)
best = min(by_hand.values())
for name in (*FILTERS, *OURS):
    share = words_found(stored[f"12: {name}"], test_texts)
    print(f"{name:20} {share:4.0%} of the words found")

# %% [markdown]
# The two measures need not agree. Of the filters, non-local means leaves the fewest wrong
# characters, but more words are found where the shade is divided out. A word is found only if
# each of its letters is right.

# %% tags=["nbval-check-output"]
expect(
    "four pages: the network halves the filter's errors",
    wrong["network y"] < wrong["shade divided out"] / 2,
)
expect("twelve pages: it halves those of the best filter", learned["network"] < best / 2)

# %% [markdown]
# ## 5. Looked at, or read?
#
# Two contests and many tutorials judge cleaned scans by the error of their pixels. In
# {lesson:denoising} the PSNR was a fair judge. Is it one here?
#
# *Predict:* print is black or white, so set a threshold: every pixel of the network's pages
# becomes black or white. In decibels they are then about as good as the beginner's. Are they
# read alike? And does the engine thank you for the threshold?
#
# *Answer:* twice no. White paper is most of a page, and a network learns it first, but the
# engine looks at strokes. And a threshold throws away how sure the network is, which the
# engine can use.

# %%
versions = {"shade divided out": flat, "15 s of training": begun, "network y": y}
versions["thresholded"] = (y > 0.5).astype("float32")
said["thresholded"] = read("thresholded", versions["thresholded"][:4])
decibels = {name: psnr(x, pages[:4]) for name, pages in versions.items()}
mistakes = {name: wrong_characters(said[name], texts) for name in versions}
for name in versions:
    print(f"{name:18} PSNR {decibels[name]:4.1f} dB, {mistakes[name]:4.0%} wrong characters")

# %%
cut = (slice(1, 4), slice(30, 190), slice(0, 170))
plots.show_photos(
    {
        f"{name}\n{decibels[name]:.1f} dB\n{mistakes[name]:.0%} wrong": pages[cut]
        for name, pages in versions.items()
    },
    title="A white page is worth decibels; whole strokes are worth words",
    scale=3,
)

# %% [markdown]
# The beginner's pages and those with a threshold are about alike in decibels. The beginner has
# cleared the paper and part of the strokes with it, so its pages are read with far more
# mistakes than the thresholded ones. In the filter's pages every speck is still there, which
# costs decibels. But the strokes are there as well, and the engine ignores specks.
#
# So choose by what you want in the end. If a text is wanted, read; and read other pages than
# those that you will be judged on. The weights here were chosen on the eight pages to choose
# on.

# %% [markdown]
# ### Exercise 3: pick by reading
#
# `readings` is a dict: name of a version → list of texts, one a page. `truth` is the list of
# what is on the pages, and `decibels` a dict: name → PSNR. Return the name of the version with
# the lowest character error rate over all pages together.


# %% tags=["exercise"]
def my_pick(readings, truth, decibels):
    return ...


# %% tags=["solution"]
def my_pick(readings, truth, decibels):
    return min(readings, key=lambda name: wrong_characters(readings[name], truth))


# %% tags=["nbval-check-output"]
exercise.pick.check(my_pick)

# %%
harmed = scores(("thresholded",))

# %% tags=["nbval-check-output"]
expect("a threshold costs 2 dB", decibels["thresholded"] < decibels["network y"] - 2)
expect(
    "and these pages are still read better than the beginner's",
    mistakes["thresholded"] < mistakes["15 s of training"],
)
expect(
    "twelve pages: they are read worse than without the threshold",
    learned["network"] < harmed["thresholded"],
)

# %% [markdown]
# ## 6. Where it loses
#
# *Predict:* you give the network pages that are clean. What can it do to them?
#
# *Answer:* only harm. They are read nearly without a mistake as they are.

# %%
cleaner = {"page x": x_test[part], "through the\nnetwork": cleaned(model, x_test[:4])[part]}
clean = scores(("clean", "clean, network"))
plots.show_photos(cleaner, title="Clean pages come back nearly as they were", scale=2)

# %% tags=["nbval-check-output"]
expect(
    "clean pages: at most one percentage point is lost",
    clean["clean, network"] < clean["clean"] + 1,
)

# %% [markdown]
# ### Real scans
#
# The damage was made by code, and so was that of the training. Two real pictures are at hand.
# One is a page of *Adventures of Huckleberry Finn*, scanned from the book of 1885 for Project
# Gutenberg. The other is a photograph of a printed page that scikit-image carries. Two pages
# prove nothing, so nothing is claimed of them.

# %%
from skimage.data import page as photographed  # isort: skip

from aecourse.applications.reading import clean_page  # isort: skip
from aecourse.datasets.embedded import DATA  # isort: skip
from aecourse.files import read_images  # isort: skip

book = read_images(DATA / "scan.jpg").images[0].mean(axis=-1, keepdims=True)[235:691, 337:760]
real = {"book": book, "photograph": photographed()[:, :, None] / np.float32(255)}
redrawn = {name: clean_page(page)[..., None] for name, page in real.items()}

# %%
for name, page in real.items():
    before = read(name, [page])[0]
    after = read(f"{name}, network", [redrawn[name]])[0]
    print(f"{name}, as it came: {before[:160]} …\n{name}, network: {after[:160]} …\n")

# %%
corner = (slice(190), slice(230))
plots.show_photos(
    {
        "as it came": np.stack([page[corner] for page in real.values()]),
        "network": np.stack([page[corner] for page in redrawn.values()]),
    },
    title="A good scan needs no network; a photograph with shade does",
    captions=["book of 1885", "photograph"],
    scale=4,
)

# %% [markdown]
# Each column is one page, above as it came and below after the network. The book's scan is
# sharp and even, so the engine reads it well as it is. The network even harms it a little: the
# *M* of *Miss* breaks, and an *e* here and there becomes a *c*. If a page is read well
# already, leave it alone. In the photograph the left lies in the shade, and its lines are read
# whole only after the network.

# %% [markdown]
# ### Exercise 4: straighten a page (stretch)
#
# A page in a scanner rarely lies quite straight. `page` is `(height, width)`, white is 1, and
# its lines slope by at most 5 degrees. Return the angle in degrees for which `rotate(page,
# angle, reshape=False, order=1, cval=1)` of SciPy makes the lines level, to within half a
# degree.
#
# Think of the mean of each row of pixels. On a straight page, where do these means differ
# most? It is a classical idea (Postl, 1986) and needs no network.


# %% tags=["exercise"]
def my_angle(page):
    return ...


# %% tags=["solution"]
def my_angle(page):
    def stripes(angle):
        turned = rotate(page, angle, reshape=False, order=1, cval=1)
        return turned.mean(axis=1).var()

    return max(np.arange(-6, 6.1, 0.25), key=stripes)


# %% tags=["nbval-check-output"]
exercise.angle.check(my_angle)

# %% [markdown]
# ## Now yours
#
# Take a picture of a page with your phone. The course carries one to try it on, a JPEG file
# that lies on its side, as phones save them; `read_images` turns it upright. It was made by
# code: a page that no training saw lies askew on a desk, in the light of a lamp.
#
# A network for upright letters cannot read a page that lies askew. So first it is flattened:
# give the four corners of the paper, and scikit-image finds the map that takes them to the
# corners of a rectangle. `clean_page` and `read_page` of `aecourse.applications.reading` do
# the rest, for a picture of any size.

# %%
import tempfile  # isort: skip
from pathlib import Path  # isort: skip

from skimage.transform import estimate_transform, warp  # isort: skip

from aecourse.applications.reading import save_searchable  # isort: skip
from aecourse.files import save_images  # isort: skip

photo = read_images(DATA / "yours" / "page.jpg").images[0]  # your own: "my page.jpg"
corners = [(101, 118), (1003, 78), (1052, 596), (62, 560)]  # from the upper left, clockwise
height, width = 512, 1024
rectangle = [(0, 0), (width, 0), (width, height), (0, height)]
upright = estimate_transform("projective", np.array(rectangle), np.array(corners))
flattened = warp(photo, upright, output_shape=(height, width)).astype("float32")
my_page = clean_page(flattened)
# %%
folder = Path(tempfile.mkdtemp())  # your own: a place where you find it again
saved = save_images(my_page[..., None], folder / "page.png")

# %%
plots.show_photos(
    {"as it came": photo[None]}, title="A page on a desk, as a phone sees it", scale=5
)

# %%
plots.show_photos(
    {"flattened": flattened.mean(axis=-1)[None], "cleaned": my_page[None]},
    title="Flattened and cleaned: black letters on white paper",
    scale=5,
)

# %%
mine = read("yours, network", [my_page[..., None]])
(folder / "page.txt").write_text(mine[0], encoding="utf-8")
if has_engine():
    save_searchable(flattened, folder / "page.pdf")  # what is seen is the page as it came
said["yours"] = read("yours", [flattened.mean(axis=-1, keepdims=True)])
truth = [test_texts[3]]  # code made the picture, so we know
print(*sorted(path.name for path in folder.iterdir()))
print(f"flattened: {wrong_characters(said['yours'], truth):.1%} of the characters wrong")
print(f"cleaned: {wrong_characters(mine, truth):.1%}")

# %% tags=["nbval-check-output"]
expect(
    "the page is read with at most 5 in 100 characters wrong",
    wrong_characters(mine, truth) < 0.05,
)
expect(
    "and no worse than flattened only",
    wrong_characters(mine, truth) <= wrong_characters(said["yours"], truth),
)

# %% [markdown]
# For your own picture, change the name and the corners; a picture viewer shows where they are.
# Choose `height` and `width` so that an `x` is 8 to 20 pixels high.
#
# What it cannot do: handwriting, white letters on black, curved pages of a thick book, and
# letters that blur has closed. Photographs on a page come out as blots. It knows Latin letters
# only. And it draws what is likely: a digit that it redraws may be another digit. Never trust
# a cleaned number that matters; look at the scan.

# %% [markdown]
# ## What you saw
#
# - What a text is worth is measured in steps of characters, and by an engine that reads.
# - By hand, filters take away half of the mistakes at best.
# - A network that learned on other typefaces and texts halves the mistakes that are left.
# - Decibels and reading disagree: of two versions with about the same decibels one is read
#   with far fewer mistakes.
# - A threshold after the network harms; clean pages lose next to nothing.
#
# **Where this is used.** Archives and libraries clean scans before they are read by machine,
# and so do the programs that read receipts and forms.

# %% [markdown]
# **Read on.** Vladimir Levenshtein, *Binary codes capable of correcting deletions, insertions,
# and reversals* (1966). Nobuyuki Otsu, *A threshold selection method from gray-level
# histograms* (1979). Jaakko Sauvola and Matti Pietikäinen, *Adaptive document image
# binarization* (2000). Ray Smith, *An overview of the Tesseract OCR engine* (2007). Olaf
# Ronneberger, Philipp Fischer and Thomas Brox, *U-Net: convolutional networks for biomedical
# image segmentation* (2015). Chris Tensmeyer and Tony Martinez, *Document image binarization
# with fully convolutional neural networks* (2017).
