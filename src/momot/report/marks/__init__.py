"""Charts drawn in Python as SVG: pure functions from result to markup, for report, notebook, slides and mail."""
