"""How many, where nothing else is said: for Python, the server and the command line alike.

It imports nothing, so that the command line's help does not wait for the models' libraries.
"""

TOP_K = 3  # quotes for a question: the answer and two alternatives
PASSAGES_FOUND = 10  # by a search
# Windows of full length in one pass through a reader: enough to keep the cores busy, few enough
# for the memory of any computer.
BATCH_SIZE = 32
