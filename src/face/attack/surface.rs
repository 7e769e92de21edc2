//! Shapes that a portrait can be laid on.

use super::portrait::Portrait;

/// A shape. Lengths in eye distances, axes as in [`super::scene`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Surface {
    /// A flat print or screen.
    Flat,
    /// A flat print cut close to the face, so that another face fits beside it.
    Card,
    /// Bent round a cylinder whose axis lies in the picture's plane.
    Cylinder {
        /// Radius; the smaller, the more bent.
        radius: f32,
        /// True for an upright axis, which brings the nose forward of both cheeks.
        upright: bool,
    },
    /// Folded along an upright line through the nose (or a level one), the fold towards the camera.
    Fold {
        /// How far each half goes back, in degrees.
        angle: f32,
        /// True for an upright fold.
        upright: bool,
    },
    /// A head of common shape: see [`depth_of_head`].
    Head {
        /// How far the nose stands out, 1 for the mean.
        nose: f32,
    },
}

impl Surface {
    /// The point that it turns about.
    pub fn pivot(&self) -> [f32; 3] {
        match self {
            // The top of the neck.
            Self::Head { .. } => [0.0, 1.3, -1.4],
            _ => [0.0, 0.5, 0.0],
        }
    }

    /// Left, top, right and bottom of the part of the portrait that lies on it.
    pub fn bounds(&self, portrait: &Portrait) -> [f32; 4] {
        let [left, top, right, bottom] = portrait.bounds();
        match self {
            Self::Card => [left.max(-1.3), top.max(-1.2), right.min(1.3), bottom.min(2.1)],
            _ => [left, top, right, bottom],
        }
    }

    /// A shape between this one and `other`: paper being bent. Shapes of different kinds change at half way.
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        match (*self, *other) {
            (Self::Flat, Self::Cylinder { radius, upright }) if share > 0.05 => {
                Self::Cylinder { radius: radius / share, upright }
            }
            (Self::Flat, Self::Fold { angle, upright }) => Self::Fold { angle: angle * share, upright },
            (a, b) => {
                if share < 0.5 {
                    a
                } else {
                    b
                }
            }
        }
    }

    /// Where a point of the portrait lies in space.
    pub fn place(&self, portrait: &Portrait, x: f32, y: f32) -> [f32; 3] {
        match *self {
            Self::Flat | Self::Card => [x, y, 0.0],
            Self::Cylinder { radius, upright: true } => {
                let (across, back) = bent(x, radius);
                [across, y, back]
            }
            Self::Cylinder { radius, upright: false } => {
                let (down, back) = bent(y - portrait.nose_height(), radius);
                [x, down + portrait.nose_height(), back]
            }
            Self::Fold { angle, upright: true } => {
                let (sin, cos) = angle.to_radians().sin_cos();
                [x * cos, y, -x.abs() * sin]
            }
            Self::Fold { angle, upright: false } => {
                let (sin, cos) = angle.to_radians().sin_cos();
                let way = y - portrait.nose_height();
                [x, portrait.nose_height() + way * cos, -way.abs() * sin]
            }
            // The mouth of a mean face lies 1.1 below the eyes.
            Self::Head { nose } => [x, y, depth_of_head(x, y * 1.1 / portrait.mouth_height(), nose)],
        }
    }
}

/// A length along the paper as (across, towards the camera) once bent round a cylinder; at most half way round.
fn bent(length: f32, radius: f32) -> (f32, f32) {
    let angle = (length / radius).clamp(-std::f32::consts::FRAC_PI_2, std::f32::consts::FRAC_PI_2);
    // Beyond the half the paper goes straight back.
    let rest = (length.abs() - radius * std::f32::consts::FRAC_PI_2).max(0.0);
    (radius * angle.sin(), radius * (angle.cos() - 1.0) - rest)
}

/// How far a head stands out of the plane of eyes and mouth corners, with a nose `nose` times as long as the mean.
///
/// An ellipsoid with a nose, its few numbers read off MediaPipe's canonical face model (468 points, Apache-2.0): tip of
/// the nose 0.54, bridge between the eyes 0.28, middle of the lips 0.18, forehead 0.07, cheek bones −0.1, ears −1.0.
pub fn depth_of_head(x: f32, y: f32, nose: f32) -> f32 {
    const DEEP: f32 = 1.45;
    let skull = 1.0 - (x / 1.2).powi(2) - ((y - 0.5) / 1.9).powi(4);
    // 0 at the eyes.
    let skull = DEEP * (skull.max(0.0).sqrt() - 0.909);
    let profile = if y < 0.03 {
        0.15 * (-((y - 0.03) / 0.25).powi(2)).exp()
    } else if y < 0.52 {
        0.15 + 0.26 * (y - 0.03) / 0.49
    } else {
        0.41 * (-((y - 0.52) / 0.2).powi(2)).exp()
    };
    let bridge = (-(x / 0.17).powi(2) / 2.0).exp();
    skull + nose * profile * bridge
}
