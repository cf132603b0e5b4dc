# %% [markdown]
# # Fraud
#
# Search simulated card payments for fraud without labels, with 100 alerts a day to spend, and
# see which frauds stay out of sight.
#
# **The question:** can a network that knows only what is usual tell which payments a fraud
# team should read today?
#
# **You will**
# - split payments by time and make features that do not look into the future,
# - see a plain autoencoder lose against looking at the amount,
# - hide the amount and ask the network what it should have been,
# - set a threshold by what a team can read, and count frauds and money on days never seen,
# - find out what no model of this kind can see, and what labels would add.
#
# **You need** {lesson:dense_keras} and {lesson:denoising}; {lesson:anomalies} helps.
#
# **Time** {time}.

# %%
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from aecourse import plots
from aecourse.datasets import load_transactions, split_days
from aecourse.exercises import fraud as exercise
from aecourse.metrics import sample_mse
from aecourse.models import outputs, pca_reconstruct
from aecourse.session import expect, start
from aecourse.training import fit

import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
(past, y_past), (future, y_future) = load_transactions()
table = pd.concat([past, future])
kind = np.concatenate([y_past, y_future])  # 0 honest, 1 to 3 the scenario of a fraud
fraud = kind > 0
print(
    f"{len(table):,} {past.attrs['source']} payments, {100 * fraud.mean():.1f} % of them frauds"
)
table.head(3)

# %% [markdown]
# ## 1. Payments that nobody made
#
# Real card payments are secret, so these are **simulated**, after the handbook of Le Borgne
# and colleagues (2022): 2,000 customers pay at terminals near by for eight weeks. `time`
# counts days: 7.5 is noon of the eighth day. Three scenarios of fraud are built in:
#
# 1. every amount above 220 is a fraud,
# 2. a *terminal* is compromised: for 28 days every payment there is a fraud,
# 3. a *card* is copied: for 14 days, a third of its payments have five times the amount.
#
# *Predict:* you see amount, time, customer and terminal. Which scenario will be hardest to
# notice?
#
# *Answer:* the second. At a compromised terminal people pay what they would pay anyway.

# %%
_, last_week, future_week = split_days(table["time"])
before = ~(last_week | future_week)  # six weeks to learn from
names = ("honest", "1: large amount", "2: terminal", "3: card")
mean = [table["amount"][before & (kind == k)].mean() for k in range(4)]
plots.show_bars(
    dict(zip(names, mean, strict=True)),
    title="Simulated: scenarios 1 and 3 pay a lot, scenario 2 pays like anybody",
    y_label="mean amount",
    number_format="{:.0f}",
)

# %% [markdown]
# Four bars, the mean amount of honest payments and of the three scenarios: the first and the
# third scenario tower over the honest payments; payments at a compromised terminal look like
# them.

# %% tags=["nbval-check-output"]
expect(
    "scenario 1 and 3: the mean amount is three times the honest one",
    min(mean[1], mean[3]) > 3 * mean[0],
)
expect("scenario 2: it differs by less than a tenth", abs(mean[2] / mean[0] - 1) < 0.1)

# %% [markdown]
# ### Exercise 1: the lazy detector
#
# A detector that never raises an alarm: what share of all payments does it get right (its
# {term:accuracy})? And if 100 payments a day are picked blindly, what share of the picked will
# be frauds, on average (their *precision*)? Use `fraud`.

# %% tags=["exercise"]
my_accuracy = ...
my_precision = ...

# %% tags=["solution"]
my_accuracy = 1 - fraud.mean()
my_precision = fraud.mean()

# %% tags=["nbval-check-output"]
exercise.lazy.check(my_accuracy, my_precision, fraud=fraud)

# %% [markdown]
# ## 2. Nothing from the future
#
# A network cannot know what is usual for a customer from one payment. It needs
# {term:features}: numbers that tell the past of the customer and of the terminal.
# {term:Windows} of 1, 7 and 28 days before each payment count payments; `usual` is the
# customer's median amount. (The median, since a thief's few large payments would pull a mean.)
#
# `closed="left"` ends each window *before* the payment itself.


