"""Whether spans leave nothing of a text out."""


def is_covered(text, spans):
    """Whether every character that is not white space is in one of the spans."""
    inside = {position for start, end in spans for position in range(start, end)}
    return all(character.isspace() or at in inside for at, character in enumerate(text))
