"""The descent explorer's paths, run in node, against torch's own optimizers in float64."""

import math
import random
from pathlib import Path

import pytest
import torch
from tests.explore.node import answers

JS = Path(__file__).parents[2] / "docs/explore/js"
STEPS = 100
SETTINGS = 20
TOLERANCE = 1e-9
# A second path of torch's is nudged by this at each step, as another order of rounding would do it.
# Where it parts from the first, the path is called chaotic: nobody's third can be held to either.
NUDGE = 4 * torch.finfo(torch.float64).eps

RUN = f"""
import {{ pathOf, stateFrom, pythonOf, limitOf }} from "file://{JS}/descent.js";
let text = "";
for await (const part of process.stdin) text += part;
const answers = JSON.parse(text).map((address) => {{
    const state = stateFrom(new URLSearchParams(address));
    const run = state.runs[0];
    const path = pathOf(state, run).map((p) => [p.x, p.y, p.value]);
    return {{ path, python: pythonOf(state, run), limit: limitOf(state.f, run) }};
}});
console.log(JSON.stringify(answers));
"""


def in_node(addresses):
    """Run descents as the page does; each is described by its address."""
    return answers(RUN, addresses)


# The functions as the literature and the lessons have them, of a tensor of shape (…, 2) or (…, 1).
def rosenbrock(v):
    return (1 - v[..., 0]) ** 2 + 100 * (v[..., 1] - v[..., 0] ** 2) ** 2


def himmelblau(v):
    x, y = v[..., 0], v[..., 1]
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def beale(v):
    x, y = v[..., 0], v[..., 1]
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def steep(v):
    """As in lesson 3.3, with the directions as vectors."""
    turn = torch.tensor(0.5, dtype=torch.float64)
    across = torch.stack([-turn.sin(), turn.cos()])
    along = torch.stack([turn.cos(), turn.sin()])
    d = v - torch.tensor([3.0, 1.0], dtype=torch.float64)
    return ((d @ along) ** 2 + 1000 * (d @ across) ** 2) / 2


SURFACES = {
    "line": lambda v: (v[..., 0] - 2) ** 2,
    "bowl": lambda v: 10 * (v**2).sum(-1),
    "valley": lambda v: 10 * (v[..., 0] ** 2 - 3 * v[..., 0] * v[..., 1] + 4 * v[..., 1] ** 2),
    "steep": steep,
    "two_valleys": lambda v: v[..., 0] ** 4 / 4 - v[..., 0] ** 2 + v[..., 0] / 4,
    "rosenbrock": rosenbrock,
    "himmelblau": himmelblau,
    "beale": beale,
    "saddle": lambda v: v[..., 0] ** 2 - v[..., 1] ** 2,
}
OF_ONE = {"line", "two_valleys"}
CURVED = {"line": 2, "bowl": 20, "valley": 92.5, "steep": 1000, "two_valleys": 10}
OPTIONS = {
    "sgd": [],
    "momentum": ["momentum"],
    "nesterov": ["momentum"],
    "rmsprop": ["alpha", "eps"],
    "adagrad": ["eps"],
    "adam": ["beta1", "beta2", "eps"],
    "adamw": ["beta1", "beta2", "eps", "weight_decay"],
}


def optimizer_of(opt, params, said):
    """Make torch's optimizer; what is not said is torch's default."""
    said = dict(said)
    if "beta1" in said or "beta2" in said:
        said["betas"] = (said.pop("beta1", 0.9), said.pop("beta2", 0.999))
    if opt in ("momentum", "nesterov"):
        said = {"momentum": 0.9, "nesterov": opt == "nesterov"} | said
    kind = {"rmsprop": "RMSprop", "adagrad": "Adagrad", "adam": "Adam", "adamw": "AdamW"}
    return getattr(torch.optim, kind.get(opt, "SGD"))(params, **said)