# %% tags=["export"]
def complete(table, who):
    """The table, if each payment says when, who and how much; windows would pass over the rest."""
    numbers = table[["time", "amount"]].apply(pd.to_numeric, errors="coerce").to_numpy()
    bad = (
        ~np.isfinite(numbers).all(axis=1) | (numbers[:, 1] < 0) | table[who].isna().to_numpy()
    )
    if bad.any():
        raise ValueError(
            f"{bad.sum():,} of {len(table):,} payments have no time, amount or {who}, or a negative "
            f"amount; the first is in row {bad.argmax():,}. Leave them out, or look at them apart"
        )
    return table


# %% tags=["export"]
def window(table, who, days):
    """The amounts of the same customer (or terminal) in so many days before each payment."""
    table = complete(table, who).sort_values("time", kind="stable")  # if newest comes first
    clock = pd.Timestamp("2026-01-01") + pd.to_timedelta(table["time"], unit="D")
    same = table.set_index(clock).groupby(who)["amount"]
    return same.rolling(f"{days}D", closed="left")


def in_order(table, who, values):
    """pandas gives the windows customer after customer, by time: back to the table's order."""
    ordered = np.empty(len(table))
    ordered[np.lexsort([table["time"].to_numpy(), table[who].to_numpy()])] = values
    return ordered


# %% tags=["export"]
def features_of(table):
    x = pd.DataFrame({"amount": table["amount"], "hour": 24 * (table["time"] % 1)})
    usual = in_order(table, "customer", window(table, "customer", 28).median())
    first_weeks = table["amount"][table["time"] < 14].median()
    x["usual"] = np.where(np.isnan(usual), first_weeks, usual)  # for customers without a past
    for who in ("customer", "terminal"):
        for days in (1, 7, 28):
            x[f"{who}, {days}"] = in_order(
                table, who, window(table, who, days).count().fillna(0)
            )
    return x


# %%
x = features_of(table)
x.tail(3).round(1)

# %% [markdown]
# Nine numbers a payment. A feature that knows the future makes a wonderful detector on paper.
# So test it: **change the future, and the past must not move.**

# %%
changed = table.copy()
changed.attrs = {}
later = changed["time"] >= 30
changed.loc[later, "amount"] = 10 * changed.loc[later, "amount"]
changed.loc[later, "customer"] = changed.loc[later, "customer"].to_numpy()[::-1]
x_changed = features_of(changed)
early = ~later.to_numpy()

# %% tags=["nbval-check-output"]
expect(
    "features before day 30 do not notice what happens later",
    x[early].equals(x_changed[early]),
)
expect("features after day 30 do", not x[~early].equals(x_changed[~early]))

# %% [markdown]
# ### Exercise 2: what is usual
#
# One customer's payments: `times` in days, rising, and `amounts`. For each payment, return the
# **median of the earlier amounts** within `days` days before it, or `first` where there are
# none. A loop will do.


# %% tags=["exercise"]
def my_usual(times, amounts, days, first):
    return ...


# %% tags=["solution"]
def my_usual(times, amounts, days, first):
    usual = np.full(len(times), float(first))
    for i, now in enumerate(times):
        seen = amounts[(times < now) & (times >= now - days)]
        if len(seen):
            usual[i] = np.median(seen)
    return usual


# %% tags=["nbval-check-output"]
exercise.usual.check(my_usual)

# %% [markdown]
# ### Days to learn, days to choose, days to be judged
#
# Never mix days: a random split would train on Tuesday to find Monday's fraud. Two weeks fill
# the windows, four weeks train, one week (the last of the past) chooses settings, and the
# future is looked at once, at the end.
#
# The training days contain their frauds, about one in a hundred, and **no model below is told
# which**. That is the usual case: labels come late, if ever. Square roots tame the long tails;
# then each column gets mean 0 and spread 1.


