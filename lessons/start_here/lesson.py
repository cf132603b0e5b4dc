# %% [markdown]
# # Start here
#
# How a lesson works, on one example: a handwritten digit goes through sixteen numbers and
# comes out again.
#
# **The question:** this digit is a picture of 784 pixels. Can you keep sixteen numbers, throw
# the picture away, and draw it again?
#
# **You will**
# - run a lesson, predict what a cell will show, and see a claim checked,
# - watch a small *autoencoder* learn in a few seconds,
# - get an answer from an exercise, and a hint.
#
# **You need** to know what a Python function is. Nothing else.
#
# **Time** {time}.

# %% [markdown]
# ## 1. Run
#
# A lesson is made of text and of *cells* of code. Click on the cell below and press **Shift +
# Enter**: it runs, shows what it has to say, and moves on to the next one. (*Run → Run All
# Cells* in the menu runs the whole lesson.)

# %%
import numpy as np

from aecourse import plots
from aecourse.datasets import load_digits
from aecourse.exercises import start_here as exercise
from aecourse.metrics import mse
from aecourse.models import dense_autoencoder, pca_reconstruct
from aecourse.playground import Playground
from aecourse.session import expect, start
from aecourse.training import fit

seed = start(0)

# %% [markdown]
# The line above is the environment report: the versions, whether it computes on a CPU or a
# GPU, and the {term:seed}, the number that makes chance repeatable. If something goes wrong
# and you ask for help, copy that line.
#
# ## 2. Look
#
# The course carries its own data: 10,000 digits that people wrote by hand, from the collection
# called MNIST. 8,000 are for learning, 2,000 are kept aside for testing. No download, no
# account.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])
x = x_test[first_ten]
plots.show_images({"digits": x}, title="Ten of the digits that are kept aside for testing")

# %% [markdown]
# Ten digits, 0 to 9, in ten different hands. Each is 28 × 28 pixels, and each pixel is a
# number between 0 (paper, drawn black) and 1 (ink, drawn white).

# %% tags=["nbval-check-output"]
expect(
    "one digit is 28 × 28 = 784 numbers between 0 and 1",
    x[0].size == 784 and x.min() == 0 and x.max() == 1,
)

# %% [markdown]
# That was a *claim, checked*. The numbers a lesson relies on are proved in front of you by a
# cell like this. If it did not hold, it would stop with an error instead of a tick.
#
# ## 3. Predict, then watch it learn
#
# The cell below builds an autoencoder: an {term:encoder} that turns a digit into sixteen
# numbers, and a {term:decoder} that turns sixteen numbers into a picture. It knows nothing
# yet. Then it trains: it looks at 4,000 digits, four times, and adjusts itself so that what
# comes out is close to what went in.
#
# Make up your mind before you run the cell. Then open the answer and compare.
#
# *Predict:* sixteen numbers instead of 784. Will you be able to read the digits? Will they be
# the same digits?
#
# *Answer:* nearly all can be read. They are blurred, and the 3 could pass for another digit.

# %%
model = dense_autoencoder(16, hidden=(256,))
history = fit(model, x_train[:4000], epochs=4, batch_size=100, learning_rate=5e-3, watch=x)

# %% [markdown]
# The curve is the {term:loss}, the distance between what went in and what came out: it falls
# as the network learns. Below it, the first row is the input, the second what came out. While
# it trained you saw the second row grow clearer. (An {term:epoch} is one look at all of them.)
#
# Now the whole way of four digits, with the sixteen numbers in the middle:

# %%
h = model.encode(x)
y = model.decode(h)
plots.show_codes(
    x[[2, 3, 5, 8]],
    h[[2, 3, 5, 8]],
    y[[2, 3, 5, 8]],
    title="A digit, its sixteen numbers, and the digit drawn from them",
)

# %% [markdown]
# Top: the input x. Middle: its {term:code} h, sixteen numbers drawn as bars. Bottom: the
# {term:reconstruction} y, drawn by the decoder, which saw the bars and nothing else. It is
# blurred, and the 3 could pass for another digit: something was forgotten. What, and who chose
# it, is what the course is about.
#
# Is that good? A number says little alone, so every lesson compares with something simple.
# Here: PCA, the classic way to keep sixteen numbers, and a machine that always answers with
# the average digit.

