from parsers.grid import Grid, address
from parsers.layout.areas import areas
from parsers.layout.boxes import rows
from parsers.layout.views import views
from parsers.layout.sequence import readings
from parsers.layout.regions import chunks, cell_roles

def analyse(grid: Grid):
    out = []
    for area in areas(rows(grid)):
        rs = readings(views(area.rows, area.left, area.right))
        for ch in chunks(rs):
            st = {l.claim.state for l in ch}
            shape = "pairs" if "pairs" in st else "list" if "data" in st else "other"
            out.append((shape, ch, cell_roles(ch, len(rs) < 4)))
    return grid.name, out