# %% tags=["export"]
def scaled(x, is_fit):
    """Square roots, with mean 0 and spread 1 on the training days."""
    roots = np.sqrt(x.to_numpy())
    roots = (roots - roots[is_fit].mean(axis=0)) / roots[is_fit].std(axis=0)
    return roots.astype("float32")


# %%
day = table["time"].to_numpy()
is_fit, is_valid, is_test = split_days(day)
z = scaled(x, is_fit)
print(f"learn {is_fit.sum():,} · choose {is_valid.sum():,} · judge {is_test.sum():,}")

# %% [markdown]
# ## 3. A plain autoencoder loses against the amount
#
# `x: (9,) → h: (4,) → y: (9,)`, trained as in {lesson:dense_keras}, with the reconstruction
# error as the score: what it cannot give back is unusual. The measure is the *average
# precision*: go down the list from the highest score and average the precision at each fraud
# found. 1 is perfect, the share of frauds (0.01) is blind.
#
# *Predict:* will it beat sorting by amount?
#
# *Answer:* no, far from it. What it finds is unusual, and most of that is no fraud.


# %% tags=["export"]
def network(columns, code):
    x = keras.Input((columns,))
    h = layers.Dense(code, name="code")(layers.Dense(64, activation="relu")(x))
    y = layers.Dense(columns)(layers.Dense(64, activation="relu")(h))
    return keras.Model(x, y)


