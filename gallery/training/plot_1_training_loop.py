r"""
The training loop
=================

.. lesson::
   :assumes: modules/plot_3_losses; modules/plot_4_silent_bugs

   - write the four steps of training from memory, and say what each is for
   - say what a low training loss proves, and what only new samples can tell
   - fit a line by gradient descent, and compare it with the exact solution

Everything so far comes together in a loop of four steps: forward, loss, backward, update. It is
short enough to learn by heart. The hard part is to know whether it *works*, and for that one needs
to know what to expect of the loss. We begin with targets for which we know.
"""

# sphinx_gallery_tags = ["training", "optimisation"]

import matplotlib.pyplot as plt
import torch
from torch import nn

plt.style.use("pytorch_primer.course")

# %%
# Targets from a teacher
# ----------------------
#
# We draw inputs at random and let a network with fixed weights, the *teacher*, give the targets. A
# student of the same shape can match them exactly: the loss can reach zero.

torch.manual_seed(0)
X = torch.randn(200, 4)


def make_net():
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))


teacher = make_net()
with torch.no_grad():
    Y = teacher(X)
print("inputs", tuple(X.shape), " targets", tuple(Y.shape))

# sphinx_gallery_start_ignore
assert (X.shape, Y.shape) == ((200, 4), (200, 2))
# sphinx_gallery_end_ignore

# %%
# The four steps
# --------------
#
# One round of training, written out once without a loop:

net = make_net()
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

prediction = net(X)  # 1 forward
loss = loss_fn(prediction, Y)  # 2 loss
optimizer.zero_grad()
loss.backward()  # 3 backward
optimizer.step()  # 4 update
print("loss before the update:", round(loss.item(), 4))
print("loss after it:         ", round(loss_fn(net(X), Y).item(), 4))

# sphinx_gallery_start_ignore
assert loss_fn(net(X), Y) < loss
# sphinx_gallery_end_ignore

# %%
# - **Forward**: the network computes, and autograd records.
# - **Loss**: one number says how wrong it is.
# - **Backward**: every parameter learns how the loss depends on it. The gradients of the last round
#   are cleared before, or they would add up.
# - **Update**: each parameter goes a small way against its gradient.
#
# One round made the loss a little smaller. Training is this, many times.


