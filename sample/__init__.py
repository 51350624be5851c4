"""The sample's sealed aggregates: invented figures, keys made on the spot, everything sealed and committed as a
district would.
"""
