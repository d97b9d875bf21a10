"""The work buffer of a row."""

from sim.render.ground.row_buffer import (
    BLOCK_COLUMNS,
    COVER,
    ROW_CHANNELS,
    SPAN,
    STATION,
    STRIDE,
    blank_row_buffer,
)


def test_every_channel_holds_a_block_of_whole_spans() -> None:
    buffer = blank_row_buffer()
    assert BLOCK_COLUMNS % SPAN == 0
    assert STRIDE >= BLOCK_COLUMNS
    assert STATION == 0
    assert buffer.values.size == COVER + STRIDE == ROW_CHANNELS * STRIDE
    assert buffer.indices.size == STRIDE
