from parsers.grid import address
def as_json(layout):
    name, out = layout
    return {"name": name, "tables": [{"range": f"{ch[0].view.row.number}-{ch[-1].view.row.number}", "shape": shape, "cells": {address(*p): r for p, r in roles.items()}} for shape, ch, roles in out]}