def train_on_past(z, hide=None, code=4, epochs=3):
    """Train on the rows of z, a multiple of 500; `hide` damages what the network sees."""
    model = network(z.shape[1], code)
    z = z[: len(z) // 500 * 500]
    fit(model, z, corrupt=hide, epochs=epochs, batch_size=500, learning_rate=4e-3)
    return model


def plain_error(model, z):
    return sample_mse(z, outputs(model, z))


# %%
plain = train_on_past(z[is_fit])

# %% [markdown]
# Beside it: PCA's error with the number of components that is best on the choosing days, and
# an *isolation forest* (Liu et al., 2008), which cuts the data at random places until each
# payment is alone: what is alone soon is unusual. Its sample size was chosen on the same days.


# %% tags=["export"]
SAMPLES = 2048  # payments that each tree of a forest sees


def average_precision(score, fraud, rows):
    return average_precision_score(fraud[rows], score[rows])


def pca_error(z, is_fit, components):
    return sample_mse(z, pca_reconstruct(z[is_fit], z, components))


def forest(x, is_fit, seed, samples=SAMPLES):
    model = IsolationForest(max_samples=samples, random_state=seed).fit(x[is_fit])
    return -model.score_samples(x)


# %%
simple = {
    "amount alone": x["amount"].to_numpy(),
    "isolation forest": forest(x.to_numpy(), is_fit, seed),
    "PCA": max(
        (pca_error(z, is_fit, k) for k in range(1, 9)),
        key=lambda e: average_precision(e, fraud, is_valid),
    ),
    "plain autoencoder": plain_error(plain, z),
}
simple_ap = {name: average_precision(s, fraud, is_valid) for name, s in simple.items()}
trees, busy = simple["isolation forest"], x["terminal, 7"]
top = trees > np.sort(trees[is_valid])[-701]

# %%
plots.show_bars(
    simple_ap,
    title="Three detectors of the unusual lose against sorting by amount",
    y_label="average precision",
    number_format="{:.3f}",
)

# %% [markdown]
# The bars show the average precision on the choosing days: a tall one for the amount alone,
# and three lower ones. They find what is unusual, and most of it is no fraud: the forest's
# alerts pile up at busy terminals, for instance. **Unusual is not the same as suspicious**:
# the error counts every column alike, and it finds an unusual *place* or *customer* where we
# look for an unusual *payment*.

# %% tags=["nbval-check-output"]
expect(
    "the amount alone has 1.3 times the average precision of each of the three",
    simple_ap["amount alone"]
    > 1.3 * max(v for n, v in simple_ap.items() if n != "amount alone"),
)
expect(
    "the forest's 700 highest scores: at terminals 1.3 times as busy as the average",
    busy[top & is_valid].mean() > 1.3 * busy[is_valid].mean(),
)

# %% [markdown]
# ## 4. Hide the amount and ask for it
#
# {Lesson:denoising} trained a network to fill in what was missing. Do that here: the damage
# hides the amount, always, and the network has to give back all nine numbers. It learns what
# this customer usually pays at this hour. The score is the **amount minus what the network
# expected**; less than expected is no reason for an alarm.
#
# *Predict:* which scenario will this find that sorting by amount misses?
#
# *Answer:* the third. Five times what a customer usually pays need not be a large amount.


# %% tags=["export"]
def hide_amount(z, rng=None):
    seen = z.copy()
    seen[:, 0] = 0  # the mean of the training days: it says nothing
    return seen


def surprise(model, z):
    """How far the amount lies above what the network expects, on the scale of z."""
    return z[:, 0] - outputs(model, hide_amount(z))[:, 0]


def train_to_ask(z):
    return train_on_past(z, hide=hide_amount, code=8)


# %%
asked = train_to_ask(z[is_fit])
surprised = surprise(asked, z)

# %% [markdown]
# Two honest rivals, now that you know what to look for. An expert's one line, amount against
# the customer's median. And the isolation forest once more, given only the two columns that
# matter: the amount, and the amount divided by what is usual.

# %%
ratio = x["amount"] / x["usual"]
scores = {
    **simple,
    "hidden amount": surprised,
    "expert's rule": (np.sqrt(x["amount"]) - np.sqrt(x["usual"])).to_numpy(),
    "forest, two columns": forest(np.stack([x["amount"], ratio], axis=1), is_fit, seed),
}
valid_ap = {name: average_precision(s, fraud, is_valid) for name, s in scores.items()}
plots.show_bars(
    valid_ap,
    title="Asked for the amount, the network finds by itself what an expert would write",
    y_label="average precision",
    number_format="{:.3f}",
)

# %% [markdown]
# Seven bars, the average precision on the same days. The network that is asked for the hidden
# amount is far ahead of the first isolation forest and of the plain autoencoder, and ahead of
# the amount alone. The two rivals on the right do as well, or better, without a network:
# **once you know which relation matters, write it down.** The network's merit is that nobody
# told it which of eight columns to compare the amount with.

# %% tags=["nbval-check-output"]
expect(
    "hidden amount: more than the amount alone",
    valid_ap["hidden amount"] > valid_ap["amount alone"],
)
expect(
    "hidden amount: twice the isolation forest on the same columns",
    valid_ap["hidden amount"] > 2 * valid_ap["isolation forest"],
)
expect(
    "the expert's rule and the two-column forest do at least 0.95 times as well",
    min(valid_ap["expert's rule"], valid_ap["forest, two columns"])
    > 0.95 * valid_ap["hidden amount"],
)

# %% [markdown]
# ## 5. A hundred alerts a day
#
# A team can read 100 alerts a day. The threshold that lets 100 a day pass is set on the
# choosing days; then it is fixed. Now, once, the future.
#
# *Predict:* about one in a hundred of each day's 4,000 payments is a fraud. What share of
# these frauds will be among the 100?
#
# *Answer:* about a third.

# %% tags=["export"]
BUDGET = 100  # alerts a day


def alerts(score, is_valid, days=7):
    """What lies above the threshold that BUDGET payments a day pass on the choosing days."""
    return score > np.sort(score[is_valid])[-days * BUDGET - 1]


# %%
alarm = {name: alerts(score, is_valid) for name, score in scores.items()}
days = np.unique(day[is_test].astype(int))
on_day = day.astype(int) == days[:, None]
read = alarm["hidden amount"]
daily = np.array([read[d].sum() for d in on_day])
plots.show_curves(
    {
        "alerts": (days, daily),
        "frauds that day": (days, [fraud[d].sum() for d in on_day]),
        "frauds among the alerts": (days, [(read & fraud)[d].sum() for d in on_day]),
    },
    title="About 100 alerts a day, as promised; most frauds are not among them",
    x_label="day",
    y_label="payments",
    marker="o",
)

# %% [markdown]
# Three lines over the seven future days: the alerts stay near 100; the frauds of each day;
# and, lowest, the frauds that the alerts contain.

# %% tags=["nbval-check-output"]
expect(
    "on every future day there are 60 to 140 alerts", daily.min() >= 60 and daily.max() <= 140
)
expect(
    "less than half of the future's frauds are among the alerts",
    (read & fraud)[is_test].sum() < fraud[is_test].sum() / 2,
)

# %% [markdown]
# ### Exercise 3: what it saves
#
# Alerts cost: say 5 a piece, for the time of who reads. A fraud among them saves its amount.
# Write the {term:savings}: `alert` and `fraud` are arrays of True and False, `amount` numbers,
# `cost` the price of one alert.


# %% tags=["exercise"]
def my_savings(alert, fraud, amount, cost):
    return ...


# %% tags=["solution"]
def my_savings(alert, fraud, amount, cost):
    return amount[alert & fraud].sum() - cost * alert.sum()


# %% tags=["nbval-check-output"]
exercise.savings.check(my_savings)

# %% [markdown]
# ## 6. What labels would add
#
# The {term:ceiling}: a supervised gradient boosting that knows which of the training days'
# payments were frauds. It also gets a feature that no model without labels has: the share of
# frauds at the terminal, as far as it is known. Frauds are reported late, so the last seven
# days before each payment do not count.


# %% tags=["export"]
def known_frauds(table, fraud, delay=7, days=28):
    """The terminal's share of frauds in 28 days that ended a week before each payment."""
    labelled = table.assign(amount=fraud.astype(float))
    old = window(labelled, "terminal", delay + days)
    new = window(labelled, "terminal", delay)
    n = in_order(table, "terminal", old.count().fillna(0) - new.count().fillna(0))
    hits = in_order(table, "terminal", old.sum().fillna(0) - new.sum().fillna(0))
    return hits / np.maximum(n, 1)


# %% tags=["export"]
def supervised(x, is_fit, fraud, seed):
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_leaf_nodes=8, early_stopping=False, random_state=seed
    )
    with threadpool_limits(
        limits=1
    ):  # threads that wait for busy cores cost more than they bring
        return model.fit(x[is_fit], fraud[is_fit]).predict_proba(x)[:, 1]


