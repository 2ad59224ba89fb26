import FieldbookCLI

// Before anything else can open a file.
Fieldbook.holdStandardFiles()
await Fieldbook.launch()
