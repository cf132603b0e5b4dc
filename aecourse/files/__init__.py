"""The user's own files in and out: pictures, handwritten digits, sounds, tables and scenes as the course's arrays."""

from aecourse.files.digits import read_digits
from aecourse.files.images import Pictures, read_images, save_images
from aecourse.files.pictures import LETTERS, Picture, pictures_in, place, read_picture, tell
from aecourse.files.scenes import Scene, map_colours, read_scene, save_map
from aecourse.files.sounds import Sound, in_pieces, read_sound, save_sound
from aecourse.files.tables import read_payments, read_table

__all__ = [
    "LETTERS",
    "Picture",
    "Pictures",
    "Scene",
    "Sound",
    "in_pieces",
    "map_colours",
    "pictures_in",
    "place",
    "read_digits",
    "read_images",
    "read_payments",
    "read_picture",
    "read_scene",
    "read_sound",
    "read_table",
    "save_images",
    "save_map",
    "save_sound",
    "tell",
]
