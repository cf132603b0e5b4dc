# %% [markdown]
# # Scale
#
# What grows with the number of pictures, several processes that train one network together,
# files that are read while the training runs, and an encoder that serves another program.
#
# **The question:** so far all fitted a laptop on purpose. At work there are sixty million
# pictures. What has to change?
#
# **You will**
# - measure what more pictures cost and bring, and foretell the seconds of a training,
# - train one network in two processes,
# - let a worker die in the middle, and go on from a checkpoint,
# - stream pictures from disk, so that the memory stays flat,
# - hand the trained encoder to a program that has no Keras.
#
# **You need** {lesson:dense_keras}.
#
# **Time** {time}.

# %%
import logging
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import affine_transform

# %%
from aecourse import plots
from aecourse.applications import scale as application
from aecourse.applications import scale_folder
from aecourse.datasets import split_digits
from aecourse.exercises import scale as exercise
from aecourse.files import save_images
from aecourse.metrics import mse
from aecourse.models import dense_autoencoder, outputs
from aecourse.session import expect, start
from aecourse.training import fit

import keras  # isort: skip

seed = start(0)
rng = np.random.default_rng(seed)
(x_fit, _), (x_valid, _), _ = split_digits()
place = Path(tempfile.mkdtemp())  # whatever this lesson writes goes there

# %% [markdown]
# ## 1. What more pictures cost, and what they bring
#
# Train the same network on 200, on 1,000 and on 7,000 digits, ten epochs each. Its error is
# measured on 1,000 digits that it has not seen.
#
# Ten epochs of 7,000 digits are also seven times as many *steps* as ten epochs of 1,000. So
# there is a control: fewer digits, seen so often that the steps are as many.
#
# *Predict:* will the digits or the steps make the difference?
#
# *Answer:* both. Steps alone bring most of the gain at first. Then the network begins to learn
# its few digits by heart, and only other digits help.


# %% tags=["export"]
BATCH = 100


def trained(x, steps, *, batch=BATCH, rate=2e-3, seed=0):
    """A dense autoencoder with 16 numbers, and the seconds of its training."""
    model = dense_autoencoder(16, hidden=(128,))
    epochs = max(1, round(steps * batch / len(x)))
    before = time.perf_counter()
    options = {"epochs": epochs, "batch_size": batch, "learning_rate": rate, "seed": seed}
    fit(model, x, loss="binary_crossentropy", **options)
    return model, time.perf_counter() - before


