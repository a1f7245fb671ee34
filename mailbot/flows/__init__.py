"""The story, one flow a file. Every flow may be killed at any line and run again; "only once" is a unique key.

begin     at a start: letters that have left are known as sent, messages that were skipped are tried again
collect   every mail of a mailbox is brought into the archive, and only then known
judge     each message gets its one outcome: verdict, records and answer in one transaction
answer    the receipt to its sender, and the notice to the unit's own contacts
returned  a letter of ours that came back or was refused is known, and the unit's other contacts get it
settle    a person decides what waits; staff_mail: by answering a letter
remind    who owes something hears of it before and after the deadline
report    staff get the weekly digest with the workbook
deliver   one letter after the other leaves, within the provider's limits
refresh   roster and calendar are read again when their files change; roster_in_force: or the last good one
erase     raw mails and names go, what counts stays; purge: when they are too old; find_person: of one person
watch     what is wrong with the program's own work is told to staff
replay    all of it again, from the archive alone
"""
