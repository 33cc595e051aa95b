"""Run a model without recording a graph."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def models(generator):
    def filled(model, mode, grads):
        for p in model.parameters():
            p.data = torch.randn(p.shape, generator=generator)
            p.grad = torch.ones_like(p) if grads else None
        return model.train(mode)

    small = filled(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), True, False)
    norm = filled(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), False, True)
    return [
        (small, torch.randn(5, 3, generator=generator)),
        (norm, torch.randn(1, 2, generator=generator)),
    ]


def predictions(result, model, x):
    return {
        "the result does not require a gradient": not result.requires_grad,
        "gradients can be recorded again after the call": bool(result.grad_mode_after),
    }


def call_and_note_grad_mode(predict, model, x):
    result = predict(model, x)
    if isinstance(result, torch.Tensor):
        result.grad_mode_after = torch.is_grad_enabled()
    return result


@exercise(
    cases=models,
    returns=TensorSpec(),
    run=call_and_note_grad_mode,
    view=predictions,
    hints=[
        "A block can switch recording off: `with …:`. Afterwards it is on again by itself.",
        "`with torch.no_grad():` and inside it `return model(x)`.",
    ],
    note="`torch.inference_mode()` is faster still; its results can never enter a graph later.",
    difficulty=1,
)
def predict(model, x):
    """Return ``model(x)`` without recording a graph. The result does not require a gradient,
    recording is on again afterwards, and nothing of the model changes: neither its parameters nor
    their ``requires_grad`` and their ``.grad``.
    """
    # <solution>
    with torch.no_grad():
        return model(x)
    # </solution>


@predict.also_right
def in_inference_mode(model, x):
    with torch.inference_mode():
        y = model(x)
    return y.clone()


@predict.also_right
def detached_afterwards(model, x):
    return model(x).detach()


@predict.also_right
def switched_off_and_on(model, x):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        return model(x)
    finally:
        torch.set_grad_enabled(before)


predict.line_mistakes(r"""
The result still carries its graph. Put the call of the model inside `with torch.no_grad():`.
    with torch.no_grad(): -> with torch.enable_grad():
The parameters no longer require a gradient, so the model cannot be trained any more. Leave them alone and switch the recording off instead.
    with torch.no_grad(): -> model.requires_grad_(False)\nwith torch.enable_grad():
`eval()` changes the mode of dropout and batch norm; it does not stop the recording, and the model is not yours to leave in another mode.
    with torch.no_grad(): -> model.eval()\nwith torch.enable_grad():
The model is left in eval mode after the call. Only the recording was to be switched off.
    with torch.no_grad(): -> model.eval()\nwith torch.no_grad():
The gradients of the model's parameters are gone after the call; leave them be.
    with torch.no_grad(): -> model.zero_grad()\nwith torch.no_grad():
""")


@predict.mistake(
    "Recording stays switched off after the call, for the whole program."
    " Use `with torch.no_grad():`, which switches it on again."
)
def never_switched_on_again(model, x):
    torch.set_grad_enabled(False)
    return model(x)
