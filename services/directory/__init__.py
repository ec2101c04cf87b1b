"""机构人员: units, officers, sign-in, neighbouring nodes and working days.

Tells `unit.registered`, `officer.appointed`, `session.ended`, `peer.registered` and `calendar.day_set`; listens to
nothing.
"""