# %%
errors = {
    "always the average": mse(x_test, np.broadcast_to(x_train.mean(axis=0), x_test.shape)),
    "PCA, 16 numbers": mse(x_test, pca_reconstruct(x_train, x_test, 16)),
    "autoencoder, 16 numbers": mse(x_test, model.reconstruct(x_test)),
}
plots.show_bars(
    errors,
    title="A few seconds of training already beat PCA",
    y_label="mean squared error on test digits",
)

# %% [markdown]
# The bars show the error on the 2,000 test digits, which the network has never seen: lower is
# better.

# %% tags=["nbval-check-output"]
expect("16 numbers are 2 % of 784", round(100 * 16 / 784) == 2)
expect(
    "the autoencoder's error is below PCA's",
    errors["autoencoder, 16 numbers"] < errors["PCA, 16 numbers"],
)
expect(
    "and below a third of the average's",
    errors["autoencoder, 16 numbers"] < errors["always the average"] / 3,
)

# %% [markdown]
# ## 4. Where it fails
#
# It learned to draw digits.
#
# *Predict:* what will it draw when you give it a letter, an E?
#
# *Answer:* something between the letter and a digit, most like a 6 or an 8.

# %%
letter = np.zeros((1, 28, 28, 1), dtype="float32")
letter[0, 5:23, 7:10] = 1
for row in (5, 13, 20):
    letter[0, row : row + 3, 7:21] = 1
y_letter = model.reconstruct(letter)
plots.show_images(
    {"E": letter, "what it draws": y_letter},
    title="It has never seen a letter: it bends the E towards a digit",
    scale=1.6,
)

# %% [markdown]
# The E goes in on top; below is what the decoder draws. An autoencoder is good at what it was
# trained on and poor at everything else. This is also how anomalies can be found.

# %% tags=["nbval-check-output"]
expect(
    "the E costs more than twice the error of a digit",
    mse(letter, y_letter) > 2 * errors["autoencoder, 16 numbers"],
)

# %% [markdown]
# ## 5. An exercise answers
#
# An exercise is a cell with `...` in it and a check below. There are three answers: **✓
# correct**, **✗ wrong** with a reason, and **○ not attempted**. Run the check now, before you
# change anything. Then try a wrong answer on purpose; nothing can break.
#
# *The question:* how many times smaller is the code (16 numbers) than the digit (784)? Replace
# the `...` by a number or a calculation.

# %% tags=["exercise"]
times_smaller = ...

# %% tags=["solution"]
times_smaller = 784 / 16

# %% tags=["nbval-check-output"]
exercise.times_smaller.check(times_smaller)

# %% [markdown]
# Stuck? Put `exercise.times_smaller.hint()` into a new cell (press **Esc**, then **B** to make
# one) and run it. Run it again (Ctrl + Enter stays in the cell) for the next hint. Every
# exercise has at least two, and the folder `solutions` holds every lesson solved.

# %% [markdown]
# ## 6. An autoencoder to touch
#
# This one trains in your browser. Run the cell and press **Play**. Then drag in the map on the
# right, and draw a digit of your own.

# %%
Playground()

# %% [markdown]
# At the top: Play, one step, reset. In the middle: digits, what comes back, and the loss;
# below, a square to draw in. On the right: the map, on which each digit stands at its code of
# two numbers, and the digit that the chosen place decodes to. {Lesson:bottleneck} explains the
# map. (Where a notebook is only read, a picture stands in its place.)
#
# ## 7. The map
#
# {map}
#
# Take them in order; each says at its top what it needs. If you leave in the middle, run *Run
# → Run All Above Selected Cell* when you come back.
#
# ## What you saw
#
# - A lesson is run cell by cell; predict first, it makes the difference.
# - An autoencoder squeezed 784 numbers into 16 and drew the digit again, better than PCA did.
# - It fails on what it has not seen.
# - Claims are checked; exercises answer.
#
# **Where this is used.** Wherever data is too large to keep or too noisy to trust:
# compression, cleaning, search, finding faults.
#
# **Read on.** Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data
# with neural networks* (2006): four pages, and the pictures alone are worth it.
