"""The exercises of the course: one module each, named like the exercise."""

from pytorch_primer.outline import read_outline

PARTS = {part.number: part.title for part in read_outline().parts}
"""Titles of the parts of the course."""

CURRICULUM = {lesson.number: lesson.exercises for lesson in read_outline().lessons}
"""Ids of the exercises by lesson (part and number), in the order of the course."""
