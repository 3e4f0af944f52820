"""A file's way into the ledger: parse (text to values), stage (rows and faults), preview, apply (one transaction)."""
