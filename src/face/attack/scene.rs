//! A picture on a surface in front of a camera, as pixels: perspective, occlusion, light, blur and noise.
//!
//! Lengths are in eye distances of the face (about 63 mm), the origin lies between the eyes of the face looking at the
//! camera, x to the right of the picture, y down, z towards the camera.

use super::portrait::Portrait;
use super::surface::Surface;
use crate::face::Frame;
use rand::{Rng, RngExt};

/// Width and height of the rendered frames: what the detector sees of a camera's 640x480.
pub const SIZE: (u32, u32) = (320, 240);
/// Focal length in pixels of [`SIZE`]: 60° from left to right, a common webcam.
const FOCAL: f32 = 277.0;
/// Distance between two vertices of the mesh.
const MESH: f32 = 0.09;
/// Nearest that anything may come to the camera; what is nearer isn't drawn.
const NEAREST: f32 = 0.5;

/// How an object is held: turned about a pivot, then moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// About the vertical axis, in degrees; positive turns the face to the right of the picture (the person's left).
    pub yaw: f32,
    /// About the horizontal axis, in degrees; positive turns the face up.
    pub pitch: f32,
    /// In the plane of the picture, in degrees; positive is clockwise.
    pub roll: f32,
    /// To the right and down.
    pub shift: [f32; 2],
    /// Distance from the camera.
    pub distance: f32,
}

/// What the camera makes of the scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Factor of the brightness.
    pub light: f32,
    /// Standard deviation of the noise, of 255.
    pub noise: f32,
    /// Passes of a 3x3 mean: how far out of focus.
    pub blur: usize,
    /// A reflection: where its middle lies, in pixels, and how much it brightens.
    pub glare: Option<([f32; 2], f32)>,
}

impl Default for Exposure {
    fn default() -> Self {
        Self { light: 1.0, noise: 2.0, blur: 0, glare: None }
    }
}

/// One thing in the scene: a portrait on a surface.
#[derive(Clone, Copy, Debug)]
pub struct Prop<'a> {
    /// What is printed on it.
    pub portrait: &'a Portrait,
    /// Its shape.
    pub surface: Surface,
    /// How it is held.
    pub pose: Pose,
}

/// One vertex as the camera sees it.
#[derive(Clone, Copy)]
struct Vertex {
    /// Frame pixels.
    at: [f32; 2],
    /// Distance from the camera.
    depth: f32,
    /// Portrait pixels.
    texture: [f32; 2],
}

