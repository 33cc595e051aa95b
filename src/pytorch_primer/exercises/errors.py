"""What an exception of PyTorch or Python means, in a sentence about the code that raised it."""

from __future__ import annotations

import re

MEANINGS: dict[str, str] = {
    # Autograd
    r"does not require grad and does not have a grad_fn": (
        "There is no graph to differentiate: no tensor behind the result requires a gradient, or it"
        " was detached, or computed under `no_grad`."
    ),
    r"backward through the graph a second time|saved tensors? after (they have|it has) already": (
        "The graph was used up by the first `backward`: compute the result again before the next."
    ),
    r"leaf Variable that requires grad is being used in an in-place|view of a leaf Variable": (
        "Autograd refuses to record an in-place change of a leaf: make it under `torch.no_grad()`."
    ),
    r"grad can be implicitly created only for scalar": (
        "`backward` and `grad` start from a single number: sum or average the result first."
    ),
    r"modified by an inplace operation": (
        "A tensor that `backward` needs was changed in place before it ran."
    ),
    r"appears to not have been used in the graph|One of the differentiated Tensors": (
        "The result does not depend on a tensor that the gradient was asked for."
    ),
    r"Only Tensors of floating point|only (require|floating).*gradients|requires_grad.*floating": (
        "Integers cannot require a gradient: write the numbers with a point, or convert to float."
    ),
    r"Can't call numpy\(\) on Tensor that requires grad": (
        "A tensor with a graph cannot become a NumPy array: call `.detach()` first."
    ),
    r"can't optimize a non-leaf Tensor": (
        "The optimizer needs a leaf: call `requires_grad_()` last, on the copy that it gets."
    ),
    r"optimizer got an empty parameter list": (
        "The optimizer found no parameters: a module knows those that are assigned to `self` as"
        " `nn.Parameter` or as layers."
    ),
    r"(deepcopy|deepcopied|deep copy).*protocol|Only Tensors created explicitly by the user": (
        "Only a leaf can be deep-copied: use `detach().clone()`."
    ),
    # Types of numbers
    r"expected (m1 and m2|mat1 and mat2|scalar type|.* to have the same dtype)": (
        "Two tensors of different dtype meet: convert one with `.to(…)` or `.float()`."
    ),
    r"result type .* can't be cast": (
        "An in-place operation cannot change the dtype of the tensor that it works on."
    ),
    r"could not infer (output )?dtype|[Ii]nput dtype (should|must) be either": (
        "The operation wants floating point numbers: convert with `.float()`."
    ),
    # Shapes
    r"mat1 and mat2 shapes cannot be multiplied|size mismatch|inconsistent tensor size|matmul": (
        "The sizes of a matrix product do not fit: the last of the left and the first of the right"
        " must be equal."
    ),
    r"must match the size of tensor|shape mismatch|could not be broadcast": (
        "Two shapes meet that cannot be broadcast to one."
    ),
    r"shape '.*' is invalid for input|cannot reshape array": (
        "The new shape has another number of elements than the old one."
    ),
    r"too many indices|invalid index of a 0-dim|dimension specified as 0 but tensor has no dim": (
        "There are more indices than the tensor has dimensions."
    ),
    r"Dimension out of range|axis .* out of bounds": "The tensor has no such dimension.",
    r"index .*out of (bounds|range)|index out of range": (
        "An index is larger than the last one, which is the size minus 1."
    ),
    r"a Tensor with \d+ elements cannot be converted|only (one|length-1|0-dim).*(convert|array)": (
        "A tensor of several elements cannot become one number."
    ),
    r"Boolean value of Tensor with more than one value|truth value of an array": (
        "A condition needs one truth value: take `.all()` or `.any()` of the comparison."
    ),
    # Modules
    r"before Module\.__init__\(\) call": "Call `super().__init__()` before you assign to `self`.",
    r"cannot assign .* as parameter|cannot assign .* as child": (
        "A registered name takes parameters or modules only: wrap the tensor in `nn.Parameter`."
    ),
    r"Module \[.*\] is missing the required \"forward\"": "The module has no method `forward`.",
    # Python
    r"NoneType": (
        "A value is None where a number or tensor is needed: `.grad` before `backward`, or the"
        " result of a call that returns nothing."
    ),
    r"missing \d+ required (positional|keyword)|takes .*positional arguments? but": (
        "A function gets another number of arguments than it takes."
    ),
    r"unexpected keyword argument": "A function is given an argument by a name that it has not.",
    r"object is not callable|not callable": "Something is called that is no function.",
    r"not enough values to unpack|too many values to unpack|cannot unpack": (
        "A result is taken apart into another number of values than it has."
    ),
    r"referenced before assignment|cannot access local variable": (
        "A name is read in the function before a value is assigned to it there."
    ),
    r"name '.*' is not defined": "A name is used that is not defined: is an import missing?",
    r"maximum recursion depth": (
        "The function calls itself too often for Python: keep a list of what is still to do."
    ),
    r"has no attribute": "Something is asked for an attribute or method that it does not have.",
    r"division by zero": "A number is divided by zero.",
    r"numpy\.ndarray.*Tensor|Tensor.*numpy\.ndarray|must be Tensor, not|expected Tensor": (
        "A tensor is expected where another type is: convert with `torch.tensor(…)`."
    ),
    r"unsupported operand type": "An operator stands between two types that it does not combine.",
}


def meaning(name: str, text: str) -> str:
    """Return what an exception of that type and text means; "" where nothing is known."""
    line = f"{name}: {text}"
    return next((said for pattern, said in MEANINGS.items() if re.search(pattern, line)), "")
