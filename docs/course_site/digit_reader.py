"""stub"""


def exported():
    return None
