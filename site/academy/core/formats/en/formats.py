"""Times of twenty-four hours, as on the notices of the offices; days as Django writes them."""

DATETIME_FORMAT = "N j, Y, H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
TIME_FORMAT = "H:i"
