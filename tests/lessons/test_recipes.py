"""What lessons build, on data that the lessons do not hold: silence, tables in another order, missing amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from aecourse.datasets import Paper, Sense, split_speech
from aecourse.datasets.simulation import simulate_transactions
from aecourse.recipes import features, fraud, generating, land_cover, scale, sound, words
from aecourse.training import fit
from aecourse.weights import load_weights

# ------------------------------------------------------------------------------------------------------------ sound


@pytest.fixture(scope="module")
def model():
    model = sound.denoiser(sound.masker())
    model.set_weights(load_weights("denoiser"))
    return model


@pytest.mark.slow
def test_silence_stays_silence_and_touches_no_other_sound(model):
    x = split_speech()[1][0][:2]
    silent = np.zeros_like(x[:1])
    together = sound.remove_noise(model, np.concatenate([x[:1], silent, x[1:]]))
    np.testing.assert_array_equal(together[1], 0)
    np.testing.assert_allclose(together[[0, 2]], sound.remove_noise(model, x), atol=1e-6)
    np.testing.assert_array_equal(sound.remove_noise(model, silent), 0)


@pytest.mark.parametrize("level", [1e-3, 1e-12, 1e-25, 1e-40])
def test_a_sound_that_is_hardly_there_gives_no_nan(model, level):
    x = split_speech()[1][0][:1] * np.float32(level)
    assert np.isfinite(sound.remove_noise(model, x)).all()


@pytest.mark.parametrize("name", sound.DIALS)
def test_the_filters_leave_silence_silent(name):
    dials = [settings[0] for settings in sound.DIALS[name].values()]
    np.testing.assert_array_equal(sound.classical(name, dials, np.zeros((2, 16000), "float32")), 0)


# ------------------------------------------------------------------------------------------------------------ fraud


@pytest.fixture(scope="module")
def payments():
    return simulate_transactions(customers=30, terminals=40, days=40, seed=5)


def orders(n):
    return {"newest first": np.arange(n)[::-1], "shuffled": np.random.default_rng(0).permutation(n)}


@pytest.mark.parametrize("order", ["newest first", "shuffled"])
@pytest.mark.parametrize("same_moment", [False, True])
def test_features_do_not_depend_on_the_order_of_the_table(payments, order, same_moment):
    table, kind = payments
    if same_moment:  # as in tables that hold days or seconds
        table = table.assign(time=np.floor(4 * table["time"]) / 4)
    rows = orders(len(table))[order]
    other = table.iloc[rows]
    np.testing.assert_array_equal(fraud.features_of(other), fraud.features_of(table).iloc[rows])
    known = fraud.known_frauds(table, kind > 0)
    np.testing.assert_array_equal(fraud.known_frauds(other, (kind > 0)[rows]), known[rows])


@pytest.mark.parametrize("order", ["newest first", "shuffled"])
def test_features_of_an_unsorted_table_do_not_know_the_future(payments, order):
    table = payments[0]
    changed = table.assign(amount=np.where(table["time"] >= 30, 10 * table["amount"], table["amount"]))
    rows = orders(len(table))[order]
    early = (table["time"] < 30).to_numpy()[rows]
    before, after = (fraud.features_of(t.iloc[rows]).to_numpy() for t in (table, changed))
    np.testing.assert_array_equal(before[early], after[early])
    assert not np.array_equal(before[~early], after[~early])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", np.nan), ("amount", None), ("amount", -3.5), ("amount", np.inf), ("amount", "12,50"),
        ("time", np.nan), ("time", np.inf), ("customer", None), ("terminal", None),
    ],
)  # fmt: skip
def test_payments_that_say_too_little_are_refused_with_their_number(payments, column, value):
    table = payments[0].astype({column: object})
    table.iloc[[7, 90], table.columns.get_loc(column)] = value
    with pytest.raises(ValueError, match=rf"^2 of {len(table):,} payments have no time, amount or .*in row 7\. Leave"):
        fraud.features_of(table)


@pytest.mark.slow
def test_features_of_a_good_table_are_the_same_numbers_as_ever(payments):
    """As pandas gives them customer after customer, put back one by one."""
    table = payments[0]
    x = fraud.features_of(table)
    for i in (0, 17, 400, len(table) - 1):
        now = table.iloc[i]
        own = table[(table["customer"] == now["customer"]) & (table["time"] < now["time"])]
        own = own[own["time"] >= now["time"] - 28]
        assert x["customer, 28"].iloc[i] == len(own)
        fallback = table["amount"][table["time"] < 14].median()
        assert x["usual"].iloc[i] == pytest.approx(own["amount"].median() if len(own) else fallback)


def test_an_index_of_any_kind_does_no_harm(payments):
    table = payments[0]
    twice = pd.concat([table.iloc[:500], table.iloc[500:].reset_index(drop=True)])
    np.testing.assert_array_equal(fraud.features_of(twice), fraud.features_of(table))


# ------------------------------------------------------------------------------------------------------- generating


def test_the_frechet_distance_of_shifted_and_stretched_clouds_is_known():
    cloud = np.random.default_rng(0).normal(size=(500, 6))
    assert generating.frechet(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert generating.frechet(cloud, cloud + 2) == pytest.approx(6 * 4)
    assert generating.frechet(cloud, 3 * cloud) == pytest.approx(
        4 * np.trace(np.cov(cloud.T)) + 4 * (cloud.mean(axis=0) ** 2).sum()
    )


def test_codes_are_drawn_where_the_codes_are():
    rng = np.random.default_rng(0)
    codes = np.concatenate([rng.normal(-5, 1, (300, 2)), rng.normal(5, 0.5, (900, 2))])
    drawn = generating.draw_codes(generating.fit_mixture(codes, bells=2), 4000, rng)
    high = drawn[:, 0] > 0
    assert high.mean() == pytest.approx(0.75, abs=0.03)
    assert drawn[high].std() == pytest.approx(0.5, abs=0.05)
    assert drawn[~high].std() == pytest.approx(1, abs=0.1)


def test_the_way_on_the_sphere_keeps_the_length():
    h_a, h_b = (np.random.default_rng(seed).normal(size=(5, 16)) for seed in (0, 1))
    h_b *= np.linalg.norm(h_a, axis=1, keepdims=True) / np.linalg.norm(h_b, axis=1, keepdims=True)
    for t in (0, 0.3, 0.5, 1):
        length = np.linalg.norm(generating.on_sphere(h_a, h_b, t), axis=1)
        np.testing.assert_allclose(length, np.linalg.norm(h_a, axis=1), rtol=1e-5)
    np.testing.assert_allclose(generating.on_sphere(h_a, h_b, 0), h_a, rtol=1e-5)


# ------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("word", "base"),
    [("dogs", "dog"), ("berries", "berry"), ("boxes", "box"), ("baked", "bake"), ("news", "news"), ("xyzs", "xyzs")],
)
def test_a_word_loses_an_ending_where_the_rest_is_known(word, base):
    assert words.base_form(word, frozenset({"dog", "berry", "box", "bake", "new", "news"})) == base


def test_words_of_a_text_are_different_ones_that_say_something():
    known = frozenset({"dog", "bark", "well-known"})
    assert words.words_of("The dogs BARK; a dog barked, 3 times: well-known!", known) == [
        "dog",
        "bark",
        "times",
        "well-known",
    ]
    assert words.words_of("", known) == words.words_of("the of 12", known) == []


def test_counting_texts_without_words_and_none_at_all():
    columns = {"dog": 0, "bark": 1}
    x = words.count([["dog", "bark"], [], ["cat"]], columns)
    assert x.toarray().tolist() == [[1, 1], [0, 0], [0, 0]]
    assert words.count([], columns).shape == (0, 2)
    rows = words.weighted(x, np.array([1, 2], "float32")).toarray()
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0])


def test_lists_hold_columns_plus_one_and_end_in_zeros():
    x = sparse.csr_matrix(np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1]], "float32"))
    assert words.lists(x, width=2).tolist() == [[1, 3], [0, 0], [1, 2]]


def test_a_place_counts_half_of_those_that_score_the_same():
    scores = np.array([[3.0, 1, 2, 0], [0, 0, 0, 0]])
    assert words.places(lambda q: scores[q], np.arange(2), [[2, 3], [1]]).tolist() == [2, 2.5]


def test_bm25_weighs_rare_words_and_short_texts_more():
    x = sparse.csr_matrix(np.array([[1, 1, 0, 0], [1, 0, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0]], "float32"))
    w = words.bm25(x).toarray()
    assert w[0, 1] > w[0, 0] > 0
    assert w[2, 0] > w[0, 0] > w[1, 0]


def test_rouge_by_hand():
    assert words.rouge("the cat sat", "the cat ran off") == pytest.approx(4 / 7)
    assert words.rouge("the cat sat", "The cat, ran off.", n=2) == pytest.approx(2 / 5)
    assert words.rouge("a a a", "a") == pytest.approx(2 / 4)
    assert words.rouge("", "") == 0


def test_who_knows_the_summary_chooses_its_sentences():
    sentences = ("it rains", "dogs bark", "we bake bread", "cats sleep", "the end")
    paper = Paper("x", "", (), sentences, ((True, False, False),) * 5, 2, "cats sleep dogs bark bread")
    assert sorted(words.greedy(paper)) == [1, 2, 3]


def test_two_classifiers_that_like_one_sentence_take_two():
    class Likes:
        def __init__(self, *score):
            self.score = score

        def decision_function(self, x):
            return np.array(self.score, dtype=float)

    assert words.best_of_each([Likes(0, 3, 1), Likes(1, 5, 4)], None) == [1, 2]


def test_an_entry_is_words_definition_and_examples():
    sense = Sense(("dog", "hound"), "an animal", "noun.animal", (), ("the dog barked",))
    assert words.entry(sense) == "dog hound an animal the dog barked"
    assert words.known_words([sense, sense._replace(words=("Big Dipper",))]) == {"dog", "hound"}


# ---------------------------------------------------------------------------------------------------------- features


def test_what_is_named_on_some_is_scored_on_others():
    """The first column tells the thing on both; the second only on those it is named by."""
    y = sparse.csr_array(np.repeat([1.0, 0.0], [20, 80]).astype("float32")[:, None])
    good = np.repeat([1.0, 0.1], [20, 80])
    early = np.repeat([1.0, 0.0], [19, 81])
    naming, test = np.stack([good, early], axis=1), np.stack([good, 1 - good], axis=1)
    assert features.found_by_one(naming, test, y, y) == pytest.approx([1.0])
    best, cuts = features.best_cuts(naming, y)
    assert best[0, 1] == pytest.approx(2 * 19 / (19 + 20))
    assert cuts[0, 1] > 0  # what is 0 is never above a cut
    assert features.found_by_one(naming[:, 1:], test[:, 1:], y, y) == pytest.approx([0.0])


def test_all_that_is_more_general_is_found_once():
    def sense(*above):
        return Sense(("word",), "gloss", "noun.animal", above, ())

    senses = [sense(), sense(0), sense(0), sense(1, 2), sense(3)]
    assert [sorted(rows) for rows in features.all_above(senses)] == [[], [0], [0], [0, 1, 2], [0, 1, 2, 3]]


def test_centres_find_heaps_and_a_pentagon_is_one():
    rng = np.random.default_rng(0)
    truth = np.eye(4, 8, dtype="float32")
    x = 5 * truth[rng.integers(0, 4, 400)] + rng.normal(0, 0.1, (400, 8)).astype("float32")
    assert max(features.recovered(features.centres(x, 8, rng), truth) for _ in range(6)) == 1
    angle = np.arange(5) * 2 * np.pi / 5
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert features.is_pentagon(corners[[2, 0, 4, 1, 3]])
    assert not features.is_pentagon(corners * [[1], [1], [1], [1], [0.5]])
    assert not features.is_pentagon(corners[[0, 1, 2, 3, 3]])


def test_columns_stay_one_long_and_k_units_stay_awake():
    rng = np.random.default_rng(0)
    begun = words.unit(rng.normal(size=(12, 6))).astype("float32")
    model = features.sparse_autoencoder(begun, k=2)
    np.testing.assert_allclose(features.decoder_columns(model), begun, atol=1e-6)
    x = rng.normal(size=(256, 6)).astype("float32")
    fit(model, x, epochs=1, batch_size=64, seed=0)
    assert np.linalg.norm(features.decoder_columns(model), axis=1) == pytest.approx(np.ones(12), abs=1e-5)
    assert ((model.encode(x) > 0).sum(axis=1) <= 2).all()


# ------------------------------------------------------------------------------------------------------------- scale


def test_pictures_are_turned_around_their_middle_and_shifted_as_said():
    picture = np.zeros((9, 9))
    picture[2, 4] = 1
    assert np.allclose(scale.turned(picture, 0, (0, 0)), picture)
    assert scale.turned(picture, 0, (1, 2)).argmax() == np.ravel_multi_index((3, 6), (9, 9))
    quarter = scale.turned(picture, 90, (0, 0))
    assert quarter[4].max() == pytest.approx(1)
    assert quarter[4, 4] == pytest.approx(0)


def test_streamed_batches_take_each_file_once_an_epoch_and_mix_anew():
    pictures = scale.Streamed(range(10), 3, lambda i: np.full((2, 2, 1), i, "float32"), seed=0)
    epochs = []
    for _ in range(2):
        epochs.append([int(v) for i in range(len(pictures)) for v in pictures[i][0][:, 0, 0, 0]])
        pictures.on_epoch_end()
    assert [len(set(taken)) for taken in epochs] == [9, 9]
    assert epochs[0] != epochs[1]
    x = np.zeros((2, 28, 28, 1), "float32")
    assert scale.grown(x, 5, np.random.default_rng(0)).shape == (5, 28, 28, 1)


# -------------------------------------------------------------------------------------------------------- land cover


def test_corners_are_the_pure_pixels_and_shares_come_back_exactly():
    rng = np.random.default_rng(0)
    spectra, shares = rng.uniform(0.1, 0.9, (3, 20)), rng.dirichlet([2, 2, 2], 60)
    shares[[7, 20, 41]] = np.eye(3)
    pixels = shares @ spectra
    assert sorted(land_cover.corners(pixels, 3)) == [7, 20, 41]
    np.testing.assert_allclose(land_cover.told(pixels, spectra), shares, atol=1e-6)
    np.testing.assert_allclose(land_cover.matched(shares[:, [2, 0, 1]], shares), shares)