def draw(rng, f, opt):
    """Draw settings: a rate over several powers of ten, some of the options, a start, in range."""
    steepest = CURVED.get(f, 200)
    if opt in ("sgd", "momentum", "nesterov"):
        said = {"lr": float(f"{10 ** rng.uniform(-2.5, 0.3) / steepest:.3g}")}
    else:
        said = {"lr": float(f"{10 ** rng.uniform(-3, 0):.3g}")}
    if rng.random() < 0.15:
        del said["lr"]
    choices = {
        "momentum": lambda: rng.uniform(0, 0.98),
        "alpha": lambda: rng.uniform(0.5, 0.999),
        "beta1": lambda: rng.uniform(0, 0.98),
        "beta2": lambda: rng.uniform(0.5, 0.9999),
        "eps": lambda: 10 ** rng.uniform(-10, -3),
        "weight_decay": lambda: rng.uniform(0, 0.2),
    }
    for name in OPTIONS[opt]:
        if rng.random() < 0.5:
            said[name] = float(f"{choices[name]():.4g}")
    wide = 2.0 if f in ("rosenbrock", "beale", "two_valleys") else 4.0
    start = [float(f"{rng.uniform(-wide, wide):.4g}") for _ in range(1 if f in OF_ONE else 2)]
    return said, start


def address(f, opt, said, start):
    words = {"f": f, "opt": opt, "x": start[0], "steps": STEPS} | said
    if len(start) == 2:
        words["y"] = start[1]
    return "&".join(f"{key}={value}" for key, value in words.items())


def by_torch(f, opt, said, start):
    """Follow two descents at once, the second nudged a trifle at each step; give both paths."""
    x0 = torch.tensor(start, dtype=torch.float64)
    v = torch.stack([x0, x0]).requires_grad_()
    nudge = torch.tensor([[1.0], [1 + NUDGE]], dtype=torch.float64)
    optimizer = optimizer_of(opt, [v], said)
    states = []
    for _ in range(STEPS + 1):
        values = SURFACES[f](v)
        states.append(torch.cat([v.detach(), values.detach()[:, None]], dim=1))
        (v.grad,) = torch.autograd.grad(values.sum(), v)
        optimizer.step()
        with torch.no_grad():
            v.mul_(nudge)
    return torch.stack(states)


def apart(a, b):
    """Give the largest distance of two paths, relative to how far from the origin they are.

    Positions count as vectors, values by themselves; what is as small as rounding counts as 0.
    """
    place = (a[:, :-1] - b[:, :-1]).norm(dim=1) / b[:, :-1].norm(dim=1).clamp(min=1e-6)
    value = (a[:, -1] - b[:, -1]).abs() / b[:, -1].abs().clamp(min=1e-6)
    return max(place.max().item(), value.max().item())


def compare(f, opt, seed):
    """Give for each random setting how far the page is from torch, and whether that counts."""
    rng = random.Random(f"{f} {opt} {seed}")
    drawn = [draw(rng, f, opt) for _ in range(SETTINGS)]
    found = []
    answers = in_node([address(f, opt, *settings) for settings in drawn])
    for (said, start), answer in zip(drawn, answers, strict=True):
        both = by_torch(f, opt, said, start)
        own = torch.tensor(answer["path"], dtype=torch.float64)
        own = own[:, [0, 2]] if f in OF_ONE else own
        finite = both[:, 0].isfinite().all(dim=1)
        length = len(finite) if finite.all() else int((~finite).nonzero()[0])
        assert abs(len(own) - length) <= 1, "both end where numbers are no longer finite"
        length = min(length, len(own))
        ours, theirs, beside = own[:length], both[:length, 0], both[:length, 1]
        chaotic = apart(beside, theirs) > TOLERANCE / 10 or not math.isfinite(apart(beside, theirs))
        found.append((apart(ours, theirs), chaotic, said, start))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("f", SURFACES)
@pytest.mark.parametrize("opt", OPTIONS)
def test_paths_are_those_of_torch_where_they_are_not_chaotic(f, opt):
    found = compare(f, opt, seed=0)
    wrong = [x for x in found if not x[1] and not x[0] < TOLERANCE]
    assert not wrong
    calm = [x[0] for x in found if not x[1]]
    print(f"{f} {opt}: {len(found) - len(calm)} of {len(found)} chaotic, else {max(calm):.1e}")
    assert len(calm) >= len(found) / 2
