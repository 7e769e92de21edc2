//! The video devices of this machine, usable or not.

use serde::Serialize;

use super::Global;
use crate::{
    face::{VideoNode, camera::list_nodes},
    node::api::{Fault, FaultKind},
};

/// Widest name in the table, in characters.
const NAME: usize = 26;

/// A device as it is shown.
#[derive(Serialize)]
struct Row {
    device: String,
    name: String,
    formats: Vec<String>,
    infrared: bool,
    /// Why it can't be used now.
    problem: Option<String>,
    #[serde(skip)]
    brief: &'static str,
}

pub(super) fn run(g: &Global) -> Result<(), Fault> {
    let rows: Vec<Row> = list_nodes().iter().map(row).collect();
    if g.json || !rows.is_empty() {
        g.print(&rows, |rows| table(rows));
    }
    if rows.iter().any(|row| row.problem.is_none()) {
        return Ok(());
    }
    let problem = rows.into_iter().find_map(|row| row.problem.filter(|_| !row.formats.is_empty()));
    let none = || "no camera: plug one in, or sign in with your passphrase".to_owned();
    Err(Fault::new(FaultKind::Unreachable, problem.unwrap_or_else(none)))
}

fn row(node: &VideoNode) -> Row {
    let format = |format: &crate::face::PixelFormat| String::from_utf8_lossy(&format.fourcc()).into_owned();
    Row {
        device: node.info.path.display().to_string(),
        name: node.info.name.clone(),
        formats: node.info.formats.iter().map(format).collect(),
        infrared: node.info.infrared,
        problem: node.problem.as_ref().map(ToString::to_string),
        brief: node.problem.as_ref().map_or("", |problem| problem.brief()),
    }
}

fn table(rows: &[Row]) -> String {
    let shorten = |name: &str| match name.char_indices().nth(NAME) {
        None => name.to_owned(),
        Some(_) => name.chars().take(NAME - 1).chain(['…']).collect(),
    };
    let mut lines = vec![("DEVICE".to_owned(), "NAME".to_owned(), "FORMATS".to_owned())];
    for row in rows {
        let mut what = row.formats.join(" ");
        if row.infrared && row.problem.is_none() {
            what += ", infrared";
        }
        // A device that can't be used has its reason in place of the formats.
        if row.problem.is_some() {
            what = format!("– {}", row.brief);
        }
        lines.push((row.device.clone(), shorten(&row.name), what));
    }
    let width = |of: fn(&(String, String, String)) -> &String| {
        lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0)
    };
    let (device, name) = (width(|line| &line.0), width(|line| &line.1));
    lines.iter().map(|(d, n, what)| format!("{d:device$}  {n:name$}  {what}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::{CameraError, CameraInfo, PixelFormat};

    fn node(path: &str, name: &str, formats: &[PixelFormat], problem: Option<CameraError>) -> VideoNode {
        let infrared = formats == [PixelFormat::Grey];
        let (path, name) = (path.into(), name.to_owned());
        VideoNode { info: CameraInfo { path, name, formats: formats.to_vec(), infrared }, problem }
    }

    #[test]
    fn the_table_is_aligned_and_fits_80_columns() {
        let rows: Vec<Row> = [
            node(
                "/dev/video0",
                "Integrated Camera: Integrated C",
                &[PixelFormat::Mjpg, PixelFormat::Yuyv],
                None,
            ),
            node("/dev/video1", "Caméra", &[], Some(CameraError::NotACamera("/dev/video1".into()))),
            node("/dev/video2", "Infrared", &[PixelFormat::Grey], None),
            node(
                "/dev/video10",
                "Desk",
                &[PixelFormat::Mjpg],
                Some(CameraError::Busy("/dev/video10".into())),
            ),
            node("/dev/video11", "Every format it can have, yes", &PixelFormat::ALL, None),
        ]
        .iter()
        .map(row)
        .collect();
        let table = table(&rows);
        let wanted = "\
DEVICE        NAME                        FORMATS
/dev/video0   Integrated Camera: Integr…  MJPG YUYV
/dev/video1   Caméra                      – not a camera (metadata, output)
/dev/video2   Infrared                    GREY, infrared
/dev/video10  Desk                        – in use by another program
/dev/video11  Every format it can have,…  MJPG YUYV NV12 GREY RGB3";
        assert_eq!(table, wanted);
        assert!(table.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn json_says_the_whole_reason() {
        let row = row(&node("/dev/video1", "Desk", &[], Some(CameraError::NotAllowed("/dev/video1".into()))));
        let json = serde_json::to_value(row).unwrap();
        assert_eq!(
            json["problem"],
            "not allowed to use the camera at /dev/video1: add the service's user to group video"
        );
        assert_eq!(json["infrared"], false);
    }
}
