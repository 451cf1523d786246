"""Where things lie in the records that compiled kernels read: shared by who writes and who reads them."""

from __future__ import annotations

RECORD_WORDS = 64
"""Words of 64 bits of one record."""

KERNEL, ALONE, WAIT, CLAIMS, DONE, STATUS, SCRATCH, SCRATCH_BYTES, FIRST = range(9)
"""Words of every record: the kernel's address; whether one thread does it; whether all wait behind it; where
threads note which shares they have taken; how many shares the table has up to here; the word that becomes the
address of a record that refuses a value; memory that each share has for itself, and how much; and where the
words of the kernel itself begin."""

# ---- pointwise -------------------------------------------------------------------------------------------

ROWS, COLUMNS, BLOCK, REGISTERS, FIXED = range(FIRST, FIRST + 5)
"""The size of all results, how many elements are computed at a time, how many registers there are, and how
many of them lie in the scratch. Those come first; the others point into arrays, and move with the block."""
SHEETS = FIRST + 11
"""How many times there are so many rows."""
OPERANDS, OPERAND_COUNT, CODE, CODE_COUNT, RESULTS, RESULT_COUNT = range(FIRST + 5, FIRST + 11)
"""The tables of the program, and how many entries each of them has."""

OPERAND_WORDS = 5
PLACE, DTYPE, ADDRESS, REGISTER, SHEET = range(OPERAND_WORDS)
"""Words of an operand, and of a result. The last says how many elements each sheet has of its own."""

WHOLE, NUMBER, ROW, COLUMN = range(4)
"""Places of an operand: as large as the results, one number, one for each column, one for each row."""
DIRECT, CONVERTED = range(2)
"""Places of a result: written where it lies, or copied there from a register."""

FLOAT32, FLOAT64, BOOL, INT32, INT64 = range(5)
DTYPES = {"float32": FLOAT32, "float64": FLOAT64, "bool": BOOL, "int32": INT32, "int64": INT64}

INSTRUCTION_WORDS = 5
"""The address of an element, the register that it fills, and the three that it may read."""

# ---- matrix product --------------------------------------------------------------------------------------

HEIGHT, WIDTH, DEPTH = range(FIRST, FIRST + 3)
"""The sizes: C is HEIGHT x WIDTH, and DEPTH products are added up for each number of it."""
LEFT, LEFT_ROW, LEFT_COLUMN, RIGHT, RIGHT_ROW, RIGHT_COLUMN, PRODUCT = range(FIRST + 3, FIRST + 10)
"""The addresses of A, B and C, and how far it is from one row or column to the next. C has none between."""
BATCH, LEFT_BATCH, RIGHT_BATCH = range(FIRST + 10, FIRST + 13)
"""How many products there are, and how far it is from one A or B to the next; 0 where it serves for all."""
TILE_ROWS, VECTORS, LANES, TILE_ADDRESSES = range(FIRST + 13, FIRST + 17)
"""The most rows of a tile, how many vectors wide it is, the numbers of a vector, and where the tiles are."""
SPLIT, PACKS_LEFT, PACKS_RIGHT = range(FIRST + 17, FIRST + 20)
"""What threads divide among them, and whether A and B are brought into order piece by piece."""

BY_BATCH, BY_PANEL, BY_ROW = range(3)
TILE_TABLE_ROWS = 16
"""Entries of the table of tiles for each number of vectors."""
DEPTH_BLOCK = 256
"""Products that are added up before the next piece of A and B is taken: B's fits into the fastest cache."""
ROW_BLOCK = 384
"""Rows of A that are brought into order at a time, at most."""

# ---- rows ------------------------------------------------------------------------------------------------

SOURCE, SECOND, TARGET = range(FIRST, FIRST + 3)
"""The addresses of the inputs and of the result."""
OUTER, LENGTH, INNER = range(FIRST + 3, FIRST + 6)
"""The sizes before, along and behind the axis that is looked at."""
MEAN = FIRST + 6
"""Whether a sum is divided by how many were added up."""

SUM_BLOCK = 512
"""Columns that are added up side by side."""

# ---- random numbers --------------------------------------------------------------------------------------

COUNTER, DRAWN, COUNT, STREAM, PARAMETERS = range(FIRST, FIRST + 5)
"""The address of the seed and the step, that of the result and its size, the stream, and the address of a
factor and what is added."""

# ---- moving ----------------------------------------------------------------------------------------------

INDICES = FIRST + 7
"""How many places are named along the axis."""

MOST_AXES = 5
"""Of a tensor whose axes are exchanged, when those that stay beside each other are taken for one."""
SIZES = FIRST + 2
"""The sizes of the result, behind the addresses of both: as many words as there may be axes."""
STRIDES = SIZES + MOST_AXES
"""How far it is in the source from one place of each axis to the next."""
BEGINS = STRIDES + MOST_AXES
"""Where a tensor begins within a larger one that is zero elsewhere; its own sizes stand in STRIDES."""

# ---- convolution -----------------------------------------------------------------------------------------

_CONVOLUTION = FIRST + 20
"""Behind the words of the matrix product that a convolution has as well: WIDTH, DEPTH, LEFT, RIGHT, PRODUCT,
and those that say which tiles there are."""
IMAGES, SOURCE_ROWS, SOURCE_COLUMNS, CHANNELS = range(_CONVOLUTION, _CONVOLUTION + 4)
"""The sizes of what windows slide over."""
PADDED_ROWS, PADDED_COLUMNS, TOP, MARGIN = range(_CONVOLUTION + 4, _CONVOLUTION + 8)
"""Its sizes with margins, and how wide those are above and on the left. Equal sizes: there are none."""
OUT_ROWS, OUT_COLUMNS, STEP_ROWS, STEP_COLUMNS = range(_CONVOLUTION + 8, _CONVOLUTION + 12)
"""How many places a window has, and how far it is from one to the next."""
TIMES, NEXT_LEFT, NEXT_RIGHT, LOOPS, LOOP_LEFT = range(_CONVOLUTION + 12, _CONVOLUTION + 17)
"""How often DEPTH products are added up within a tile, and how far it is to the next ones; how many rows of a
kernel there are for its gradient, and how far it is in the image from one to the next."""
WINDOW_ROWS, WINDOW_COLUMNS, HOLES_ROWS, HOLES_COLUMNS = range(_CONVOLUTION + 17, _CONVOLUTION + 21)
"""The sizes of a window, and how far its elements lie apart: also those of pools."""
BAND = _CONVOLUTION + 21
"""How many rows of the result are computed from a piece of the image that is copied between margins."""
BEHIND_ROWS, BEHIND_COLUMNS, COUNTED = range(_CONVOLUTION + 22, _CONVOLUTION + 25)
"""Margins below and on the right, and by what a pool divides its sums."""
NOTHING, ELEMENTS, PLACES = range(3)
"""By nothing, by the number of elements in a window, or of its places up to the end of the margins."""

# ---- loops -----------------------------------------------------------------------------------------------

LINES, LINE = FIRST + 2, FIRST + 3
"""How many stretches of memory a slice is made of, and how long each is, in units of 32 bits; the addresses
are SOURCE and SECOND."""
SOURCE_LINE, TARGET_LINE, SOURCE_TURN, TARGET_TURN = range(FIRST + 4, FIRST + 8)
"""How far it is from one stretch to the next, and from the slice of one turn to that of the next."""
