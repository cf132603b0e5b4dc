"""How exactly a score is said, in the runner's table and in the README's."""

DECIMALS = {"MSE": 4, "bits": 3, "rank correlation": 2}


def decimals(unit: str) -> int:
    """Return how many decimals a score in this unit has; one, where nothing else is said.

    Example:
        >>> decimals("rank correlation"), decimals("PSNR, dB")
        (2, 1)
    """
    return DECIMALS.get(unit, 1)
