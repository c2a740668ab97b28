//! Bounds of an answer's JSON, looked at before it is read: whoever sends it must not decide how deep a stack or how
//! long a list gets.

/// How deep objects and lists may stand in each other.
const DEPTH: usize = 64;
/// How many members or items one object or list may have.
const ITEMS: u32 = 100_000;

/// A bound that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    Depth,
    Items,
}

impl Excess {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Depth => "the depth of its objects",
            Self::Items => "the length of a list",
        }
    }
}

/// Looks at the text before it is read. Whether it is JSON is for the reader to say.
pub(crate) fn check(json: &str) -> Result<(), Excess> {
    if is_small(json.as_bytes()) { Ok(()) } else { walk(json) }
}

/// Whether the text cannot pass either bound, whatever it says: most answers have few objects, and counting is quick.
fn is_small(json: &[u8]) -> bool {
    let opened: usize = json.iter().map(|byte| usize::from(matches!(byte, b'{' | b'['))).sum();
    opened <= DEPTH && u32::try_from(json.len()).is_ok_and(|length| length < ITEMS)
}

fn walk(json: &str) -> Result<(), Excess> {
    let mut commas = [0_u32; DEPTH + 1];
    let mut depth = 0_usize;
    let mut bytes = json.as_bytes().iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_text(&mut bytes),
            b'{' | b'[' => {
                depth += 1;
                *commas.get_mut(depth).ok_or(Excess::Depth)? = 0;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => {
                let count = commas.get_mut(depth).ok_or(Excess::Depth)?;
                *count += 1;
                if *count >= ITEMS {
                    return Err(Excess::Items);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(at) = memchr::memchr2(b'"', b'\\', bytes.as_slice()) {
        match bytes.nth(at) {
            Some(b'\\') => bytes.next(),
            _ => return,
        };
    }
    // The text never ends; the reader will say so.
    *bytes = [].iter();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_passes_the_long_way_too() {
        for opened in [0, 1, DEPTH, DEPTH + 1] {
            for commas in [0, 99_000, 99_934, 99_935, 99_998, 99_999, 100_000, 200_000] {
                let text = "[".repeat(opened) + &",".repeat(commas);
                assert_eq!(check(&text), walk(&text), "{opened} {commas}");
            }
        }
    }

    fn nested(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    #[test]
    fn i060_sixty_four_levels_are_the_most() {
        assert_eq!(check(&nested(64)), Ok(()));
        for depth in [65, 128, 100_000] {
            assert_eq!(check(&nested(depth)), Err(Excess::Depth), "{depth}");
        }
    }

    #[test]
    fn brackets_and_commas_in_a_text_do_not_count() {
        let text = format!(r#"{{"a":"{}\"{}","b":[1,2]}}"#, "[".repeat(200), ",".repeat(200_000));
        assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn i075_a_list_has_at_most_a_hundred_thousand_items() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert_eq!(check(&list(100_000)), Ok(()));
        assert_eq!(check(&list(100_001)), Err(Excess::Items));
        let many = format!("[{},{}]", list(60_000), list(60_000));
        assert_eq!(check(&many), Ok(()), "each list counts for itself");
    }
}
