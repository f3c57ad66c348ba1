"""A city that does not exist, large enough to try everything on: its places, people and what they have learned.

Nobody in it can be taken for somebody: phone numbers begin with 120, which no mobile number does, credit codes name a
region 99, which no place has, and certificates an issuer that says what it is. The same seed and the same last day give the same city.
"""
