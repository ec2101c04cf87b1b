"""Pure rules of the directory: who may administer, sign in, sit in which unit, report to whom."""