/// Renders `props` before a plain wall.
pub fn render(props: &[Prop<'_>], exposure: Exposure, rng: &mut impl Rng) -> Frame {
    let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
    let mut canvas = Canvas {
        // A wall a little brighter on one side.
        colour: (0..width * height)
            .map(|i| {
                let shade = 150.0 + 30.0 * (i % width) as f32 / width as f32
                    - 20.0 * (i / width) as f32 / height as f32;
                [shade, shade * 0.98, shade * 0.94]
            })
            .collect(),
        depth: vec![f32::INFINITY; width * height],
    };
    for prop in props {
        canvas.draw(prop);
    }
    for _ in 0..exposure.blur {
        canvas.blur();
    }
    let mut pixels = canvas.colour.iter();
    let mut grain = || -> f32 {
        // The sum of four bytes is near enough to a normal number; standard deviation 255 / √3.
        let sum: i32 = rng.random::<[u8; 4]>().iter().map(|b| i32::from(*b)).sum();
        (sum - 510) as f32 / 147.8 * exposure.noise
    };
    let shine = |x: u32, y: u32| match exposure.glare {
        Some(([gx, gy], bright)) => {
            let (dx, dy) = ((x as f32 - gx) / 22.0, (y as f32 - gy) / 40.0);
            bright * (-(dx * dx + dy * dy)).exp()
        }
        None => 0.0,
    };
    Frame::from_fn(SIZE.0, SIZE.1, |x, y| {
        let colour = pixels.next().copied().unwrap_or_default();
        let added = grain() + shine(x, y);
        colour.map(|c| (c * exposure.light + added).round().clamp(0.0, 255.0) as u8)
    })
}

struct Canvas {
    colour: Vec<[f32; 3]>,
    depth: Vec<f32>,
}

impl Canvas {
    fn draw(&mut self, prop: &Prop<'_>) {
        let [left, top, right, bottom] = prop.surface.bounds(prop.portrait);
        let columns = ((right - left) / MESH).ceil() as usize;
        let rows = ((bottom - top) / MESH).ceil() as usize;
        let project = Projection::new(&prop.pose, prop.surface.pivot());
        let vertex = |column: usize, row: usize| {
            let x = left + (right - left) * column as f32 / columns as f32;
            let y = top + (bottom - top) * row as f32 / rows as f32;
            let (at, depth) = project.apply(prop.surface.place(prop.portrait, x, y));
            Vertex { at, depth, texture: prop.portrait.texture(x, y) }
        };
        let mut above: Vec<Vertex> = (0..=columns).map(|c| vertex(c, 0)).collect();
        for row in 1..=rows {
            let below: Vec<Vertex> = (0..=columns).map(|c| vertex(c, row)).collect();
            for c in 0..columns {
                self.triangle(prop.portrait, [above[c], above[c + 1], below[c]]);
                self.triangle(prop.portrait, [above[c + 1], below[c + 1], below[c]]);
            }
            above = below;
        }
    }

    fn triangle(&mut self, portrait: &Portrait, [a, b, c]: [Vertex; 3]) {
        let cross = |p: [f32; 2], q: [f32; 2], r: [f32; 2]| {
            (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        };
        let area = cross(a.at, b.at, c.at);
        // Seen from behind, or too near.
        if area <= 1e-6 || a.depth.min(b.depth).min(c.depth) < NEAREST {
            return;
        }
        let range = |k: usize, limit: u32| {
            let (low, high) = (a.at[k].min(b.at[k]).min(c.at[k]), a.at[k].max(b.at[k]).max(c.at[k]));
            // `as` saturates; what lies beyond the frame gives an empty range.
            (low.ceil().max(0.0) as usize, ((high.floor() + 1.0).max(0.0) as usize).min(limit as usize))
        };
        let ((x0, x1), (y0, y1)) = (range(0, SIZE.0), range(1, SIZE.1));
        for y in y0..y1 {
            for x in x0..x1 {
                let p = [x as f32, y as f32];
                let (wa, wb, wc) = (cross(b.at, c.at, p), cross(c.at, a.at, p), cross(a.at, b.at, p));
                if wa < 0.0 || wb < 0.0 || wc < 0.0 {
                    continue;
                }
                let mix = |va: f32, vb: f32, vc: f32| (wa * va + wb * vb + wc * vc) / area;
                let depth = mix(a.depth, b.depth, c.depth);
                let at = y * SIZE.0 as usize + x;
                if depth < self.depth[at] {
                    self.depth[at] = depth;
                    let u = mix(a.texture[0], b.texture[0], c.texture[0]);
                    let v = mix(a.texture[1], b.texture[1], c.texture[1]);
                    self.colour[at] = portrait.sample(u, v);
                }
            }
        }
    }

    /// One pass of a 3x3 mean.
    fn blur(&mut self) {
        let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
        let source = self.colour.clone();
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let mut sum = [0.0f32; 3];
                for row in [y - 1, y, y + 1] {
                    for pixel in &source[row * width + x - 1..=row * width + x + 1] {
                        sum.iter_mut().zip(pixel).for_each(|(s, p)| *s += p / 9.0);
                    }
                }
                self.colour[y * width + x] = sum;
            }
        }
    }
}

/// Turning, moving and the pinhole.
struct Projection {
    /// Rows of the rotation.
    turn: [[f32; 3]; 3],
    pivot: [f32; 3],
    shift: [f32; 2],
    distance: f32,
}

impl Projection {
    fn new(pose: &Pose, pivot: [f32; 3]) -> Self {
        let (sy, cy) = pose.yaw.to_radians().sin_cos();
        let (sp, cp) = pose.pitch.to_radians().sin_cos();
        let (sr, cr) = pose.roll.to_radians().sin_cos();
        let yaw = [[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]];
        // Up is towards smaller y.
        let pitch = [[1.0, 0.0, 0.0], [0.0, cp, -sp], [0.0, sp, cp]];
        let roll = [[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]];
        Self { turn: product(roll, product(pitch, yaw)), pivot, shift: pose.shift, distance: pose.distance }
    }

    /// Frame pixels and distance of a point of the object.
    fn apply(&self, p: [f32; 3]) -> ([f32; 2], f32) {
        let q = [p[0] - self.pivot[0], p[1] - self.pivot[1], p[2] - self.pivot[2]];
        let [x, y, z] = self.turn.map(|row| row[0] * q[0] + row[1] * q[1] + row[2] * q[2]);
        let (x, y, z) =
            (x + self.pivot[0] + self.shift[0], y + self.pivot[1] + self.shift[1], z + self.pivot[2]);
        let depth = self.distance - z;
        let scale = FOCAL / depth.max(NEAREST / 2.0);
        // The face's middle lies half an eye distance below the eyes.
        ([SIZE.0 as f32 / 2.0 + x * scale, SIZE.1 as f32 / 2.0 + (y - 0.5) * scale], depth)
    }
}

fn product(a: [[f32; 3]; 3], b: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    a.map(|row| std::array::from_fn(|j| (0..3).map(|k| row[k] * b[k][j]).sum()))
}
