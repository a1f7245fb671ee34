"""What the readers of file formats share: building a sheet, text runs, zipped XML, tables in documents, faults."""
