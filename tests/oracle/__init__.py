"""A customer's day in plain Python: slow, readable, and row by row the same as the compiled one.

Read it as the specification of genuine behaviour: ``day`` is the story, ``purchases``, ``bills``, ``transfers``, ``cash`` and
``sessions`` what a customer wants, ``authorise`` and ``controls`` what the bank says, ``aftermath`` what follows. Nothing here
calls compiled code; words, record layouts and the tables of a world are shared with the package, arithmetic is not.
"""
