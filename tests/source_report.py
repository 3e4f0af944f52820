"""What the source report prints, as plain data that looks like the paper. Figures in £000."""

AS_AT = "2023-06-14"

YEARS = ["2023-24", "2024-25", "2025-26", "2026-27"]

#: Appendix 3: four years of capital, then four of revenue; "" is no line, "-" is nil.
APPENDIX_3 = {
    "Budget requirement": "605.1 331.9 98.4 - 105.2 159.2 135.2 145.7".split(),
    "Transformation": ["39.0", "", "", "", "", "", "", ""],
    "ICT": ["80.0", "", "", "", "", "", "", ""],
    "Capital programme HRA": "245.0 58.0 58.0 58.0 112.0 112.0 112.0 112.0".split(),
    "Total budget available": "364.0 58.0 58.0 58.0 112.0 112.0 112.0 112.0".split(),
    "Additional budget ask": "241.1 273.9 40.4 -58.0 -6.8 47.2 23.2 33.7".split(),
}

#: The totals that recommendation 4 asks for.
ASK = {"capital": "497.4", "revenue": "97.3"}
