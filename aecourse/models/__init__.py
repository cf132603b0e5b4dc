"""The course's networks: an autoencoder as one model of two parts, its builders, and PCA to measure them against."""

from aecourse.models.autoencoder import Autoencoder, outputs
from aecourse.models.builders import conv_autoencoder, dense_autoencoder
from aecourse.models.loading import load
from aecourse.models.pca import pca_reconstruct

__all__ = ["Autoencoder", "conv_autoencoder", "dense_autoencoder", "load", "outputs", "pca_reconstruct"]
