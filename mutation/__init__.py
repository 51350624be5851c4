"""Small changes to the program, one at a time, each run against the tests that cover its place.

`guarded` says which modules are changed, `places` what a change is, `covering` which tests should know,
`trial` runs them on a copy, `mutants` is what `make mutants` starts. Nothing of it is part of the program.
"""
