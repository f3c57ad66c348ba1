"""How orders to a machine are worded, and how they are disguised."""
