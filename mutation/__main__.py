"""`python -m mutation`, started by `make mutants`. Apart from `mutants`, so that its processes can import that."""

from mutation.mutants import main

main()
