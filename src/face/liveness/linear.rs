//! Small systems of linear equations.

/// The solution of `matrix` · x = `right`, by elimination with the largest pivot of each column; `None` when there is
/// none or several, or a number is not finite.
pub(super) fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..N).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let upper = matrix[column];
        if !upper[column].is_finite() || upper[column].abs() < 1e-12 {
            return None;
        }
        for row in column + 1..N {
            let factor = matrix[row][column] / upper[column];
            for (value, above) in matrix[row].iter_mut().zip(upper).skip(column) {
                *value -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| matrix[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right.iter().all(|v| v.is_finite()).then_some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_needs_another_pivot() {
        let found = solve([[0.0, 2.0, 1.0], [1.0, 0.0, 0.0], [3.0, 0.0, 1.0]], [7.0, 1.0, 6.0]).unwrap();
        assert!(found.iter().zip([1.0, 2.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn refuses_what_has_no_single_solution() {
        assert!(solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]).is_none());
        assert!(solve([[f64::NAN, 2.0], [2.0, 4.0]], [1.0, 2.0]).is_none());
    }
}
