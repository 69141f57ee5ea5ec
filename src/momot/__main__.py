"""`python -m momot`: the same as the command `momot`."""

from momot.cli import main

if __name__ == "__main__":
    main()
