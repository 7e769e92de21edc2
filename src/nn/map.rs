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
    /// `blocks * height * width` cells.
    pub(super) cells: Vec<Cell>,
}

impl Map {
    /// Takes another shape; the values are whatever they were. Allocates only when the map was never as large.
    pub(super) fn reshape(&mut self, blocks: usize, height: usize, width: usize) {
        (self.blocks, self.height, self.width) = (blocks, height, width);
        self.cells.resize(blocks * height * width, Cell::default());
    }

    /// Takes the shape and the values of another map.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.reshape(other.blocks, other.height, other.width);
        self.cells.copy_from_slice(&other.cells);
    }

    /// Cells of one block.
    pub(super) fn area(&self) -> usize {
        self.height * self.width
    }
}

/// One value a channel as cells, a block each; channels that fill no block are left out.
pub(super) fn cells(values: &[f32]) -> Vec<Cell> {
    values.as_chunks().0.iter().map(|lanes| Cell(*lanes)).collect()
}
