"""Registers and rosters as files: read, shown with what is wrong, taken in, taken back. Templates and exports have the same columns."""
