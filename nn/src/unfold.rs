//! Unfolding (im2col): a convolution's windows become the columns of a matrix, and the convolution a matrix product.

use dfdx::prelude::*;

/// Shape of a batch of maps: channels, batch, height, width.
///
/// Channels come first so that one product of a (filters, channels·size²) matrix with the unfolded batch gives the
/// next batch in the same order, without a permutation between layers.
pub type Maps = (usize, usize, usize, usize);

/// A square sliding window over the last two axes of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Side of the window, in cells; at least 1.
    pub size: usize,
    /// Cells between neighbouring windows; at least 1.
    pub stride: usize,
    /// Cells of zeros around the map, on every side.
    pub padding: usize,
}

impl Window {
    /// Windows that fit along a side of `side` cells; 0 if none does.
    pub fn steps(&self, side: usize) -> usize {
        (side + 2 * self.padding).checked_sub(self.size).map_or(0, |room| room / self.stride + 1)
    }

    /// Shape of the unfolded matrix of `maps`: (channels · size², batch · rows · columns).
    pub fn columns(&self, (channels, batch, height, width): Maps) -> (usize, usize) {
        (channels * self.size * self.size, batch * self.steps(height) * self.steps(width))
    }

    /// Calls `run(first column cell, first map cell, count)` for every run of windows in a row: column cell `i` of the
    /// run is map cell `i * stride`. Cells of the padding are in no run.
    fn runs(&self, (channels, batch, height, width): Maps, mut run: impl FnMut(usize, usize, usize)) {
        let (rows, columns) = (self.steps(height), self.steps(width));
        for channel in 0..channels {
            for ky in 0..self.size {
                for kx in 0..self.size {
                    let line = (channel * self.size + ky) * self.size + kx;
                    // Window x covers map cell x * stride + kx - padding, which must lie in 0..width.
                    let from = self.padding.saturating_sub(kx).div_ceil(self.stride);
                    let to = (width + self.padding)
                        .checked_sub(kx + 1)
                        .map_or(0, |last| last / self.stride + 1)
                        .min(columns);
                    if from >= to {
                        continue;
                    }
                    for item in 0..batch {
                        for row in 0..rows {
                            let Some(y) = (row * self.stride + ky).checked_sub(self.padding) else {
                                continue;
                            };
                            if y >= height {
                                break;
                            }
                            let x = from * self.stride + kx - self.padding;
                            run(
                                ((line * batch + item) * rows + row) * columns + from,
                                ((channel * batch + item) * height + y) * width + x,
                                to - from,
                            );
                        }
                    }
                }
            }
        }
    }

    /// Unfolds `map` into `columns`, whose cells that fall on the padding must already be 0 and stay so.
    ///
    /// # Panics
    /// If a slice is shorter than `maps` and [`Window::columns`] say.
    pub fn unfold_into(&self, maps: Maps, map: &[f32], columns: &mut [f32]) {
        self.runs(maps, |to, from, count| {
            let target = &mut columns[to..to + count];
            if self.stride == 1 {
                target.copy_from_slice(&map[from..from + count]);
            } else {
                let source = map[from..].iter().step_by(self.stride);
                target.iter_mut().zip(source).for_each(|(t, s)| *t = *s);
            }
        });
    }

    /// The transpose of [`Window::unfold_into`]: adds every column cell to the map cell it was read from.
    ///
    /// # Panics
    /// If a slice is shorter than `maps` and [`Window::columns`] say.
    pub fn fold_add(&self, maps: Maps, columns: &[f32], map: &mut [f32]) {
        self.runs(maps, |from, to, count| {
            let target = map[to..].iter_mut().step_by(self.stride);
            let source = &columns[from..from + count];
            target.zip(source).for_each(|(t, s)| *t += *s);
        });
    }
}

