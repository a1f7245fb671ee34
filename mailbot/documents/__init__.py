"""Files that are made from the records: the consolidated workbook, blank tables, the draft circular, exports."""