# %%
risk = known_frauds(table, fraud)
with_labels = supervised(np.column_stack([x, risk]), is_fit, fraud, seed)
all_scores = {**scores, "supervised": with_labels}
all_alarms = {**alarm, "supervised": alerts(with_labels, is_valid)}
test_ap = {name: average_precision(s, fraud, is_test) for name, s in all_scores.items()}

# %%
amount = table["amount"].to_numpy()
rows = {}
for name, alert in all_alarms.items():
    read_then, hit = alert & is_test, alert & fraud & is_test
    rows[name] = {
        "average precision": test_ap[name],
        "alerts a day": read_then.sum() / 7,
        "precision": hit.sum() / read_then.sum(),
        "money found, %": 100 * amount[hit].sum() / amount[fraud & is_test].sum(),
        "saved at 5 an alert": amount[hit].sum() - 5 * read_then.sum(),
    }
pd.DataFrame(rows).T.round(3)

# %%
shown = {
    "amount": "amount alone",
    "hidden amount": "hidden amount",
    "with labels": "supervised",
}
found = {
    name: [alert[is_test & (kind == k)].mean() for k in (1, 2, 3)]
    for name, alert in all_alarms.items()
}
share = {
    f"{k}: {label}": 100 * found[name][k - 1]
    for k in (1, 2, 3)
    for label, name in shown.items()
}
plots.show_bars(
    share,
    title="Scenario 2 is invisible without labels: its payments are like all others",
    y_label="% of the frauds found",
    number_format="{:.0f}",
)

# %% [markdown]
# Three groups of three bars, one group a scenario: sorted by amount, hidden amount, and
# supervised with labels. Large amounts (1) are found by all; copied cards (3) better where the
# customer's past is looked at; of compromised terminals (2) only the supervised model finds a
# good part. Nothing in those payments is unusual: **what has no trace in the features cannot
# be found by knowing what is usual.** It takes somebody who reports a fraud, and a memory.

