"""The exercises of the course: one module each, named like the exercise."""

from pytorch_primer.outline import read_outline

CURRICULUM = {lesson.number: lesson.exercises for lesson in read_outline().lessons}
"""Ids of the exercises by lesson (part and number), in the order of the course."""
