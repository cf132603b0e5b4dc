# %% [markdown]
# # Start here
#
# How a lesson works, on one example: a handwritten digit goes through sixteen numbers and
# comes out again.
#
# **The question:** a digit is a picture of 784 pixels. Can you keep sixteen numbers, throw the
# picture away, and draw it again?
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
# Enter**. The cell runs, prints its result, and the next cell is selected. (*Run → Run All
# Cells* in the menu runs the whole lesson.)

# %%
import numpy as np

from aecourse import plots
from aecourse.datasets import load_digits
from aecourse.exercises import record
from aecourse.exercises import start_here as exercise
from aecourse.metrics import mse
from aecourse.models import dense_autoencoder, pca_reconstruct
from aecourse.playground import Playground
from aecourse.session import expect, start
from aecourse.training import fit

seed = start(0)

# %% [markdown]
# The line above is the environment report. It names the versions, the CPU or GPU that
# computes, and the {term:seed}, a number that makes random choices repeatable. If something
# goes wrong and you ask for help, copy that line.
#
# ## 2. Look
#
# The course carries its own data, so you need no download and no account. They are 10,000
# digits that people wrote by hand, from the collection called MNIST. 8,000 are for learning,
# and 2,000 are kept aside for testing.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])
x = x_test[first_ten]
plots.show_images({"digits": x}, title="Ten of the digits that are kept aside for testing")

# %% [markdown]
# The figure shows one digit of each kind, 0 to 9. Each is 28 × 28 pixels, and each pixel is a
# number between 0 (paper, drawn black) and 1 (ink, drawn white).

# %% tags=["nbval-check-output"]
expect(
    "one digit is 28 × 28 = 784 numbers between 0 and 1",
    x[0].size == 784 and x.min() == 0 and x.max() == 1,
)

# %% [markdown]
# That was a *claim, checked*. A cell like this proves what the lesson says, in front of you.
# If the claim did not hold, the cell would stop with an error instead of a tick.
#
# ## 3. Predict, then watch it learn
#
# The next code cell builds an {term:autoencoder} of two parts. The {term:encoder} turns a
# digit into sixteen numbers. The {term:decoder} turns sixteen numbers into a picture. At first
# both know nothing. Then the autoencoder *trains*: it looks at 4,000 digits four times, and
# each time it changes itself a little, so that what comes out is closer to what went in.

# %% [markdown]
# Make up your mind before you run the next cell. Then open the answer and compare.
#
# *Predict:* sixteen numbers stand for 784. Will you be able to read the digits?
#
# *Answer:* you can read nearly all of them. They are blurred, and the 3 could pass for another
# digit.

# %%
model = dense_autoencoder(16, hidden=(256,))
history = fit(model, x_train[:4000], epochs=4, batch_size=100, learning_rate=5e-3, watch=x)

# %% [markdown]
# The curve is the {term:loss}, which says how far the output is from the input. It falls while
# the network learns. An {term:epoch} is one look at all 4,000 digits. Below the curve, the
# first row is the input and the second row is the output. You saw the second row grow clearer
# during the training.
#
# The next figure shows four digits with their sixteen numbers in the middle.

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
# The top row is the input x. The middle row is its {term:code} h, sixteen numbers drawn as
# bars. The bottom row is the {term:reconstruction} y. The decoder drew it from the bars and
# from nothing else. It is blurred, so something was forgotten. What a code keeps and what it
# forgets is what the course is about.

# %% [markdown]
# Are these good reconstructions? An error alone says little, so every lesson compares it with
# that of something simple. Here there are two rivals. One is {term:PCA}, a classic way to keep
# sixteen numbers, which {lesson:encode_decode} explains. The other always answers with the
# average digit.

# %%
errors = {
    "autoencoder, 16 numbers": mse(x_test, model.reconstruct(x_test)),
    "PCA, 16 numbers": mse(x_test, pca_reconstruct(x_train, x_test, 16)),
    "always the average": mse(x_test, np.broadcast_to(x_train.mean(axis=0), x_test.shape)),
}
plots.show_bars(
    errors,
    title="A few seconds of training already beat PCA",
    y_label="mean squared error on test digits",
)

# %% [markdown]
# The bars show the {term:mean squared error} on the 2,000 test digits, which the network has
# never seen. It is the average, over all pixels, of the squared difference between input and
# output. Lower is better.

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
# The network has seen digits and nothing else.
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
# The top picture is the E that goes in. The bottom picture is what the decoder draws. The
# autoencoder has learned to draw digits, and it draws this letter badly. {Lesson:anomalies}
# makes use of that.

# %% tags=["nbval-check-output"]
expect(
    "the E costs more than twice the error of a digit",
    mse(letter, y_letter) > 2 * errors["autoencoder, 16 numbers"],
)

# %% [markdown]
# ## 5. An exercise answers
#
# An exercise is a cell with `...` in it and a check below. The check has three answers: **✓
# correct**, **✗ wrong** with a reason, and **○ not attempted**. Run the check now, before you
# change anything. Then try a wrong answer on purpose. Nothing can break.
#
# *The question:* how many times smaller is the code (16 numbers) than the digit (784 numbers)?
# Replace the `...` by a number or a calculation.

# %% tags=["exercise"]
times_smaller = ...

# %% tags=["solution"]
times_smaller = 784 / 16

# %% tags=["nbval-check-output"]
exercise.times_smaller.check(times_smaller)

# %% [markdown]
# Are you stuck? Press **Esc**, then **B** to make a new cell, and run
# `exercise.times_smaller.hint()` in it. Run it once more for the next hint. (**Ctrl + Enter**
# runs a cell and stays in it.) Every exercise has at least two hints, and the folder
# `solutions` holds every lesson solved.
#
# In a class, your teacher may ask you to put your name into the first cell of a lesson:
# `start(0, student="Ada")`. Some exercises then ask for numbers of your own. Run their check
# before you answer: it says which.

# %% [markdown]
# ## 6. An autoencoder to touch
#
# The *playground* trains an autoencoder in your browser. Run the cell and press **Play**. Then
# drag in the map, and draw a digit of your own.

# %%
Playground()

# %% [markdown]
# At the top are the buttons for Play, one step and reset, and on the left the settings. Beside
# them a digit goes through the network: x on the left, the code in the middle, y on the right.
# Below are the map, eight digits and what comes back, a square to draw in, and the loss. The
# code here has two numbers, so each digit is a point on the map. Drag one of the two numbers,
# or the circle on the map, and see what the decoder draws for it. {Lesson:bottleneck} explains
# the map. (If you read the notebook without running it, you see a picture of the playground.)

# %% [markdown]
# ## The lessons
#
# {map}
#
# Take them in order. Each says at its top what it needs. When you come back to a lesson that
# you left in the middle, choose *Run → Run All Above Selected Cell* first.
#
# The course remembers which exercises you have solved, in a file on your own machine that is
# never sent anywhere. The next cell shows them and the way on. `record().save("solved.html")`
# makes a page of it, and `record().forget()` deletes the file.

# %%
record()

# %% [markdown]
# ## What you saw
#
# - A lesson is run cell by cell, and you predict before you run.
# - An autoencoder squeezed 784 numbers into 16 and drew the digit again, better than PCA did.
# - It drew a letter, which it had never seen, badly.
# - Claims are checked, and exercises answer.
#
# **Where this is used.** Autoencoders are used where data is too large to keep or too noisy to
# trust: for compression, cleaning, search and finding faults.
#
# **Read on.** Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data
# with neural networks* (2006), has four pages, and its pictures alone are worth a look.
