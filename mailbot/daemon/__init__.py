"""The daemon: wakes the flows by a timetable, and tells monitoring how they are doing."""
