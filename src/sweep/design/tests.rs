use super::*;

fn read(text: &str) -> (Option<Design>, String) {
    let mut d = Diagnostics::default();
    let source = d.sources.add("test.toml", text);
    let root = Node::parse(source, &mut d);
    let design = Design::read(&root, Path::new("."), &mut d);
    (design, d.render(false))
}

fn rows(text: &str) -> Vec<String> {
    let (design, errors) = read(text);
    let design = design.unwrap_or_else(|| panic!("{errors}"));
    let row = |index| design.point(index).into_iter().map(cell).collect::<Vec<_>>().join("|");
    (0..design.points()).map(row).collect()
}

#[test]
fn a_grid_is_a_product_and_its_last_axis_varies_fastest() {
    assert_eq!(
        rows("[sweep.grid]\n\"a.x\" = [1, 2]\n\"a.y\" = [\"u\", { v = 3 }]"),
        ["1|u", "1|{ v = 3 }", "2|u", "2|{ v = 3 }"]
    );
}

#[test]
fn a_zip_goes_in_step_and_designs_multiply() {
    let text = "[sweep.zip]\n\"a.x\" = [1, 2]\n\"a.y\" = { from = 5, to = 6, points = 2 }\n[sweep.grid]\n\"a.z\" = [true, false]";
    assert_eq!(rows(text), ["1|5|true", "1|5|false", "2|6|true", "2|6|false"]);
}

#[test]
fn points_may_leave_a_key_as_it_is() {
    let text = "[[sweep.points]]\n\"a.x\" = 1\n[[sweep.points]]\n\"a.y\" = \"2 s\"\n\"a.x\" = 3";
    assert_eq!(rows(text), ["1|", "3|2 s"]);
}

#[test]
fn points_of_a_file_are_toml_where_they_can_be() {
    let directory = tempfile::tempdir().unwrap();
    let csv = "a.x,\"b.\"\"c.d\"\"\"\n1,64 MiB\n\"{ fixed = \"\"1 s\"\" }\",\n";
    std::fs::write(directory.path().join("points.csv"), csv).unwrap();
    let mut d = Diagnostics::default();
    let source = d.sources.add("test.toml", "[sweep.points]\nfile = \"points.csv\"");
    let root = Node::parse(source, &mut d);
    let design = Design::read(&root, directory.path(), &mut d).unwrap();
    assert_eq!(design.axes[1].path, ["b", "c.d"]);
    let rows: Vec<Vec<String>> = (0..2).map(|index| design.point(index).into_iter().map(cell).collect()).collect();
    assert_eq!(rows, [["1", "64 MiB"], ["{ fixed = \"1 s\" }", ""]]);
}

#[test]
fn a_sample_stays_within_its_ranges() {
    let text = "[sweep.sample]\nmethod = \"sobol\"\npoints = 64\n\"a.x\" = { from = 1, to = 4 }\n\
                \"a.y\" = { from = \"1 s\", to = \"100 s\", spacing = \"logarithmic\" }\n\"a.z\" = [\"p\", \"q\"]\n\
                \"a.w\".uniform = { min = 2.0, max = 3.0 }";
    let rows = rows(text);
    assert_eq!(rows.len(), 64);
    // A Sobol' sequence puts as many points into each quarter, and each half.
    for (value, count) in [("1|", 16), ("4|", 16)] {
        assert_eq!(rows.iter().filter(|row| row.starts_with(value)).count(), count);
    }
    assert_eq!(rows.iter().filter(|row| row.contains("|p|")).count(), 32);
    let seconds = |row: &String| super::super::scale::magnitude(row.split('|').nth(1).unwrap()).unwrap() / 1e9;
    assert_eq!(rows.iter().filter(|row| seconds(row) < 10.0).count(), 32);
    assert!(rows.iter().all(|row| (1.0..=100.0).contains(&seconds(row))));
}

/// Whole numbers that go down are drawn as those that go up: each as often.
#[test]
fn a_sample_may_go_down() {
    let rows = rows("[sweep.sample]\nmethod = \"sobol\"\npoints = 64\n\"a.x\" = { from = 4, to = 1 }");
    for value in ["1", "2", "3", "4"] {
        assert_eq!(rows.iter().filter(|row| *row == value).count(), 16, "{value}");
    }
}

/// Files of points that hold none, or whose lines are uneven: one error each, at its line.
#[test]
fn what_is_no_file_of_points_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for (csv, expected, place) in [
        ("", "there are no points here", "test.toml:1:1"),
        ("\n\n", "there are no points here", "test.toml:1:1"),
        ("a.x,a.y\n", "there are no points here", "test.toml:1:1"),
        ("a.x,a.y\n1,2\n3\n", "this is not CSV", "points.csv:3:1"),
        ("a.x,a.x\n1,2\n", "swept twice", "points.csv:1:5"),
        ("a.x,\n1,2\n", "not a path of keys", "points.csv:1:5"),
    ] {
        std::fs::write(directory.path().join("points.csv"), csv).unwrap();
        let mut d = Diagnostics::default();
        let source = d.sources.add("test.toml", "[sweep.points]\nfile = \"points.csv\"");
        let root = Node::parse(source, &mut d);
        assert!(Design::read(&root, directory.path(), &mut d).is_none(), "{csv:?}");
        let errors = d.render(false);
        assert!(d.count() == 1 && errors.contains(expected) && errors.contains(place), "{csv:?}: {errors}");
    }
}

#[test]
fn what_is_no_design_is_refused() {
    for (text, expected) in [
        ("x = 1", "has no sweep"),
        ("[sweep]", "has no axes"),
        ("[sweep.gird]", "did you mean `grid`?"),
        ("[sweep.grid]\n\"a.x\" = []", "no values"),
        ("[sweep.grid]\n\"a.x\" = [1]\n[sweep.zip]\n\"a.x\" = [1]", "swept twice"),
        ("[sweep.grid]\n\"a.x\" = [1]\n\"a.x.y\" = [1]", "one inside the other"),
        ("[sweep.zip]\n\"a.x\" = [1]\n\"a.y\" = [1, 2]", "has 2 values, and `a.x` has 1"),
        ("[sweep.points]\nfile = \"missing.csv\"", "cannot be read"),
        ("[sweep.sample]\nponts = 3", "did you mean `points`?"),
        ("[sweep.sample]\n\"a.x\" = [1]", "`points` is missing"),
        ("[sweep.sample]\npoints = 4\nmethod = \"sobool\"\n\"a.x\" = [1]", "did you mean `sobol`?"),
        ("[sweep.sample]\npoints = 4\n\"a.x\".uniform = { min = 2, max = 1 }", "`min` is above `max`"),
        ("[sweep.sample]\npoints = 4\n\"a.x\".log-uniform = { min = \"2 s\", max = \"1 s\" }", "`min` is above `max`"),
        ("[sweep.sample]\npoints = 4\n\"a.x\".normal = { mean = 1 }", "expected"),
    ] {
        let (design, errors) = read(text);
        assert!(design.is_none() && errors.contains(expected), "{expected} is not in\n{errors}");
    }
}
