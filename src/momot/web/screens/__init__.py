"""The screens: each a module with its frozen pages and the functions that fill them."""
