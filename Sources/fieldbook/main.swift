import FieldbookCLI

await Fieldbook.launch()
