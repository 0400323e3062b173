"""The parts of script/mutants. Nothing here is product code, and the product imports none of it."""
