import FieldbookCLI

Fieldbook.begin()
