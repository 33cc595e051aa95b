"""Computation graphs, drawn from live tensors."""

from pytorch_primer.graph.backward import BackwardSteps, backward_steps
from pytorch_primer.graph.build import draw_graph
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.plain import Edge, Node, summary

__all__ = ["BackwardSteps", "Edge", "Graph", "Node", "backward_steps", "draw_graph", "summary"]
