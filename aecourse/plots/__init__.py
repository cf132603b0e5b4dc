"""Every figure of the course: one look, one call each, and a description for those who cannot see it."""

from aecourse.plots.clouds import show_cloud
from aecourse.plots.curves import show_bars, show_curves
from aecourse.plots.detection import show_histograms
from aecourse.plots.images import outline, show_images
from aecourse.plots.ladders import show_ladder
from aecourse.plots.networks import show_codes, show_shapes, show_training
from aecourse.plots.photos import show_photos
from aecourse.plots.planes import show_mosaic, show_scatter
from aecourse.plots.sound import level_db, listen, show_spectrograms
from aecourse.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PALETTE,
    PURPLE,
    RED,
    SKY,
    YELLOW,
    CourseFigure,
    course_style,
    has_own_style,
    use_course_style,
)

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "ORANGE",
    "PALETTE",
    "PURPLE",
    "RED",
    "SKY",
    "YELLOW",
    "CourseFigure",
    "course_style",
    "has_own_style",
    "level_db",
    "listen",
    "outline",
    "show_bars",
    "show_cloud",
    "show_codes",
    "show_curves",
    "show_histograms",
    "show_images",
    "show_ladder",
    "show_mosaic",
    "show_photos",
    "show_scatter",
    "show_shapes",
    "show_spectrograms",
    "show_training",
    "use_course_style",
]
