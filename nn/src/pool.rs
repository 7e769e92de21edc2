//! Max pooling over square, adjoining windows.

use super::unfold::Maps;
use dfdx::prelude::*;

/// Largest value of each `size` x `size` window of `planes` planes of `height` x `width`, written to `out`; rows and
/// columns that no whole window covers are left out.
///
/// # Panics
/// If `size` is 0 or a slice is too short.
pub fn max_pool_into(planes: usize, height: usize, width: usize, size: usize, map: &[f32], out: &mut [f32]) {
    let (rows, columns) = (height / size, width / size);
    let lines = out[..planes * rows * columns].chunks_exact_mut(columns.max(1));
    for (line, target) in lines.enumerate() {
        let source = &map[(line / rows * height + line % rows * size) * width..];
        if size == 2 {
            // The usual size, in a form that becomes vector code.
            let (above, below) = (&source[..2 * columns], &source[width..][..2 * columns]);
            let pairs = above.as_chunks().0.iter().zip(below.as_chunks().0);
            for (t, (&[a, b], &[c, d])) in target.iter_mut().zip(pairs) {
                *t = larger(larger(a, b), larger(c, d));
            }
            continue;
        }
        target.fill(f32::NEG_INFINITY);
        for y in 0..size {
            let cells = source[y * width..][..columns * size].chunks_exact(size);
            for (t, cells) in target.iter_mut().zip(cells) {
                *t = cells.iter().fold(*t, |most, &v| larger(most, v));
            }
        }
    }
}

/// One instruction, where `f32::max` needs several for its care about NaN.
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Max pooling of a batch of maps with adjoining windows of `size` cells; differentiable.
///
/// The gradient of a window goes to its first largest cell.
///
/// # Errors
/// When there is no memory for the result.
///
/// # Panics
/// If no window fits (dfdx has no empty tensors) or `size` is 0.
pub fn max_pool<T: Tape<f32, Cpu>>(
    maps: Tensor<Maps, f32, Cpu, T>,
    size: usize,
) -> Result<Tensor<Maps, f32, Cpu, T>, CpuError> {
    // Gradients are laid out as their tensor's memory is: a permuted one would be written in the wrong order.
    let (input, mut tape) = maps.try_contiguous()?.split_tape();
    let (channels, batch, height, width) = *input.shape();
    let (rows, columns) = (height / size, width / size);
    let shape = (channels, batch, rows, columns);
    assert!(rows * columns > 0, "no window of {size} fits a map of {height}x{width}");
    let mut pooled = vec![0.0; channels * batch * rows * columns];
    max_pool_into(channels * batch, height, width, size, &input.as_vec(), &mut pooled);
    let output = input.device().try_tensor_from_vec(pooled, shape)?;
    let result = output.clone();
    tape.add_backward_op(move |gradients| {
        let (map, pooled) = (input.as_vec(), result.as_vec());
        let incoming = gradients.get(&result).as_vec();
        let outgoing = gradients.get_or_alloc_mut(&input)?;
        for (i, (&most, &gradient)) in pooled.iter().zip(&incoming).enumerate() {
            let (line, column) = (i / columns, i % columns);
            let corner = (line / rows * height + line % rows * size) * width + column * size;
            let mut cells = (0..size * size).map(|k| corner + k / size * width + k % size);
            if let Some(cell) = cells.find(|&cell| map[cell] == most) {
                outgoing[cell] += gradient;
            }
        }
        Ok(())
    });
    Ok(output.put_tape(tape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noise;

    #[test]
    fn takes_the_largest_of_each_window() {
        let dev = Cpu::default();
        let map = vec![
            1.0, 5.0, 2.0, 0.0, 9.0, //
            3.0, 4.0, 8.0, 1.0, 9.0, //
            -1.0, -2.0, -3.0, -4.0, 9.0,
        ];
        let x = dev.tensor_from_vec(map, (1, 1, 3, 5));
        let y = max_pool(x, 2).unwrap();
        assert_eq!(*y.shape(), (1, 1, 1, 2));
        assert_eq!(y.as_vec(), [5.0, 8.0]);
    }

    #[test]
    fn other_sizes_pool_too() {
        let map = noise(2 * 7 * 9, 4);
        for size in [1, 3] {
            let mut out = vec![0.0; 2 * (7 / size) * (9 / size)];
            max_pool_into(2, 7, 9, size, &map, &mut out);
            let (rows, columns) = (7 / size, 9 / size);
            for (i, found) in out.iter().enumerate() {
                let (plane, row, column) = (i / columns / rows, i / columns % rows, i % columns);
                let cells = (0..size * size).map(|k| (row * size + k / size, column * size + k % size));
                let largest = cells.map(|(y, x)| map[(plane * 7 + y) * 9 + x]).max_by(f32::total_cmp);
                assert_eq!(Some(*found), largest);
            }
        }
    }

    #[test]
    #[should_panic(expected = "fits a map")]
    fn a_map_smaller_than_the_window_is_refused() {
        let x = Cpu::default().tensor_from_vec(noise(8, 1), (2, 1, 1, 4));
        let _ = max_pool(x, 2);
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let dev = Cpu::default();
        let shape = (2, 3, 5, 7);
        let map = noise(210, 2);
        let weights = noise(2 * 3 * 2 * 3, 3);
        let loss = |values: &[f32]| -> f64 {
            let mut out = vec![0.0; weights.len()];
            max_pool_into(6, 5, 7, 2, values, &mut out);
            out.iter().zip(&weights).map(|(o, w)| f64::from(*o) * f64::from(*w)).sum()
        };
        let x = dev.tensor_from_vec(map.clone(), shape);
        let w = dev.tensor_from_vec(weights.clone(), (2, 3, 2, 3));
        let gradients = (max_pool(x.leaky_trace(), 2).unwrap() * w).sum::<Rank0, _>().backward();
        let found = gradients.get(&x).as_vec();
        for i in 0..map.len() {
            let step = 1e-4;
            let mut moved = map.clone();
            moved[i] = map[i] + step;
            let above = loss(&moved);
            moved[i] = map[i] - step;
            let expected = (above - loss(&moved)) / f64::from(2.0 * step);
            assert!((f64::from(found[i]) - expected).abs() < 1e-2, "{i}: {} {expected}", found[i]);
        }
    }

    #[test]
    fn equal_cells_share_no_gradient() {
        let x = Cpu::default().tensor_from_vec(vec![1.0; 4], (1, 1, 2, 2));
        let gradients = max_pool(x.leaky_trace(), 2).unwrap().sum::<Rank0, _>().backward();
        assert_eq!(gradients.get(&x).as_vec(), [1.0, 0.0, 0.0, 0.0]);
    }
}
