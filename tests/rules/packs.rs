//! The packs as data: which one is for what, and what is refused when they are read.

use ticun::domain::name::Name;
use ticun::domain::packs::{self, BUILT_IN_TEXTS, Packs, Region, Sector};
use ticun::domain::time::Date;

fn day(text: &str) -> Date {
    Date::parse(text).expect("a day")
}

fn pack_of(region: &str, sector: &str, on: &str) -> String {
    let region = Region::parse(region).expect("a region");
    packs::in_force().of(region, Sector::parse(sector), day(on)).id.to_string()
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/packs");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().replace(".toml", ""))
        .collect();
    files.sort();
    assert_eq!(files, BUILT_IN_TEXTS.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
}

#[test]
fn the_most_particular_pack_in_force_is_the_one_of_a_sale() {
    assert_eq!(pack_of("310105", "fitness", "2025-03-01"), "shanghai-fitness");
    // Before its first day the pack of the sector does not apply.
    assert_eq!(pack_of("310105", "fitness", "2025-02-28"), "shanghai-funds");
    assert_eq!(pack_of("330106", "fitness", "2026-03-01"), "national");
    assert_eq!(pack_of("330106", "tutoring", "2026-03-01"), "tutoring");
    assert_eq!(pack_of("310000", "tutoring", "2026-03-01"), "tutoring");
    assert_eq!(pack_of("310000", "beauty", "2026-03-01"), "general-commerce");
    assert_eq!(pack_of("310000", "other", "2026-03-01"), "shanghai-funds");
    // After its last day what is left applies alone.
    assert_eq!(pack_of("310105", "fitness", "2026-12-31"), "shanghai-fitness");
    assert_eq!(pack_of("310105", "fitness", "2027-01-01"), "shanghai-funds");
    // Before the first day of all there is still a pack to go by.
    assert_eq!(pack_of("310000", "fitness", "2001-01-01"), "national");
}

/// The built-in packs with one text changed, and the error that this leads to.
fn broken(file: &str, from: &str, to: &str) -> String {
    let changed = |(name, text): &(&str, &str)| {
        if *name != file {
            return (*text).to_owned();
        }
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let texts: Vec<String> = BUILT_IN_TEXTS.iter().map(changed).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Packs::parse(&texts).expect_err(to).1.to_string()
}

#[test]
fn packs_that_say_something_wrong_are_refused() {
    let fitness = "shanghai-fitness";
    let cases = [
        (fitness, "max = \"5000.00\"", "max = 5000", "needs an amount"),
        (fitness, "max = 24", "max = \"24.00\"", "needs a number"),
        (fitness, "measure = \"lease\"", "measure = \"lease\"\nmax = 1", "needs no max"),
        (fitness, "measure = \"price\"", "measure = \"prize\"", "cannot be read"),
        (fitness, "max = 60", "max = 60\nmin = 1", "cannot be read"),
        (fitness, "id = \"membership-months\"", "id = \"membership-price\"", "is there twice"),
        (fitness, "id = \"lesson-count\"", "id = \"lesson-number\"", "\"lesson-number\" has no source"),
        (fitness, "\"total\"]", "\"total\", \"sum\"]", "a source is named for \"sum\""),
        (fitness, "regions = [\"310000\"]", "regions = [\"999999\"]", "cannot be read"),
        (fitness, "valid_until = \"2026-12-31\"", "valid_until = \"2025-02-01\"", "lies before"),
        (fitness, "valid_from = \"2025-03-01\"", "valid_from = \"2017-03-01\"", "there is no national pack"),
        ("national", "answer = { days = 3, count = \"working\" }", "", "the time limit answer is missing"),
        ("national", "[36, 48, 54]", "[36, 54, 48]", "unclaimed_warning_months is out of order"),
        ("national", "[30, 7]", "[7, 30]", "ending_notice_days is out of order"),
        (
            "national",
            "valid_from = \"2018-01-01\"",
            "valid_from = \"2018-01-01\"\nvalid_until = \"2030-01-01\"",
            "no edition is in force after",
        ),
        ("shanghai-funds", "percent = 40", "percent = 140", "above 100 percent"),
        ("general-commerce", "\"beauty\"", "\"tutoring\"", "in force for the same sales on 2022-01-01"),
    ];
    for (file, from, to, told) in cases {
        let error = broken(file, from, to);
        assert!(error.contains(told), "{to}: {error}");
    }
}

#[test]
fn neighbouring_editions_leave_no_gap_and_do_not_overlap() {
    let (_, text) = BUILT_IN_TEXTS.iter().find(|(name, _)| *name == "tutoring").expect("a pack");
    let read = |until: &str, from: &str| {
        let first = text.replacen(
            "valid_from = \"2022-01-01\"",
            &format!("valid_from = \"2022-01-01\"\nvalid_until = \"{until}\""),
            1,
        );
        let second = text.replacen("2023.1", "2024.1", 1).replacen("2022-01-01", from, 1);
        let others = BUILT_IN_TEXTS.iter().filter(|(name, _)| *name != "tutoring").map(|(_, text)| (*text).to_owned());
        let texts: Vec<String> = others.chain([first, second]).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Packs::parse(&texts).map_err(|(_, error)| error.to_string())
    };
    let packs = read("2024-12-31", "2025-01-01").expect("editions that go together");
    let edition =
        |on| packs.of(Region::parse("110000").unwrap(), Sector::parse("tutoring"), day(on)).version.to_string();
    assert_eq!((edition("2024-12-31"), edition("2025-01-01")), ("2023.1".to_owned(), "2024.1".to_owned()));
    assert!(read("2024-12-31", "2025-01-02").unwrap_err().contains("nothing is in force between"));
    assert!(read("2024-12-31", "2024-12-31").unwrap_err().contains("in force for the same sales on 2024-12-31"));
}

#[test]
fn the_time_limits_of_a_pack_are_the_national_ones_where_it_says_nothing() {
    let find =
        |id: &str| packs::in_force().all().iter().find(|pack| pack.id == Name::parse(id).unwrap()).expect("a pack");
    assert_eq!(find("shanghai-fitness").times, find("national").times);
}