# %% tags=["nbval-check-output"]
expect(
    "future: 1.25 times the isolation forest on the same columns",
    test_ap["hidden amount"] > 1.25 * test_ap["isolation forest"],
)
expect(
    "future: the supervised ceiling is 1.3 times higher still",
    test_ap["supervised"] > 1.3 * test_ap["hidden amount"],
)
expect("scenario 3: at least 70 % are found without labels", found["hidden amount"][2] > 0.7)
expect(
    "scenario 3: by 10 points more than by amount alone",
    found["hidden amount"][2] > found["amount alone"][2] + 0.1,
)
expect("scenario 2: less than 10 % are found without labels", found["hidden amount"][1] < 0.1)
expect("scenario 2: the supervised model finds over 40 %", found["supervised"][1] > 0.4)

# %% [markdown]
# ### What the simulation cannot teach
#
# - Its frauds follow three rules that were written down first. Section 4's expert wins because
#   the rule *is* the fraud. Real thieves change their ways once they are caught; here next
#   week is like last week.
# - Honest customers here never travel, marry or buy a sofa. Real false alarms do.
# - Every fraud is known in the end. In reality those that nobody noticed count as honest.
# - No number on this page says how well anything would work on real payments.
#   `load_transactions("ulb")` loads real ones (284,807, with anonymous features and neither
#   customers nor terminals): the windows of section 2 cannot be built there.

# %% [markdown]
# ### Exercise 4: two sources (stretch)
#
# Scenario 2 has no trace in a payment, but late labels have: `known_frauds`. Write **one
# score** from the two sources. `my_score` gets a table of payments as in section 1 and an
# array `fraud` of True and False, and returns a score for each payment. Asked for is an
# average precision of **0.45** on days 42 to 48. There the amount against what is usual
# reaches 0.30; a weighted sum of the two sources, or the larger of them, stays below 0.42.
#
# Frauds are reported after seven days. So no score of day 42 may know a label of day 35.5: a
# model that is trained may use the labels of days before 35, while section 6 trained on days
# up to 41. The check brings payments of its own. It changes labels that nobody can know yet,
# and payments of later days; your scores must not move.


# %% tags=["exercise"]
def my_score(table, fraud):
    return ...


# %% tags=["solution"]
def my_score(table, fraud):
    x, day = features_of(table), table["time"].to_numpy()
    above = np.sqrt(x["amount"]) - np.sqrt(x["usual"])  # the expert's rule
    columns = np.stack([above, known_frauds(table, fraud)], axis=1)
    return supervised(columns, (day >= 14) & (day < 35), fraud, seed)


# %% tags=["nbval-check-output"]
exercise.both.check(my_score)

# %% [markdown]
# ## What you saw
#
# - Split by time; change the future to test that features do not know it.
# - Unusual is not suspicious: plain reconstruction errors, PCA and an isolation forest lost
#   against sorting by amount.
# - Hiding the amount and asking for it turned the autoencoder to the question, without labels.
# - An expert's line does as well where the relation is known; no label-free model sees a fraud
#   that leaves no trace.
# - A threshold comes from what people can read. Labels, even late ones, add the most.
#
# **Where this is used.** Card and insurance fraud, network intrusion, faults in machines:
# wherever labels are few and late. In practice such scores are one more feature of a
# supervised model.
#
# **Read on.** Yann-Aël Le Borgne, Wissam Siblini, Bertrand Lebichot and Gianluca Bontempi,
# *Reproducible machine learning for credit card fraud detection: practical handbook* (2022).
# Fei Tony Liu, Kai Ming Ting and Zhi-Hua Zhou, *Isolation forest* (2008). Andrea Dal Pozzolo,
# Olivier Caelen, Reid Johnson and Gianluca Bontempi, *Calibrating probability with
# undersampling for unbalanced classification* (2015).
