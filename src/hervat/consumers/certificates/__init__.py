"""Certificates of conduct: applications, the record of an applicant as facts of the law, where the register is blind for one, and what
is proposed on it; and the steps of the procedure, which people take.
"""
