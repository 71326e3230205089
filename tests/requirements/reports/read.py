"""Reads the reports of the story with openpyxl and Python's csv: cells are typed, and nothing hostile is a formula."""

import csv
import datetime
import pathlib
import sys

import openpyxl

folder = pathlib.Path(sys.argv[1])
hostile = '=HYPERLINK("http://evil.example","dust") works on the floor above'

book = openpyxl.load_workbook(folder / "isolations.xlsx")
assert book.sheetnames == ["1 About", "2 Summary", "3 Register"], book.sheetnames
register = book["3 Register"]
assert register.freeze_panes == "A2", register.freeze_panes
header = [cell.value for cell in register[1]]
assert header[0] == "since (Asia/Shanghai)", header
first = dict(zip(header, register[2]))
assert first["since (Asia/Shanghai)"].value == datetime.datetime(2026, 1, 1, 8, 0, 30), first["since (Asia/Shanghai)"].value
assert first["why"].value == hostile and first["why"].data_type == "s", first["why"].data_type
assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)

incident = openpyxl.load_workbook(folder / "incident.xlsx")
actions = incident["4 Linkage actions"]
header = [cell.value for cell in actions[1]]
took = [row[header.index("took (s)")] for row in actions.iter_rows(min_row=2)]
assert any(isinstance(cell.value, float) and 0.5 < cell.value < 1 for cell in took), [cell.value for cell in took]

with open(folder / "isolations.csv", encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file))
why = [row for row in rows if any("HYPERLINK" in cell for cell in row)]
assert len(why) == 1 and "'" + hostile in why[0], why
for row in rows:
    for cell in row:
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
