//! Matrix products for inference, by dfdx.

use dfdx::prelude::*;

/// A fixed (rows, inner) matrix that multiplies (inner, columns) ones, by dfdx.
#[derive(Debug)]
pub struct Product {
    weight: Tensor<(usize, usize), f32, Cpu>,
    operand: Tensor<(usize, usize), f32, Cpu>,
}

impl Product {
    /// From `rows` rows of `inner` values.
    ///
    /// # Panics
    /// If `weight` is not of that size.
    pub fn new(dev: &Cpu, weight: Vec<f32>, rows: usize, inner: usize) -> Self {
        Self { weight: dev.tensor_from_vec(weight, (rows, inner)), operand: dev.zeros_like(&(inner, 0)) }
    }

    /// Writes weight · `operand` to `out`.
    ///
    /// # Panics
    /// If `operand` is not (inner, `columns`) or `out` not (rows, `columns`).
    pub fn times(&mut self, operand: &[f32], columns: usize, out: &mut [f32]) {
        let inner = self.weight.shape().1;
        if self.operand.shape().1 != columns {
            self.operand = self.weight.device().zeros_like(&(inner, columns));
        }
        self.operand.copy_from(operand);
        self.weight.clone().matmul(self.operand.clone()).copy_into(out);
    }

    /// Rows of the matrix.
    pub fn rows(&self) -> usize {
        self.weight.shape().0
    }
}

/// A fully connected layer for one input at a time.
#[derive(Debug)]
pub struct Dense {
    /// (inputs, outputs): dfdx multiplies a row by a matrix more than twice as fast as a matrix by a column.
    weight: Tensor<(usize, usize), f32, Cpu>,
    input: Tensor<(usize, usize), f32, Cpu>,
    bias: Vec<f32>,
}

impl Dense {
    /// From one row of weights for each value of `bias`.
    ///
    /// # Panics
    /// If `weight` does not divide into that many rows.
    pub fn new(dev: &Cpu, weight: &[f32], bias: Vec<f32>) -> Self {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let mut turned = Vec::with_capacity(weight.len());
        for input in 0..inputs {
            turned.extend((0..outputs).map(|output| weight[output * inputs + input]));
        }
        Self {
            weight: dev.tensor_from_vec(turned, (inputs, outputs)),
            input: dev.zeros_like(&(1, inputs)),
            bias,
        }
    }

    /// Writes weight · `input` + bias to `out`.
    ///
    /// # Panics
    /// If a slice is of another length than the weights say.
    pub fn forward(&mut self, input: &[f32], out: &mut [f32]) {
        self.input.copy_from(input);
        self.input.clone().matmul(self.weight.clone()).copy_into(out);
        out.iter_mut().zip(&self.bias).for_each(|(o, b)| *o += b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_several_columns_and_of_one() {
        let mut product = Product::new(&Cpu::default(), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
        let mut out = [0.0; 4];
        product.times(&[1.0, 0.0, 0.0, 1.0, 1.0, 1.0], 2, &mut out);
        assert_eq!(out, [4.0, 5.0, 10.0, 11.0]);
        product.times(&[1.0, 1.0, 1.0], 1, &mut out[..2]);
        assert_eq!(out[..2], [6.0, 15.0]);
    }

    #[test]
    fn a_dense_layer_adds_its_bias() {
        let mut layer = Dense::new(&Cpu::default(), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![10.0, 20.0]);
        let mut out = [0.0; 2];
        layer.forward(&[1.0, 0.0, 1.0], &mut out);
        assert_eq!(out, [14.0, 30.0]);
    }
}