/// Unfolds a batch of maps into a (channels · size², batch · rows · columns) matrix; differentiable.
///
/// The row of filter cell (channel, ky, kx) is `(channel * size + ky) * size + kx`, so a filter bank in the usual
/// (filters, channels, ky, kx) order multiplies it as it stands.
///
/// # Errors
/// When there is no memory for the result.
///
/// # Panics
/// If no window fits: dfdx has no empty tensors.
pub fn unfold<T: Tape<f32, Cpu>>(
    maps: Tensor<Maps, f32, Cpu, T>,
    window: Window,
) -> Result<Tensor<(usize, usize), f32, Cpu, T>, CpuError> {
    // Gradients are laid out as their tensor's memory is: a permuted one would be written in the wrong order.
    let (input, mut tape) = maps.try_contiguous()?.split_tape();
    let shape = *input.shape();
    let matrix = window.columns(shape);
    assert!(matrix.0 * matrix.1 > 0, "no {window:?} fits a map of {shape:?}");
    let mut columns = vec![0.0; matrix.0 * matrix.1];
    window.unfold_into(shape, &input.as_vec(), &mut columns);
    let output = input.device().try_tensor_from_vec(columns, matrix)?;
    let result = output.clone();
    tape.add_backward_op(move |gradients| {
        let columns = gradients.get(&result).as_vec();
        window.fold_add(shape, &columns, gradients.get_or_alloc_mut(&input)?);
        Ok(())
    });
    Ok(output.put_tape(tape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noise;

    const WINDOWS: [Window; 5] = [
        Window { size: 3, stride: 1, padding: 1 },
        Window { size: 3, stride: 2, padding: 1 },
        Window { size: 5, stride: 1, padding: 0 },
        Window { size: 2, stride: 3, padding: 2 },
        Window { size: 1, stride: 1, padding: 0 },
    ];

    /// The definition, one cell at a time.
    fn by_definition(window: Window, maps: Maps, map: &[f32]) -> Vec<f32> {
        let (channels, batch, height, width) = maps;
        let (rows, columns) = (window.steps(height), window.steps(width));
        let mut out = Vec::new();
        for c in 0..channels {
            for ky in 0..window.size {
                for kx in 0..window.size {
                    for b in 0..batch {
                        for row in 0..rows {
                            for column in 0..columns {
                                let y = (row * window.stride + ky) as isize - window.padding as isize;
                                let x = (column * window.stride + kx) as isize - window.padding as isize;
                                let inside =
                                    (0..height as isize).contains(&y) && (0..width as isize).contains(&x);
                                let at = ((c * batch + b) * height) as isize + y;
                                out.push(if inside { map[(at * width as isize + x) as usize] } else { 0.0 });
                            }
                        }
                    }
                }
            }
        }
        out
    }

    #[test]
    fn unfolds_as_defined() {
        let dev = Cpu::default();
        let shape = (2, 3, 7, 6);
        let map = noise(2 * 3 * 7 * 6, 1);
        for window in WINDOWS {
            let x = dev.tensor_from_vec(map.clone(), shape);
            let columns = unfold(x, window).unwrap();
            assert_eq!(columns.as_vec(), by_definition(window, shape, &map), "{window:?}");
        }
    }

    #[test]
    #[should_panic(expected = "fits a map")]
    fn a_map_smaller_than_the_window_is_refused() {
        let window = Window { size: 5, stride: 1, padding: 0 };
        let x = Cpu::default().tensor_from_vec(noise(9, 2), (1, 1, 3, 3));
        let _ = unfold(x, window);
    }

    /// The gradient of a weighted sum of squares of the columns against central differences.
    #[test]
    fn gradient_agrees_with_finite_differences() {
        let dev = Cpu::default();
        let shape = (2, 2, 5, 6);
        let map = noise(120, 3);
        for window in WINDOWS {
            let (k, n) = window.columns(shape);
            let weights = noise(k * n, 4);
            let loss = |values: &[f32]| -> f64 {
                let columns = by_definition(window, shape, values);
                let terms = columns.iter().zip(&weights);
                terms.map(|(c, w)| f64::from(*w) * f64::from(*c) * f64::from(*c)).sum()
            };
            let x = dev.tensor_from_vec(map.clone(), shape);
            let w = dev.tensor_from_vec(weights.clone(), (k, n));
            let columns = unfold(x.leaky_trace(), window).unwrap();
            let gradients = (columns.square() * w).sum::<Rank0, _>().backward();
            let found = gradients.get(&x).as_vec();
            for i in 0..map.len() {
                let step = 1e-2;
                let mut moved = map.clone();
                moved[i] = map[i] + step;
                let above = loss(&moved);
                moved[i] = map[i] - step;
                let expected = (above - loss(&moved)) / f64::from(2.0 * step);
                assert!(
                    (f64::from(found[i]) - expected).abs() < 1e-3,
                    "{window:?} {i}: {} {expected}",
                    found[i]
                );
            }
        }
    }

    /// A permuted input has another memory order: its gradient must still land on the right cells.
    #[test]
    fn gradient_of_a_permuted_map() {
        let dev = Cpu::default();
        let window = Window { size: 2, stride: 1, padding: 0 };
        let x = dev.tensor_from_vec(noise(12, 5), (1, 1, 3, 4));
        let turned = x.leaky_trace().permute::<Maps, Axes4<0, 1, 3, 2>>();
        let gradients = unfold(turned, window).unwrap().sum::<Rank0, _>().backward();
        // How many windows cover each cell.
        let expected = [1, 2, 2, 1, 2, 4, 4, 2, 1, 2, 2, 1].map(|n| n as f32);
        assert_eq!(gradients.get(&x).as_vec(), expected);
    }
}
