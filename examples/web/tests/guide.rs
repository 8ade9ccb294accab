//! The library's guide quotes this application, word for word.

use std::fs;

#[test]
fn every_line_of_the_guide_is_a_line_of_the_application() {
    let guide = fs::read_to_string("../../src/guide.md").expect("the guide");
    let blocks: Vec<_> = guide.split("```rust,ignore\n// examples/web/").skip(1).collect();
    assert!(blocks.len() >= 10);
    assert_eq!(guide.matches("```").count(), 2 * blocks.len(), "a block that quotes no file");
    for block in blocks {
        let (path, rest) = block.split_once('\n').expect("a path");
        let code = rest.split("```").next().unwrap_or_default();
        let source = fs::read_to_string(path).expect("the file that is quoted");
        assert!(lines(&source).contains(&lines(code)), "{path} does not have:\n{code}");
    }
}

/// Without what they are indented by.
fn lines(text: &str) -> String {
    let lines = text.lines().map(|line| format!("{}\n", line.trim()));
    lines.collect()
}
