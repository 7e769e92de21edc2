//! Maps as the inference layers keep them: sixteen channels of a cell side by side, block of channels after block
//! (oneDNN's nChw16c), so that a vector register of any width holds channels of one cell and no map is ever too narrow.

/// Channels of a block. The numbers of channels of all layers are multiples of it.
pub(super) const LANES: usize = 16;

/// The values of one block of channels in one cell, or one weight for each of them: a cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Cell(pub(super) [f32; LANES]);

/// One map: `blocks` blocks of [`LANES`] channels, each `height` rows of `width` cells.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// Blocks of channels.
    pub(super) blocks: usize,
    /// Rows.
    pub(super) height: usize,
    /// Cells of a row.
    pub(super) width: usize,
    /// At least `blocks * height * width` cells.
    buffer: Vec<Cell>,
}

impl Map {
    /// Takes another shape; the values are whatever they were. Allocates only when the map was never as large.
    pub(super) fn reshape(&mut self, blocks: usize, height: usize, width: usize) {
        (self.blocks, self.height, self.width) = (blocks, height, width);
        at_least(&mut self.buffer, blocks * height * width);
    }

    /// Cells of one block.
    pub(super) fn area(&self) -> usize {
        self.height * self.width
    }

    /// All cells, block after block.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.buffer[..self.blocks * self.area()]
    }

    /// All cells, to be written.
    pub(super) fn cells_mut(&mut self) -> &mut [Cell] {
        let count = self.blocks * self.area();
        &mut self.buffer[..count]
    }
}

/// The first `count` cells of a buffer, which grows when it has fewer and never shrinks.
pub(super) fn at_least(buffer: &mut Vec<Cell>, count: usize) -> &mut [Cell] {
    if buffer.len() < count {
        buffer.resize(count, Cell::default());
    }
    &mut buffer[..count]
}

/// One value a channel as cells, a block each; channels that fill no block are left out.
pub(super) fn cells(values: &[f32]) -> Vec<Cell> {
    values.as_chunks().0.iter().map(|lanes| Cell(*lanes)).collect()
}
