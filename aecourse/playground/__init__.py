"""The playground: an autoencoder one can touch, in a notebook or on a page of its own.

The network runs in the browser; only one with layers that the browser does not know is asked here, in the kernel. The
browser always asks first and a handler answers: nothing is pushed from threads, which Colab would lose.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from aecourse.checks import as_array, described, images
from aecourse.datasets.embedded import embedded
from aecourse.models import Autoencoder
from aecourse.playground import digits
from aecourse.playground.layers import autoencoder_from, dense_layers
from aecourse.playground.steps import model_steps

__all__ = ["Playground"]

_STATIC = Path(__file__).with_name("static")
_ALT = (
    "The autoencoder playground: settings on the left; above, the network as an hourglass between a digit and what "
    "comes back, with its code in the middle; below, the map of codes, eight digits, a square to draw in and the loss."
)
_MOST_SHOWN = 500  # digits on the map of a given model
_MOST_NUMBERS = 64  # in its code


class Playground(anywidget.AnyWidget):
    """The playground as a widget: train an autoencoder in the browser, or explore one that is trained.

    Args:
        model: a trained `Autoencoder` to explore; None to train one here.
        x: images for its map, shape `(n, side, side, 1)`, values in [0, 1]; the first 500 are taken.
        y: their classes, shape `(n,)`, whole numbers 0 to 9.
        settings: what the playground starts with: a dict such as `report["settings"]`, or the text that its button
            copies. A value that makes no sense is replaced by its default, with a notice.
            `{"data": "clothes"}` trains on pieces of clothing.

    Attributes:
        report: what the playground tells, last when the training paused: `settings`, `steps`, `loss` (L on validation
            digits), `error` (their mean squared error), and `runs`, the pinned ones, each with `name`, `settings`,
            `steps` and `error`.

    Raises:
        TypeError: `model` is no `Autoencoder`, or `settings` is neither a mapping nor a text.
        ValueError: `x` and `y` do not fit the model or each other, the code is no row of 1 to 64 numbers, or the text
            `settings` is not one that the playground copies.

    Example:
        >>> playground = Playground(settings={"code": 3})
        >>> playground.report
        {}
    """

    _esm = _STATIC / "playground.js"
    _css = _STATIC / "playground.css"
    settings = traitlets.Union([traitlets.Dict(), traitlets.Unicode()]).tag(sync=True)
    report = traitlets.Dict().tag(sync=True)
    explores = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        model: Autoencoder | None = None,
        x: NDArray[np.float32] | None = None,
        y: NDArray[np.integer] | None = None,
        *,
        settings: Mapping[str, Any] | str | None = None,
    ) -> None:
        if settings is not None and not isinstance(settings, Mapping | str):
            raise TypeError(f"settings must be a dict or a text, got {described(settings)}")
        if isinstance(settings, str) and "v=1" not in settings.lstrip("#").split("&"):
            raise ValueError(
                f"settings must be a text that “Copy settings” gives, such as 'v=1&code=3', got {described(settings)}; "
                "a dict such as {'code': 3} will do, too"
            )
        self._lock = threading.Lock()
        self._model = model
        self._steps = 0
        self._trained: tuple[dict[str, Any], NDArray[np.float32]] | None = None
        self._images: NDArray[np.float32] | None = None
        self._dense: tuple[dict[str, Any], NDArray[np.float32]] | None = None
        self._convolutional: tuple[dict[str, Any], NDArray[np.float32]] | None = None
        if model is None:
            if x is not None or y is not None:
                raise ValueError("x and y are the digits for a model to explore: give the model, too")
        else:
            self._images, self._labels = _checked(model, x, y)
            self._dense = dense_layers(model, self._images[:20])
            self._convolutional = None if self._dense else model_steps(model, self._images[:20])
        super().__init__(
            settings=settings if isinstance(settings, str) else dict(settings or {}), explores=model is not None
        )
        self.on_msg(self._answer)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, with a picture in its place where notebooks are only read."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None or self._model is not None:
            return bundle
        data, metadata = bundle
        return {**data, "image/png": (_STATIC / "picture.png").read_bytes()}, {**metadata, "image/png": {"alt": _ALT}}

    def __repr__(self) -> str:
        return "Playground()" if self._model is None else f"Playground of {self._model.name}"

    @property
    def weights(self) -> Autoencoder:
        """The network trained in the browser, as it was when the training last paused, as a Keras `Autoencoder`.

        Raises:
            ValueError: nothing is trained yet: show the playground and press Play, then Pause.
        """
        if self._trained is None:
            raise ValueError("there is no trained network yet: show the playground, press Play, and then Pause")
        if not self._steps:
            raise ValueError("the network has not learned anything yet, its weights are random: press Play, then Pause")
        return autoencoder_from(*self._trained)

    def _answer(self, _widget: object, content: object, buffers: list[Any]) -> None:
        """Answer what the browser asks: `{"id", "ask"}`, numbers in the buffers."""
        if not isinstance(content, dict):
            return
        if content.get("tell") == "weights":
            self._keep(content.get("settings"), content.get("steps"), buffers)
            return
        if "id" not in content:
            return
        reply: dict[str, Any] = {"id": content["id"]}
        out: list[bytes] = []
        try:
            if content["ask"] == "digits":
                extra, out = self._digits()
                reply |= extra
            elif content["ask"] == "clothes":
                out = [embedded("clothes.bin")]
            elif content["ask"] in ("encode", "decode"):
                out = [self._apply(content["ask"], np.frombuffer(buffers[0], "<f4"))]
            else:
                raise ValueError(f"ask must be digits, clothes, encode or decode, got {described(content['ask'])}")
        except Exception as error:  # what the model raises belongs on the screen: a handler's traceback is seen nowhere
            reply["error"] = f"{type(error).__name__}: {error}"
        self.send(reply, out)

    def _digits(self) -> tuple[dict[str, Any], list[bytes]]:
        if self._images is None:
            return {}, [(_STATIC / "digits.bin").read_bytes()]
        images = np.round(255 * self._images).astype(np.uint8).reshape(len(self._images), -1)
        packed = digits.pack(images, self._labels, 0)
        told = (
            {"code": int(np.prod(self._model.encoder.output_shape[1:])), "name": self._model.name}
            if self._model
            else {}
        )
        if self._convolutional:
            steps, weights = self._convolutional
            return {**told, "remote": False, "steps": steps}, [packed, weights.tobytes()]
        if self._dense is None:
            return {**told, "remote": True}, [packed]
        shape, weights = self._dense
        return {**told, "remote": False, "shape": shape}, [packed, weights.tobytes()]

    def _apply(self, side: str, values: NDArray[np.float32]) -> bytes:
        if self._model is None:
            raise ValueError("this playground has no model of the notebook")
        part = self._model.encoder if side == "encode" else self._model.decoder
        samples = values.reshape(-1, *part.input_shape[1:])
        with self._lock:
            result = self._model.encode(samples) if side == "encode" else self._model.decode(samples)
        return np.ascontiguousarray(result, "<f4").tobytes()

    def _keep(self, settings: object, steps: object, buffers: list[Any]) -> None:
        """Keep the weights that the browser tells, and after how many steps."""
        if isinstance(settings, dict) and buffers:
            self._trained = settings, np.frombuffer(bytes(buffers[0]), "<f4")
            self._steps = steps if isinstance(steps, int) else 0


def _checked(
    model: object, x: NDArray[np.float32] | None, y: NDArray[np.integer] | None
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The images and labels to show; raises what `Playground` documents."""
    if not isinstance(model, Autoencoder):
        raise TypeError(f"model must be an aecourse Autoencoder, got {described(model)}")
    shape, code = tuple(model.encoder.input_shape[1:]), tuple(model.encoder.output_shape[1:])
    if len(shape) != 3 or shape[0] != shape[1] or shape[2] != 1:
        raise ValueError(f"model must take square images of one channel, (side, side, 1), got {shape}")
    if len(code) != 1 or not 1 <= code[0] <= _MOST_NUMBERS:
        raise ValueError(f"the model's code must be a row of 1 to {_MOST_NUMBERS} numbers, got shape {code}")
    if x is None or y is None:
        raise ValueError("a model needs x and y: the digits of its map and their classes")
    x, y = images(x), as_array("y", y, "a whole number 0 to 9 for each digit")
    if x.shape[1:] != shape or len(x) == 0:
        raise ValueError(f"x must have shape (n, {', '.join(map(str, shape))}) with n above 0, got {x.shape}")
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or y.min() < 0 or y.max() > 9:
        raise ValueError(f"y must hold a whole number 0 to 9 for each of {len(x)} digits, got {described(y)}")
    return x[:_MOST_SHOWN].astype(np.float32), y[:_MOST_SHOWN].astype(np.uint8)
