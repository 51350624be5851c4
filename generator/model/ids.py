"""Ids of records, so that no id is taken for another.

Owns the names of the types only. Must not know what they name.
"""

from __future__ import annotations

from typing import NewType

SchoolId = NewType("SchoolId", str)
PolicyId = NewType("PolicyId", str)
PlanId = NewType("PlanId", str)
ActivityId = NewType("ActivityId", str)
ClaimId = NewType("ClaimId", str)
AccountId = NewType("AccountId", str)
TeamId = NewType("TeamId", str)
BodyId = NewType("BodyId", str)
BandId = NewType("BandId", str)
YearId = NewType("YearId", str)
TermId = NewType("TermId", str)
RecipientId = NewType("RecipientId", str)
BelowId = NewType("BelowId", str)  # of a district in the records of the office above
ClauseRef = NewType("ClauseRef", str)  # "policy-id#clause-id"
SystemNumber = NewType("SystemNumber", int)  # 1..18, the rows of the programme
