"""
Figures drawn by the server: geometry from numbers, and nothing else.

Each chart is drawn twice, for a wide column and for a phone; the stylesheet shows one. Looks are
classes, geometry is attributes, so a strict content policy holds. The template sets the same
numbers as a table under the drawing.
"""
