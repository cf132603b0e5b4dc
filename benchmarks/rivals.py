"""Simple rivals that several comparisons share."""

from __future__ import annotations

from sklearn.decomposition import PCA

from benchmarks.core import Array, Task, Train, Trained


def nothing(_: Task) -> Trained:
    """The input as it is."""
    return 0, lambda x: x


def pca(components: int) -> Train:
    """PCA with as many numbers; its parameters are the components and the mean."""

    def train(task: Task) -> Trained:
        model = PCA(components, random_state=0).fit(task.x.reshape(len(task.x), -1))

        def reconstruct(x: Array) -> Array:
            return model.inverse_transform(model.transform(x.reshape(len(x), -1))).reshape(x.shape)

        return model.components_.size + model.mean_.size, reconstruct

    return train
