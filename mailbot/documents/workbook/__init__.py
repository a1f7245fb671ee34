"""The workbooks that are sent: the blank table that units fill in, and the consolidated one for staff."""

from mailbot.documents.workbook.blank import blank_form
from mailbot.documents.workbook.consolidated_workbook import consolidated, consolidated_name

__all__ = ["blank_form", "consolidated", "consolidated_name"]
