"""The one way in which loading fails."""


class Unreadable(Exception):
    """A file that gives no document; its message tells staff, in Chinese, what to do."""
