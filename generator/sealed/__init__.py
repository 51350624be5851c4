"""What may be known of sealed aggregates without a key: age headers, recipients, receipts, signatures.

Must not know how anything is opened.
"""
