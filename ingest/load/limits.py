"""What a file may ask of us. Beyond it the file alone is refused, with a sentence that says what to do."""

FILE_BYTES = 50_000_000
# text and markup up to so much are read in the process that asks
SMALL_BYTES = 1_000_000
# markup and running text; a tree of it takes some thirty times as much memory
MARKUP_BYTES = 10_000_000

# tables: rows with something in them, columns, sheets
ROWS = 50_000
COLUMNS = 200
SHEETS = 100
# presentations: slides, and groups within groups
SLIDES = 1_000
GROUPS = 20
# captions
CUES = 50_000

# what a packed file may unpack to: all of it, one part that is read as a tree, parts, and how many times its size
EXPANDED_BYTES = 200_000_000
PART_BYTES = 60_000_000
PARTS = 10_000
MEMBERS = 1_000
RATIO = 200
# a part smaller than this may be packed as tightly as it likes (bytes)
RATIO_FROM = 5_000_000

# PDF: pages with a text layer, and pages (or pictures) that have to be read from their picture
PAGES = 2_000
PICTURED_PAGES = 300
# a picture's width × height; a larger one is a trap or a poster, not a page
PIXELS = 50_000_000
# the text of one file (characters)
CHARACTERS = 10_000_000

# the process that reads one file: its memory and, in seconds, its time for one page and, of a processor, for the file
MEMORY_BYTES = 1_200_000_000
PAGE_SECONDS = 300
FILE_SECONDS = 3_600
