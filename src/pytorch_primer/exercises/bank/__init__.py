"""The exercises of the course: one module each, named like the exercise."""

CURRICULUM: dict[str, tuple[str, ...]] = {
    "2.4": ("second_gradients", "predict", "x_grad", "logistic_grad", "two_weights_grad"),
}
"""Ids of the exercises by lesson (part and number), in the order of the course."""
