"""Helpers for the lessons of pytorch_primer, a PyTorch course that proves itself."""

from pytorch_primer._torchvision import import_torchvision
from pytorch_primer.animation import animate_descent
from pytorch_primer.batches import Batches
from pytorch_primer.contours import ContourPlot, FunctionPlot, plot_contours, plot_function
from pytorch_primer.data import ImageData, load_digits, load_mnist, small_mnist, write_mnist
from pytorch_primer.descent import Trajectory, descend
from pytorch_primer.evaluation import evaluate
from pytorch_primer.exercises import Result, check, hint, progress, solution
from pytorch_primer.graph import (
    BackwardSteps,
    Edge,
    Graph,
    Node,
    backward_steps,
    draw_graph,
    summary,
)
from pytorch_primer.onehot import OneHot
from pytorch_primer.plots import plot_trajectory, plot_values
from pytorch_primer.schedules import Budget, Plateau, Restart, Schedule
from pytorch_primer.seed import set_seed
from pytorch_primer.sweeps import Sweep, sweep
from pytorch_primer.training import History, sgd

__all__ = [
    "BackwardSteps",
    "Batches",
    "Budget",
    "ContourPlot",
    "Edge",
    "FunctionPlot",
    "Graph",
    "History",
    "ImageData",
    "Node",
    "OneHot",
    "Plateau",
    "Restart",
    "Result",
    "Schedule",
    "Sweep",
    "Trajectory",
    "animate_descent",
    "backward_steps",
    "check",
    "descend",
    "draw_graph",
    "evaluate",
    "hint",
    "import_torchvision",
    "load_digits",
    "load_mnist",
    "plot_contours",
    "plot_function",
    "plot_trajectory",
    "plot_values",
    "progress",
    "set_seed",
    "sgd",
    "small_mnist",
    "solution",
    "summary",
    "sweep",
    "write_mnist",
]

__version__ = "0.2.0"
