//! As much of Markdown as the jobs must read: fenced code, links, headings.

/// A fenced block of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// What stands behind the opening fence, such as `rust`.
    pub info: &'a str,
    /// The lines between the fences, each with its line break.
    pub code: &'a str,
}

/// All fenced blocks, in order. One that is never closed reaches to the end.
pub fn code_blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut offset = 0;
    for line in markdown.split_inclusive('\n') {
        let next = offset + line.len();
        if let Some(info) = line.trim().strip_prefix("```") {
            open = match open {
                Some((info, start)) => {
                    blocks.push(Block { info, code: markdown.get(start..offset).unwrap_or_default() });
                    None
                }
                None => Some((info.trim(), next)),
            };
        }
        offset = next;
    }
    if let Some((info, start)) = open {
        blocks.push(Block { info, code: markdown.get(start..).unwrap_or_default() });
    }
    blocks
}

/// The targets of all links and pictures, outside code.
pub fn links(markdown: &str) -> Vec<String> {
    prose(markdown).flat_map(|line| links_of_line(&line)).collect()
}

/// The anchors that the headings make: lower case, a hyphen for each space, punctuation left out.
pub fn anchors(markdown: &str) -> Vec<String> {
    let headings = outside_fences(markdown).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

fn links_of_line(line: &str) -> Vec<String> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let reference =
        line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
    inline.chain(reference).map(str::to_owned).collect()
}

fn prose(markdown: &str) -> impl Iterator<Item = String> {
    // Every second part between backticks is code.
    outside_fences(markdown).map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("code"))
}

fn outside_fences(markdown: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    markdown.lines().filter(move |line| {
        let is_fence = line.trim().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_their_info_and_their_lines() {
        let blocks = code_blocks("a\n```sh test\none\ntwo\n```\nb\n```\nthree\n```\n");
        assert_eq!(
            blocks,
            [Block { info: "sh test", code: "one\ntwo\n" }, Block { info: "", code: "three\n" }]
        );
    }

    #[test]
    fn links_in_code_are_not_links() {
        let text = "[a](one.md) and [`b`](two.md#part \"title\")\n`[c](three.md)`\n```\n[d](four.md)\n```\n[e]: five.md\n";
        assert_eq!(links(text), ["one.md", "two.md#part", "five.md"]);
    }

    #[test]
    fn anchors_are_spelt_as_the_renderers_spell_them() {
        assert_eq!(
            anchors("# Who may know what?\n```\n# no\n```\n## `model`, and api\n"),
            ["who-may-know-what", "model-and-api"]
        );
    }
}
