"""Work that takes longer than a page may: asked for on the site, done by the reports' function."""
