"""Everything about students' code: how it is run and watched, what is wrong with it, and why."""
