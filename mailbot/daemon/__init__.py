"""The daemon: it wakes the flows by a timetable, and tells monitoring how they fare."""
