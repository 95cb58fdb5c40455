"""A customer's day in plain Python: slow, readable, and row by row the same as the compiled one.

Read it as the specification of genuine behaviour: ``day`` is the story; ``purchases``, ``bills``, ``transfers``,
``cash`` and ``sessions`` say what a customer wants, ``authorise`` and ``controls`` what the bank answers,
``aftermath`` what follows. None of these calls compiled code: words, record layouts and the tables of a world are
shared with the package, arithmetic is not. ``worlds`` and ``compare`` set the two beside each other.
"""
