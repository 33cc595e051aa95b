"""Figures are drawn without a screen and closed after each test; no example has a deadline."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

mpl.use("agg")
settings.register_profile("library", deadline=None)
settings.load_profile("library")


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")