# %%
sizes, all_steps = (200, 1000, 7000), 700
error, seconds = {}, {}
for n in sizes:
    for name, steps in {"ten epochs": n // 10, "700 steps": all_steps}.items():
        if n < sizes[-1] or name == "ten epochs":
            model, seconds[name, n] = trained(x_fit[:n], steps, seed=seed)
            error[name, n] = mse(x_valid, outputs(model, x_valid))
error["700 steps", sizes[-1]] = error["ten epochs", sizes[-1]]
network = model  # the one with all digits
for n in sizes:
    print(f"{n:,} digits, {x_fit[:n].nbytes:,} bytes: {seconds['ten epochs', n]:.1f} s")

# %%
names = ("ten epochs", "700 steps")
plots.show_curves(
    {name: (sizes, [error[name, n] for n in sizes]) for name in names},
    title="More digits and more steps leave less error on new digits",
    x_label="digits to learn from",
    y_label="MSE on new digits",
    marker="o",
)

# %% [markdown]
# The upper curve falls because of both. On the lower one all trainings have 700 steps, and
# what falls there is due to the digits.

# %% tags=["nbval-check-output"]
expect(
    "with as many steps, 7,000 digits have a fifth less error than 200",
    error["700 steps", 7000] < 0.8 * error["700 steps", 200],
)
expect(
    "with as many digits, seven times the steps have less error",
    error["700 steps", 1000] < error["ten epochs", 1000],
)

# %% [markdown]
# More digits than there are can be made. Turn each by a few degrees, and shift it by a pixel
# or two: it stays a digit. `load_digits(full=True)` fetches MNIST's own 60,000, if you have
# the network.


# %% tags=["export"]
def turned(picture, degrees, shift):
    """A picture turned around its middle and shifted by pixels (down, right)."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cos, -sin], [sin, cos]])
    middle = (np.array(picture.shape) - 1) / 2
    return affine_transform(picture, matrix, middle - matrix @ (middle + shift), order=1)


def grown(x, n, rng, degrees=15.0, pixels=2.0):
    """n pictures: those of x first, then the same ones again, turned and shifted."""
    more = [x[: min(n, len(x))]]
    for i in range(len(x), n):
        shift = rng.uniform(-pixels, pixels, 2)
        picture = turned(x[i % len(x), ..., 0], rng.uniform(-degrees, degrees), shift)
        more.append(np.clip(picture, 0, 1)[None, ..., None])
    return np.concatenate(more).astype("float32")


# %%
made = grown(x_fit[:6], 24, rng)
plots.show_images(
    {"real": made[:6], "made": made[6:12], "made again": made[12:18]},
    title="Turned and shifted, a digit stays a digit",
)

# %% [markdown]
# ### Exercise 1: foretell the seconds
#
# `my_seconds(n, first, second)` foretells how long ten epochs of `n` pictures take. `first`
# and `second` are pairs (pictures, seconds) that were measured. A training takes some seconds
# to begin, whatever its size.


# %% tags=["exercise"]
def my_seconds(n, first, second):
    return ...


# %% tags=["solution"]
def my_seconds(n, first, second):
    a_picture = (second[1] - first[1]) / (second[0] - first[0])
    return first[1] + a_picture * (n - first[0])


# %% tags=["nbval-check-output"]
exercise.seconds.check(my_seconds)

# %% [markdown]
# `python -m benchmarks scale_growth` measures 1,000, 8,000 and 60,000 pictures. There every
# picture is turned and shifted while the training runs, so none is kept. Foretell its seconds
# on your machine from the first two rows, and compare.

# %% [markdown]
# ## 2. Larger batches
#
# A large machine wants large batches. A GPU takes 1,000 digits in hardly more time than 100,
# and so does a group of machines. But ten epochs are then ten times fewer steps.
#
# *Predict:* what happens to the error? And would longer steps make up for it?
#
# *Answer:* fewer steps of the same length get less far. Longer ones help, up to a point. For
# plain gradient descent the rule is to multiply the rate by as much as the batch (Goyal et
# al., 2017). For Adam the root of it is often enough.

# %%
tried = {"100, rate 0.002": error["ten epochs", 7000]}
for factor in (1, np.sqrt(10), 10):
    model, _ = trained(x_fit, 70, batch=1000, rate=2e-3 * factor, seed=seed)
    tried[f"1,000, rate {2e-3 * factor:.4f}"] = mse(x_valid, outputs(model, x_valid))
small, *large = tried.values()
plots.show_bars(
    tried,
    title="Ten times the batch has more error; longer steps win some of it back",
    y_label="MSE on new digits",
    colours=[plots.BLACK, *[plots.BLUE] * 3],
)

# %% [markdown]
# The first bar has 700 steps of 100 digits, the others 70 steps of 1,000. All have seen as
# many digits.

# %% tags=["nbval-check-output"]
expect(
    "at the same rate, batches of 1,000 have more error",
    large[0] > 1.1 * small,
)
expect("a higher rate wins some of it back", min(large[1:]) < 0.95 * large[0])

# %% [markdown]
# There is a way to have large machines and keep the batch. The loss is a *mean* over the
# batch. So is the gradient. Cut the batch into equal shares, let each worker compute the
# gradient of its own, and take the mean of these. Do it once by hand, for the slope of a line
# `y = w x` with four points and two workers.

# %%
points, targets, w = np.array([1.0, 2, 3, 4]), np.array([2.0, 3, 7, 8]), 1.5
slopes = 2 * (w * points - targets) * points  # of each point's squared error
print("slopes:", slopes)
print("worker 0:", slopes[:2].mean(), "worker 1:", slopes[2:].mean())
print("mean of both:", (slopes[:2].mean() + slopes[2:].mean()) / 2, "whole:", slopes.mean())
print("shares of 3 and 1:", (slopes[:3].mean() + slopes[3:].mean()) / 2)

# %% [markdown]
# With equal shares it is the same number. With shares of three and one it is another one: the
# single point counts as much as three.
#
# ### Exercise 2: share out a batch
#
# `my_batch(batch, workers, fits)` returns `(pictures, passes)`. A step shall see `batch`
# pictures in all, as before. Each worker takes `pictures` at a time, at most `fits` of them,
# and does so `passes` times before all take their common step. Everything comes out even, and
# the passes are as few as possible.


# %% tags=["exercise"]
def my_batch(batch, workers, fits):
    return ...


# %% tags=["solution"]
def my_batch(batch, workers, fits):
    passes = 1
    while batch % (workers * passes) or batch // (workers * passes) > fits:
        passes += 1
    return batch // (workers * passes), passes


# %% tags=["nbval-check-output"]
exercise.batch.check(my_batch)

# %% [markdown]
# ### One GPU
#
# On Colab choose *Runtime*, *Change runtime type*, *T4 GPU*, and run this lesson again. In the
# code nothing changes. A network as small as this one gains little, because each step is over
# before the GPU is busy. Convolutions on photographs gain much.
#
# {term:Mixed precision} computes with 16 bits a number and keeps the weights in 32. Graphics
# cards have circuits for it. A processor often has none, and then it costs time. The next cell
# measures it here.

# %%
for policy in ("float32", "mixed_bfloat16"):
    keras.config.set_dtype_policy(policy)
    model, took = trained(x_fit[:2000], 60, seed=seed)
    left = mse(x_valid, keras.ops.convert_to_numpy(keras.ops.cast(model(x_valid), "float32")))
    own = {str(weight.dtype) for weight in model.weights}
    print(f"{policy}: {took:.1f} s, MSE {left:.4f}, weights {own}")
keras.config.set_dtype_policy("float32")

# %% [markdown]
# ## 3. Two processes, one training
#
# Now the real engine. *JAX* is another backend of Keras, and there
# `keras.distribution.initialize` lets processes find each other. `DataParallel` shares out the
# work: every worker has all weights and a share of the rows, and after each step the mean of
# the gradients goes to all. What carries the numbers is called gloo here, and NCCL between
# graphics cards.

# %% [markdown]
# Each worker must take rows that no other takes.
#
# ### Exercise 3: rows of one worker
#
# `my_rows(order, worker, workers)` returns the rows of worker number `worker`, counted from 0.
# `order` is an array of rows, in the order of this epoch. All workers get equally many, so a
# small rest is left out. Together they get as many as possible.


# %% tags=["exercise"]
def my_rows(order, worker, workers):
    return ...


# %% tags=["solution"]
def my_rows(order, worker, workers):
    n = len(order) // workers * workers
    return order[:n][worker::workers]


# %% tags=["nbval-check-output"]
exercise.rows.check(my_rows)

# %% [markdown]
# The application starts the workers, each a Python of its own, and waits for them. From a
# terminal it is
#
# `python -m aecourse.applications.scale --processes 2`
#
# The heart of `aecourse/applications/scale_worker.py` are these lines. On several machines
# only the address changes.
#
# ```python
# keras.distribution.initialize("127.0.0.1:" + port, processes, rank)
# devices = keras.distribution.list_devices()
# keras.distribution.set_distribution(
#     keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False))
# model.fit(my_share_of_the_batches, shuffle=False)
# ```

# %%
print(application.why_not() or "several processes can train together here")
one = application.train_or_stored(1, x_fit)
two = application.train_or_stored(2, x_fit)
for run in (one, two):
    where = "stored, from another machine" if run.stored else "measured now"
    print(f"{run.processes} processes ({where}), rows: {run.rows}, {run.seconds:.0f} s")
    print("  losses", [round(loss, 5) for _, loss in run.losses])

# %% [markdown]
# Two processes on one machine share its cores, and both have to import everything. So they are
# not faster here, and this lesson claims nothing about speed. What counts is that the losses
# agree, and so do all weights.

# %% tags=["nbval-check-output"]
expect(
    "after two epochs no weight differs by more than 1e-4", application.apart(two, one) < 1e-4
)
expect("both workers have the same weights, bit for bit", two.apart == 0)
expect("each worker took half of the pictures", two.rows == (one.rows[0] // 2,) * 2)

# %% [markdown]
# One thing is left to remember. All workers must make the *same* calls in the same order. One
# that stops to save the model, while the others go on, makes everybody wait for ever.

# %% [markdown]
# ## 4. A worker dies
#
# Whoever trains for weeks on a hundred machines loses one now and then. The others then wait
# for its gradients. What helps is a {term:checkpoint}: everything that the training is made
# of, written to disk every few steps. That is the weights, Adam's two running means for each
# of them, and the number of steps done.

# %% [markdown]
# *Predict:* the second worker is ended before step 53, without a warning. Checkpoints are
# written every 20 steps. How many steps are lost, and what happens to the result?
#
# *Answer:* the newest checkpoint is that of step 40, so 13 steps are done again. The result
# stays the same, if the rows of each step follow from its number.

# %%
killed = application.train_or_stored(2, x_fit, every=20, die_at=53)
print("stored" if killed.stored else "measured now")
print(f"the starts began at the steps {killed.began}; {killed.lost} steps were done twice")
print(f"largest difference of a weight from one process: {application.apart(killed, one):.1e}")

# %% tags=["nbval-check-output"]
expect("all went on from a checkpoint", killed.began == (0, 40))
expect("less than one checkpoint's work was lost", killed.lost == 13)
expect("the weights are as if nothing had happened", application.apart(killed, one) < 1e-4)

# %% [markdown]
# A checkpoint is written under another name first and renamed when it is whole. Who is killed
# while writing then leaves the old one as it was. For large models there is *Orbax*, where
# each worker writes its own part.
#
# ### Exercise 4 (stretch): resume
#
# Write `my_train(steps, every, start, step, save, load)`. `load()` gives what was saved last,
# a pair `(done, state)`, or None. `step(state, number)` does step `number`, counted from 0,
# and returns the next state. The first state is `start`. `save(done, state)` writes a
# checkpoint; call it every `every` steps. Return the last state. The check ends your function
# in the middle, several times, and calls it again.


# %% tags=["exercise"]
def my_train(steps, every, start, step, save, load):
    return ...


# %% tags=["solution"]
def my_train(steps, every, start, step, save, load):
    done, state = load() or (0, start)
    for number in range(done, steps):
        state = step(state, number)
        if (number + 1) % every == 0:
            save(number + 1, state)
    return state


# %% tags=["nbval-check-output"]
exercise.resume.check(my_train)

# %% [markdown]
# ## 5. More pictures than memory
#
# 60 million photographs fit into no memory. They lie on a disk, and a batch is read when it is
# its turn. Keras calls this a `PyDataset`: it has a length in batches, and it makes batch
# number i when it is asked.


# %% tags=["export"]
def pixels_of(file):
    """A grey picture file as an array (height, width, 1), from 0 to 1."""
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L"), dtype="float32")[..., None] / 255


# %% tags=["export"]
class Streamed(keras.utils.PyDataset):
    """Batches of pictures, read when they are asked for, in a new order each epoch."""

    def __init__(self, files, batch, read=pixels_of, seed=0):
        super().__init__()
        self.files, self.batch, self.read = files, batch, read
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.files))

    def __len__(self):
        return len(self.files) // self.batch

    def __getitem__(self, i):
        rows = self.order[i * self.batch : (i + 1) * self.batch]
        x = np.stack([self.read(self.files[row]) for row in rows])
        return x, x


# %% [markdown]
# Write 2,000 digits as 2,000 files. Then let the same network learn twice, in the same order:
# from the files, and from an array in memory. `read` is all that differs.

# %%
names = [f"{i:05}" for i in range(2000)]
files = save_images(x_fit[:2000], place / "pictures", names=names, overwrite=True)


def learned(files, read):
    """The losses of two epochs."""
    keras.utils.set_random_seed(seed)
    model = dense_autoencoder(16, hidden=(128,))
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
    pictures = Streamed(files, BATCH, read, seed=seed)
    return model.fit(pictures, epochs=2, shuffle=False, verbose=0).history["loss"]


losses = {
    "from files": learned(files, pixels_of),
    "from memory": learned(range(2000), lambda row: x_fit[row]),
}
print(losses)

# %% [markdown]
# How much memory does it take to go through all pictures once? `tracemalloc` notes the most
# that Python held at a time.


# %%
def most_held(work):
    """The most bytes that Python's objects took while something ran."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


# %%
def stream(files):
    pictures = Streamed(files, BATCH)
    return sum(len(pictures[i][0]) for i in range(len(pictures)))


held = {}
for n in (500, 2000):
    held["streamed", n] = most_held(lambda n=n: stream(files[:n]))
    held["at once", n] = most_held(lambda n=n: np.stack([pixels_of(f) for f in files[:n]]))
    print(f"{n:,} files:", {name: value for (name, of), value in held.items() if of == n})

# %%
plots.show_bars(
    {f"{name},\n{n:,} files": value / 1e6 for (name, n), value in held.items()},
    title="Streamed, four times the files take no more memory",
    y_label="most held, MB",
    number_format="{:.1f}",
    colours=[plots.BLUE, plots.BLACK] * 2,
)

# %% [markdown]
# Streamed pictures take one batch of memory, however many there are. All at once they take
# more with each file.

# %% tags=["nbval-check-output"]
expect(
    "from files and from memory the losses are the same",
    np.allclose(losses["from files"], losses["from memory"], rtol=1e-4),
)
expect(
    "four times the files, streamed: less than 1.5 times the memory",
    held["streamed", 2000] < 1.5 * held["streamed", 500],
)
expect("at once: more than three times", held["at once", 2000] > 3 * held["at once", 500])

# %% [markdown]
# It costs time: each file is opened anew in each epoch. Where reading is slower than learning,
# a `PyDataset` takes `workers=2` to read ahead, and many small files are packed into a few
# large ones (TFRecord, WebDataset, Parquet). The comparison `scale_files` streams a hundred
# thousand files in a process of its own and measures the most memory that the whole process
# ever took.

# %% [markdown]
# ## 6. An answer for somebody else's program
#
# What was learned is of use where pictures come in: in a shop's server, in a phone, in a
# program written by others. `export` writes the computation and the weights without the Keras
# around them. The format is TensorFlow's *SavedModel*; *ONNX* is another, which needs one more
# package.

# %%
logging.getLogger("tensorflow").setLevel("ERROR")  # it reports each file that it writes
network.encoder.export(place / "encoder", format="tf_saved_model", verbose=False)
np.save(place / "asked.npy", x_valid[:500])
print(sorted(file.name for file in (place / "encoder").iterdir()))

# %% [markdown]
# The other program is this text. It runs in a Python of its own, and Keras is locked out.

# %%
PROGRAM = """
import sys, time
sys.modules["keras"] = None  # as if it were not installed
import numpy as np, tensorflow as tf
encoder = tf.saved_model.load(sys.argv[1] + "/encoder")
x = np.load(sys.argv[1] + "/asked.npy")
for size in (1, 100):
    encoder.serve(x[:size])
    before = time.perf_counter()
    parts = range(0, len(x), size)
    h = np.concatenate([encoder.serve(x[i : i + size]).numpy() for i in parts])
    print(f"{size} at a time: {len(x) / (time.perf_counter() - before):,.0f} digits a second")
np.save(sys.argv[1] + "/answers.npy", h)
print("without Keras" if sys.modules["keras"] is None else "with Keras")
"""

# %%
command = [sys.executable, "-c", PROGRAM, str(place)]
done = subprocess.run(command, capture_output=True, text=True, timeout=120)
print(done.stdout or done.stderr[-500:])
answers, codes = np.load(place / "answers.npy"), outputs(network.encoder, x_valid[:500])

# %% tags=["nbval-check-output"]
expect(
    "the other program's codes are the model's",
    np.allclose(answers, codes, atol=1e-4),
)
expect("it did without Keras", "without Keras" in done.stdout)

# %% [markdown]
# One request at a time wastes most of the time on the way in and out. A server therefore
# gathers requests for a few milliseconds and answers them as one batch.
#
# ### Where more does not help
#
# Measure before you buy. Twice the machines bring nothing where the disk is the slowest part,
# where a network is as small as this one, or where the error is that of the code: 16 numbers
# remain 16 numbers, whatever the number of pictures.

# %% [markdown]
# ## Now yours
#
# Learn from a folder of any number of pictures, and give each its code. The folder below is
# made to look like one from the wild: greys and colours, upright and lying, PNG and JPEG, one
# file that broke while it was copied, and a note.

# %%
mine = place / "mine"
mine.mkdir(exist_ok=True)
for i, digit in enumerate(x_fit[:400, ..., 0]):
    ink = np.kron(255 * (1 - digit), np.ones((2, 2 + i % 2))).astype("uint8")
    picture = Image.fromarray(ink).convert("RGB" if i % 3 else "L")
    picture.save(mine / f"IMG_{i:04}.{'jpg' if i % 2 else 'png'}")
whole = (mine / "IMG_0007.jpg").read_bytes()
(mine / "IMG_0007.jpg").write_bytes(whole[: len(whole) // 3])
(mine / "notes.txt").write_text("from the scanner", encoding="utf-8")
print(len(list(mine.iterdir())), "files")

# %%
result = scale_folder.train_on_folder(mine, size=28, code=8, epochs=8, batch_size=50)
table = scale_folder.save_codes(result, place / "codes.csv", overwrite=True)
print("losses", [round(loss, 3) for loss in result.losses])
print("left out:", list(result.skipped))
print("\n".join(table.read_text(encoding="utf-8").splitlines()[:3]))

# %%
x, _ = result.pictures[0]
plots.show_images(
    {"from the folder": x[:8], "from 8 numbers": outputs(result.model, x[:8])},
    title="Each picture of the folder is rebuilt from its code",
)

# %% [markdown]
# For your own folder change `mine` and the place of the table. Pictures are made grey, cut to
# a square and resized to `size` pixels, and each epoch reads them all again. The table lists
# the error of each picture; the largest ones are worth a look.
#
# What it cannot do: a dense network at 28 pixels sees shapes at a glance and no details, and
# eight epochs on 400 pictures are a trial. Folders inside the folder are not read. On a slow
# disk, the disk is what you wait for.

# %% tags=["nbval-check-output"]
expect("the broken file alone is left out", list(result.skipped) == ["IMG_0007.jpg"])
expect(
    "the table has a row for every other picture", len(table.read_text().splitlines()) == 400
)
expect("the loss fell", result.losses[-1] < result.losses[0])

# %% [markdown]
# ## What you saw
#
# - Seconds grow with the pictures, plus what a beginning takes. Errors fall more slowly.
# - A mean over equal shares is the mean over all. So two processes train as one does.
# - A worker that dies costs less than one checkpoint's work, and changes nothing in the
#   result.
# - Streamed from disk, any number of pictures takes one batch of memory.
# - An exported encoder answers a program that has no Keras.

# %% [markdown]
# **Where this is used.** Every network that learns from more than one machine can hold: search
# in photographs, speech recognition, language models, satellites' pictures. Checkpoints are
# used wherever a computation takes longer than a night.

# %% [markdown]
# **Read on.**
#
# - Jeffrey Dean et al., *Large scale distributed deep networks* (2012).
# - Priya Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour* (2017).
# - Paulius Micikevicius et al., *Mixed precision training* (2018).
# - Alexander Sergeev and Mike Del Balso, *Horovod: fast and easy distributed deep learning in
#   TensorFlow* (2018).
