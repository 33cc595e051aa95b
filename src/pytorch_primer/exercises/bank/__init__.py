"""The exercises of the course: one module each, named like the exercise."""

PARTS = {
    "1": "Tensors",
    "2": "Automatic differentiation",
    "3": "Optimisation",
    "4": "Modules",
    "5": "Training",
}
"""Titles of the parts of the course."""

CURRICULUM: dict[str, tuple[str, ...]] = {
    "1.1": ("stack_transforms", "to_torch_times_10", "to_column"),
    "1.2": ("select",),
    "2.1": ("simple_grad",),
    "2.2": ("leaves", "graph_chain", "evaluate_line", "grad_g"),
    "2.4": ("second_gradients", "predict", "x_grad", "logistic_grad", "two_weights_grad"),
    "3.1": ("descend",),
    "3.2": ("function_parabola", "make_gradient_step", "run_gd"),
    "3.3": ("one_step", "run_sgd", "run_adamw"),
    "4.1": ("three_parameter_model", "two_layer_module"),
    "4.2": ("linear_by_hand", "apply_relu"),
    "4.3": ("class_loss", "one_hot"),
    "5.1": ("train", "linear_regression"),
    "5.2": ("mean_loss",),
    "5.3": ("sgd",),
    "5.4": ("find_lr", "best_lrs"),
    "5.5": ("seeded_weights",),
}
"""Ids of the exercises by lesson (part and number), in the order of the course."""
