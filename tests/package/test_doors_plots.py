"""What people give to figures: it is drawn as it is, or refused with what helps; never white or cut into strips."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pandas as pd
import pytest

from aecourse import plots

RNG = np.random.default_rng(0)
X = RNG.random((3, 12, 12, 1)).astype("float32")
BYTES = np.round(255 * X).astype("uint8")
H = RNG.normal(size=(3, 5))
LABELS = {"title": "t", "x_label": "x", "y_label": "y"}
LOSS = {"loss": [0.3, 0.2]}

PICTURES = {
    "rows": lambda x: plots.show_images({"own": x}, title="t"),
    "photos": lambda x: plots.show_photos({"own": x}, title="t"),
    "inputs": lambda x: plots.show_codes(x, H, X, title="t"),
    "outputs": lambda x: plots.show_codes(X, H, x, title="t"),
    "mosaic": lambda x: plots.show_mosaic(x[None] if isinstance(x, np.ndarray) else x, **LABELS),
}
RANGES = {
    "bytes": (BYTES, "values from 0.* to 25[0-9]: .*255 helps"),
    "bytes as floats": (255 * X, "255 helps"),
    "16 bits": (BYTES.astype("uint16") * 257, "65535 helps"),
    "255 times a difference": (255 * (X - 0.5), "values from -1"),
    "standardised": (10 * (X - 0.5), "standardised"),
    "NaN": (X * np.nan, "NaN or infinity"),
    "masked": (np.ma.masked_less(X, 0.5), "masked array .*filled"),
    "text": ("digits.npy", "load it first"),
    "None": (None, "got None"),
    "ragged": ([[0.5], [0.5, 0.5]], "a list of length 2"),
}


@pytest.mark.parametrize("door", PICTURES)
@pytest.mark.parametrize("name", RANGES)
def test_pictures_of_another_range_or_type_are_refused_with_what_helps(door, name):
    x, said = RANGES[name]
    with pytest.raises(ValueError, match=said):
        PICTURES[door](x)


ONE = RNG.random((64, 64)).astype("float32")


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (ONE[:28, :28], r"\(28, 28\): give rows\['own'\]\[None, ..., None\], if it is one grey image"),
        (ONE[:28, :28, None], r"\(28, 28, 1\): give rows\['own'\]\[None\], if it is one image"),
        (np.dstack([ONE] * 3), r"\(64, 64, 3\): give rows\['own'\]\[None\]"),
        (
            ONE,
            r"\(64, 64\): give rows\['own'\]\[None\], if it is one image, or .*reshape\(-1, 8, 8\), if they lie flat",
        ),
        (X.transpose(0, 3, 1, 2), r"np.moveaxis\(rows\['own'\], 1, -1\), the channels last"),
        (X[0, 0, 0], r"got shape \(1,\)"),
        (np.float32(0.5), r"got shape \(\)"),
    ],
)
def test_one_image_is_not_cut_into_strips(image, said):
    with pytest.raises(ValueError, match=said):
        plots.show_images({"own": image}, title="t")


@pytest.mark.parametrize(
    "images",
    [
        X[..., 0].tolist(),
        keras.ops.convert_to_tensor(X),
        pd.DataFrame(X.reshape(3, 144)),
        X.astype("float16"),
        X.astype("float64"),
        X > 0.5,
        (X > 0.5).astype("uint8"),
        X[:, :4, :4, 0],  # codes drawn as images, four by four: no colours
        X * 1.2 - 0.05,
        X - 1,
    ],
)
def test_what_can_be_drawn_is_drawn(images):
    axes = plots.show_images({"own": images}, title="t").axes
    assert len(axes) == 3
    drawn = np.asarray(axes[0].images[0].get_array())
    expected = np.asarray(images)[0]
    assert drawn.ravel() == pytest.approx(np.ravel(expected).astype(float), abs=1e-3)


def test_colours_below_0_are_no_picture():
    with pytest.raises(ValueError, match=r"in colour, got values from -.*\.mean\(axis=-1\)"):
        plots.show_photos({"own": np.dstack([ONE] * 3)[None] - 0.5}, title="t")


@pytest.mark.parametrize("draw", [PICTURES["rows"], PICTURES["mosaic"], PICTURES["inputs"]])
def test_pictures_divided_by_255_twice_are_told(draw):
    with pytest.warns(UserWarning, match="almost black.*divided by 255 twice"):
        draw(X / 255)


@pytest.mark.parametrize("x", [BYTES, 255 * X, np.ma.masked_less(X, 0.5), X * np.nan])
def test_the_figure_of_a_training_leaves_out_what_it_cannot_show_and_says_so(x):
    with pytest.warns(UserWarning, match="shows no images: x must"):
        assert len(plots.show_training(LOSS, x, X).axes) == 1


@pytest.mark.slow
def test_the_figure_of_a_training_bears_a_model_that_has_not_learnt_yet():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = {"val_loss": [np.nan] * 2, **LOSS, "lr": [1, 1]}
        assert len(plots.show_training(history, X, 9 * X - 4).axes) == 7


NAMES = [16, None, np.int64(3), 0.5, "$", "5 $ or 6 $", "$\\frac{", "_own", "a_b^c", "x̃ → y", "digit " * 50, ("a", 1)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_any_name_is_written_as_it_is():
    texts = [plots.style.name_of(name) for name in NAMES]
    assert max(map(len, texts)) <= 101
    first = X[:1, :2, :2]
    images = plots.show_images(dict.fromkeys(NAMES, first), title="5 $ and 6 $")
    captions = plots.show_images({"a": X[[0] * len(NAMES), :2, :2]}, title="5 $ and 6 $", captions=NAMES)
    curves = plots.show_curves({name: [1, 2] for name in NAMES}, **LABELS)
    bars = plots.show_bars(dict.fromkeys(NAMES, 1.0), title="t", y_label="5 $ to 6 $")
    histograms = plots.show_histograms({"$ $": ([1, 2], [2, 3])}, names=NAMES[6:8], title="t", x_label="x")
    shapes = plots.show_shapes([(name, (3,)) for name in NAMES], title="t")
    scatter = plots.show_scatter({"$ $": RNG.random((10, 2))}, range(10), title="t", names=NAMES)
    bars.draw_without_rendering()  # Matplotlib reads a formula when it draws
    shapes.draw_without_rendering()
    squeezed = [text.replace(" ", "").replace("\n", "") for text in texts]

    def same(written):
        return [text.replace(" ", "").replace("\n", "") for text in written] == squeezed

    assert same(axis.get_ylabel() for axis in images.axes)
    assert same(axis.get_xlabel() for axis in captions.axes)
    assert same(text.get_text() for text in curves.axes[0].get_legend().get_texts())
    assert same(text.get_text() for text in bars.axes[0].get_xticklabels())
    assert same(text.get_text().rpartition("\n")[0] for text in shapes.axes[0].texts)
    in_legend = [text.get_text().replace(" ", "").replace("\n", "") for text in scatter.legends[0].get_texts()]
    assert in_legend == squeezed[:10]
    assert [text.get_text().strip() for text in histograms.legends[0].get_texts()] == texts[6:8]
    assert plots.listen(dict.fromkeys(NAMES, np.sin(np.arange(300.0)))).alt.count("(0.0 s)") == len(NAMES)


CURVES = [
    ({"a": []}, "curves\\['a'\\] must hold a finite number, got none"),
    ({"a": [np.nan, np.inf]}, "only NaN or infinity"),
    ({"a": ([1, 2], [1, 2, 3])}, r"got shapes \(2,\) and \(3,\)"),
    ({"a": [[1, 2], [3, 4]]}, r"numbers of shape \(2, 2\)"),
    ({"a": 3}, r"numbers of shape \(\)"),
    ({"a": "3, 2, 1"}, "got the text"),
    ({"a": {"b": [1]}}, "got a dict"),
    ({"a": None}, "got None"),
    ({"a": ["1", "2"]}, "must be numbers, got a list"),
]


@pytest.mark.parametrize(("curves", "said"), CURVES)
def test_curves_that_are_none(curves, said):
    with pytest.raises(ValueError, match=said):
        plots.show_curves(curves, **LABELS)


@pytest.mark.parametrize("curve", [[1, 0], [1, -1], ([0, 1], [1, 2])])
def test_a_logarithmic_axis_says_what_it_cannot_show(curve):
    logs = {"log_x": isinstance(curve, tuple), "log_y": not isinstance(curve, tuple)}
    with pytest.raises(ValueError, match=r"not above 0: a logarithmic axis .* Leave out log_[xy]=True"):
        plots.show_curves({"a": curve}, **LABELS, **logs)


@pytest.mark.parametrize("curve", [(3, 2, 1), pd.Series([3, 2, 1]), np.array([3, 2, 1]), [3, np.nan, 1], (0.3, 0.2)])
def test_curves_of_any_row_of_numbers(curve):
    (line,) = plots.show_curves({"a": curve}, **LABELS).axes[0].lines
    np.testing.assert_array_equal(line.get_ydata(), np.asarray(curve))


@pytest.mark.parametrize(
    ("bars", "error", "said"),
    [
        ({"a": np.nan}, ValueError, "values\\['a'\\] holds NaN"),
        ({"a": [1, np.inf]}, ValueError, "values\\['a'\\] holds NaN or infinity, 1 of 2 values"),
        ({"a": "0.3"}, ValueError, "got the text '0.3'"),
        ({"a": [[1], [2]]}, ValueError, "a list of length 2 in values"),
        ({"a": None}, ValueError, "got None"),
        ([0.3, 0.2], TypeError, "values must be a dict of .*, got a list of length 2: give it a name"),
        (pd.Series({"a": 1}), TypeError, "values.to_dict"),
    ],
)
def test_bars_that_are_none(bars, error, said):
    with pytest.raises(error, match=said):
        plots.show_bars(bars, title="t", y_label="y")


class History:
    history = LOSS


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: plots.show_images(X, title="t"), TypeError, "rows must be a dict .*'mine'"),
        (lambda: plots.show_images({"a": X}, title="t", captions="abc"), ValueError, "captions must hold one text"),
        (lambda: plots.show_images({"a": X}, title="t", captions=3), ValueError, "captions must hold one text"),
        (lambda: plots.show_images({"a": X}, title=3), ValueError, "title must say .* got 3"),
        (lambda: plots.show_images({"a": X}, title="word " * 999), ValueError, "got a text of 4995 letters"),
        (lambda: plots.show_images({"a": X}, title="t", scale=0), ValueError, "scale must be a number from 0.1"),
        (lambda: plots.show_training(History(), X, X), TypeError, "a History: history.history is one"),
        (lambda: plots.show_training({"accuracy": [1]}, X, X), ValueError, "history must hold the loss"),
        (lambda: plots.show_codes(X, H * np.nan, X, title="t"), ValueError, "h holds NaN"),
        (lambda: plots.show_scatter({"a": np.zeros((0, 2))}, [], title="t"), ValueError, r"got shapes \(0, 2\)"),
        (lambda: plots.show_scatter({"a": H}, [0] * 3, title="t"), ValueError, r"got shapes \(3, 5\)"),
        (lambda: plots.show_scatter({"a": H[:, :2]}, np.eye(3), title="t"), ValueError, r"labels.argmax\(axis=1\)"),
        (lambda: plots.show_scatter({"a": H[:, :2]}, [0.0, 1, 2], title="t"), ValueError, r"labels.astype\(int\)"),
        (lambda: plots.show_mosaic(X, **LABELS), ValueError, r"shape \(rows, columns"),
        (lambda: plots.show_mosaic(X[..., 0], **LABELS), ValueError, "images.reshape"),
        (lambda: plots.show_mosaic(X.repeat(3, -1), **LABELS), ValueError, "images.reshape"),
        (lambda: plots.show_histograms({"a": [1, 2, 3]}, title="t", x_label="x"), ValueError, "a list of length 3"),
        (lambda: plots.show_histograms({"a": ([1], [2])}, title="t", x_label="x", names="ab"), ValueError, "names"),
        (lambda: plots.show_shapes([("x", (None, 28, 28, 1))], title="t"), ValueError, "the batch axis, None"),
        (lambda: plots.show_shapes([((28, 28, 1))], title="t"), ValueError, "pairs of a name"),
        (lambda: plots.listen(np.zeros(99)), TypeError, "sounds must be a dict"),
        (lambda: plots.listen({"a": np.zeros((2, 99)) + 0.1}), ValueError, r"x.mean|mean\(axis=0\), if it has two"),
        (lambda: plots.listen({"a": np.ones((99, 2))}), ValueError, r"mean\(axis=1\), if it has two channels"),
        (lambda: plots.listen({"a": np.ones((1, 99))}), ValueError, r"\.ravel\(\)"),
        (lambda: plots.listen({"a": np.ones(99, "int16")}), ValueError, r"astype\('float32'\) / 32768"),
        (lambda: plots.listen({"a": np.ones(99) * 1e200}), ValueError, "a sample of 1e\\+200"),
        (lambda: plots.listen({"a": np.ones(99) * 1e-60}), ValueError, "all silent"),
        (lambda: plots.listen({"a": np.ones(99)}, rate=1), ValueError, "rate must be a whole number from 1000"),
        (lambda: plots.level_db(np.ones(300), rate=10**9), ValueError, "rate must be a whole number from 1000"),
        (lambda: plots.level_db(np.full(300, 9000.0)), ValueError, "x / 32768 helps"),
        (
            lambda: plots.show_spectrograms({"a": np.ones((300, 2))}, title="t"),
            ValueError,
            r"\['a'\] must be one sound",
        ),
        (lambda: plots.show_spectrograms({"a": [0.1] * 300}, title="t"), ValueError, "np.asarray"),
        (lambda: plots.show_spectrograms({"a": np.ones(300)}, title="t", floor=np.nan), ValueError, "floor must be"),
    ],
)
def test_other_slips_are_named_with_what_helps(call, error, said):
    with pytest.raises(error, match=said):
        call()
