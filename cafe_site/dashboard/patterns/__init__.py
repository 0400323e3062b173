"""The pages of patterns: each figure with its chart, its table, its definition and its finding."""
