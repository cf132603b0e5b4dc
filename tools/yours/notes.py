"""A folder of notes such as somebody keeps: six short texts, written for the course, none about anybody.

`tools.make_datasets` writes them to `aecourse/data/yours/notes/`.
"""

from __future__ import annotations

NOTES = {
    "bread.txt": """Sourdough, the third try

Mix 400 g of flour, 300 g of water and a spoon of the starter in the evening. Cover the bowl and leave it in the
kitchen until the morning. Fold it twice, shape it, and wait for two hours more.

The stove has to be hot: 240 degrees, with a pot inside. Bake the loaf for half an hour with the lid on and for twenty
minutes without. Let it cool before it is cut, however good it smells.
""",
    "vet.txt": """The cat

On Monday she ate nothing and slept under the sofa. The veterinarian found a fever and an infected tooth. She has to
swallow a pill twice a day for a week, hidden in a bit of fish.

The vaccination is due in autumn. Bring the small yellow pass.
""",
    "flat.txt": """The flat

The rent is due on the third of each month, heating is paid twice a year. The landlord wants the deposit back in his
account by March.

If the boiler fails again: switch it off, wait for ten minutes, press the red button. The plumber's number is on the
fridge.
""",
    "bicycle.md": """# Bicycle

The chain slips under load: it is worn out, and so is the smallest cog. A new chain costs less than a new gear.

The rear tyre loses air in about three days. Take out the tube, hold it under water, and look for bubbles. Patch the
hole, and feel along the inside of the tyre for the thorn that made it.
""",
    "garden.txt": """Garden

Tomatoes: sow in March on the window sill, plant out after the last frost, tie them to a stick. Pinch out the side
shoots once a week.

Slugs come at night. A ring of sand does nothing. Collect them in the rain, or plant the lettuce where it is dry.

In autumn cut the raspberries that bore fruit down to the soil, and leave the green canes.
""",
    "island.txt": """Four days on the island

The ferry left at seven in the morning, and the sea was rough. Half of the passengers sat on deck with grey faces and
looked at the horizon. We had booked a cabin and did not use it. At noon the harbour came out of the mist, first the
lighthouse, then the white houses along the quay.

Our room was above a bakery. It had two beds, a table and a window that did not close. The owner gave us a map on which
she had marked the paths that the winter storms had washed away. There were more of them than we had thought.

On the first day we walked along the southern coast. The path runs high above the water, through heather and low walls
of stone. Seals were lying on the rocks below us, and a few of them slid into the water when the dog of another walker
barked. After three hours the path ended at a cliff that had fallen into the sea. We had to climb back over a field full
of sheep.

It rained for all of the second day. The museum in the old school has a room about the fishing boats, with models that
the fishermen carved themselves. In one winter, a sign said, eleven boats did not come back. The café next door has the
best fish soup of the island, and the only one.

On the third day the wind had turned, and the air was so clear that we saw the mountains of the mainland. We took the
bus to the northern end of the island and climbed the hill with the ruined tower. From the top one sees the whole
island: the two harbours, the single road, and the lake in the middle. A farmer told us that the tower was built
against pirates, and that no pirate ever came.

On the last morning we bought bread, cheese and a woollen cap. The ferry was late. Next time we will come in June, stay
for a week, and bring better boots: the island is small, and its paths are slow.
""",
}


def note(name: str) -> bytes:
    """The content of one of the files."""
    return NOTES[name].encode()
