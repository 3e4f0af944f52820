"""The entry grids of the ledger: rows of lines or of the cost plan against columns of years.

Each builds an EntryGrid (council_hms/entry_grid.py) and turns what was typed into what the
services take. A row of a change is a nature, a source and, for a virement, the other project.
"""
