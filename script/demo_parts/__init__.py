"""The parts of script/demo. Nothing here is product code, and the product imports none of it."""
