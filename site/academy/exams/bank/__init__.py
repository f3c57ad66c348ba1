"""Exam questions in files: what they say, what is wrong with them, which are alike. Knows no database."""