def train(net, X, Y, lr, num_epochs):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = loss_fn(net(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %%
# ``loss.item()`` takes the number out. Keeping the tensors instead would keep every graph alive. An
# :term:`epoch` here is one step on all samples, the :term:`full batch`; nothing is random about it,
# so it is gradient descent, and "stochastic" would be the wrong name.
#
# .. predict:: One round without its last line. What is printed?
#    :aim: 1
#
#    w = torch.tensor(1.0, requires_grad=True)
#    optimizer = torch.optim.SGD([w], lr=0.5)
#    loss = w**2
#    loss.backward()
#    print(w.item(), w.grad.item())
#    + ``backward`` tells ``w`` how the loss depends on it, and moves nothing.
#    - Moving is the task of ``optimizer.step()``, which was not called.
#        loss.backward() -> loss.backward(); optimizer.step()
#    - The gradient does not wait for the step: it is there before.
#        loss.backward() -> w.grad = torch.tensor(0.0)
#    - What is stored is the slope of the loss, not its value.
#        w.grad.item() -> loss.item()
#
# .. choose:: Which three lines make one round, from the gradient of *this* loss?
#    :aim: 1
#    :test: abs(w.item() - 0.8) < 1e-6
#
#    w = torch.tensor(1.0, requires_grad=True)
#    w.grad = torch.tensor(5.0)  # left over from another loss
#    optimizer = torch.optim.SGD([w], lr=0.1)
#    loss = w**2
#    + What was left over is gone before the new gradient is added.
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#    - What ``backward`` has just computed is thrown away before it is used.
#        loss.backward()
#        optimizer.zero_grad()
#        optimizer.step()
#    - The new gradient is added to the leftover, and the step uses both.
#        loss.backward()
#        optimizer.step()
#        optimizer.zero_grad()
#    - The step comes before there is anything to step by.
#        optimizer.zero_grad()
#        optimizer.step()
#        loss.backward()
#
# A target that can be reached, and one that cannot
# -------------------------------------------------
#
# Beside the teacher's targets we put pure noise: random numbers that have nothing to do with the
# inputs. Both trainings use the same start and the same rate.

torch.manual_seed(1)
start = make_net().state_dict()
noise = torch.randn(200, 2)

curves = {}
for name, targets in {"teacher": Y, "noise": noise}.items():
    net = make_net()
    net.load_state_dict(start)
    curves[name] = train(net, X, targets, lr=0.2, num_epochs=1000)
    print(f"{name:8} first {curves[name][0]:.3f}  last {curves[name][-1]:.4f}")

# sphinx_gallery_start_ignore
assert curves["teacher"][-1] < 0.01 * curves["teacher"][0]
assert curves["noise"][-1] > 0.5 * curves["noise"][0]
# sphinx_gallery_end_ignore

# %%

fig, ax = plt.subplots()
ax.semilogy(curves["teacher"], label="teacher's targets")
ax.semilogy(curves["noise"], "--", label="noise")
ax.axhline(noise.var().item(), linestyle=":", color="black", label="variance")
ax.set(xlabel="epoch", ylabel="loss")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss against epoch on a logarithmic axis. For the teacher's targets it falls by more than two"
    " powers of ten and goes on falling. For noise it sinks a little below a dotted line, the"
    " variance of the targets, and hardly moves any more."
)
assert abs(noise.var().item() - 1) < 0.2
# sphinx_gallery_end_ignore

# %%
# The same loop, the same network, and two fates. The teacher's loss goes down and down. The loss on
# noise sinks below the variance of the targets, which is what a constant prediction would reach. Is
# the variance a floor, then? Not for the loss on these 200 samples. A network with more units,
# trained by Adam, learns the noise by heart:

torch.manual_seed(1)
wide = nn.Sequential(nn.Linear(4, 512), nn.Tanh(), nn.Linear(512, 2))
optimizer = torch.optim.Adam(wide.parameters(), lr=0.01)
for _ in range(1000):
    loss = loss_fn(wide(X), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"training loss of 512 units on pure noise: {loss.item():.3f}")

# sphinx_gallery_start_ignore
assert loss.item() < 0.05
assert len(X) == len(noise) == 200, "samples"
# sphinx_gallery_end_ignore

# %%
# What it has learned is worth less than nothing. (``net`` is still the network of 16 units that was
# trained on noise.) On new samples of the same kind, the variance *is* a bound: nobody can predict
# noise, and every wrong guess adds to it.

torch.manual_seed(2)
new_X, new_noise = torch.randn(2000, 4), torch.randn(2000, 2)
predictions = {"constant": noise.mean(dim=0).expand(2000, 2)}
with torch.no_grad():
    predictions |= {"16 units": net(new_X), "512 units": wide(new_X)}
for name, prediction in predictions.items():
    print(f"{name:9} new samples: {loss_fn(prediction, new_noise).item():.2f}")

# sphinx_gallery_start_ignore
fresh = {n: loss_fn(p, new_noise).item() for n, p in predictions.items()}
assert fresh["constant"] < fresh["16 units"] < fresh["512 units"]
assert min(fresh.values()) > 0.95 * new_noise.var().item()
assert fresh["512 units"] > 1.5
assert net[0].out_features == 16, (
    "still the network of so many units that was trained on noise"
)
assert loss.item() < 0.05 < fresh["16 units"], (
    "the loss of noise would stop the loop"
)
# sphinx_gallery_end_ignore

# %%
# The lower its training loss, the worse it does here. So a low training loss shows that the loop
# works and the network is large enough. What has been learned, only new samples can tell. And a
# loop that waits "until the loss is below 0.05" may wait for ever, or be content with noise. Give
# every loop a limit.
#
# .. predict:: The targets are noise, and there are as many weights as samples. What is the training loss?
#    :aim: 2
#
#    torch.manual_seed(0)
#    x, noise = torch.randn(8, 8), torch.randn(8)
#    w = torch.linalg.solve(x, noise)
#    print(f"{(x @ w - noise).square().mean():.2f}")
#    + Eight weights can meet any eight targets, even if there is nothing to learn.
#    - That is what a constant would reach. These weights can do more, on *these* samples.
#        (x @ w - noise).square().mean() -> noise.var()
#    - So bad it is on samples that were not in the training.
#        (x @ w - noise).square().mean() -> (torch.randn(999, 8) @ w - torch.randn(999)).square().mean()
#
# .. choose:: The targets are noise. Which ``answer`` has a loss near 1, the variance, on new samples?
#    :aim: 2
#    :test: F.mse_loss(answer, new_y) < 1.1
#
#    torch.manual_seed(0)
#    x, y = torch.randn(20, 10), torch.randn(20)
#    new_x, new_y = torch.randn(2000, 10), torch.randn(2000)
#    w = torch.linalg.lstsq(x, y).solution  # trained on x and y
#    + A guess that does not move adds no error of its own.
#        answer = torch.zeros(2000)
#    - The weights fit the chance of the old samples; on new ones that is a further error.
#        answer = new_x @ w
#    - As random as the targets, but other numbers: two chances add up.
#        answer = torch.randn(2000)
#    - These targets belong to other inputs: they are other chance numbers.
#        answer = y.repeat(100)
#
# .. choose:: The weights were fitted to the first 30 samples. Which loss tells what they have learned?
#    :aim: 2
#    :test: torch.equal(loss, (x @ w - y)[30:].square().mean())
#
#    torch.manual_seed(0)
#    x = torch.randn(40, 20)
#    y = x[:, 0] + torch.randn(40)
#    w = torch.linalg.lstsq(x[:30], y[:30]).solution
#    + No weight has seen these samples.
#        loss = (x[30:] @ w - y[30:]).square().mean()
#    - A low value would show that the weights could meet these samples, not that others are met.
#        loss = (x[:30] @ w - y[:30]).square().mean()
#    - Most of these samples are old acquaintances, and make the mean look better than it is.
#        loss = (x @ w - y).square().mean()
#
# How a network ends
# ------------------
#
# What a network can say is also limited by its last operation. With a sigmoid at its end it cannot
# say anything outside of (0, 1), whatever it learns:

squashed = nn.Sequential(make_net(), nn.Sigmoid())
losses = train(squashed, X, Y, lr=0.2, num_epochs=1000)
reachable = loss_fn(Y.clamp(0, 1), Y).item()
print(f"with a sigmoid: {losses[-1]:.3f}, and no lower than {reachable:.3f}")

# sphinx_gallery_start_ignore
assert losses[-1] > reachable > 10 * curves["teacher"][-1]
assert Y.min() < 0
said, best = squashed(X), Y.clamp(0, 1)
assert said.min() > 0 and said.max() < 1, (
    "with a sigmoid at its end it cannot say anything outside"
)
assert best.max() <= 1 and (best[Y < 0] == 0).all(), (
    "the best that values between can do: close to each target, and to negative"
    " targets"
)
# sphinx_gallery_end_ignore

# %%
# The best that values between 0 and 1 can do is to be as close as possible to each target, and for
# negative targets that is 0. This bound follows from the targets alone, without any training. Where
# the targets can be reached, the same ending is no hindrance. One layer with a sigmoid, on 1000
# samples with targets from another one of its kind:


def one_layer():
    return nn.Sequential(nn.Linear(3, 2), nn.Sigmoid())


torch.manual_seed(0)
inputs, source = torch.randn(1000, 3), one_layer()
with torch.no_grad():
    wanted = source(inputs)
losses = train(one_layer(), inputs, wanted, lr=5.0, num_epochs=500)
print(f"first {losses[0]:.4f}, last {losses[-1]:.0e}")

# sphinx_gallery_start_ignore
assert len(inputs) == 1000, "samples of one layer with a sigmoid"
assert wanted.min() > 0
assert wanted.max() < 1
assert losses[-1] < 1e-6
# sphinx_gallery_end_ignore

# %%
# .. choose:: A network ends in a sigmoid. Which line gives the bound below which its loss cannot come?
#    :aim: 2
#    :test: abs(bound - 5 / 3) < 1e-6
#
#    Y = torch.tensor([-1.0, 0.5, 3.0])
#    + For each target the nearest number that the network can come close to.
#        bound = F.mse_loss(Y.clamp(0, 1), Y)
#    - The sigmoid of a target is somewhere between 0 and 1, but not as near to it as can be.
#        bound = F.mse_loss(Y.sigmoid(), Y)
#    - This lets the outputs grow without an end upwards.
#        bound = F.mse_loss(Y.relu(), Y)
#    - A constant answer reaches that; a network may answer each input differently.
#        bound = Y.var(correction=0)
#
# Linear regression
# -----------------
#
# For one model the exact answer is known. :term:`Regression` with a linear layer minimises
#
# .. math:: L(w, b) = \frac{1}{n} \sum_{i=1}^{n} (x_i \cdot w + b - y_i)^2,
#
# and linear algebra finds the minimum directly, as a least-squares problem. We make data with known
# weights and a little noise, and solve it both ways.

torch.manual_seed(0)
X = torch.randn(100, 3)
w_true, b_true = torch.tensor([2.0, -1.0, 0.5]), 0.7
y = X @ w_true + b_true + 0.1 * torch.randn(100)

w, b = torch.zeros(3, requires_grad=True), torch.zeros((), requires_grad=True)
for _ in range(300):
    loss = ((X @ w + b - y) ** 2).mean()
    dw, db = torch.autograd.grad(loss, (w, b))
    with torch.no_grad():
        w -= 0.1 * dw
        b -= 0.1 * db

# sphinx_gallery_start_ignore
assert torch.isclose(loss, 1 / len(y) * sum((X @ w + b - y).square()))
# sphinx_gallery_end_ignore

# %%
# The exact solution treats the offset as the weight of one more input that is always 1:

ones = torch.cat([X, torch.ones(100, 1)], dim=1)
exact = torch.linalg.lstsq(ones, y).solution
found = torch.cat([w, b[None]]).detach()
print("by descent:", [round(v, 4) for v in found.tolist()])
print("exact:     ", [round(v, 4) for v in exact.tolist()])
print(f"largest difference: {(found - exact).abs().max().item():.0e}")

# sphinx_gallery_start_ignore
assert (found - exact).abs().max() < 1e-5
truth = torch.cat([w_true, torch.tensor([b_true])])
assert (w_true.tolist(), b_true) == ([2, -1, 0.5], 0.7), "what made the data"
assert ones[:, -1].unique() == 1, "one more input, always"
exactly = X @ w_true + b_true
linear = torch.linalg.lstsq(ones, exactly).solution
assert (ones @ linear - exactly).square().mean().round(decimals=9) == 0, (
    "the mean"
)
assert 0.001 < (exact - truth).abs().max() < 0.05
# sphinx_gallery_end_ignore

# %%
# Descent arrives at the exact solution. Neither is quite the (2, −1, 0.5) and 0.7 that made the
# data: the noise moved the minimum itself, and no method can see through that.
#
# .. predict:: The second column is always 1. What is found?
#    :aim: 3
#
#    A = torch.tensor([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
#    y = 3 * A[:, 0] + 5
#    found = torch.linalg.lstsq(A, y).solution
#    print([round(v, 1) for v in found.tolist()])
#    + The offset is the weight of the input that is always 1, and so it comes second.
#    - The solution has the order of the columns.
#        torch.linalg.lstsq(A, y) -> torch.linalg.lstsq(A.flip(1), y)
#    - Without the column of ones the line would have to pass through zero.
#        torch.linalg.lstsq(A, y) -> torch.linalg.lstsq(A[:, :1], y)
#
# .. repair:: The targets lie on a line, and the loss stays far above 0. Which change repairs the loop?
#    :aim: 3
#
#    torch.manual_seed(0)
#    x = torch.linspace(-1, 1, 20)[:, None]
#    y = 2 * x[:, 0] + 1
#    net, losses = nn.Linear(1, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.3)
#    for _ in range(60):
#        loss = ((net(x) - y) ** 2).mean()
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + A column minus a vector was a table: each output was compared with all targets.
#        net(x) - y -> net(x)[:, 0] - y
#    - It has come to rest there: smaller steps come to rest there, too.
#        lr=0.3 -> lr=0.1
#    - It has long stopped falling: more rounds wait for nothing.
#        range(60) -> range(200)
#    - The same wrong differences, added up, and steps so long that they explode.
#        .mean() -> .sum()
#
# .. admonition:: A question before the exercises
#
#    Which loss does linear regression have, and how low can it get?
#
#    .. dropdown:: A model answer
#
#       The mean of the squared errors. It is a quadratic function of the weights, a bowl with one
#       minimum, so gradient descent finds it from any start if the rate is small enough. Its value
#       there is the mean square of what a linear function cannot explain: 0 if the targets are
#       exactly linear in the inputs. If noise was added it is a little *below* the variance of the
#       noise, since the weights fit some of it.
#
# .. which-line:: train the_losses_are_computed
#    :aim: 1
#
# .. which-line:: train the_update_goes
#    :aim: 1
#
# .. symptom:: train the_graph_was
#    :aim: 1
#
# .. which-line:: linear_regression the_squares_are
#    :aim: 3
#
# .. repair::
#    :aim: 1
#
#    torch.manual_seed(0)
#    x = torch.linspace(-1, 1, 20)[:, None]
#    net = nn.Linear(1, 1)
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    losses = []
#    for _ in range(60):
#        loss = F.mse_loss(net(x), 3 * x + 1)
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The gradients of all steps were added up; now each step uses its own.
#        loss.backward() -> optimizer.zero_grad(); loss.backward()
#    - The steps still add up all gradients, only more slowly.
#        lr=0.1 -> lr=0.01
#    - More of the same: the loss goes on swinging.
#        range(60) -> range(120)
#    - The recorded numbers are not the trouble: they are as they were.
#        losses.append(loss.item()) -> losses.append(float(loss))
#
# Recap
# -----
#
# - Forward, loss, backward, update; clear the gradients once in every round.
# - A low training loss says that the loop works; the variance of noise bounds the loss on *new*
#   samples.
# - What a network can express is limited by its last operation too.
# - Linear regression by descent finds the least-squares solution.
#
# Exercises
# ---------
#
# The loop, and a regression from scratch.
#
# .. parsons:: train the_losses_are_tensors
#    :aim: 1
#    :task: Train ``net`` in place by ``epochs`` full-batch steps on the mean squared error. Return the losses as Python floats, each from before its step.
#
# .. exercise:: train
#    :aim: 1
#
# .. exercise:: linear_regression
#    :aim: 3
#
# Where to go next
# ----------------
#
# :doc:`Fitting a sine </lessons/training/plot_2_fitting_a_sine>` adds what a real training needs:
# batches, a test set, and pictures of it while it happens.
