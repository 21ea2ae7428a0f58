"""`python -m demo` makes the file of sample vectors anew; needed after a change of texts, rules or model."""

from demo.vectors import make

make()
