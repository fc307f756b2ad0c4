"""Marks a sentence for translation; the edge of the program translates it, the engine never does."""


def _(sentence: str) -> str:
    return sentence
