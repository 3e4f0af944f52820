"""The report checker: read → recognise → cast → match → explain. Knows no Django and no table of the product.

``paper`` is what readers give, ``result`` what the engine answers; ``facts`` is what the ledger
says, handed in by whoever asks. The same input gives the same answer, for ever and on any machine.
"""
