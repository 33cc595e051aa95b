def half(x):
    r"""Halve a number.

    Parameters
    ----------
    x : torch.Tensor
        What is halved: :math:`\tfrac{1}{2} x`.
    """
    return x / 2
