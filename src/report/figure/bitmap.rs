//! From a drawing to PNG.

use super::drawing::Drawing;
use super::letters;
use super::render::{replay, size};
use crate::files::in_place_of;
use plotters::backend::{BitMapBackend, DrawingBackend};
use std::io;
use std::path::Path;

/// Pixels of the large picture that are averaged into one, in each direction: smooth edges.
const FINE: u32 = 2;

/// Writes the drawing as a PNG, under a temporary name first.
///
/// # Errors
/// What the file system says.
pub fn write_png(drawing: &Drawing, path: &Path) -> io::Result<()> {
    let (width, height) = size(drawing);
    let pixels = shrink(&large(drawing)?, width as usize);
    in_place_of(path, |temporary| {
        let mut backend = BitMapBackend::new(temporary, (width, height));
        backend.blit_bitmap((0, 0), (width, height), &pixels).map_err(io::Error::other)?;
        backend.present().map_err(io::Error::other)
    })
}

/// The drawing at [`FINE`] times its size, three bytes a pixel.
fn large(drawing: &Drawing) -> io::Result<Vec<u8>> {
    let (width, height) = size(drawing);
    let mut pixels = vec![0; (width * FINE * height * FINE * 3) as usize];
    let mut backend = BitMapBackend::with_buffer(&mut pixels, (width * FINE, height * FINE));
    replay(drawing, &mut backend, f64::from(FINE), (letters::bitmap_size, letters::BITMAP_LIFT))
        .map_err(io::Error::other)?;
    backend.present().map_err(io::Error::other)?;
    drop(backend);
    Ok(pixels)
}

/// Averages squares of [`FINE`]² pixels into one.
fn shrink(large: &[u8], width: usize) -> Vec<u8> {
    let fine = FINE as usize;
    let row = width * fine * 3;
    let mut out = Vec::with_capacity(large.len() / (fine * fine));
    for rows in large.chunks_exact(row * fine) {
        for index in 0..width * 3 {
            let (pixel, channel) = (index / 3, index % 3);
            let at = |dx: usize, dy: usize| u32::from(rows[dy * row + (pixel * fine + dx) * 3 + channel]);
            let sum: u32 = (0..fine).flat_map(|dy| (0..fine).map(move |dx| (dx, dy))).map(|(dx, dy)| at(dx, dy)).sum();
            out.push((sum / (FINE * FINE)) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::drawing::Text;
    use crate::report::figure::style::{BLUE, INK, PAPER};

    #[test]
    fn letters_and_areas_leave_their_colours_in_the_bitmap() {
        let mut drawing = Drawing::new(200.0, 100.0, "costs");
        drawing.rectangle((10.0, 10.0), (50.0, 50.0), BLUE);
        drawing.text(Text::new((60.0, 30.0), 20.0, "$5 < $6 & more").bold());
        let large = large(&drawing).unwrap();
        let small = shrink(&large, 200);
        assert_eq!(small.len(), 200 * 100 * 3);
        let pixel = |x: usize, y: usize| &small[(y * 200 + x) * 3..][..3];
        assert_eq!((pixel(30, 30), pixel(5, 5)), (&[0x00, 0x72, 0xb2][..], &[0xff, 0xff, 0xff][..]));
        let dark = (60..200).flat_map(|x| (15..45).map(move |y| (x, y))).filter(|(x, y)| pixel(*x, *y)[0] < 0x80);
        assert!(dark.count() > 100, "the letters are missing");
        assert_ne!(INK, PAPER);
    }
}
