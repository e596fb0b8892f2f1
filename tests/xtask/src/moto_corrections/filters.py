"""Filters of EC2's objects that have several values: each value that is asked for is enough, as it is for those that have one."""
from collections.abc import Iterable
from fnmatch import fnmatch

from moto.ec2 import utils

one_value = utils.is_filter_matching


def is_filter_matching(found, name, wanted):
    values = found.get_filter_value(name)
    if isinstance(values, str) or not isinstance(values, Iterable) or wanted is None:
        return one_value(found, name, wanted)
    patterns = [wanted] if isinstance(wanted, str) else list(wanted)
    return any(fnmatch(str(value), pattern) for value in values for pattern in patterns)


utils.is_filter_matching = is_filter_matching
