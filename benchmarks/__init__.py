"""How long momot takes, and how much memory, against a plain scan of the same files. Figures, never tests."""
