"""Training: the one place of the course that trains a Keras model."""

from aecourse.training.compilation import steps_at_once
from aecourse.training.loop import fit
from aecourse.training.pipeline import batches
from aecourse.training.progress import DivergedError

__all__ = ["DivergedError", "batches", "fit", "steps_at_once"]
