//! Reading model files: checked as a whole, then tensor by tensor.

use super::models::{ModelFile, WeightsError};
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes that are hashed at once where a file isn't kept.
const PIECE: usize = 64 * 1024;

/// The checked bytes of one model file.
#[derive(Debug)]
pub struct Weights {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Weights {
    /// Reads `file` from the folder `models` and checks its digest.
    ///
    /// # Errors
    /// When it can't be read, or is not the file that this version was built for.
    pub fn load(models: &Path, file: &ModelFile) -> Result<Self, WeightsError> {
        let path = models.join(file.name);
        let unreadable = |source| WeightsError::Unreadable { path: path.clone(), source };
        let mut bytes = Vec::with_capacity(file.size as usize + 1);
        let source = File::open(&path).map_err(unreadable)?;
        source.take(file.size + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 != file.size || hex::encode(Sha256::digest(&bytes)) != file.sha256 {
            return Err(WeightsError::Corrupt(path));
        }
        Ok(Self { path, bytes })
    }

    /// Checks what [`Weights::load`] checks, without holding the file in memory.
    ///
    /// # Errors
    /// Those of [`Weights::load`].
    pub fn check(models: &Path, file: &ModelFile) -> Result<(), WeightsError> {
        let path = models.join(file.name);
        let unreadable = |source| WeightsError::Unreadable { path: path.clone(), source };
        let mut source = File::open(&path).map_err(unreadable)?.take(file.size + 1);
        let (mut piece, mut size, mut digest) = (vec![0; PIECE], 0, Sha256::new());
        loop {
            match source.read(&mut piece).map_err(unreadable)? {
                0 => break,
                n => {
                    digest.update(&piece[..n]);
                    size += n as u64;
                }
            }
        }
        if size != file.size || hex::encode(digest.finalize()) != file.sha256 {
            return Err(WeightsError::Corrupt(path));
        }
        Ok(())
    }

    /// Parses the header, so that tensors can be taken out.
    ///
    /// # Errors
    /// [`WeightsError::Corrupt`] when the bytes are no safetensors file.
    pub fn tensors(&self) -> Result<Tensors<'_>, WeightsError> {
        match SafeTensors::deserialize(&self.bytes) {
            Ok(tensors) => Ok(Tensors { path: &self.path, tensors }),
            Err(_) => Err(WeightsError::Corrupt(self.path.clone())),
        }
    }
}

/// The tensors of one model file.
#[derive(Debug)]
pub struct Tensors<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
}

impl Tensors<'_> {
    fn view(&self, name: &str, kind: Dtype, shape: &[usize]) -> Option<&[u8]> {
        let view = self.tensors.tensor(name).ok()?;
        (view.dtype() == kind && view.shape() == shape).then(|| view.data())
    }

    pub(super) fn missing(&self, tensor: &str) -> WeightsError {
        WeightsError::Tensor { path: self.path.to_owned(), tensor: tensor.to_owned() }
    }

    fn floats(&self, name: &str, shape: &[usize]) -> Option<Vec<f32>> {
        let bytes = self.view(name, Dtype::F32, shape)?.as_chunks().0;
        Some(bytes.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }

    /// A vector of `length` values.
    ///
    /// # Errors
    /// [`WeightsError::Tensor`] when there is none of that name and length.
    pub fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, WeightsError> {
        self.floats(name, &[length]).ok_or_else(|| self.missing(name))
    }

    /// A `rows` x `columns` matrix, row by row, dequantised where the file holds int8 blocks.
    ///
    /// # Errors
    /// [`WeightsError::Tensor`] when there is none of that name and shape.
    pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, WeightsError> {
        self.floats(name, &[rows, columns])
            .or_else(|| self.dequantised(name, rows, columns))
            .ok_or_else(|| self.missing(name))
    }

    /// value = (q − z) · s, one z and s for each block of a row.
    fn dequantised(&self, name: &str, rows: usize, columns: usize) -> Option<Vec<f32>> {
        let blocks = self.blocks(name, rows, columns)?;
        let mut values = Vec::with_capacity(rows * columns);
        let weights = blocks.values.chunks_exact(blocks.width).zip(&blocks.zeros).zip(&blocks.scales);
        for ((block, zero), scale) in weights {
            values.extend(block.iter().map(|q| f32::from(i16::from(*q) - i16::from(*zero)) * scale));
        }
        Some(values)
    }

    /// A `rows` x `columns` matrix as the file's int8 blocks.
    ///
    /// # Errors
    /// [`WeightsError::Tensor`] when there is none of that name and shape.
    pub fn quantised(&self, name: &str, rows: usize, columns: usize) -> Result<Quantised, WeightsError> {
        self.blocks(name, rows, columns).ok_or_else(|| self.missing(name))
    }

    fn blocks(&self, name: &str, rows: usize, columns: usize) -> Option<Quantised> {
        let bytes = |name: &str, columns| {
            let bytes = self.view(name, Dtype::I8, &[rows, columns])?;
            Some(bytes.iter().map(|byte| byte.cast_signed()).collect::<Vec<i8>>())
        };
        let scales = format!("{name}.s");
        let blocks = *self.tensors.tensor(&scales).ok()?.shape().get(1)?;
        let width = columns.checked_div(blocks).filter(|width| width * blocks == columns && *width > 0)?;
        let (values, zeros) = (bytes(&format!("{name}.q"), columns)?, bytes(&format!("{name}.z"), blocks)?);
        Some(Quantised { width, values, zeros, scales: self.floats(&scales, &[rows, blocks])? })
    }
}

