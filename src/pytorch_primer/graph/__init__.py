"""Computation graphs, drawn from live tensors."""

from pytorch_primer.graph.backward import BackwardSteps, backward_steps
from pytorch_primer.graph.data import Edge, Node
from pytorch_primer.graph.draw import draw_graph
from pytorch_primer.graph.graph import Graph

__all__ = ["BackwardSteps", "Edge", "Graph", "Node", "backward_steps", "draw_graph"]
