//! Modulus 10, the check digit of Swedish numbers.

/// Whether the last digit is right: from it leftwards every second digit counts double, and the sum of all digits ends
/// in 0. Only for text of ASCII digits.
pub(crate) fn is_luhn(digits: &str) -> bool {
    !digits.is_empty() && sum(digits, false).is_multiple_of(10)
}

/// The digit that makes `digits` right when it is put after them.
pub(crate) fn luhn_digit(digits: &str) -> char {
    let missing = (10 - sum(digits, true) % 10) % 10;
    char::from_digit(missing, 10).unwrap_or('0')
}

fn sum(digits: &str, mut doubled: bool) -> u32 {
    let mut sum = 0;
    for digit in digits.bytes().rev().map(|b| u32::from(b.wrapping_sub(b'0'))) {
        let counted = if doubled { digit * 2 } else { digit };
        sum += counted / 10 + counted % 10;
        doubled = !doubled;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_textbook_example_is_right() {
        assert!(is_luhn("79927398713"));
        assert_eq!(luhn_digit("7992739871"), '3');
        assert!(!is_luhn(""));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_or_two_swapped_neighbours_are_found(digits in "[0-9]{1,30}", at in 0_usize..30, by in 1_u8..10) {
            let right = format!("{digits}{}", luhn_digit(&digits));
            prop_assert!(is_luhn(&right));
            let at = at % right.len();
            let mut wrong = right.clone().into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(!is_luhn(std::str::from_utf8(&wrong).unwrap()));
            if let Some(next) = right.as_bytes().get(at + 1).copied() {
                let mut swapped = right.clone().into_bytes();
                swapped.swap(at, at + 1);
                let found = !is_luhn(std::str::from_utf8(&swapped).unwrap());
                let (low, high) = (next.min(right.as_bytes()[at]), next.max(right.as_bytes()[at]));
                // The one pair modulus 10 cannot tell apart is 09 and 90.
                prop_assert_eq!(found, low != high && (low, high) != (b'0', b'9'));
            }
        }
    }
}