/// A matrix as int8 blocks: value = (q − z) · s, one z and s for each block of neighbouring columns of a row.
#[derive(Clone, Debug)]
pub struct Quantised {
    /// Columns of a block.
    pub width: usize,
    /// q, row by row.
    pub values: Vec<i8>,
    /// z, row by row.
    pub zeros: Vec<i8>,
    /// s, row by row.
    pub scales: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::{TensorView, serialize};

    const FILE: ModelFile = ModelFile { name: "small.safetensors", sha256: "", size: 0 };

    #[test]
    fn a_missing_file_is_unreadable() {
        let error = Weights::load(Path::new("/nowhere"), &FILE).unwrap_err();
        assert!(matches!(error, WeightsError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains("/nowhere/small.safetensors"), "{error}");
    }

    /// Any flipped bit, cut or addition is found before a byte is parsed.
    #[test]
    fn a_damaged_file_is_corrupt() {
        let folder = tempfile::tempdir().unwrap();
        let good = b"weights".to_vec();
        let sha256: &'static str = hex::encode(Sha256::digest(&good)).leak();
        let file = ModelFile { name: "m", sha256, size: 7 };
        std::fs::write(folder.path().join("m"), &good).unwrap();
        assert!(Weights::load(folder.path(), &file).is_ok());
        assert!(Weights::check(folder.path(), &file).is_ok());
        for bad in [b"weighty".to_vec(), b"weight".to_vec(), b"weights!".to_vec(), Vec::new()] {
            std::fs::write(folder.path().join("m"), bad).unwrap();
            let error = Weights::load(folder.path(), &file).unwrap_err();
            assert!(matches!(error, WeightsError::Corrupt(_)), "{error}");
            let error = Weights::check(folder.path(), &file).unwrap_err();
            assert!(matches!(error, WeightsError::Corrupt(_)), "{error}");
        }
    }

    #[test]
    fn bytes_that_are_no_safetensors_file_are_corrupt() {
        let weights = Weights { path: "m".into(), bytes: b"weights".to_vec() };
        assert!(matches!(weights.tensors(), Err(WeightsError::Corrupt(_))));
    }

    #[test]
    fn dequantises_block_by_block() {
        let scales: Vec<u8> = [0.5f32, 2.0].iter().flat_map(|s| s.to_le_bytes()).collect();
        let view = |kind, shape, data| TensorView::new(kind, shape, data).unwrap();
        let quantised = [1u8, 255, 128, 127];
        let zeros = [1u8, 254];
        let tensors = [
            ("w.q", view(Dtype::I8, vec![1, 4], &quantised[..])),
            ("w.z", view(Dtype::I8, vec![1, 2], &zeros[..])),
            ("w.s", view(Dtype::F32, vec![1, 2], &scales[..])),
        ];
        let weights = Weights { path: "m".into(), bytes: serialize(tensors, None).unwrap() };
        let tensors = weights.tensors().unwrap();
        assert_eq!(tensors.matrix("w", 1, 4).unwrap(), [0.0, -1.0, -252.0, 258.0]);
        assert!(matches!(tensors.matrix("w", 2, 2), Err(WeightsError::Tensor { .. })));
        assert!(matches!(tensors.vector("w", 4), Err(WeightsError::Tensor { .. })));
    }
}
